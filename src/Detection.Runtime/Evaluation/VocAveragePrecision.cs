// Average precision by the rules of Pascal VOC: one detection per object, in order of score; further ones on the same object are errors.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>A detection to be scored.</summary>
/// <param name="Image">Position of its image.</param>
/// <param name="ClassIndex">Foreground class, counted from 0.</param>
/// <param name="Score">Higher comes first.</param>
/// <param name="Box">Where, in pixels of the original image.</param>
public readonly record struct ScoredDetection(int Image, int ClassIndex, double Score, BoxEdges Box);

/// <summary>An object to be found.</summary>
/// <param name="Image">Position of its image.</param>
/// <param name="ClassIndex">Foreground class, counted from 0.</param>
/// <param name="Box">Where, in pixels of the original image.</param>
/// <param name="Difficult">Finding it is neither rewarded nor punished.</param>
public readonly record struct LabelledObject(int Image, int ClassIndex, BoxEdges Box, bool Difficult);

/// <summary>
/// Average precision by the rules of the Pascal VOC development kit (Everingham et al., The Pascal Visual Object Classes Challenge, section 4.2):
/// detections of a class in order of score, equal scores in the order given; each belongs to the object of its class and image that it overlaps most,
/// the first of equals, and only to that one. From the threshold on it is a hit when the object has not been found yet and an error when it has;
/// on a difficult object it does not count; below the threshold it is an error.
/// </summary>
/// <param name="IouThreshold">Overlap from which a detection counts as a hit.</param>
/// <param name="Rule">How the area under the curve is taken.</param>
/// <param name="InclusivePixels">
/// Take boxes as VOC's own code does: of whole pixels, both edges included, so that widths are x2 - x1 + 1. Ours are continuous.
/// </param>
public sealed record VocAveragePrecision(
    double IouThreshold = 0.5, AveragePrecisionRule Rule = AveragePrecisionRule.Area, bool InclusivePixels = false)
{
    // Recall is a ratio of whole numbers; 3/10 must reach the point 0.3.
    private const double RecallTolerance = 1e-12;

    /// <summary>Scores detections.</summary>
    /// <param name="classNames">Names of the classes; every class index counts them.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="objects">Objects of all images, in any order.</param>
    /// <param name="detections">Detections in all images, in any order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A class or image index is outside.</exception>
    public DetectionScores Evaluate(
        IReadOnlyList<string> classNames, int images, IReadOnlyCollection<LabelledObject> objects, IReadOnlyCollection<ScoredDetection> detections)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentNullException.ThrowIfNull(objects);
        ArgumentNullException.ThrowIfNull(detections);
        ArgumentOutOfRangeException.ThrowIfNegative(images);
        ImmutableArray<ClassAveragePrecision> scores = [.. Match(classNames.Count, images, objects, detections).Select(m => m.Score(classNames[m.ClassIndex], Rule))];
        return new DetectionScores(scores, IouThreshold, Rule, images, detections.Count);
    }

    /// <summary>What every detection came to, class by class.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A class or image index is outside.</exception>
    internal ClassMatching[] Match(
        int classes, int images, IReadOnlyCollection<LabelledObject> objects, IReadOnlyCollection<ScoredDetection> detections)
    {
        var truth = new LabelledObject[classes][];
        var found = new ScoredDetection[classes][];
        Distribute(objects, truth, item => (item.ClassIndex, item.Image), images);
        Distribute(detections, found, item => (item.ClassIndex, item.Image), images);
        return [.. Enumerable.Range(0, classes).Select(i => MatchClass(i, images, truth[i], found[i]))];
    }

    /// <summary>The area under a precision-recall curve.</summary>
    /// <param name="recall">Recall after each detection; never falls.</param>
    /// <param name="precision">Precision after each detection.</param>
    /// <param name="rule">How the area is taken.</param>
    public static double AreaUnder(ReadOnlySpan<double> recall, ReadOnlySpan<double> precision, AveragePrecisionRule rule)
    {
        if (recall.Length != precision.Length)
        {
            throw new ArgumentException($"{recall.Length} recalls, {precision.Length} precisions.", nameof(precision));
        }
        // From the right: the best precision at this recall or a higher one.
        var (best, area, next) = (0.0, 0.0, 10);
        for (var i = recall.Length - 1; i >= 0; i--)
        {
            if (rule == AveragePrecisionRule.ElevenPoints)
            {
                // Points above this recall have seen all detections that reach them.
                for (; next >= 0 && recall[i] < next / 10.0 - RecallTolerance; next--)
                {
                    area += best / 11;
                }
            }
            best = Math.Max(best, precision[i]);
            if (rule == AveragePrecisionRule.Area)
            {
                area += best * (recall[i] - (i > 0 ? recall[i - 1] : 0));
            }
        }
        return rule == AveragePrecisionRule.ElevenPoints ? area + best * (next + 1) / 11 : area;
    }

    private static void Distribute<T>(IReadOnlyCollection<T> items, T[][] byClass, Func<T, (int Class, int Image)> where, int images)
    {
        var counts = new int[byClass.Length];
        foreach (var item in items)
        {
            var (classIndex, image) = where(item);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)classIndex, (uint)byClass.Length, "class");
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)image, (uint)images, "image");
            counts[classIndex]++;
        }
        for (var i = 0; i < byClass.Length; i++)
        {
            byClass[i] = new T[counts[i]];
        }
        Array.Clear(counts);
        foreach (var item in items)
        {
            var classIndex = where(item).Class;
            byClass[classIndex][counts[classIndex]++] = item;
        }
    }

    private ClassMatching MatchClass(int index, int images, LabelledObject[] truth, ScoredDetection[] found)
    {
        // Objects of image i are those whose positions lie from starts[i] to starts[i + 1].
        var starts = new int[images + 1];
        foreach (var item in truth)
        {
            starts[item.Image + 1]++;
        }
        for (var i = 0; i < images; i++)
        {
            starts[i + 1] += starts[i];
        }
        var byImage = new int[truth.Length];
        var filled = starts.AsSpan(0, images).ToArray();
        for (var i = 0; i < truth.Length; i++)
        {
            byImage[filled[truth[i].Image]++] = i;
        }

        var order = new int[found.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }
        order.AsSpan().Sort((a, b) => found[b].Score.CompareTo(found[a].Score) is var way && way != 0 ? way : a.CompareTo(b));

        var (sorted, outcomes, objects) = (new ScoredDetection[found.Length], new MatchOutcome[found.Length], new int[found.Length]);
        var taken = new bool[truth.Length];
        for (var rank = 0; rank < order.Length; rank++)
        {
            sorted[rank] = found[order[rank]];
            ref readonly var detection = ref sorted[rank];
            var (best, overlap) = (-1, double.NegativeInfinity);
            for (var i = starts[detection.Image]; i < starts[detection.Image + 1]; i++)
            {
                var iou = BoxEdges.Overlap(detection.Box, truth[byImage[i]].Box, InclusivePixels);
                if (iou > overlap)
                {
                    (best, overlap) = (byImage[i], iou);
                }
            }
            var reaches = best >= 0 && overlap >= IouThreshold;
            outcomes[rank] = reaches && truth[best].Difficult ? MatchOutcome.Ignored : reaches && !taken[best] ? MatchOutcome.Hit : MatchOutcome.Wrong;
            objects[rank] = outcomes[rank] == MatchOutcome.Wrong ? -1 : best;
            if (outcomes[rank] == MatchOutcome.Hit)
            {
                taken[best] = true;
            }
        }
        return new ClassMatching(index, sorted, outcomes, objects, truth, truth.Count(o => !o.Difficult));
    }
}
