// What `detgen summary` says of a model, as data: the document of --json, and what the tables are made from.
using System.Collections.Immutable;
using Detection.Runtime;

namespace Detection.Cli;

/// <summary>A value that a node gives.</summary>
/// <param name="Name">Name of the output; null for the only one.</param>
/// <param name="Shape">[C, H, W], or [C] for a vector.</param>
/// <param name="Stride">Input pixels between neighbouring cells: [vertical, horizontal]; null for a vector.</param>
/// <param name="ReceptiveField">Input pixels that a cell sees: [vertical, horizontal]; null when it sees everything.</param>
internal sealed record ValueSummary(
    string? Name, ImmutableArray<long> Shape, ImmutableArray<double>? Stride, ImmutableArray<double>? ReceptiveField)
{
    /// <summary>Regions of an image that there is such a value for; null for a value of the image.</summary>
    public long? Regions { get; init; }
}

/// <summary>An operator, or a block or model whose inside is not shown.</summary>
/// <param name="Path">Node names from the model down, joined by dots.</param>
/// <param name="Operator">What it is: operator, block or model.</param>
/// <param name="Outputs">What it gives.</param>
/// <param name="Parameters">Learned values.</param>
/// <param name="Statistics">Stored values that are not learned.</param>
/// <param name="MultiplyAdds">Multiply-adds for one image.</param>
/// <param name="Activations">Values that its operators give for one image, summed.</param>
/// <param name="Attributes">Attributes that differ from their defaults, as YAML would write them; empty for blocks and models.</param>
internal sealed record NodeSummary(
    string Path, string Operator, ImmutableArray<ValueSummary> Outputs, long Parameters, long Statistics, long MultiplyAdds, long Activations,
    string Attributes)
{
    /// <summary>What it computes in, in a model of bfloat16: <c>fp32</c>, <c>bf16</c>, or <c>mixed</c> for a block or model with both; null in other models.</summary>
    public string? Precision { get; init; }

    /// <summary>What its tensors begin with, as YAML would write it; null where its class decides.</summary>
    public string? Init { get; init; }
}

/// <summary>A level of a detector.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Shape of its feature map, [C, H, W].</param>
/// <param name="Stride">Pixels between cell centres: [vertical, horizontal].</param>
/// <param name="Boxes">Default boxes of each cell: [width, height] in pixels of the nominal input.</param>
/// <param name="BoxCount">Default boxes of the level.</param>
internal sealed record LevelSummary(
    string Name, ImmutableArray<long> Shape, ImmutableArray<double> Stride, ImmutableArray<ImmutableArray<double>> Boxes, long BoxCount);

/// <summary>The detection part.</summary>
/// <param name="Classes">Classes, background not counted.</param>
/// <param name="Scores">How logits become scores.</param>
/// <param name="ScoresPerBox">Scores of each box, background included where there is one.</param>
/// <param name="Levels">The levels.</param>
/// <param name="BoxCount">Default boxes in all.</param>
internal sealed record DetectionSummary(int Classes, string Scores, long ScoresPerBox, ImmutableArray<LevelSummary> Levels, long BoxCount);

/// <summary>A level of a region proposal network.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Shape of its feature map, [C, H, W].</param>
/// <param name="Stride">Pixels between cells.</param>
/// <param name="Anchors">Anchors of each cell: [x1, y1, x2, y2] in pixels from the cell's origin.</param>
/// <param name="AnchorCount">Anchors of the level.</param>
internal sealed record AnchorLevelSummary(
    string Name, ImmutableArray<long> Shape, double Stride, ImmutableArray<ImmutableArray<double>> Anchors, long AnchorCount);

/// <summary>A stage of a two-stage detector.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Regions">Regions of an image that its figures are given for.</param>
/// <param name="Scores">Numbers of class scores of a region.</param>
/// <param name="Boxes">Numbers of its boxes; 0 when it moves none.</param>
internal sealed record StageSummary(string Name, long Regions, long Scores, long Boxes);

/// <summary>The detection part of a two-stage detector.</summary>
/// <param name="Classes">Classes, background not counted.</param>
/// <param name="Levels">Levels of the region proposal network; none where regions are given.</param>
/// <param name="AnchorCount">Anchors in all.</param>
/// <param name="Stages">What is done with regions.</param>
internal sealed record RegionsSummary(int Classes, ImmutableArray<AnchorLevelSummary> Levels, long AnchorCount, ImmutableArray<StageSummary> Stages);

/// <summary>Sums over the whole model.</summary>
/// <param name="Operators">Operators, blocks unfolded.</param>
/// <param name="Parameters">Learned values.</param>
/// <param name="Statistics">Stored values that are not learned.</param>
/// <param name="MultiplyAdds">Multiply-adds for one image.</param>
/// <param name="Activations">Values that all operators give for one image, summed.</param>
internal sealed record TotalsSummary(int Operators, long Parameters, long Statistics, long MultiplyAdds, long Activations)
{
    /// <summary>Casts between 32-bit floats and bfloat16, counted among the operators; null for a model in 32-bit floats.</summary>
    public int? Casts { get; init; }
}

/// <summary>Tensors that inference holds at the worst moment, in bytes; workspaces of libraries come on top.</summary>
/// <param name="Batch">Number of images.</param>
/// <param name="WeightBytes">Weights and statistics.</param>
/// <param name="BytesPerImage">Feature maps of one image, itself included.</param>
/// <param name="PeakAt">The operator at which that is; null while a detector's levels are joined.</param>
/// <param name="TotalBytes">Weights and all images of the batch.</param>
internal sealed record MemorySummary(int Batch, long WeightBytes, long BytesPerImage, string? PeakAt, long TotalBytes)
{
    /// <summary>Copies of weights in bfloat16 during a pass; null for a model in 32-bit floats.</summary>
    public long? WeightCastBytes { get; init; }
}

/// <summary>A model at one input size.</summary>
internal sealed record ModelSummary(
    string Model, string Kind, string Summary, string Source, string? Extends, string SpecHash, InputSize Input, string AllowedInput,
    ImmutableArray<NodeSummary> Nodes, ImmutableArray<ValueSummary> Outputs, TotalsSummary Totals, MemorySummary Memory, DetectionSummary? Detection)
{
    /// <summary>The detection part of a two-stage detector; null for others.</summary>
    public RegionsSummary? Regions { get; init; }
}
