// A process that trains is killed at random moments and continued; what comes out is what an undisturbed process makes.
using System.Diagnostics;
using System.Globalization;
using Detection.Runtime.TrainingHost;
using Xunit;

namespace Detection.Runtime.Tests;

public class KilledTrainingTests
{
    private const string Iterations = "400";

    private static Process Start(string folder)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.ChangeExtension(typeof(SmallTraining).Assembly.Location, ".dll"), folder, Iterations, "3"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static string Finish(string folder)
    {
        using var process = Start(folder);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private static string[] Losses(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "log.csv")).Skip(1).Select(line => line.Split(',')).Select(cells => $"{cells[0]} {cells[3]} {cells[4]} {cells[5]} {cells[6]} {cells[7]}")];

    [Fact]
    public void Killed_at_random_moments_and_resumed_a_training_ends_in_the_same_weights()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("DETECTION_KILLS"), CultureInfo.InvariantCulture, out var wanted) ? wanted : 5;
        using var folder = new TemporaryFolder();
        Assert.Contains("ended", Finish(folder["whole"]));
        var random = new Random(Environment.TickCount);
        var killed = folder["killed"];
        for (var (kill, started) = (0, 0); kill < kills; started++)
        {
            // A run that ends before it is killed begins again in another folder, so that kills come at all stages.
            using var process = Start(killed);
            var hasBegun = random.Next(4) == 0 || process.StandardOutput.ReadLine() == "begun";
            var wait = hasBegun ? random.Next(0, 120) : random.Next(0, 900);
            if (process.WaitForExit(wait))
            {
                Assert.Equal(0, process.ExitCode);
                AssertSame(folder["whole"], killed);
                killed = folder[$"killed{started}"];
                continue;
            }
            process.Kill();
            process.WaitForExit();
            kill++;
        }
        Finish(killed);
        AssertSame(folder["whole"], killed);
    }

    private static void AssertSame(string expected, string actual)
    {
        foreach (var file in new[] { "final.safetensors", "best.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(expected, file)), File.ReadAllBytes(Path.Combine(actual, file)));
        }
        Assert.Equal(Losses(expected), Losses(actual));
        Assert.Empty(Directory.GetFiles(Path.Combine(actual, "checkpoints"), "*.tmp"));
    }
}
