// Raw outputs of a one-stage detector: all levels' predictions in one tensor each, in the order of the default boxes.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>The maps of one further regression head, before they are joined.</summary>
/// <param name="Values">V: numbers per default box.</param>
/// <param name="Maps">Per level [N, a*V, h, w]; channel = shape * V + number.</param>
public readonly record struct RegressionMaps(int Values, IReadOnlyList<Tensor> Maps);

/// <summary>The maps of the first of two steps, before they are joined.</summary>
/// <param name="Objectness">Per level [N, a*2, h, w].</param>
/// <param name="Deltas">Per level [N, a*4, h, w].</param>
public sealed record RefinementMaps(IReadOnlyList<Tensor> Objectness, IReadOnlyList<Tensor> Deltas);

/// <summary>Raw outputs of a one-stage detector for a batch. Generated detectors with further heads derive a class that names them.</summary>
public class OneStageOutput : IDisposable
{
    /// <summary>Takes the tensors over.</summary>
    /// <param name="classLogits">[N, A, K] logits; K counts the background where there is one.</param>
    /// <param name="boxDeltas">[N, A, 4] coded boxes.</param>
    /// <param name="featureSizes">Sizes of the feature maps, in the order of the levels.</param>
    /// <param name="extras">Further regressions [N, A, V], in the order of <see cref="OneStageHead.Extras"/>.</param>
    /// <param name="refinement">Outputs of the first step of a detector that refines its default boxes.</param>
    /// <param name="objectness">[N, A, 1] logits of there being an object at all, of a detector with such a head.</param>
    public OneStageOutput(
        Tensor classLogits, Tensor boxDeltas, IReadOnlyList<FeatureSize> featureSizes, IReadOnlyList<Tensor>? extras = null,
        AnchorRefinementOutput? refinement = null, Tensor? objectness = null) =>
        (ClassLogits, BoxDeltas, FeatureSizes, Extras, Refinement, Objectness) = (classLogits, boxDeltas, featureSizes, extras ?? [], refinement, objectness);

    /// <summary>Takes over what another output holds; the other must not be disposed.</summary>
    protected OneStageOutput(OneStageOutput other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (ClassLogits, BoxDeltas, FeatureSizes, Extras, Refinement, Objectness) =
            (other.ClassLogits, other.BoxDeltas, other.FeatureSizes, other.Extras, other.Refinement, other.Objectness);
    }

    /// <summary>[N, A, K] logits; K counts the background where there is one. A runs over levels, rows, columns, shapes.</summary>
    public Tensor ClassLogits { get; }

    /// <summary>[N, A, 4] coded boxes.</summary>
    public Tensor BoxDeltas { get; }

    /// <summary>Sizes of the feature maps, in the order of the levels.</summary>
    public IReadOnlyList<FeatureSize> FeatureSizes { get; }

    /// <summary>Further regressions [N, A, V], coded, in the order of <see cref="OneStageHead.Extras"/>.</summary>
    public IReadOnlyList<Tensor> Extras { get; }

    /// <summary>Outputs of the first step of a detector that refines its default boxes; null for others.</summary>
    public AnchorRefinementOutput? Refinement { get; }

    /// <summary>[N, A, 1] logits of there being an object at all; null for detectors whose classes tell that.</summary>
    public Tensor? Objectness { get; }

    private IEnumerable<Tensor> Tensors =>
        [ClassLogits, BoxDeltas, .. Extras, .. Refinement is { } first ? new[] { first.ObjectnessLogits, first.Deltas } : [], .. Objectness is { } objectness ? new[] { objectness } : []];

    /// <summary>Joins the levels' maps; disposes them.</summary>
    /// <param name="classes">K: logits per default box, background included where there is one.</param>
    /// <param name="scoreMaps">Per level [N, a*K, h, w]; channel = shape * K + class.</param>
    /// <param name="deltaMaps">Per level [N, a*4, h, w]; channel = shape * 4 + coordinate.</param>
    /// <param name="extras">Maps of further regression heads.</param>
    /// <param name="refinement">Maps of the first of two steps.</param>
    /// <param name="objectness">Per level [N, a, h, w], of a detector with such a head.</param>
    /// <exception cref="ArgumentException">The maps do not fit together.</exception>
    public static OneStageOutput Concatenate(
        int classes, IReadOnlyList<Tensor> scoreMaps, IReadOnlyList<Tensor> deltaMaps, IReadOnlyList<RegressionMaps>? extras = null,
        RefinementMaps? refinement = null, IReadOnlyList<Tensor>? objectness = null)
    {
        if (scoreMaps.Count != deltaMaps.Count || scoreMaps.Count == 0)
        {
            throw new ArgumentException($"{scoreMaps.Count} score maps and {deltaMaps.Count} delta maps.");
        }
        using var scope = NewDisposeScope();
        var sizes = new FeatureSize[scoreMaps.Count];
        var shapes = new long[scoreMaps.Count];
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
            shapes[i] = scoreChannels / classes;
        }
        var joinedExtras = (extras ?? []).Select(extra => Join(extra.Maps, extra.Values, sizes, shapes)).ToArray();
        var first = refinement is null
            ? null
            : new AnchorRefinementOutput(Join(refinement.Objectness, 2, sizes, shapes), Join(refinement.Deltas, 4, sizes, shapes));
        var output = new OneStageOutput(
            Join(scoreMaps, classes, sizes, shapes), Join(deltaMaps, 4, sizes, shapes), sizes, joinedExtras, first,
            objectness is null ? null : Join(objectness, 1, sizes, shapes)).MoveToOuterDisposeScope();
        foreach (var map in scoreMaps.Concat(deltaMaps).Concat((extras ?? []).SelectMany(extra => extra.Maps))
            .Concat(refinement is null ? [] : refinement.Objectness.Concat(refinement.Deltas)).Concat(objectness ?? []))
        {
            map.Dispose();
        }
        return output;
    }

    /// <summary>Hands all tensors to the dispose scope outside the current one (or to nobody, where there is none).</summary>
    /// <returns>This output.</returns>
    public OneStageOutput MoveToOuterDisposeScope()
    {
        foreach (var tensor in Tensors)
        {
            tensor.MoveToOuterDisposeScope();
        }
        return this;
    }

    /// <summary>Takes all tensors out of every dispose scope; the caller disposes them.</summary>
    /// <returns>This output.</returns>
    public OneStageOutput DetachFromDisposeScope()
    {
        foreach (var tensor in Tensors)
        {
            tensor.DetachFromDisposeScope();
        }
        return this;
    }

    /// <summary>Frees all tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }
        GC.SuppressFinalize(this);
    }

    private static Tensor Join(IReadOnlyList<Tensor> maps, long perBox, FeatureSize[] sizes, long[] shapes)
    {
        if (maps.Count != sizes.Length)
        {
            throw new ArgumentException($"{maps.Count} maps for {sizes.Length} levels.");
        }
        for (var i = 0; i < sizes.Length; i++)
        {
            if (maps[i].shape is not [_, var channels, var h, var w] || h != sizes[i].Height || w != sizes[i].Width || channels != shapes[i] * perBox)
            {
                throw new ArgumentException(
                    $"Level {i}: a map of the shape [{string.Join(", ", maps[i].shape)}] does not hold {perBox} numbers for each of {shapes[i]} default boxes in {sizes[i]}.");
            }
        }
        return cat([.. maps.Select(map => Flatten(map, perBox))], 1);
    }

    // [N, a*k, h, w] -> [N, h*w*a, k]
    private static Tensor Flatten(Tensor map, long perBox)
    {
        var batch = map.shape[0];
        return map.permute(0, 2, 3, 1).reshape(batch, -1, perBox);
    }
}
