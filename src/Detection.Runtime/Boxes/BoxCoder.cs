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

    /// <summary>
    /// Whether anchors carry two more columns, width and height of their cell: [..., 6]. The others need [..., 4] and ignore what follows.
    /// </summary>
    public virtual bool NeedsCells => false;

    /// <summary>Deltas in the form in which losses of coded numbers compare them.</summary>
    /// <param name="deltas">[..., 4].</param>
    /// <returns>[..., 4]; the same tensor where nothing changes.</returns>
    public virtual Tensor Comparable(Tensor deltas) => deltas;
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

/// <summary>
/// The centre as a sigmoid inside the cell, the size as an exponential factor of the anchor's
/// (Redmon and Farhadi, YOLO9000, section 2, "Direct location prediction").
/// </summary>
/// <param name="Offset">Where in its cell an anchor's centre lies, 0.5 for the middle.</param>
public sealed record CellBoxCoder(double Offset = 0.5) : BoxCoder
{
    // Centres are at least this far inside their cell when encoded, so that targets stay finite.
    private const double Margin = 1e-4;
    private const double SmallestSizeRatio = 1e-7;

    /// <inheritdoc/>
    public override bool NeedsCells => true;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor boxes, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        var (low, high) = (boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2));
        var inCell = (((low + high) * 0.5 - anchors.narrow(-1, 0, 2)) / anchors.narrow(-1, 4, 2) + Offset).clamp(Margin, 1 - Margin);
        var sizes = ((high - low) / anchors.narrow(-1, 2, 2)).clamp_min(SmallestSizeRatio).log();
        return cat([inCell.log() - (1 - inCell).log(), sizes], -1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Decode(Tensor deltas, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        var centers = (deltas.narrow(-1, 0, 2).sigmoid() - Offset) * anchors.narrow(-1, 4, 2) + anchors.narrow(-1, 0, 2);
        var halves = deltas.narrow(-1, 2, 2).clamp_max(CenterSizeBoxCoder.MaxLogSizeRatio).exp() * anchors.narrow(-1, 2, 2) * 0.5;
        return cat([centers - halves, centers + halves], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Places in the cell and logarithms of size ratios: YOLO's loss is of the place, not of what the sigmoid gets.</summary>
    /// <param name="deltas">[..., 4].</param>
    public override Tensor Comparable(Tensor deltas)
    {
        using var scope = NewDisposeScope();
        return cat([deltas.narrow(-1, 0, 2).sigmoid(), deltas.narrow(-1, 2, 2)], -1).MoveToOuterDisposeScope();
    }
}

/// <summary>Offsets of the four edges from the anchor's, in units of its width and height (the corner coding of SSD's code).</summary>
/// <param name="Variance">Divides the offsets.</param>
public sealed record CornerBoxCoder(double Variance = 0.1) : BoxCoder
{
    /// <inheritdoc/>
    public override Tensor Encode(Tensor boxes, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        var (centers, sizes) = (anchors.narrow(-1, 0, 2), anchors.narrow(-1, 2, 2));
        var edges = cat([centers - sizes * 0.5, centers + sizes * 0.5], -1);
        return ((boxes - edges) / (cat([sizes, sizes], -1) * Variance)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Decode(Tensor deltas, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        var (centers, sizes) = (anchors.narrow(-1, 0, 2), anchors.narrow(-1, 2, 2));
        var edges = cat([centers - sizes * 0.5, centers + sizes * 0.5], -1);
        return (edges + deltas * Variance * cat([sizes, sizes], -1)).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// Distances from the anchor's centre to the four edges (left, top, right, bottom), in units of its width and height
/// (Tian et al., FCOS, section 3.1, relative to a default box).
/// </summary>
/// <param name="Variance">Divides the distances.</param>
public sealed record DistanceBoxCoder(double Variance = 0.1) : BoxCoder
{
    /// <inheritdoc/>
    public override Tensor Encode(Tensor boxes, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        var (centers, sizes) = (anchors.narrow(-1, 0, 2), anchors.narrow(-1, 2, 2) * Variance);
        return cat([(centers - boxes.narrow(-1, 0, 2)) / sizes, (boxes.narrow(-1, 2, 2) - centers) / sizes], -1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Decode(Tensor deltas, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        var (centers, sizes) = (anchors.narrow(-1, 0, 2), anchors.narrow(-1, 2, 2) * Variance);
        return cat([centers - deltas.narrow(-1, 0, 2) * sizes, centers + deltas.narrow(-1, 2, 2) * sizes], -1).MoveToOuterDisposeScope();
    }
}
