// Where a detector can be run: for a score from which detections count, the recall and precision that it then has.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>Recall and precision of a class when detections count from a score on.</summary>
/// <param name="Score">The lowest score that counts.</param>
/// <param name="Recall">Share of the objects that are found.</param>
/// <param name="Precision">Share of the detections that are right.</param>
public readonly record struct OperatingPoint(float Score, double Recall, double Precision)
{
    /// <summary>Harmonic mean of recall and precision.</summary>
    public double F1 => Recall + Precision > 0 ? 2 * Recall * Precision / (Recall + Precision) : 0;
}

/// <summary>The precision-recall curves of an evaluation, sampled.</summary>
public static class OperatingPoints
{
    /// <summary>
    /// For every class the points at growing shares of its detections, best scores first, denser where scores are high. Empty for a class that has
    /// no objects or no detections.
    /// </summary>
    /// <param name="dataset">Images and objects.</param>
    /// <param name="detections">What was found in each sample, in their order.</param>
    /// <param name="rules">The rules of scoring.</param>
    /// <param name="points">Number of points, at least 1.</param>
    public static ImmutableArray<ImmutableArray<OperatingPoint>> Of(
        DetectionDataset dataset, IReadOnlyList<ImageDetections> detections, VocAveragePrecision? rules = null, int points = 64)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(detections);
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 1);
        var (objects, found) = DetectorEvaluation.Flatten(dataset, detections);
        var matchings = (rules ?? new VocAveragePrecision()).Match(dataset.ClassNames.Length, detections.Count, objects, found);
        return [.. matchings.Select(matching => Sample(matching, points))];
    }

    private static ImmutableArray<OperatingPoint> Sample(ClassMatching matching, int points)
    {
        var curve = matching.Curve();
        if (matching.Objects == 0 || curve.Length == 0)
        {
            return [];
        }
        var sampled = ImmutableArray.CreateBuilder<OperatingPoint>(points);
        for (var point = 1; point <= points; point++)
        {
            var share = Math.Pow((double)point / points, 3);
            var from = (float)matching.Detections[(int)Math.Ceiling(share * matching.Detections.Length) - 1].Score;
            // The last of those with this score; detections of difficult objects alone have no point.
            var at = Array.FindLastIndex(curve, p => p.Score >= from);
            if (at >= 0 && (sampled.Count == 0 || sampled[^1].Score != from))
            {
                sampled.Add(curve[at] with { Score = from });
            }
        }
        return sampled.ToImmutable();
    }
}
