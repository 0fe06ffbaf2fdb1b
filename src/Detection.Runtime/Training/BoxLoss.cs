// What a detector pays for the boxes of its positives: for their coded numbers, or for the boxes that they stand for.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Loss of the box outputs of positives.</summary>
public abstract record BoxLoss
{
    /// <summary>The sum over the positives.</summary>
    /// <param name="deltas">[P, 4] box outputs of the positives.</param>
    /// <param name="targets">What they should be.</param>
    /// <param name="coder">How they are coded.</param>
    /// <returns>A scalar.</returns>
    public abstract Tensor Sum(Tensor deltas, MatchedTargets targets, BoxCoder coder);
}

/// <summary>A loss of the coded numbers, in the form in which the coder compares them (<see cref="BoxCoder.Comparable"/>).</summary>
/// <param name="Values">What a difference costs.</param>
public abstract record CodedBoxLoss(ValueLoss Values) : BoxLoss
{
    /// <inheritdoc/>
    public override Tensor Sum(Tensor deltas, MatchedTargets targets, BoxCoder coder)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(coder);
        using var scope = NewDisposeScope();
        return Values.Sum(coder.Comparable(deltas), coder.Comparable(targets.DeltaTargets)).MoveToOuterDisposeScope();
    }
}

/// <summary><see cref="SmoothL1ValueLoss"/> of the coded numbers.</summary>
/// <param name="Beta">Where the loss becomes linear; 0 gives |x|.</param>
public sealed record SmoothL1BoxLoss(double Beta = 1) : CodedBoxLoss(new SmoothL1ValueLoss(Beta));

/// <summary><see cref="L1ValueLoss"/> of the coded numbers.</summary>
public sealed record L1BoxLoss() : CodedBoxLoss(new L1ValueLoss());

/// <summary><see cref="L2ValueLoss"/> of the coded numbers.</summary>
public sealed record L2BoxLoss() : CodedBoxLoss(new L2ValueLoss());

/// <summary>1 - intersection over union of the decoded boxes with their objects; no gradient reaches a box that does not touch its object.</summary>
public sealed record IouBoxLoss : BoxLoss
{
    /// <inheritdoc/>
    public override Tensor Sum(Tensor deltas, MatchedTargets targets, BoxCoder coder)
    {
        using var scope = NewDisposeScope();
        var overlap = BoxOverlap.Of(deltas, targets, coder);
        return (1 - overlap.Iou).sum().MoveToOuterDisposeScope();
    }
}

/// <summary>
/// 1 - generalised intersection over union of the decoded boxes with their objects (Rezatofighi et al., Generalized Intersection over Union, algorithm 1).
/// </summary>
public sealed record GeneralizedIouBoxLoss : BoxLoss
{
    /// <inheritdoc/>
    public override Tensor Sum(Tensor deltas, MatchedTargets targets, BoxCoder coder)
    {
        using var scope = NewDisposeScope();
        var overlap = BoxOverlap.Of(deltas, targets, coder);
        return (1 - (overlap.Iou - overlap.Gap)).sum().MoveToOuterDisposeScope();
    }
}

/// <summary>How decoded boxes lie to their objects.</summary>
/// <param name="Iou">[P] intersection over union.</param>
/// <param name="Gap">[P] share of the hull of both that neither covers.</param>
internal readonly record struct BoxOverlap(Tensor Iou, Tensor Gap)
{
    // Boxes are fractions of the image; the smallest area of interest is far above this.
    private const double Tiny = 1e-9;

    public static BoxOverlap Of(Tensor deltas, MatchedTargets targets, BoxCoder coder)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(coder);
        var boxes = coder.Decode(deltas, targets.PositiveAnchors);
        var (low, high) = (boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2));
        var (trueLow, trueHigh) = (targets.PositiveBoxes.narrow(-1, 0, 2), targets.PositiveBoxes.narrow(-1, 2, 2));
        var common = Area(maximum(low, trueLow), minimum(high, trueHigh));
        var union = Area(low, high) + Area(trueLow, trueHigh) - common;
        var hull = Area(minimum(low, trueLow), maximum(high, trueHigh));
        return new BoxOverlap(common / (union + Tiny), (hull - union) / (hull + Tiny));
    }

    private static Tensor Area(Tensor low, Tensor high)
    {
        var sizes = (high - low).clamp_min(0);
        return sizes.select(-1, 0) * sizes.select(-1, 1);
    }
}
