// Part of the OpenCvSharp4 stand-in: Mat. This file: views that share pixels, copies that do not.
using OpenCvSharp.Internal;

namespace OpenCvSharp;

public partial class Mat
{
    public Mat this[Rect roi]
    {
        get => SubMat(roi);
        set => Assign(SubMat(roi), value);
    }

    public Mat this[Range rowRange, Range colRange]
    {
        get => SubMat(rowRange, colRange);
        set => Assign(SubMat(rowRange, colRange), value);
    }

    public Mat this[System.Range rowRange, System.Range colRange]
    {
        get => SubMat(rowRange, colRange);
        set => Assign(SubMat(rowRange, colRange), value);
    }

    public Mat this[int rowStart, int rowEnd, int colStart, int colEnd]
    {
        get => SubMat(rowStart, rowEnd, colStart, colEnd);
        set => Assign(SubMat(rowStart, rowEnd, colStart, colEnd), value);
    }

    public Mat this[params Range[] ranges]
    {
        get => SubMat(ranges);
        set => Assign(SubMat(ranges), value);
    }

    public Mat SubMat(Rect roi) => SubMat(roi.Y, roi.Y + roi.Height, roi.X, roi.X + roi.Width);

    public Mat SubMat(Range rowRange, Range colRange) => SubMat(rowRange.Start, rowRange.End, colRange.Start, colRange.End);

    public Mat SubMat(System.Range rowRange, System.Range colRange) => SubMat(Within(rowRange, Rows), Within(colRange, Cols));

    /// <summary>A view of some rows and columns, of at least one each; the pixels are shared.</summary>
    /// <exception cref="ArgumentException">An empty range.</exception>
    public Mat SubMat(int rowStart, int rowEnd, int colStart, int colEnd)
    {
        if (rowStart >= rowEnd)
        {
            throw new ArgumentException($"No row lies from {rowStart} to before {rowEnd}.", nameof(rowEnd));
        }

        if (colStart >= colEnd)
        {
            throw new ArgumentException($"No column lies from {colStart} to before {colEnd}.", nameof(colEnd));
        }

        return new Mat(this, new Range(rowStart, rowEnd), new Range(colStart, colEnd));
    }

    public Mat SubMat(params Range[] ranges) => new(this, ranges);

    public Mat Row(int y) => RowRange(y, y + 1);

    public Mat RowRange(int startRow, int endRow) => RowRange(new Range(startRow, endRow));

    public Mat RowRange(Range range) => new(this, range, Range.All);

    public Mat RowRange(System.Range range) => RowRange(Within(range, Rows));

    public Mat Col(int x) => ColRange(x, x + 1);

    public Mat ColRange(int startCol, int endCol) => ColRange(new Range(startCol, endCol));

    public Mat ColRange(Range range) => new(this, Range.All, range);

    public Mat ColRange(System.Range range) => ColRange(Within(range, Cols));

    public Mat Clone()
    {
        NativeMethods.Check(NativeMethods.mat_clone(Handle, out MatHandle handle));
        return new Mat(handle);
    }

    public Mat Clone(Rect roi)
    {
        using var region = new Mat(this, roi);
        return region.Clone();
    }

    public Mat EmptyClone() => new(Size(), Type());

    public void CopyTo(OutputArray m, InputArray? mask = null)
    {
        ArgumentNullException.ThrowIfNull(m);
        NativeMethods.Check(NativeMethods.mat_copy_to(Handle, m.Handle, mask?.Handle ?? MatHandle.None));
    }

    public void CopyTo(Mat m, InputArray? mask = null)
    {
        ArgumentNullException.ThrowIfNull(m);
        NativeMethods.Check(NativeMethods.mat_copy_to(Handle, m.Handle, mask?.Handle ?? MatHandle.None));
    }

    /// <summary>Writes alpha * value + beta, saturated to the type.</summary>
    public void ConvertTo(OutputArray m, MatType rtype, double alpha = 1, double beta = 0)
    {
        ArgumentNullException.ThrowIfNull(m);
        NativeMethods.Check(NativeMethods.mat_convert_to(Handle, m.Handle, rtype.Value, alpha, beta));
    }

    public Mat SetTo(Scalar value, Mat? mask = null)
    {
        NativeMethods.Check(NativeMethods.mat_set_to_scalar(Handle, value, mask?.Handle ?? MatHandle.None));
        return this;
    }

    public Mat SetTo(InputArray value, Mat? mask = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        NativeMethods.Check(NativeMethods.mat_set_to(Handle, value.Handle, mask?.Handle ?? MatHandle.None));
        return this;
    }

    private static Range Within(System.Range range, int length)
    {
        (int start, int count) = range.GetOffsetAndLength(length);
        return new Range(start, start + count);
    }

    /// <summary>Copies into a view; a value of another size or type would make the view let go of the shared pixels.</summary>
    private static void Assign(Mat view, Mat value)
    {
        using (view)
        {
            ArgumentNullException.ThrowIfNull(value);
            if (view.Size() != value.Size() || view.Type() != value.Type())
            {
                throw new ArgumentException($"{value} cannot be assigned to a region of {view}.", nameof(value));
            }

            value.CopyTo(view);
        }
    }
}
