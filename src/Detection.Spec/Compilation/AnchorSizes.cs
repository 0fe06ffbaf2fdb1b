// Sizes of default boxes from what a spec says of them: squares, boxes, or scales and aspect ratios (SSD, RetinaNet).
using System.Collections.Immutable;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;

namespace Detection.Spec.Compilation;

/// <summary>Computes the default boxes of a level.</summary>
internal static class AnchorSizes
{
    /// <summary>
    /// The boxes of a level in their order: <c>sizes</c>, then <c>boxes</c>, then <c>scaled</c>, then, octave by octave, for each of <c>ratios</c> a box
    /// of the level's scale with that width / height; where the scale behind is known, one square of the geometric mean of both scales
    /// (SSD, section 2.2) stands behind the first ratio, as in SSD's released code, or behind the last.
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

        var scaled = Find("scaled")?.List ?? EquatableArray<double>.Empty;
        for (var i = 0; i + 1 < scaled.Count; i += 2)
        {
            result.Add(Box(scaled[i] * side, scaled[i + 1]));
        }

        var (size1, next) = (own.Find("size")?.Number ?? (own.Has("scale") ? null : common.Find("size")?.Number), Find("nextScale")?.Number);
        var scale = size1 / side ?? Find("scale")?.Number;

        // A level that lists its boxes, each with a scale of its own, takes no even scale on top.
        if (scale is null && !own.Has("scaled") && common.Find("minScale")?.Number is { } first && common.Find("maxScale")?.Number is { } last)
        {
            double At(int level) => count == 1 ? first : first + ((last - first) * level / (count - 1));
            scale = At(index);

            // Behind the last level the released code takes the whole image.
            next ??= index + 1 < count ? At(index + 1) : 1.0;
        }

        if (scale is { } share)
        {
            var pixels = size1 ?? share * side;
            AddScaled(
                result, pixels, next * side, Find("ratios")?.List ?? EquatableArray<double>.Empty, (int)(Find("octaves")?.Integer ?? 1),
                common.Find("meanSquare")?.Word ?? "second");
        }

        return result.ToImmutable();
    }

    /// <summary>Whether a level has a scale that ratios apply to.</summary>
    public static bool HasScale(AttributeSet own, AttributeSet common) =>
        own.Has("scale") || own.Has("size") || common.Has("scale") || common.Has("size") || (common.Has("minScale") && common.Has("maxScale"));

    private static void AddScaled(
        ImmutableArray<AnchorSize>.Builder result, double side, double? nextSide, EquatableArray<double> ratios, int octaves, string meanSquare)
    {
        for (var octave = 0; octave < octaves; octave++)
        {
            var grown = octave == 0 ? side : side * Math.Pow(2, (double)octave / octaves);
            for (var i = 0; i < Math.Max(1, ratios.Count); i++)
            {
                result.Add(Box(grown, ratios.Count == 0 ? 1 : ratios[i]));
                if (meanSquare == "second" && octave == 0 && i == 0)
                {
                    AddMean();
                }
            }
        }

        if (meanSquare == "last")
        {
            AddMean();
        }

        void AddMean()
        {
            if (nextSide is { } behind)
            {
                result.Add(Box(Math.Sqrt(side * behind), 1));
            }
        }
    }

    private static AnchorSize Box(double side, double ratio)
    {
        var root = Math.Sqrt(ratio);
        return new AnchorSize(side * root, side / root);
    }
}
