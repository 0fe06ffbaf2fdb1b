// The libtorch of this process: found, bridged and set up once, at the first native call.
using System.Runtime.InteropServices;

namespace TorchSharp;

internal static class LibTorch
{
    private static readonly Lazy<nint> Loaded = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>The handle of the loaded bridge. A failure is remembered and thrown again at every use.</summary>
    internal static nint Bridge => Loaded.Value;

    private static nint Load()
    {
        var installation = LibTorchInstallation.Find(LibTorchSearch.OfThisMachine());
        var bridge = NativeLibrary.Load(BridgeBuilder.Build(installation));
        Start(bridge);
        return bridge;
    }

    private static unsafe void Start(nint bridge)
    {
        // libtorch may start with a single thread; what the process may use is what .NET reports.
        ((delegate* unmanaged<int, int>)NativeLibrary.GetExport(bridge, "dg_set_num_threads"))(Environment.ProcessorCount);

        // A thread inside libtorch while static destructors run is a segmentation fault, so the exit waits for it.
        var close = (delegate* unmanaged<void>)NativeLibrary.GetExport(bridge, "dg_close");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => close();
    }
}
