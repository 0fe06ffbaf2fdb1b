// The loss of a network over regions: classes of all drawn regions, boxes of those that stand for objects.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// (sum of cross entropies + weight * sum of smooth L1) / drawn regions, background included (Girshick, Fast R-CNN, equations 1 to 3).
/// </summary>
/// <param name="Targets">How boxes are coded, and how the box head is laid out.</param>
public sealed record RegionLoss(RegionTargets Targets)
{
    /// <summary>Softmax with background, or a sigmoid per class.</summary>
    public ScoreActivation ScoreActivation { get; init; } = ScoreActivation.Softmax;

    /// <summary>Where the box loss becomes linear: 1 in Fast R-CNN, 1/9 in torchvision.</summary>
    public double Beta { get; init; } = 1;

    /// <summary>Weight of the boxes against the classes; 0 trains without them.</summary>
    public double BoxWeight { get; init; } = 1;

    private ClassificationLoss Classification => ClassificationLoss.For(ScoreActivation);

    /// <summary>The loss of a batch or of its images of one size.</summary>
    /// <param name="output">Outputs for the sample's regions.</param>
    /// <param name="sample">The regions and what they stand for.</param>
    /// <param name="hard">Keeps only the hardest regions, from the same outputs (R-FCN's form); all of them when null.</param>
    /// <returns>Both parts, divided by the regions that count; an empty sample costs nothing.</returns>
    /// <exception cref="ArgumentException">Outputs and sample are of different regions, or the box head has another number of channels.</exception>
    public LossParts Compute(RegionOutput output, RegionSample sample, OnlineHardExamples? hard = null)
    {
        RequireFit(output, sample);
        using var scope = NewDisposeScope();
        if (hard is not null)
        {
            var rows = hard.Select(sample, OfEach(output, sample), Targets.Coder.Convention);
            output = new RegionOutput(output.ClassLogits.index_select(0, rows), output.BoxDeltas?.index_select(0, rows));
            sample = sample.Part(rows);
        }
        var share = 1.0 / Math.Max(1, sample.Labels.shape[0]);
        var classes = Classification.Sum(output.ClassLogits, sample.Labels - 1) * share;
        var (objects, each) = Boxes(output, sample);
        var boxes = each is null ? zeros_like(classes) : each.sum() * share;
        var total = BoxWeight == 0 ? classes.alias() : classes + boxes * BoxWeight;
        scope.MoveToOuter([total, classes, boxes]);
        return new LossParts(total, classes, boxes, (int)objects.shape[0]);
    }

    /// <summary>What each region pays, classes and weighted box together; no gradient passes.</summary>
    /// <param name="output">Outputs for the sample's regions.</param>
    /// <param name="sample">The regions and what they stand for.</param>
    /// <returns>[R].</returns>
    /// <exception cref="ArgumentException">Outputs and sample are of different regions, or the box head has another number of channels.</exception>
    public Tensor OfEach(RegionOutput output, RegionSample sample)
    {
        RequireFit(output, sample);
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var costs = Classification.Each(output.ClassLogits, sample.Labels - 1);
        var (objects, each) = Boxes(output, sample);
        return (each is null ? costs : costs.index_add(0, objects, each, BoxWeight)).MoveToOuterDisposeScope();
    }

    // Rows [F] of the regions of objects, and what their boxes cost [F]; null without a box head.
    private (Tensor Rows, Tensor? Costs) Boxes(RegionOutput output, RegionSample sample)
    {
        var (rows, targets) = Targets.Of(sample);
        return output.BoxDeltas is { } deltas
            ? (rows, new SmoothL1ValueLoss(Beta).OfEach(Targets.Predicted(deltas, rows, sample.Labels), targets).sum(1))
            : (rows, null);
    }

    private static void RequireFit(RegionOutput output, RegionSample sample)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(sample);
        if (output.ClassLogits.shape is not [var regions, _] || regions != sample.Labels.shape[0])
        {
            throw new ArgumentException($"Outputs of the shape [{string.Join(", ", output.ClassLogits.shape)}] for {sample.Labels.shape[0]} regions.", nameof(output));
        }
    }
}
