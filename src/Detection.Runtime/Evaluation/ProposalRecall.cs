// How many objects a set of proposals covers, whatever the class: recall over overlap, and its mean.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>Recall of the best proposals of each image.</summary>
/// <param name="Proposals">How many of each image counted.</param>
/// <param name="Recalls">Share of the objects that are covered at each IoU threshold, one proposal for each object.</param>
/// <param name="AverageRecall">Mean of the recalls at 0.50, 0.55 ... 0.95.</param>
/// <param name="ManyToOne">Share of the objects with any proposal at IoU 0.5, however many objects share it.</param>
public readonly record struct ProposalScores(int Proposals, ImmutableArray<double> Recalls, double AverageRecall, double ManyToOne);

/// <summary>
/// Recall of proposals (Hosang et al., What makes for effective detection proposals?, section 4). In each image the object that any free proposal
/// overlaps most takes that proposal, then the next one: an object's best overlap is the one that it got. Difficult objects count, crowds do not.
/// </summary>
/// <param name="InclusivePixels">Boxes are of whole pixels, both edges included, so that widths are x2 - x1 + 1.</param>
public sealed record ProposalRecall(bool InclusivePixels = false)
{
    /// <summary>How many proposals of each image count: 100, 300, 1000, 2000.</summary>
    public ImmutableArray<int> Counts { get; init; } = [100, 300, 1000, 2000];

    /// <summary>The IoU thresholds: 0.50, 0.55 ... 1.</summary>
    public static ImmutableArray<double> Thresholds { get; } = [.. Enumerable.Range(10, 11).Select(i => i / 20.0)];

    /// <summary>Scores proposals.</summary>
    /// <param name="images">Number of images.</param>
    /// <param name="objects">The objects to cover; classes do not matter.</param>
    /// <param name="proposals">The proposals; of equal scores the first comes first.</param>
    /// <returns>One entry for each of <see cref="Counts"/>; recalls are not a number where there are no objects.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An image is outside.</exception>
    public ImmutableArray<ProposalScores> Evaluate(int images, IReadOnlyCollection<LabelledObject> objects, IReadOnlyCollection<ScoredDetection> proposals)
    {
        ArgumentNullException.ThrowIfNull(objects);
        ArgumentNullException.ThrowIfNull(proposals);
        var truth = ByImage(objects, o => o.Image, images);
        var found = ByImage(proposals, p => p.Image, images);
        Parallel.For(0, images, i => found[i] = [.. found[i].OrderByDescending(p => p.Score)]);
        return [.. Counts.Select(count =>
        {
            var overlaps = new (double OneToOne, double Any)[images][];
            Parallel.For(0, images, i => overlaps[i] = Overlaps(truth[i], found[i].AsSpan(0, Math.Min(count, found[i].Length))));
            var all = overlaps.SelectMany(o => o).ToArray();
            ImmutableArray<double> recalls = [.. Thresholds.Select(t => all.Length == 0 ? double.NaN : (double)all.Count(o => o.OneToOne >= t) / all.Length)];
            return new ProposalScores(count, recalls, recalls.Take(10).Average(), all.Length == 0 ? double.NaN : (double)all.Count(o => o.Any >= 0.5) / all.Length);
        })];
    }

    private static T[][] ByImage<T>(IEnumerable<T> items, Func<T, int> image, int images)
    {
        var groups = new List<T>[images];
        for (var i = 0; i < images; i++)
        {
            groups[i] = [];
        }
        foreach (var item in items)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)image(item), (uint)images, "image");
            groups[image(item)].Add(item);
        }
        return Array.ConvertAll(groups, g => g.ToArray());
    }

    private (double OneToOne, double Any)[] Overlaps(LabelledObject[] truth, ReadOnlySpan<ScoredDetection> proposals)
    {
        var overlaps = new double[truth.Length * proposals.Length];
        var result = new (double OneToOne, double Any)[truth.Length];
        for (var g = 0; g < truth.Length; g++)
        {
            for (var p = 0; p < proposals.Length; p++)
            {
                overlaps[g * proposals.Length + p] = BoxEdges.Overlap(proposals[p].Box, truth[g].Box, InclusivePixels);
                result[g].Any = Math.Max(result[g].Any, overlaps[g * proposals.Length + p]);
            }
        }
        for (var round = 0; round < Math.Min(truth.Length, proposals.Length); round++)
        {
            var best = 0;
            for (var i = 1; i < overlaps.Length; i++)
            {
                best = overlaps[i] > overlaps[best] ? i : best;
            }
            var (g, p) = (best / proposals.Length, best % proposals.Length);
            if (overlaps[best] <= 0)
            {
                break;
            }
            result[g].OneToOne = overlaps[best];
            overlaps.AsSpan(g * proposals.Length, proposals.Length).Fill(-1);
            for (var other = 0; other < truth.Length; other++)
            {
                overlaps[other * proposals.Length + p] = -1;
            }
        }
        return result;
    }
}
