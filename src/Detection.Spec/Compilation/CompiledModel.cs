// The result of compiling a spec: everything that generator, command line and tests want to know of a model.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Resolution;

namespace Detection.Spec.Compilation;

/// <summary>A model whose spec is right.</summary>
public sealed record CompiledModel
{
    /// <summary>The model and its parameters.</summary>
    public required ModelInstance Instance { get; init; }

    /// <summary>Name of its C# class.</summary>
    public required string ClassName { get; init; }

    /// <summary>What it is.</summary>
    public required ModelKind Kind { get; init; }

    /// <summary>One sentence about it; may be empty.</summary>
    public required string Summary { get; init; }

    /// <summary>Paper or code it follows; may be empty.</summary>
    public required string Source { get; init; }

    /// <summary>The model it extends, or null.</summary>
    public required string? BaseName { get; init; }

    /// <summary>Its input.</summary>
    public required InputDeclaration Input { get; init; }

    /// <summary>How an image becomes its input.</summary>
    public required PreprocessingDeclaration Preprocessing { get; init; }

    /// <summary>The classes it tells apart.</summary>
    public required ClassesDeclaration Classes { get; init; }

    /// <summary>Its network.</summary>
    public required Graph Graph { get; init; }

    /// <summary>The detection part of a one-stage detector; null for other kinds.</summary>
    public required DetectionLayout? Detection { get; init; }

    /// <summary>The detection part of a two-stage detector; null for other kinds.</summary>
    public TwoStageLayout? TwoStage { get; init; }

    /// <summary>How it is tested at several sizes; null for a detector that is tested at one.</summary>
    public MultiScaleLayout? MultiScale { get; init; }

    /// <summary>How it is trained; null when the spec does not say.</summary>
    public required TrainingRecipe? Training { get; init; }

    /// <summary>Whether it computes in bfloat16 where an operator can.</summary>
    public bool IsMixed => Instance.IsMixed || Training is { IsMixed: true };

    /// <summary>How weights of other models load into it. No part of the fingerprint: a map does not change what weights mean.</summary>
    public EquatableArray<WeightMapDeclaration> WeightMaps { get; init; } = EquatableArray<WeightMapDeclaration>.Empty;

    /// <summary>Fingerprint of everything that decides what its weights mean: 16 hexadecimal digits.</summary>
    public required string SpecHash { get; init; }

    /// <summary>Fingerprint of its structure, whatever its channels, anchors and input size: 16 hexadecimal digits.</summary>
    public string StructureHash => SpecFingerprint.OfStructure(this);

    /// <summary>Figures of its operators for the nominal input, counted once for all who ask.</summary>
    public ImmutableArray<NodeCost> Costs { get; init; } = [];

    /// <summary>Figures of its operators for an input size in pixels.</summary>
    public ImmutableArray<NodeCost> CostsAt(long height, long width) =>
        height == Input.Height && width == Input.Width && !Costs.IsEmpty ? Costs : CostModel.Nodes(Graph, height, width);

    /// <summary>Memory of inference with one image of a size in pixels.</summary>
    public InferenceMemory MemoryAt(long height, long width) => MemoryModel.Of(Graph, Detection is not null, TwoStage, height, width);

    /// <summary>Number of default boxes or anchors for an image of a size in pixels; null for kinds that have none.</summary>
    public long? AnchorCountAt(long height, long width) => Detection?.AnchorCount(Graph, height, width) ?? TwoStage?.AnchorCount(Graph, height, width);

    /// <summary>Name of the model in lists and messages.</summary>
    public string Name => Instance.ToString();
}

/// <summary>What compiling a spec gave.</summary>
/// <param name="Spec">The spec.</param>
/// <param name="Model">The model, or null when there are errors.</param>
/// <param name="Declared">Name, class and kind as far as they can be told even when there are errors, for a skeleton.</param>
/// <param name="Diagnostics">All problems, in the order of their position.</param>
public sealed record CompilationResult(
    ParsedSpec Spec, CompiledModel? Model, DeclaredModel? Declared, ImmutableArray<SpecDiagnostic> Diagnostics)
{
    /// <summary>The results of the models of a grid, in its order; empty for a spec of one model.</summary>
    public ImmutableArray<CompilationResult> Models { get; init; } = [];
}

/// <summary>The public surface of a model that does not compile.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="ClassName">Name of its class.</param>
/// <param name="Kind">What it says it is.</param>
/// <param name="Taps">Names of its outputs, for a backbone.</param>
/// <param name="IsTrained">Whether it has a <c>train:</c> section.</param>
public sealed record DeclaredModel(string Name, string ClassName, ModelKind Kind, EquatableArray<string> Taps, bool IsTrained)
{
    /// <summary>Whether its <c>train:</c> section asks for bfloat16.</summary>
    public bool IsMixed { get; init; }

    /// <summary>Names of further regression heads, for a one-stage detector.</summary>
    public EquatableArray<string> Extras { get; init; } = EquatableArray<string>.Empty;
}
