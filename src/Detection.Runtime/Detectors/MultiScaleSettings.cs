// Settings of testing at several sizes: which sizes, which boxes of each count, how boxes of all of them become one answer.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Runtime;

/// <summary>A size that a detector is run at.</summary>
/// <param name="Longer">
/// Input side for the longer side of the image; for both when <paramref name="Shorter"/> is the same. Where a detector keeps the aspect ratio of images, the most
/// that the longer side gets.
/// </param>
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

    /// <summary>
    /// Nothing is merged: a region is looked at in one run alone, where its area is the nearest to that of a square of <see cref="MultiScaleSettings.CanonicalSize"/>
    /// (Girshick, Fast R-CNN, arXiv 1504.08083, section 2.4). For two-stage detectors.
    /// </summary>
    ByRegion,
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

    /// <summary>Side, in pixels of the network's input, of the square whose area regions should have there, with <see cref="BoxMerging.ByRegion"/>.</summary>
    public double CanonicalSize { get; init; } = 224;
}
