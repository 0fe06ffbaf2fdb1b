// How a model is trained, as its spec's `train:` section says.
using System.Collections.Immutable;
using Detection.Spec.Operators;

namespace Detection.Spec.Graphs;

/// <summary>The recipe of a one-stage detector: each part the attributes of its map, defaults filled in.</summary>
/// <param name="General">Keys of <c>train:</c> itself.</param>
/// <param name="Optimizer"><c>train.optimizer</c>.</param>
/// <param name="Schedule"><c>train.schedule</c>.</param>
/// <param name="Matching"><c>train.matching</c>.</param>
/// <param name="Mining"><c>train.mining</c>.</param>
/// <param name="Loss"><c>train.loss</c>.</param>
/// <param name="Augment"><c>train.augment</c>.</param>
public sealed record TrainingRecipe(
    AttributeSet General, AttributeSet Optimizer, AttributeSet Schedule, AttributeSet Matching, AttributeSet Mining, AttributeSet Loss, AttributeSet Augment)
{
    /// <summary>The keys of <c>train:</c> that are not maps.</summary>
    public static ImmutableArray<AttributeDefinition> GeneralAttributes { get; } =
    [
        new("batch", AttributeKind.Integer, "Images in a step.") { Default = AttributeValue.Of(8L), Minimum = 1, Maximum = 65_536 },
        new("epochs", AttributeKind.Integer, "Length of the training when the command line sets no other.") { Default = AttributeValue.Of(60L), Minimum = 1, Maximum = 1_000_000 },
        new("seed", AttributeKind.Integer, "Seed of weights, order and augmentation.") { Default = AttributeValue.Of(1L), Minimum = 0, Maximum = 2_000_000_000 },
        new("clip", AttributeKind.Number, "Largest norm of the gradient; longer ones are shortened to it.") { Minimum = 1e-6, Maximum = 1e9 },
    ];

    /// <summary>The keys of <c>train.optimizer</c>.</summary>
    public static ImmutableArray<AttributeDefinition> OptimizerAttributes { get; } =
    [
        new("kind", AttributeKind.Word, "Update rule.") { Default = AttributeValue.OfWord("sgd"), Words = ["sgd"] },
        new("rate", AttributeKind.Number, "Learning rate.") { Required = true, Minimum = 1e-12, Maximum = 1e3 },
        new("momentum", AttributeKind.Number, "Share of the last step that is kept.") { Default = AttributeValue.Of(0.9), Minimum = 0, Maximum = 1 },
        new("nesterov", AttributeKind.Flag, "Whether momentum looks ahead.") { Default = AttributeValue.Of(false) },
        new("weightDecay", AttributeKind.Number, "Pull of weights towards zero.") { Default = AttributeValue.Of(0.0005), Minimum = 0, Maximum = 1 },
        new("decayNorms", AttributeKind.Flag, "Whether biases and normalisation are pulled too.") { Default = AttributeValue.Of(true) },
    ];

    /// <summary>The keys of <c>train.schedule</c>.</summary>
    public static ImmutableArray<AttributeDefinition> ScheduleAttributes { get; } =
    [
        new("kind", AttributeKind.Word, "How the learning rate falls.") { Default = AttributeValue.OfWord("step"), Words = ["step", "cosine"] },
        new("at", AttributeKind.Numbers, "Shares of the training after which the rate falls.") { Default = AttributeValue.Of([0.7]), Minimum = 0, Maximum = 1 },
        new("factor", AttributeKind.Number, "What the rate is multiplied with at each of them.") { Default = AttributeValue.Of(0.1), Minimum = 0, Maximum = 1 },
        new("warmup", AttributeKind.Number, "Share of the training over which the rate rises from zero.") { Default = AttributeValue.Of(0.0), Minimum = 0, Maximum = 1 },
    ];

    /// <summary>The keys of <c>train.matching</c>.</summary>
    public static ImmutableArray<AttributeDefinition> MatchingAttributes { get; } =
    [
        new("kind", AttributeKind.Word, "Which default boxes learn which object.") { Default = AttributeValue.OfWord("argmax"), Words = ["argmax", "bipartite"] },
        new("positive", AttributeKind.Number, "Overlap from which a default box learns the object.") { Default = AttributeValue.Of(0.5), Minimum = 1e-6, Maximum = 1 },
        new("negative", AttributeKind.Number, "Overlap below which it learns background; between the two it learns nothing.") { Default = AttributeValue.Of(0.5), Minimum = 0, Maximum = 1 },
        new("forceBest", AttributeKind.Flag, "Whether the best box of each object learns it in any case.") { Default = AttributeValue.Of(true) },
    ];

    /// <summary>The keys of <c>train.mining</c>.</summary>
    public static ImmutableArray<AttributeDefinition> MiningAttributes { get; } =
    [
        new("ratio", AttributeKind.Number, "Background boxes for each object's box; the hardest are taken.") { Default = AttributeValue.Of(3.0), Minimum = 0, Maximum = 1e6 },
    ];

    /// <summary>The keys of <c>train.loss</c>.</summary>
    public static ImmutableArray<AttributeDefinition> LossAttributes { get; } =
    [
        new("boxes", AttributeKind.Word, "Loss of box deltas.") { Default = AttributeValue.OfWord("smoothL1"), Words = ["smoothL1"] },
        new("beta", AttributeKind.Number, "Where smooth L1 goes from a parabola to a line.") { Default = AttributeValue.Of(1.0), Minimum = 1e-6, Maximum = 1e3 },
        new("boxWeight", AttributeKind.Number, "Weight of the box loss beside that of the scores.") { Default = AttributeValue.Of(1.0), Minimum = 0, Maximum = 1e6 },
    ];

    /// <summary>The keys of <c>train.augment</c>.</summary>
    public static ImmutableArray<AttributeDefinition> AugmentAttributes { get; } =
    [
        new("flip", AttributeKind.Number, "Share of images that are mirrored left to right.") { Default = AttributeValue.Of(0.5), Minimum = 0, Maximum = 1 },
        new("expand", AttributeKind.Number, "Share of images that are put on a larger canvas.") { Default = AttributeValue.Of(0.0), Minimum = 0, Maximum = 1 },
        new("expandRatio", AttributeKind.Number, "Largest side of that canvas in sides of the image.") { Default = AttributeValue.Of(4.0), Minimum = 1, Maximum = 16 },
        new("crop", AttributeKind.Flag, "Whether images are cropped so that an object keeps a drawn overlap (SSD, section 2.2).") { Default = AttributeValue.Of(false) },
        new("photometric", AttributeKind.Flag, "Whether brightness, contrast, saturation and hue are distorted.") { Default = AttributeValue.Of(false) },
    ];
}
