// What is known of a model at compile time: the constants that a generated class carries and that weights are checked against.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>What a model computes.</summary>
public enum ModelKind
{
    /// <summary>Feature maps, for a detector to stand on.</summary>
    Backbone,

    /// <summary>One score per class and image.</summary>
    Classifier,

    /// <summary>Boxes from one pass over default boxes (SSD, RefineDet).</summary>
    OneStage,

    /// <summary>Boxes from region proposals (Faster R-CNN, R-FCN).</summary>
    TwoStage,
}

/// <summary>Size of a network's input.</summary>
/// <param name="Channels">Colour channels.</param>
/// <param name="Height">Rows, in pixels.</param>
/// <param name="Width">Columns, in pixels.</param>
public sealed record InputSize(int Channels, int Height, int Width)
{
    /// <summary>Channels x height x width, as in "3x240x320".</summary>
    public override string ToString() => FormattableString.Invariant($"{Channels}x{Height}x{Width}");
}

/// <summary>A model as its spec describes it; every value is a constant of the generated class.</summary>
public sealed record ModelCard
{
    /// <summary>Name of the spec, as in <c>ultraface-slim-320</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the model computes.</summary>
    public required ModelKind Kind { get; init; }

    /// <summary>One sentence for lists.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Hash of the resolved spec; two models with the same hash have the same layers and the same state.</summary>
    public required string SpecHash { get; init; }

    /// <summary>Names of the classes without background; empty when the spec names none.</summary>
    public ImmutableArray<string> ClassNames { get; init; } = [];

    /// <summary>Size of the input the model was declared for.</summary>
    public required InputSize Input { get; init; }

    /// <summary>
    /// Rows and columns of an input that keeps its image's aspect ratio are filled up to multiples of this with zeros, at the bottom and to the right.
    /// </summary>
    public int PadToMultipleOf { get; init; } = 1;

    /// <summary>How an image becomes the input tensor.</summary>
    public required Preprocessing Preprocessing { get; init; }

    /// <summary>How weights of other models load into this one; empty when the spec has no <c>weights:</c>.</summary>
    public ImmutableArray<WeightMap> WeightMaps { get; init; } = [];

    /// <summary>Number of trainable values.</summary>
    public long Parameters { get; init; }

    /// <summary>Multiply-adds of one forward pass of one image at <see cref="Input"/>.</summary>
    public long MultiplyAdds { get; init; }

    /// <summary>Bytes of weights and statistics.</summary>
    public long WeightBytes { get; init; }

    /// <summary>Bytes of tensors alive at once, at most, for one image at <see cref="Input"/>, itself included.</summary>
    public long PeakActivationBytes { get; init; }

    /// <summary>Bytes of weights cast to bfloat16 during a pass; 0 for a model in 32-bit floats.</summary>
    public long WeightCastBytes { get; init; }

    /// <summary>Casts between 32-bit floats and bfloat16 in a pass, those of weights not counted; null for a model without a choice of formats.</summary>
    public int? Casts { get; init; }

    /// <summary>Bytes of tensors that inference on a batch holds, at most; workspaces of libraries come on top.</summary>
    /// <param name="batch">Number of images.</param>
    public long InferenceBytes(int batch) => checked(WeightBytes + WeightCastBytes + (batch * PeakActivationBytes));

    /// <summary>Name of a foreground class, or "class 7" (counted from 0) where the spec gives none.</summary>
    public string ClassName(int classIndex) =>
        (uint)classIndex < (uint)ClassNames.Length ? ClassNames[classIndex] : FormattableString.Invariant($"class {classIndex}");
}

/// <summary>A module that carries the card of the spec it was generated from.</summary>
public interface IModel
{
    /// <summary>The constants of the spec.</summary>
    ModelCard Card { get; }
}
