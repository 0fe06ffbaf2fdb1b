// Where a region operator computes, and how pixels of the image become cells of a feature map.
namespace Detection.Runtime;

/// <summary>Which of its two implementations a region operator uses; both give the same numbers up to rounding.</summary>
public enum RegionPath
{
    /// <summary>The kernels where they apply (a float32 map in main memory), tensor operations elsewhere.</summary>
    ByDevice,

    /// <summary>Kernels over tensor memory, on all cores. Only for float32 maps in main memory.</summary>
    HostKernels,

    /// <summary>Tensor operations alone, on any device and for any floating type. No box and no feature leaves the device.</summary>
    TensorOperations,
}

/// <summary>Cells of a feature map for one pixel of the image, along each axis: 1/16 for a map of stride 16.</summary>
/// <param name="Y">Factor of y.</param>
/// <param name="X">Factor of x.</param>
public readonly record struct RegionScale(double Y, double X)
{
    /// <summary>The same factor along both axes.</summary>
    public static implicit operator RegionScale(double scale) => new(scale, scale);

    /// <summary>
    /// For boxes as fractions of the image in the definition of TensorFlow's <c>crop_and_resize</c>: 0 is the centre of the first cell, 1 that of the last.
    /// </summary>
    /// <param name="height">Rows of the map.</param>
    /// <param name="width">Columns of the map.</param>
    public static RegionScale OfFractions(long height, long width) => new(height - 1, width - 1);

    internal void Check()
    {
        if (!(double.IsFinite(Y) && double.IsFinite(X) && Y >= 0 && X >= 0))
        {
            throw new ArgumentException(FormattableString.Invariant($"The scale of a region operator is a finite number from 0 on, not ({Y}, {X})."));
        }
    }
}
