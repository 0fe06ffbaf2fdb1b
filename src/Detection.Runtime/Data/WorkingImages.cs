// The images of a data set at the size that training works on, kept in memory as far as a budget allows.
using OpenCvSharp;

namespace Detection.Runtime;

/// <summary>
/// Decoded images, reduced. What an image looks like depends on the settings alone, never on whether it came from memory. Thread-safe.
/// </summary>
/// <remarks>
/// Without augmentations that zoom or vary the size an image is reduced to exactly the network's input, by the card's own interpolation: the same pixels that
/// inference sees (JPEG files at least four times as large are decoded at a fraction first). With them, longer sides are reduced to
/// <see cref="ZoomReserve"/> times the input (or to the largest size that is drawn) by area means, so that a patch keeps detail.
/// </remarks>
internal sealed class WorkingImages
{
    /// <summary>Sides of working images over those of the input, where crops need detail.</summary>
    public const double ZoomReserve = 1.5;

    private readonly DetectionDataset dataset;
    private readonly InputSize input;
    private readonly Preprocessing preprocessing;
    private readonly InterpolationFlags interpolation;
    private readonly bool zooms;
    private readonly bool variesSize;
    private readonly RgbImage?[] kept;
    private readonly bool[] keeps;

    public WorkingImages(DetectionDataset dataset, InputSize input, Preprocessing preprocessing, AugmentationSettings augmentation, long cacheBytes)
    {
        this.dataset = dataset;
        this.input = input;
        zooms = augmentation.Zooms;
        variesSize = augmentation.ShortSide is not null;
        this.preprocessing = augmentation.ShortSide?.Largest(preprocessing) ?? preprocessing;
        interpolation = zooms || variesSize ? InterpolationFlags.Area : preprocessing.Interpolation.ToOpenCv();
        kept = new RgbImage?[dataset.Samples.Length];
        keeps = new bool[kept.Length];
        // The first images that fit stay for good: throwing out the oldest would throw out each one just before it is wanted again.
        for (var i = 0; i < keeps.Length; i++)
        {
            var (width, height) = SizeOf(dataset.Samples[i].Width, dataset.Samples[i].Height);
            var bytes = 3L * width * height;
            keeps[i] = bytes <= cacheBytes;
            cacheBytes -= keeps[i] ? bytes : 0;
        }
    }

    /// <summary>The working image of a sample.</summary>
    /// <exception cref="ImageReadException">Its file is missing, unreadable, truncated, damaged, too large or no image.</exception>
    public RgbImage Get(int sample)
    {
        if (Volatile.Read(ref kept[sample]) is { } image)
        {
            return image;
        }
        image = ImageReduction.Load(dataset.Samples[sample].ImagePath, SizeOf, interpolation);
        if (keeps[sample])
        {
            Volatile.Write(ref kept[sample], image);
        }
        return image;
    }

    private (int Width, int Height) SizeOf(int width, int height)
    {
        var seen = ResizedImage.Of(width, height, input, preprocessing);
        var reserve = zooms ? ZoomReserve : 1;
        return zooms || variesSize
            ? (Math.Min(width, (int)Math.Ceiling(reserve * seen.Width)), Math.Min(height, (int)Math.Ceiling(reserve * seen.Height)))
            : (seen.Width, seen.Height);
    }
}
