// A detector at several sizes, on images and their mirror images, as one detector: what all runs find is merged.
using System.Collections.Immutable;
using OpenCvSharp;

namespace Detection.Runtime;

/// <summary>
/// Runs a detector at several sizes with and without mirroring, maps boxes back to the image and merges those of a class (the "+" of RefineDet, Zhang et al.,
/// arXiv 1711.06897). Each run is post-processed by the detector's own rules first.
/// </summary>
public sealed class MultiScaleTest : IDetector
{
    private readonly OneStageDetector detector;
    private readonly MultiScaleSettings settings;

    /// <summary>Wraps a detector, which stays the caller's.</summary>
    /// <param name="detector">A detector that takes inputs of these sizes, in evaluation mode.</param>
    /// <param name="settings">Sizes and merging.</param>
    /// <exception cref="ArgumentException">There are no sizes, or the detector has regression heads: voting says nothing about what becomes of their values.</exception>
    public MultiScaleTest(OneStageDetector detector, MultiScaleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Scales.IsDefaultOrEmpty)
        {
            throw new ArgumentException("Testing at several sizes needs sizes.", nameof(settings));
        }
        if (!(settings.GroupIou is > 0 and <= 1))
        {
            throw new ArgumentException("The overlap of a group lies above 0 and up to 1.", nameof(settings));
        }
        if (!detector.Head.Extras.IsEmpty)
        {
            throw new ArgumentException($"{detector.Card.Name} has further outputs ({string.Join(", ", detector.Head.Extras.Select(e => e.Name))}), which merged boxes have none of.", nameof(detector));
        }
        (this.detector, this.settings) = (detector, settings);
    }

    /// <inheritdoc/>
    public ModelCard Card => detector.Card;

    /// <inheritdoc/>
    public IReadOnlyList<ImageDetections> Detect(IReadOnlyList<RgbImage> images, DetectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        options ??= new DetectOptions();
        var rules = options.Over(detector.Head.PostProcessing);
        var found = images.Select(_ => new List<DetectedObject>()).ToArray();
        foreach (var mirrors in settings.Flip ? [false, true] : new[] { false })
        {
            RgbImage[] shown = mirrors ? [.. images.Select(Mirrored)] : [.. images];
            foreach (var scale in settings.Scales)
            {
                // Images that lie and images that stand get inputs of different shapes.
                foreach (var group in Enumerable.Range(0, shown.Length).GroupBy(i => scale.InputFor(shown[i])))
                {
                    int[] places = [.. group];
                    var results = detector.Detect([.. places.Select(i => shown[i])], group.Key, options);
                    foreach (var (place, result) in places.Zip(results))
                    {
                        found[place].AddRange(result.Objects.Where(o => scale.Keeps(o.Box))
                            .Select(o => mirrors ? o with { Box = Mirrored(o.Box, result.ImageWidth) } : o));
                    }
                }
            }
        }
        return [.. images.Select((image, i) => new ImageDetections(image.Width, image.Height, [.. Merged(found[i], rules)]))];
    }

    /// <summary>The image mirrored left and right.</summary>
    internal static RgbImage Mirrored(RgbImage image)
    {
        var mirrored = new RgbImage(image.Width, image.Height);
        image.Pinned(from => mirrored.Pinned(to => Cv2.Flip(from, to, FlipMode.Y)));
        return mirrored;
    }

    private static Box Mirrored(Box box, int width) => new(width - box.X2, box.Y1, width - box.X1, box.Y2);

    private IEnumerable<DetectedObject> Merged(List<DetectedObject> found, PostProcessing rules) => found
        .GroupBy(o => o.ClassIndex).OrderBy(group => group.Key)
        .SelectMany(group => BoxVoting.Merge([.. group.Select(o => new VotedBox(o.Box, o.Score))], settings, rules.ScoreThreshold)
            .Select(kept => group.First() with { Score = kept.Score, Box = kept.Box }))
        .OrderByDescending(o => o.Score).Take(rules.DetectionsPerImage);
}
