// Averaging region operators in main memory: W_y F W_xᵀ with sparse weights, sixteen channels at a time.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// RoIAlign and crop-and-resize. Rows are combined first, over the columns that the region reads, then columns: with sampling 2 and 7 x 7 bins that is at most
/// 28 columns, instead of sixteen reads for each result.
/// </summary>
internal sealed unsafe class SeparableKernel : RegionKernel
{
    private readonly HostRegions regions;
    private readonly RegionTaps rows;
    private readonly RegionTaps columns;

    // Columns that a region reads, each once, and for every tap the place of its column among them.
    private readonly int[] distinctStarts;
    private readonly int[] distinct;
    private readonly int[] places;
    private readonly int mostDistinct;

    public SeparableKernel(HostRegions regions, AxisRule rowRule, AxisRule columnRule)
    {
        this.regions = regions;
        rows = RegionTaps.Of(rowRule, regions.Y, regions.Scale.Y, regions.Rows);
        columns = RegionTaps.Of(columnRule, regions.X, regions.Scale.X, regions.Columns);
        distinctStarts = new int[regions.Count + 1];
        places = new int[columns.Count];
        var list = new List<int>(columns.Count);
        var placeOf = new int[regions.Columns];
        var seenBy = new int[regions.Columns];
        Array.Fill(seenBy, -1);
        for (var r = 0; r < regions.Count; r++)
        {
            distinctStarts[r] = list.Count;
            for (var t = columns.Starts[r * columns.Bins]; t < columns.Starts[(r + 1) * columns.Bins]; t++)
            {
                var cell = columns.Cells[t];
                if (seenBy[cell] != r)
                {
                    (seenBy[cell], placeOf[cell]) = (r, list.Count - distinctStarts[r]);
                    list.Add(cell);
                }
                places[t] = placeOf[cell];
            }
            mostDistinct = Math.Max(mostDistinct, list.Count - distinctStarts[r]);
        }
        distinctStarts[regions.Count] = list.Count;
        distinct = [.. list];
    }

    private int Bins => rows.Bins * columns.Bins;

    private int Cells => regions.Rows * regions.Columns;

    private int Blocks => (regions.Channels + ChannelBlock.Lanes - 1) / ChannelBlock.Lanes;

    private long Operations => ((long)Bins * 4 * regions.Count + (long)Cells * regions.Images) * regions.Channels;

    public override (Tensor Result, Tensor? Choices) Forward(Tensor map, bool keep)
    {
        var result = empty(ResultShape, dtype: ScalarType.Float32);
        var source = TensorMemory.Floats(map);
        var target = TensorMemory.Floats(result);
        if (target is null)
        {
            return (result, null);
        }
        // Enough pieces for all threads even when there are few blocks of channels: then regions are shared out, too.
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
            using var scratch = new Scratch((long)(mostDistinct + Bins) * ChannelBlock.Lanes);
            ChannelBlock.Gather(source + ((long)image * regions.Channels + first) * Cells, Cells, channels, Cells, plane.Start);
            var pooled = scratch.Start + mostDistinct * ChannelBlock.Lanes;
            foreach (var region in mine)
            {
                Pool(region, plane.Start, scratch.Start, pooled);
                ChannelBlock.Scatter(pooled, channels, Bins, target + ((long)region * regions.Channels + first) * Bins, Bins);
            }
        });
        GC.KeepAlive(map);
        return (result, null);
    }

    public override Tensor Transposed(Tensor gradient, Tensor? choices)
    {
        var result = empty(MapShape, dtype: ScalarType.Float32);
        var source = TensorMemory.Floats(gradient);
        var target = TensorMemory.Floats(result);
        if (target is null)
        {
            return result;
        }
        // A piece owns its channels of one image, so that every sum has one order whatever the number of threads.
        RegionThreads.For(regions.Images * Blocks, Operations, item =>
        {
            var (image, first) = (item / Blocks, item % Blocks * ChannelBlock.Lanes);
            var channels = Math.Min(ChannelBlock.Lanes, regions.Channels - first);
            using var plane = new Scratch((long)Cells * ChannelBlock.Lanes);
            using var scratch = new Scratch((long)(mostDistinct + Bins) * ChannelBlock.Lanes);
            NativeMemory.Clear(plane.Start, (nuint)Cells * ChannelBlock.Lanes * sizeof(float));
            var pooled = scratch.Start + mostDistinct * ChannelBlock.Lanes;
            foreach (var region in regions.OfImage[image])
            {
                ChannelBlock.Gather(source + ((long)region * regions.Channels + first) * Bins, Bins, channels, Bins, pooled);
                Spread(region, pooled, scratch.Start, plane.Start);
            }
            ChannelBlock.Scatter(plane.Start, channels, Cells, target + ((long)image * regions.Channels + first) * Cells, Cells);
        });
        GC.KeepAlive(gradient);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pool(int region, float* plane, float* combined, float* pooled)
    {
        fixed (int* rowStarts = rows.Starts, rowCells = rows.Cells, columnStarts = columns.Starts, columnPlaces = places, distinctColumns = distinct)
        fixed (float* rowWeights = rows.Weights, columnWeights = columns.Weights)
        {
            var read = distinctColumns + distinctStarts[region];
            var width = distinctStarts[region + 1] - distinctStarts[region];
            for (var p = 0; p < rows.Bins; p++)
            {
                var (begin, end) = (rowStarts[region * rows.Bins + p], rowStarts[region * rows.Bins + p + 1]);
                for (var u = 0; u < width; u++)
                {
                    var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
                    for (var t = begin; t < end; t++)
                    {
                        var at = plane + (rowCells[t] * regions.Columns + read[u]) * ChannelBlock.Lanes;
                        Accumulate(ref low, ref high, at, rowWeights[t]);
                    }
                    Store(low, high, combined + u * ChannelBlock.Lanes);
                }
                for (var q = 0; q < columns.Bins; q++)
                {
                    var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
                    var last = columnStarts[region * columns.Bins + q + 1];
                    for (var t = columnStarts[region * columns.Bins + q]; t < last; t++)
                    {
                        Accumulate(ref low, ref high, combined + columnPlaces[t] * ChannelBlock.Lanes, columnWeights[t]);
                    }
                    Store(low, high, pooled + (p * columns.Bins + q) * ChannelBlock.Lanes);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Spread(int region, float* pooled, float* combined, float* plane)
    {
        fixed (int* rowStarts = rows.Starts, rowCells = rows.Cells, columnStarts = columns.Starts, columnPlaces = places, distinctColumns = distinct)
        fixed (float* rowWeights = rows.Weights, columnWeights = columns.Weights)
        {
            var read = distinctColumns + distinctStarts[region];
            var width = distinctStarts[region + 1] - distinctStarts[region];
            for (var p = 0; p < rows.Bins; p++)
            {
                new Span<float>(combined, width * ChannelBlock.Lanes).Clear();
                for (var q = 0; q < columns.Bins; q++)
                {
                    var gradient = pooled + (p * columns.Bins + q) * ChannelBlock.Lanes;
                    var (low, high) = (Vector256.Load(gradient), Vector256.Load(gradient + 8));
                    var last = columnStarts[region * columns.Bins + q + 1];
                    for (var t = columnStarts[region * columns.Bins + q]; t < last; t++)
                    {
                        AddTo(combined + columnPlaces[t] * ChannelBlock.Lanes, low, high, columnWeights[t]);
                    }
                }
                var (begin, end) = (rowStarts[region * rows.Bins + p], rowStarts[region * rows.Bins + p + 1]);
                for (var u = 0; u < width; u++)
                {
                    var (low, high) = (Vector256.Load(combined + u * ChannelBlock.Lanes), Vector256.Load(combined + u * ChannelBlock.Lanes + 8));
                    for (var t = begin; t < end; t++)
                    {
                        AddTo(plane + (rowCells[t] * regions.Columns + read[u]) * ChannelBlock.Lanes, low, high, rowWeights[t]);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(ref Vector256<float> low, ref Vector256<float> high, float* at, float weight)
    {
        var factor = Vector256.Create(weight);
        low = Vector256.MultiplyAddEstimate(Vector256.Load(at), factor, low);
        high = Vector256.MultiplyAddEstimate(Vector256.Load(at + 8), factor, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(float* at, Vector256<float> low, Vector256<float> high, float weight)
    {
        var factor = Vector256.Create(weight);
        Store(Vector256.MultiplyAddEstimate(low, factor, Vector256.Load(at)), Vector256.MultiplyAddEstimate(high, factor, Vector256.Load(at + 8)), at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> low, Vector256<float> high, float* at)
    {
        low.Store(at);
        high.Store(at + 8);
    }
}
