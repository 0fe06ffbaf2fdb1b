// What a detector answers: objects with class, score and box, per image.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>An axis-parallel box in pixels of an image; x grows to the right, y downwards, the image spans [0, width] x [0, height].</summary>
/// <param name="X1">Left edge.</param>
/// <param name="Y1">Top edge.</param>
/// <param name="X2">Right edge.</param>
/// <param name="Y2">Bottom edge.</param>
public readonly record struct Box(float X1, float Y1, float X2, float Y2)
{
    /// <summary>X2 - X1, in pixels.</summary>
    public float Width => X2 - X1;

    /// <summary>Y2 - Y1, in pixels.</summary>
    public float Height => Y2 - Y1;

    /// <summary>Area in square pixels; 0 for an inverted box.</summary>
    public float Area => Math.Max(Width, 0) * Math.Max(Height, 0);

    /// <summary>Intersection over union with another box; 0 when neither has an area.</summary>
    public float Iou(Box other)
    {
        var width = Math.Min(X2, other.X2) - Math.Max(X1, other.X1);
        var height = Math.Min(Y2, other.Y2) - Math.Max(Y1, other.Y1);
        var common = Math.Max(width, 0) * Math.Max(height, 0);
        var union = Area + other.Area - common;
        return union > 0 ? common / union : 0;
    }
}

/// <summary>One object found in an image.</summary>
/// <param name="ClassIndex">Foreground class, counted from 0.</param>
/// <param name="ClassName">Its name, from the model's card.</param>
/// <param name="Score">Probability-like confidence in 0..1.</param>
/// <param name="Box">Where, in pixels of the original image, inside it.</param>
public sealed record DetectedObject(int ClassIndex, string ClassName, float Score, Box Box);

/// <summary>The objects found in one image.</summary>
/// <param name="ImageWidth">Width of the original image, in pixels.</param>
/// <param name="ImageHeight">Height of the original image, in pixels.</param>
/// <param name="Objects">Best score first.</param>
public sealed record ImageDetections(int ImageWidth, int ImageHeight, ImmutableArray<DetectedObject> Objects);

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
