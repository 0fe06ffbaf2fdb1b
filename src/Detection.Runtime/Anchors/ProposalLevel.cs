// Anchors of a region proposal network: boxes in whole or broken pixels around the origin of each cell, as published code lists them.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>An anchor, in pixels of the network's input relative to the origin (column * stride, row * stride) of its cell; corners as the coder's convention says.</summary>
/// <param name="X1">Left.</param>
/// <param name="Y1">Top.</param>
/// <param name="X2">Right.</param>
/// <param name="Y2">Bottom.</param>
public readonly record struct RegionAnchor(double X1, double Y1, double X2, double Y2);

/// <summary>The anchors of one feature map: every anchor at every cell.</summary>
/// <param name="Name">Name of the level in the spec.</param>
/// <param name="Anchors">Anchors of a cell, in the order in which the heads' channels predict them.</param>
/// <param name="Stride">Distance of neighbouring cells, in pixels of the network's input.</param>
public sealed record ProposalLevel(string Name, ImmutableArray<RegionAnchor> Anchors, double Stride)
{
    /// <summary>
    /// Whether cells stand a whole number of pixels apart instead: the input's side over the number of cells along it, rounded down (torchvision's AnchorGenerator).
    /// Of an input of 800 rows, 13 cells of stride 64 stand 61 rows apart.
    /// </summary>
    public bool DividesInput { get; init; }

    /// <summary>The anchors of a whole map: four numbers each (x1, y1, x2, y2), by row, column, anchor.</summary>
    /// <param name="size">Size of the feature map.</param>
    /// <param name="inputHeight">Rows of the network's input, padding included; counts with <see cref="DividesInput"/> only.</param>
    /// <param name="inputWidth">Columns of it.</param>
    public float[] Over(FeatureSize size, double inputHeight, double inputWidth)
    {
        var (down, right) = DividesInput ? (Math.Floor(inputHeight / size.Height), Math.Floor(inputWidth / size.Width)) : (Stride, Stride);
        var boxes = new float[checked(4 * size.Height * size.Width * Anchors.Length)];
        var next = 0;
        for (var row = 0; row < size.Height; row++)
        {
            for (var column = 0; column < size.Width; column++)
            {
                var (x, y) = (column * right, row * down);
                foreach (var anchor in Anchors)
                {
                    boxes[next++] = (float)(x + anchor.X1);
                    boxes[next++] = (float)(y + anchor.Y1);
                    boxes[next++] = (float)(x + anchor.X2);
                    boxes[next++] = (float)(y + anchor.Y2);
                }
            }
        }
        return boxes;
    }
}
