// What was drawn for one image, step by step: training needs their sum alone, a preview shows each.
namespace Detection.Runtime;

/// <summary>The draws of one augmentation, in the order in which they are applied.</summary>
/// <param name="Colors">Change of colours.</param>
/// <param name="Canvas">The canvas in fractions of the image.</param>
/// <param name="Patch">The crop in fractions of the canvas.</param>
/// <param name="MinIou">The overlap with an object that the crop was asked to have; null for none.</param>
/// <param name="FlipsHorizontally">Mirrored left and right.</param>
/// <param name="FlipsVertically">Mirrored top and bottom.</param>
/// <param name="Interpolation">How the result is brought to the input's size; as the model's card says when null.</param>
internal readonly record struct DrawnAugmentation(
    ColorChange Colors, ViewWindow Canvas, ViewWindow Patch, double? MinIou, bool FlipsHorizontally, bool FlipsVertically, Interpolation? Interpolation)
{
    // Streams of the augmentations; numbers are never given to another.
    private const int PhotometricStream = 1, ExpandStream = 2, CropStream = 3, HorizontalFlipStream = 4, VerticalFlipStream = 5, InterpolationStream = 6;

    /// <summary>The stream that sizes are drawn from, see <see cref="AugmentedView.Sized"/>.</summary>
    internal const int ShortSideStream = 7;

    /// <summary>All steps together.</summary>
    public AugmentedView View => new(Patch == ViewWindow.Whole ? Canvas : Canvas.Part(Patch), FlipsHorizontally, FlipsVertically, Colors) { Interpolation = Interpolation };

    /// <summary>Draws the augmentation of the image at a position of an epoch.</summary>
    /// <param name="settings">What is drawn from.</param>
    /// <param name="boxes">The objects, in fractions of the image.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="position">Position in the epoch.</param>
    public static DrawnAugmentation Draw(AugmentationSettings settings, ReadOnlySpan<ViewBox> boxes, long seed, int epoch, int position)
    {
        RandomStream Stream(int purpose) => new(seed, epoch, position, purpose);
        var drawn = new DrawnAugmentation(ColorChange.None, ViewWindow.Whole, ViewWindow.Whole, null, false, false, null);
        if (settings.Photometric is { } photometric)
        {
            var random = Stream(PhotometricStream);
            drawn = drawn with { Colors = photometric.Draw(ref random) };
        }
        if (settings.Expand is { } expand)
        {
            var random = Stream(ExpandStream);
            drawn = drawn with { Canvas = expand.Draw(ref random) };
        }
        if (settings.Crop is { } crop)
        {
            var random = Stream(CropStream);
            var patch = crop.Draw(ref random, drawn.Canvas.See(boxes), out var minIou);
            drawn = drawn with { Patch = patch, MinIou = minIou };
        }
        if (settings.Interpolation is { } interpolation)
        {
            var random = Stream(InterpolationStream);
            drawn = drawn with { Interpolation = interpolation.Draw(ref random) };
        }
        return drawn with
        {
            FlipsHorizontally = Stream(HorizontalFlipStream).Chance(settings.HorizontalFlip),
            FlipsVertically = Stream(VerticalFlipStream).Chance(settings.VerticalFlip),
        };
    }
}
