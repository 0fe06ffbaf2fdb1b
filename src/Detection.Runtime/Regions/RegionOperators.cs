// Operators that pool every channel: RoI max pooling, RoIAlign and crop-and-resize.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// RoI max pooling (Girshick, Fast R-CNN, section 2.1, and its code; the same numbers as torchvision.ops.roi_pool). Corners are multiplied by the scale and
/// rounded half away from zero; a region spans the cells from one to the other, both included, at least one. Bin p of P begins at floor(p L / P) and
/// ends before ceil((p + 1) L / P); neighbours may share cells. Windows are clipped to the map.
/// </summary>
/// <remarks>
/// An inverted region is one cell large, at (x1, y1). An empty bin is 0. The gradient goes to the first greatest cell, in rows then columns. NaN and negative
/// infinity never win; a bin of nothing else counts as empty.
/// </remarks>
/// <param name="Height">Bins from top to bottom.</param>
/// <param name="Width">Bins from left to right.</param>
public sealed record RoiMaxPooling(int Height, int Width) : RegionPooling(Height, Width)
{
    private RoundedOnMap RowRule => new(Height, Inclusive: true);

    private RoundedOnMap ColumnRule => new(Width, Inclusive: true);

    private protected override RegionKernel Kernel(HostRegions regions) => new WindowMaximumKernel(regions, RowRule, ColumnRule)
    {
        MapShape = [regions.Images, regions.Channels, regions.Rows, regions.Columns],
        ResultShape = [regions.Count, regions.Channels, Height, Width],
    };

    private protected override Tensor PoolByTensors(Tensor map, DeviceRegions regions)
    {
        using var scope = NewDisposeScope();
        var (n, c, h, w) = (map.shape[0], map.shape[1], map.shape[2], map.shape[3]);
        Tensor chosen;
        using (no_grad())
        {
            var (top, heights) = regions.RowWindows(RowRule, map);
            var (left, widths) = regions.ColumnWindows(ColumnRule, map);
            chosen = regions.InSteps(c * Math.Max(h, Height) * w, (start, count) => Greatest(
                map.index_select(0, regions.Images.narrow(0, start, count)),
                top.narrow(0, start, count), heights.narrow(0, start, count), left.narrow(0, start, count), widths.narrow(0, start, count)));
        }
        var found = chosen.ge(0);
        var planes = regions.Images.unsqueeze(1) * c + arange(c, dtype: ScalarType.Int64, device: map.device);
        var cells = (planes.view(-1, c, 1, 1) * (h * w) + chosen.clamp_min(0)).masked_fill(found.logical_not(), 0);
        var values = n * c == 0
            ? zeros(cells.shape, dtype: map.dtype, device: map.device)
            : map.reshape(-1).index_select(0, cells.reshape(-1)).view(cells.shape);
        return values.masked_fill(found.logical_not(), 0).MoveToOuterDisposeScope();
    }

    // [m, C, Height, Width] cell y * W + x of every bin's first maximum, or -1. First down the rows of every column, then along the columns.
    private Tensor Greatest(Tensor maps, Tensor top, Tensor heights, Tensor left, Tensor widths)
    {
        using var scope = NewDisposeScope();
        var (m, c, h, w) = (maps.shape[0], maps.shape[1], maps.shape[2], maps.shape[3]);
        var (down, rows) = FirstGreatest(maps, 2, top.view(m, 1, Height, 1), heights.view(m, 1, Height, 1), [m, c, Height, w], null);
        // A column without a maximum keeps -infinity there and never wins, whatever its number.
        var numbers = rows * w + arange(w, dtype: ScalarType.Int64, device: maps.device);
        var (_, cells) = FirstGreatest(
            down, 3, left.view(m, 1, 1, Width), widths.view(m, 1, 1, Width), [m, c, Height, Width], numbers);
        return cells.MoveToOuterDisposeScope();
    }

    // Maxima of windows along one axis, and their numbers; of equal ones the one with the lowest number.
    private static (Tensor Best, Tensor Number) FirstGreatest(Tensor values, int axis, Tensor start, Tensor length, long[] shape, Tensor? numbers)
    {
        using var scope = NewDisposeScope();
        var cells = values.shape[axis];
        var best = full(shape, double.NegativeInfinity, dtype: values.dtype, device: values.device);
        var chosen = full(shape, -1L, dtype: ScalarType.Int64, device: values.device);
        // The one number that the host reads: how often the loop runs.
        var longest = length.numel() == 0 ? 0 : length.max().item<long>();
        var lowest = values.dtype switch
        {
            ScalarType.Float64 => double.MinValue,
            ScalarType.Float16 => -65504.0,
            ScalarType.BFloat16 => -3.3895313892515355e38,
            _ => -float.MaxValue,
        };
        for (long t = 0; t < longest; t++)
        {
            using var round = NewDisposeScope();
            var at = (start + t).clamp(0, cells - 1).expand(shape);
            var value = values.gather(axis, at);
            var number = numbers is null ? at : numbers.gather(axis, at);
            var better = value.gt(best);
            if (numbers is not null)
            {
                better = better.logical_or(value.eq(best).logical_and(number.lt(chosen)));
            }
            better = better.logical_and(value.gt(lowest)).logical_and(length.gt(t));
            best.copy_(where(better, value, best));
            chosen.copy_(where(better, number, chosen));
        }
        return scope.MoveToOuter(best, chosen);
    }
}

/// <summary>
/// RoIAlign (He et al., Mask R-CNN, section 3; the same numbers as torchvision.ops.roi_align): every bin is the mean of samples interpolated between
/// the four cells around them, without rounding. A sample up to one cell outside the map takes the border's value, further outside 0.
/// </summary>
/// <remarks>
/// Not aligned, a region is at least one cell wide and high, an inverted one too. Aligned, a region without area samples its one place (sampling 1, 2, ...), and
/// an inverted one gives its bins in inverted order; with adaptive sampling both have no samples and give 0.
/// </remarks>
/// <param name="Height">Bins from top to bottom.</param>
/// <param name="Width">Bins from left to right.</param>
/// <param name="Sampling">Samples in a bin along each axis; 0 for the bin's size in cells, rounded up.</param>
/// <param name="Aligned">Whether coordinates lose half a cell, so that they mean the same on the map as in the image.</param>
public sealed record RoiAlign(int Height, int Width, int Sampling = 2, bool Aligned = false) : RegionPooling(Height, Width)
{
    private protected override RegionKernel Kernel(HostRegions regions) => new SeparableKernel(regions, Rule(Height), Rule(Width))
    {
        MapShape = [regions.Images, regions.Channels, regions.Rows, regions.Columns],
        ResultShape = [regions.Count, regions.Channels, Height, Width],
    };

    private protected override Tensor PoolByTensors(Tensor map, DeviceRegions regions)
    {
        using var scope = NewDisposeScope();
        return regions.Separable(map, regions.Rows(Rule(Height), map), regions.Columns(Rule(Width), map)).MoveToOuterDisposeScope();
    }

    private protected override void CheckOptions() => SamplingRules.Check(Sampling);

    private PartCentres Rule(int bins) => new(bins, Sampling, Aligned ? 0.5f : 0, Aligned ? null : 1, SampleBorder.Clamped);
}

/// <summary>
/// TensorFlow's crop_and_resize: a grid of samples from corner to corner of the box, both included, interpolated between cell centres; a sample outside the
/// outermost centres is 0. One sample along an axis lies in the middle. For boxes as fractions see <see cref="RegionScale.OfFractions"/>; for pixels a scale
/// of 1 / stride is what the Faster R-CNN codes on TensorFlow use.
/// </summary>
/// <remarks>A region without area repeats its one place; an inverted one gives a mirrored crop.</remarks>
/// <param name="Height">Rows of the result.</param>
/// <param name="Width">Columns of the result.</param>
/// <param name="MaxPool">Side and stride of a max pooling that follows; 2 crops twice as finely and takes the greatest of 2 x 2. 1 for none.</param>
public sealed record CropAndResize(int Height, int Width, int MaxPool = 1) : RegionPooling(Height, Width)
{
    private EndToEnd RowRule => new(1, Height * MaxPool, Averaged: false);

    private EndToEnd ColumnRule => new(1, Width * MaxPool, Averaged: false);

    private protected override RegionKernel Kernel(HostRegions regions) => new SeparableKernel(regions, RowRule, ColumnRule)
    {
        MapShape = [regions.Images, regions.Channels, regions.Rows, regions.Columns],
        ResultShape = [regions.Count, regions.Channels, Height * MaxPool, Width * MaxPool],
    };

    private protected override Tensor PoolByTensors(Tensor map, DeviceRegions regions)
    {
        using var scope = NewDisposeScope();
        return regions.Separable(map, regions.Rows(RowRule, map), regions.Columns(ColumnRule, map)).MoveToOuterDisposeScope();
    }

    private protected override Tensor Finish(Tensor pooled)
    {
        if (MaxPool == 1)
        {
            return pooled;
        }
        using (pooled)
        {
            return nn.functional.max_pool2d(pooled, MaxPool, MaxPool);
        }
    }

    private protected override void CheckOptions()
    {
        if (MaxPool < 1)
        {
            throw new ArgumentException($"{nameof(CropAndResize)}: the max pooling has a side of at least 1, not {MaxPool}.");
        }
    }
}
