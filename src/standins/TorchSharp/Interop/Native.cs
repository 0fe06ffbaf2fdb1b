// The exports of native/aten_bridge.cpp. The library is built and loaded at the first call (see NativeLibraryBuilder).
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>Mirror of `struct Arg`.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeArg
{
    internal AtenArg.Kind Tag;
    internal int Count;
    internal long Payload;
}

/// <summary>Mirror of `struct Result`.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeResult
{
    internal AtenArg.Kind Tag;
    internal int Reserved;
    internal long Payload;
    internal long Second;
}

/// <summary>Mirror of `struct Meta`: all that a tensor knows about itself, in one call.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMeta
{
    internal long* Sizes;
    internal long* Strides;
    internal long Elements;
    internal nint Data;
    internal long StorageOffset;
    internal int Dimensions;
    internal int ElementSize;
    internal int ScalarType;
    internal int DeviceType;
    internal int DeviceIndex;
    internal int Flags;

    internal readonly bool RequiresGrad => (Flags & 1) != 0;
    internal readonly bool IsLeaf => (Flags & 2) != 0;
    internal readonly bool IsContiguous => (Flags & 4) != 0;
    internal readonly bool IsSparse => (Flags & 8) != 0;
}

internal static unsafe partial class Native
{
    private const string Library = "aten_bridge";

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) =>
        name == Library ? LibTorch.Bridge : 0;

    // Operators
    [DllImport(Library, CharSet = CharSet.Ansi)] internal static extern nint dg_find(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string overload);
    [DllImport(Library)] internal static extern int dg_arity(nint op);
    [DllImport(Library)] internal static extern nint dg_parameter(nint op, int index);
    [DllImport(Library)] internal static extern int dg_call(nint op, NativeArg* args, int count, NativeResult** results);

    // Errors
    [DllImport(Library)] private static extern nint dg_error();
    [DllImport(Library)] private static extern long dg_error_managed();

    // Tensors
    [DllImport(Library), SuppressGCTransition] internal static extern nint dg_tensor_alias(nint tensor);
    [DllImport(Library)] internal static extern void dg_tensor_release(nint tensor);
    [DllImport(Library)] internal static extern int dg_tensor_meta(nint tensor, NativeMeta* meta);
    [DllImport(Library), SuppressGCTransition] internal static extern long dg_tensor_numel(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int dg_tensor_ndim(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int dg_tensor_dtype(nint tensor);
    [DllImport(Library)] internal static extern int dg_tensor_set_requires_grad(nint tensor, int value);
    [DllImport(Library)] internal static extern int dg_tensor_grad(nint tensor, nint* grad);
    [DllImport(Library)] internal static extern int dg_tensor_set_grad(nint tensor, nint grad);
    [DllImport(Library)] internal static extern nint dg_tensor_from_data(
        void* data, long* sizes, int dimensions, int dtype, delegate* unmanaged<nint, void> deleter, nint state);

    // Autograd
    [DllImport(Library)] internal static extern int dg_backward(
        nint* tensors, int count, nint* gradients, int gradientCount, int retain, int create, nint* inputs, int inputCount);
    [DllImport(Library)] internal static extern int dg_grad(
        nint* outputs, int count, nint* inputs, int inputCount, nint* gradients, int gradientCount,
        int retain, int create, int allowUnused, NativeResult** results);
    [DllImport(Library), SuppressGCTransition] internal static extern int dg_grad_mode();
    [DllImport(Library), SuppressGCTransition] internal static extern void dg_set_grad_mode(int enabled);
    [DllImport(Library), SuppressGCTransition] internal static extern int dg_is_inference();
    [DllImport(Library)] internal static extern nint dg_inference_enter(int enabled);
    [DllImport(Library)] internal static extern void dg_inference_leave(nint guard);
    [DllImport(Library)] internal static extern int dg_set_anomaly(int enabled, int checkNan);
    [DllImport(Library)] internal static extern int dg_anomaly();
    [DllImport(Library)] internal static extern int dg_anomaly_check_nan();

    // Custom autograd functions
    [DllImport(Library)] internal static extern nint dg_node_new(
        delegate* unmanaged<nint, nint*, int, nint*, int, long> backward, delegate* unmanaged<nint, int, void> release, nint state);
    [DllImport(Library)] internal static extern nint dg_node_raw(nint node);
    [DllImport(Library)] internal static extern void dg_node_release(nint node);
    [DllImport(Library)] internal static extern int dg_node_connect(nint node, nint* inputs, int count);
    [DllImport(Library)] internal static extern int dg_node_wrap(
        nint node, nint* inputs, int inputCount, nint* nonDifferentiable, int nonDifferentiableCount,
        nint* dirty, int dirtyCount, nint* outputs, int outputCount, int isExecutable, NativeResult** results);
    [DllImport(Library)] internal static extern nint dg_saved_new(nint tensor, nint node);
    [DllImport(Library)] internal static extern int dg_saved_unpack(nint saved, nint node, nint* tensor);
    [DllImport(Library)] internal static extern void dg_saved_release(nint saved);

    // Random numbers
    [DllImport(Library)] internal static extern nint dg_generator_new(ulong seed, int deviceType, int deviceIndex);
    [DllImport(Library)] internal static extern nint dg_generator_default(int deviceType, int deviceIndex);
    [DllImport(Library)] internal static extern void dg_generator_release(nint generator);
    [DllImport(Library)] internal static extern int dg_generator_set_seed(nint generator, ulong seed);
    [DllImport(Library)] internal static extern int dg_generator_current_seed(nint generator, ulong* seed);
    [DllImport(Library)] internal static extern nint dg_generator_state(nint generator);
    [DllImport(Library)] internal static extern int dg_generator_set_state(nint generator, nint state);
    [DllImport(Library)] internal static extern int dg_manual_seed(ulong seed);

    // The machine
    [DllImport(Library)] internal static extern int dg_num_threads();
    [DllImport(Library)] internal static extern int dg_set_num_threads(int count);
    [DllImport(Library)] internal static extern int dg_num_interop_threads();
    [DllImport(Library)] internal static extern int dg_set_num_interop_threads(int count);
    [DllImport(Library)] internal static extern int dg_cuda_is_available();
    [DllImport(Library)] internal static extern int dg_cudnn_is_available();
    [DllImport(Library)] internal static extern int dg_cuda_device_count();
    [DllImport(Library)] internal static extern int dg_cuda_synchronize(long device);
    [DllImport(Library)] internal static extern int dg_cuda_manual_seed(ulong seed, int all);
    [DllImport(Library)] internal static extern nint dg_version();
    [DllImport(Library)] internal static extern int dg_flag(int which);
    [DllImport(Library)] internal static extern int dg_set_flag(int which, int value);
    [DllImport(Library)] internal static extern void dg_close();

    /// <summary>Raises the error that the last native call of this thread left behind.</summary>
    internal static void Throw()
    {
        // A managed exception that crossed native code (a custom backward) comes out as itself.
        if (CustomNode.TakeFailure(dg_error_managed()) is { } managed)
            ExceptionDispatchInfo.Capture(managed).Throw();
        throw new ExternalException(Marshal.PtrToStringUTF8(dg_error()));
    }

    internal static void Check(int code)
    {
        if (code < 0)
            Throw();
    }

    internal static nint Check(nint pointer)
    {
        if (pointer == 0)
            Throw();
        return pointer;
    }
}

internal static class NativeDevice
{
    internal static long Pack(torch.Device device) => (uint)device.type | ((long)device.index << 32);
}
