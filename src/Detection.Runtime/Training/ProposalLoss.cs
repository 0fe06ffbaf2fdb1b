// The loss of region proposals: objectness of the drawn anchors, boxes of those that stand for objects.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// (sum of cross entropies + weight * sum of smooth L1) / drawn anchors (Ren et al., Faster R-CNN, equation 1, with the code's normalisation: 1/256 for both
/// parts; the paper's 10 / 2400 is nearly the same weight, so that its lambda is ten times <see cref="BoxWeight"/>).
/// </summary>
/// <param name="Coder">How boxes are coded: that of the detector's <see cref="ProposalSelection"/>.</param>
public sealed record ProposalLoss(RegionBoxCoder Coder)
{
    /// <summary>Where the box loss becomes linear; 1/9 is the code's sigma of 3.</summary>
    public double Beta { get; init; } = 1.0 / 9;

    /// <summary>Weight of the boxes against objectness.</summary>
    public double BoxWeight { get; init; } = 1;

    /// <summary>The loss of a batch or of its images of one size.</summary>
    /// <param name="output">Outputs of the region proposal network.</param>
    /// <param name="sample">The anchors that count.</param>
    /// <returns>Objectness as classification, boxes as localisation; an empty sample costs nothing.</returns>
    public LossParts Compute(ProposalOutput output, AnchorSample sample)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(sample);
        using var scope = NewDisposeScope();
        var (positives, negatives) = (sample.Positive.shape[0], sample.Negative.shape[0]);
        var share = 1.0 / Math.Max(1, positives + negatives);
        var logits = output.Objectness.flatten().index_select(0, cat([sample.Positive, sample.Negative]));
        var labels = cat([logits.new_full([positives], 1), logits.new_full([negatives], 0)]);
        var objectness = nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction: nn.Reduction.Sum) * share;
        var deltas = output.Deltas.flatten(0, 1).index_select(0, sample.Positive);
        var boxes = new SmoothL1ValueLoss(Beta).Sum(deltas, Coder.Encode(sample.Boxes, sample.Anchors)) * share;
        var total = objectness + boxes * BoxWeight;
        scope.MoveToOuter([total, objectness, boxes]);
        return new LossParts(total, objectness, boxes, (int)positives);
    }
}
