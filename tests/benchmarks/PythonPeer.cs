// A PyTorch program that waits for a line, does one unit of work and prints the seconds it took, so that both sides alternate in one run.
using System.Diagnostics;
using System.Globalization;

namespace Detection.Benchmarks;

internal sealed class PythonPeer : IDisposable
{
    private readonly Process process;

    private PythonPeer(Process process, string version)
    {
        this.process = process;
        Version = version;
    }

    public string Version { get; }

    /// <summary>Starts a peer with the interpreter that PYTHON names or the system's; null, with the reason printed, when there is none with torch.</summary>
    public static PythonPeer? Start(string script, int threads, params string[] arguments)
    {
        var python = Environment.GetEnvironmentVariable("PYTHON") ?? "/usr/bin/python3";
        try
        {
            var process = Process.Start(new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "peers", script), $"{threads}", .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            if (process.StandardOutput.ReadLine() is { } line && line.StartsWith("ready", StringComparison.Ordinal))
            {
                return new PythonPeer(process, line[5..].Trim());
            }

            Console.WriteLine($"no peer: {python} {script}: {process.StandardError.ReadToEnd().TrimEnd().Split('\n')[^1]}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Console.WriteLine($"no peer: {python}: {e.Message}");
        }

        return null;
    }

    /// <summary>Lets the peer do one unit of work, of this name where it knows several.</summary>
    /// <returns>The seconds that it took.</returns>
    public double Seconds(string name = "") => double.Parse(Ask(name), CultureInfo.InvariantCulture);

    /// <summary>Sends a line and waits for the one that answers it.</summary>
    public string Ask(string line)
    {
        process.StandardInput.WriteLine(line);
        return process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"the peer ended: {process.StandardError.ReadToEnd()}");
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit(5000);
        process.Dispose();
    }
}
