// How proposals and stages of a two-stage detector are trained, as `train.proposals` and `train.regions` say.
using System.Collections.Immutable;
using Detection.Spec.Operators;

namespace Detection.Spec.Graphs;

/// <summary>What is particular to the recipe of a two-stage detector.</summary>
/// <param name="Proposals"><c>train.proposals</c>; empty where regions are given.</param>
/// <param name="Regions"><c>train.regions</c>.</param>
public sealed record RegionRecipe(AttributeSet Proposals, AttributeSet Regions)
{
    /// <summary>The keys of <c>train:</c> that are not maps: images of different sizes go through the network apart from each other anyhow.</summary>
    public static ImmutableArray<AttributeDefinition> GeneralAttributes { get; } =
    [
        .. TrainingRecipe.GeneralAttributes.Where(a => a.Name != "accumulate"),
        new("regime", AttributeKind.Word, "Whether proposals and regions learn together, in four steps (Faster R-CNN, section 3.2), or classes first, then support vector machines and then boxes, both on the features that were learned (R-CNN).") { Default = AttributeValue.OfWord("joint"), Words = ["joint", "alternating", "stagewise"] },
        new("stepShares", AttributeKind.Numbers, "Shares of the training that the four steps take (alternating); [1/3, 1/6, 1/3, 1/6] when absent, the paper's.") { Minimum = 1e-3, Maximum = 1 },
        new("regionBatch", AttributeKind.Integer, "Images in a step that trains regions (alternating).") { Default = AttributeValue.Of(2L), Minimum = 1, Maximum = 65_536 },
    ];

    /// <summary>The keys of <c>train.proposals</c>.</summary>
    public static ImmutableArray<AttributeDefinition> ProposalAttributes { get; } =
    [
        new("perImage", AttributeKind.Integer, "Anchors of an image that are learned from.") { Default = AttributeValue.Of(256L), Minimum = 1, Maximum = 1_000_000 },
        new("positiveFraction", AttributeKind.Number, "Largest share of anchors of objects among them; background fills up what is missing.") { Default = AttributeValue.Of(0.5), Minimum = 0, Maximum = 1 },
        new("positive", AttributeKind.Number, "Overlap from which an anchor is of an object; the best of each object is in any case.") { Default = AttributeValue.Of(0.7), Minimum = 1e-6, Maximum = 1 },
        new("negative", AttributeKind.Number, "Overlap below which an anchor is background; between the two it counts for nothing.") { Default = AttributeValue.Of(0.3), Minimum = 0, Maximum = 1 },
        new("crossing", AttributeKind.Flag, "Whether anchors that reach out of the image count.") { Default = AttributeValue.Of(false) },
        new("beta", AttributeKind.Number, "Where smooth L1 of boxes goes from a parabola to a line; 1/9 is sigma 3 of other codes.") { Default = AttributeValue.Of(1.0 / 9), Minimum = 1e-6, Maximum = 1e3 },
        new("boxWeight", AttributeKind.Number, "Weight of boxes beside objectness; a tenth of the paper's lambda.") { Default = AttributeValue.Of(1.0), Minimum = 0, Maximum = 1e6 },
        new("weight", AttributeKind.Number, "Weight of both beside the losses of the stages.") { Default = AttributeValue.Of(1.0), Minimum = 0, Maximum = 1e6 },
        new("minimumSize", AttributeKind.Number, "As in 'select' of the detector, for training; the same when absent.") { Minimum = 0, Maximum = 1e5 },
        new("candidates", AttributeKind.Integer, "Best boxes, of each level, that enter suppression in training; as in 'select' when absent.") { Minimum = 1, Maximum = 10_000_000 },
        new("nmsThreshold", AttributeKind.Number, "Overlap above which the worse of two boxes is dropped in training; as in 'select' when absent.") { Minimum = 0, Maximum = 1 },
        new("keep", AttributeKind.Integer, "Regions of an image that the stages draw from in training; as in 'select' when absent.") { Minimum = 1, Maximum = 1_000_000 },
    ];

    /// <summary>The keys of <c>train.regions</c>.</summary>
    public static ImmutableArray<AttributeDefinition> RegionAttributes { get; } =
    [
        new("perImage", AttributeKind.Integer, "Regions of an image that are learned from.") { Default = AttributeValue.Of(128L), Minimum = 1, Maximum = 1_000_000 },
        new("foregroundFraction", AttributeKind.Number, "Largest share of regions of objects among them; background fills up what is missing.") { Default = AttributeValue.Of(0.25), Minimum = 0, Maximum = 1 },
        new("foreground", AttributeKind.Numbers, "Overlap from which a region stands for its object: one number, or one for each stage; [0.5] when absent.") { Minimum = 1e-6, Maximum = 1 },
        new("backgroundLow", AttributeKind.Number, "Overlap from which a region may be background, up to the overlap of objects; 0.1 in Fast R-CNN.") { Default = AttributeValue.Of(0.0), Minimum = 0, Maximum = 1 },
        new("appendTruth", AttributeKind.Flag, "Whether the objects' own boxes are among the regions.") { Default = AttributeValue.Of(true) },
        new("beta", AttributeKind.Number, "Where smooth L1 of boxes goes from a parabola to a line.") { Default = AttributeValue.Of(1.0), Minimum = 1e-6, Maximum = 1e3 },
        new("boxWeight", AttributeKind.Number, "Weight of boxes beside classes; 0 trains without them.") { Default = AttributeValue.Of(1.0), Minimum = 0, Maximum = 1e6 },
        new("weights", AttributeKind.Numbers, "Weights of the stages of a cascade, one for each; 1 when absent.") { Minimum = 0, Maximum = 1e6 },
        new("hard", AttributeKind.Word, "Whether the costliest of all regions are learned from instead of some drawn ones: ranked by the pass that learns (R-FCN), or by one before it (Shrivastava et al.).")
        {
            Default = AttributeValue.OfWord("none"), Words = ["none", "onePass", "twoPasses"],
        },
        new("hardPerImage", AttributeKind.Integer, "How many of an image.") { Default = AttributeValue.Of(128L), Minimum = 1, Maximum = 1_000_000 },
        new("hardOverlap", AttributeKind.Number, "Overlap above which the cheaper of two regions of a label counts for nothing; none when absent, 0.7 in Shrivastava et al.") { Minimum = 0, Maximum = 1 },
        new("hardAcrossImages", AttributeKind.Flag, "Whether the costliest of all images are taken together (Light-Head R-CNN's code).") { Default = AttributeValue.Of(false) },
    ];

    /// <summary>The keys of <c>train.augment</c> of a two-stage detector.</summary>
    public static ImmutableArray<AttributeDefinition> AugmentAttributes { get; } =
    [
        .. TrainingRecipe.AugmentAttributes.Where(a => a.Name is "flip" or "photometric"),
        new("shortSides", AttributeKind.Numbers, "Sides that the shorter side of each image is drawn from, in pixels; that of 'preprocess' when absent.") { Minimum = 1, Maximum = 100_000 },
        new("longSide", AttributeKind.Integer, "Most pixels of the longer side, with 'shortSides'.") { Minimum = 1, Maximum = 100_000 },
    ];
}
