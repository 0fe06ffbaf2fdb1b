// A process that trains is killed at random moments and continued; what comes out is what an undisturbed process makes.
using System.Diagnostics;
using System.Globalization;
using Detection.Runtime.TrainingHost;
using Xunit;

namespace Detection.Runtime.Tests;

public class KilledTrainingTests
{
    private static Process Start(string folder, string iterations, string? data)
    {
        string[] arguments = ["exec", Path.ChangeExtension(typeof(SmallTraining).Assembly.Location, ".dll"), folder, iterations, "3", .. data is null ? [] : new[] { data }];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static string Finish(string folder, string iterations, string? data)
    {
        using var process = Start(folder, iterations, data);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private static string[] Losses(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "log.csv")).Skip(1).Select(line => line.Split(',')).Select(cells => $"{cells[0]} {cells[3]} {cells[4]} {cells[5]} {cells[6]} {cells[7]}")];

    [Fact]
    public void Killed_at_random_moments_and_resumed_a_training_ends_in_the_same_weights() => KillAndCompare("400", null, kills: 5, window: 120);

    [Fact]
    public void Killed_in_a_step_or_between_two_a_training_in_four_steps_ends_in_the_same_weights()
    {
        using var folder = new TemporaryFolder();
        RenderedDataset.Write(folder.Path, images: 16, seed: 3, width: 64, height: 48);
        KillAndCompare("30", folder.Path, kills: 3, window: 2500);
    }

    // Kills at up to so many milliseconds after the first step, or at any time before it.
    private static void KillAndCompare(string iterations, string? data, int kills, int window)
    {
        kills = int.TryParse(Environment.GetEnvironmentVariable("DETECTION_KILLS"), CultureInfo.InvariantCulture, out var wanted) ? wanted : kills;
        using var folder = new TemporaryFolder();
        Assert.Contains("ended", Finish(folder["whole"], iterations, data));
        var random = new Random(Environment.TickCount);
        var killed = folder["killed"];
        for (var (kill, started) = (0, 0); kill < kills; started++)
        {
            // A run that ends before it is killed begins again in another folder, so that kills come at all stages.
            using var process = Start(killed, iterations, data);
            var hasBegun = random.Next(4) == 0 || process.StandardOutput.ReadLine() == "begun";
            var wait = hasBegun ? random.Next(0, window) : random.Next(0, 900);
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
        Finish(killed, iterations, data);
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
