// The rules of post-processing as a spec states them, and what a caller may override.
namespace Detection.Runtime;

/// <summary>Rules that turn scored boxes into detections.</summary>
public sealed record PostProcessing
{
    /// <summary>Only scores above this count.</summary>
    public float ScoreThreshold { get; init; } = 0.01f;

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
        };
        if (!(result.ScoreThreshold is >= 0 and <= 1))
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
