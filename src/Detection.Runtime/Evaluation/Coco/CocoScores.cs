// What COCO's protocol found: precision and recall over thresholds, categories, sizes and numbers of detections, and their means.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Runtime;

/// <summary>The size classes of COCO, by the area of the object in square pixels; both ends belong to a class.</summary>
public enum CocoArea
{
    /// <summary>0 to 1e10.</summary>
    All,

    /// <summary>0 to 32 x 32.</summary>
    Small,

    /// <summary>32 x 32 to 96 x 96.</summary>
    Medium,

    /// <summary>96 x 96 to 1e10.</summary>
    Large,
}

/// <summary>Scores of one category.</summary>
/// <param name="Category">The category.</param>
/// <param name="AP">Mean average precision over the IoU thresholds, all sizes; -1 where there is no object to find.</param>
/// <param name="AP50">Average precision at IoU 0.5.</param>
/// <param name="AR">Mean recall over the IoU thresholds with the largest number of detections.</param>
public readonly record struct CocoCategoryScores(CocoCategory Category, double AP, double AP50, double AR);

/// <summary>
/// Precision and recall by COCO's protocol. A mean leaves out categories without an object to find; it is -1 where none is left.
/// </summary>
public sealed class CocoScores
{
    private readonly CocoProtocol protocol;
    private readonly ImmutableArray<CocoCategory> categories;
    private readonly double[] precision;
    private readonly double[] recall;

    internal CocoScores(CocoProtocol protocol, ImmutableArray<CocoCategory> categories, double[] precision, double[] recall)
    {
        this.protocol = protocol;
        this.categories = categories;
        this.precision = precision;
        this.recall = recall;
    }

    /// <summary>The categories, in the order of their numbers; a single nameless one when categories were not told apart.</summary>
    public ImmutableArray<CocoCategory> Categories => categories;

    /// <summary>The largest number of detections of an image and category.</summary>
    public int LargestCount => protocol.MaximumDetections[^1];

    /// <summary>Mean average precision over IoU 0.50, 0.55 ... 0.95.</summary>
    public double AP => MeanPrecision(null, CocoArea.All);

    /// <summary>Average precision at IoU 0.5.</summary>
    public double AP50 => MeanPrecision(0.5, CocoArea.All);

    /// <summary>Average precision at IoU 0.75.</summary>
    public double AP75 => MeanPrecision(0.75, CocoArea.All);

    /// <summary>Mean precision over recalls, categories and IoU thresholds, with the largest number of detections.</summary>
    /// <param name="threshold">One IoU threshold; all when null.</param>
    /// <param name="area">Size class.</param>
    public double MeanPrecision(double? threshold, CocoArea area) => Mean(Enumerable.Range(0, categories.Length).SelectMany(k => Precisions(k, threshold, area)));

    /// <summary>Mean recall over categories and IoU thresholds.</summary>
    /// <param name="detections">Detections of an image and category that count; one of the protocol's numbers.</param>
    /// <param name="area">Size class.</param>
    /// <exception cref="ArgumentException">The protocol did not count so many.</exception>
    public double MeanRecall(int detections, CocoArea area)
    {
        var m = protocol.MaximumDetections.IndexOf(detections);
        return m < 0
            ? throw new ArgumentException($"The protocol counts {string.Join(", ", protocol.MaximumDetections)} detections, not {detections}.", nameof(detections))
            : Mean(Enumerable.Range(0, categories.Length).SelectMany(k => Recalls(k, m, area)));
    }

    /// <summary>Scores category by category.</summary>
    public IEnumerable<CocoCategoryScores> PerCategory() => categories.Select((category, k) => new CocoCategoryScores(
        category, Mean(Precisions(k, null, CocoArea.All)), Mean(Precisions(k, 0.5, CocoArea.All)), Mean(Recalls(k, protocol.MaximumDetections.Length - 1, CocoArea.All))));

    /// <summary>Interpolated precision at the protocol's recalls; -1 everywhere when there is no object to find.</summary>
    /// <param name="category">Position in <see cref="Categories"/>.</param>
    /// <param name="threshold">One of the protocol's IoU thresholds.</param>
    /// <param name="area">Size class.</param>
    public ReadOnlySpan<double> PrecisionCurve(int category, double threshold, CocoArea area = CocoArea.All) =>
        precision.AsSpan(protocol.PrecisionIndex(category, (int)area, protocol.MaximumDetections.Length - 1, ThresholdIndex(threshold)), protocol.RecallPoints.Length);

    /// <summary>"AP 0.321, AP50 0.512, AP75 0.344".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"AP {AP:0.000}, AP50 {AP50:0.000}, AP75 {AP75:0.000}");

    private IEnumerable<double> Precisions(int category, double? threshold, CocoArea area)
    {
        var (first, last) = threshold is { } one ? (ThresholdIndex(one), ThresholdIndex(one) + 1) : (0, protocol.IouThresholds.Length);
        for (var t = first; t < last; t++)
        {
            var start = protocol.PrecisionIndex(category, (int)area, protocol.MaximumDetections.Length - 1, t);
            for (var r = 0; r < protocol.RecallPoints.Length; r++)
            {
                yield return precision[start + r];
            }
        }
    }

    private IEnumerable<double> Recalls(int category, int count, CocoArea area) =>
        Enumerable.Range(0, protocol.IouThresholds.Length).Select(t => recall[protocol.RecallIndex(category, (int)area, count, t)]);

    private int ThresholdIndex(double threshold)
    {
        for (var t = 0; t < protocol.IouThresholds.Length; t++)
        {
            if (Math.Abs(protocol.IouThresholds[t] - threshold) < 1e-9)
            {
                return t;
            }
        }
        throw new ArgumentException($"The protocol has no IoU threshold {threshold.ToString(CultureInfo.InvariantCulture)}.", nameof(threshold));
    }

    private static double Mean(IEnumerable<double> values)
    {
        var (sum, count) = (0.0, 0);
        foreach (var value in values)
        {
            if (value > -1)
            {
                (sum, count) = (sum + value, count + 1);
            }
        }
        return count == 0 ? -1 : sum / count;
    }
}
