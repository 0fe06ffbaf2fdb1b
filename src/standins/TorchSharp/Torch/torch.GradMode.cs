// torch: switching the recording of gradients off and on, for the current thread.
namespace TorchSharp;

internal sealed class AutoGradMode : IDisposable
{
    private readonly int _previous = Native.dg_grad_mode();

    internal AutoGradMode(bool enabled) => Native.dg_set_grad_mode(enabled ? 1 : 0);

    internal static bool IsEnabled => Native.dg_grad_mode() != 0;

    public void Dispose() => Native.dg_set_grad_mode(_previous);
}

internal sealed class InferenceMode : IDisposable
{
    private nint _guard;

    internal InferenceMode(bool mode) => _guard = Native.dg_inference_enter(mode ? 1 : 0);

    internal static bool IsEnabled => Native.dg_is_inference() != 0;

    public void Dispose()
    {
        var guard = Interlocked.Exchange(ref _guard, 0);
        if (guard != 0)
            Native.dg_inference_leave(guard);
    }
}

/// <summary>While it lives, a backward that fails or makes a NaN says which forward operation it belongs to.</summary>
public class AnomalyMode : IDisposable
{
    private readonly bool _enabled = IsEnabled;
    private readonly bool _checkNaN = ShouldCheckNaN;

    public AnomalyMode(bool enabled, bool check_nan = true) => Set(enabled, check_nan);

    public static bool IsEnabled => Native.dg_anomaly() != 0;

    public static bool ShouldCheckNaN => Native.dg_anomaly_check_nan() != 0;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            Set(_enabled, _checkNaN);
    }

    private static void Set(bool enabled, bool checkNaN) => Native.Check(Native.dg_set_anomaly(enabled ? 1 : 0, checkNaN ? 1 : 0));
}

public static partial class torch
{
    /// <summary>No gradients are recorded on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new AutoGradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);

    public static bool is_grad_enabled() => AutoGradMode.IsEnabled;

    /// <summary>Like no_grad, and without version counters: such tensors can never take part in recording.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => InferenceMode.IsEnabled;
}
