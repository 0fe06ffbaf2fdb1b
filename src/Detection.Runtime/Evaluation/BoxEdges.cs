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
}
