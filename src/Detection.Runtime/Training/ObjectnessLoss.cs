// What a detector pays for how sure it is of an object: boxes that learn one should say how well they lie on it, boxes far from all objects 0.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Squared differences of sigmoids: for a box that learns an object, from the overlap (intersection over union) of what it predicts with that object; for any other box,
/// from 0, unless what it predicts overlaps an object well enough (Redmon and Farhadi, YOLO9000, section 2; pjreddie/darknet, src/region_layer.c).
/// No gradient flows through the overlaps.
/// </summary>
/// <param name="Object">Weight of boxes that learn an object.</param>
/// <param name="NoObject">Weight of the others.</param>
/// <param name="Ignore">Overlap of a predicted box with an object above which it counts for nothing, unless it learns one.</param>
public sealed record ObjectnessLoss(double Object = 5, double NoObject = 1, double Ignore = 0.6)
{
    /// <summary>The sum over all boxes of a batch, 0.5 x² each.</summary>
    /// <param name="output">Outputs of the forward pass, with objectness.</param>
    /// <param name="targets">What matching found.</param>
    /// <param name="coder">How boxes are coded.</param>
    /// <returns>A scalar.</returns>
    public Tensor Sum(OneStageOutput output, MatchedTargets targets, BoxCoder coder)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(coder);
        var logits = output.Objectness ?? throw new ArgumentException("The outputs have no objectness.", nameof(output));
        using var scope = NewDisposeScope();
        var predicted = logits.flatten().sigmoid();
        var (overlaps, isFar) = Overlaps(output, targets, coder);
        var wrong = predicted.index_select(0, targets.PositiveIndices) - overlaps;
        var far = predicted * isFar;
        return ((wrong.square().sum() * Object + far.square().sum() * NoObject) * 0.5).MoveToOuterDisposeScope();
    }

    // [P] overlaps of positives with their objects; [N * A] 1 where a box is neither a positive nor near an object.
    private (Tensor OfPositives, Tensor IsFar) Overlaps(OneStageOutput output, MatchedTargets targets, BoxCoder coder)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var deltas = output.BoxDeltas.detach();
        var ofPositives = BoxOverlap.Of(deltas.flatten(0, 1).index_select(0, targets.PositiveIndices), targets, coder).Iou;
        var boxes = coder.Decode(deltas, targets.AllAnchors);
        var isFar = stack(Enumerable.Range(0, targets.Images).Select(i => IsFar(boxes[i], targets.ObjectsOf(i)))).flatten();
        isFar.index_copy_(0, targets.PositiveIndices, zeros_like(ofPositives));
        return scope.MoveToOuter(ofPositives, isFar);
    }

    private Tensor IsFar(Tensor boxes, float[] corners)
    {
        if (corners.Length == 0)
        {
            return ones(boxes.shape[0], device: boxes.device);
        }
        var objects = tensor(corners, [corners.Length / 4, 4], device: boxes.device);
        return Boxes.PairwiseIou(boxes, objects).amax([1]).le(Ignore).to_type(ScalarType.Float32);
    }
}
