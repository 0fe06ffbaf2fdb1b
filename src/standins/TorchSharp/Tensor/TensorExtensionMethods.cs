// Extension methods of tensors: numbers of single-element tensors, text, files.
using System.Globalization;
using System.Numerics;
using TorchSharp.Utils;

namespace TorchSharp;

/// <summary>What TorchSharp offers as extensions of <see cref="torch.Tensor"/>.</summary>
public static partial class TensorExtensionMethods
{
    public static Half ToHalf(this torch.Tensor value) => value.ToScalar().ToHalf();
    public static BFloat16 ToBFloat16(this torch.Tensor value) => value.ToScalar().ToBFloat16();
    public static float ToSingle(this torch.Tensor value) => value.ToScalar().ToSingle();
    public static double ToDouble(this torch.Tensor value) => value.ToScalar().ToDouble();
    public static sbyte ToSByte(this torch.Tensor value) => value.ToScalar().ToSByte();
    public static byte ToByte(this torch.Tensor value) => value.ToScalar().ToByte();
    public static short ToInt16(this torch.Tensor value) => value.ToScalar().ToInt16();
    public static int ToInt32(this torch.Tensor value) => value.ToScalar().ToInt32();
    public static long ToInt64(this torch.Tensor value) => value.ToScalar().ToInt64();
    public static bool ToBoolean(this torch.Tensor value) => value.ToScalar().ToBoolean();
    public static (float Real, float Imaginary) ToComplexFloat32(this torch.Tensor value) => value.ToScalar().ToComplexFloat32();
    public static Complex ToComplexFloat64(this torch.Tensor value) => value.ToScalar().ToComplexFloat64();

    /// <summary>A tensor of one dimension or more from a flat array.</summary>
    public static torch.Tensor ToTensor<T>(this T[] rawArray, long[] dimensions, bool doCopy = false, bool requires_grad = false)
        where T : unmanaged =>
        torch.FromSpan<T>(rawArray, dimensions, null, null, requires_grad);

    /// <exception cref="ArgumentException">Gradients are wanted of a type that has none.</exception>
    public static torch.Tensor ToTensor<T>(this T scalar, torch.Device? device = null, bool requires_grad = false) where T : unmanaged
    {
        if (requires_grad && torch.is_integral(torch.ToScalarType(typeof(T))))
            throw new ArgumentException("Only floating point types support gradients.", nameof(requires_grad));
        return torch.FromSpan<T>([scalar], [], null, device, requires_grad);
    }

    public static string str(
        this torch.Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null,
        TensorStringStyle style = TensorStringStyle.Default) =>
        tensor.ToString(style, fltFormat, width, cultureInfo, newLine);

    public static string jlstr(
        this torch.Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null) =>
        tensor.ToString(TensorStringStyle.Julia, fltFormat, width, cultureInfo, newLine);

    public static string metastr(this torch.Tensor tensor) => tensor.ToString(TensorStringStyle.Metadata);

    public static string npstr(
        this torch.Tensor tensor, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null) =>
        tensor.ToString(TensorStringStyle.Numpy, fltFormat, width, cultureInfo, newLine);

    public static string cstr(
        this torch.Tensor tensor, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null) =>
        tensor.ToString(TensorStringStyle.CSharp, fltFormat, width, cultureInfo, newLine);

    public static torch.Tensor print(
        this torch.Tensor t, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null,
        TensorStringStyle style = TensorStringStyle.Default)
    {
        Console.WriteLine(t.ToString(style, fltFormat, width, cultureInfo, newLine));
        return t;
    }

    public static ReadOnlySpan<int> IntShape(this torch.Tensor tensor) => Array.ConvertAll(tensor.shape, s => (int)s);

    public static int ElementSize(this torch.ScalarType type) => torch.ElementSizeOf(type);

    public static long TotalSize(this IEnumerable<long> shape) => shape.Aggregate(1L, (product, extent) => product * extent);

    internal static bool IsIntegral(this torch.ScalarType type) => torch.is_integral(type);

    internal static bool IsFloatingPoint(this torch.ScalarType type) => torch.is_floating_point(type);

    internal static bool IsComplex(this torch.ScalarType type) => torch.is_complex(type);

    // TorchSharp's own format: type, number of dimensions and shape as LEB128 numbers, then the elements' bytes.

    public static void Save(this torch.Tensor tensor, BinaryWriter writer)
    {
        using var local = tensor.cpu();
        using var dense = local.contiguous();
        writer.Encode((int)dense.dtype);
        writer.Encode(dense.Dimensions);
        foreach (var extent in dense.shape)
            writer.Encode(extent);
        writer.Flush();
        dense.WriteBytesToStream(writer.BaseStream);
    }

    public static void Save(this torch.Tensor tensor, Stream stream)
    {
        using var writer = new BinaryWriter(stream);
        tensor.Save(writer);
    }

    public static void Save(this torch.Tensor tensor, string location)
    {
        using var file = File.Create(location);
        tensor.Save(file);
    }

    /// <summary>Overwrites a tensor with a saved one of the same type and shape.</summary>
    public static void Load(this torch.Tensor tensor, BinaryReader reader, bool skip = false)
    {
        using var none = torch.no_grad();
        var (type, shape) = ReadHeader(reader);
        if (type != tensor.dtype)
            throw new ArgumentException($"The saved tensor has the type {type}, the tensor to load into {tensor.dtype}.");
        if (!skip && !shape.SequenceEqual(tensor.shape))
            throw new ArgumentException(
                $"The saved tensor has the shape [{string.Join(", ", shape)}], not [{string.Join(", ", tensor.shape)}].");
        using var loaded = torch.empty(shape, type);
        loaded.ReadBytesFromStream(reader.BaseStream);
        if (!skip)
            tensor.copy_(loaded);
    }

    public static torch.Tensor Load(BinaryReader reader, bool skip = false)
    {
        var (type, shape) = ReadHeader(reader);
        var loaded = torch.empty(shape, type);
        loaded.ReadBytesFromStream(reader.BaseStream);
        return loaded;
    }

    private static (torch.ScalarType Type, long[] Shape) ReadHeader(BinaryReader reader)
    {
        var type = (torch.ScalarType)reader.Decode();
        var shape = new long[reader.Decode()];
        for (var dim = 0; dim < shape.Length; dim++)
            shape[dim] = reader.Decode();
        return (type, shape);
    }
}
