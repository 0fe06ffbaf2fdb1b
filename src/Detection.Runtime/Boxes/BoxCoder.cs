// Box regression: how a network's four outputs describe a box relative to a default box.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Turns boxes into regression targets and predictions back into boxes.</summary>
public abstract record BoxCoder
{
    /// <summary>Regression targets of boxes.</summary>
    /// <param name="boxes">[..., 4] corner form (x1, y1, x2, y2).</param>
    /// <param name="anchors">[..., 4] centre-size form (cx, cy, w, h), same units; broadcast against <paramref name="boxes"/>.</param>
    /// <returns>[..., 4] deltas.</returns>
    public abstract Tensor Encode(Tensor boxes, Tensor anchors);

    /// <summary>Boxes that predicted deltas stand for; the inverse of <see cref="Encode"/>.</summary>
    /// <param name="deltas">[..., 4] predictions.</param>
    /// <param name="anchors">[..., 4] centre-size form; broadcast against <paramref name="deltas"/>.</param>
    /// <returns>[..., 4] corner form, in the anchors' units.</returns>
    public abstract Tensor Decode(Tensor deltas, Tensor anchors);
}

/// <summary>
/// Centre offsets relative to the anchor's size and logarithms of the size ratio, divided by variances
/// (Girshick et al., Rich feature hierarchies, appendix C; the variances are those of SSD's code).
/// </summary>
/// <param name="CenterVariance">Divides the centre offsets; 0.1 is the "scale 10" of other codes.</param>
/// <param name="SizeVariance">Divides the logarithms of the size ratios; 0.2 is the "scale 5" of other codes.</param>
public sealed record CenterSizeBoxCoder(double CenterVariance = 0.1, double SizeVariance = 0.2) : BoxCoder
{
    /// <summary>
    /// Largest logarithm of a size ratio that <see cref="Decode"/> lets through, so that a wild prediction gives a huge box and not infinity:
    /// ln(1000 / 16), the limit of the Faster R-CNN codes (a box 62.5 times as wide as its anchor).
    /// </summary>
    public static readonly double MaxLogSizeRatio = Math.Log(1000.0 / 16.0);

    // Below this a size has no useful logarithm; boxes are at least this fraction of their anchor when encoded.
    private const double SmallestSizeRatio = 1e-7;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor boxes, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        var anchorCenters = anchors.narrow(-1, 0, 2);
        var anchorSizes = anchors.narrow(-1, 2, 2);
        var low = boxes.narrow(-1, 0, 2);
        var high = boxes.narrow(-1, 2, 2);
        var centers = ((low + high) * 0.5 - anchorCenters) / (anchorSizes * CenterVariance);
        var sizes = ((high - low) / anchorSizes).clamp_min(SmallestSizeRatio).log() / SizeVariance;
        return cat([centers, sizes], -1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Decode(Tensor deltas, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        var anchorSizes = anchors.narrow(-1, 2, 2);
        var centers = deltas.narrow(-1, 0, 2) * CenterVariance * anchorSizes + anchors.narrow(-1, 0, 2);
        var halves = (deltas.narrow(-1, 2, 2) * SizeVariance).clamp_max(MaxLogSizeRatio).exp() * anchorSizes * 0.5;
        return cat([centers - halves, centers + halves], -1).MoveToOuterDisposeScope();
    }
}
