// Part of the OpenCvSharp4 stand-in: Mat. This file: reading and writing elements, one by one and all at once.
// As in OpenCV, positions of single elements are not checked against the size.
using System.Runtime.CompilerServices;
using OpenCvSharp.Internal;

namespace OpenCvSharp;

public partial class Mat
{
    /// <summary>Which matrix types each element type may be read from and written to.</summary>
    private static readonly Dictionary<Type, MatType[]> Compatible = new()
    {
        [typeof(byte)] = [MatType.CV_8UC1, MatType.CV_8SC1],
        [typeof(sbyte)] = [MatType.CV_8SC1, MatType.CV_8UC1],
        [typeof(short)] = [MatType.CV_16SC1, MatType.CV_16UC1],
        [typeof(ushort)] = [MatType.CV_16UC1, MatType.CV_16SC1],
        [typeof(int)] = [MatType.CV_32SC1],
        [typeof(float)] = [MatType.CV_32FC1],
        [typeof(double)] = [MatType.CV_64FC1],
        [typeof(Point)] = [MatType.CV_32SC2],
        [typeof(Point2f)] = [MatType.CV_32FC2],
        [typeof(Point2d)] = [MatType.CV_64FC2],
        [typeof(Size)] = [MatType.CV_32SC2],
        [typeof(Size2f)] = [MatType.CV_32FC2],
        [typeof(Rect)] = [MatType.CV_32SC4],
        [typeof(Vec2b)] = [MatType.CV_8UC2],
        [typeof(Vec2i)] = [MatType.CV_32SC2],
        [typeof(Vec2f)] = [MatType.CV_32FC2],
        [typeof(Vec2d)] = [MatType.CV_64FC2],
        [typeof(Vec3b)] = [MatType.CV_8UC3],
        [typeof(Vec3s)] = [MatType.CV_16SC3],
        [typeof(Vec3w)] = [MatType.CV_16UC3],
        [typeof(Vec3i)] = [MatType.CV_32SC3],
        [typeof(Vec3f)] = [MatType.CV_32FC3],
        [typeof(Vec3d)] = [MatType.CV_64FC3],
        [typeof(Vec4b)] = [MatType.CV_8UC4],
        [typeof(Vec4w)] = [MatType.CV_16UC4],
        [typeof(Vec4i)] = [MatType.CV_32SC4],
        [typeof(Vec4f)] = [MatType.CV_32FC4],
        [typeof(Vec4d)] = [MatType.CV_64FC4],
    };

    public IntPtr Ptr(int i0) => Data + (nint)(i0 * Step(0));

    public IntPtr Ptr(int i0, int i1)
    {
        MatHeader header = Header;
        long second = header.Dims == 2 ? ElemSize() : Step(1);
        return header.Data + (nint)((i0 * Step(0)) + (i1 * second));
    }

    public IntPtr Ptr(int i0, int i1, int i2) => Data + (nint)((i0 * Step(0)) + (i1 * Step(1)) + (i2 * Step(2)));

    public IntPtr Ptr(params int[] idx)
    {
        ArgumentNullException.ThrowIfNull(idx);
        long offset = 0;
        for (int i = 0; i < idx.Length; i++)
        {
            offset += idx[i] * Step(i);
        }

        return Data + (nint)offset;
    }

    public unsafe ref T At<T>(int i0)
        where T : unmanaged => ref *(T*)Ptr(i0);

    public unsafe ref T At<T>(int i0, int i1)
        where T : unmanaged => ref *(T*)Ptr(i0, i1);

    public unsafe ref T At<T>(int i0, int i1, int i2)
        where T : unmanaged => ref *(T*)Ptr(i0, i1, i2);

    public unsafe ref T At<T>(params int[] idx)
        where T : unmanaged => ref *(T*)Ptr(idx);

    public T Get<T>(int i0)
        where T : struct => Read<T>(Ptr(i0));

    public T Get<T>(int i0, int i1)
        where T : struct => Read<T>(Ptr(i0, i1));

    public T Get<T>(int i0, int i1, int i2)
        where T : struct => Read<T>(Ptr(i0, i1, i2));

    public T Get<T>(params int[] idx)
        where T : struct => Read<T>(Ptr(idx));

    public void Set<T>(int i0, T value)
        where T : struct => Write(Ptr(i0), value);

    public void Set<T>(int i0, int i1, T value)
        where T : struct => Write(Ptr(i0, i1), value);

    public void Set<T>(int i0, int i1, int i2, T value)
        where T : struct => Write(Ptr(i0, i1, i2), value);

    public void Set<T>(int[] idx, T value)
        where T : struct => Write(Ptr(idx), value);

    /// <summary>All elements of a two-dimensional matrix; false where it has more dimensions.</summary>
    public bool GetArray<T>(out T[] data)
        where T : unmanaged
    {
        RequireCompatible<T>();
        data = new T[Math.Max(0, (long)Rows * Cols)];
        return CopyRows(data.AsSpan(), toMatrix: false);
    }

    public unsafe bool GetRectangularArray<T>(out T[,] data)
        where T : unmanaged
    {
        RequireCompatible<T>();
        data = new T[Math.Max(0, Rows), Math.Max(0, Cols)];
        fixed (T* p = data)
        {
            return CopyRows(new Span<T>(p, data.Length), toMatrix: false);
        }
    }

    public bool SetArray<T>(params T[] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        RequireCompatible<T>();
        return CopyRows(data.AsSpan(), toMatrix: true);
    }

    public unsafe bool SetRectangularArray<T>(T[,] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        RequireCompatible<T>();
        fixed (T* p = data)
        {
            return CopyRows(new Span<T>(p, data.Length), toMatrix: true);
        }
    }

    /// <summary>The pixels themselves; nothing where they are not in one run.</summary>
    public unsafe Span<T> AsSpan<T>()
        where T : unmanaged => IsContinuous() ? new Span<T>(DataPointer, checked((int)(Total() * ElemSize() / sizeof(T)))) : [];

    /// <summary>Element access that reads position and strides once.</summary>
    public Indexer<T> GetGenericIndexer<T>()
        where T : struct => new(this);

    public UnsafeIndexer<T> GetUnsafeGenericIndexer<T>()
        where T : unmanaged => new(this);

    /// <summary>The matrix type that holds elements of a C# type.</summary>
    private protected static MatType TypeOf(Type element) =>
        Compatible.TryGetValue(element, out MatType[]? types) ? types[0] : throw new NotSupportedException($"Type parameter {element} is not supported as matrix element");

    private unsafe T Read<T>(nint position)
    {
        T value = Unsafe.Read<T>((void*)position);
        GC.KeepAlive(this);
        return value;
    }

    private unsafe void Write<T>(nint position, T value)
    {
        Unsafe.Write((void*)position, value);
        GC.KeepAlive(this);
    }

    private void RequireCompatible<T>()
    {
        ThrowIfDisposed();
        if (!Compatible.TryGetValue(typeof(T), out MatType[]? types))
        {
            throw new ArgumentException($"Type argument {typeof(T)} is not supported");
        }

        MatType type = Type();
        if (!types.Contains(type))
        {
            throw new OpenCvSharpException($"Mat data type is not compatible: {type} with elements of {typeof(T).Name}");
        }
    }

    private unsafe bool CopyRows<T>(Span<T> elements, bool toMatrix)
        where T : unmanaged
    {
        MatHeader header = Header;
        if (header.Dims > 2)
        {
            return false;
        }

        if (elements.Length < (long)header.Rows * header.Cols)
        {
            throw new OpenCvSharpException($"{elements.Length} elements for a matrix of {header.Rows} x {header.Cols}.");
        }

        long step = header.Rows > 0 ? Step(0) : 0;
        for (int y = 0; y < header.Rows; y++)
        {
            var row = new Span<T>((byte*)header.Data + (y * step), header.Cols);
            Span<T> part = elements.Slice(y * header.Cols, header.Cols);
            (toMatrix ? part : row).CopyTo(toMatrix ? row : part);
        }

        GC.KeepAlive(this);
        return true;
    }
}
