// Intersection over union of one object with all anchors: the inner loop of matching, on the processor's vector registers.
// On the host because a detector has few objects per image: 12 objects and 4,180 anchors take some 60 us, less than the calls of a tensor version.
using System.Numerics;

namespace Detection.Runtime;

internal static class AnchorOverlaps
{
    /// <summary>
    /// Writes the overlaps with one object, keeps each anchor's best object (the first of equals), and finds the object's best anchor.
    /// </summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="box">x1, y1, x2, y2 of the object.</param>
    /// <param name="index">The object's number.</param>
    /// <param name="row">[A] receives the overlaps.</param>
    /// <param name="best">[A] best overlap so far.</param>
    /// <param name="bestObject">[A] the object it is with.</param>
    /// <returns>The highest overlap and the first anchor that has it; (0, -1) where the object overlaps none.</returns>
    public static (float Overlap, int Anchor) Update(
        AnchorSet anchors, ReadOnlySpan<float> box, int index, Span<float> row, Span<float> best, Span<int> bestObject)
    {
        ReadOnlySpan<float> x1 = anchors.X1, y1 = anchors.Y1, x2 = anchors.X2, y2 = anchors.Y2, areas = anchors.Areas;
        float left = box[0], top = box[1], right = box[2], bottom = box[3];
        var area = Math.Max(right - left, 0) * Math.Max(bottom - top, 0);
        var highest = 0f;
        var i = 0;
        if (Vector.IsHardwareAccelerated && row.Length >= Vector<float>.Count)
        {
            var maxima = Vector<float>.Zero;
            var (vectorLeft, vectorTop) = (new Vector<float>(left), new Vector<float>(top));
            var (vectorRight, vectorBottom, vectorArea) = (new Vector<float>(right), new Vector<float>(bottom), new Vector<float>(area));
            var number = new Vector<int>(index);
            for (; i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                var width = Vector.Min(new Vector<float>(x2[i..]), vectorRight) - Vector.Max(new Vector<float>(x1[i..]), vectorLeft);
                var height = Vector.Min(new Vector<float>(y2[i..]), vectorBottom) - Vector.Max(new Vector<float>(y1[i..]), vectorTop);
                var common = Vector.Max(width, Vector<float>.Zero) * Vector.Max(height, Vector<float>.Zero);
                var union = new Vector<float>(areas[i..]) + vectorArea - common;
                var overlap = Vector.ConditionalSelect(Vector.GreaterThan(union, Vector<float>.Zero), common / union, Vector<float>.Zero);
                overlap.CopyTo(row[i..]);
                maxima = Vector.Max(maxima, overlap);
                var before = new Vector<float>(best[i..]);
                var better = Vector.GreaterThan(overlap, before);
                Vector.ConditionalSelect(better, overlap, before).CopyTo(best[i..]);
                Vector.ConditionalSelect(better, number, new Vector<int>(bestObject[i..])).CopyTo(bestObject[i..]);
            }
            for (var lane = 0; lane < Vector<float>.Count; lane++)
            {
                highest = Math.Max(highest, maxima[lane]);
            }
        }
        for (; i < row.Length; i++)
        {
            var width = Math.Min(x2[i], right) - Math.Max(x1[i], left);
            var height = Math.Min(y2[i], bottom) - Math.Max(y1[i], top);
            var common = Math.Max(width, 0) * Math.Max(height, 0);
            var union = areas[i] + area - common;
            var overlap = union > 0 ? common / union : 0;
            row[i] = overlap;
            highest = Math.Max(highest, overlap);
            if (overlap > best[i])
            {
                (best[i], bestObject[i]) = (overlap, index);
            }
        }
        return highest > 0 ? (highest, FirstEqual(row, highest)) : (0, -1);
    }

    /// <summary>The highest overlap among anchors that are not taken, and the first anchor that has it; (0, -1) where there is none.</summary>
    public static (float Overlap, int Anchor) Best(ReadOnlySpan<float> row, ReadOnlySpan<bool> taken)
    {
        var (highest, anchor) = (0f, -1);
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] > highest && !taken[i])
            {
                (highest, anchor) = (row[i], i);
            }
        }
        return (highest, anchor);
    }

    private static int FirstEqual(ReadOnlySpan<float> row, float value)
    {
        var i = 0;
        var wanted = new Vector<float>(value);
        while (i <= row.Length - Vector<float>.Count && !Vector.EqualsAny(new Vector<float>(row[i..]), wanted))
        {
            i += Vector<float>.Count;
        }
        while (row[i] != value)
        {
            i++;
        }
        return i;
    }
}
