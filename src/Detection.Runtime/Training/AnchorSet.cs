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

    private AnchorSet(Tensor centerSize, AnchorGrid? grid)
    {
        if (centerSize.shape is not [var count, var columns] || columns < 4)
        {
            throw new ArgumentException($"Anchors have the shape [A, 4], not [{string.Join(", ", centerSize.shape)}].", nameof(centerSize));
        }
        using var scope = NewDisposeScope();
        var host = centerSize.detach().to(ScalarType.Float32).cpu().contiguous();
        var values = count == 0 ? [] : MemoryMarshal.Cast<byte, float>(host.bytes);
        CenterSize = centerSize;
        Grid = grid;
        Count = (int)count;
        (X1, Y1, X2, Y2, Areas) = (new float[Count], new float[Count], new float[Count], new float[Count], new float[Count]);
        for (var i = 0; i < Count; i++)
        {
            var at = i * (int)columns;
            var (cx, cy, halfWidth, halfHeight) = (values[at], values[at + 1], values[at + 2] * 0.5f, values[at + 3] * 0.5f);
            (X1[i], Y1[i], X2[i], Y2[i]) = (cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight);
            Areas[i] = Math.Max(X2[i] - X1[i], 0) * Math.Max(Y2[i] - Y1[i], 0);
        }
    }

    /// <summary>Number of anchors.</summary>
    public int Count { get; }

    /// <summary>[A, 4] centre-size form (cx, cy, w, h) as fractions of the input; shared, not to be disposed.</summary>
    public Tensor CenterSize { get; }

    /// <summary>How the anchors stand in cells; null where it is not known.</summary>
    internal AnchorGrid? Grid { get; }

    internal float[] X1 { get; }

    internal float[] Y1 { get; }

    internal float[] X2 { get; }

    internal float[] Y2 { get; }

    internal float[] Areas { get; }

    /// <summary>The anchors of a tensor that nobody changes; the same object whenever the same tensor is given.</summary>
    /// <param name="centerSize">[A, 4] centre-size form, as from <see cref="DefaultBoxes.For"/>. It must outlive its use here.</param>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public static AnchorSet Of(Tensor centerSize) => Of(centerSize, null);

    /// <summary>Anchors that no other batch has; nothing is remembered of them.</summary>
    internal static AnchorSet Once(Tensor centerSize, AnchorGrid? grid) => new(centerSize, grid);

    /// <summary>The anchors of a tensor that nobody changes, with the cells that they stand in.</summary>
    /// <param name="centerSize">[A, 4] or [A, 6], as from <see cref="DefaultBoxes.For"/>. It must outlive its use here.</param>
    /// <param name="grid">The cells.</param>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public static AnchorSet Of(Tensor centerSize, AnchorGrid? grid)
    {
        ArgumentNullException.ThrowIfNull(centerSize);
        return Known.GetValue(centerSize, tensor => new AnchorSet(tensor, grid));
    }
}

/// <summary>How default boxes stand in the cells of feature maps.</summary>
/// <param name="Levels">The levels.</param>
/// <param name="Sizes">Size of each level's feature map.</param>
/// <param name="Input">Size of the network's input.</param>
public sealed record AnchorGrid(IReadOnlyList<AnchorLevel> Levels, IReadOnlyList<FeatureSize> Sizes, InputSize Input)
{
    /// <summary>
    /// The anchor of the cell that holds an object's centre whose shape overlaps the object's most when both are laid over each other; the first of equals.
    /// </summary>
    /// <param name="box">x1, y1, x2, y2 as fractions of the input.</param>
    internal int OfCentre(ReadOnlySpan<float> box)
    {
        var (width, height) = ((box[2] - box[0]) * Input.Width, (box[3] - box[1]) * Input.Height);
        var (best, found, start) = (-1.0, -1, 0);
        for (var level = 0; level < Levels.Count; level++)
        {
            var (shapes, size) = (Levels[level].Shapes, Sizes[level]);
            for (var shape = 0; shape < shapes.Length; shape++)
            {
                var common = Math.Min(width, shapes[shape].Width) * Math.Min(height, shapes[shape].Height);
                var overlap = common / (width * height + shapes[shape].Width * shapes[shape].Height - common);
                if (overlap > best)
                {
                    var column = Math.Clamp((int)Math.Floor((box[0] + box[2]) / 2 / Levels[level].StepX(size, Input)), 0, size.Width - 1);
                    var row = Math.Clamp((int)Math.Floor((box[1] + box[3]) / 2 / Levels[level].StepY(size, Input)), 0, size.Height - 1);
                    (best, found) = (overlap, start + (row * size.Width + column) * shapes.Length + shape);
                }
            }
            start += size.Height * size.Width * shapes.Length;
        }
        return found;
    }
}

/// <summary>Anchors that the first of two steps made, different for every image.</summary>
/// <param name="CenterSize">[N, A, 4] centre-size form, without a gradient.</param>
/// <param name="PerImage">The same for matching, image by image.</param>
/// <param name="Filtered">[N * A]: what the first step takes for background.</param>
public sealed record RefinedAnchors(Tensor CenterSize, IReadOnlyList<AnchorSet> PerImage, IReadOnlyList<bool> Filtered);

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
        var size = input ?? model.Card.Input;
        return AnchorSet.Of(model.DefaultBoxes.For(output.FeatureSizes, size, output.BoxDeltas.device), new AnchorGrid(model.DefaultBoxes.Levels, output.FeatureSizes, size));
    }

    /// <summary>The anchors that the first of two steps made, and which of them it filters.</summary>
    /// <param name="model">The detector.</param>
    /// <param name="output">Outputs of its forward pass.</param>
    /// <param name="input">Size of the pass's input where it was not <see cref="ModelCard.Input"/>.</param>
    /// <returns>Owned by the current dispose scope.</returns>
    public static RefinedAnchors RefinedAnchorsFor(this OneStageDetector model, OneStageOutput output, InputSize? input = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(output);
        using var gradients = no_grad();
        var images = output.ClassLogits.shape[0];
        var boxes = model.AnchorsOf(output, input);
        var unrefined = model.AnchorsFor(output, input);
        AnchorSet[] perImage = boxes.dim() == 2
            ? [.. Enumerable.Repeat(unrefined, (int)images)]
            : [.. Enumerable.Range(0, (int)images).Select(i => AnchorSet.Once(boxes[i], unrefined.Grid))];
        using var filtered = model.FilteredAnchors(output);
        bool[] marks = filtered is null ? new bool[images * unrefined.Count] : Marks(filtered);
        return new RefinedAnchors(boxes.dim() == 2 ? boxes.unsqueeze(0).expand(images, -1, -1) : boxes, perImage, marks);
    }

    private static bool[] Marks(Tensor values)
    {
        using var host = values.cpu().contiguous();
        return MemoryMarshal.Cast<byte, bool>(host.bytes).ToArray();
    }
}
