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
public sealed record AnchorLevel(string Name, ImmutableArray<AnchorShape> Shapes, double? Step = null, double Offset = 0.5);
