// One row of a run's log.
namespace Detection.Runtime;

/// <summary>One row of a run's log: means over the iterations since the row before.</summary>
/// <param name="Iteration">Training steps done.</param>
/// <param name="Epochs">Passes over the training images done, with fraction.</param>
/// <param name="Seconds">Time spent.</param>
/// <param name="LearningRate">Rate of the last step.</param>
/// <param name="Loss">Total loss.</param>
/// <param name="ClassificationLoss">Loss of the class scores.</param>
/// <param name="LocalisationLoss">Loss of the boxes, not weighted.</param>
/// <param name="MeanAveragePrecision">Of a validation after this iteration, in 0..1, or null.</param>
public sealed record TrainingLogRow(
    long Iteration, double Epochs, double Seconds, double LearningRate, double Loss, double ClassificationLoss, double LocalisationLoss,
    double? MeanAveragePrecision);
