// torch.Tensor: copies, devices, element types and the shorthands that the other parts are written with.
namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static Tensor InPlace(string op, params ReadOnlySpan<AtenArg> args)
        {
            Aten.CallVoid(op, args);
            return (Tensor)args[0].Reference!;
        }

        private static (Tensor, Tensor) Pair(string op, params ReadOnlySpan<AtenArg> args)
        {
            var results = Aten.CallMany(op, args);
            return (results[0], results[1]);
        }

        /// <summary>Another managed owner of the same native tensor.</summary>
        public Tensor alias()
        {
            var native = Native.dg_tensor_alias(Handle);
            GC.KeepAlive(this);
            return new Tensor(native);
        }

        public Tensor clone() => Aten.Call("aten::clone", this);

        public Tensor contiguous() => Aten.Call("aten::contiguous", this);

        /// <summary>Overwrites the elements, converting and broadcasting as needed.</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false) => InPlace("aten::copy_", this, source, nonBlocking);

        /// <summary>The same data outside of the autograd graph.</summary>
        public Tensor detach() => Aten.Call("aten::detach", this);

        public Tensor detach_() => InPlace("aten::detach_", this);

        /// <summary>Makes this tensor refer to the storage of another one.</summary>
        public Tensor set_(Tensor source) => InPlace("aten::set_.source_Tensor", this, source);

        public Tensor fill_(Scalar value) => InPlace("aten::fill_.Scalar", this, value);

        public Tensor zero_() => InPlace("aten::zero_", this);

        public bool is_pinned() => Aten.CallBool("aten::is_pinned", this);

        public Tensor pin_memory() => Aten.Call("aten::pin_memory", this);

        public bool is_nonzero()
        {
            if (numel() != 1)
                throw new InvalidOperationException("is_nonzero() called on non-singleton tensor");
            return ToScalar().ToBoolean();
        }

        public Tensor to_dense() => Aten.Call("aten::to_dense", this);

        public Tensor to_sparse() => Aten.Call("aten::to_sparse", this);

        // Devices and types. libtorch answers the tensor itself when nothing changes and no copy is asked for.

        public Tensor cpu() => Move(null, DeviceType.CPU, -1, false, false, false);

        public Tensor cuda(Device? device = null, bool non_blocking = false)
        {
            if (device is not null && device.type != DeviceType.CUDA)
                throw new ArgumentException("Not a CUDA device.", nameof(device));
            InitializeDeviceType(DeviceType.CUDA);
            return Move(null, DeviceType.CUDA, device?.index ?? -1, false, false, non_blocking);
        }

        public Tensor to(
            DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Move(null, deviceType, deviceIndex, copy, disposeAfter, non_blocking);

        public Tensor to(
            ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Move(type, device.type, device.index, copy, disposeAfter, non_blocking);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to_type(type, copy, disposeAfter, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(device.type, device.index, copy, disposeAfter, non_blocking);

        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            After(disposeAfter, Aten.Call("aten::to.dtype", this, type, non_blocking, copy));

        public Tensor type(ScalarType dtype) => to(dtype);

        public Tensor type(Func<Tensor, Tensor> typeFunc) => typeFunc(this);

        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);

        public Tensor @bool() => to_type(ScalarType.Bool);
        public Tensor @byte() => to_type(ScalarType.Byte);
        public Tensor @char() => to_type(ScalarType.Int8);
        public Tensor @short() => to_type(ScalarType.Int16);
        public Tensor @int() => to_type(ScalarType.Int32);
        public Tensor @long() => to_type(ScalarType.Int64);
        public Tensor half() => to_type(ScalarType.Float16);
        public Tensor bfloat16() => to_type(ScalarType.BFloat16);
        public Tensor @float() => to_type(ScalarType.Float32);
        public Tensor @double() => to_type(ScalarType.Float64);
        public Tensor cfloat() => to_type(ScalarType.ComplexFloat32);
        public Tensor cdouble() => to_type(ScalarType.ComplexFloat64);

        private Tensor Move(ScalarType? type, DeviceType kind, int index, bool copy, bool disposeAfter, bool nonBlocking)
        {
            if (kind != DeviceType.CPU)
                InitializeDeviceType(kind);
            var device = new Device(kind, index);
            return After(disposeAfter, Aten.Call("aten::to.dtype_layout", this,
                AtenArg.Named("dtype", type), AtenArg.Named("device", device),
                AtenArg.Named("non_blocking", nonBlocking), AtenArg.Named("copy", copy)));
        }

        private Tensor After(bool dispose, Tensor result)
        {
            if (dispose)
                Dispose();
            return result;
        }
    }
}
