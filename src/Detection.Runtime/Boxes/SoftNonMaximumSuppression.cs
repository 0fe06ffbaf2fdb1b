// Soft non-maximum suppression: an overlapped box loses score instead of going.
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>How much of its score a box keeps that overlaps a better one.</summary>
public enum ScoreDecay
{
    /// <summary>1 - IoU where the overlap is above the threshold, all of it elsewhere.</summary>
    Linear,

    /// <summary>exp(-IoU² / sigma), whatever the overlap.</summary>
    Gaussian,
}

/// <summary>
/// Soft non-maximum suppression (Bodla et al., Soft-NMS): the box with the highest score is taken, the scores of the others decay by their overlap with it, and so
/// on, until no score is at least <see cref="MinimumScore"/>. Of equal scores the lower index comes first. Boxes with a NaN score or a coordinate
/// that is not finite are never taken; boxes without area overlap nothing. No boxes give no indices.
/// </summary>
/// <param name="Decay">The form of the decay.</param>
public sealed record SoftNonMaximumSuppression(ScoreDecay Decay = ScoreDecay.Gaussian)
{
    /// <summary>Overlap above which the linear form decays.</summary>
    public double Threshold { get; init; } = 0.3;

    /// <summary>Width of the Gaussian form.</summary>
    public double Sigma { get; init; } = 0.5;

    /// <summary>Boxes whose score has fallen below this are left out.</summary>
    public double MinimumScore { get; init; } = 0.001;

    /// <summary>Takes boxes regardless of class.</summary>
    /// <param name="boxes">[N, 4] corner form, any units.</param>
    /// <param name="scores">[N].</param>
    /// <param name="classes">[N] int64: only boxes of the same class decay each other; null: all do.</param>
    /// <returns>[K] int64 indices and [K] decayed scores on the boxes' device, in falling order of the decayed scores.</returns>
    /// <exception cref="ArgumentException">The shapes or settings do not fit.</exception>
    public (Tensor Indices, Tensor Scores) Keep(Tensor boxes, Tensor scores, Tensor? classes = null)
    {
        if (boxes.shape is not [var n, 4] || scores.shape is not [var m] || n != m || classes is not null && (classes.shape is not [var k] || k != n))
        {
            throw new ArgumentException(
                $"Boxes [{string.Join(", ", boxes.shape)}], scores [{string.Join(", ", scores.shape)}]"
                + (classes is null ? "" : $", classes [{string.Join(", ", classes.shape)}]") + " do not fit together: expected [N, 4], [N] and [N].");
        }
        if (!(Sigma > 0) || !(Threshold is >= 0 and <= 1) || double.IsNaN(MinimumScore))
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"A threshold in 0..1, a sigma above 0 and a number as the smallest score are expected, not {Threshold}, {Sigma} and {MinimumScore}."));
        }
        return boxes.device_type == DeviceType.CPU ? KeepOnHost(boxes, scores, classes) : KeepByTensors(boxes, scores, classes);
    }

    internal (Tensor Indices, Tensor Scores) KeepOnHost(Tensor boxes, Tensor scores, Tensor? classes)
    {
        using var scope = NewDisposeScope();
        var (corners, values) = (Host<float>(boxes, ScalarType.Float32), Host<float>(scores, ScalarType.Float32));
        var groups = classes is null ? null : Host<long>(classes, ScalarType.Int64);
        var open = Enumerable.Range(0, values.Length).Where(i => !float.IsNaN(values[i]) && AllFinite(corners.AsSpan(4 * i, 4))).ToArray();
        var count = open.Length;
        var (indices, kept) = (new List<long>(), new List<float>());
        while (count > 0)
        {
            var best = 0;
            for (var i = 1; i < count; i++)
            {
                if (values[open[i]] > values[open[best]])
                {
                    best = i;
                }
            }
            var taken = open[best];
            if (!(values[taken] >= (float)MinimumScore))
            {
                break;
            }
            indices.Add(taken);
            kept.Add(values[taken]);
            var next = 0;
            for (var i = 0; i < count; i++)
            {
                var other = open[i];
                if (other == taken)
                {
                    continue;
                }
                if (groups is null || groups[other] == groups[taken])
                {
                    values[other] *= Factor(Overlap(corners, taken, other));
                }
                // What has fallen below the limit never comes back; order is kept.
                if (values[other] >= (float)MinimumScore)
                {
                    open[next++] = other;
                }
            }
            count = next;
        }
        return scope.MoveToOuter(tensor([.. indices], [indices.Count]), tensor([.. kept], [kept.Count]));
    }

    /// <summary>The form for devices: one round for each box, none of them waits for the host.</summary>
    internal (Tensor Indices, Tensor Scores) KeepByTensors(Tensor boxes, Tensor scores, Tensor? classes)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        boxes = boxes.to(ScalarType.Float32);
        var valid = boxes.isfinite().all(1).logical_and(scores.isnan().logical_not()).nonzero().flatten();
        boxes = boxes.index_select(0, valid);
        classes = classes?.index_select(0, valid);
        var count = valid.shape[0];
        var values = scores.to(ScalarType.Float32).index_select(0, valid);
        if (count == 0)
        {
            return scope.MoveToOuter(valid, values);
        }
        var (takenIndices, takenScores) = (zeros(count, dtype: ScalarType.Int64, device: boxes.device), zeros(count, device: boxes.device));
        var numbers = arange(count, dtype: ScalarType.Int64, device: boxes.device);
        for (long step = 0; step < count; step++)
        {
            using var round = NewDisposeScope();
            var highest = values.max();
            // The lowest index among equals: argmax does not promise which it gives.
            var first = where(values.eq(highest), numbers, full_like(numbers, count)).min().clamp(0, count - 1).view(1);
            takenIndices.narrow(0, step, 1).copy_(first);
            takenScores.narrow(0, step, 1).copy_(highest.view(1));
            var (common, union) = Boxes.Overlaps(boxes.index_select(0, first), boxes);
            var overlap = (common / union).masked_fill(union.le(0), 0).squeeze(0);
            var factor = Decay == ScoreDecay.Gaussian
                ? (overlap * overlap * (float)(-1 / Sigma)).exp()
                : where(overlap.gt((float)Threshold), 1 - overlap, ones_like(overlap));
            if (classes is not null)
            {
                factor = where(classes.eq(classes.index_select(0, first)), factor, ones_like(factor));
            }
            var fallen = values * factor;
            values.copy_(fallen.masked_fill(fallen.lt((float)MinimumScore).logical_or(numbers.eq(first)), double.NegativeInfinity));
        }
        var kept = takenScores.ge((float)MinimumScore).nonzero().flatten();
        return scope.MoveToOuter(valid.index_select(0, takenIndices.index_select(0, kept)), takenScores.index_select(0, kept));
    }

    private float Factor(float overlap) => Decay == ScoreDecay.Gaussian
        ? MathF.Exp(overlap * overlap * (float)(-1 / Sigma))
        : overlap > (float)Threshold ? 1 - overlap : 1;

    private static float Overlap(float[] corners, int a, int b)
    {
        (a, b) = (4 * a, 4 * b);
        return new Box(corners[a], corners[a + 1], corners[a + 2], corners[a + 3]).Iou(new Box(corners[b], corners[b + 1], corners[b + 2], corners[b + 3]));
    }

    private static bool AllFinite(ReadOnlySpan<float> box) =>
        float.IsFinite(box[0]) && float.IsFinite(box[1]) && float.IsFinite(box[2]) && float.IsFinite(box[3]);

    private static T[] Host<T>(Tensor values, ScalarType type)
        where T : unmanaged
    {
        using var scope = NewDisposeScope();
        var host = values.detach().to(type).contiguous();
        return host.numel() == 0 ? [] : MemoryMarshal.Cast<byte, T>(host.bytes).ToArray();
    }
}
