// What a detector answers: objects with class, score and box, per image.
using System.Collections.Immutable;

namespace Detection.Runtime;

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
