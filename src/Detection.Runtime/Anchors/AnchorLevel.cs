// Default boxes as a spec declares them, one level per feature map.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>Size of one default box.</summary>
/// <param name="Width">In pixels of the network's input.</param>
/// <param name="Height">In pixels of the network's input.</param>
public readonly record struct AnchorShape(double Width, double Height);

/// <summary>Rows and columns of a feature map.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct FeatureSize(int Height, int Width);

/// <summary>The default boxes of one feature map: every shape at the centre of every cell.</summary>
/// <param name="Name">Name of the feature map's node in the spec.</param>
/// <param name="Shapes">Shapes in the order in which the head's channels predict them.</param>
/// <param name="Step">Distance of neighbouring centres in input pixels, or null for input size / feature size, along each axis.</param>
/// <param name="Offset">Position of the first centre, in steps.</param>
public sealed record AnchorLevel(string Name, ImmutableArray<AnchorShape> Shapes, double? Step = null, double Offset = 0.5)
{
    /// <summary>Distance of neighbouring centres along a row, as a fraction of the input's width.</summary>
    /// <param name="size">Size of the feature map.</param>
    /// <param name="input">Size of the input.</param>
    internal double StepX(FeatureSize size, InputSize input) => Step / input.Width ?? 1.0 / size.Width;

    /// <summary>Distance of neighbouring centres along a column, as a fraction of the input's height.</summary>
    /// <param name="size">Size of the feature map.</param>
    /// <param name="input">Size of the input.</param>
    internal double StepY(FeatureSize size, InputSize input) => Step / input.Height ?? 1.0 / size.Height;
}
