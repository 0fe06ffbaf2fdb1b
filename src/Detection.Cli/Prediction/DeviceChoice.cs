// --device: which device a name stands for, and whether it is there.
using System.Globalization;
using TorchSharp;

namespace Detection.Cli;

internal static class DeviceChoice
{
    private const string Cuda = "cuda";

    /// <summary>Whether a text has the form of a device: cpu, cuda, cuda:1.</summary>
    public static bool IsName(string name) => name is "cpu" or Cuda || CudaIndex(name) is not null;

    /// <summary>The device of that name. The first call loads libtorch.</summary>
    /// <exception cref="FailureException">There is no such device.</exception>
    public static torch.Device Open(string name)
    {
        if (name == "cpu")
        {
            return torch.CPU;
        }
        var index = CudaIndex(name) ?? 0;
        if (!torch.cuda.is_available())
        {
            throw new FailureException($"--device {name}: this libtorch finds no CUDA device.");
        }
        var count = torch.cuda.device_count();
        return index < count
            ? new torch.Device(DeviceType.CUDA, index)
            : throw new FailureException($"--device {name}: there {(count == 1 ? "is only cuda:0" : $"are cuda:0 to cuda:{count - 1}")}.");
    }

    private static int? CudaIndex(string name) =>
        name.StartsWith(Cuda + ":", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Cuda.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
}
