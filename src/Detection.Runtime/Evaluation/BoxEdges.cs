// A box of an evaluation, to the last digit of the file that it came from: overlaps of exactly one half are decided by it.
namespace Detection.Runtime;

/// <summary>The edges of a box in pixels of its image, in double precision.</summary>
/// <param name="X1">Left edge.</param>
/// <param name="Y1">Top edge.</param>
/// <param name="X2">Right edge.</param>
/// <param name="Y2">Bottom edge.</param>
public readonly record struct BoxEdges(double X1, double Y1, double X2, double Y2)
{
    /// <summary>The same box.</summary>
    public static implicit operator BoxEdges(Box box) => new(box.X1, box.Y1, box.X2, box.Y2);

    /// <summary>Intersection over union; 0 for boxes that do not meet.</summary>
    /// <param name="a">A box.</param>
    /// <param name="b">Another.</param>
    /// <param name="inclusivePixels">Edges are whole pixels that belong to the box: widths are x2 - x1 + 1.</param>
    public static double Overlap(in BoxEdges a, in BoxEdges b, bool inclusivePixels)
    {
        var extra = inclusivePixels ? 1.0 : 0.0;
        var width = Math.Min(a.X2, b.X2) - Math.Max(a.X1, b.X1) + extra;
        var height = Math.Min(a.Y2, b.Y2) - Math.Max(a.Y1, b.Y1) + extra;
        if (width <= 0 || height <= 0)
        {
            return 0;
        }
        var common = width * height;
        return common / (Area(a, extra) + Area(b, extra) - common);
    }

    private static double Area(in BoxEdges box, double extra) => (box.X2 - box.X1 + extra) * (box.Y2 - box.Y1 + extra);
}
