// Non-maximum suppression: a managed kernel for boxes in main memory, tensor operations for boxes on a device; both keep the same boxes.
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Greedy non-maximum suppression: boxes are visited by falling score (ties: lower index first), and a box goes when its intersection over union with
/// a kept box is above the threshold. Boxes with a NaN score or a coordinate that is not finite are never kept. Boxes without area overlap nothing.
/// No boxes give no indices.
/// </summary>
public static class NonMaximumSuppression
{
    // Boxes settled together in the tensor form: large enough to fill a device, small enough for [block, N] intermediates.
    private const int Block = 1024;

    /// <summary>Suppresses regardless of class.</summary>
    /// <param name="boxes">[N, 4] corner form, any units.</param>
    /// <param name="scores">[N].</param>
    /// <param name="threshold">Intersection over union in 0..1.</param>
    /// <returns>[K] int64 indices on the boxes' device, best score first.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Keep(Tensor boxes, Tensor scores, double threshold)
    {
        Check(boxes, scores, null);
        return boxes.device_type == DeviceType.CPU ? KeepOnHost(boxes, scores, null, threshold) : KeepByTensors(boxes, scores, null, threshold);
    }

    /// <summary>Suppresses within each class; boxes of different classes do not touch each other.</summary>
    /// <param name="boxes">[N, 4] corner form, any units.</param>
    /// <param name="scores">[N].</param>
    /// <param name="classes">[N] int64 (or image and class in one number).</param>
    /// <param name="threshold">Intersection over union in 0..1.</param>
    /// <returns>[K] int64 indices on the boxes' device, best score first.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor KeepPerClass(Tensor boxes, Tensor scores, Tensor classes, double threshold)
    {
        Check(boxes, scores, classes);
        return boxes.device_type == DeviceType.CPU ? KeepOnHost(boxes, scores, classes, threshold) : KeepByTensors(boxes, scores, classes, threshold);
    }

    /// <summary>Suppresses within each image, or within each class of each image.</summary>
    /// <param name="boxes">[N, 4] corner form, any units.</param>
    /// <param name="scores">[N].</param>
    /// <param name="images">[N] int64 image of each box, from 0 on.</param>
    /// <param name="classes">[N] int64 class of each box, from 0 on; null to suppress regardless of class.</param>
    /// <param name="threshold">Intersection over union in 0..1.</param>
    /// <returns>[K] int64 indices on the boxes' device, best score first over all images.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor KeepBatched(Tensor boxes, Tensor scores, Tensor images, Tensor? classes, double threshold)
    {
        Check(boxes, scores, images);
        if (classes is null || boxes.shape[0] == 0)
        {
            return KeepPerClass(boxes, scores, images, threshold);
        }
        Check(boxes, scores, classes);
        using var groups = Grouped(images, classes);
        return KeepPerClass(boxes, scores, groups, threshold);
    }

    // One number for image and class, without asking the device how many classes there are.
    private static Tensor Grouped(Tensor images, Tensor classes)
    {
        using var scope = NewDisposeScope();
        return (images * (classes.max() + 1) + classes).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The largest single-precision number that is not above a threshold. A quotient in single precision is above the threshold just when it is above this
    /// number, as if the comparison were made in double precision; that is how other libraries compare.
    /// </summary>
    internal static float NotAbove(double threshold) => (float)threshold is var nearest && nearest > threshold ? MathF.BitDecrement(nearest) : nearest;

    /// <summary>The form for main memory.</summary>
    internal static Tensor KeepOnHost(Tensor boxes, Tensor scores, Tensor? classes, double threshold)
    {
        using var scope = NewDisposeScope();
        var hostBoxes = boxes.detach().to(ScalarType.Float32).contiguous();
        var hostScores = scores.detach().to(ScalarType.Float32).contiguous();
        var boxValues = MemoryMarshal.Cast<byte, float>(hostBoxes.bytes);
        var scoreValues = MemoryMarshal.Cast<byte, float>(hostScores.bytes);
        long[] kept;
        if (classes is null)
        {
            kept = [.. NmsKernel.Keep(boxValues, scoreValues, NotAbove(threshold))];
        }
        else
        {
            var hostClasses = classes.to(ScalarType.Int64).contiguous();
            kept = PerClass(boxValues, scoreValues, MemoryMarshal.Cast<byte, long>(hostClasses.bytes), NotAbove(threshold));
        }
        return tensor(kept, [kept.Length]).MoveToOuterDisposeScope();
    }

    /// <summary>The form for devices: no box leaves the device; the host waits once per 1024 boxes and round of settling them.</summary>
    internal static Tensor KeepByTensors(Tensor boxes, Tensor scores, Tensor? classes, double threshold)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        boxes = boxes.to(ScalarType.Float32);
        scores = scores.to(ScalarType.Float32);
        var valid = boxes.isfinite().all(1).logical_and(scores.isnan().logical_not()).nonzero().flatten();
        var order = valid.index_select(0, scores.index_select(0, valid).sort(0, descending: true, stable: true).Indices);
        boxes = boxes.index_select(0, order);
        classes = classes?.index_select(0, order);
        var count = (int)order.shape[0];
        var alive = ones(count, dtype: ScalarType.Bool, device: boxes.device);
        for (var start = 0; start < count; start += Block)
        {
            using var round = NewDisposeScope();
            var length = Math.Min(Block, count - start);
            // [length, count - start]: which later boxes each box of the block would remove.
            var removes = Removes(boxes, classes, start, length, count, NotAbove(threshold));
            var within = removes.narrow(1, 0, length).triu(1);
            var open = alive.narrow(0, start, length);
            var settled = open;
            while (true)
            {
                // A box stays when no box that stays removes it. From the top down one more box is right with every pass, so this ends.
                var next = open.logical_and(within.logical_and(settled.unsqueeze(1)).any(0).logical_not());
                if (!next.ne(settled).any().item<bool>())
                {
                    break;
                }
                settled = next;
            }
            open.copy_(settled);
            if (start + length < count)
            {
                var gone = removes.narrow(1, length, count - start - length).logical_and(settled.unsqueeze(1)).any(0);
                alive.narrow(0, start + length, count - start - length).masked_fill_(gone, false);
            }
        }
        return order.masked_select(alive).MoveToOuterDisposeScope();
    }

    private static Tensor Removes(Tensor boxes, Tensor? classes, int start, int length, int count, float threshold)
    {
        using var scope = NewDisposeScope();
        var (common, union) = Boxes.Overlaps(boxes.narrow(0, start, length), boxes.narrow(0, start, count - start));
        var removes = (common / union).gt(threshold);
        if (classes is not null)
        {
            removes = removes.logical_and(
                classes.narrow(0, start, length).unsqueeze(1).eq(classes.narrow(0, start, count - start).unsqueeze(0)));
        }
        return removes.MoveToOuterDisposeScope();
    }

    private static long[] PerClass(ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, ReadOnlySpan<long> classes, float threshold)
    {
        var members = new SortedDictionary<long, List<int>>();
        for (var i = 0; i < classes.Length; i++)
        {
            if (!members.TryGetValue(classes[i], out var list))
            {
                members.Add(classes[i], list = []);
            }
            list.Add(i);
        }
        var kept = new List<(float Score, long Index)>();
        foreach (var indices in members.Values)
        {
            var classBoxes = new float[4 * indices.Count];
            var classScores = new float[indices.Count];
            for (var i = 0; i < indices.Count; i++)
            {
                boxes.Slice(4 * indices[i], 4).CopyTo(classBoxes.AsSpan(4 * i));
                classScores[i] = scores[indices[i]];
            }
            foreach (var i in NmsKernel.Keep(classBoxes, classScores, threshold))
            {
                kept.Add((classScores[i], indices[i]));
            }
        }
        return [.. kept.OrderByDescending(k => k.Score).ThenBy(k => k.Index).Select(k => k.Index)];
    }

    private static void Check(Tensor boxes, Tensor scores, Tensor? classes)
    {
        if (boxes.shape is not [var n, 4] || scores.shape is not [var m] || n != m || classes is not null && (classes.shape is not [var k] || k != n))
        {
            throw new ArgumentException(
                $"Boxes [{string.Join(", ", boxes.shape)}], scores [{string.Join(", ", scores.shape)}]"
                + (classes is null ? "" : $", classes [{string.Join(", ", classes.shape)}]") + " do not fit together: expected [N, 4], [N] and [N].");
        }
    }
}
