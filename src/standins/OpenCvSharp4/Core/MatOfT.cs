// Part of the OpenCvSharp4 stand-in: a matrix whose element type is known to the compiler.
namespace OpenCvSharp;

public class Mat<TElem> : Mat
    where TElem : unmanaged
{
    public Mat()
        : base(0, 0, ElementType)
    {
    }

    public Mat(Mat mat)
        : base(Checked(mat))
    {
    }

    public Mat(int rows, int cols)
        : base(rows, cols, ElementType)
    {
    }

    public Mat(Size size)
        : base(size, ElementType)
    {
    }

    public Mat(int rows, int cols, Scalar s)
        : base(rows, cols, ElementType, s)
    {
    }

    public Mat(Size size, Scalar s)
        : base(size, ElementType, s)
    {
    }

    public Mat(Mat<TElem> m, Rect roi)
        : base(m, roi)
    {
    }

    public Mat(Mat<TElem> m, Range rowRange, Range? colRange = null)
        : base(m, rowRange, colRange)
    {
    }

    private static MatType ElementType => TypeOf(typeof(TElem));

    public MatIndexer<TElem> GetIndexer() => GetGenericIndexer<TElem>();

    public TElem[] ToArray() => GetArray(out TElem[] data) ? data : throw new OpenCvSharpException("Failed to copy pixel data into a managed array");

    public TElem[,] ToRectangularArray() =>
        GetRectangularArray(out TElem[,] data) ? data : throw new OpenCvSharpException("Failed to copy pixel data into a managed array");

    public new Mat<TElem> Clone()
    {
        using Mat copy = base.Clone();
        return new Mat<TElem>(copy);
    }

    public new Mat<TElem> SubMat(Rect roi) => SubMat(roi.Y, roi.Y + roi.Height, roi.X, roi.X + roi.Width);

    public new Mat<TElem> SubMat(Range rowRange, Range colRange) => SubMat(rowRange.Start, rowRange.End, colRange.Start, colRange.End);

    public new Mat<TElem> SubMat(int rowStart, int rowEnd, int colStart, int colEnd)
    {
        using Mat region = base.SubMat(rowStart, rowEnd, colStart, colEnd);
        return new Mat<TElem>(region);
    }

    private static Mat Checked(Mat mat)
    {
        ArgumentNullException.ThrowIfNull(mat);
        return mat.Type() == ElementType
            ? mat
            : throw new OpenCvSharpException($"A matrix of {mat.Type()} cannot be seen as Mat<{typeof(TElem).Name}>.");
    }
}
