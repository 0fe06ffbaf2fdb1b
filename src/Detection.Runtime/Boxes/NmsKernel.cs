// Greedy non-maximum suppression in managed code: eight boxes at a time against each kept one.
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Detection.Runtime;

/// <summary>
/// The arithmetic (order of operations, single precision, division) is that of <see cref="Boxes.Overlaps"/>, so that this and the tensor
/// form in <see cref="NonMaximumSuppression"/> keep the same boxes, bit for bit.
/// </summary>
internal static class NmsKernel
{
    /// <summary>Indices of the kept boxes, best score first; see <see cref="NonMaximumSuppression.Keep"/>.</summary>
    /// <param name="boxes">Four numbers per box, corner form.</param>
    /// <param name="scores">One number per box.</param>
    /// <param name="threshold">Intersection over union above which the worse box goes.</param>
    /// <param name="most">Boxes that are kept at most.</param>
    public static List<int> Keep(ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, float threshold, int most = int.MaxValue)
    {
        var order = Order(boxes, scores);
        var kept = new List<int>();
        if (order.Length == 0)
        {
            return kept;
        }
        // Coordinates as five arrays in order of score, padded to whole vectors with boxes that nothing overlaps.
        var stride = (order.Length + Vector256<float>.Count - 1) / Vector256<float>.Count * Vector256<float>.Count;
        var rented = ArrayPool<float>.Shared.Rent(5 * stride);
        var gone = ArrayPool<int>.Shared.Rent(stride);
        try
        {
            rented.AsSpan(0, 5 * stride).Clear();
            gone.AsSpan(0, stride).Clear();
            Span<float> x1 = rented.AsSpan(0, stride), y1 = rented.AsSpan(stride, stride), x2 = rented.AsSpan(2 * stride, stride),
                y2 = rented.AsSpan(3 * stride, stride), areas = rented.AsSpan(4 * stride, stride);
            for (var i = 0; i < order.Length; i++)
            {
                var box = boxes.Slice(4 * order[i], 4);
                (x1[i], y1[i], x2[i], y2[i]) = (box[0], box[1], box[2], box[3]);
                areas[i] = Math.Max(box[2] - box[0], 0) * Math.Max(box[3] - box[1], 0);
            }
            for (var i = 0; i < order.Length && kept.Count < most; i++)
            {
                if (gone[i] != 0)
                {
                    continue;
                }
                kept.Add(order[i]);
                Suppress(i, order.Length, x1, y1, x2, y2, areas, gone, threshold);
            }
            return kept;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
            ArrayPool<int>.Shared.Return(gone);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Suppress(
        int i, int count, ReadOnlySpan<float> x1, ReadOnlySpan<float> y1, ReadOnlySpan<float> x2, ReadOnlySpan<float> y2,
        ReadOnlySpan<float> areas, Span<int> gone, float threshold)
    {
        var (left, top, right, bottom) = (Vector256.Create(x1[i]), Vector256.Create(y1[i]), Vector256.Create(x2[i]), Vector256.Create(y2[i]));
        var area = Vector256.Create(areas[i]);
        var limit = Vector256.Create(threshold);
        // Whole vectors from the one that holds i: marking boxes before i or i itself is harmless, they are settled.
        for (var j = i / Vector256<float>.Count * Vector256<float>.Count; j < count; j += Vector256<float>.Count)
        {
            var width = Vector256.Max(Vector256.Min(right, Load(x2, j)) - Vector256.Max(left, Load(x1, j)), Vector256<float>.Zero);
            var height = Vector256.Max(Vector256.Min(bottom, Load(y2, j)) - Vector256.Max(top, Load(y1, j)), Vector256<float>.Zero);
            var common = width * height;
            var union = area + Load(areas, j) - common;
            var over = Vector256.GreaterThan(common / union, limit).AsInt32();
            (Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(gone), (nuint)j) | over).StoreUnsafe(ref MemoryMarshal.GetReference(gone), (nuint)j);
        }
    }

    private static Vector256<float> Load(ReadOnlySpan<float> values, int at) =>
        Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)at);

    /// <summary>Indices by falling score, ties by rising index, without NaN scores and boxes that are not finite.</summary>
    private static int[] Order(ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores)
    {
        var order = new int[scores.Length];
        var keys = new float[scores.Length];
        var count = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var box = boxes.Slice(4 * i, 4);
            if (!float.IsNaN(scores[i]) && float.IsFinite(box[0]) && float.IsFinite(box[1]) && float.IsFinite(box[2]) && float.IsFinite(box[3]))
            {
                order[count] = i;
                keys[count++] = -scores[i];
            }
        }
        Array.Resize(ref order, count);
        // Array.Sort is not stable: runs of equal scores are put back into index order.
        Array.Sort(keys, order, 0, count);
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            while (end < count && keys[end] == keys[start])
            {
                end++;
            }
            if (end - start > 1)
            {
                Array.Sort(order, start, end - start);
            }
            start = end;
        }
        return order;
    }
}
