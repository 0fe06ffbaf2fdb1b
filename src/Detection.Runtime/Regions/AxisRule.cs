// How an extent of a region is divided along one axis: the arithmetic of each operator, once for the kernels and once as tensor operations.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Every averaging region operator is separable: its result is W_y F W_xᵀ with one small matrix of weights along each axis. A rule makes these
/// matrices from extents. Both forms calculate in single precision and in the same order, so that both round a border to the same side.
/// </summary>
/// <param name="Bins">Bins along the axis.</param>
internal abstract record AxisRule(int Bins)
{
    // Beyond this many cells from the map nothing changes any more; keeps infinities and integer overflow away.
    protected const float Far = 1e7f;

    /// <summary>Groups of taps that <see cref="Append"/> makes for an extent: the bins, or every sample of every bin.</summary>
    public virtual int Taken => Bins;

    /// <summary>Appends the taps of one extent, and ends every bin.</summary>
    public abstract void Append(Extent extent, float scale, int cells, RegionTaps taps);

    /// <summary>[R, Taken, cells] weights.</summary>
    /// <param name="low">[R] lower ends.</param>
    /// <param name="high">[R] upper ends.</param>
    /// <param name="scale">Cells for one unit.</param>
    /// <param name="cells">Cells along the axis.</param>
    public abstract Tensor Weights(Tensor low, Tensor high, float scale, long cells);

    protected static float Limit(float cell) => Math.Clamp(cell, -Far, Far);

    protected static Tensor Limit(Tensor cells) => cells.clamp(-Far, Far);

    /// <summary>[count] 0, 1, ... in the type and on the device of another tensor.</summary>
    protected static Tensor Counting(long count, Tensor like) => arange(count, dtype: like.dtype, device: like.device);
}

/// <summary>Which neighbours a sample between two cell centres reads.</summary>
internal enum SampleBorder
{
    /// <summary>Up to one cell outside the map counts as its border; further outside is 0 (RoIAlign).</summary>
    Clamped,

    /// <summary>A neighbour outside the map is 0 (Light-Head R-CNN).</summary>
    Zero,

    /// <summary>A sample outside the cell centres of the map is 0 as a whole (TensorFlow's crop_and_resize).</summary>
    Inside,
}

/// <summary>Bins that average samples interpolated linearly between cell centres.</summary>
internal abstract record SampledRule(int Bins, SampleBorder Border) : AxisRule(Bins)
{
    /// <summary>Whether every sample stays by itself, for a maximum over samples; otherwise a bin is their mean.</summary>
    public bool Apart { get; init; }

    private protected void Sample(float at, float weight, int cells, RegionTaps taps)
    {
        if (Border == SampleBorder.Clamped ? !(at >= -1 && at <= cells) : Border == SampleBorder.Inside && !(at >= 0 && at <= cells - 1))
        {
            return;
        }
        if (Border == SampleBorder.Clamped)
        {
            at = Math.Clamp(at, 0, cells - 1);
        }
        var below = MathF.Floor(at);
        var part = at - below;
        var cell = (int)below;
        if (cell >= 0 && cell < cells)
        {
            taps.Add(cell, (1 - part) * weight);
        }
        if (cell + 1 >= 0 && cell + 1 < cells)
        {
            taps.Add(cell + 1, part * weight);
        }
    }

    /// <summary>[..., cells] interpolation weights of samples.</summary>
    private protected Tensor Interpolation(Tensor at, long cells)
    {
        using var scope = NewDisposeScope();
        var inside = Border == SampleBorder.Clamped ? at.ge(-1).logical_and(at.le(cells))
            : Border == SampleBorder.Inside ? at.ge(0).logical_and(at.le(cells - 1)) : at.eq(at);
        var clamped = Border == SampleBorder.Clamped ? at.clamp(0, cells - 1) : at;
        var weights = (1 - (clamped.unsqueeze(-1) - Counting(cells, at)).abs()).clamp_min(0);
        return (weights * inside.unsqueeze(-1).to(at.dtype)).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// Samples at the centres of equal parts of a bin: RoIAlign (He et al., Mask R-CNN, section 3; torchvision.ops.roi_align), torchvision's ps_roi_align,
/// and the PSRoIAlign of Light-Head R-CNN's released code.
/// </summary>
/// <param name="Bins">Bins along the axis.</param>
/// <param name="Samples">Samples in a bin along the axis; 0 for the bin's size in cells, rounded up.</param>
/// <param name="Offset">Subtracted from both ends, in cells.</param>
/// <param name="Shortest">An extent is at least so long, in cells; null for no limit.</param>
/// <param name="Border">What is outside.</param>
internal sealed record PartCentres(int Bins, int Samples, float Offset, float? Shortest, SampleBorder Border) : SampledRule(Bins, Border)
{
    public override int Taken => Apart ? Bins * Samples : Bins;

    public override void Append(Extent extent, float scale, int cells, RegionTaps taps)
    {
        var start = Limit(extent.Low * scale) - Offset;
        var length = Limit(extent.High * scale) - Offset - start;
        if (Shortest is { } shortest)
        {
            length = Math.Max(length, shortest);
        }
        var bin = length / Bins;
        var samples = Samples > 0 ? Samples : (int)MathF.Ceiling(length / Bins);
        for (var i = 0; i < Bins; i++)
        {
            var from = start + i * bin;
            // A huge extent has millions of samples; all but those near the map are 0.
            var (first, last) = Samples > 0 ? (0, samples) : Near(from, bin / samples, samples, cells);
            for (var s = first; s < last; s++)
            {
                Sample(from + (s + 0.5f) * bin / samples, Apart ? 1f : 1f / samples, cells, taps);
                if (Apart)
                {
                    taps.EndBin();
                }
            }
            if (!Apart)
            {
                taps.EndBin();
            }
        }
    }

    public override Tensor Weights(Tensor low, Tensor high, float scale, long cells)
    {
        using var scope = NewDisposeScope();
        var start = Limit(low * scale) - Offset;
        var length = Limit(high * scale) - Offset - start;
        if (Shortest is { } shortest)
        {
            length = length.clamp_min(shortest);
        }
        var bin = (length / Bins).unsqueeze(1);
        var from = start.unsqueeze(1) + Counting(Bins, low) * bin;
        if (Samples > 0)
        {
            // [R, Bins, Samples]
            var at = from.unsqueeze(2) + (Counting(Samples, low) + 0.5) * bin.unsqueeze(2) / Samples;
            var each = Interpolation(at, cells);
            return (Apart ? each.flatten(1, 2) : each.sum(2) / Samples).MoveToOuterDisposeScope();
        }
        var samples = (length / Bins).ceil().clamp_min(0).unsqueeze(1);
        // The only number that the host reads: how often the loop below runs.
        var most = samples.shape[0] == 0 ? 0 : samples.max().to(ScalarType.Float64).item<double>();
        var part = bin / samples.clamp_min(1);
        var first = ((-1 - from) / part.clamp_min(1e-6) - 2).floor().clamp_min(0);
        var sum = zeros([low.shape[0], Bins, cells], dtype: low.dtype, device: low.device);
        for (var s = 0; s < Math.Min(most, 2 * cells + 8); s++)
        {
            using var round = NewDisposeScope();
            var number = first + s;
            var weights = Interpolation(from + (number + 0.5) * bin / samples.clamp_min(1), cells);
            sum.add_(weights * number.lt(samples).to(low.dtype).unsqueeze(-1));
        }
        return (sum / samples.clamp_min(1).unsqueeze(-1)).MoveToOuterDisposeScope();
    }

    private static (int First, int Last) Near(float from, float part, int samples, int cells)
    {
        if (samples <= 0)
        {
            return (0, 0);
        }
        var first = (int)Math.Clamp(MathF.Floor((-1 - from) / Math.Max(part, 1e-6f) - 2), 0, samples);
        return (first, (int)Math.Min(samples, first + 2L * cells + 8));
    }
}

/// <summary>
/// Samples from one end of a bin to the other, both included; one sample lies in the middle. With one bin per sample this is the definition of TensorFlow's
/// crop_and_resize (tf.image.crop_and_resize); with several it is its position-sensitive form, bins being crops of their own that are averaged.
/// </summary>
/// <param name="Parts">Crops side by side.</param>
/// <param name="Samples">Samples in each.</param>
/// <param name="Averaged">Whether a part's samples are averaged to one bin.</param>
internal sealed record EndToEnd(int Parts, int Samples, bool Averaged) : SampledRule(Averaged ? Parts : Parts * Samples, SampleBorder.Inside)
{
    public override void Append(Extent extent, float scale, int cells, RegionTaps taps)
    {
        for (var p = 0; p < Parts; p++)
        {
            var low = Limit((extent.Low + p * ((extent.High - extent.Low) / Parts)) * scale);
            var high = Limit((p == Parts - 1 ? extent.High : extent.Low + (p + 1) * ((extent.High - extent.Low) / Parts)) * scale);
            var step = Samples > 1 ? (high - low) / (Samples - 1) : 0;
            for (var s = 0; s < Samples; s++)
            {
                Sample(Samples > 1 ? low + s * step : 0.5f * (low + high), Averaged ? 1f / Samples : 1f, cells, taps);
                if (!Averaged)
                {
                    taps.EndBin();
                }
            }
            if (Averaged)
            {
                taps.EndBin();
            }
        }
    }

    public override Tensor Weights(Tensor low, Tensor high, float scale, long cells)
    {
        using var scope = NewDisposeScope();
        var parts = new Tensor[Parts];
        for (var p = 0; p < Parts; p++)
        {
            var from = Limit((low + p * ((high - low) / Parts)) * scale).unsqueeze(1);
            var to = Limit((p == Parts - 1 ? high : low + (p + 1) * ((high - low) / Parts)) * scale).unsqueeze(1);
            var at = Samples > 1 ? from + Counting(Samples, low) * ((to - from) / (Samples - 1)) : 0.5 * (from + to);
            var weights = Interpolation(at, cells);
            parts[p] = Averaged ? weights.sum(1, keepdim: true) / Samples : weights;
        }
        return cat(parts, 1).MoveToOuterDisposeScope();
    }
}
