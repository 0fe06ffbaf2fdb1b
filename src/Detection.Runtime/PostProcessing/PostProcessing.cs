// The rules of post-processing as a spec states them, and what a caller may override.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>Rules that turn scored boxes into detections.</summary>
public sealed record PostProcessing
{
    /// <summary>Only scores above this count; of scores that are real numbers it may be negative, and negative infinity lets all through.</summary>
    public float ScoreThreshold { get; init; } = 0.01f;

    /// <summary>Whether scores are real numbers, as those of support vector machines, rather than between 0 and 1.</summary>
    public bool UnboundedScores { get; init; }

    /// <summary>Only scores of a class above its number count, beside <see cref="ScoreThreshold"/>; null for no such numbers.</summary>
    public ImmutableArray<float>? ClassThresholds { get; init; }

    /// <summary>
    /// Boxes of each class that enter suppression, for an image, on average over a data set: evaluation finds the threshold of each class that leaves so many
    /// (<see cref="AdaptiveThresholds"/>). Null for no such limit. A single image knows no average, so that <see cref="IDetector.Detect"/> does without.
    /// </summary>
    public double? PerImageOnAverage { get; init; }

    /// <summary>Of two boxes of a class whose intersection over union is above this, the one with the lower score goes.</summary>
    public float NmsThreshold { get; init; } = 0.45f;

    /// <summary>Best-scored boxes of each class that enter non-maximum suppression.</summary>
    public int CandidatesPerClass { get; init; } = 400;

    /// <summary>Best-scored boxes of each class that are kept after it.</summary>
    public int DetectionsPerClass { get; init; } = int.MaxValue;

    /// <summary>Best-scored boxes that are kept in all.</summary>
    public int DetectionsPerImage { get; init; } = 200;
}

/// <summary>Overrides for one call of <see cref="IDetector.Detect"/>; what is null stays as the spec says.</summary>
public sealed record DetectOptions
{
    /// <summary>Overrides <see cref="PostProcessing.ScoreThreshold"/>.</summary>
    public float? ScoreThreshold { get; init; }

    /// <summary>Overrides <see cref="PostProcessing.NmsThreshold"/>.</summary>
    public float? NmsThreshold { get; init; }

    /// <summary>Overrides <see cref="PostProcessing.CandidatesPerClass"/>.</summary>
    public int? CandidatesPerClass { get; init; }

    /// <summary>Overrides <see cref="PostProcessing.DetectionsPerClass"/>.</summary>
    public int? DetectionsPerClass { get; init; }

    /// <summary>Overrides <see cref="PostProcessing.DetectionsPerImage"/>.</summary>
    public int? DetectionsPerImage { get; init; }

    /// <summary>Overrides <see cref="PostProcessing.ClassThresholds"/>.</summary>
    public ImmutableArray<float>? ClassThresholds { get; init; }

    /// <summary>Whether the scores of all boxes that enter suppression are kept, see <see cref="ImageDetections.Candidates"/>.</summary>
    public bool KeepCandidateScores { get; init; }

    /// <summary>Whether a detector whose spec tests it at several sizes is run at the size of its input alone, as while it is trained.</summary>
    public bool AtOneSize { get; init; }

    /// <summary>Images that go through the network at once; bounds the memory of a call with many images.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>The rules of a spec with these overrides.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value makes no sense (not a number, negative, or a batch below 1).</exception>
    public PostProcessing Over(PostProcessing rules)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        var result = rules with
        {
            ScoreThreshold = ScoreThreshold ?? rules.ScoreThreshold,
            NmsThreshold = NmsThreshold ?? rules.NmsThreshold,
            CandidatesPerClass = CandidatesPerClass ?? rules.CandidatesPerClass,
            DetectionsPerClass = DetectionsPerClass ?? rules.DetectionsPerClass,
            DetectionsPerImage = DetectionsPerImage ?? rules.DetectionsPerImage,
            ClassThresholds = ClassThresholds ?? rules.ClassThresholds,
        };
        if (rules.UnboundedScores && float.IsNaN(result.ScoreThreshold))
        {
            throw new ArgumentOutOfRangeException(nameof(ScoreThreshold), result.ScoreThreshold, "A score threshold is a number.");
        }
        if (!rules.UnboundedScores && !(result.ScoreThreshold is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(ScoreThreshold), result.ScoreThreshold, "A score threshold lies between 0 and 1.");
        }
        if (!(result.NmsThreshold is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(NmsThreshold), result.NmsThreshold, "An overlap threshold lies between 0 and 1.");
        }
        ArgumentOutOfRangeException.ThrowIfNegative(result.CandidatesPerClass, nameof(CandidatesPerClass));
        ArgumentOutOfRangeException.ThrowIfNegative(result.DetectionsPerClass, nameof(DetectionsPerClass));
        ArgumentOutOfRangeException.ThrowIfNegative(result.DetectionsPerImage, nameof(DetectionsPerImage));
        return result;
    }
}
