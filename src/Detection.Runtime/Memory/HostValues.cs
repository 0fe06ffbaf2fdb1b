// The numbers of a tensor, copied to managed memory.
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Detection.Runtime;

internal static class HostValues
{
    /// <summary>All values in row-major order, as single precision; also of a tensor without any.</summary>
    public static float[] Floats(Tensor values) => Copy<float>(values, ScalarType.Float32);

    /// <summary>All values in row-major order, as integers; also of a tensor without any.</summary>
    public static long[] Longs(Tensor values) => Copy<long>(values, ScalarType.Int64);

    private static T[] Copy<T>(Tensor values, ScalarType type)
        where T : unmanaged
    {
        using var scope = NewDisposeScope();
        var host = values.detach().to(type).cpu().contiguous();
        return host.numel() == 0 ? [] : MemoryMarshal.Cast<byte, T>(host.bytes).ToArray();
    }
}
