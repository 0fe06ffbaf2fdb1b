// The elements of a tensor on the CPU, in row-major order whatever its strides are.
using System.Collections;

namespace TorchSharp.Utils;

/// <summary>Reads and writes a tensor's memory. It keeps the tensor alive, but not undisposed.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly bool _contiguous;
    private torch.Tensor? _tensor;
    private nint _data;

    internal TensorAccessor(torch.Tensor tensor)
    {
        var meta = tensor.Meta();
        if (meta.DeviceType != (int)DeviceType.CPU)
            throw new InvalidOperationException(
                "Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
        _shape = tensor.shape;
        _strides = tensor.stride();
        _contiguous = meta.IsContiguous;
        _data = meta.Data;
        _tensor = tensor;
        Count = meta.Elements;
    }

    public long Count { get; private set; }

    public bool IsReadOnly => false;

    /// <summary>One index counts in row-major order; several are one for each dimension.</summary>
    public unsafe T this[params long[] indices]
    {
        get => Start[Offset(indices)];
        set => Start[Offset(indices)] = value;
    }

    private unsafe T* Start => _tensor is { IsInvalid: false }
        ? (T*)_data
        : throw new ObjectDisposedException(nameof(TensorAccessor<>), "The tensor or its accessor was disposed.");

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) =>
        left.Count == right.Count && left.SequenceEqual(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !(left == right);

    public T[] ToArray()
    {
        var result = new T[Count];
        Read(result, 0);
        return result;
    }

    /// <summary>An array of the tensor's rank and shape.</summary>
    public unsafe Array ToNDArray()
    {
        if (_shape.Length == 0)
            return ToArray();
        var array = Array.CreateInstance(typeof(T), _shape);
        var flat = ToArray();
        fixed (byte* target = &System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array))
            flat.CopyTo(new Span<T>(target, flat.Length));
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        Validate(tensorIndex);
        Read(array[arrayIndex..], tensorIndex);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public unsafe void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        Validate(tensorIndex);
        var source = array[arrayIndex..];
        var count = (int)Math.Min(source.Length, Count - tensorIndex);
        var start = Start;
        if (_contiguous)
            source[..count].CopyTo(new Span<T>(start + tensorIndex, count));
        else
            for (var i = 0; i < count; i++)
                start[Offset(tensorIndex + i)] = source[i];
        GC.KeepAlive(_tensor);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override bool Equals(object? obj) => obj is TensorAccessor<T> other && (_data == other._data || this == other);

    public override int GetHashCode() => base.GetHashCode();

    public void Dispose()
    {
        _data = 0;
        _tensor = null;
        Count = 0;
    }

    internal static unsafe T ReadItemAt(torch.Tensor tensor, long index)
    {
        tensor.ValidateType(typeof(T));
        if (index == 0)
        {
            var meta = tensor.Meta();
            if (meta.DeviceType == (int)DeviceType.CPU && meta.Elements > 0)
            {
                var value = *(T*)meta.Data;
                GC.KeepAlive(tensor);
                return value;
            }
        }
        return new TensorAccessor<T>(tensor)[index];
    }

    private unsafe void Read(Span<T> target, long from)
    {
        var count = (int)Math.Min(target.Length, Count - from);
        var start = Start;
        if (_contiguous)
            new ReadOnlySpan<T>(start + from, count).CopyTo(target);
        else
            for (var i = 0; i < count; i++)
                target[i] = start[Offset(from + i)];
        GC.KeepAlive(_tensor);
    }

    private void Validate(long index)
    {
        if (index < 0 || index >= Math.Max(Count, 1))
            throw new ArgumentOutOfRangeException(nameof(index));
    }

    private long Offset(long[] indices)
    {
        if (indices.Length == 1)
        {
            if (indices[0] < 0)
                throw new ArgumentOutOfRangeException(nameof(indices), $"{indices[0]} in a collection of {Count} elements.");
            if (indices[0] >= Count)
                throw new IndexOutOfRangeException();
            return _contiguous ? indices[0] : Offset(indices[0]);
        }
        long offset = 0;
        for (var dim = 0; dim < _shape.Length; dim++)
        {
            if (indices[dim] < 0 || indices[dim] >= _shape[dim])
                throw new IndexOutOfRangeException($"{indices[dim]} >= {_shape[dim]} in dimension {dim}.");
            offset += indices[dim] * _strides[dim];
        }
        return offset;
    }

    private long Offset(long index)
    {
        long offset = 0;
        for (var dim = _shape.Length - 1; dim >= 0; dim--)
        {
            (index, var remainder) = Math.DivRem(index, _shape[dim]);
            offset += remainder * _strides[dim];
        }
        return offset;
    }
}
