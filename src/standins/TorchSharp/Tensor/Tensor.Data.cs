// torch.Tensor: its elements as .NET values.
using System.Globalization;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Access to the elements; those of another device are copied to the CPU first.</summary>
        /// <exception cref="ArgumentException">The element type of the tensor is not T.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(device_type == DeviceType.CPU ? this : cpu());
        }

        /// <summary>The one element of a tensor that has just one.</summary>
        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new ArgumentException("Number of elements in the tensor must be 1");
            ValidateType(typeof(T));
            if (device_type == DeviceType.CPU)
                return TensorAccessor<T>.ReadItemAt(this, 0);
            using var local = cpu();
            return TensorAccessor<T>.ReadItemAt(local, 0);
        }

        /// <summary>The one element as a number of whatever type it has.</summary>
        public Scalar ToScalar() => Aten.CallScalar("aten::_local_scalar_dense", this);

        /// <summary>The memory of a contiguous tensor on the CPU, as bytes. Valid only as long as the tensor lives.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                var (data, size) = Memory();
                return new Span<byte>((void*)data, checked((int)size));
            }
            set
            {
                var (data, size) = Memory();
                if (size != value.Length)
                    throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(new Span<byte>((void*)data, value.Length));
                GC.KeepAlive(this);
            }
        }

        /// <summary>Writes the elements' bytes; for tensors of any size.</summary>
        public unsafe void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            var (data, size) = Memory();
            for (long done = 0; done < size;)
            {
                var part = (int)Math.Min(size - done, Math.Max(bufferSize, 1 << 16));
                stream.Write(new ReadOnlySpan<byte>((byte*)data + done, part));
                done += part;
            }
            GC.KeepAlive(this);
        }

        /// <summary>Overwrites the elements with bytes of a stream.</summary>
        public unsafe void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            var (data, size) = Memory();
            for (long done = 0; done < size;)
            {
                var part = (int)Math.Min(size - done, Math.Max(bufferSize, 1 << 16));
                stream.ReadExactly(new Span<byte>((byte*)data + done, part));
                done += part;
            }
            GC.KeepAlive(this);
        }

        public double ReadCpuDouble(long i) => TensorAccessor<double>.ReadItemAt(this, i);
        public float ReadCpuSingle(long i) => TensorAccessor<float>.ReadItemAt(this, i);
        public int ReadCpuInt32(long i) => TensorAccessor<int>.ReadItemAt(this, i);
        public long ReadCpuInt64(long i) => TensorAccessor<long>.ReadItemAt(this, i);
        public byte ReadCpuByte(long i) => TensorAccessor<byte>.ReadItemAt(this, i);
        public sbyte ReadCpuSByte(long i) => TensorAccessor<sbyte>.ReadItemAt(this, i);
        public short ReadCpuInt16(long i) => TensorAccessor<short>.ReadItemAt(this, i);
        public bool ReadCpuBool(long i) => TensorAccessor<bool>.ReadItemAt(this, i);
        public T ReadCpuValue<T>(long i) where T : unmanaged => TensorAccessor<T>.ReadItemAt(this, i);

        public static explicit operator float(Tensor value) => value.ToSingle();
        public static explicit operator double(Tensor value) => value.ToDouble();
        public static explicit operator sbyte(Tensor value) => value.ToSByte();
        public static explicit operator byte(Tensor value) => value.ToByte();
        public static explicit operator short(Tensor value) => value.ToInt16();
        public static explicit operator int(Tensor value) => value.ToInt32();
        public static explicit operator long(Tensor value) => value.ToInt64();
        public static explicit operator bool(Tensor value) => value.ToBoolean();

        public static implicit operator Tensor(byte value) => tensor(value);
        public static implicit operator Tensor(sbyte value) => tensor(value);
        public static implicit operator Tensor(short value) => tensor(value);
        public static implicit operator Tensor(int value) => tensor(value);
        public static implicit operator Tensor(long value) => tensor(value);
        public static implicit operator Tensor(float value) => tensor(value);
        public static implicit operator Tensor(double value) => tensor(value);
        public static implicit operator Tensor(bool value) => tensor(value);
        /// <summary>Exists so that a number prefers an overload that takes a Scalar; it is never called.</summary>
        public static implicit operator Tensor(Scalar scalar) => throw new InvalidOperationException("Should not be called.");

        public static implicit operator Tensor(byte[] value) => tensor(value);
        public static implicit operator Tensor(sbyte[] value) => tensor(value);
        public static implicit operator Tensor(short[] value) => tensor(value);
        public static implicit operator Tensor(int[] value) => tensor(value);
        public static implicit operator Tensor(long[] value) => tensor(value);
        public static implicit operator Tensor(float[] value) => tensor(value);
        public static implicit operator Tensor(double[] value) => tensor(value);
        public static implicit operator Tensor(bool[] value) => tensor(value);

        /// <summary>Shape, type and device in one line; see str() for the elements.</summary>
        public override string ToString() => IsInvalid ? base.ToString()! : TensorText.Metadata(this);

        public string ToString(
            TensorStringStyle style, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null,
            string? newLine = null) =>
            TensorText.Format(this, style, fltFormat, width, cultureInfo, newLine);

        public string ToString(
            bool disamb, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null) =>
            disamb ? TensorText.Format(this, TensorStringStyle.Default, fltFormat, width, cultureInfo, newLine) : ToString();

        internal void ValidateType(Type dotnetType)
        {
            var type = dtype;
            if (torch.is_quantized(type) || ToScalarType(dotnetType) == type)
                return;
            throw new ArgumentException($"{dotnetType.Name} is not compatible with {type}");
        }

        private (nint Data, long Size) Memory()
        {
            var meta = Meta();
            if (!meta.IsContiguous)
                throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            if (meta.DeviceType != (int)DeviceType.CPU)
                throw new InvalidOperationException(
                    "Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            return (meta.Data, meta.Elements * meta.ElementSize);
        }
    }
}
