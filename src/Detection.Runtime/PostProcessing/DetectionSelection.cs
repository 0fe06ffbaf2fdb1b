// Which scored boxes of an image become detections: the best of each class, non-maximum suppression, the best of all.
namespace Detection.Runtime;

/// <summary>A candidate for a detection, in pixels of the image.</summary>
internal readonly record struct ScoredBox(int ClassIndex, float Score, Box Box)
{
    /// <summary>Which default box it comes from.</summary>
    public long Anchor { get; init; }
}

internal static class DetectionSelection
{
    /// <summary>
    /// Applies the rules to one image's candidates. Boxes without area and boxes with a coordinate that is not finite are left out.
    /// Ties keep the candidates' order.
    /// </summary>
    /// <param name="candidates">The candidates.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="considered">Receives those that enter suppression; may be null.</param>
    /// <returns>Best score first.</returns>
    public static IReadOnlyList<ScoredBox> Select(IReadOnlyList<ScoredBox> candidates, PostProcessing rules, List<CandidateScore>? considered = null)
    {
        var kept = new List<ScoredBox>();
        var classes = candidates.Where(c => c.Score > rules.ScoreThreshold && !(c.Score <= rules.ClassThresholds?[c.ClassIndex]) && c.Box is { Width: > 0, Height: > 0 })
            .GroupBy(c => c.ClassIndex).OrderBy(group => group.Key);
        foreach (var group in classes)
        {
            // OrderByDescending is stable.
            ScoredBox[] best = [.. group.OrderByDescending(c => c.Score).Take(rules.CandidatesPerClass)];
            considered?.AddRange(best.Select(c => new CandidateScore(c.ClassIndex, c.Score)));
            var keep = NmsKernel.Keep(
                [.. best.SelectMany(c => new[] { c.Box.X1, c.Box.Y1, c.Box.X2, c.Box.Y2 })],
                [.. best.Select(c => c.Score)],
                rules.NmsThreshold);
            kept.AddRange(keep.Take(rules.DetectionsPerClass).Select(i => best[i]));
        }
        return [.. kept.OrderByDescending(c => c.Score).Take(rules.DetectionsPerImage)];
    }
}
