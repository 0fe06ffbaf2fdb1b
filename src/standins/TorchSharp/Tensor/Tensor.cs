// torch.Tensor: the handle, its life and what it knows about itself.
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A multi-dimensional array on a device, owned by libtorch and counted by reference there.</summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private static long _peakCount;

        internal nint handle;

        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            var total = Interlocked.Increment(ref _totalCount);
            if (total > Volatile.Read(ref _peakCount))
                Volatile.Write(ref _peakCount, total);
            if (register)
                OwningDisposeScope = DisposeScopeManager.ThreadSingleton.RegisterOnCurrentDisposeScope(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>The number of tensors alive on the managed side.</summary>
        public static long TotalCount => Interlocked.Read(ref _totalCount);

        /// <summary>The largest <see cref="TotalCount"/> so far.</summary>
        public static long PeakCount => Interlocked.Read(ref _peakCount);

        /// <summary>A name for debugging.</summary>
        public string? name { get; set; }

        /// <summary>True once the tensor was disposed.</summary>
        public bool IsInvalid => handle == 0;

        /// <exception cref="InvalidOperationException">The tensor was disposed.</exception>
        public IntPtr Handle => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>A tensor for a native handle that the caller gives away.</summary>
        public static Tensor UnsafeCreateTensor(IntPtr handle) => new(handle);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var native = Interlocked.Exchange(ref handle, 0);
            if (native == 0)
                return;
            Interlocked.Decrement(ref _totalCount);
            if (disposing)
            {
                DisposeScopeManager.ThreadSingleton.DisposingOnCurrentScope(this);
                OwningDisposeScope?.MarkAsDisposed(this);
            }
            // On the finaliser's thread the scope is as dead as the tensor, and not thread-safe: only the native side is let go.
            Native.dg_tensor_release(native);
        }

        /// <summary>Moves the tensor to the scope around its own, or out of all scopes when there is none.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes the tensor out of all scopes.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>Moves the tensor to the scope that owns another tensor.</summary>
        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null)
                other?.Attach(this);
            else
                OwningDisposeScope.MoveToOther(other, this);
            return this;
        }

        /// <summary>Takes the native handle away from this object; the caller owns it from here on.</summary>
        public IntPtr DecoupleFromNativeHandle()
        {
            var native = Handle;
            GC.SuppressFinalize(this);
            Interlocked.Decrement(ref _totalCount);
            handle = 0;
            return native;
        }

        /// <summary>Takes the handle without any bookkeeping: for wrapping it in another managed type (Parameter).</summary>
        internal nint MoveHandle()
        {
            var native = handle;
            handle = 0;
            return native;
        }

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        public override int GetHashCode() => base.GetHashCode();

        public long Dimensions
        {
            get
            {
                var result = Native.dg_tensor_ndim(Handle);
                GC.KeepAlive(this);
                return result;
            }
        }

        public long ndim => Dimensions;

        public long dim() => Dimensions;

        public long NumberOfElements
        {
            get
            {
                var result = Native.dg_tensor_numel(Handle);
                GC.KeepAlive(this);
                return result;
            }
        }

        public long numel() => NumberOfElements;

        public ScalarType dtype
        {
            get
            {
                var result = (ScalarType)Native.dg_tensor_dtype(Handle);
                GC.KeepAlive(this);
                return result;
            }
        }

        public long ElementSize => Meta().ElementSize;

        public long element_size() => ElementSize;

        public unsafe long[] shape
        {
            get
            {
                var meta = Meta();
                var sizes = new ReadOnlySpan<long>(meta.Sizes, meta.Dimensions).ToArray();
                GC.KeepAlive(this);
                return sizes;
            }
        }

        public long[] size() => shape;

        /// <summary>The extent of one dimension; a negative one counts from the end.</summary>
        public unsafe long size(int dim)
        {
            var meta = Meta();
            var index = dim < 0 ? dim + meta.Dimensions : dim;
            if ((uint)index >= (uint)meta.Dimensions)
                throw new ExternalException($"Dimension out of range: {dim} in a tensor of {meta.Dimensions} dimensions.");
            var extent = meta.Sizes[index];
            GC.KeepAlive(this);
            return extent;
        }

        public unsafe long[] stride()
        {
            var meta = Meta();
            var strides = new ReadOnlySpan<long>(meta.Strides, meta.Strides is null ? 0 : meta.Dimensions).ToArray();
            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim)
        {
            var strides = stride();
            return strides[dim < 0 ? dim + strides.Length : dim];
        }

        public long storage_offset() => Meta().StorageOffset;

        public DeviceType device_type => (DeviceType)Meta().DeviceType;

        public int device_index => Meta().DeviceIndex;

        public Device device
        {
            get
            {
                var meta = Meta();
                var type = (DeviceType)meta.DeviceType;
                return type == DeviceType.CPU ? CPU : new Device(type, meta.DeviceIndex);
            }
        }

        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_meta => device_type == DeviceType.META;
        public bool is_cpu() => device_type == DeviceType.CPU;
        public bool is_sparse => Meta().IsSparse;
        public bool is_leaf => Meta().IsLeaf;
        public bool is_integral() => torch.is_integral(dtype);
        public bool is_floating_point() => torch.is_floating_point(dtype);
        public bool is_complex() => torch.is_complex(dtype);
        public bool is_quantized() => torch.is_quantized(dtype);

        /// <summary>True when the elements lie densely in that order.</summary>
        public bool is_contiguous() => Meta().IsContiguous;

        internal unsafe NativeMeta Meta()
        {
            NativeMeta meta;
            Native.Check(Native.dg_tensor_meta(Handle, &meta));
            GC.KeepAlive(this);
            return meta;
        }
    }
}
