// The document of `detgen predict --json`, also written beside the pictures.
using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Detection.Cli;

/// <summary>An object in an image.</summary>
/// <param name="Class">Class, counted from 0.</param>
/// <param name="Name">Its name.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="Box">Left, top, right, bottom in pixels of the image.</param>
/// <param name="Values">What further regression heads say, by name: points and boxes in pixels; absent where the model has none.</param>
internal sealed record PredictedObject(
    int Class, string Name, float Score, ImmutableArray<float> Box,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, ImmutableArray<float>>? Values = null);

/// <summary>A class of an image.</summary>
/// <param name="Class">Class, counted from 0.</param>
/// <param name="Name">Its name.</param>
/// <param name="Probability">0 to 1.</param>
internal sealed record PredictedClass(int Class, string Name, float Probability);

/// <summary>What was predicted for an image: objects by a detector, classes by a classifier.</summary>
/// <param name="Image">Its path, as given or found.</param>
/// <param name="Width">Columns, in pixels.</param>
/// <param name="Height">Rows, in pixels.</param>
/// <param name="Picture">The picture with boxes drawn, where one was written.</param>
/// <param name="Detections">Best score first.</param>
/// <param name="Classes">Most probable first.</param>
internal sealed record PredictedImage(
    string Image, int Width, int Height, string? Picture, IReadOnlyList<PredictedObject>? Detections, IReadOnlyList<PredictedClass>? Classes);

/// <summary>A whole run.</summary>
/// <param name="Model">The model.</param>
/// <param name="Weights">The weight file.</param>
/// <param name="Images">In the order of the command line.</param>
/// <param name="Failures">Images that could not be read.</param>
internal sealed record PredictionDocument(
    string Model, string Weights, IReadOnlyList<PredictedImage> Images, IReadOnlyList<ImageFailure> Failures);
