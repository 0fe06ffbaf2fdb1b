// Of models that differ in numbers alone one gets generated tests, the cheapest; all of them where the project wants it.
using Detection.Gen.Tests.Support;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;

namespace Detection.Gen.Tests;

public class RepeatedTestsTests
{
    private const string Nodes = "first: { op: conv, out: 16, kernel: 1 }, a: { op: conv, out: 16, kernel: 3, groups: in }, b: { op: conv, out: 4, kernel: 1 }";

    private static readonly SpecText Wide = Tested("wide", Nodes);
    private static readonly SpecText Narrow = Tested("narrow", Nodes.Replace("16", "8", StringComparison.Ordinal));
    private static readonly SpecText Large = Tested("large", Nodes, "{ size: [64, 96] }");
    private static readonly SpecText Other = Tested("other", Nodes.Replace("kernel: 3", "kernel: 5", StringComparison.Ordinal));

    private static SpecText Tested(string name, string nodes, string input = "{ size: [32, 32] }") =>
        Small.Backbone($"nodes: {{ {nodes} }}\ntaps: {{ b: b }}", name, input) with { Emit = "tests" };

    private static string[] Files(GeneratorRun run) => [.. run.Sources.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void Models_of_one_structure_are_tested_once() =>
        Assert.Equal(["tests/narrow.g.cs", "tests/other.g.cs"], Files(GeneratorRun.Of(Wide, Narrow, Large, Other)));

    [Fact]
    public void All_are_tested_where_the_project_wants_it() => Assert.Equal(
        ["tests/large.g.cs", "tests/narrow.g.cs", "tests/other.g.cs", "tests/wide.g.cs"],
        Files(GeneratorRun.Start([Wide, Narrow, Large, Other], "", "Shapes.Models", tests: "all")));

    [Theory]
    [InlineData("groups: in", "groups: 2")]
    [InlineData("kernel: 1 }", "kernel: 1, stride: 2 }")]
    [InlineData("b: { op: conv", "b: { key: c, op: conv")]
    [InlineData("b: { op: conv", "b: { from: first, op: conv")]
    [InlineData("b: {", "r: relu, b: {")]
    public void What_a_network_computes_and_its_keys_are_structure(string there, string instead) =>
        Assert.Equal(["tests/other.g.cs", "tests/wide.g.cs"], Files(GeneratorRun.Of(Wide, Tested("other", Nodes.Replace(there, instead, StringComparison.Ordinal)))));

    [Fact]
    public void A_network_for_images_of_several_sizes_is_not_one_for_a_single_size() =>
        Assert.Equal(["tests/flexible.g.cs", "tests/wide.g.cs"], Files(GeneratorRun.Of(Wide, Tested("flexible", Nodes, "{ size: [32, 32], minimum: 16 }"))));

    [Fact]
    public void Classes_anchors_and_thresholds_of_a_detector_are_not_structure()
    {
        var first = Small.OneStage("nodes: { map: { op: conv, out: 8, kernel: 3, stride: 8, padding: 1 } }\n" + Small.Detection, "first") with { Emit = "tests" };
        var second = first with
        {
            Path = "/specs/second.yaml",
            Text = first.Text.Replace("model: first", "model: second", StringComparison.Ordinal).Replace("classes: 3", "classes: 20", StringComparison.Ordinal)
                .Replace("[8, 16]", "[8, 16, 24]", StringComparison.Ordinal) + "  postprocess: { scoreThreshold: 0.5 }\n",
        };

        Assert.Equal(["tests/first.g.cs"], Files(GeneratorRun.Of(first, second)));
    }

    [Fact]
    public void An_edit_that_keeps_the_structures_writes_no_other_tests()
    {
        var run = GeneratorRun.Tracked(Wide, Other).WithText(Other.Path, Other.Text.Replace("out: 4", "out: 5", StringComparison.Ordinal));

        Assert.Equal(["tests/other.g.cs", "tests/wide.g.cs"], Files(run));
        Assert.Equal(1, run.OutputReasons().Count(reason => reason == Modified));
    }
}
