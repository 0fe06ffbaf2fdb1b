// A training in a process of its own that gets real signals: what it says, what it answers, and that going on loses nothing.
using System.Diagnostics;
using System.Globalization;
using Detection.Runtime;
using Xunit;

namespace Detection.Cli.Tests;

/// <summary>A small data set and a training on it that nothing disturbed.</summary>
public sealed class UndisturbedTraining : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public UndisturbedTraining()
    {
        RenderedDataset.Write(Data, images: 12, seed: 5);
        using var process = TrainingProcess.Start(Data, Output);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    public string Data => folder["data"];

    public string Output => folder["whole"];

    public void Dispose() => folder.Dispose();
}

internal static class TrainingProcess
{
    public const int Iterations = 16;

    // A shell's background jobs ignore SIGINT, and so do their children unless told otherwise.
    public static bool CanSignal => OperatingSystem.IsLinux() && File.Exists("/usr/bin/env") && Exit("/usr/bin/env", "--default-signal=INT", "true") == 0;

    public static Process Start(string data, string output, params string[] more)
    {
        string[] command =
        [
            "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "Detection.Cli.dll"), "train", "rendered-shapes-ssd", "--data", data, "--out", output,
            "--iterations", $"{Iterations}", "--threads", "1", .. more,
        ];
        string[] signals = OperatingSystem.IsLinux() ? ["/usr/bin/env", "--default-signal=INT,TERM"] : ["/usr/bin/env"];
        return Process.Start(new ProcessStartInfo(signals[0], [.. signals[1..], .. command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    public static void Send(this Process process, string signal) => Assert.Equal(0, Exit("kill", $"-{signal}", $"{process.Id}"));

    private static int Exit(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}

public sealed class TrainSignalsTests(UndisturbedTraining undisturbed) : IClassFixture<UndisturbedTraining>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static void WaitForStep(Process process)
    {
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith("iteration ", StringComparison.Ordinal))
            {
                return;
            }
        }
        Assert.Fail("the training ended before its first report: " + process.StandardError.ReadToEnd());
    }

    private static (string Output, string Error) Rest(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, error.Result);
    }

    private void AssertGoesOnToTheSameWeights(string output)
    {
        using var resumed = TrainingProcess.Start(undisturbed.Data, output, "--resume");
        var (_, error) = Rest(resumed);
        Assert.True(resumed.ExitCode == 0, error);
        foreach (var file in new[] { "final.safetensors", "best.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(undisturbed.Output, file)), File.ReadAllBytes(Path.Combine(output, file)));
        }
        Assert.StartsWith($"{TrainingProcess.Iterations},", File.ReadLines(Path.Combine(output, "log.csv")).Last());
    }

    [SkippableTheory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_ends_the_step_saves_it_and_loses_nothing(string signal, int exitCode)
    {
        Skip.IfNot(TrainingProcess.CanSignal, "Signals are sent with kill, to processes that env starts with default signals.");
        var output = folder["run"];
        using (var process = TrainingProcess.Start(undisturbed.Data, output))
        {
            WaitForStep(process);
            process.Send(signal);
            var (_, error) = Rest(process);
            Assert.Equal(exitCode, process.ExitCode);
            Assert.Contains("nothing is lost", error);
            Assert.Contains($"detgen train rendered-shapes-ssd --data {undisturbed.Data} --out {output}", error);
            Assert.Contains("--resume", error);
            // The step that was under way is done and saved: as many as the message says.
            var checkpoint = Safetensors.Read(Path.Combine(output, "checkpoints", "last.safetensors"));
            var saved = long.Parse(checkpoint.Metadata["iteration"], CultureInfo.InvariantCulture);
            Assert.InRange(saved, 1, TrainingProcess.Iterations - 1);
            Assert.Contains($"interrupted after {saved} iteration", error);
            Assert.False(File.Exists(Path.Combine(output, "report.html")), "an interrupted training evaluates nothing");
        }
        AssertGoesOnToTheSameWeights(output);
    }

    [SkippableFact]
    public void A_second_signal_ends_at_once_and_the_last_checkpoint_goes_on()
    {
        Skip.IfNot(TrainingProcess.CanSignal, "Signals are sent with kill, to processes that env starts with default signals.");
        var output = folder["run"];
        using (var process = TrainingProcess.Start(undisturbed.Data, output))
        {
            WaitForStep(process);
            process.Send("INT");
            process.Send("INT");
            Rest(process);
            // Between the two the first may have ended it already.
            Assert.Equal(130, process.ExitCode);
        }
        AssertGoesOnToTheSameWeights(output);
    }
}
