// A tensor as a weight file holds it: name, type, shape and bytes, without torch.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Type of the elements of a stored tensor.</summary>
public enum StoredDataType
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8,

    /// <summary>Signed 8-bit integer.</summary>
    Int8,

    /// <summary>Signed 16-bit integer.</summary>
    Int16,

    /// <summary>Signed 32-bit integer.</summary>
    Int32,

    /// <summary>Signed 64-bit integer.</summary>
    Int64,

    /// <summary>IEEE half precision.</summary>
    Float16,

    /// <summary>The upper half of a single-precision number.</summary>
    BFloat16,

    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>IEEE double precision.</summary>
    Float64,
}

/// <summary>A tensor as a weight file holds it.</summary>
/// <param name="Name">Its key.</param>
/// <param name="DataType">Type of its elements.</param>
/// <param name="Shape">Its shape; empty for a scalar.</param>
/// <param name="Bytes">Elements in row-major order, little-endian.</param>
public sealed record StoredTensor(string Name, StoredDataType DataType, ImmutableArray<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Number of elements.</summary>
    public long Count => Bytes.Length / StoredDataTypes.Size(DataType);

    /// <summary>A new tensor on the CPU with this type, shape and content; the caller (or its dispose scope) owns it.</summary>
    public Tensor ToTensor()
    {
        var tensor = empty([.. Shape], dtype: StoredDataTypes.ToTorch(DataType));
        if (!Bytes.IsEmpty)
        {
            Bytes.Span.CopyTo(tensor.bytes);
        }
        return tensor;
    }

    /// <summary>A stored tensor of plain values.</summary>
    internal static StoredTensor Of<T>(string name, StoredDataType type, ImmutableArray<long> shape, T[] values)
        where T : unmanaged => new(name, type, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>The elements, which must be of this type.</summary>
    internal T[] Values<T>()
        where T : unmanaged => [.. MemoryMarshal.Cast<byte, T>(Bytes.Span)];

    /// <summary>Copies a tensor of any device and layout.</summary>
    /// <exception cref="NotSupportedException">The element type is none of <see cref="StoredDataType"/>.</exception>
    public static StoredTensor From(string name, Tensor tensor)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var host = tensor.detach().cpu().contiguous();
        var bytes = host.numel() == 0 ? [] : host.bytes.ToArray();
        return new StoredTensor(name, StoredDataTypes.FromTorch(tensor.dtype), [.. tensor.shape], bytes);
    }
}

internal static class StoredDataTypes
{
    /// <summary>Bytes per element.</summary>
    public static int Size(StoredDataType type) => type switch
    {
        StoredDataType.Bool or StoredDataType.UInt8 or StoredDataType.Int8 => 1,
        StoredDataType.Int16 or StoredDataType.Float16 or StoredDataType.BFloat16 => 2,
        StoredDataType.Int32 or StoredDataType.Float32 => 4,
        _ => 8,
    };

    public static bool IsFloat(StoredDataType type) =>
        type is StoredDataType.Float16 or StoredDataType.BFloat16 or StoredDataType.Float32 or StoredDataType.Float64;

    public static ScalarType ToTorch(StoredDataType type) => type switch
    {
        StoredDataType.Bool => ScalarType.Bool,
        StoredDataType.UInt8 => ScalarType.Byte,
        StoredDataType.Int8 => ScalarType.Int8,
        StoredDataType.Int16 => ScalarType.Int16,
        StoredDataType.Int32 => ScalarType.Int32,
        StoredDataType.Int64 => ScalarType.Int64,
        StoredDataType.Float16 => ScalarType.Float16,
        StoredDataType.BFloat16 => ScalarType.BFloat16,
        StoredDataType.Float32 => ScalarType.Float32,
        StoredDataType.Float64 => ScalarType.Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    public static StoredDataType FromTorch(ScalarType type) => type switch
    {
        ScalarType.Bool => StoredDataType.Bool,
        ScalarType.Byte => StoredDataType.UInt8,
        ScalarType.Int8 => StoredDataType.Int8,
        ScalarType.Int16 => StoredDataType.Int16,
        ScalarType.Int32 => StoredDataType.Int32,
        ScalarType.Int64 => StoredDataType.Int64,
        ScalarType.Float16 => StoredDataType.Float16,
        ScalarType.BFloat16 => StoredDataType.BFloat16,
        ScalarType.Float32 => StoredDataType.Float32,
        ScalarType.Float64 => StoredDataType.Float64,
        _ => throw new NotSupportedException($"Tensors of {type} cannot be stored."),
    };

    /// <summary>Bytes of a tensor, or null where the shape has a negative extent or more bytes than a long counts.</summary>
    public static long? ByteCount(ReadOnlySpan<long> shape, StoredDataType type)
    {
        Int128 bytes = Size(type);
        var isEmpty = false;
        foreach (var extent in shape)
        {
            if (extent < 0)
            {
                return null;
            }
            isEmpty |= extent == 0;
            if (!isEmpty && (bytes *= extent) > long.MaxValue)
            {
                return null;
            }
        }
        return isEmpty ? 0 : (long)bytes;
    }
}
