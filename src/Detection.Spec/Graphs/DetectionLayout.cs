// How the maps of a one-stage detector become boxes: levels with their default boxes, box coding, scores, post-processing.
using System.Collections.Immutable;
using Detection.Spec.Operators;

namespace Detection.Spec.Graphs;

/// <summary>The size of a default box, in pixels of the nominal input.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
public readonly record struct AnchorSize(double Width, double Height);

/// <summary>One feature map with its default boxes and heads.</summary>
/// <param name="Name">Name of the level.</param>
/// <param name="Feature">The map.</param>
/// <param name="Anchors">Sizes of the default boxes in each cell, in their order.</param>
/// <param name="Step">Distance of cell centres in pixels, or null for input size / map size.</param>
/// <param name="Scores">Map of class scores, [A·K, H, W].</param>
/// <param name="Boxes">Map of box deltas, [A·4, H, W].</param>
public sealed record DetectionLevel(string Name, Port Feature, EquatableArray<AnchorSize> Anchors, double? Step, Port Scores, Port Boxes)
{
    /// <summary>Maps of further regression heads, [A·V, H, W], in the order of <see cref="DetectionLayout.Extras"/>.</summary>
    public ImmutableArray<Port> Extras { get; init; } = [];

    /// <summary>Map of how sure the detector is that there is an object at all, [A, H, W]; null without such a head.</summary>
    public Port? Presence { get; init; }

    /// <summary>Map of the first step's objectness, [A·2, H, W]; null without one.</summary>
    public Port? Objectness { get; init; }

    /// <summary>Map of the first step's box deltas, [A·4, H, W]; null without one.</summary>
    public Port? FirstBoxes { get; init; }
}

/// <summary>How the first of two steps is used (RefineDet).</summary>
/// <param name="Filter">Background probability above which a default box is left out; 1 leaves out none.</param>
/// <param name="Cascade">Whether the second step starts from the boxes that the first one made.</param>
public sealed record RefinementLayout(double Filter, bool Cascade)
{
    /// <summary>The keys of <c>detection.refine</c> beside <c>heads</c>.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        new("filter", AttributeKind.Number, "Background probability above which a default box is left out; 1 leaves out none.") { Default = AttributeValue.Of(0.99), Minimum = 0, Maximum = 1 },
        new("cascade", AttributeKind.Flag, "Whether the second step starts from the boxes that the first one made; from the default boxes otherwise.") { Default = AttributeValue.Of(true) },
    ];
}

/// <summary>The detection part of a one-stage detector.</summary>
/// <param name="Levels">Its levels, in the order of their boxes.</param>
/// <param name="ScoresPerBox">K: scores for each box, background included where there is one.</param>
/// <param name="ClipAnchors">Whether default boxes are clipped to the image.</param>
/// <param name="CenterOffset">Place of a box's centre in its cell, 0.5 for the middle.</param>
/// <param name="Coding">How box deltas are coded.</param>
/// <param name="Scores"><c>softmax</c> (background first) or <c>sigmoid</c>.</param>
/// <param name="PostProcessing">Thresholds and limits, see <see cref="PostProcessingAttributes"/>.</param>
public sealed record DetectionLayout(
    ImmutableArray<DetectionLevel> Levels, long ScoresPerBox, bool ClipAnchors, double CenterOffset, BoxCoding Coding, string Scores,
    AttributeSet PostProcessing)
{
    /// <summary>Further regression heads.</summary>
    public ImmutableArray<RegressionHead> Extras { get; init; } = [];

    /// <summary>The first of two steps; null for a detector of one.</summary>
    public RefinementLayout? Refinement { get; init; }

    /// <summary>Whether a box's scores are its objectness times those of its classes, of which none is background (YOLOv2).</summary>
    public bool HasObjectness => !Levels.IsEmpty && Levels[0].Presence is not null;

    /// <summary>What the network gives, in order: for each level scores, boxes, objectness, further regressions, and objectness and boxes of a first step.</summary>
    public IEnumerable<(string Name, Port Port)> Results => Levels.SelectMany(level =>
        new[] { ("scores_" + level.Name, level.Scores), ("boxes_" + level.Name, level.Boxes) }
            .Concat(level.Presence is { } presence ? [("objectness_" + level.Name, presence)] : [])
            .Concat(Extras.Zip(level.Extras, (head, port) => (head.Name + "_" + level.Name, port)))
            .Concat(level.Objectness is { } objectness && level.FirstBoxes is { } boxes ? [("objectness_" + level.Name, objectness), ("refineBoxes_" + level.Name, boxes)] : []));

    /// <summary>The keys of <c>detection.postprocess</c>.</summary>
    public static ImmutableArray<AttributeDefinition> PostProcessingAttributes { get; } =
    [
        new("scoreThreshold", AttributeKind.Number, "Boxes below this score are dropped.") { Default = AttributeValue.Of(0.01), Minimum = 0, Maximum = 1 },
        new("nmsThreshold", AttributeKind.Number, "Of two boxes of a class that overlap more than this the lower one is dropped.") { Default = AttributeValue.Of(0.45), Minimum = 0, Maximum = 1 },
        new("maxPerClass", AttributeKind.Integer, "Boxes of a class that enter non-maximum suppression.") { Default = AttributeValue.Of(400L), Minimum = 1, Maximum = 1_000_000 },
        new("keepPerClass", AttributeKind.Integer, "Boxes of a class that are kept after it; all when absent.") { Minimum = 1, Maximum = 1_000_000 },
        new("maxPerImage", AttributeKind.Integer, "Boxes kept for an image.") { Default = AttributeValue.Of(200L), Minimum = 1, Maximum = 1_000_000 },
    ];

    /// <summary>The keys of <c>detection.anchors</c>.</summary>
    public static ImmutableArray<AttributeDefinition> AnchorAttributes { get; } =
    [
        new("sizes", AttributeKind.Numbers, "Square boxes: their sides in pixels.") { Minimum = 1e-3, Maximum = 1e5 },
        new("boxes", AttributeKind.NumberPairs, "Boxes: [width, height] in pixels.") { Minimum = 1e-3, Maximum = 1e5 },
        new("scaled", AttributeKind.NumberPairs, "Boxes: [scale, ratio], each with a scale of its own.") { Minimum = 1e-6, Maximum = 1e3 },
        new("size", AttributeKind.Number, "Side of the level's square box in pixels; another way to say 'scale'.") { Minimum = 1e-3, Maximum = 1e5 },
        new("scale", AttributeKind.Number, "Side of the level's square box as a share of the input's shorter side.") { Minimum = 1e-6, Maximum = 10 },
        new("nextScale", AttributeKind.Number, "The scale of the level behind; with it comes one more square box, of the geometric mean of both.") { Minimum = 1e-6, Maximum = 10 },
        new("ratios", AttributeKind.Numbers, "Width / height of the boxes of the level's scale.") { Minimum = 1e-3, Maximum = 1e3 },
        new("octaves", AttributeKind.Integer, "Boxes of each ratio whose sides grow from one to the next by this root of 2 (RetinaNet).") { Minimum = 1, Maximum = 64 },
        new("meanSquare", AttributeKind.Word, "Where the square of the geometric mean with the next scale stands: behind the first ratio, behind all, or nowhere.") { Words = ["second", "last", "none"] },
        new("minScale", AttributeKind.Number, "Scale of the first level; the others follow evenly up to maxScale (SSD, section 2.2).") { Minimum = 1e-6, Maximum = 10 },
        new("maxScale", AttributeKind.Number, "Scale of the last level.") { Minimum = 1e-6, Maximum = 10 },
        new("step", AttributeKind.Number, "Distance of cell centres in pixels; input size / map size when absent.") { Minimum = 1e-3, Maximum = 1e5 },
        new("clip", AttributeKind.Flag, "Whether boxes are clipped to the image."),
        new("offset", AttributeKind.Number, "Place of the centre in its cell.") { Minimum = 0, Maximum = 1 },
    ];

    /// <summary>The keys of a level's <c>anchors</c>: those that may differ from level to level.</summary>
    public static ImmutableArray<AttributeDefinition> LevelAnchorAttributes { get; } =
        [.. AnchorAttributes.Where(a => a.Name is "sizes" or "boxes" or "scaled" or "size" or "scale" or "nextScale" or "ratios" or "octaves" or "step")];

    /// <summary>Number of default boxes for an input of the given size.</summary>
    public long AnchorCount(Graph graph, long height, long width) =>
        Levels.Sum(level => level.Anchors.Count * (graph.ShapeOf(level.Feature).At(height, width) with { Channels = 1 }).Count);
}
