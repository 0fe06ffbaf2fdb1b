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
        var scores = new float[dataset.ClassNames.Length][];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = [.. detections.SelectMany(image => image.Objects).Where(found => found.ClassIndex == i).Select(found => found.Score).OrderDescending()];
        }
        var curves = scores.Select(_ => ImmutableArray.CreateBuilder<OperatingPoint>(points)).ToArray();
        for (var point = 1; point <= points; point++)
        {
            var share = Math.Pow((double)point / points, 3);
            float[] from = [.. scores.Select(all => all.Length == 0 ? float.PositiveInfinity : all[(int)Math.Ceiling(share * all.Length) - 1])];
            ImageDetections[] counted = [.. detections.Select(image => image with { Objects = [.. image.Objects.Where(o => o.Score >= from[o.ClassIndex])] })];
            foreach (var score in DetectorEvaluation.Score(dataset, counted, rules).Classes)
            {
                // Further detections of a score that was counted already change nothing.
                if (score.Objects > 0 && score.TruePositives + score.FalsePositives > 0 && !(curves[score.ClassIndex] is [.., var last] && last.Score == from[score.ClassIndex]))
                {
                    curves[score.ClassIndex].Add(new OperatingPoint(
                        from[score.ClassIndex], score.Recall, (double)score.TruePositives / (score.TruePositives + score.FalsePositives)));
                }
            }
        }
        return [.. curves.Select(curve => curve.ToImmutable())];
    }
}
