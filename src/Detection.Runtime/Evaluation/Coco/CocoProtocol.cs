// The evaluation protocol of COCO: for each category, size class and IoU threshold a greedy matching image by image, then precision
// at fixed recalls. One category is independent of the others, so categories run on all processors.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>
/// Average precision and recall as COCO's own evaluation computes them for boxes (Lin et al., Microsoft COCO, arXiv 1405.0312, and its public
/// evaluation code): IoU without the +1 of inclusive corners; an object matches at most one detection, of equal overlaps the later object; a crowd
/// matches any number and, like an object outside the size class, takes its detections out of the count; unmatched detections outside the size
/// class do not count either; equal scores keep the order of the images and, within one, of the file.
/// </summary>
public sealed record CocoProtocol
{
    internal const int Areas = 4;

    // As the public code has it: 0/0 becomes 0, and every other precision is a hair below its ratio.
    private const double MachineEpsilon = 2.220446049250313e-16;

    private static readonly (double Low, double High)[] AreaRanges = [(0, 1e10), (0, 32 * 32), (32 * 32, 96 * 96), (96 * 96, 1e10)];

    /// <summary>IoU from which a detection counts as a hit: 0.50, 0.55 ... 0.95.</summary>
    public ImmutableArray<double> IouThresholds { get; init; } = Evenly(0.5, 0.95, 10);

    /// <summary>Recalls at which precision is read: 0, 0.01 ... 1.</summary>
    public ImmutableArray<double> RecallPoints { get; init; } = Evenly(0, 1, 101);

    /// <summary>How many detections of an image and category count, in rising order: 1, 10, 100.</summary>
    public ImmutableArray<int> MaximumDetections { get; init; } = [1, 10, 100];

    /// <summary>Whether categories are told apart; when not, all boxes are of one, as for proposals.</summary>
    public bool UseCategories { get; init; } = true;

    /// <summary>Scores detections.</summary>
    /// <param name="truth">Images, categories and objects.</param>
    /// <param name="detections">Detections, in the order of their file; those of categories that <paramref name="truth"/> does not list do not count.</param>
    /// <exception cref="ArgumentException">A detection or object is of an image that is not listed, an object of an unknown category, or a score is not a number.</exception>
    public CocoScores Evaluate(CocoGroundTruth truth, IReadOnlyList<CocoDetection> detections)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(detections);
        if (MaximumDetections.IsEmpty || MaximumDetections[0] < 1 || !MaximumDetections.Order().SequenceEqual(MaximumDetections))
        {
            throw new ArgumentException($"Numbers of detections are positive and rise, not {string.Join(", ", MaximumDetections)}.");
        }
        ImmutableArray<CocoCategory> categories = UseCategories ? [.. truth.Categories.OrderBy(c => c.Id)] : [new CocoCategory(-1, "")];
        var parts = CocoCategoryData.Split(truth, detections, categories, UseCategories);
        var precision = new double[categories.Length * Areas * MaximumDetections.Length * IouThresholds.Length * RecallPoints.Length];
        var recall = new double[categories.Length * Areas * MaximumDetections.Length * IouThresholds.Length];
        Array.Fill(precision, -1);
        Array.Fill(recall, -1);
        Parallel.For(0, categories.Length, k =>
        {
            var matches = new CocoMatching(this, parts[k]);
            for (var a = 0; a < Areas; a++)
            {
                Accumulate(parts[k], matches.Run(AreaRanges[a].Low, AreaRanges[a].High), k, a, precision, recall);
            }
        });
        return new CocoScores(this, categories, precision, recall);
    }

    internal int RecallIndex(int category, int area, int count, int threshold) =>
        ((category * Areas + area) * MaximumDetections.Length + count) * IouThresholds.Length + threshold;

    internal int PrecisionIndex(int category, int area, int count, int threshold) => RecallIndex(category, area, count, threshold) * RecallPoints.Length;

    // Points as numpy spaces them, to the last bit: comparisons with them decide.
    private static ImmutableArray<double> Evenly(double first, double last, int count)
    {
        var step = (last - first) / (count - 1);
        return [.. Enumerable.Range(0, count - 1).Select(i => i * step + first), last];
    }

    private void Accumulate(CocoCategoryData data, CocoMatches matches, int category, int area, double[] precision, double[] recall)
    {
        if (matches.Objects == 0)
        {
            return;
        }
        var order = data.ByScore;
        var (recalls, precisions) = (new double[order.Length], new double[order.Length]);
        for (var m = 0; m < MaximumDetections.Length; m++)
        {
            for (var t = 0; t < IouThresholds.Length; t++)
            {
                var (hits, errors, count) = (0, 0, 0);
                foreach (var position in order)
                {
                    if (data.Rank[position] >= MaximumDetections[m])
                    {
                        continue;
                    }
                    var place = position * IouThresholds.Length + t;
                    if (!matches.Ignored[place])
                    {
                        if (matches.Hit[place])
                        {
                            hits++;
                        }
                        else
                        {
                            errors++;
                        }
                    }
                    recalls[count] = (double)hits / matches.Objects;
                    precisions[count++] = hits / (hits + errors + MachineEpsilon);
                }
                recall[RecallIndex(category, area, m, t)] = count == 0 ? 0 : recalls[count - 1];
                Interpolate(recalls.AsSpan(0, count), precisions.AsSpan(0, count), precision.AsSpan(PrecisionIndex(category, area, m, t), RecallPoints.Length));
            }
        }
    }

    // The best precision at the first detection that reaches a recall, or behind it; nothing where none reaches it.
    private void Interpolate(ReadOnlySpan<double> recalls, Span<double> precisions, Span<double> result)
    {
        for (var i = precisions.Length - 1; i > 0; i--)
        {
            precisions[i - 1] = Math.Max(precisions[i - 1], precisions[i]);
        }
        var position = 0;
        for (var r = 0; r < result.Length; r++)
        {
            while (position < recalls.Length && recalls[position] < RecallPoints[r])
            {
                position++;
            }
            result[r] = position < recalls.Length ? precisions[position] : 0;
        }
    }
}
