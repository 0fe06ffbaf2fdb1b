// `./build.sh bench generator`: BenchmarkDotNet over 1, 10, 100 and 1,000 specs.
// `./build.sh bench generator --cpu`: the same in processor time, which a busy machine does not stretch; medians and allocations.
using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Detection.Benchmarks.Generator;

if (args is ["--cpu", .. var counts])
{
    CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
    foreach (var specs in counts.Length == 0 ? [1, 10, 100, 1000] : counts.Select(c => int.Parse(c, CultureInfo.InvariantCulture)))
    {
        var project = new SpecProject(specs);
        Report(specs, "cold", project.Cold, rounds: specs > 100 ? 7 : 25);
        if (!project.Problems.IsEmpty)
        {
            Console.Error.WriteLine(project.Problems[0]);
            return 1;
        }

        Report(specs, "a leaf edited", project.EditLeaf, rounds: 25);
        Report(specs, "a comment edited", project.EditComment, rounds: 25);
        Report(specs, "C# edited", project.EditCSharp, rounds: 25);
        var bare = project.HandedOver();
        bare.Cold();
        if (bare.Generated != project.Generated)
        {
            Console.Error.WriteLine($"{bare.Generated} files are handed over, not {project.Generated}");
            return 1;
        }

        Report(specs, "C#, Roslyn alone", bare.EditCSharp, rounds: 25);
    }

    return 0;
}

// In this process: the generator that was built is the one that is measured.
BenchmarkSwitcher.FromTypes([typeof(GeneratorBenchmarks)]).Run(
    args.Length == 0 ? ["--filter", "*"] : args,
    DefaultConfig.Instance.WithArtifactsPath(Path.Combine("artifacts", "benchmarks")).AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(12)));
return 0;

static void Report(int specs, string what, Action run, int rounds)
{
    for (var i = 0; i < 3; i++)
    {
        run();
    }

    var times = new List<double>();
    long bytes = 0;
    for (var i = 0; i < rounds; i++)
    {
        var (before, allocated) = (Process.GetCurrentProcess().TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true));
        run();
        times.Add((Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds);
        bytes = GC.GetTotalAllocatedBytes(precise: true) - allocated;
    }

    times.Sort();
    Console.WriteLine(string.Format(
        CultureInfo.InvariantCulture, "{0,5} specs  {1,-17} {2,9:0.00} ms processor time, {3,8:0.000} a spec, {4,9:0.0} KB", specs, what, times[times.Count / 2], times[times.Count / 2] / specs, bytes / 1024.0));
}
