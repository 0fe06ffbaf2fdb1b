// Arithmetic on boxes held in tensors.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Boxes in tensors: [..., 4], either corner form (x1, y1, x2, y2) or centre-size form (cx, cy, w, h). Coordinates are continuous: a box has width
/// x2 - x1, without the "+ 1" of old codes. Everything works on empty tensors and is differentiable where that makes sense.
/// </summary>
public static class Boxes
{
    /// <summary>Centre-size form of boxes in corner form.</summary>
    /// <param name="boxes">[..., 4] x1, y1, x2, y2.</param>
    /// <returns>[..., 4] cx, cy, w, h.</returns>
    public static Tensor ToCenterSize(Tensor boxes)
    {
        using var scope = NewDisposeScope();
        var (low, high) = (boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2));
        return cat([(low + high) * 0.5, high - low], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Corner form of boxes in centre-size form.</summary>
    /// <param name="boxes">[..., 4] cx, cy, w, h.</param>
    /// <returns>[..., 4] x1, y1, x2, y2.</returns>
    public static Tensor ToCorners(Tensor boxes)
    {
        using var scope = NewDisposeScope();
        var (centers, halves) = (boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2) * 0.5);
        return cat([centers - halves, centers + halves], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Areas; an inverted box has none.</summary>
    /// <param name="boxes">[..., 4] corner form.</param>
    /// <returns>[...] in squared units.</returns>
    public static Tensor Area(Tensor boxes)
    {
        using var scope = NewDisposeScope();
        var sizes = (boxes.narrow(-1, 2, 2) - boxes.narrow(-1, 0, 2)).clamp_min(0);
        return (sizes.select(-1, 0) * sizes.select(-1, 1)).MoveToOuterDisposeScope();
    }

    /// <summary>Intersection over union of every box with every other.</summary>
    /// <param name="boxes">[N, 4] corner form.</param>
    /// <param name="others">[M, 4] corner form.</param>
    /// <returns>[N, M] in 0..1; 0 where neither box has an area.</returns>
    public static Tensor PairwiseIou(Tensor boxes, Tensor others)
    {
        using var scope = NewDisposeScope();
        var (common, union) = Overlaps(boxes, others);
        return (common / union).masked_fill(union.le(0), 0).MoveToOuterDisposeScope();
    }

    /// <summary>Moves corners into an image.</summary>
    /// <param name="boxes">[..., 4] corner form.</param>
    /// <param name="height">Largest y.</param>
    /// <param name="width">Largest x.</param>
    /// <returns>[..., 4] with x in [0, width] and y in [0, height]; a box outside keeps no area.</returns>
    public static Tensor Clip(Tensor boxes, double height, double width)
    {
        using var scope = NewDisposeScope();
        var clipped = new Tensor[4];
        for (var i = 0; i < 4; i++)
        {
            clipped[i] = boxes.select(-1, i).clamp(0.0, i % 2 == 0 ? width : height);
        }
        return stack(clipped, -1).MoveToOuterDisposeScope();
    }

    /// <summary>Scales x and y.</summary>
    /// <param name="boxes">[..., 4] in either form.</param>
    /// <param name="scaleY">Factor of y (and height).</param>
    /// <param name="scaleX">Factor of x (and width).</param>
    /// <returns>[..., 4] in the same form.</returns>
    public static Tensor Scale(Tensor boxes, double scaleY, double scaleX)
    {
        using var scope = NewDisposeScope();
        float[] factors = [(float)scaleX, (float)scaleY, (float)scaleX, (float)scaleY];
        return (boxes * tensor(factors, [4], dtype: boxes.dtype, device: boxes.device)).MoveToOuterDisposeScope();
    }

    /// <summary>Intersections and unions [N, M] of every box with every other, in the caller's dispose scope.</summary>
    internal static (Tensor Common, Tensor Union) Overlaps(Tensor boxes, Tensor others)
    {
        using var scope = NewDisposeScope();
        var a = boxes.unsqueeze(1);
        var b = others.unsqueeze(0);
        var sizes = (minimum(a.narrow(-1, 2, 2), b.narrow(-1, 2, 2)) - maximum(a.narrow(-1, 0, 2), b.narrow(-1, 0, 2))).clamp_min(0);
        var common = sizes.select(-1, 0) * sizes.select(-1, 1);
        var union = Area(boxes).unsqueeze(1) + Area(others).unsqueeze(0) - common;
        return scope.MoveToOuter(common, union);
    }
}
