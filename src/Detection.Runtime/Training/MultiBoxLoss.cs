// The loss of one-stage detectors: class scores of positives and chosen negatives, boxes of positives, per positive.
// Only the few anchors that count are gathered before anything is differentiated, so the backward pass touches hundreds of rows, not tens of thousands.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>The parts of a loss; scalars on the device, owned by the dispose scope in which they were made.</summary>
/// <param name="Total">What is differentiated: classification + weight * localisation.</param>
/// <param name="Classification">Loss of the class scores, per positive.</param>
/// <param name="Localisation">Loss of the boxes, per positive, not weighted.</param>
/// <param name="Positives">Number of positives of the batch.</param>
public sealed record LossParts(Tensor Total, Tensor Classification, Tensor Localisation, int Positives)
{
    /// <summary>Losses of further regression heads, not weighted, in their order.</summary>
    public IReadOnlyList<Tensor> Extras { get; init; } = [];

    /// <summary>The parts without their gradients, in the dispose scope outside the current one: what is kept of one share of a batch.</summary>
    public LossParts KeepInOuterScope()
    {
        using var gradients = no_grad();
        Tensor Kept(Tensor value) => value.detach().MoveToOuterDisposeScope();
        return new LossParts(Kept(Total), Kept(Classification), Kept(Localisation), Positives) { Extras = [.. Extras.Select(Kept)] };
    }

    /// <summary>What both of two steps cost (Zhang et al., RefineDet, equation 1).</summary>
    /// <param name="first">The first step.</param>
    /// <param name="second">The second step; its positives count.</param>
    public static LossParts Sum(LossParts first, LossParts second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return second with
        {
            Total = first.Total + second.Total,
            Classification = first.Classification + second.Classification,
            Localisation = first.Localisation + second.Localisation,
        };
    }

    /// <summary>What a batch in equal shares cost: the mean of its shares.</summary>
    /// <param name="shares">At least one.</param>
    public static LossParts Mean(IReadOnlyList<LossParts> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        return Joined(shares, values => values.mean());
    }

    /// <summary>What a batch cost whose groups are weighted with their shares, such as <see cref="TrainingGroup.Share"/>.</summary>
    /// <param name="groups">At least one.</param>
    public static LossParts Mean(IReadOnlyList<(LossParts Loss, double Share)> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        using var weights = tensor(groups.Select(group => (float)group.Share).ToArray());
        return Joined([.. groups.Select(group => group.Loss)], values => values.dot(weights.to(values.device)));
    }

    private static LossParts Joined(IReadOnlyList<LossParts> shares, Func<Tensor, Tensor> join)
    {
        using var gradients = no_grad();
        Tensor Of(Func<LossParts, Tensor> part)
        {
            using var scope = NewDisposeScope();
            return join(stack(shares.Select(part))).MoveToOuterDisposeScope();
        }
        return new LossParts(Of(p => p.Total), Of(p => p.Classification), Of(p => p.Localisation), shares.Sum(p => p.Positives))
        {
            Extras = [.. shares[0].Extras.Select((_, i) => Of(p => p.Extras[i]))],
        };
    }
}

/// <summary>What a loss is divided by; never by less than 1.</summary>
public enum LossNormalization
{
    /// <summary>Positives of the batch (SSD).</summary>
    Positives,

    /// <summary>Anchors that count: positives and chosen background (Faster R-CNN's region proposals).</summary>
    Anchors,

    /// <summary>Images of the batch (YOLO).</summary>
    Images,
}

/// <summary>
/// (classification + weight * localisation) / positives of the batch (Liu et al., SSD, equation 1). A batch without positives is divided by 1 and pays
/// nothing for boxes.
/// </summary>
public sealed class MultiBoxLoss
{
    private readonly BoxLoss boxLoss;
    private readonly double boxWeight;
    private readonly ClassificationLoss classification;
    private readonly BoxCoder coder;
    private readonly IReadOnlyList<RegressionLoss> extras;
    private readonly LossNormalization normalization;
    private readonly ObjectnessLoss? objectness;
    private readonly double classWeight;

    /// <summary>Creates the loss.</summary>
    /// <param name="boxLoss">Loss of the boxes.</param>
    /// <param name="boxWeight">Weight of the boxes against the classes; "alpha" in the paper.</param>
    /// <param name="classification">Loss of the classes; softmax with background when null.</param>
    /// <param name="coder">How boxes are coded, for losses on decoded boxes; centre-size with SSD's variances when null.</param>
    /// <param name="extras">Losses of all further regression heads, in the order of <see cref="OneStageOutput.Extras"/>.</param>
    /// <param name="normalization">What scores and boxes are divided by.</param>
    /// <param name="objectness">Loss of the objectness of a head that has one: only boxes of objects pay for classes then, and all boxes for objectness.</param>
    /// <param name="classWeight">Weight of the classes.</param>
    public MultiBoxLoss(
        BoxLoss boxLoss, double boxWeight = 1, ClassificationLoss? classification = null, BoxCoder? coder = null, IReadOnlyList<RegressionLoss>? extras = null,
        LossNormalization normalization = LossNormalization.Positives, ObjectnessLoss? objectness = null, double classWeight = 1)
    {
        ArgumentNullException.ThrowIfNull(boxLoss);
        this.boxLoss = boxLoss;
        this.boxWeight = boxWeight;
        this.classification = classification ?? new SoftmaxCrossEntropyLoss();
        this.coder = coder ?? new CenterSizeBoxCoder();
        this.extras = extras ?? [];
        this.normalization = normalization;
        this.objectness = objectness;
        this.classWeight = classWeight;
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="output">Outputs of the forward pass.</param>
    /// <param name="targets">What matching found.</param>
    /// <param name="mining">Which anchors count; all that matching did not leave out when null.</param>
    /// <exception cref="ArgumentException">Outputs and targets are of different batches.</exception>
    public LossParts Compute(OneStageOutput output, MatchedTargets targets, ExampleMining? mining)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(targets);
        RequireFit(output.ClassLogits, targets);
        if (output.Extras.Count != extras.Count)
        {
            throw new ArgumentException($"{output.Extras.Count} further outputs, but {extras.Count} losses for them.", nameof(output));
        }
        if (output.Objectness is null != objectness is null || (objectness is not null && mining is not null))
        {
            throw new ArgumentException("A loss of objectness is for outputs that have one, and goes without mining.", nameof(output));
        }
        using var scope = NewDisposeScope();
        var (counted, negatives) = objectness is not null ? new MinedExamples(targets, targets.PositiveIndices.new_empty(0)) : mining?.Mine(output, targets, classification, coder) ?? new MinedExamples(targets, AllBackground(targets, output.ClassLogits.device));
        var rows = cat([counted.PositiveIndices, negatives]);
        var classes = cat([counted.PositiveClasses, negatives.new_full(negatives.shape, -1)]);
        var logits = output.ClassLogits.flatten(0, 1).index_select(0, rows);
        var deltas = output.BoxDeltas.flatten(0, 1).index_select(0, counted.PositiveIndices);
        var share = 1.0 / Math.Max(1, normalization switch
        {
            LossNormalization.Anchors => rows.shape[0],
            LossNormalization.Images => targets.Images,
            _ => targets.Positives,
        });
        var classPart = classification.Sum(logits, classes) * (classWeight * share);
        if (objectness is not null)
        {
            classPart += objectness.Sum(output, targets, coder) * share;
        }
        var boxPart = boxLoss.Sum(deltas, counted, coder) * share;
        var total = boxWeight == 1 ? classPart + boxPart : classPart + boxPart * boxWeight;
        var further = new Tensor[extras.Count];
        for (var i = 0; i < further.Length; i++)
        {
            further[i] = extras[i].Compute(output.Extras[i], counted);
            total += further[i] * extras[i].Weight;
        }
        scope.MoveToOuter([total, classPart, boxPart, .. further]);
        return new LossParts(total, classPart, boxPart, targets.Positives) { Extras = further };
    }

    internal static void RequireFit(Tensor classLogits, MatchedTargets targets)
    {
        if (classLogits.shape is not [var images, var anchors, _] || images != targets.Images || anchors != targets.Anchors)
        {
            throw new ArgumentException(
                $"Outputs of the shape [{string.Join(", ", classLogits.shape)}], targets of {targets.Images} images with {targets.Anchors} anchors.");
        }
    }

    private static Tensor AllBackground(MatchedTargets targets, Device device)
    {
        var rows = new long[targets.CandidatesPerImage.Sum()];
        for (int i = 0, next = 0; next < rows.Length; i++)
        {
            if (targets.IsBackground(i))
            {
                rows[next++] = i;
            }
        }
        return MatchedTargets.Longs(rows, device);
    }
}
