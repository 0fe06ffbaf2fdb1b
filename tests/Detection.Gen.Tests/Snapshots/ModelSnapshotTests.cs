// The generated code of the repository's models, as reviewers see it change.
using Detection.Gen.Tests.Support;

namespace Detection.Gen.Tests.Snapshots;

public class ModelSnapshotTests
{
    private const string BackbonesNamespace = "Detection.Models.Backbones";
    private const string SsdNamespace = "Detection.Models.Ssd";

    private static readonly GeneratorRun Backbones = GeneratorRun.Start(Repository.Family("backbones", BackbonesNamespace), "", BackbonesNamespace);

    private static readonly GeneratorRun Ssd = GeneratorRun.Start(
        [.. Repository.Family("ssd", SsdNamespace), .. Repository.Family("backbones", BackbonesNamespace).Select(s => s with { Emit = "none" })],
        BackboneClasses(), SsdNamespace);

    private static readonly GeneratorRun Tested = GeneratorRun.Start(
        [
            .. Repository.Family("ssd", SsdNamespace).Select(s => s with { Emit = "tests" }),
            .. Repository.Family("backbones", BackbonesNamespace).Select(s => s with { Emit = "tests" }),
        ],
        BackboneClasses() + string.Concat(Ssd.Sources.Where(s => !s.Key.StartsWith("catalogue", StringComparison.Ordinal)).Select(s => Scoped(s.Value))),
        "Detection.Models.Tests", "all");

    [Theory]
    [InlineData("mobilenet-v1.g.cs")]
    [InlineData("squeezenet-1.0.g.cs")]
    [InlineData("squeezenet-1.0-classifier.g.cs")]
    public Task A_backbone_or_classifier(string file) => Snapshot(Backbones, "Backbones", file);

    [Theory]
    [InlineData("mobilenet-v1-ssd.g.cs")]
    [InlineData("variants/MobileNetV1_Width0_5.g.cs")]
    [InlineData("ultraface-slim-320.g.cs")]
    public Task A_one_stage_detector(string file) => Snapshot(Ssd, "Ssd", file);

    [Theory]
    [InlineData("tests/mobilenet-v1-ssd.g.cs")]
    [InlineData("tests/squeezenet-1.0.g.cs")]
    [InlineData("tests/squeezenet-1.0-classifier.g.cs")]
    public Task Tests_of_a_model(string file) => Snapshot(Tested, "Tests", file);

    [Fact]
    public void All_of_it_compiles_without_a_warning()
    {
        Assert.Empty(Backbones.Problems());
        Assert.Empty(Ssd.Problems());
        Assert.Empty(Tested.Problems());
    }

    private static Task Snapshot(GeneratorRun run, string family, string file) =>
        Verify(run.Sources[file]).UseDirectory("Models").UseFileName(family + "." + file.Replace('/', '.'));

    // The classes that another project would hold, as code of this one.
    private static string BackboneClasses() => "#nullable enable\n" + string.Concat(
        Backbones.Sources.Where(s => !s.Key.StartsWith("catalogue", StringComparison.Ordinal)).Select(s => Scoped(s.Value)));

    // A file with usings and a file-scoped namespace as a namespace block, so that several fit into one text.
    private static string Scoped(string source)
    {
        var lines = source.Split('\n');
        var usings = lines.Where(l => l.StartsWith("using ", StringComparison.Ordinal));
        var scope = lines.Single(l => l.StartsWith("namespace ", StringComparison.Ordinal)).TrimEnd(';');
        var body = lines.SkipWhile(l => !l.StartsWith("namespace ", StringComparison.Ordinal)).Skip(1);
        return $"{scope}\n{{\n{string.Join('\n', usings)}\n{string.Join('\n', body)}\n}}\n";
    }
}
