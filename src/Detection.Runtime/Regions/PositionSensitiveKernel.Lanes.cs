// Position-sensitive operators with sixteen classes of a bin as lanes: worth turning the maps over when many regions read them.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Detection.Runtime;

internal sealed unsafe partial class PositionSensitiveKernel
{
    // Turning a plane over costs some half of a multiply-add for each of its cells; a region reads about sixteen cells of it.
    private bool ManyRegions => Classes >= 4 && 16L * regions.Count > (long)regions.Images * Cells;

    // One bin of up to sixteen classes in one image.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ForBlock(Step step, int image, int bin, int first, float* map, float* results, int* chosen)
    {
        var mine = regions.OfImage[image];
        if (mine.Length == 0)
        {
            return;
        }
        var classes = Math.Min(ChannelBlock.Lanes, Classes - first);
        using var plane = new Scratch((long)Cells * ChannelBlock.Lanes);
        var stride = (nint)(order == ScoreMapOrder.ClassMajor ? height * width : 1) * Cells;
        var source = map + ((long)image * regions.Channels + Channel(first, bin)) * Cells;
        if (step == Step.Spread)
        {
            NativeMemory.Clear(plane.Start, (nuint)Cells * ChannelBlock.Lanes * sizeof(float));
        }
        else
        {
            ChannelBlock.Gather(source, stride, classes, Cells, plane.Start);
        }
        var values = stackalloc float[ChannelBlock.Lanes];
        var places = stackalloc int[ChannelBlock.Lanes];
        new Span<float>(values, ChannelBlock.Lanes).Clear();
        fixed (int* rowStarts = rows.Starts, rowCells = rows.Cells, columnStarts = columns.Starts, columnCells = columns.Cells)
        fixed (float* rowWeights = rows.Weights, columnWeights = columns.Weights)
        {
            var vertical = new Axis(rowStarts, rowCells, rowWeights);
            var horizontal = new Axis(columnStarts, columnCells, columnWeights);
            foreach (var region in mine)
            {
                var at = ((long)region * Classes + first) * height * width + bin;
                var (row, column) = (region * rows.Bins + bin / width * samples, region * columns.Bins + bin % width * samples);
                if (step == Step.Spread)
                {
                    for (var c = 0; c < classes; c++)
                    {
                        values[c] = results[at + (long)c * height * width];
                    }
                    SpreadLanes(values, plane.Start, vertical, row, horizontal, column);
                    continue;
                }
                GreatestLanes(plane.Start, vertical, row, horizontal, column, values, places);
                for (var c = 0; c < classes; c++)
                {
                    results[at + (long)c * height * width] = values[c];
                }
                for (var c = 0; c < classes && chosen is not null && step == Step.Choose; c++)
                {
                    chosen[at + (long)c * height * width] = places[c];
                }
            }
        }
        if (step == Step.Spread)
        {
            ChannelBlock.Scatter(plane.Start, classes, Cells, source, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GreatestLanes(float* plane, Axis vertical, int row, Axis horizontal, int column, float* values, int* places)
    {
        SumLanes(plane, vertical, row, horizontal, column, out var low, out var high);
        var (lowAt, highAt) = (Vector256<int>.Zero, Vector256<int>.Zero);
        for (var s = 1; s < samples * samples; s++)
        {
            SumLanes(plane, vertical, row + s / samples, horizontal, column + s % samples, out var a, out var b);
            var (moreA, moreB) = (Vector256.GreaterThan(a, low), Vector256.GreaterThan(b, high));
            low = Vector256.ConditionalSelect(moreA, a, low);
            high = Vector256.ConditionalSelect(moreB, b, high);
            lowAt = Vector256.ConditionalSelect(moreA.AsInt32(), Vector256.Create(s), lowAt);
            highAt = Vector256.ConditionalSelect(moreB.AsInt32(), Vector256.Create(s), highAt);
        }
        low.Store(values);
        high.Store(values + 8);
        lowAt.Store(places);
        highAt.Store(places + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SumLanes(float* plane, Axis vertical, int row, Axis horizontal, int column, out Vector256<float> low, out Vector256<float> high)
    {
        var (first, last) = (horizontal.Starts[column], horizontal.Starts[column + 1]);
        (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (var t = vertical.Starts[row]; t < vertical.Starts[row + 1]; t++)
        {
            var cells = plane + vertical.Cells[t] * regions.Columns * ChannelBlock.Lanes;
            var (a, b) = (Vector256<float>.Zero, Vector256<float>.Zero);
            for (var u = first; u < last; u++)
            {
                var weight = Vector256.Create(horizontal.Weights[u]);
                var cell = cells + horizontal.Cells[u] * ChannelBlock.Lanes;
                a = Vector256.MultiplyAddEstimate(Vector256.Load(cell), weight, a);
                b = Vector256.MultiplyAddEstimate(Vector256.Load(cell + 8), weight, b);
            }
            var factor = Vector256.Create(vertical.Weights[t]);
            low = Vector256.MultiplyAddEstimate(a, factor, low);
            high = Vector256.MultiplyAddEstimate(b, factor, high);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SpreadLanes(float* gradient, float* plane, Axis vertical, int row, Axis horizontal, int column)
    {
        var (low, high) = (Vector256.Load(gradient), Vector256.Load(gradient + 8));
        var (first, last) = (horizontal.Starts[column], horizontal.Starts[column + 1]);
        for (var t = vertical.Starts[row]; t < vertical.Starts[row + 1]; t++)
        {
            var cells = plane + vertical.Cells[t] * regions.Columns * ChannelBlock.Lanes;
            var factor = Vector256.Create(vertical.Weights[t]);
            var (a, b) = (low * factor, high * factor);
            for (var u = first; u < last; u++)
            {
                var weight = Vector256.Create(horizontal.Weights[u]);
                var cell = cells + horizontal.Cells[u] * ChannelBlock.Lanes;
                Vector256.MultiplyAddEstimate(a, weight, Vector256.Load(cell)).Store(cell);
                Vector256.MultiplyAddEstimate(b, weight, Vector256.Load(cell + 8)).Store(cell + 8);
            }
        }
    }
}
