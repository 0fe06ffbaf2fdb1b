// What training does to an image before the network sees it, as settings; None changes nothing, Ssd is the published recipe.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Runtime;

/// <summary>
/// Augmentations of training images. Applied in the order of the SSD paper: photometric distortion, expansion, crop, flips, resizing; each draws
/// from a random stream of its own, so that switching one on does not change what the others draw.
/// </summary>
public sealed record AugmentationSettings
{
    /// <summary>Images as they are.</summary>
    public static AugmentationSettings None { get; } = new();

    /// <summary>Mirroring left and right, every other image.</summary>
    public static AugmentationSettings Flips { get; } = new() { HorizontalFlip = 0.5 };

    /// <summary>All of SSD's (Liu et al. 2016, section 2.2 and 3.6, with the numbers of the released code).</summary>
    public static AugmentationSettings Ssd { get; } = new()
    {
        HorizontalFlip = 0.5,
        Photometric = new PhotometricDistortion(),
        Expand = new RandomExpand(),
        Crop = new IouCrop(),
        Interpolation = new RandomInterpolation(),
    };

    /// <summary>Probability of mirroring left and right.</summary>
    public double HorizontalFlip { get; init; }

    /// <summary>Probability of mirroring top and bottom (cells, aerial images); 0 in the SSD recipe.</summary>
    public double VerticalFlip { get; init; }

    /// <summary>Colour changes; none when null.</summary>
    public PhotometricDistortion? Photometric { get; init; }

    /// <summary>Zooming out; none when null.</summary>
    public RandomExpand? Expand { get; init; }

    /// <summary>Zooming in; none when null.</summary>
    public IouCrop? Crop { get; init; }

    /// <summary>A random size of each image, where the aspect ratio is kept; the size of the model's card when null.</summary>
    public RandomShortSide? ShortSide { get; init; }

    /// <summary>Drawn interpolation; that of the model's card when null.</summary>
    public RandomInterpolation? Interpolation { get; init; }

    /// <summary>Any augmentation that shows a part of the image, or the image as a part.</summary>
    internal bool Zooms => Expand is not null || Crop is not null;

    /// <exception cref="ArgumentException">A value makes no sense; the message names it.</exception>
    internal void Check()
    {
        Require(IsProbability(HorizontalFlip), nameof(HorizontalFlip), HorizontalFlip, "lies between 0 and 1");
        Require(IsProbability(VerticalFlip), nameof(VerticalFlip), VerticalFlip, "lies between 0 and 1");
        Photometric?.Check();
        Expand?.Check();
        Crop?.Check();
        ShortSide?.Check();
        Interpolation?.Check();
    }

    internal static bool IsProbability(double value) => value is >= 0 and <= 1;

    internal static void Require(bool holds, string name, object value, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant($"{name} {rule}, not {value}."), name);
        }
    }
}

/// <summary>Training at several sizes: the shorter side of each image is drawn from a list (Girshick, Fast R-CNN, section 2.4; Light-Head R-CNN).</summary>
/// <param name="ShortSides">The sides to draw from, in pixels.</param>
/// <param name="LongSide">Pixels that the longer side does not exceed; what the model's card says when null.</param>
public sealed record RandomShortSide(ImmutableArray<int> ShortSides, int? LongSide = null)
{
    /// <summary>"480 576 688, at most 2000".</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{string.Join(' ', ShortSides)}{(LongSide is { } most ? string.Create(CultureInfo.InvariantCulture, $", at most {most}") : "")}");

    internal void Check()
    {
        AugmentationSettings.Require(!ShortSides.IsDefaultOrEmpty && ShortSides.All(side => side >= 1), nameof(ShortSides), string.Join(' ', ShortSides.IsDefault ? [] : ShortSides), "has at least one side, each from 1 on");
        AugmentationSettings.Require(LongSide is null || LongSide >= ShortSides.Max(), nameof(LongSide), LongSide ?? 0, "is not below the shorter sides");
    }

    /// <summary>The preprocessing with a side drawn.</summary>
    internal Preprocessing Draw(Preprocessing card, ref RandomStream random) => Of(card, ShortSides[random.Below(ShortSides.Length)]);

    /// <summary>The preprocessing that gives the largest images.</summary>
    internal Preprocessing Largest(Preprocessing card) => Of(card, ShortSides.Max());

    private Preprocessing Of(Preprocessing card, int side) => card with { ShortSide = side, LongSide = LongSide ?? Math.Max(side, card.LongSide ?? int.MaxValue) };
}

/// <summary>SSD's zooming out: the image lies somewhere on a larger canvas of the mean colour.</summary>
public sealed record RandomExpand
{
    /// <summary>Probability that an image is expanded.</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>Sides of the canvas are up to this many times those of the image.</summary>
    public double MaxRatio { get; init; } = 4;

    internal void Check()
    {
        AugmentationSettings.Require(AugmentationSettings.IsProbability(Probability), nameof(Probability), Probability, "lies between 0 and 1");
        AugmentationSettings.Require(MaxRatio is >= 1 and <= 100, nameof(MaxRatio), MaxRatio, "lies between 1 and 100");
    }

    /// <summary>The canvas in fractions of the image; the image itself when it is not expanded.</summary>
    internal ViewWindow Draw(ref RandomStream random)
    {
        var expands = random.Chance(Probability);
        var ratio = random.Between(1, MaxRatio);
        var (left, top) = (random.NextDouble() * (ratio - 1), random.NextDouble() * (ratio - 1));
        return expands ? new ViewWindow(-left, -top, ratio - left, ratio - top) : ViewWindow.Whole;
    }
}
