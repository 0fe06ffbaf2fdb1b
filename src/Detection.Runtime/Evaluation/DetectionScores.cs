// What an evaluation found.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Runtime;

/// <summary>How the area under a precision-recall curve is taken.</summary>
public enum AveragePrecisionRule
{
    /// <summary>The area under the curve made monotonous (VOC 2010 and later).</summary>
    Area,

    /// <summary>Mean of the precision at the recalls 0, 0.1 ... 1 (VOC 2007).</summary>
    ElevenPoints,
}

/// <summary>Average precision of one class.</summary>
/// <param name="ClassIndex">Foreground class, counted from 0.</param>
/// <param name="ClassName">Its name.</param>
/// <param name="AveragePrecision">In 0..1; not a number where there are no objects of the class.</param>
/// <param name="Objects">Objects that are not difficult.</param>
/// <param name="TruePositives">Detections that found one of them first.</param>
/// <param name="FalsePositives">Detections that found nothing, or what had been found.</param>
/// <param name="Recall">Share of the objects that were found at all; not a number without objects.</param>
public sealed record ClassAveragePrecision(
    int ClassIndex, string ClassName, double AveragePrecision, int Objects, int TruePositives, int FalsePositives, double Recall);

/// <summary>Scores of a detector on a set of images.</summary>
/// <param name="Classes">One entry per class, in the order of the classes.</param>
/// <param name="IouThreshold">Overlap from which a detection counts as a hit.</param>
/// <param name="Rule">How the area is taken.</param>
/// <param name="Images">Number of images.</param>
/// <param name="Detections">Number of detections.</param>
public sealed record DetectionScores(
    ImmutableArray<ClassAveragePrecision> Classes, double IouThreshold, AveragePrecisionRule Rule, int Images, int Detections)
{
    /// <summary>Mean over the classes that have objects; not a number where none has.</summary>
    public double MeanAveragePrecision
    {
        get
        {
            var (sum, count) = (0.0, 0);
            foreach (var score in Classes)
            {
                if (!double.IsNaN(score.AveragePrecision))
                {
                    (sum, count) = (sum + score.AveragePrecision, count + 1);
                }
            }
            return count == 0 ? double.NaN : sum / count;
        }
    }

    /// <summary>"mAP@0.5 0.853".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"mAP@{IouThreshold:0.##} {MeanAveragePrecision:0.000}");
}
