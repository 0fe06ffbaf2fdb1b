// A pyramid of images for regions: each region is looked at in the size where it is nearest to the one that the network knows regions in.
namespace Detection.Runtime;

/// <summary>The scale pyramid of Fast R-CNN (Girshick, arXiv 1504.08083, section 2.4, after He et al., spatial pyramid pooling).</summary>
internal static class RegionScales
{
    /// <summary>Finds objects in an image's regions.</summary>
    /// <param name="detector">The detector, in evaluation mode.</param>
    /// <param name="image">The image.</param>
    /// <param name="proposals">Regions in its pixels; those that the detector proposes at the size of its own input when null.</param>
    /// <param name="settings">The sizes.</param>
    /// <param name="options">Overrides of the spec's thresholds.</param>
    public static ImageDetections Detect(TwoStageDetector detector, RgbImage image, IReadOnlyList<Box>? proposals, MultiScaleSettings settings, DetectOptions options)
    {
        var rules = options.Over(detector.Head.PostProcessing);
        var regions = proposals ?? [.. detector.Propose([image])[0].Select(region => region.Box)];
        ImagePreprocessor[] sizes = [.. settings.Scales.Select(scale => detector.PreprocessorOf(scale, scale.InputFor(image)))];
        double[] areas = [.. sizes.Select(size => size.SizeOf(image)).Select(resized => resized.ScaleX * resized.ScaleY)];
        var places = regions.Select(region => Nearest(region, areas, settings.CanonicalSize)).ToArray();
        var candidates = new List<ScoredBox>();
        foreach (var group in Enumerable.Range(0, regions.Count).GroupBy(i => places[i]).OrderBy(group => group.Key))
        {
            Box[] here = [.. group.Select(i => regions[i])];
            candidates.AddRange(detector.CandidatesAt(sizes[group.Key], [image], [here], rules.ScoreThreshold, batchSize: 1)[0]);
        }
        return StageDecoder.Selected(image, candidates, rules, detector.Card, options.KeepCandidateScores);
    }

    /// <summary>The size in which a region's area is the nearest to the canonical square's; of equals the first.</summary>
    /// <param name="region">Edges in pixels of the image.</param>
    /// <param name="areas">Pixels that a pixel of the image becomes in each size.</param>
    /// <param name="canonicalSize">Side of the square in pixels of the input.</param>
    internal static int Nearest(Box region, IReadOnlyList<double> areas, double canonicalSize)
    {
        var area = (double)region.Width * region.Height;
        return Enumerable.Range(0, areas.Count).MinBy(i => Math.Abs((area * areas[i]) - (canonicalSize * canonicalSize)));
    }
}
