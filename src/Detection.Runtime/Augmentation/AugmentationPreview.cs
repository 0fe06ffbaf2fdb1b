// Augmentation to look at: an image after each step of a recipe, with the boxes that are left, up to what the network sees.
using System.Collections.Immutable;
using System.Globalization;
using OpenCvSharp;

namespace Detection.Runtime;

/// <summary>An image after a step of its augmentation.</summary>
/// <param name="Name">The step, as recipes call it: photometric, expand, crop, flip; before all of them original, after them resize.</param>
/// <param name="Drawn">What was drawn for it, in a few words.</param>
/// <param name="Picture">The image with frames around the objects that are left.</param>
/// <param name="Boxes">Number of these objects.</param>
public sealed record AugmentationStep(string Name, string Drawn, RgbImage Picture, int Boxes);

/// <summary>An image with its augmentation step by step.</summary>
/// <param name="ImagePath">The image file.</param>
/// <param name="Steps">The steps.</param>
public sealed record AugmentedSample(string ImagePath, ImmutableArray<AugmentationStep> Steps);

/// <summary>Shows augmentations.</summary>
public static class AugmentationPreview
{
    // Longest side of the pictures of a step, in pixels; the last one has the input's size.
    private const double Side = 360;

    /// <summary>Images spread over a data set, each augmented as training augments the image at its position in the first epoch.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="input">The network's input, from the model's card.</param>
    /// <param name="preprocessing">The model's preprocessing: colour around an expanded image, interpolation.</param>
    /// <param name="settings">What is done to the images.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="seed">The same seed gives the same pictures.</param>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    /// <exception cref="ImageReadException">An image cannot be read.</exception>
    public static IEnumerable<AugmentedSample> Of(
        DetectionDataset dataset, InputSize input, Preprocessing preprocessing, AugmentationSettings settings, int images, long seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        var working = new WorkingImages(dataset, input, preprocessing, settings, cacheBytes: 0);
        return DetectionGallery.Choose(dataset, images).Select((sample, position) => Sample(dataset, sample, working.Get(sample), input, preprocessing, settings, seed, position));
    }

    private static AugmentedSample Sample(
        DetectionDataset dataset, int index, RgbImage working, InputSize input, Preprocessing preprocessing, AugmentationSettings settings, long seed, int position)
    {
        var sample = dataset.Samples[index];
        var boxes = SampleWriter.BoxesOf(sample);
        var drawn = DrawnAugmentation.Draw(settings, boxes, seed, epoch: 0, position);
        var steps = ImmutableArray.CreateBuilder<AugmentationStep>();
        void Add(string name, string text, DrawnAugmentation state, (int Width, int Height)? exactly = null)
        {
            var view = state.View;
            view = view with { Window = view.Window.SnapTo(working.Width, working.Height) };
            var picture = exactly is { } exact ? new RgbImage(exact.Width, exact.Height) : Fitting(view.Window, sample.Width, sample.Height);
            view.Render(working, picture, SampleWriter.Fill(preprocessing), state.Interpolation is { } kind && exactly is not null ? kind.ToOpenCv() : preprocessing.Interpolation.ToOpenCv());
            var seen = view.See(boxes);
            var labelled = seen.Select(box => (
                new Box((float)box.X1 * picture.Width, (float)box.Y1 * picture.Height, (float)box.X2 * picture.Width, (float)box.Y2 * picture.Height), box.ClassIndex,
                dataset.ClassNames[box.ClassIndex] + (box.Difficult ? " (difficult)" : "")));
            steps.Add(new AugmentationStep(name, text, DetectionDrawing.Draw(picture, labelled), seen.Length));
        }

        var state = new DrawnAugmentation(ColorChange.None, ViewWindow.Whole, ViewWindow.Whole, null, false, false, null);
        Add("original", $"{sample.Width}x{sample.Height}", state);
        if (settings.Photometric is not null)
        {
            Add("photometric", Describe(drawn.Colors), state = state with { Colors = drawn.Colors });
        }
        if (settings.Expand is not null)
        {
            var ratio = drawn.Canvas.Width;
            Add("expand", drawn.Canvas == ViewWindow.Whole ? "not drawn" : Invariant($"canvas {ratio:0.00} times as large"), state = state with { Canvas = drawn.Canvas });
        }
        if (settings.Crop is not null)
        {
            var asked = drawn.MinIou is { } iou ? Invariant($"IoU at least {iou:0.0}") : "any overlap";
            Add(
                "crop",
                drawn.Patch == ViewWindow.Whole ? "whole image" : Invariant($"{drawn.Patch.Width:0.00} x {drawn.Patch.Height:0.00} of the image, {asked}"),
                state = state with { Patch = drawn.Patch });
        }
        if (settings.HorizontalFlip > 0)
        {
            Add("flip", drawn.FlipsHorizontally ? "mirrored" : "not drawn", state = state with { FlipsHorizontally = drawn.FlipsHorizontally });
        }
        if (settings.VerticalFlip > 0)
        {
            Add("verticalFlip", drawn.FlipsVertically ? "mirrored" : "not drawn", state = state with { FlipsVertically = drawn.FlipsVertically });
        }
        var window = drawn.View.Window;
        var size = ResizedImage.Of(
            Math.Max(1, (int)Math.Round(window.Width * sample.Width)), Math.Max(1, (int)Math.Round(window.Height * sample.Height)), input,
            AugmentedView.Sized(settings, preprocessing, seed, epoch: 0, position));
        Add(
            "resize", $"{size.Width}x{size.Height}, {(drawn.Interpolation ?? preprocessing.Interpolation).ToString().ToLowerInvariant()}", drawn, (size.Width, size.Height));
        return new AugmentedSample(sample.ImagePath, steps.ToImmutable());
    }

    private static RgbImage Fitting(ViewWindow window, int width, int height)
    {
        var (across, down) = (window.Width * width, window.Height * height);
        var scale = Math.Min(1, Side / Math.Max(across, down));
        return new RgbImage(Math.Max(1, (int)Math.Round(across * scale)), Math.Max(1, (int)Math.Round(down * scale)));
    }

    private static string Describe(ColorChange colors)
    {
        string[] parts =
        [
            .. colors.Brightness != 0 ? [Invariant($"brightness {colors.Brightness:+0;-0}")] : (string[])[],
            .. colors.Contrast != 1 ? [Invariant($"contrast x{colors.Contrast:0.00}{(colors.Saturation == 1 && colors.Hue == 0 ? "" : colors.ContrastFirst ? " first" : " last")}")] : (string[])[],
            .. colors.Saturation != 1 ? [Invariant($"saturation x{colors.Saturation:0.00}")] : (string[])[],
            .. colors.Hue != 0 ? [Invariant($"hue {colors.Hue:+0;-0}")] : (string[])[],
        ];
        return parts.Length == 0 ? "not drawn" : string.Join(", ", parts);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
