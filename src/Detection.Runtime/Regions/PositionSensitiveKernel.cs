// Position-sensitive region operators in main memory: every bin has channels of its own, so that a channel is read by one bin of every region.
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// A channel's plane stays in the first-level cache while all regions read the few cells that they need of it. With several samples in a bin
/// the greatest is taken, the first of equals; otherwise there is one group of taps for each bin, their weighted sum.
/// </summary>
internal sealed unsafe partial class PositionSensitiveKernel : RegionKernel
{
    private readonly HostRegions regions;
    private readonly RegionTaps rows;
    private readonly RegionTaps columns;
    private readonly int height;
    private readonly int width;
    private readonly int samples;
    private readonly ScoreMapOrder order;

    /// <param name="regions">Regions.</param>
    /// <param name="rowRule">Vertical rule.</param>
    /// <param name="columnRule">Horizontal rule.</param>
    /// <param name="samples">Groups of taps of a bin along each axis, of which the greatest counts; 1 for a mean.</param>
    /// <param name="order">Layout of the channels.</param>
    public PositionSensitiveKernel(HostRegions regions, AxisRule rowRule, AxisRule columnRule, int samples, ScoreMapOrder order)
    {
        this.regions = regions;
        (height, width, this.samples, this.order) = (rowRule.Bins, columnRule.Bins, samples, order);
        rows = RegionTaps.Of(rowRule, regions.Y, regions.Scale.Y, regions.Rows);
        columns = RegionTaps.Of(columnRule, regions.X, regions.Scale.X, regions.Columns);
    }

    private int Classes => regions.Channels / (height * width);

    private int Cells => regions.Rows * regions.Columns;

    private int Channel(int c, int bin) => order == ScoreMapOrder.ClassMajor ? c * height * width + bin : bin * Classes + c;

    public override (Tensor Result, Tensor? Choices) Forward(Tensor map, bool keep)
    {
        var result = empty(ResultShape, dtype: ScalarType.Float32);
        var choices = keep && samples > 1 ? empty(ResultShape, dtype: ScalarType.Int32) : null;
        Run(Step.Choose, map, result, choices);
        return (result, choices);
    }

    public override Tensor Linear(Tensor map, Tensor? choices)
    {
        var result = empty(ResultShape, dtype: ScalarType.Float32);
        Run(Step.Chosen, map, result, choices);
        return result;
    }

    public override Tensor Transposed(Tensor gradient, Tensor? choices)
    {
        var result = zeros(MapShape, dtype: ScalarType.Float32);
        Run(Step.Spread, result, gradient, choices);
        return result;
    }

    private enum Step
    {
        /// <summary>Takes the greatest sample and notes which it was.</summary>
        Choose,

        /// <summary>Takes the sample noted.</summary>
        Chosen,

        /// <summary>Adds a result's gradient to the cells of the sample noted.</summary>
        Spread,
    }

    private void Run(Step step, Tensor map, Tensor result, Tensor? choices)
    {
        var cells = TensorMemory.Floats(map);
        var results = TensorMemory.Floats(result);
        var chosen = choices is null ? null : TensorMemory.Integers(choices);
        if (results is null)
        {
            return;
        }
        var operations = (long)regions.Count * height * width * Classes * 16 * samples * samples;
        if (ManyRegions && (step == Step.Choose || samples == 1))
        {
            var blocks = (Classes + ChannelBlock.Lanes - 1) / ChannelBlock.Lanes;
            var perImage = blocks * height * width;
            RegionThreads.For(regions.Images * perImage, operations, item => ForBlock(
                step, item / perImage, item % perImage / blocks, item % blocks * ChannelBlock.Lanes, cells, results, chosen));
        }
        else
        {
            // One thread has all bins of a class in one image: no two threads write the same plane, and every sum has one order.
            RegionThreads.For(regions.Images * Classes, operations, item => ForClass(step, item / Classes, item % Classes, cells, results, chosen));
        }
        GC.KeepAlive(map);
        GC.KeepAlive(result);
        GC.KeepAlive(choices);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ForClass(Step step, int image, int c, float* map, float* results, int* chosen)
    {
        fixed (int* rowStarts = rows.Starts, rowCells = rows.Cells, columnStarts = columns.Starts, columnCells = columns.Cells)
        fixed (float* rowWeights = rows.Weights, columnWeights = columns.Weights)
        {
            var vertical = new Axis(rowStarts, rowCells, rowWeights);
            var horizontal = new Axis(columnStarts, columnCells, columnWeights);
            for (var i = 0; i < height; i++)
            {
                for (var j = 0; j < width; j++)
                {
                    var plane = map + ((long)image * regions.Channels + Channel(c, i * width + j)) * Cells;
                    foreach (var region in regions.OfImage[image])
                    {
                        var at = (((long)region * Classes + c) * height + i) * width + j;
                        var (row, column) = (region * rows.Bins + i * samples, region * columns.Bins + j * samples);
                        switch (step)
                        {
                            case Step.Choose:
                                var (best, place) = Greatest(plane, vertical, row, horizontal, column);
                                results[at] = best;
                                if (chosen is not null)
                                {
                                    chosen[at] = place;
                                }
                                break;
                            case Step.Chosen:
                                var sample = chosen is null ? 0 : chosen[at];
                                results[at] = Sum(plane, vertical, row + sample / samples, horizontal, column + sample % samples);
                                break;
                            default:
                                var target = chosen is null ? 0 : chosen[at];
                                Spread(results[at], plane, vertical, row + target / samples, horizontal, column + target % samples);
                                break;
                        }
                    }
                }
            }
        }
    }

    // The arithmetic is that of the form with classes as lanes, so that a region has the same result in any company.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (float Best, int Place) Greatest(float* plane, Axis vertical, int row, Axis horizontal, int column)
    {
        var (best, place) = (Sum(plane, vertical, row, horizontal, column), 0);
        for (var s = 1; s < samples * samples; s++)
        {
            var value = Sum(plane, vertical, row + s / samples, horizontal, column + s % samples);
            if (value > best)
            {
                (best, place) = (value, s);
            }
        }
        return (best, place);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Sum(float* plane, Axis vertical, int row, Axis horizontal, int column)
    {
        var (first, last) = (horizontal.Starts[column], horizontal.Starts[column + 1]);
        var sum = 0f;
        for (var t = vertical.Starts[row]; t < vertical.Starts[row + 1]; t++)
        {
            var cells = plane + vertical.Cells[t] * regions.Columns;
            var part = 0f;
            for (var u = first; u < last; u++)
            {
                part = float.MultiplyAddEstimate(cells[horizontal.Cells[u]], horizontal.Weights[u], part);
            }
            sum = float.MultiplyAddEstimate(part, vertical.Weights[t], sum);
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Spread(float gradient, float* plane, Axis vertical, int row, Axis horizontal, int column)
    {
        var (first, last) = (horizontal.Starts[column], horizontal.Starts[column + 1]);
        for (var t = vertical.Starts[row]; t < vertical.Starts[row + 1]; t++)
        {
            var cells = plane + vertical.Cells[t] * regions.Columns;
            var part = gradient * vertical.Weights[t];
            for (var u = first; u < last; u++)
            {
                var cell = cells + horizontal.Cells[u];
                *cell = float.MultiplyAddEstimate(part, horizontal.Weights[u], *cell);
            }
        }
    }

    private readonly struct Axis(int* starts, int* cells, float* weights)
    {
        public readonly int* Starts = starts;
        public readonly int* Cells = cells;
        public readonly float* Weights = weights;
    }
}
