// What a detector pays for the numbers of a further regression head: those of its positives whose object has the label.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Loss of a further regression head, per positive that has at least one labelled number.</summary>
/// <param name="Output">The head.</param>
/// <param name="Values">What a difference costs.</param>
/// <param name="Weight">Weight beside the class scores.</param>
/// <param name="Label">Name of the label in the data; the head's own when null.</param>
public sealed record RegressionLoss(RegressionOutput Output, ValueLoss Values, double Weight = 1, string? Label = null)
{
    /// <summary>The loss of a batch; numbers without a label count for nothing, and a batch without labels costs 0.</summary>
    /// <param name="outputs">[N, A, V] coded outputs of the head.</param>
    /// <param name="targets">What matching found.</param>
    /// <returns>A scalar, not weighted.</returns>
    /// <exception cref="ArgumentException">The batch has no such label.</exception>
    public Tensor Compute(Tensor outputs, MatchedTargets targets)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        using var scope = NewDisposeScope();
        var rows = outputs.flatten(0, 1).index_select(0, targets.PositiveIndices);
        var wanted = Output.Coder.Encode(targets.LabelsOfPositives(Label ?? Output.Name, Output.Values), targets.PositiveAnchors);
        var known = wanted.isfinite();
        // Without a label the target is the output itself: no loss, no gradient.
        var filled = where(known, wanted, rows.detach());
        var labelled = known.any(-1).sum().clamp_min(1);
        return (Values.Sum(rows, filled) / labelled).MoveToOuterDisposeScope();
    }
}
