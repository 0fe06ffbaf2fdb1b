// Sizes of default boxes from what a spec says of them: squares, boxes, or SSD's scales and aspect ratios.
using System.Collections.Immutable;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;

namespace Detection.Spec.Compilation;

/// <summary>Computes the default boxes of a level.</summary>
internal static class AnchorSizes
{
    /// <summary>
    /// The boxes of a level in their order: <c>sizes</c>, then <c>boxes</c>, then for each of <c>ratios</c> a box of the level's scale with that
    /// width / height and, where the scale behind is known, one square of the geometric mean of both scales (SSD, section 2.2; the square
    /// comes behind the first ratio, as in SSD's released code).
    /// </summary>
    /// <param name="own">Attributes of the level.</param>
    /// <param name="common">Attributes for all levels.</param>
    /// <param name="index">Which level, from 0.</param>
    /// <param name="count">Number of levels.</param>
    /// <param name="side">The input's shorter side in pixels, which scales are shares of.</param>
    public static ImmutableArray<AnchorSize> Of(AttributeSet own, AttributeSet common, int index, int count, double side)
    {
        var result = ImmutableArray.CreateBuilder<AnchorSize>();
        AttributeValue? Find(string name) => own.Find(name) ?? common.Find(name);
        foreach (var size in Find("sizes")?.List ?? EquatableArray<double>.Empty)
        {
            result.Add(new AnchorSize(size, size));
        }

        var boxes = Find("boxes")?.List ?? EquatableArray<double>.Empty;
        for (var i = 0; i + 1 < boxes.Count; i += 2)
        {
            result.Add(new AnchorSize(boxes[i], boxes[i + 1]));
        }

        var (scale, next) = (Find("scale")?.Number, Find("nextScale")?.Number);
        if (scale is null && common.Find("minScale")?.Number is { } first && common.Find("maxScale")?.Number is { } last)
        {
            double At(int level) => count == 1 ? first : first + ((last - first) * level / (count - 1));
            scale = At(index);

            // Behind the last level the released code takes the whole image.
            next ??= index + 1 < count ? At(index + 1) : 1.0;
        }

        if (scale is { } share)
        {
            AddScaled(result, share * side, next * side, Find("ratios")?.List ?? EquatableArray<double>.Empty);
        }

        return result.ToImmutable();
    }

    /// <summary>Whether a level has a scale that ratios apply to.</summary>
    public static bool HasScale(AttributeSet own, AttributeSet common) =>
        own.Has("scale") || common.Has("scale") || (common.Has("minScale") && common.Has("maxScale"));

    private static void AddScaled(ImmutableArray<AnchorSize>.Builder result, double side, double? nextSide, EquatableArray<double> ratios)
    {
        for (var i = 0; i < Math.Max(1, ratios.Count); i++)
        {
            var root = Math.Sqrt(ratios.Count == 0 ? 1 : ratios[i]);
            result.Add(new AnchorSize(side * root, side / root));
            if (i == 0 && nextSide is { } behind)
            {
                var mean = Math.Sqrt(side * behind);
                result.Add(new AnchorSize(mean, mean));
            }
        }
    }
}
