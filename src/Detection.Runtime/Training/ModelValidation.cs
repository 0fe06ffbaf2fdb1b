// A validation in the middle of training: evaluation mode for its time, then every layer's mode as it was.
using TorchSharp;

namespace Detection.Runtime;

/// <summary>Scores a model that is being trained. The model is in evaluation mode when called.</summary>
/// <param name="model">The model.</param>
/// <param name="cancellation">Stops between two batches.</param>
public delegate DetectionScores ModelValidation(torch.nn.Module model, CancellationToken cancellation);

internal static class TrainingModes
{
    /// <summary>Calls the validation with the model in evaluation mode.</summary>
    public static DetectionScores Validate(torch.nn.Module model, ModelValidation validation, CancellationToken cancellation) =>
        Evaluating(model, () => validation(model, cancellation));

    /// <summary>Does something with the model in evaluation mode.</summary>
    public static T Evaluating<T>(torch.nn.Module model, Func<T> work)
    {
        torch.nn.Module[] modules = [model, .. model.modules()];
        bool[] training = [.. modules.Select(module => module.training)];
        model.eval();
        try
        {
            return work();
        }
        finally
        {
            // Switching a module switches those below it, which come later in the list; a frozen part was switched after its parent.
            for (var i = 0; i < modules.Length; i++)
            {
                if (modules[i].training != training[i])
                {
                    modules[i].train(training[i]);
                }
            }
        }
    }
}
