// Default boxes (priors) of a detector: computed once per feature sizes and device, then shared by all threads.
using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Generates default boxes: for every level, every row, every column, every shape, in that order
/// (Liu et al., SSD: Single Shot MultiBox Detector, section 2.2).
/// Thread-safe; results are cached.
/// </summary>
public sealed class DefaultBoxes : IDisposable
{
    private readonly DeviceTensors<Key> cache = new();

    /// <summary>Creates the generator of these levels' boxes.</summary>
    /// <param name="levels">Levels in the order of the head's outputs.</param>
    /// <param name="clip">Clamp the four normalised numbers (cx, cy, w, h) to [0, 1].</param>
    /// <param name="withCells">Whether each box carries width and height of its cell behind them: [A, 6].</param>
    public DefaultBoxes(ImmutableArray<AnchorLevel> levels, bool clip, bool withCells = false)
    {
        Levels = levels;
        Clip = clip;
        WithCells = withCells;
    }

    /// <summary>The levels, in the order of the head's outputs.</summary>
    public ImmutableArray<AnchorLevel> Levels { get; }

    /// <summary>Whether the normalised numbers are clamped to [0, 1].</summary>
    public bool Clip { get; }

    /// <summary>Whether each box carries width and height of its cell.</summary>
    public bool WithCells { get; }

    /// <summary>The boxes on a device, cached.</summary>
    /// <param name="featureSizes">Size of each level's feature map.</param>
    /// <param name="input">Size of the network's input.</param>
    /// <param name="device">Where the boxes are needed.</param>
    /// <returns>
    /// [A, 4] float32, centre-size form (cx, cy, w, h) as fractions of the input's width and height; [A, 6] with the size of their cells.
    /// Shared: do not dispose or change it.
    /// </returns>
    /// <exception cref="ArgumentException">There are not as many feature sizes as levels.</exception>
    public Tensor For(IReadOnlyList<FeatureSize> featureSizes, InputSize input, Device device)
    {
        var key = new Key(string.Join(' ', featureSizes), input.Height, input.Width);
        return cache.For(key, device, WithCells ? 6 : 4, () =>
        {
            var values = Generate(Levels, featureSizes, input, Clip);
            return WithCells
                ? [.. values.Chunk(4).Zip(CellsOf(featureSizes, input), (box, cell) => box.Concat([cell.Width, cell.Height])).SelectMany(row => row)]
                : values;
        });
    }

    /// <summary>Frees the cached tensors; nobody may use them any more.</summary>
    public void Dispose() => cache.Dispose();

    /// <summary>The boxes as numbers, four per box: cx, cy, w, h as fractions of the input's width and height.</summary>
    /// <param name="levels">Levels in the order of the head's outputs.</param>
    /// <param name="featureSizes">Size of each level's feature map.</param>
    /// <param name="input">Size of the network's input.</param>
    /// <param name="clip">Clamp all four numbers to [0, 1].</param>
    /// <exception cref="ArgumentException">There are not as many feature sizes as levels.</exception>
    public static float[] Generate(ImmutableArray<AnchorLevel> levels, IReadOnlyList<FeatureSize> featureSizes, InputSize input, bool clip)
    {
        if (featureSizes.Count != levels.Length)
        {
            throw new ArgumentException($"{featureSizes.Count} feature maps for {levels.Length} anchor levels.", nameof(featureSizes));
        }
        var boxes = new float[4 * levels.Select((level, i) => featureSizes[i].Height * featureSizes[i].Width * level.Shapes.Length).Sum()];
        var next = 0;
        for (var i = 0; i < levels.Length; i++)
        {
            var (level, size) = (levels[i], featureSizes[i]);
            // Centres, in fractions of the input.
            var stepY = level.StepY(size, input);
            var stepX = level.StepX(size, input);
            for (var row = 0; row < size.Height; row++)
            {
                for (var column = 0; column < size.Width; column++)
                {
                    foreach (var shape in level.Shapes)
                    {
                        boxes[next++] = Limit((column + level.Offset) * stepX, clip);
                        boxes[next++] = Limit((row + level.Offset) * stepY, clip);
                        boxes[next++] = Limit(shape.Width / input.Width, clip);
                        boxes[next++] = Limit(shape.Height / input.Height, clip);
                    }
                }
            }
        }
        return boxes;
    }

    private IEnumerable<(float Width, float Height)> CellsOf(IReadOnlyList<FeatureSize> featureSizes, InputSize input) =>
        Levels.Zip(featureSizes).SelectMany(pair => Enumerable.Repeat(
            ((float)pair.First.StepX(pair.Second, input), (float)pair.First.StepY(pair.Second, input)), pair.Second.Height * pair.Second.Width * pair.First.Shapes.Length));

    private static float Limit(double value, bool clip) => (float)(clip ? Math.Clamp(value, 0, 1) : value);

    private readonly record struct Key(string FeatureSizes, int Height, int Width);
}
