// Part of the OpenCvSharp4 stand-in: Mat. This file: size, type and layout.
using OpenCvSharp.Internal;

namespace OpenCvSharp;

public partial class Mat
{
    private const int ContinuousFlag = 1 << 14;
    private const int SubmatrixFlag = 1 << 15;
    private const int TypeMask = 0xFFF;

    public int Flags => Header.Flags;

    public int Dims => Header.Dims;

    /// <summary>Number of rows; -1 where there are more than two dimensions.</summary>
    public int Rows => Header.Rows;

    public int Height => Rows;

    /// <summary>Number of columns; -1 where there are more than two dimensions.</summary>
    public int Cols => Header.Cols;

    public int Width => Cols;

    public IntPtr Data => Header.Data;

    public unsafe byte* DataPointer => (byte*)Data;

    public IntPtr DataStart => Header.Start;

    public IntPtr DataEnd => Header.End;

    public IntPtr DataLimit => Header.Limit;

    private MatHeader Header
    {
        get
        {
            NativeMethods.mat_header(Handle, out MatHeader header);
            return header;
        }
    }

    public Size Size()
    {
        MatHeader header = Header;
        return new Size(header.Cols, header.Rows);
    }

    public int Size(int dim) => SizeAndStep(dim).Size;

    /// <summary>Bytes from one row to the next.</summary>
    public long Step() => Dims > 0 ? Step(0) : 0;

    public long Step(int i) => SizeAndStep(i).Step;

    public long Step1(int i = 0) => Step(i) / ElemSize1();

    public bool IsContinuous() => (Header.Flags & ContinuousFlag) != 0;

    public bool IsSubmatrix() => (Header.Flags & SubmatrixFlag) != 0;

    public MatType Type() => new(Header.Flags & TypeMask);

    public int Depth() => Type().Depth;

    public int Channels() => Type().Channels;

    /// <summary>Bytes of one element, all channels.</summary>
    public int ElemSize() => BytesPerElement(Type());

    /// <summary>Bytes of one channel of an element.</summary>
    public int ElemSize1() => BytesPerChannel(Type());

    /// <summary>Number of elements (pixels, not channels).</summary>
    public long Total()
    {
        MatHeader header = Header;
        return header.Dims <= 2 ? (long)header.Rows * header.Cols : Total(0);
    }

    public long Total(int startDim, int endDim = int.MaxValue)
    {
        long product = 1;
        for (int i = startDim; i < Math.Min(endDim, Dims); i++)
        {
            product *= Size(i);
        }

        return product;
    }

    public bool Empty()
    {
        MatHeader header = Header;
        return header.Data == 0 || header.Dims == 0 || Total() == 0;
    }

    /// <summary>The same pixels seen with another number of channels or rows.</summary>
    public Mat Reshape(int cn, int rows = 0)
    {
        NativeMethods.Check(NativeMethods.mat_reshape(Handle, cn, rows, out MatHandle handle));
        return new Mat(handle, pixelsOf: this);
    }

    public unsafe Mat Reshape(int cn, params int[] newDims)
    {
        ArgumentNullException.ThrowIfNull(newDims);
        fixed (int* p = newDims)
        {
            NativeMethods.Check(NativeMethods.mat_reshape_to(Handle, cn, newDims.Length, p, out MatHandle handle));
            return new Mat(handle, pixelsOf: this);
        }
    }

    /// <summary>Allocates anew unless size and type are already these.</summary>
    public void Create(int rows, int cols, MatType type) => Create(type, rows, cols);

    public void Create(Size size, MatType type) => Create(type, size.Height, size.Width);

    public unsafe void Create(MatType type, params int[] sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        fixed (int* p = sizes)
        {
            NativeMethods.Check(NativeMethods.mat_create(Handle, sizes.Length, p, type.Value));
        }
    }

    private (int Size, long Step) SizeAndStep(int dim)
    {
        NativeMethods.Check(NativeMethods.mat_size(Handle, dim, out int size, out nuint step));
        return (size, (long)step);
    }
}
