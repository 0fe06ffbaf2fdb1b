// What one waits for: a first build, an edit of a spec, of a comment, of C#.
using BenchmarkDotNet.Attributes;

namespace Detection.Benchmarks.Generator;

/// <summary>Runs of the generator over projects of 1 to 1,000 specs.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class GeneratorBenchmarks
{
    private SpecProject project = null!;
    private SpecProject bare = null!;

    /// <summary>Number of specs.</summary>
    [Params(1, 10, 100, 1000)]
    public int Specs { get; set; }

    [GlobalSetup]
    public void Warm()
    {
        project = new SpecProject(Specs);
        project.Cold();
        project.EditLeaf();
        project.EditCSharp();
        bare = project.HandedOver();
        bare.Cold();
    }

    [Benchmark(Description = "cold generation")]
    public void Cold() => project.Cold();

    [Benchmark(Description = "a leaf edited")]
    public void EditLeaf() => project.EditLeaf();

    [Benchmark(Description = "a comment edited")]
    public void EditComment() => project.EditComment();

    [Benchmark(Description = "C# edited")]
    public void EditCSharp() => project.EditCSharp();

    [Benchmark(Description = "C# edited, as many files handed over")]
    public void EditCSharpOfHandedOver() => bare.EditCSharp();
}
