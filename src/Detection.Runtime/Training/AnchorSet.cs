// Default boxes in the two forms that training needs: a tensor on the device, and corners on the host, one array per coordinate, for the matcher.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Default boxes prepared for matching. Immutable; computed once per tensor of default boxes.</summary>
public sealed class AnchorSet
{
    // Detectors cache their default boxes per feature sizes; what is derived from them lives as long.
    private static readonly ConditionalWeakTable<Tensor, AnchorSet> Known = [];

    private AnchorSet(Tensor centerSize)
    {
        if (centerSize.shape is not [var count, 4])
        {
            throw new ArgumentException($"Anchors have the shape [A, 4], not [{string.Join(", ", centerSize.shape)}].", nameof(centerSize));
        }
        using var scope = NewDisposeScope();
        var host = centerSize.detach().to(ScalarType.Float32).cpu().contiguous();
        var values = count == 0 ? [] : MemoryMarshal.Cast<byte, float>(host.bytes);
        CenterSize = centerSize;
        Count = (int)count;
        (X1, Y1, X2, Y2, Areas) = (new float[Count], new float[Count], new float[Count], new float[Count], new float[Count]);
        for (var i = 0; i < Count; i++)
        {
            var (cx, cy, halfWidth, halfHeight) = (values[4 * i], values[4 * i + 1], values[4 * i + 2] * 0.5f, values[4 * i + 3] * 0.5f);
            (X1[i], Y1[i], X2[i], Y2[i]) = (cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight);
            Areas[i] = Math.Max(X2[i] - X1[i], 0) * Math.Max(Y2[i] - Y1[i], 0);
        }
    }

    /// <summary>Number of anchors.</summary>
    public int Count { get; }

    /// <summary>[A, 4] centre-size form (cx, cy, w, h) as fractions of the input; shared, not to be disposed.</summary>
    public Tensor CenterSize { get; }

    internal float[] X1 { get; }

    internal float[] Y1 { get; }

    internal float[] X2 { get; }

    internal float[] Y2 { get; }

    internal float[] Areas { get; }

    /// <summary>The anchors of a tensor that nobody changes; the same object whenever the same tensor is given.</summary>
    /// <param name="centerSize">[A, 4] centre-size form, as from <see cref="DefaultBoxes.For"/>. It must outlive its use here.</param>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public static AnchorSet Of(Tensor centerSize)
    {
        ArgumentNullException.ThrowIfNull(centerSize);
        return Known.GetValue(centerSize, static tensor => new AnchorSet(tensor));
    }
}

/// <summary>What a training loop asks a one-stage detector for.</summary>
public static class OneStageTraining
{
    /// <summary>The default boxes that a forward pass predicted against, on the outputs' device; computed once per feature sizes.</summary>
    /// <param name="model">The detector.</param>
    /// <param name="output">Outputs of its forward pass.</param>
    /// <param name="input">Size of the pass's input where it was not <see cref="ModelCard.Input"/>.</param>
    public static AnchorSet AnchorsFor(this OneStageDetector model, OneStageOutput output, InputSize? input = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(output);
        return AnchorSet.Of(model.DefaultBoxes.For(output.FeatureSizes, input ?? model.Card.Input, output.BoxDeltas.device));
    }
}
