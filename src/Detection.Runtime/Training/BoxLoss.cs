// What a detector pays for the boxes of its positives.
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

/// <summary>
/// Quadratic up to <paramref name="Beta"/>, linear beyond: 0.5 x² / beta, |x| - 0.5 beta (Girshick, Fast R-CNN, equation 3, where beta is 1;
/// "sigma" of other codes is 1 / sqrt(beta)).
/// </summary>
/// <param name="Beta">Where the loss becomes linear; 0 gives |x|.</param>
public sealed record SmoothL1BoxLoss(double Beta = 1) : BoxLoss
{
    /// <inheritdoc/>
    public override Tensor Sum(Tensor deltas, MatchedTargets targets, BoxCoder coder)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentOutOfRangeException.ThrowIfNegative(Beta);
        return nn.functional.smooth_l1_loss(deltas, targets.DeltaTargets, nn.Reduction.Sum, Beta);
    }
}

/// <summary>
/// 1 - generalised intersection over union of the decoded boxes with their objects (Rezatofighi et al., Generalized Intersection over Union, algorithm 1).
/// </summary>
public sealed record GeneralizedIouBoxLoss : BoxLoss
{
    // Boxes are fractions of the image; the smallest area of interest is far above this.
    private const double Tiny = 1e-9;

    /// <inheritdoc/>
    public override Tensor Sum(Tensor deltas, MatchedTargets targets, BoxCoder coder)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(coder);
        using var scope = NewDisposeScope();
        var boxes = coder.Decode(deltas, targets.PositiveAnchors);
        var (low, high) = (boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2));
        var (trueLow, trueHigh) = (targets.PositiveBoxes.narrow(-1, 0, 2), targets.PositiveBoxes.narrow(-1, 2, 2));
        var common = Area(maximum(low, trueLow), minimum(high, trueHigh));
        var union = Area(low, high) + Area(trueLow, trueHigh) - common;
        var hull = Area(minimum(low, trueLow), maximum(high, trueHigh));
        var value = common / (union + Tiny) - (hull - union) / (hull + Tiny);
        return (1 - value).sum().MoveToOuterDisposeScope();
    }

    private static Tensor Area(Tensor low, Tensor high)
    {
        var sizes = (high - low).clamp_min(0);
        return sizes.select(-1, 0) * sizes.select(-1, 1);
    }
}
