// Regions over a feature pyramid: each is pooled from the level that suits its size.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Pools a region of w x h pixels from level k = floor(k0 + log2(sqrt(w h) / 224)), limited to the levels there are (Lin et al., Feature Pyramid Networks,
/// section 4.2; the same levels as torchvision's MultiScaleRoIAlign).
/// </summary>
/// <param name="Operator">Pools from each level.</param>
/// <param name="FinestLevel">Level of the first map; level k has stride 2^k.</param>
/// <param name="CanonicalLevel">k0: where a box of the canonical size goes.</param>
/// <param name="CanonicalSize">Side in pixels that goes to k0.</param>
public sealed record PyramidPooling(RegionPooling Operator, int FinestLevel = 2, int CanonicalLevel = 4, double CanonicalSize = 224)
{
    // So that a box of just a power of two times the canonical size is not one level off by rounding.
    private const double Tolerance = 1e-6;

    /// <summary>Which of the maps each region is pooled from.</summary>
    /// <param name="regions">[R, 5] image index, x1, y1, x2, y2.</param>
    /// <param name="levels">Number of maps.</param>
    /// <returns>[R] int64 in 0 .. levels - 1; 0 for a region without area or one that is not finite.</returns>
    public Tensor Levels(Tensor regions, int levels)
    {
        using var scope = NewDisposeScope();
        var sizes = (regions.narrow(1, 3, 2) - regions.narrow(1, 1, 2)).clamp_min(0);
        var side = (sizes.select(1, 0) * sizes.select(1, 1)).sqrt();
        var level = ((side / CanonicalSize).log2() + (CanonicalLevel + Tolerance)).floor() - FinestLevel;
        return level.nan_to_num(0, double.MaxValue, double.MinValue).clamp(0, levels - 1).to(ScalarType.Int64).MoveToOuterDisposeScope();
    }

    /// <summary>Pools every region from its level.</summary>
    /// <param name="maps">[N, C, H_k, W_k] from the finest level on.</param>
    /// <param name="regions">[R, 5] image index, x1, y1, x2, y2 in pixels.</param>
    /// <param name="path">Which implementation; to be set by tests and comparisons only.</param>
    /// <returns>[R, C', Height, Width] in the order of the regions.</returns>
    /// <exception cref="ArgumentException">There is no map, or a shape does not fit.</exception>
    public Tensor Pool(IReadOnlyList<Tensor> maps, Tensor regions, RegionPath path = RegionPath.ByDevice)
    {
        if (maps.Count == 0 || regions.shape is not [_, 5])
        {
            throw new ArgumentException(
                $"At least one map and regions of the shape [R, 5] are expected, not {maps.Count} maps and [{string.Join(", ", regions.shape)}].");
        }
        using var scope = NewDisposeScope();
        var levels = Levels(regions, maps.Count);
        var (rows, parts) = (new List<Tensor>(), new List<Tensor>());
        for (var k = 0; k < maps.Count; k++)
        {
            var mine = levels.eq(k).nonzero().flatten();
            rows.Add(mine);
            parts.Add(Operator.Pool(maps[k], regions.index_select(0, mine), 1.0 / (1L << (FinestLevel + k)), path));
        }
        return cat(parts, 0).index_select(0, cat(rows, 0).argsort(0)).MoveToOuterDisposeScope();
    }
}
