// Region operators as tensor operations: for any device and floating type, differentiable by libtorch itself.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Regions of a call as tensors, and the operations that the operators share. What is made here belongs to the current dispose scope.</summary>
internal sealed class DeviceRegions
{
    // Elements of the maps that a step holds for all of its regions: 256 MiB of float32.
    private const long MapElements = 1L << 26;

    private readonly RegionScale scale;
    private readonly Tensor corners;
    private readonly Tensor finite;

    public DeviceRegions(Tensor map, Tensor regions, RegionScale scale)
    {
        this.scale = scale;
        Count = regions.shape[0];
        var type = map.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        using var scope = NewDisposeScope();
        var values = regions.detach().to(type);
        finite = values.narrow(1, 1, 4).isfinite().all(1);
        corners = values.narrow(1, 1, 4).masked_fill(finite.logical_not().unsqueeze(1), 0);
        // Floored, so that -0.5 is no image.
        Images = values.select(1, 0).floor().to(ScalarType.Int64);
        scope.MoveToOuter(finite, corners, Images);
    }

    public long Count { get; }

    /// <summary>[R] int64.</summary>
    public Tensor Images { get; }

    /// <summary>[R, P, H] vertical weights; those of a region that is not finite are 0.</summary>
    public Tensor Rows(AxisRule rule, Tensor map) => Weights(rule, 1, scale.Y, map.shape[2], map.dtype);

    /// <summary>[R, Q, W] horizontal weights; those of a region that is not finite are 0.</summary>
    public Tensor Columns(AxisRule rule, Tensor map) => Weights(rule, 0, scale.X, map.shape[3], map.dtype);

    /// <summary>[R, P] starts and lengths of windows of rows, int64; empty ones have length 0 or less.</summary>
    public (Tensor Start, Tensor Length) RowWindows(WindowRule rule, Tensor map) => Windows(rule, 1, scale.Y, map.shape[2]);

    /// <summary>[R, Q] starts and lengths of windows of columns, int64; empty ones have length 0 or less.</summary>
    public (Tensor Start, Tensor Length) ColumnWindows(WindowRule rule, Tensor map) => Windows(rule, 0, scale.X, map.shape[3]);

    /// <summary>Calls a step for consecutive regions, few enough for memory, and joins the results along dimension 0.</summary>
    /// <param name="elementsOfRegion">Elements of the largest intermediate of one region.</param>
    /// <param name="step">From first region and number of regions to their result.</param>
    public Tensor InSteps(long elementsOfRegion, Func<long, long, Tensor> step)
    {
        using var scope = NewDisposeScope();
        var length = Math.Max(1, Math.Min(Count, MapElements / Math.Max(1, elementsOfRegion)));
        var parts = new List<Tensor>();
        for (long start = 0; start == 0 || start < Count; start += length)
        {
            using var round = NewDisposeScope();
            parts.Add(step(start, Math.Min(length, Count - start)).MoveToOuterDisposeScope());
        }
        return (parts.Count == 1 ? parts[0] : cat(parts, 0)).MoveToOuterDisposeScope();
    }

    /// <summary>[R, C, P, Q]: W_y F W_xᵀ for every region.</summary>
    public Tensor Separable(Tensor map, Tensor rows, Tensor columns)
    {
        var (c, h, w) = (map.shape[1], map.shape[2], map.shape[3]);
        var (p, q) = (rows.shape[1], columns.shape[1]);
        return InSteps(c * h * w, (start, count) =>
        {
            var maps = map.index_select(0, Images.narrow(0, start, count));
            var narrow = maps.reshape(count, c * h, w).bmm(columns.narrow(0, start, count).transpose(1, 2));
            var turned = narrow.view(count, c, h, q).permute(0, 2, 1, 3).reshape(count, h, c * q);
            return rows.narrow(0, start, count).bmm(turned).view(count, p, c, q).permute(0, 2, 1, 3).contiguous();
        });
    }

    /// <summary>[R, C, P, Q] from a map [N, C * P * Q, H, W] in which every bin has channels of its own.</summary>
    public Tensor PositionSensitive(Tensor map, Tensor rows, Tensor columns, ScoreMapOrder order)
    {
        var (p, q, h, w) = (rows.shape[1], columns.shape[1], map.shape[2], map.shape[3]);
        var c = map.shape[1] / (p * q);
        return InSteps(map.shape[1] * h * w, (start, count) =>
        {
            var maps = map.index_select(0, Images.narrow(0, start, count));
            // [m, Q, C, P, H, W]
            var byColumn = order == ScoreMapOrder.ClassMajor
                ? maps.view(count, c, p, q, h, w).permute(0, 3, 1, 2, 4, 5)
                : maps.view(count, p, q, c, h, w).permute(0, 2, 3, 1, 4, 5);
            var narrow = byColumn.reshape(count * q, c * p * h, w).bmm(columns.narrow(0, start, count).reshape(count * q, w, 1));
            // [m, P, Q * C, H]
            var byRow = narrow.view(count, q, c, p, h).permute(0, 3, 1, 2, 4).reshape(count * p, q * c, h);
            var result = byRow.bmm(rows.narrow(0, start, count).reshape(count * p, h, 1));
            return result.view(count, p, q, c).permute(0, 3, 1, 2).contiguous();
        });
    }

    private Tensor Weights(AxisRule rule, long axis, double factor, long cells, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var weights = rule.Weights(corners.select(1, axis), corners.select(1, axis + 2), (float)factor, cells);
        return weights.masked_fill(finite.logical_not().view(-1, 1, 1), 0).to(type).MoveToOuterDisposeScope();
    }

    private (Tensor Start, Tensor Length) Windows(WindowRule rule, long axis, double factor, long cells)
    {
        using var scope = NewDisposeScope();
        var (start, end) = rule.Windows(corners.select(1, axis), corners.select(1, axis + 2), (float)factor, cells);
        var length = (end - start).masked_fill(finite.logical_not().unsqueeze(1), 0);
        return scope.MoveToOuter(start.to(ScalarType.Int64), length.to(ScalarType.Int64));
    }
}
