// Raw outputs of a one-stage detector: all levels' predictions in one tensor each, in the order of the default boxes.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Raw outputs of a one-stage detector for a batch.</summary>
/// <param name="classLogits">[N, A, K] logits; K counts the background where there is one.</param>
/// <param name="boxDeltas">[N, A, 4] coded boxes.</param>
/// <param name="featureSizes">Sizes of the feature maps, in the order of the levels.</param>
public sealed class OneStageOutput(Tensor classLogits, Tensor boxDeltas, IReadOnlyList<FeatureSize> featureSizes) : IDisposable
{
    /// <summary>[N, A, K] logits; K counts the background where there is one. A runs over levels, rows, columns, shapes.</summary>
    public Tensor ClassLogits { get; } = classLogits;

    /// <summary>[N, A, 4] coded boxes.</summary>
    public Tensor BoxDeltas { get; } = boxDeltas;

    /// <summary>Sizes of the feature maps, in the order of the levels.</summary>
    public IReadOnlyList<FeatureSize> FeatureSizes { get; } = featureSizes;

    /// <summary>Joins the levels' maps; disposes them.</summary>
    /// <param name="classes">K: logits per default box, background included where there is one.</param>
    /// <param name="scoreMaps">Per level [N, a*K, h, w]; channel = shape * K + class.</param>
    /// <param name="deltaMaps">Per level [N, a*4, h, w]; channel = shape * 4 + coordinate.</param>
    /// <exception cref="ArgumentException">The maps do not fit together.</exception>
    public static OneStageOutput Concatenate(int classes, IReadOnlyList<Tensor> scoreMaps, IReadOnlyList<Tensor> deltaMaps)
    {
        if (scoreMaps.Count != deltaMaps.Count || scoreMaps.Count == 0)
        {
            throw new ArgumentException($"{scoreMaps.Count} score maps and {deltaMaps.Count} delta maps.");
        }
        using var scope = NewDisposeScope();
        var sizes = new FeatureSize[scoreMaps.Count];
        var logits = new Tensor[scoreMaps.Count];
        var deltas = new Tensor[scoreMaps.Count];
        for (var i = 0; i < sizes.Length; i++)
        {
            long[] scores = scoreMaps[i].shape, boxes = deltaMaps[i].shape;
            if (scores is not [var n, var scoreChannels, var h, var w] || boxes is not [var n2, var boxChannels, var h2, var w2]
                || n != n2 || h != h2 || w != w2 || scoreChannels % classes != 0 || boxChannels != scoreChannels / classes * 4)
            {
                throw new ArgumentException(
                    $"Level {i}: score map [{string.Join(", ", scores)}] and delta map [{string.Join(", ", boxes)}] do not fit {classes} classes.");
            }
            sizes[i] = new FeatureSize((int)h, (int)w);
            logits[i] = Flatten(scoreMaps[i], classes);
            deltas[i] = Flatten(deltaMaps[i], 4);
        }
        var output = new OneStageOutput(
            cat(logits, 1).MoveToOuterDisposeScope(), cat(deltas, 1).MoveToOuterDisposeScope(), sizes);
        foreach (var map in scoreMaps.Concat(deltaMaps))
        {
            map.Dispose();
        }
        return output;
    }

    /// <summary>Hands both tensors to the dispose scope outside the current one (or to nobody, where there is none).</summary>
    /// <returns>This output.</returns>
    public OneStageOutput MoveToOuterDisposeScope()
    {
        ClassLogits.MoveToOuterDisposeScope();
        BoxDeltas.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>Takes both tensors out of every dispose scope; the caller disposes them.</summary>
    /// <returns>This output.</returns>
    public OneStageOutput DetachFromDisposeScope()
    {
        ClassLogits.DetachFromDisposeScope();
        BoxDeltas.DetachFromDisposeScope();
        return this;
    }

    /// <summary>Frees both tensors.</summary>
    public void Dispose()
    {
        ClassLogits.Dispose();
        BoxDeltas.Dispose();
    }

    // [N, a*k, h, w] -> [N, h*w*a, k]
    private static Tensor Flatten(Tensor map, long perBox)
    {
        var batch = map.shape[0];
        return map.permute(0, 2, 3, 1).reshape(batch, -1, perBox);
    }
}
