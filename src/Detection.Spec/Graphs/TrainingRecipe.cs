// How a model is trained, as its spec's `train:` section says.
using System.Collections.Immutable;
using Detection.Spec.Operators;

namespace Detection.Spec.Graphs;

/// <summary>The recipe of a detector: each part the attributes of its map, defaults filled in.</summary>
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
    /// <summary>What is particular to a two-stage detector, whose matching, mining and loss are empty; null for a one-stage detector.</summary>
    public RegionRecipe? Regions { get; init; }

    /// <summary>What is fitted to the network's features once it was trained.</summary>
    public FittingRecipe Fitting { get; init; } = FittingRecipe.None;

    /// <summary>Rules of <c>train.layers</c>.</summary>
    public ImmutableArray<LayerRule> Layers { get; init; } = [];

    /// <summary>Paths of the nodes that <c>train.frozen</c> names.</summary>
    public ImmutableArray<string> Frozen { get; init; } = [];

    /// <summary>Whether the network computes in bfloat16 where an operator can.</summary>
    public bool IsMixed => General.Find("precision")?.Word == "bf16";

    /// <summary>The keys of an entry of <c>train.layers</c>, beside <c>nodes</c>.</summary>
    public static ImmutableArray<AttributeDefinition> LayerAttributes { get; } =
    [
        new("rate", AttributeKind.Number, "Learning rate in that of the others.") { Default = AttributeValue.Of(1.0), Minimum = 0, Maximum = 1e6 },
        new("weightDecay", AttributeKind.Number, "Pull of all weights of these layers towards zero; the others' when absent.") { Minimum = 0, Maximum = 1 },
    ];

    /// <summary>The keys of <c>train:</c> that are not maps.</summary>
    public static ImmutableArray<AttributeDefinition> GeneralAttributes { get; } =
    [
        new("batch", AttributeKind.Integer, "Images in a step.") { Default = AttributeValue.Of(8L), Minimum = 1, Maximum = 65_536 },
        new("epochs", AttributeKind.Integer, "Length of the training when the command line sets no other.") { Default = AttributeValue.Of(60L), Minimum = 1, Maximum = 1_000_000 },
        new("seed", AttributeKind.Integer, "Seed of weights, order and augmentation.") { Default = AttributeValue.Of(1L), Minimum = 0, Maximum = 2_000_000_000 },
        new("accumulate", AttributeKind.Integer, "Shares in which a step's batch goes through the network, for want of memory; their gradients are averaged.") { Default = AttributeValue.Of(1L), Minimum = 1, Maximum = 65_536 },
        new("average", AttributeKind.Number, "Share of a moving average of the weights that is kept at each step; the average is validated and saved. None when absent.") { Minimum = 0, Maximum = 0.999999999 },
        new("clip", AttributeKind.Number, "Largest norm of the gradient; longer ones are shortened to it.") { Minimum = 1e-6, Maximum = 1e9 },
        new("precision", AttributeKind.Word, "What the network computes in: 32-bit floats, or bfloat16 where an operator can, with casts that the compiler places.") { Default = AttributeValue.OfWord("fp32"), Words = ["fp32", "bf16"] },
        new("patience", AttributeKind.Integer, "Validations in a row that are no better than the best one, after which the training ends. It goes on to its end when absent.") { Minimum = 1, Maximum = 1_000_000 },
    ];

    /// <summary>The keys of <c>train.optimizer</c>.</summary>
    public static ImmutableArray<AttributeDefinition> OptimizerAttributes { get; } =
    [
        new("kind", AttributeKind.Word, "Update rule.") { Default = AttributeValue.OfWord("sgd"), Words = ["sgd", "rmsprop", "adam", "adamw"] },
        new("rate", AttributeKind.Number, "Learning rate.") { Required = true, Minimum = 1e-12, Maximum = 1e3 },
        new("momentum", AttributeKind.Number, "Share of the last step that is kept (sgd, rmsprop).") { Default = AttributeValue.Of(0.9), Minimum = 0, Maximum = 1 },
        new("nesterov", AttributeKind.Flag, "Whether momentum looks ahead (sgd).") { Default = AttributeValue.Of(false) },
        new("weightDecay", AttributeKind.Number, "Pull of weights towards zero.") { Default = AttributeValue.Of(0.0005), Minimum = 0, Maximum = 1 },
        new("decayNorms", AttributeKind.Flag, "Whether biases and normalisation are pulled too.") { Default = AttributeValue.Of(true) },
        new("biasRate", AttributeKind.Number, "Learning rate of biases in those of other weights; 2 in Caffe's models.") { Default = AttributeValue.Of(1.0), Minimum = 0, Maximum = 1000 },
        new("decay", AttributeKind.Number, "Share of the mean square that is kept (rmsprop).") { Default = AttributeValue.Of(0.9), Minimum = 0, Maximum = 1 },
        new("beta1", AttributeKind.Number, "Share of the mean gradient that is kept (adam, adamw).") { Default = AttributeValue.Of(0.9), Minimum = 0, Maximum = 1 },
        new("beta2", AttributeKind.Number, "Share of the mean square that is kept (adam, adamw).") { Default = AttributeValue.Of(0.999), Minimum = 0, Maximum = 1 },
        new("epsilon", AttributeKind.Number, "Keeps divisions by small roots in bounds (rmsprop, 1E-10 when absent; adam and adamw, 1E-08).") { Minimum = 0, Maximum = 1e6 },
        new("epsilonInRoot", AttributeKind.Flag, "Whether epsilon is added under the root and mean squares begin at 1, as in TensorFlow; behind it and at 0 otherwise, as in PyTorch (rmsprop).") { Default = AttributeValue.Of(true) },
    ];

    /// <summary>The keys of <c>train.schedule</c>.</summary>
    public static ImmutableArray<AttributeDefinition> ScheduleAttributes { get; } =
    [
        new("kind", AttributeKind.Word, "How the learning rate falls.") { Default = AttributeValue.OfWord("step"), Words = ["step", "exponential", "cosine"] },
        new("at", AttributeKind.Numbers, "Shares of the training after which the rate falls (step); [0.7] when neither these nor steps are given.") { Minimum = 0, Maximum = 1 },
        new("iterations", AttributeKind.Numbers, "Steps of the training after which the rate falls (step), counted from its start.") { Minimum = 0, Maximum = 1e12 },
        new("factor", AttributeKind.Number, "What the rate is multiplied with at each of them, or over each stretch of an exponential fall.") { Default = AttributeValue.Of(0.1), Minimum = 0, Maximum = 1000 },
        new("every", AttributeKind.Integer, "Steps of the training over which an exponential fall multiplies the rate with its factor.") { Minimum = 1, Maximum = 1e12 },
        new("staircase", AttributeKind.Flag, "Whether an exponential fall comes in steps; evenly otherwise.") { Default = AttributeValue.Of(true) },
        new("final", AttributeKind.Number, "What the rate is multiplied with at the end (cosine).") { Default = AttributeValue.Of(0.0), Minimum = 0, Maximum = 1 },
        new("warmup", AttributeKind.Number, "Share of the training over which the rate rises.") { Minimum = 0, Maximum = 1 },
        new("warmupIterations", AttributeKind.Integer, "Steps of the training over which the rate rises.") { Minimum = 0, Maximum = 1e12 },
        new("warmupFrom", AttributeKind.Number, "What the rate is multiplied with when the rise begins.") { Default = AttributeValue.Of(0.0), Minimum = 0, Maximum = 1 },
    ];

    /// <summary>The keys of <c>train.matching</c>.</summary>
    public static ImmutableArray<AttributeDefinition> MatchingAttributes { get; } =
    [
        new("kind", AttributeKind.Word, "Which default boxes learn which object.") { Default = AttributeValue.OfWord("argmax"), Words = ["argmax", "bipartite", "boxCenter"] },
        new("positive", AttributeKind.Number, "Overlap from which a default box learns the object (argmax, bipartite).") { Default = AttributeValue.Of(0.5), Minimum = 1e-6, Maximum = 1 },
        new("negative", AttributeKind.Number, "Overlap below which it learns background; between the two it learns nothing.") { Default = AttributeValue.Of(0.5), Minimum = 0, Maximum = 1 },
        new("forceBest", AttributeKind.Flag, "Whether the best box of each object learns it in any case (argmax).") { Default = AttributeValue.Of(true) },
    ];

    /// <summary>The keys of <c>train.mining</c>.</summary>
    public static ImmutableArray<AttributeDefinition> MiningAttributes { get; } =
    [
        new("kind", AttributeKind.Word, "Which boxes count: the hardest of the background (the default), the hardest of all, or all (the default with the focal loss).") { Words = ["hardNegative", "hardExample", "none"] },
        new("minimum", AttributeKind.Integer, "Background boxes of an image with few or no objects.") { Default = AttributeValue.Of(0L), Minimum = 0, Maximum = 1_000_000 },
        new("ratio", AttributeKind.Number, "Background boxes for each object's box; the hardest are taken.") { Default = AttributeValue.Of(3.0), Minimum = 0, Maximum = 1e6 },
        new("examples", AttributeKind.Integer, "Boxes of an image, of objects and background, that are taken at most, the hardest first (hardExample).") { Default = AttributeValue.Of(3000L), Minimum = 1, Maximum = 1_000_000 },
        new("overlap", AttributeKind.Number, "Of two predicted boxes that overlap more than this the easier one counts for nothing (hardExample).") { Default = AttributeValue.Of(0.99), Minimum = 0, Maximum = 1 },
    ];

    /// <summary>The keys of <c>train.loss</c>.</summary>
    public static ImmutableArray<AttributeDefinition> LossAttributes { get; } =
    [
        new("boxes", AttributeKind.Word, "Loss of box deltas, or of the boxes that they stand for.") { Default = AttributeValue.OfWord("smoothL1"), Words = ["smoothL1", "l1", "l2", "iou", "giou"] },
        new("beta", AttributeKind.Number, "Where smooth L1 goes from a parabola to a line.") { Default = AttributeValue.Of(1.0), Minimum = 1e-6, Maximum = 1e3 },
        new("scores", AttributeKind.Word, "Loss of scores.") { Default = AttributeValue.OfWord("crossEntropy"), Words = ["crossEntropy", "focal"] },
        new("alpha", AttributeKind.Number, "Weight of the right class in the focal loss.") { Default = AttributeValue.Of(0.25), Minimum = 0, Maximum = 1 },
        new("gamma", AttributeKind.Number, "How fast sure answers lose their weight in the focal loss.") { Default = AttributeValue.Of(2.0), Minimum = 0, Maximum = 100 },
        new("normalize", AttributeKind.Word, "What losses of scores and boxes are divided by: boxes that learn an object, all boxes that count, or images; at least 1.") { Default = AttributeValue.OfWord("positives"), Words = ["positives", "anchors", "images"] },
        new("objectWeight", AttributeKind.Number, "Weight of the objectness of boxes that learn an object, which is their overlap with it; 5 when absent (head objectness).") { Minimum = 0, Maximum = 1e6 },
        new("noObjectWeight", AttributeKind.Number, "Weight of the objectness of boxes that overlap no object, which is 0; 1 when absent (head objectness).") { Minimum = 0, Maximum = 1e6 },
        new("classWeight", AttributeKind.Number, "Weight of the classes of boxes that learn an object; 1 when absent (head objectness).") { Minimum = 0, Maximum = 1e6 },
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
        new("interpolation", AttributeKind.Word, "How images get the input's size: as 'preprocess' says, or by one of five kinds that is drawn for each (SSD's code).") { Default = AttributeValue.OfWord("preprocess"), Words = ["preprocess", "random"] },
    ];
}

/// <summary>What differs for some layers.</summary>
/// <param name="Paths">Paths of nodes; what lies below them is meant too.</param>
/// <param name="Keys">What differs, see <see cref="TrainingRecipe.LayerAttributes"/>.</param>
public sealed record LayerRule(ImmutableArray<string> Paths, AttributeSet Keys);
