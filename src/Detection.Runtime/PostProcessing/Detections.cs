// What a detector answers: objects with class, score and box, per image.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>One object found in an image.</summary>
/// <param name="ClassIndex">Foreground class, counted from 0.</param>
/// <param name="ClassName">Its name, from the model's card.</param>
/// <param name="Score">Probability-like confidence in 0..1; any real number where support vector machines score.</param>
/// <param name="Box">Where, in pixels of the original image, inside it.</param>
public sealed record DetectedObject(int ClassIndex, string ClassName, float Score, Box Box)
{
    /// <summary>What further regression heads say of the object, in the order of the spec's heads; points and boxes in pixels of the original image.</summary>
    public ImmutableArray<RegressedValues> Extras { get; init; } = [];

    /// <summary>What a regression head says of the object.</summary>
    /// <param name="name">Name of the head.</param>
    /// <exception cref="KeyNotFoundException">The detector has no such head.</exception>
    public RegressedValues Extra(string name) => Extras.FirstOrDefault(extra => extra.Name == name)
        ?? throw new KeyNotFoundException($"There is no regression head '{name}'; there are: {string.Join(", ", Extras.Select(extra => extra.Name))}.");
}

/// <summary>What a regression head says of an object.</summary>
/// <param name="Name">Name of the head.</param>
/// <param name="Kind">What the numbers stand for.</param>
/// <param name="Values">The numbers; points and boxes in pixels of the original image, not clipped to it.</param>
public sealed record RegressedValues(string Name, RegressionKind Kind, ImmutableArray<float> Values);

/// <summary>The objects found in one image.</summary>
/// <param name="ImageWidth">Width of the original image, in pixels.</param>
/// <param name="ImageHeight">Height of the original image, in pixels.</param>
/// <param name="Objects">Best score first.</param>
public sealed record ImageDetections(int ImageWidth, int ImageHeight, ImmutableArray<DetectedObject> Objects)
{
    /// <summary>Classes and scores of all boxes that entered suppression, where <see cref="DetectOptions.KeepCandidateScores"/> asked for them; null otherwise.</summary>
    public ImmutableArray<CandidateScore>? Candidates { get; init; }
}

/// <summary>A box that entered suppression.</summary>
/// <param name="ClassIndex">Foreground class, counted from 0.</param>
/// <param name="Score">Its score.</param>
public readonly record struct CandidateScore(int ClassIndex, float Score);
