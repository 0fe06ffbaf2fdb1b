// Raw outputs of a region proposal network: all levels' predictions in one tensor each, in the order of the anchors.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>What the channels of an objectness map stand for; a is the number of anchors of a cell.</summary>
public enum ObjectnessLayout
{
    /// <summary>a channels: the logit of "object".</summary>
    Sigmoid,

    /// <summary>2 a channels: first the logits of "background" of all anchors, then those of "object" (Faster R-CNN and R-FCN for Caffe).</summary>
    SoftmaxBlocks,

    /// <summary>2 a channels: "background" and "object" of each anchor beside each other (TensorFlow, Light-Head R-CNN).</summary>
    SoftmaxPairs,
}

/// <summary>Raw outputs of a region proposal network for a batch.</summary>
public sealed class ProposalOutput : IDisposable
{
    /// <summary>Takes the tensors over.</summary>
    /// <param name="objectness">[N, A] logits.</param>
    /// <param name="deltas">[N, A, 4] coded boxes.</param>
    /// <param name="featureSizes">Sizes of the feature maps, in the order of the levels.</param>
    public ProposalOutput(Tensor objectness, Tensor deltas, IReadOnlyList<FeatureSize> featureSizes) =>
        (Objectness, Deltas, FeatureSizes) = (objectness, deltas, featureSizes);

    /// <summary>
    /// [N, A] logits of "object" against "background": of a softmax over the two their difference, whose sigmoid is the same probability and whose binary
    /// cross entropy is the same loss. A runs over levels, rows, columns, anchors.
    /// </summary>
    public Tensor Objectness { get; }

    /// <summary>[N, A, 4] boxes, coded against the anchors.</summary>
    public Tensor Deltas { get; }

    /// <summary>Sizes of the feature maps, in the order of the levels.</summary>
    public IReadOnlyList<FeatureSize> FeatureSizes { get; }

    /// <summary>Joins the levels' maps; disposes them.</summary>
    /// <param name="layout">What the channels of the objectness maps stand for.</param>
    /// <param name="objectnessMaps">Per level [N, a, h, w] or [N, 2 a, h, w].</param>
    /// <param name="deltaMaps">Per level [N, 4 a, h, w]; channel = 4 * anchor + coordinate.</param>
    /// <exception cref="ArgumentException">The maps do not fit together.</exception>
    public static ProposalOutput Concatenate(ObjectnessLayout layout, IReadOnlyList<Tensor> objectnessMaps, IReadOnlyList<Tensor> deltaMaps)
    {
        ArgumentNullException.ThrowIfNull(objectnessMaps);
        ArgumentNullException.ThrowIfNull(deltaMaps);
        if (objectnessMaps.Count != deltaMaps.Count || objectnessMaps.Count == 0)
        {
            throw new ArgumentException($"{objectnessMaps.Count} objectness maps and {deltaMaps.Count} delta maps.");
        }
        using var scope = NewDisposeScope();
        var perAnchor = layout == ObjectnessLayout.Sigmoid ? 1 : 2;
        var sizes = new FeatureSize[deltaMaps.Count];
        for (var i = 0; i < sizes.Length; i++)
        {
            long[] objectness = objectnessMaps[i].shape, boxes = deltaMaps[i].shape;
            if (objectness is not [var n, var channels, var h, var w] || boxes is not [var n2, var boxChannels, var h2, var w2]
                || n != n2 || h != h2 || w != w2 || channels % perAnchor != 0 || boxChannels != 4 * (channels / perAnchor))
            {
                throw new ArgumentException(
                    $"Level {i}: objectness map [{string.Join(", ", objectness)}] and delta map [{string.Join(", ", boxes)}] do not fit the layout {layout}.");
            }
            sizes[i] = new FeatureSize((int)h, (int)w);
        }
        var joined = new ProposalOutput(
            cat([.. objectnessMaps.Select(map => Logits(map, layout))], 1),
            cat([.. deltaMaps.Select(map => map.permute(0, 2, 3, 1).reshape(map.shape[0], -1, 4))], 1), sizes).MoveToOuterDisposeScope();
        foreach (var map in objectnessMaps.Concat(deltaMaps))
        {
            map.Dispose();
        }
        return joined;
    }

    /// <summary>Hands both tensors to the dispose scope outside the current one (or to nobody, where there is none).</summary>
    /// <returns>This output.</returns>
    public ProposalOutput MoveToOuterDisposeScope()
    {
        Objectness.MoveToOuterDisposeScope();
        Deltas.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>Takes both tensors out of every dispose scope; the caller disposes them.</summary>
    /// <returns>This output.</returns>
    public ProposalOutput DetachFromDisposeScope()
    {
        Objectness.DetachFromDisposeScope();
        Deltas.DetachFromDisposeScope();
        return this;
    }

    /// <summary>Frees both tensors.</summary>
    public void Dispose()
    {
        Objectness.Dispose();
        Deltas.Dispose();
    }

    // [N, h*w*a] logits of object against background.
    private static Tensor Logits(Tensor map, ObjectnessLayout layout)
    {
        var (n, channels) = (map.shape[0], map.shape[1]);
        var cells = map.permute(0, 2, 3, 1);
        if (layout == ObjectnessLayout.Sigmoid)
        {
            return cells.reshape(n, -1);
        }
        var pairs = layout == ObjectnessLayout.SoftmaxBlocks
            ? cells.reshape(n, -1, 2, channels / 2).transpose(2, 3)
            : cells.reshape(n, -1, channels / 2, 2);
        return (pairs.select(3, 1) - pairs.select(3, 0)).reshape(n, -1);
    }
}
