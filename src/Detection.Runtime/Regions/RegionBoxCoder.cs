// How boxes become regression targets relative to regions and back, in each of the pixel conventions of published code.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>What a box's corners mean.</summary>
public enum BoxConvention
{
    /// <summary>Edges: width x2 - x1 (R-CNN's and Fast R-CNN's coding, TensorFlow, torchvision).</summary>
    Continuous,

    /// <summary>First and last pixel: width x2 - x1 + 1, centre (x1 + x2) / 2 (Faster R-CNN's and R-FCN's Matlab code, msracver, Light-Head R-CNN).</summary>
    Inclusive,

    /// <summary>
    /// As <see cref="Inclusive"/>, but centre x1 + width / 2, so that decoding ends one pixel too far: py-faster-rcnn, on which published weights were trained.
    /// </summary>
    InclusiveEndingLate,
}

/// <summary>
/// tx = (Gx - Px) / Pw, ty = (Gy - Py) / Ph, tw = ln(Gw / Pw), th = ln(Gh / Ph) from centres and sizes (Girshick et al., Rich feature hierarchies, appendix C),
/// then minus a mean and divided by a standard deviation.
/// </summary>
/// <remarks>Unlike <see cref="BoxCoder"/>, both boxes are in corner form, because what a corner means is the question.</remarks>
public sealed record RegionBoxCoder
{
    // A size from here on has a useful logarithm.
    private const double SmallestSize = 1e-6;

    /// <summary>What corners mean.</summary>
    public BoxConvention Convention { get; init; } = BoxConvention.Continuous;

    /// <summary>Subtracted from (tx, ty, tw, th).</summary>
    public (double X, double Y, double W, double H) Means { get; init; }

    /// <summary>Divides (tx, ty, tw, th); (0.1, 0.1, 0.2, 0.2) are the scales 10, 10, 5, 5 of other codes.</summary>
    public (double X, double Y, double W, double H) Deviations { get; init; } = (1, 1, 1, 1);

    /// <summary>Targets of boxes.</summary>
    /// <param name="boxes">[..., 4] x1, y1, x2, y2.</param>
    /// <param name="regions">[..., 4] x1, y1, x2, y2, broadcast against <paramref name="boxes"/>.</param>
    /// <returns>[..., 4].</returns>
    public Tensor Encode(Tensor boxes, Tensor regions)
    {
        Check(boxes, nameof(boxes));
        Check(regions, nameof(regions));
        using var scope = NewDisposeScope();
        var (centers, sizes) = CenterSize(regions);
        var (boxCenters, boxSizes) = CenterSize(boxes);
        var deltas = cat([(boxCenters - centers) / sizes, (boxSizes / sizes).log()], -1);
        return ((deltas - Row(Means, deltas)) / Row(Deviations, deltas)).MoveToOuterDisposeScope();
    }

    /// <summary>Boxes that predictions stand for; size ratios are limited as in <see cref="CenterSizeBoxCoder.MaxLogSizeRatio"/>.</summary>
    /// <param name="deltas">[..., 4].</param>
    /// <param name="regions">[..., 4] x1, y1, x2, y2, broadcast against <paramref name="deltas"/>.</param>
    /// <returns>[..., 4] x1, y1, x2, y2.</returns>
    public Tensor Decode(Tensor deltas, Tensor regions)
    {
        Check(deltas, nameof(deltas));
        Check(regions, nameof(regions));
        using var scope = NewDisposeScope();
        var (centers, sizes) = CenterSize(regions);
        var raw = deltas * Row(Deviations, deltas) + Row(Means, deltas);
        var middle = raw.narrow(-1, 0, 2) * sizes + centers;
        var size = raw.narrow(-1, 2, 2).clamp_max(CenterSizeBoxCoder.MaxLogSizeRatio).exp() * sizes;
        var half = (Convention == BoxConvention.Inclusive ? size - 1 : size) * 0.5;
        return cat([middle - half, middle + half], -1).MoveToOuterDisposeScope();
    }

    private (Tensor Centers, Tensor Sizes) CenterSize(Tensor boxes)
    {
        using var scope = NewDisposeScope();
        var low = boxes.narrow(-1, 0, 2);
        var extent = boxes.narrow(-1, 2, 2) - low;
        var sizes = (Convention == BoxConvention.Continuous ? extent : extent + 1).clamp_min(SmallestSize);
        var centers = low + (Convention == BoxConvention.Inclusive ? sizes - 1 : sizes) * 0.5;
        return scope.MoveToOuter(centers, sizes);
    }

    private static Tensor Row((double X, double Y, double W, double H) values, Tensor like) =>
        tensor([values.X, values.Y, values.W, values.H], [4], dtype: like.dtype, device: like.device);

    private static void Check(Tensor boxes, string name)
    {
        if (boxes.dim() < 1 || boxes.shape[^1] != 4)
        {
            throw new ArgumentException($"Four numbers a box are expected in the last dimension [..., 4], not [{string.Join(", ", boxes.shape)}].", name);
        }
    }
}
