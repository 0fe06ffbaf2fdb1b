// How a two-stage detector finds regions and what it does with them: anchors and heads of the proposals, the stages, box coding, post-processing.
using System.Collections.Immutable;
using Detection.Spec.Operators;

namespace Detection.Spec.Graphs;

/// <summary>An anchor of a cell: corners in pixels from the cell's origin, which is its column and row times the stride.</summary>
/// <param name="X1">Left.</param>
/// <param name="Y1">Top.</param>
/// <param name="X2">Right; the last pixel's place where corners are pixels.</param>
/// <param name="Y2">Bottom.</param>
public readonly record struct RegionAnchor(double X1, double Y1, double X2, double Y2);

/// <summary>How a box is coded against a region.</summary>
/// <param name="Convention">What corners mean: <c>continuous</c>, <c>inclusive</c> or <c>inclusiveEndingLate</c>.</param>
/// <param name="Means">Subtracted from (x, y, width, height) of a coded box.</param>
/// <param name="Deviations">Divide them.</param>
public sealed record RegionCoding(string Convention, EquatableArray<double> Means, EquatableArray<double> Deviations)
{
    /// <summary>The keys of <c>coding</c> of proposals and stages.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        new("convention", AttributeKind.Word, "What corners mean: edges, first and last pixel, or these with boxes that end a pixel late (py-faster-rcnn).") { Default = AttributeValue.OfWord("continuous"), Words = ["continuous", "inclusive", "inclusiveEndingLate"] },
        new("means", AttributeKind.Numbers, "Subtracted from coded boxes: [x, y, width, height].") { Default = AttributeValue.Of([0.0, 0.0, 0.0, 0.0]), Minimum = -1e6, Maximum = 1e6 },
        new("deviations", AttributeKind.Numbers, "Divide coded boxes: [x, y, width, height].") { Default = AttributeValue.Of([1.0, 1.0, 1.0, 1.0]), Minimum = 1e-9, Maximum = 1e9 },
    ];
}

/// <summary>One feature map with anchors.</summary>
/// <param name="Name">Name of the level.</param>
/// <param name="Feature">The map.</param>
/// <param name="Anchors">Anchors of each cell, in their order.</param>
/// <param name="Stride">Pixels between cells.</param>
/// <param name="DividesInput">Whether that is the input's side over the number of cells instead, rounded down.</param>
/// <param name="Objectness">Map of objectness: [A, H, W], or [2A, H, W] with a softmax.</param>
/// <param name="Boxes">Map of box deltas, [4A, H, W].</param>
public sealed record ProposalLevel(string Name, Port Feature, EquatableArray<RegionAnchor> Anchors, double Stride, bool DividesInput, Port Objectness, Port Boxes);

/// <summary>The part that proposes regions: a region proposal network.</summary>
/// <param name="Levels">Its levels.</param>
/// <param name="Scores"><c>softmax</c> (background channels, then object channels), <c>softmaxPairs</c> or <c>sigmoid</c>.</param>
/// <param name="Coding">How boxes are coded against anchors.</param>
/// <param name="Selection">Limits, see <see cref="SelectionAttributes"/>.</param>
public sealed record ProposalLayout(ImmutableArray<ProposalLevel> Levels, string Scores, RegionCoding Coding, AttributeSet Selection)
{
    /// <summary>The keys of <c>detection.proposals.anchors</c>, and of those of a level.</summary>
    public static ImmutableArray<AttributeDefinition> AnchorAttributes { get; } =
    [
        new("kind", AttributeKind.Word, "Whose anchors: py-faster-rcnn's of rounded sides about a base of whole pixels, TensorFlow's about the cell's origin with width / height as ratio, or torchvision's, rounded, with height / width.") { Words = ["caffe", "tensorflow", "torchvision"] },
        new("sizes", AttributeKind.Numbers, "Sides of the square anchors in pixels.") { Minimum = 1e-3, Maximum = 1e5 },
        new("ratios", AttributeKind.Numbers, "Ratios of their sides, each for every size; [0.5, 1, 2] when absent.") { Minimum = 1e-3, Maximum = 1e3 },
        new("base", AttributeKind.Integer, "Side in pixels whose ratios are rounded and then scaled up to the sizes (caffe); 16 when absent.") { Minimum = 1, Maximum = 4096 },
        new("stride", AttributeKind.Number, "Pixels between cells; the map's own stride when absent.") { Minimum = 1e-3, Maximum = 1e5 },
        new("wholeStride", AttributeKind.Flag, "Whether cells stand as many whole pixels apart as go into the input's side for each of them (torchvision), which is less than the map's own stride where that does not divide the side; false when absent."),
    ];

    /// <summary>The keys of <c>detection.proposals.select</c>.</summary>
    public static ImmutableArray<AttributeDefinition> SelectionAttributes { get; } =
    [
        new("minimumSize", AttributeKind.Number, "Boxes narrower or lower than this many pixels of the original image are dropped.") { Default = AttributeValue.Of(0.0), Minimum = 0, Maximum = 1e5 },
        new("candidates", AttributeKind.Integer, "Best boxes, of each level, that enter suppression; all when absent.") { Minimum = 1, Maximum = 10_000_000 },
        new("nmsThreshold", AttributeKind.Number, "Of two boxes that overlap more than this the lower one is dropped; none when absent.") { Minimum = 0, Maximum = 1 },
        new("keep", AttributeKind.Integer, "Regions of an image that the stages look at.") { Default = AttributeValue.Of(300L), Minimum = 1, Maximum = 1_000_000 },
        new("clipAnchors", AttributeKind.Flag, "Whether anchors are clipped to the image before boxes are made of them (TensorFlow, when testing).") { Default = AttributeValue.Of(false) },
        new("dropSmallFirst", AttributeKind.Flag, "Whether small boxes are dropped before the best candidates are taken, or after (torchvision).") { Default = AttributeValue.Of(true) },
        new("order", AttributeKind.Word, "Which boxes are the best: those of the highest objectness, or any, drawn alike for every image.") { Default = AttributeValue.OfWord("scores"), Words = ["scores", "random"] },
        new("moves", AttributeKind.Flag, "Whether anchors are moved by their deltas before they are regions.") { Default = AttributeValue.Of(true) },
    ];

    /// <summary>Number of anchors for an input of the given size.</summary>
    public long AnchorCount(Graph graph, long height, long width) =>
        Levels.Sum(level => level.Anchors.Count * (graph.ShapeOf(level.Feature).At(height, width) with { Channels = 1 }).Count);
}

/// <summary>A stage: what is done with each region.</summary>
/// <param name="Regions">Its regions.</param>
/// <param name="Coding">How boxes are coded against them.</param>
/// <param name="Scores">Vector of class scores.</param>
/// <param name="Boxes">Vector of box deltas; null when the stage moves no boxes.</param>
public sealed record RegionStage(Shapes.RegionSet Regions, RegionCoding Coding, Port Scores, Port? Boxes)
{
    /// <summary>Vector of the values of support vector machines on what the scores are made of; null when the scores themselves count.</summary>
    public Port? Machines { get; init; }

    /// <summary>What the head of scores takes, where machines are trained on it.</summary>
    public Port? ScoreFeatures => Machines?.Node!.Inputs[0];

    /// <summary>What the head of boxes takes, where there are machines and it is a single vector: what regressors may be fitted to.</summary>
    public Port? BoxFeatures => Machines is not null && Boxes?.Node is { Inputs.Length: 1 } head && head.Inputs[0] is { Node: { } from } port && from.Outputs[port.Index].Shape is Shapes.TensorShape.Vector ? port : null;

    /// <summary>Its name.</summary>
    public string Name => Regions.Stage;
}

/// <summary>The detection part of a two-stage detector.</summary>
/// <param name="Proposals">What proposes regions; null when the caller gives them.</param>
/// <param name="Stages">Its stages; several are a cascade.</param>
/// <param name="Scores"><c>softmax</c> (background first), <c>sigmoid</c>, <c>sigmoidBackground</c>, or <c>svm</c>: a softmax while the network learns, machines when it is done.</param>
/// <param name="AveragesStages">Whether scores of a cascade are the mean over the heads of all stages, on the last boxes.</param>
/// <param name="PostProcessing">Thresholds and limits, see <see cref="PostProcessingAttributes"/>.</param>
public sealed record TwoStageLayout(ProposalLayout? Proposals, ImmutableArray<RegionStage> Stages, string Scores, bool AveragesStages, AttributeSet PostProcessing)
{
    /// <summary>The keys of <c>detection.postprocess</c>.</summary>
    public static ImmutableArray<AttributeDefinition> PostProcessingAttributes { get; } =
    [
        new("scoreThreshold", AttributeKind.Number, "Boxes below this score are dropped; 0.05 when absent, or none with 'scores: svm', whose scores are any numbers.") { Minimum = -1e6, Maximum = 1e6 },
        new("nmsThreshold", AttributeKind.Number, "Of two boxes of a class that overlap more than this the lower one is dropped.") { Default = AttributeValue.Of(0.3), Minimum = 0, Maximum = 1 },
        new("maxPerClass", AttributeKind.Integer, "Boxes of a class that enter non-maximum suppression.") { Default = AttributeValue.Of(1_000_000L), Minimum = 1, Maximum = 1_000_000 },
        new("keepPerClass", AttributeKind.Integer, "Boxes of a class that are kept after it; all when absent.") { Minimum = 1, Maximum = 1_000_000 },
        new("maxPerImage", AttributeKind.Integer, "Boxes kept for an image.") { Default = AttributeValue.Of(100L), Minimum = 1, Maximum = 1_000_000 },
        new("perImageOnAverage", AttributeKind.Number, "Boxes of a class that enter non-maximum suppression, for an image, on average over the data set that is evaluated: the threshold of each class follows (R-CNN: 40); no such rule when absent.") { Minimum = 1e-6, Maximum = 1e6 },
    ];

    /// <summary>Whether support vector machines score regions.</summary>
    public bool UsesMachines => Scores == "svm";

    /// <summary>Regions of an image that the caller gives, at most; null where the detector proposes its own.</summary>
    public long? GivenRegions { get; init; }

    /// <summary>Regions that go through a stage at once; all when null.</summary>
    public long? RegionsAtOnce { get; init; }

    /// <summary>What the network gives, in order: for each level objectness and boxes, for each stage scores and boxes; then the values of machines.</summary>
    public IEnumerable<(string Name, Port Port)> Results =>
    [
        .. Proposals?.Levels.SelectMany(level => new[] { ("objectness_" + level.Name, level.Objectness), ("proposalBoxes_" + level.Name, level.Boxes) }) ?? [],
        .. Stages.SelectMany(stage => stage.Boxes is { } boxes ? [("scores_" + stage.Name, stage.Scores), ("boxes_" + stage.Name, boxes)] : new[] { ("scores_" + stage.Name, stage.Scores) }),
        .. Stages.Where(stage => stage.Machines is not null).Select(stage => (MachineOperators.Name + "_" + stage.Name, stage.Machines!.Value)),
    ];

    /// <summary>Number of anchors for an input of the given size.</summary>
    public long AnchorCount(Graph graph, long height, long width) => Proposals?.AnchorCount(graph, height, width) ?? 0;
}
