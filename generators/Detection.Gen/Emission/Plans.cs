// What the templates are given: data about classes, fields and statements; the text around it is theirs.
using System.Collections.Immutable;

namespace Detection.Gen.Emission;

/// <summary>A field that holds a module.</summary>
/// <param name="Name">C# name: the node's.</param>
/// <param name="NodeName">Name under which it is registered.</param>
/// <param name="Type">C# type.</param>
/// <param name="Op">Operator, or <c>part</c> for a generated class.</param>
/// <param name="Arguments">Constructor arguments by name, as C# expressions.</param>
/// <param name="Summary">Text of the comment behind it; may be empty.</param>
internal sealed record FieldPlan(
    string Name, string NodeName, string Type, string Op, ImmutableSortedDictionary<string, string> Arguments, string Summary)
{
    /// <summary>Whether it casts its weights to what its input is in.</summary>
    public bool IsMixed { get; init; }
}

/// <summary>How a tensor of a field begins, where that is not its class's own matter.</summary>
/// <param name="Tensor">The tensor, as a C# expression.</param>
/// <param name="Kind">What it is drawn from, or <c>constant</c>.</param>
/// <param name="Arguments">Settings of the kind, as C# literals; what is absent has the default of TorchSharp.</param>
internal sealed record InitialPlan(string Tensor, string Kind, ImmutableSortedDictionary<string, string> Arguments);

/// <summary>A line of the forward pass.</summary>
/// <param name="Target">Local variable.</param>
/// <param name="Op">Function operator, or <c>module</c> for a call of a field.</param>
/// <param name="Module">The module that is called or whose weights are used, as a C# expression; empty for a plain function.</param>
/// <param name="Inputs">C# expressions of the inputs.</param>
/// <param name="Spread">For each input, whether it is a vector that is spread over the cells of a map beside it.</param>
/// <param name="Arguments">Attributes, as C# expressions.</param>
/// <param name="InPlace">Whether it overwrites its input.</param>
/// <param name="Shape">Shape of the result, for a comment; may be empty.</param>
/// <param name="Dispose">What is not used after it.</param>
internal sealed record StatementPlan(
    string Target, string Op, string Module, ImmutableArray<string> Inputs, ImmutableArray<bool> Spread, ImmutableSortedDictionary<string, string> Arguments, bool InPlace,
    string Shape, ImmutableArray<string> Dispose)
{
    /// <summary>What is known of an operator that pools regions; null for others.</summary>
    public PoolingPlan? Pooling { get; init; }
}

/// <summary>How regions are pooled.</summary>
/// <param name="Height">Rows of the result.</param>
/// <param name="Width">Columns of the result.</param>
/// <param name="Stride">Pixels between cells of the map, or of the first of several.</param>
/// <param name="FinestLevel">Level of the first of several maps; empty for a single one.</param>
/// <param name="CropHeight">Rows of all small crops together, where there are such.</param>
/// <param name="CropWidth">Columns of them.</param>
/// <param name="IsOfImage">Whether the whole image is pooled.</param>
internal sealed record PoolingPlan(string Height, string Width, string Stride, string FinestLevel, string CropHeight, string CropWidth, bool IsOfImage);

/// <summary>A stage of a two-stage detector.</summary>
/// <param name="Name">Its name, as a string literal.</param>
/// <param name="Method">The method that runs it.</param>
/// <param name="Regions">Variable of its regions.</param>
/// <param name="Coder">How boxes are coded.</param>
/// <param name="Statements">What is done for the regions.</param>
/// <param name="Scores">C# expression of the scores.</param>
/// <param name="Boxes">C# expression of the box deltas; empty without any.</param>
/// <param name="Machines">C# expression of the values of support vector machines; empty without any.</param>
/// <param name="ScoreFeatures">C# expression of what the scores are made of; empty where nothing is fitted to it.</param>
/// <param name="BoxFeatures">C# expression of what the boxes are made of; empty where nothing is fitted to it.</param>
internal sealed record StagePlan(
    string Name, string Method, string Regions, RegionCoderPlan Coder, ImmutableArray<StatementPlan> Statements, string Scores, string Boxes, string Machines, string ScoreFeatures,
    string BoxFeatures);

/// <summary>How boxes are coded against regions.</summary>
/// <param name="Convention">What corners mean.</param>
/// <param name="Means">Four numbers; none when all are 0.</param>
/// <param name="Deviations">Four numbers; none when all are 1.</param>
internal sealed record RegionCoderPlan(string Convention, ImmutableArray<string> Means, ImmutableArray<string> Deviations);

/// <summary>A level of anchors.</summary>
internal sealed record ProposalLevelPlan(string Name, ImmutableArray<string> Anchors, string Stride, bool DividesInput, string Objectness, string Boxes);

/// <summary>What proposes regions.</summary>
internal sealed record ProposalPlan(
    ImmutableArray<ProposalLevelPlan> Levels, string Layout, RegionCoderPlan Coder, string MinimumSize, string Candidates, string NmsThreshold, string Keep, string ClipsAnchors,
    string DropSmallFirst, string Order, string Moves);

/// <summary>A map that stages take.</summary>
/// <param name="Name">Member of the features.</param>
/// <param name="Expression">C# expression in the method that extracts it.</param>
/// <param name="Shape">Its shape, for documentation.</param>
internal sealed record MapPlan(string Name, string Expression, string Shape);

/// <summary>The detection part of a two-stage detector.</summary>
internal sealed record TwoStagePlan(
    ImmutableArray<StatementPlan> Statements, ProposalPlan? Proposals, ImmutableArray<MapPlan> Maps, ImmutableArray<StagePlan> Stages, long AnchorCount, string ScoreActivation,
    string AveragesStages, string ScoreThreshold, string NmsThreshold, string MaxPerClass, string KeepPerClass, string MaxPerImage, string Machines, string RegionsAtOnce,
    string PerImageOnAverage);

/// <summary>A value that a forward pass gives.</summary>
/// <param name="Name">Member of the result; empty for a single tensor.</param>
/// <param name="Expression">C# expression.</param>
/// <param name="Shape">Its shape, for documentation.</param>
internal sealed record ResultPlan(string Name, string Expression, string Shape);

/// <summary>A state-dict key that differs from the node's name.</summary>
/// <param name="NodeName">The node.</param>
/// <param name="Key">The key, as a string literal.</param>
internal sealed record KeyPlan(string NodeName, string Key);

/// <summary>A module class: of a model, or of a block.</summary>
/// <param name="ClassName">Its name.</param>
/// <param name="Summary">What it is.</param>
/// <param name="OwnerClass">Class of the block whose weights it uses; empty for none.</param>
/// <param name="IsExposed">Whether a class that uses its weights reads its fields.</param>
/// <param name="Parameters">Constructor parameters.</param>
/// <param name="Inputs">Inputs of the forward pass.</param>
/// <param name="Fields">Modules that it has.</param>
/// <param name="Initials">How their tensors begin.</param>
/// <param name="Keys">State-dict keys that differ from names.</param>
/// <param name="Statements">The forward pass.</param>
/// <param name="Results">What it gives.</param>
internal sealed record ModulePlan(
    string ClassName, string Summary, string OwnerClass, bool IsExposed, ImmutableArray<string> Parameters, ImmutableArray<string> Inputs, ImmutableArray<FieldPlan> Fields,
    ImmutableArray<InitialPlan> Initials, ImmutableArray<KeyPlan> Keys, ImmutableArray<StatementPlan> Statements, ImmutableArray<ResultPlan> Results);

/// <summary>A row of the table in a model's documentation.</summary>
internal sealed record NodeRow(string Name, string Op, string Shape, string Parameters, string MultiplyAdds, string Stride, string ReceptiveField);

/// <summary>What is known of a tap or level.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Sight">Stride and receptive field, for documentation; may be empty.</param>
/// <param name="Strides">Constants of its stride: one, or one for each axis where they differ; none for a vector.</param>
/// <param name="Fields">Constants of its receptive field; none where a cell sees the whole image.</param>
internal sealed record TapPlan(string Name, string Sight, ImmutableArray<ConstantPlan> Strides, ImmutableArray<ConstantPlan> Fields);

/// <summary>A constant in pixels.</summary>
internal sealed record ConstantPlan(string Type, string Name, string Value);

/// <summary>A level of a one-stage detector.</summary>
internal sealed record LevelPlan(string Name, ImmutableArray<string> Anchors, string Step, string Offset, string Scores, string Boxes);

/// <summary>A further regression head of a one-stage detector.</summary>
/// <param name="Name">Its name, as a string literal.</param>
/// <param name="Member">Member of the outputs.</param>
/// <param name="Values">Numbers for each default box.</param>
/// <param name="Coder">Arguments and class of its coder.</param>
/// <param name="Maps">Per level, the C# expression of its map.</param>
internal sealed record ExtraPlan(string Name, string Member, string Values, CoderPlan Coder, ImmutableArray<string> Maps);

/// <summary>A coder: its class, and the values of its constructor by parameter.</summary>
internal sealed record CoderPlan(string Kind, ImmutableArray<string> Values);

/// <summary>The detection part of a one-stage detector.</summary>
internal sealed record DetectionPlan(
    ImmutableArray<LevelPlan> Levels, long ScoresPerBox, string ScoreActivation, string ClipAnchors, CoderPlan Coder,
    string ScoreThreshold, string NmsThreshold, string MaxPerClass, string KeepPerClass, string MaxPerImage, long AnchorCount, ImmutableArray<ExtraPlan> Extras,
    RefinementPlan? Refinement)
{
    /// <summary>Per level, the C# expression of the map of objectness; none without such a head.</summary>
    public ImmutableArray<string> Objectness { get; init; } = [];
}

/// <summary>The first of two steps.</summary>
/// <param name="Filter">Background probability above which a default box is left out.</param>
/// <param name="Cascade">Whether the second step starts from the boxes of the first.</param>
/// <param name="Objectness">Per level, the C# expression of its map.</param>
/// <param name="Boxes">Per level, the C# expression of its map.</param>
internal sealed record RefinementPlan(string Filter, string Cascade, ImmutableArray<string> Objectness, ImmutableArray<string> Boxes);

/// <summary>A weight map; all as string literals.</summary>
internal sealed record WeightMapPlan(string Name, string Source, ImmutableArray<KeyPlan> Keys, ImmutableArray<string> Drop, ImmutableArray<string> New);

/// <summary>A model's file.</summary>
internal sealed record ModelPlan(
    string SpecName, string Namespace, string ModelName, string Kind, string Summary, string Source, string SpecHash, ModulePlan Module,
    ImmutableArray<ModulePlan> Blocks, ImmutableArray<string> ClassLines, string Channels, string Height, string Width, bool FixedSize, string Color,
    string Interpolation, ImmutableArray<string> Mean, ImmutableArray<string> Std, long Parameters, long MultiplyAdds, string ParametersText,
    string MultiplyAddsText, long WeightBytes, long PeakActivationBytes, string PeakAt, ImmutableArray<NodeRow> Rows, ImmutableArray<TapPlan> Taps,
    bool HasStrides, bool HasFields, DetectionPlan? Detection,
    ImmutableArray<WeightMapPlan> WeightMaps, TwoStagePlan? TwoStage, string ShortSide, string LongSide, string SideRounding, string PadTo)
{
    /// <summary>What is particular to a model that computes in bfloat16; null for others.</summary>
    public MixedPlan? Mixed { get; init; }

    /// <summary>How it is tested at several sizes; null for a detector that is tested at one.</summary>
    public MultiScalePlan? MultiScale { get; init; }
}

/// <summary>A test at several sizes; literals of C#.</summary>
internal sealed record MultiScalePlan(ImmutableArray<TestScalePlan> Runs, string Flip, string Merging, string GroupIou, string CanonicalSize);

/// <summary>One of its sizes.</summary>
/// <param name="Longer">Side for the longer side of the image.</param>
/// <param name="Shorter">Side for its shorter side.</param>
/// <param name="Limit">Initialisers of the limits of its boxes; may be empty.</param>
internal sealed record TestScalePlan(string Longer, string Shorter, string Limit);

/// <summary>What a model of bfloat16 says of itself.</summary>
/// <param name="Casts">Number of casts in its network.</param>
/// <param name="WeightCastBytes">Bytes of cast weights.</param>
internal sealed record MixedPlan(int Casts, long WeightCastBytes);
