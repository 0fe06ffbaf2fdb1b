// Part of the OpenCvSharp4 stand-in: element access with the strides read once.
using System.Runtime.CompilerServices;

namespace OpenCvSharp;

public abstract class MatIndexer<T>
    where T : struct
{
    private readonly Mat _parent; // keeps the pixels alive
    private readonly nint _data;
    private readonly long[] _steps;

    private protected MatIndexer(Mat parent)
    {
        _parent = parent;
        _data = parent.Data;
        _steps = [.. Enumerable.Range(0, parent.Dims).Select(parent.Step)];
    }

    public unsafe T this[int i0]
    {
        get => Read(i0 * _steps[0]);
        set => Write(i0 * _steps[0], value);
    }

    public unsafe T this[int i0, int i1]
    {
        get => Read((i0 * _steps[0]) + (i1 * _steps[1]));
        set => Write((i0 * _steps[0]) + (i1 * _steps[1]), value);
    }

    public T this[int i0, int i1, int i2]
    {
        get => Read((i0 * _steps[0]) + (i1 * _steps[1]) + (i2 * _steps[2]));
        set => Write((i0 * _steps[0]) + (i1 * _steps[1]) + (i2 * _steps[2]), value);
    }

    public T this[params int[] idx]
    {
        get => Read(idx.Select((index, dim) => index * _steps[dim]).Sum());
        set => Write(idx.Select((index, dim) => index * _steps[dim]).Sum(), value);
    }

    private unsafe T Read(long offset)
    {
        T value = Unsafe.Read<T>((byte*)_data + offset);
        GC.KeepAlive(_parent);
        return value;
    }

    private unsafe void Write(long offset, T value)
    {
        Unsafe.Write((byte*)_data + offset, value);
        GC.KeepAlive(_parent);
    }
}

public partial class Mat
{
    public sealed class Indexer<T> : MatIndexer<T>
        where T : struct
    {
        internal Indexer(Mat parent)
            : base(parent)
        {
        }
    }

    public sealed class UnsafeIndexer<T> : MatIndexer<T>
        where T : unmanaged
    {
        internal UnsafeIndexer(Mat parent)
            : base(parent)
        {
        }
    }
}
