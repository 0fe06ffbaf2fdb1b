// A detector at several sizes, on images and their mirror images, as one detector: what all runs find is merged, or each region is looked at where it fits.
using OpenCvSharp;

namespace Detection.Runtime;

/// <summary>
/// Runs a detector at several sizes with and without mirroring, maps boxes back to the image and merges those of a class (the "+" of RefineDet, Zhang et al.,
/// arXiv 1711.06897), or looks at each region in the run that suits its size (the scale pyramid of Fast R-CNN, Girshick, arXiv 1504.08083, section 2.4).
/// In merging, each run is post-processed by the detector's own rules first. A detector whose spec says how it is tested does all this by itself, in <c>Detect</c>.
/// </summary>
public sealed class MultiScaleTest : IRegionDetector
{
    private readonly IDetector detector;
    private readonly MultiScaleSettings settings;

    /// <summary>Wraps a detector, which stays the caller's.</summary>
    /// <param name="detector">A one-stage or two-stage detector that takes inputs of these sizes, in evaluation mode.</param>
    /// <param name="settings">Sizes and merging.</param>
    /// <exception cref="ArgumentException">
    /// There are no sizes; or the detector is neither a one-stage nor a two-stage one, or has what cannot be merged: regression heads, about whose values voting
    /// says nothing, or scores of support vector machines, which are no weights; or a one-stage detector has no regions to choose sizes by.
    /// </exception>
    public MultiScaleTest(IDetector detector, MultiScaleSettings settings)
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
        if (!(settings.CanonicalSize > 0))
        {
            throw new ArgumentException("The size of a region lies above 0.", nameof(settings));
        }
        var isByRegion = settings.Merging == BoxMerging.ByRegion;
        var fault = detector switch
        {
            OneStageDetector when isByRegion => "is a one-stage detector, which has no regions to choose sizes by",
            OneStageDetector { Head.Extras: { IsEmpty: false } extras } =>
                $"has further outputs ({string.Join(", ", extras.Select(e => e.Name))}), which merged boxes have none of",
            TwoStageDetector { Head.UsesMachines: true } when !isByRegion => "scores with support vector machines, whose values do not weigh boxes: choose sizes by region",
            TwoStageDetector when isByRegion && settings.Flip => "looks at each region once: choosing sizes by region does not go with mirrored images",
            OneStageDetector or TwoStageDetector => null,
            _ => "is neither a one-stage nor a two-stage detector",
        };
        if (fault is not null)
        {
            throw new ArgumentException($"{detector.Card.Name} {fault}.", nameof(detector));
        }
        (this.detector, this.settings) = (detector, settings);
    }

    /// <inheritdoc/>
    public ModelCard Card => detector.Card;

    /// <inheritdoc/>
    public IReadOnlyList<ImageDetections> Detect(IReadOnlyList<RgbImage> images, DetectOptions? options = null) => Detect(images, null, options);

    /// <summary>Finds objects, of a two-stage detector in given regions.</summary>
    /// <param name="images">Images of any sizes; none gives an empty answer.</param>
    /// <param name="proposals">Regions of each image, in pixels of the original image; the detector's own when null.</param>
    /// <param name="options">Overrides of the spec's thresholds.</param>
    /// <returns>One entry per image, in order, boxes in pixels of the original image.</returns>
    /// <exception cref="ArgumentException">Regions are given to a one-stage detector, or there is not one list for each image.</exception>
    /// <exception cref="InvalidOperationException">The model is in training mode, or it proposes no regions and none are given.</exception>
    public IReadOnlyList<ImageDetections> Detect(IReadOnlyList<RgbImage> images, IReadOnlyList<IReadOnlyList<Box>>? proposals, DetectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (proposals is not null && (detector is not TwoStageDetector || proposals.Count != images.Count))
        {
            throw new ArgumentException(
                detector is TwoStageDetector ? $"Proposals of {proposals.Count} images for {images.Count} images." : $"{Card.Name} looks at no regions.", nameof(proposals));
        }
        options ??= new DetectOptions();
        return settings.Merging == BoxMerging.ByRegion
            ? [.. images.Select((image, i) => RegionScales.Detect((TwoStageDetector)detector, image, proposals?[i], settings, options))]
            : Merged(images, proposals, options);
    }

    /// <summary>The image mirrored left and right.</summary>
    internal static RgbImage Mirrored(RgbImage image)
    {
        var mirrored = new RgbImage(image.Width, image.Height);
        image.Pinned(from => mirrored.Pinned(to => Cv2.Flip(from, to, FlipMode.Y)));
        return mirrored;
    }

    private static Box Mirrored(Box box, int width) => new(width - box.X2, box.Y1, width - box.X1, box.Y2);

    private ImageDetections[] Merged(IReadOnlyList<RgbImage> images, IReadOnlyList<IReadOnlyList<Box>>? proposals, DetectOptions options)
    {
        var rules = options.Over(detector is OneStageDetector oneStage ? oneStage.Head.PostProcessing : ((TwoStageDetector)detector).Head.PostProcessing);
        var found = images.Select(_ => new List<DetectedObject>()).ToArray();
        foreach (var mirrors in settings.Flip ? [false, true] : new[] { false })
        {
            RgbImage[] shown = mirrors ? [.. images.Select(Mirrored)] : [.. images];
            var regions = !mirrors || proposals is null
                ? proposals
                : [.. proposals.Select((boxes, i) => boxes.Select(box => Mirrored(box, images[i].Width)).ToArray())];
            foreach (var scale in settings.Scales)
            {
                // Images that lie and images that stand get inputs of different shapes.
                foreach (var group in Enumerable.Range(0, shown.Length).GroupBy(i => scale.InputFor(shown[i])))
                {
                    int[] places = [.. group];
                    var results = At(scale, group.Key, [.. places.Select(i => shown[i])], regions is null ? null : [.. places.Select(i => regions[i])], options);
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

    private IReadOnlyList<ImageDetections> At(
        TestScale scale, InputSize input, RgbImage[] images, IReadOnlyList<IReadOnlyList<Box>>? proposals, DetectOptions options)
    {
        if (detector is OneStageDetector oneStage)
        {
            return oneStage.Detect(images, input, options);
        }
        var twoStage = (TwoStageDetector)detector;
        return twoStage.DetectAt(twoStage.PreprocessorOf(scale, input), images, proposals, options);
    }

    private IEnumerable<DetectedObject> Merged(List<DetectedObject> found, PostProcessing rules) => found
        .GroupBy(o => o.ClassIndex).OrderBy(group => group.Key)
        .SelectMany(group => BoxVoting.Merge([.. group.Select(o => new VotedBox(o.Box, o.Score))], settings, rules.ScoreThreshold)
            .Select(kept => group.First() with { Score = kept.Score, Box = kept.Box }))
        .OrderByDescending(o => o.Score).Take(rules.DetectionsPerImage);
}
