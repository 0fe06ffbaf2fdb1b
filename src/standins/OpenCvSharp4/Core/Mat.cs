// Part of the OpenCvSharp4 stand-in: Mat, an n-dimensional array of pixels. This file: making and freeing matrices.
using OpenCvSharp.Internal;

namespace OpenCvSharp;

public partial class Mat : DisposableCvObject
{
    private readonly MatHandle _handle;
    private readonly PinnedArray? _pinned;

    public Mat()
    {
        NativeMethods.Check(NativeMethods.mat_new(out _handle));
    }

    public Mat(string fileName, ImreadModes flags = ImreadModes.Color)
    {
        Cv2.RequireText(fileName);
        NativeMethods.Check(NativeMethods.codecs_imread(fileName, (int)flags, out _handle));
    }

    public Mat(int rows, int cols, MatType type)
        : this([rows, cols], type)
    {
    }

    public Mat(Size size, MatType type)
        : this([size.Height, size.Width], type)
    {
    }

    public Mat(int rows, int cols, MatType type, Scalar s)
        : this([rows, cols], type, s)
    {
    }

    public Mat(Size size, MatType type, Scalar s)
        : this([size.Height, size.Width], type, s)
    {
    }

    public unsafe Mat(IEnumerable<int> sizes, MatType type)
    {
        int[] all = [.. sizes];
        fixed (int* p = all)
        {
            NativeMethods.Check(NativeMethods.mat_new_sized(all.Length, p, type.Value, out _handle));
        }
    }

    public unsafe Mat(IEnumerable<int> sizes, MatType type, Scalar s)
    {
        int[] all = [.. sizes];
        fixed (int* p = all)
        {
            NativeMethods.Check(NativeMethods.mat_new_filled(all.Length, p, type.Value, s, out _handle));
        }
    }

    /// <summary>A view of some rows and columns; the pixels are shared.</summary>
    public Mat(Mat m, Range rowRange, Range? colRange = null)
        : this(m, [rowRange, colRange ?? Range.All])
    {
    }

    /// <summary>A view of one range for each dimension; the pixels are shared.</summary>
    public unsafe Mat(Mat m, params Range[] ranges)
    {
        ArgumentNullException.ThrowIfNull(m);
        ArgumentNullException.ThrowIfNull(ranges);
        fixed (Range* p = ranges)
        {
            NativeMethods.Check(NativeMethods.mat_new_ranges(m.Handle, ranges.Length, p, out _handle));
        }

        _pinned = m._pinned;
    }

    /// <summary>A view of a rectangle; the pixels are shared.</summary>
    public Mat(Mat m, Rect roi)
    {
        ArgumentNullException.ThrowIfNull(m);
        NativeMethods.Check(NativeMethods.mat_new_region(m.Handle, roi, out _handle));
        _pinned = m._pinned;
    }

    /// <summary>Another header of the same pixels.</summary>
    protected Mat(Mat m)
    {
        ArgumentNullException.ThrowIfNull(m);
        NativeMethods.Check(NativeMethods.mat_new_header(m.Handle, out _handle));
        _pinned = m._pinned;
    }

    /// <summary>A matrix over a managed array, which stays in place as long as this matrix or a view of it lives.</summary>
    protected unsafe Mat(IEnumerable<int> sizes, MatType type, Array data, IEnumerable<long>? steps = null)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        ArgumentNullException.ThrowIfNull(data);
        int[] all = [.. sizes];
        nuint[]? strides = steps is null ? null : [.. steps.Select(s => (nuint)s)];
        _pinned = new PinnedArray(data);
        if (BytesSpanned(all, type, strides) is var needed && needed > _pinned.Bytes)
        {
            throw new ArgumentException($"The array has {_pinned.Bytes} bytes; a matrix of this size needs {needed}.", nameof(data));
        }

        fixed (int* p = all)
        fixed (nuint* s = strides)
        {
            NativeMethods.Check(NativeMethods.mat_new_over(all.Length, p, type.Value, _pinned.Address, s, out _handle));
        }
    }

    internal Mat(MatHandle handle, Mat? pixelsOf = null)
    {
        _handle = handle;
        _pinned = pixelsOf?._pinned;
    }

    internal MatHandle Handle
    {
        get
        {
            ThrowIfDisposed();
            return _handle;
        }
    }

    private protected override IntPtr Address => Handle.DangerousGetHandle();

    /// <summary>Takes ownership of a cv::Mat made by native code.</summary>
    public static Mat FromNativePointer(IntPtr ptr) =>
        ptr != 0 ? new Mat(new MatHandle(ptr)) : throw new OpenCvSharpException("The address of the native matrix is null.");

    /// <summary>A matrix over memory that the caller keeps alive.</summary>
    public static Mat FromPixelData(int rows, int cols, MatType type, IntPtr data, long step = 0)
    {
        NativeMethods.Check(NativeMethods.mat_new_over_rows(rows, cols, type.Value, data, (nuint)step, out MatHandle handle));
        return new Mat(handle);
    }

    /// <summary>A matrix over a managed array: writing to one writes to the other.</summary>
    public static Mat FromPixelData(int rows, int cols, MatType type, Array data, long step = 0) =>
        new([rows, cols], type, data, step == 0 ? null : [step]);

    public static unsafe Mat FromPixelData(IEnumerable<int> sizes, MatType type, IntPtr data, IEnumerable<long>? steps = null)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        ArgumentNullException.ThrowIfNull((void*)data, nameof(data));
        int[] all = [.. sizes];
        nuint[]? strides = steps is null ? null : [.. steps.Select(s => (nuint)s)];
        fixed (int* p = all)
        fixed (nuint* s = strides)
        {
            NativeMethods.Check(NativeMethods.mat_new_over(all.Length, p, type.Value, data, s, out MatHandle handle));
            return new Mat(handle);
        }
    }

    public static Mat FromPixelData(IEnumerable<int> sizes, MatType type, Array data, IEnumerable<long>? steps = null) =>
        new(sizes, type, data, steps);

    /// <summary>A column with a copy of the values.</summary>
    public static Mat<TElem> FromArray<TElem>(params TElem[] arr)
        where TElem : unmanaged
    {
        ArgumentNullException.ThrowIfNull(arr);
        ArgumentOutOfRangeException.ThrowIfZero(arr.Length, nameof(arr));
        var mat = new Mat<TElem>(arr.Length, 1);
        mat.SetArray(arr);
        return mat;
    }

    public static Mat<TElem> FromArray<TElem>(TElem[,] arr)
        where TElem : unmanaged
    {
        ArgumentNullException.ThrowIfNull(arr);
        ArgumentOutOfRangeException.ThrowIfZero(arr.Length, nameof(arr));
        var mat = new Mat<TElem>(arr.GetLength(0), arr.GetLength(1));
        mat.SetRectangularArray(arr);
        return mat;
    }

    public static Mat<TElem> FromArray<TElem>(IEnumerable<TElem> enumerable)
        where TElem : unmanaged => FromArray(enumerable.ToArray());

    public static MatExpr Zeros(int rows, int cols, MatType type) => new(new Mat(rows, cols, type, new Scalar(0)));

    public static MatExpr Zeros(Size size, MatType type) => Zeros(size.Height, size.Width, type);

    public static unsafe MatExpr Ones(int rows, int cols, MatType type)
    {
        int* sizes = stackalloc[] { rows, cols };
        NativeMethods.Check(NativeMethods.mat_ones(2, sizes, type.Value, out MatHandle handle));
        return new MatExpr(new Mat(handle));
    }

    public static MatExpr Ones(Size size, MatType type) => Ones(size.Height, size.Width, type);

    public static MatExpr Eye(int rows, int cols, MatType type)
    {
        NativeMethods.Check(NativeMethods.mat_eye(rows, cols, type.Value, out MatHandle handle));
        return new MatExpr(new Mat(handle));
    }

    public static MatExpr Eye(Size size, MatType type) => Eye(size.Height, size.Width, type);

    public void Release() => Dispose();

    public override string ToString() => IsDisposed
        ? "Mat [disposed]"
        : $"Mat [ {Rows}*{Cols}*{Type()}, IsContinuous={IsContinuous()}, IsSubmatrix={IsSubmatrix()}, Ptr=0x{CvPtr:x}, Data=0x{Data:x} ]";

    protected override void DisposeUnmanaged() => _handle.Dispose();

    private static long BytesSpanned(int[] sizes, MatType type, nuint[]? steps)
    {
        long span = (long)BytesPerElement(type) * sizes[^1];
        for (int i = sizes.Length - 2; i >= 0; i--)
        {
            span = steps is null ? span * sizes[i] : span + ((sizes[i] - 1) * (long)steps[i]);
        }

        return span;
    }

    private static int BytesPerElement(MatType type) => BytesPerChannel(type) * type.Channels;

    private static int BytesPerChannel(MatType type) => type.Depth switch
    {
        MatType.CV_8U or MatType.CV_8S => 1,
        MatType.CV_16U or MatType.CV_16S or MatType.CV_USRTYPE1 => 2,
        MatType.CV_64F => 8,
        _ => 4,
    };
}
