// Settings of testing at several sizes: which sizes, which boxes of each count, how boxes of all of them become one answer.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Runtime;

/// <summary>A size that a detector is run at.</summary>
/// <param name="Longer">Input side for the longer side of the image; for both when <paramref name="Shorter"/> is the same.</param>
/// <param name="Shorter">Input side for the shorter side of the image.</param>
public sealed record TestScale(int Longer, int Shorter)
{
    /// <summary>Only boxes whose longer side is above this count; sides are x2 - x1 + 1 in pixels of the image.</summary>
    public double? LongestAbove { get; init; }

    /// <summary>Only boxes whose shorter side is below this count, likewise.</summary>
    public double? ShortestBelow { get; init; }

    /// <summary>A square input.</summary>
    public static TestScale Square(int side) => new(side, side);

    /// <summary>The network's input for an image.</summary>
    /// <param name="image">The image.</param>
    public InputSize InputFor(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return image.Height < image.Width ? new InputSize(3, Shorter, Longer) : new InputSize(3, Longer, Shorter);
    }

    /// <summary>Reads a scale: <c>320</c>, <c>320x192</c>, <c>192:&gt;32</c> (longer side above 32), <c>384:&lt;160</c> (shorter side below 160); null for anything else.</summary>
    /// <param name="text">The text.</param>
    public static TestScale? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(':');
        int[] sides = [.. parts[0].Split('x').Select(side => int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0)];
        if (parts.Length > 2 || sides.Length > 2 || sides.Any(side => side is < 1 or > 100_000))
        {
            return null;
        }
        var scale = new TestScale(sides.Max(), sides.Min());
        if (parts.Length == 1)
        {
            return scale;
        }
        var isNumber = double.TryParse(parts[1].AsSpan(Math.Min(1, parts[1].Length)), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var limit);
        return (isNumber, parts[1].FirstOrDefault()) switch
        {
            (true, '>') => scale with { LongestAbove = limit },
            (true, '<') => scale with { ShortestBelow = limit },
            _ => null,
        };
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Longer}{(Shorter == Longer ? "" : $"x{Shorter}")}")
        + (LongestAbove is { } above ? string.Create(CultureInfo.InvariantCulture, $":>{above}") : "")
        + (ShortestBelow is { } below ? string.Create(CultureInfo.InvariantCulture, $":<{below}") : "");

    internal bool Keeps(Box box)
    {
        var (width, height) = (box.Width + 1, box.Height + 1);
        return !(Math.Max(width, height) <= LongestAbove) && !(Math.Min(width, height) >= ShortestBelow);
    }
}

/// <summary>How boxes of all runs become one answer.</summary>
public enum BoxMerging
{
    /// <summary>A group becomes one box: the mean of its boxes weighted by score, with the best score.</summary>
    Voting,

    /// <summary>The same, and the boxes of the group stay with scores that fall with their overlap with its best.</summary>
    SoftVoting,
}

/// <summary>Testing at several sizes.</summary>
public sealed record MultiScaleSettings
{
    /// <summary>The sizes.</summary>
    public required ImmutableArray<TestScale> Scales { get; init; }

    /// <summary>Run each size on the mirrored image too.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>How boxes of all runs become one answer.</summary>
    public BoxMerging Merging { get; init; } = BoxMerging.Voting;

    /// <summary>From which overlap (intersection over union, inclusive widths) on with its best a box belongs to a group.</summary>
    public double GroupIou { get; init; } = 0.45;

    /// <summary>
    /// The settings of RefineDet320+ and RefineDet512+ (Zhang et al., arXiv 1711.06897, section 4.2 and the released test code), by name: <c>refinedet320</c>
    /// and <c>refinedet512</c> as for Pascal VOC, <c>refinedet320-coco</c> and <c>refinedet512-coco</c> with more sizes and soft voting.
    /// </summary>
    public static ImmutableSortedDictionary<string, MultiScaleSettings> Published { get; } = new Dictionary<string, MultiScaleSettings>
    {
        ["refinedet320"] = Of("320 320x192 192:>32 384:<160 448:<128 512:<96 576:<64 704:<32"),
        ["refinedet320-coco"] = Of("320 320x192 192:>32 384:<160 448:<128 512:<96 576:<64 704:<32 640:<48", BoxMerging.SoftVoting),
        ["refinedet512"] = Of("512 512x384 256 384 896:<128 768:<192"),
        ["refinedet512-coco"] = Of("512 512x384 256 384 896:<128 768:<192 640:<224 1024:<96 1152:<64", BoxMerging.SoftVoting),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static MultiScaleSettings Of(string scales, BoxMerging merging = BoxMerging.Voting) =>
        new() { Scales = [.. scales.Split(' ').Select(text => TestScale.Parse(text)!)], Merging = merging };
}
