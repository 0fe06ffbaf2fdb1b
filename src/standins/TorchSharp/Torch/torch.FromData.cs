// torch: tensors made of arrays, of memory and of ranges.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    /// <summary>A tensor with the elements and the shape of an array of any rank.</summary>
    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false)
    {
        var element = rawArray.GetType().GetElementType()!;
        var shape = new long[rawArray.Rank];
        for (var dim = 0; dim < shape.Length; dim++)
            shape[dim] = rawArray.GetLongLength(dim);
        if (element.IsArray)
            throw new ArgumentException("An array of arrays has no shape; use a multi-dimensional array.", nameof(rawArray));
        var bytes = rawArray.LongLength == 0 ? default : MemoryMarshal.CreateReadOnlySpan(
            ref MemoryMarshal.GetArrayDataReference(rawArray), checked((int)(rawArray.LongLength * SizeOf(element))));
        return FromBytes(bytes, ToScalarType(element), shape, dtype, device, requires_grad);
    }

    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device? device = null) => from_array(data, dtype, device);

    /// <summary>The tensor itself, or its copy of another type or on another device.</summary>
    public static Tensor as_tensor(Tensor data, ScalarType? dtype = null, Device? device = null)
    {
        var sameType = dtype is null || data.dtype == dtype;
        var sameDevice = device is null || (device.type == data.device_type && (device.index < 0 || device.index == data.device_index));
        if (sameType && sameDevice)
            return data.alias();
        return data.to(dtype ?? data.dtype, device ?? data.device).requires_grad_(data.requires_grad);
    }

    /// <summary>
    /// A tensor over the memory of an array (count elements from offset): writing to one changes the other, unless another
    /// element type is asked for. The array stays pinned until the tensor is gone.
    /// </summary>
    public static unsafe Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        var own = ToScalarType(rawArray.GetType().GetElementType()!);
        if (offset < 0 || offset >= rawArray.LongLength)
            throw new ArgumentException($"invalid value for 'offset': {offset}");
        if (count < 0)
            count = rawArray.LongLength - offset;
        if (count > rawArray.LongLength - offset)
            throw new IndexOutOfRangeException($"element count is too large: {count}");
        var pin = GCHandle.Alloc(rawArray, GCHandleType.Pinned);
        var start = (byte*)pin.AddrOfPinnedObject() + (offset * ElementSizeOf(own));
        var handle = Native.dg_tensor_from_data(start, &count, 1, (int)own, &Unpin, GCHandle.ToIntPtr(pin));
        if (handle == 0)
        {
            pin.Free();
            Native.Throw();
        }
        var shared = new Tensor(handle);
        return (own == dtype ? shared : shared.to_type(dtype, disposeAfter: true)).requires_grad_(requires_grad);
    }

    public static Tensor arange(
        Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        dtype ??= start.Type == ScalarType.Int64 && stop.Type == ScalarType.Int64 && step.Type == ScalarType.Int64
            ? ScalarType.Int64
            : get_default_dtype();
        return Aten.Call("aten::arange.start_step", start, stop, step,
            AtenArg.Named("dtype", dtype), AtenArg.Named("device", Place(device))).requires_grad_(requires_grad);
    }

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(
        double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Aten.Call("aten::linspace", start, end, steps,
            AtenArg.Named("dtype", dtype ?? get_default_dtype()), AtenArg.Named("device", Place(device))).requires_grad_(requires_grad);

    public static Tensor logspace(
        double start, double end, long steps, double @base = 10, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Aten.Call("aten::logspace", start, end, steps, @base,
            AtenArg.Named("dtype", dtype ?? get_default_dtype()), AtenArg.Named("device", Place(device))).requires_grad_(requires_grad);

    public static Tensor eye(
        long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Aten.Call("aten::eye.m", rows, columns == -1 ? rows : columns,
            AtenArg.Named("dtype", dtype ?? get_default_dtype()), AtenArg.Named("device", Place(device))).requires_grad_(requires_grad);

    public static Tensor empty_strided(
        long[] size, long[] strides, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Aten.Call("aten::empty_strided", size, strides,
            AtenArg.Named("dtype", dtype ?? get_default_dtype()), AtenArg.Named("device", Place(device))).requires_grad_(requires_grad);

    public static Tensor complex(Tensor real, Tensor imag) => Aten.Call("aten::complex", real, imag);

    public static Tensor polar(Tensor abs, Tensor angle) => Aten.Call("aten::polar", abs, angle);

    internal static Tensor FromSpan<T>(
        ReadOnlySpan<T> elements, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device, bool requiresGrad) where T : unmanaged
    {
        long count = 1;
        foreach (var extent in shape)
            count *= extent;
        if (count > elements.Length)
            throw new ArgumentException($"mismatched total size creating a tensor from an array: {count} vs. {elements.Length}");
        var bytes = MemoryMarshal.AsBytes(elements[..(int)count]);
        return FromBytes(bytes, ToScalarType(typeof(T)), shape.ToArray(), dtype, device, requiresGrad);
    }

    private static unsafe Tensor FromBytes(
        ReadOnlySpan<byte> bytes, ScalarType own, long[] shape, ScalarType? dtype, Device? device, bool requiresGrad)
    {
        var target = Place(device);
        var tensor = Aten.Call("aten::empty.memory_format", shape, AtenArg.Named("dtype", own), AtenArg.Named("device", CPU));
        if (!bytes.IsEmpty)
            bytes.CopyTo(new Span<byte>((void*)tensor.Meta().Data, bytes.Length));
        if ((dtype ?? own) != own || target.type != DeviceType.CPU)
            tensor = tensor.to(dtype ?? own, target, disposeAfter: true);
        return requiresGrad ? tensor.requires_grad_() : tensor;
    }

    private static int SizeOf(Type element) => ElementSizeOf(ToScalarType(element));

    internal static int ElementSizeOf(ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool or ScalarType.QInt8 or ScalarType.QUInt8 => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 or ScalarType.QInt32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There are no elements of this type."),
    };

    [UnmanagedCallersOnly]
    private static void Unpin(nint state) => GCHandle.FromIntPtr(state).Free();
}
