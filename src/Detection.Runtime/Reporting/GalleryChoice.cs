// Which detections and objects are worth a picture: what a detector is surest of, where that is right, where it is wrong, and what it misses.
using System.Globalization;

namespace Detection.Runtime;

/// <param name="matchings">Detections of every class at IoU 0.5.</param>
/// <param name="from">The score of every class from which on its detections are shown.</param>
/// <param name="names">Names of the classes.</param>
/// <param name="kindOf">Tells false positives apart.</param>
/// <param name="objects">All objects.</param>
internal sealed class GalleryChoice(
    ClassMatching[] matchings, float[] from, string[] names, Func<ScoredDetection, ErrorKind> kindOf, IReadOnlyList<LabelledObject> objects)
{
    private readonly ILookup<int, LabelledObject> byImage = objects.ToLookup(o => o.Image);

    /// <summary>Hits, best scores first.</summary>
    public IEnumerable<GalleryItem> Right() => Shown(MatchOutcome.Hit).Select(e => new GalleryItem(
        e.Detection.Image, e.Detection.Box, e.Class.ClassIndex, [e.Detection.Box], [e.Class.Truth[e.Class.Found[e.Rank]].Box], Caption(e.Detection)));

    /// <summary>False positives, best scores first, with their kind and the objects that they touch.</summary>
    public IEnumerable<GalleryItem> Wrong() => Shown(MatchOutcome.Wrong).Select(e =>
    {
        var kind = kindOf(e.Detection);
        return new GalleryItem(
            e.Detection.Image, e.Detection.Box, e.Class.ClassIndex, [e.Detection.Box],
            [.. byImage[e.Detection.Image].Where(o => BoxEdges.Overlap(o.Box, e.Detection.Box, false) > 0).Select(o => o.Box)],
            Caption(e.Detection), (ErrorCharts.Name(kind), ErrorCharts.Color(kind)));
    });

    /// <summary>Objects that were not found, the largest first, with the detections of their class that come near.</summary>
    public IEnumerable<GalleryItem> Missed() => matchings.SelectMany(m => m.Missed(from[m.ClassIndex])
        .OrderByDescending(o => (o.Box.X2 - o.Box.X1) * (o.Box.Y2 - o.Box.Y1))
        .Select(o => new GalleryItem(
            o.Image, o.Box, m.ClassIndex,
            [.. m.Detections.TakeWhile(d => (float)d.Score >= from[m.ClassIndex]).Where(d => d.Image == o.Image && BoxEdges.Overlap(d.Box, o.Box, false) > 0).Select(d => d.Box)],
            [o.Box], names[m.ClassIndex])));

    private IEnumerable<(ClassMatching Class, int Rank, ScoredDetection Detection)> Shown(MatchOutcome outcome) => matchings.SelectMany(m => m.Detections
        .Select((d, rank) => (Class: m, Rank: rank, Detection: d))
        .Where(e => m.Outcomes[e.Rank] == outcome && (float)e.Detection.Score >= from[m.ClassIndex]));

    private string Caption(ScoredDetection detection) =>
        string.Create(CultureInfo.InvariantCulture, $"{names[detection.ClassIndex]} {detection.Score:0.00}");
}
