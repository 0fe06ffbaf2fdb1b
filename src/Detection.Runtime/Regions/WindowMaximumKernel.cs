// RoI max pooling in main memory: the maximum of every bin's window, sixteen channels at a time.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Hot loops are compiled with full optimisation at once: a detector's first images should not wait for the runtime's tiers.
/// The first of equal cells in rows, then columns, is the one that gets the gradient. A bin without a cell above the lowest finite number
/// (empty, or nothing but NaN or negative infinity) is 0 and passes no gradient on.
/// </summary>
internal sealed unsafe class WindowMaximumKernel : RegionKernel
{
    private readonly HostRegions regions;
    private readonly int height;
    private readonly int width;

    // Start and end of every bin.
    private readonly (int Start, int End)[] rows;
    private readonly (int Start, int End)[] columns;

    public WindowMaximumKernel(HostRegions regions, WindowRule rowRule, WindowRule columnRule)
    {
        this.regions = regions;
        (height, width) = (rowRule.Bins, columnRule.Bins);
        rows = Windows(rowRule, regions.Y, regions.Scale.Y, regions.Rows);
        columns = Windows(columnRule, regions.X, regions.Scale.X, regions.Columns);
    }

    private int Bins => height * width;

    private int Cells => regions.Rows * regions.Columns;

    private int Blocks => (regions.Channels + ChannelBlock.Lanes - 1) / ChannelBlock.Lanes;

    private long Operations => ((long)Bins * 4 * regions.Count + (long)Cells * regions.Images) * regions.Channels;

    public override (Tensor Result, Tensor? Choices) Forward(Tensor map, bool keep)
    {
        var result = empty(ResultShape, dtype: ScalarType.Float32);
        var choices = keep ? empty(ResultShape, dtype: ScalarType.Int32) : null;
        var source = TensorMemory.Floats(map);
        var target = TensorMemory.Floats(result);
        var chosen = choices is null ? null : TensorMemory.Integers(choices);
        if (target is null)
        {
            return (result, choices);
        }
        var items = regions.Images * Blocks;
        var shares = Math.Max(1, Math.Min(4 * RegionThreads.Count(Operations) / items, regions.Count / 8));
        RegionThreads.For(items * shares, Operations, item =>
        {
            var (image, block, share) = (item / shares / Blocks, item / shares % Blocks, item % shares);
            var mine = regions.OfImage[image].AsSpan();
            mine = mine[(mine.Length * share / shares)..(mine.Length * (share + 1) / shares)];
            if (mine.Length == 0)
            {
                return;
            }
            var first = block * ChannelBlock.Lanes;
            var channels = Math.Min(ChannelBlock.Lanes, regions.Channels - first);
            using var plane = new Scratch((long)Cells * ChannelBlock.Lanes);
            using var scratch = new Scratch(2L * Bins * ChannelBlock.Lanes);
            var indices = (int*)(scratch.Start + Bins * ChannelBlock.Lanes);
            ChannelBlock.Gather(source + ((long)image * regions.Channels + first) * Cells, Cells, channels, Cells, plane.Start);
            foreach (var region in mine)
            {
                var at = ((long)region * regions.Channels + first) * Bins;
                if (chosen is null)
                {
                    Pool(region, plane.Start, scratch.Start);
                }
                else
                {
                    Pool(region, plane.Start, scratch.Start, indices);
                    ChannelBlock.Scatter((float*)indices, channels, Bins, (float*)chosen + at, Bins);
                }
                ChannelBlock.Scatter(scratch.Start, channels, Bins, target + at, Bins);
            }
        });
        GC.KeepAlive(map);
        return (result, choices);
    }

    public override Tensor Transposed(Tensor gradient, Tensor? choices)
    {
        var result = zeros(MapShape, dtype: ScalarType.Float32);
        var source = TensorMemory.Floats(gradient);
        var target = TensorMemory.Floats(result);
        var chosen = TensorMemory.Integers(choices!);
        ForChannels((image, channel) => Spread(image, channel, source, target, chosen));
        GC.KeepAlive(gradient);
        GC.KeepAlive(choices);
        return result;
    }

    public override Tensor Linear(Tensor map, Tensor? choices)
    {
        var result = empty(ResultShape, dtype: ScalarType.Float32);
        var source = TensorMemory.Floats(map);
        var target = TensorMemory.Floats(result);
        var chosen = TensorMemory.Integers(choices!);
        ForChannels((image, channel) => Take(image, channel, source, target, chosen));
        GC.KeepAlive(map);
        GC.KeepAlive(choices);
        return result;
    }

    // All regions of an image's channel go to one thread, in order.
    private void ForChannels(Action<int, int> step) => RegionThreads.For(
        regions.Images * regions.Channels, (long)Bins * regions.Count * regions.Channels, item => step(item / regions.Channels, item % regions.Channels));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Spread(int image, int channel, float* source, float* target, int* chosen)
    {
        var plane = target + ((long)image * regions.Channels + channel) * Cells;
        var bins = Bins;
        foreach (var region in regions.OfImage[image])
        {
            var at = ((long)region * regions.Channels + channel) * bins;
            for (var bin = 0; bin < bins; bin++)
            {
                if (chosen[at + bin] is >= 0 and var cell)
                {
                    plane[cell] += source[at + bin];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(int image, int channel, float* source, float* target, int* chosen)
    {
        var plane = source + ((long)image * regions.Channels + channel) * Cells;
        var bins = Bins;
        foreach (var region in regions.OfImage[image])
        {
            var at = ((long)region * regions.Channels + channel) * bins;
            for (var bin = 0; bin < bins; bin++)
            {
                target[at + bin] = chosen[at + bin] is >= 0 and var cell ? plane[cell] : 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pool(int region, float* plane, float* pooled)
    {
        var lowest = Vector256.Create(-float.MaxValue);
        for (var p = 0; p < height; p++)
        {
            var (top, bottom) = rows[region * height + p];
            for (var q = 0; q < width; q++)
            {
                var (left, right) = columns[region * width + q];
                var (low, high) = (lowest, lowest);
                for (var y = top; y < bottom; y++)
                {
                    var cell = plane + (y * regions.Columns + left) * ChannelBlock.Lanes;
                    for (var x = left; x < right; x++, cell += ChannelBlock.Lanes)
                    {
                        // Not Max: that lets a NaN win.
                        var (a, b) = (Vector256.Load(cell), Vector256.Load(cell + 8));
                        low = Vector256.ConditionalSelect(Vector256.GreaterThan(a, low), a, low);
                        high = Vector256.ConditionalSelect(Vector256.GreaterThan(b, high), b, high);
                    }
                }
                Store(low, high, pooled + (p * width + q) * ChannelBlock.Lanes);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pool(int region, float* plane, float* pooled, int* indices)
    {
        var lowest = Vector256.Create(-float.MaxValue);
        for (var p = 0; p < height; p++)
        {
            var (top, bottom) = rows[region * height + p];
            for (var q = 0; q < width; q++)
            {
                var (left, right) = columns[region * width + q];
                var (low, high) = (lowest, lowest);
                var (lowAt, highAt) = (Vector256.Create(-1), Vector256.Create(-1));
                for (var y = top; y < bottom; y++)
                {
                    var number = y * regions.Columns + left;
                    var cell = plane + number * ChannelBlock.Lanes;
                    for (var x = left; x < right; x++, number++, cell += ChannelBlock.Lanes)
                    {
                        var (a, b) = (Vector256.Load(cell), Vector256.Load(cell + 8));
                        var (moreA, moreB) = (Vector256.GreaterThan(a, low), Vector256.GreaterThan(b, high));
                        var here = Vector256.Create(number);
                        low = Vector256.ConditionalSelect(moreA, a, low);
                        high = Vector256.ConditionalSelect(moreB, b, high);
                        lowAt = Vector256.ConditionalSelect(moreA.AsInt32(), here, lowAt);
                        highAt = Vector256.ConditionalSelect(moreB.AsInt32(), here, highAt);
                    }
                }
                var bin = (p * width + q) * ChannelBlock.Lanes;
                Store(low, high, pooled + bin);
                lowAt.Store(indices + bin);
                highAt.Store(indices + bin + 8);
            }
        }
    }

    private static void Store(Vector256<float> low, Vector256<float> high, float* at)
    {
        var lowest = Vector256.Create(-float.MaxValue);
        Vector256.ConditionalSelect(Vector256.GreaterThan(low, lowest), low, Vector256<float>.Zero).Store(at);
        Vector256.ConditionalSelect(Vector256.GreaterThan(high, lowest), high, Vector256<float>.Zero).Store(at + 8);
    }

    private static (int Start, int End)[] Windows(WindowRule rule, Extent[] extents, double scale, int cells)
    {
        var windows = new (int, int)[extents.Length * rule.Bins];
        for (var i = 0; i < windows.Length; i++)
        {
            var extent = extents[i / rule.Bins];
            windows[i] = float.IsNaN(extent.Low) ? (0, 0) : rule.Window(extent, (float)scale, cells, i % rule.Bins);
        }
        return windows;
    }
}
