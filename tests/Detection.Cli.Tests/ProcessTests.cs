// The built executable as a process of its own: streams, exit codes, signals, a machine without libtorch.
using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Detection.Cli.Tests;

public class ProcessTests
{
    // Bit 1 of SigIgn is SIGINT.
    private static bool IgnoresInterrupts() =>
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
        && (Convert.ToUInt64(line[7..].Trim(), 16) & 2) != 0;

    private static Process Start(string[] args, params (string Name, string Value)[] environment)
    {
        // The executable beside the test's copy of the assembly is built with it.
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Detection.Cli.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    private static Outcome Run(string[] args, params (string Name, string Value)[] environment)
    {
        using var process = Start(args, environment);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.Result);
    }

    [Fact]
    public void Streams_and_exit_codes_are_those_of_the_library_call()
    {
        foreach (var args in new string[][] { ["list"], ["summary", "ultraface-slim-320", "--json"], ["summary", "ultraface"], ["weights", "missing.pth"] })
        {
            Assert.Equal(CommandLine.Run([], args), Run(args));
        }
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("list")]
    [InlineData("summary mobilenet-v1-ssd")]
    public void What_needs_no_torch_works_without_libtorch(string arguments)
    {
        var run = Run(arguments.Split(' '), ("LIBTORCH", "/nonexistent")).Expect(0);
        Assert.Equal("", run.Error);
    }

    [SkippableTheory]
    [InlineData("list")]
    [InlineData("list --json")]
    public void A_full_disk_is_a_failure_and_no_crash(string arguments)
    {
        Skip.IfNot(File.Exists("/dev/full"), "There is no /dev/full.");
        var command = $"exec dotnet exec '{Path.Combine(AppContext.BaseDirectory, "Detection.Cli.dll")}' {arguments} > /dev/full";
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(1, process.ExitCode);
        Assert.Equal("error: No space left on device", error.Trim());
    }

    [SkippableFact]
    public void Ctrl_C_keeps_what_is_done_and_ends()
    {
        Skip.IfNot(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Signals are sent with kill.");
        Skip.If(IgnoresInterrupts(), "This process was started with SIGINT ignored, as shells start background jobs, and its children inherit that.");
        using var folder = new TemporaryFolder();
        var weights = WriteShippedWeights(folder);
        const int Images = 2000;
        for (var i = 0; i < Images; i++)
        {
            folder.Write($"photos/{i}.png", new Runtime.RgbImage(32, 24));
        }
        using var process = Start(["predict", "ultraface-slim-320", "--weights", weights, "--out", folder["out"], folder["photos"]]);
        Assert.Contains("32x24", process.StandardOutput.ReadLine());
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            kill.WaitForExit();
        }
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("interrupted", error.Result);
        using var document = JsonDocument.Parse(File.ReadAllText(folder["out/detections.json"]));
        Assert.InRange(document.RootElement.GetProperty("images").GetArrayLength(), 1, Images - 1);
    }

    private static string WriteShippedWeights(TemporaryFolder folder)
    {
        var entry = Runtime.ModelCatalogs.Find(ShippedModels.Catalogs, "ultraface-slim-320");
        using var module = entry.Create();
        Runtime.WeightLoader.Save(module, entry.Card, folder["random.safetensors"]);
        return folder["random.safetensors"];
    }
}
