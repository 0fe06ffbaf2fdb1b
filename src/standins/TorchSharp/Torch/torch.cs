// torch: versions, devices, default types and dispose scopes.
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    private static ScalarType _defaultType = ScalarType.Float32;
    private static Device? _defaultDevice;

    /// <summary>The version of the libtorch in use.</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(Native.dg_version())!;

    public static ScalarType get_default_dtype() => _defaultType;

    /// <exception cref="ArgumentException">The type is not a floating-point one.</exception>
    public static void set_default_dtype(ScalarType dtype) =>
        _defaultType = is_floating_point(dtype)
            ? dtype
            : throw new ArgumentException("The default type must be floating-point.", nameof(dtype));

    public static void set_default_device(Device device) => _defaultDevice = InitializeDevice(device);

    public static Device get_default_device() => _defaultDevice ?? CPU;

    /// <summary>True when tensors can live on devices of that kind here.</summary>
    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType switch
    {
        DeviceType.CUDA => Native.dg_cuda_is_available() > 0,
        DeviceType.MPS => false,
        _ => Native.dg_num_threads() > 0,
    };

    /// <exception cref="InvalidOperationException">There is no device of that kind.</exception>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
            throw new InvalidOperationException(
                $"Torch device type {deviceType} did not initialise on the current machine with libtorch {__version__}.");
    }

    public static Device InitializeDevice(Device? device)
    {
        device ??= get_default_device();
        InitializeDeviceType(device.type);
        return device;
    }

    /// <summary>Begins a scope that disposes the tensors created in it by this thread.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.NewDisposeScope();

    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.ThreadSingleton.CurrentDisposeScope;

    /// <summary>Evaluates an expression in a scope of its own; only the result survives.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }
}
