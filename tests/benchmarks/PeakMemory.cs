// The peak of the resident set of a process that does one thing: ours starts this program again, a peer is asked.
using System.Diagnostics;
using System.Globalization;

namespace Detection.Benchmarks;

internal static class PeakMemory
{
    /// <summary>The peak of this process so far, in MB; not a number where the system does not tell.</summary>
    public static double OfThisProcess() => File.Exists("/proc/self/status")
        ? File.ReadLines("/proc/self/status").Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024).FirstOrDefault(double.NaN)
        : double.NaN;

    /// <summary>The peak of a process of this program, in MB.</summary>
    /// <param name="arguments">Make it print its peak as the last line.</param>
    public static double OfProcess(params string[] arguments)
    {
        var own = Environment.ProcessPath!;
        // Started by the dotnet command, the program is its first argument.
        var isHost = Path.GetFileNameWithoutExtension(own) == "dotnet";
        var start = new ProcessStartInfo(own, isHost ? [typeof(PeakMemory).Assembly.Location, .. arguments] : arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(lines[^1], CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
