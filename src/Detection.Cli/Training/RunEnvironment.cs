// Machine and software of a training, for its report.
using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Detection.Cli;

internal static class RunEnvironment
{
    public static IReadOnlyList<(string Name, string Value)> Describe(string device, DateTimeOffset began) =>
    [
        ("device", device),
        ("threads", torch.get_num_threads().ToString(CultureInfo.InvariantCulture)),
        ("processors", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
        ("libtorch", torch.__version__),
        (".NET", Environment.Version.ToString()),
        ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}"),
        ("detgen", PrintVersion.Text),
        ("began", began.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)),
        ("ended", DateTimeOffset.Now.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)),
    ];
}
