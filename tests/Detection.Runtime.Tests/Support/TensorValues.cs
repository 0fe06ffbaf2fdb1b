// A tensor's values as an array; also of an empty tensor, which TorchSharp's accessors do not all take.
using System.Runtime.InteropServices;
using TorchSharp;

namespace Detection.Runtime.Tests;

internal static class TensorValues
{
    public static float[] Floats(this torch.Tensor tensor) => Read<float>(tensor, torch.ScalarType.Float32);

    public static long[] Longs(this torch.Tensor tensor) => Read<long>(tensor, torch.ScalarType.Int64);

    private static T[] Read<T>(torch.Tensor tensor, torch.ScalarType type)
        where T : unmanaged
    {
        Xunit.Assert.Equal(type, tensor.dtype);
        using var whole = tensor.detach().contiguous();
        return MemoryMarshal.Cast<byte, T>(whole.bytes).ToArray();
    }
}
