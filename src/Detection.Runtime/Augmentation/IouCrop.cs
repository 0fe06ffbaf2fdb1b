// SSD's random crop: patches that overlap an object as much as is asked of them.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Runtime;

/// <summary>
/// SSD's zooming in: the whole image, a patch that overlaps some object with at least a drawn intersection over union, or any patch; each
/// kind is equally likely. Objects whose centre lies in the patch stay, cut to it.
/// </summary>
public sealed record IouCrop
{
    /// <summary>Probability that a crop is tried at all.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Smallest side of a patch before its shape is drawn, as a fraction of the image (paper 0.1, released code 0.3).</summary>
    public double MinScale { get; init; } = 0.3;

    /// <summary>Largest side of a patch, likewise.</summary>
    public double MaxScale { get; init; } = 1;

    /// <summary>Smallest width / height, both as fractions of the image.</summary>
    public double MinAspect { get; init; } = 0.5;

    /// <summary>Largest width / height.</summary>
    public double MaxAspect { get; init; } = 2;

    /// <summary>The overlaps that a patch may be asked to have with an object.</summary>
    public ImmutableArray<double> MinIous { get; init; } = [0.1, 0.3, 0.5, 0.7, 0.9];

    /// <summary>Patches tried before another kind is drawn.</summary>
    public int Trials { get; init; } = 50;

    /// <summary>Equal in every setting, the list included.</summary>
    public bool Equals(IouCrop? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>All settings, in full: two crops with the same text draw the same.</summary>
    public override string ToString()
    {
        var ious = string.Join(", ", MinIous.Select(iou => iou.ToString("R", CultureInfo.InvariantCulture)));
        return FormattableString.Invariant($"IouCrop {{ Probability = {Probability:R}, Scale = {MinScale:R}..{MaxScale:R}, ")
            + FormattableString.Invariant($"Aspect = {MinAspect:R}..{MaxAspect:R}, MinIous = [{ious}], Trials = {Trials} }}");
    }

    internal void Check()
    {
        AugmentationSettings.Require(AugmentationSettings.IsProbability(Probability), nameof(Probability), Probability, "lies between 0 and 1");
        AugmentationSettings.Require(MinScale is > 0 and <= 1, nameof(MinScale), MinScale, "lies between 0 and 1");
        AugmentationSettings.Require(MaxScale <= 1 && MaxScale >= MinScale, nameof(MaxScale), MaxScale, "lies between MinScale and 1");
        AugmentationSettings.Require(MinAspect is > 0 and <= 1, nameof(MinAspect), MinAspect, "lies between 0 and 1");
        AugmentationSettings.Require(MaxAspect is >= 1 and <= 100, nameof(MaxAspect), MaxAspect, "lies between 1 and 100");
        AugmentationSettings.Require(Trials is >= 1 and <= 10_000, nameof(Trials), Trials, "lies between 1 and 10000");
        AugmentationSettings.Require(!MinIous.IsDefault, nameof(MinIous), "null", "is a list");
        foreach (var iou in MinIous)
        {
            AugmentationSettings.Require(iou is >= 0 and <= 1, nameof(MinIous), iou, "lie between 0 and 1");
        }
    }

    /// <summary>A patch in fractions of the image.</summary>
    /// <param name="random">The crop's own stream.</param>
    /// <param name="boxes">The objects, in fractions of the image.</param>
    internal ViewWindow Draw(ref RandomStream random, ReadOnlySpan<ViewBox> boxes) => Draw(ref random, boxes, out _);

    /// <summary>A patch in fractions of the image.</summary>
    /// <param name="random">The crop's own stream.</param>
    /// <param name="boxes">The objects, in fractions of the image.</param>
    /// <param name="minIou">The overlap that was asked for; null for the whole image and for any patch.</param>
    internal ViewWindow Draw(ref RandomStream random, ReadOnlySpan<ViewBox> boxes, out double? minIou)
    {
        minIou = null;
        if (!random.Chance(Probability))
        {
            return ViewWindow.Whole;
        }
        while (true)
        {
            var kind = random.Below(MinIous.Length + 2);
            if (kind == 0)
            {
                return ViewWindow.Whole;
            }
            minIou = kind <= MinIous.Length && boxes.Length > 0 ? MinIous[kind - 1] : null;
            for (var trial = 0; trial < Trials; trial++)
            {
                var patch = DrawPatch(ref random);
                if (boxes.Length == 0 || Keeps(patch, boxes, minIou))
                {
                    return patch;
                }
            }
            minIou = null;
        }
    }

    private ViewWindow DrawPatch(ref RandomStream random)
    {
        var scale = random.Between(MinScale, MaxScale);
        // So that neither side becomes longer than the image.
        var aspect = random.Between(Math.Max(MinAspect, scale * scale), Math.Min(MaxAspect, 1 / (scale * scale)));
        var (width, height) = (Math.Min(1, scale * Math.Sqrt(aspect)), Math.Min(1, scale / Math.Sqrt(aspect)));
        var (left, top) = (random.NextDouble() * (1 - width), random.NextDouble() * (1 - height));
        return new ViewWindow(left, top, left + width, top + height);
    }

    private static bool Keeps(ViewWindow patch, ReadOnlySpan<ViewBox> boxes, double? minIou)
    {
        var (hasCentre, overlaps) = (false, minIou is null);
        foreach (var box in boxes)
        {
            hasCentre |= patch.HasCentreOf(box);
            overlaps |= patch.Iou(box) >= minIou;
        }
        return hasCentre && overlaps;
    }
}
