// A threshold for each class that leaves so many boxes of it for an image on average: R-CNN's and Fast R-CNN's rule for tests.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>
/// Finds each class's threshold over a data set: of all boxes of the class that enter suppression, the best N times as many as there are images stay (rbgirshick/rcnn,
/// rcnn_test.m, and rbgirshick/fast-rcnn, lib/fast_rcnn/test.py: 40 for an image, of at most 100 of each image). Classes that score high everywhere are held
/// to a higher threshold than others, and average precision is computed from lists of bounded length.
/// </summary>
public sealed class AdaptiveThresholds
{
    private readonly double perImage;
    private readonly List<float>[] scores;

    /// <summary>Begins without images.</summary>
    /// <param name="classes">Number of foreground classes.</param>
    /// <param name="perImage">Boxes of a class for an image, on average.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not above 0.</exception>
    public AdaptiveThresholds(int classes, double perImage)
    {
        if (!(perImage > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(perImage), perImage, "The number of boxes for an image is above 0.");
        }
        this.perImage = perImage;
        scores = [.. Enumerable.Range(0, classes).Select(_ => new List<float>())];
    }

    /// <summary>Takes in the boxes of an image that enter suppression.</summary>
    /// <param name="candidates">Their classes and scores.</param>
    public void Add(IEnumerable<CandidateScore> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        foreach (var candidate in candidates)
        {
            scores[candidate.ClassIndex].Add(candidate.Score);
        }
    }

    /// <summary>The thresholds; a score must be above its class's to count.</summary>
    /// <param name="images">Number of images.</param>
    /// <returns>One for each class; negative infinity where there are no more boxes than may stay. Equals of the last that stays stay too.</returns>
    public ImmutableArray<float> For(int images)
    {
        var most = Math.Ceiling(perImage * images);
        return [.. scores.Select(of =>
        {
            if (of.Count <= most)
            {
                return float.NegativeInfinity;
            }
            float[] sorted = [.. of.OrderDescending()];
            return MathF.BitDecrement(sorted[Math.Max(0, (int)most - 1)]);
        })];
    }

    /// <summary>
    /// The detections of an image above the thresholds, at most so many. Suppression first and thresholds then give what thresholds first and suppression then do: no box
    /// is suppressed by a worse one.
    /// </summary>
    internal static ImageDetections Apply(ImageDetections image, ImmutableArray<float> thresholds, int most) =>
        image with { Objects = [.. image.Objects.Where(o => o.Score > thresholds[o.ClassIndex]).Take(most)] };
}
