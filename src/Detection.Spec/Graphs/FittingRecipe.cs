// What is fitted to a network's features once it was trained, as `train.svm` and `train.boxRegression` say.
using System.Collections.Immutable;
using Detection.Spec.Operators;

namespace Detection.Spec.Graphs;

/// <summary>The stages of R-CNN's training behind the first.</summary>
/// <param name="Machines"><c>train.svm</c>; empty where there are none.</param>
/// <param name="Boxes"><c>train.boxRegression</c>; empty where boxes learn with the network.</param>
public sealed record FittingRecipe(AttributeSet Machines, AttributeSet Boxes)
{
    /// <summary>Nothing is fitted.</summary>
    public static FittingRecipe None { get; } = new(AttributeSet.Empty, AttributeSet.Empty);

    private static readonly AttributeDefinition Norm =
        new("norm", AttributeKind.Number, "Mean length that features are scaled to.") { Default = AttributeValue.Of(20.0), Minimum = 1e-6, Maximum = 1e6 };

    private static readonly AttributeDefinition NormImages =
        new("normImages", AttributeKind.Integer, "Images that this mean is taken over; 100 in Fast R-CNN.") { Default = AttributeValue.Of(200L), Minimum = 1, Maximum = 1_000_000 };

    private static readonly AttributeDefinition NormRegions =
        new("normRegions", AttributeKind.Integer, "Regions of each of these images.") { Default = AttributeValue.Of(200L), Minimum = 1, Maximum = 1_000_000 };

    /// <summary>The keys of <c>train.svm</c>.</summary>
    public static ImmutableArray<AttributeDefinition> MachineAttributes { get; } =
    [
        new("cost", AttributeKind.Number, "What an error costs beside the length of the weights.") { Default = AttributeValue.Of(1e-3), Minimum = 1e-9, Maximum = 1e6 },
        new("positiveWeight", AttributeKind.Number, "How much more an error on an object costs than one on background.") { Default = AttributeValue.Of(2.0), Minimum = 1e-6, Maximum = 1e6 },
        new("bias", AttributeKind.Number, "The larger, the less a bias costs: liblinear's feature of this value.") { Default = AttributeValue.Of(10.0), Minimum = 1e-6, Maximum = 1e6 },
        new("negative", AttributeKind.Number, "Overlap with every object of a class below which a region is a negative of it.") { Default = AttributeValue.Of(0.3), Minimum = 1e-6, Maximum = 1 },
        new("hard", AttributeKind.Number, "A negative that scores more than this is learned from.") { Default = AttributeValue.Of(-1.0001), Minimum = -1e6, Maximum = 1e6 },
        new("evict", AttributeKind.Number, "Negatives that score less than this after a training are thrown out; -1.1 in Fast R-CNN.") { Default = AttributeValue.Of(-1.2), Minimum = -1e6, Maximum = 1e6 },
        new("retrainAfter", AttributeKind.Integer, "A machine is trained anew once more negatives than this were added.") { Default = AttributeValue.Of(2000L), Minimum = 1, Maximum = 100_000_000 },
        new("start", AttributeKind.Word, "What finds the first hard negatives: a machine trained on all negatives of the first image (R-CNN), or one of zeros (Fast R-CNN).")
        {
            Default = AttributeValue.OfWord("firstImage"), Words = ["firstImage", "zero"],
        },
        new("difficult", AttributeKind.Flag, "Whether objects that are hard to see are positives.") { Default = AttributeValue.Of(true) },
        new("tolerance", AttributeKind.Number, "How close to the best machine each training comes, as a share of the objective.") { Default = AttributeValue.Of(1e-3), Minimum = 1e-9, Maximum = 0.5 },
        Norm, NormImages, NormRegions,
    ];

    /// <summary>The keys of <c>train.boxRegression</c>.</summary>
    public static ImmutableArray<AttributeDefinition> BoxAttributes { get; } =
    [
        new("penalty", AttributeKind.Number, "Weight of the squared length of the weights (lambda).") { Default = AttributeValue.Of(1000.0), Minimum = 1e-9, Maximum = 1e12 },
        new("overlap", AttributeKind.Number, "Overlap above which a region is learned from, for the object that it overlaps most.") { Default = AttributeValue.Of(0.6), Minimum = 0, Maximum = 0.999 },
        Norm, NormImages, NormRegions,
    ];
}
