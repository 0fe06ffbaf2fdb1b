// Lint: the shipped models are free of it, and each rule speaks only where it holds.
using Detection.Spec.Compilation;
using Detection.Spec.Lint;
using Detection.Spec.Resolution;

namespace Detection.Spec.Tests;

public class LintTests
{
    private const string Heads = "  heads: { scores: { op: conv, out: \"A*3\", kernel: 1 }, boxes: { op: conv, out: \"4*A\", kernel: 1 } }\n";

    public static TheoryData<string> Models => [.. Repository.Models.Select(m => m.Path)];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_shipped_model_is_free_of_lint(string path)
    {
        var spec = ParsedSpec.Parse(Repository.Models.Single(m => m.Path == path));

        Assert.Equal("", Specs.Lines(SpecLint.Run(SpecCompiler.Compile(spec, Repository.Library), Repository.Library)));
    }

    [Theory]
    [InlineData("a: relu\nb: relu6\nc: relu\n", "c", "DG0908")]
    [InlineData("a: leakyRelu\nb: relu\n", "b", "")]
    [InlineData("a: relu\nb: { op: conv, out: 3, kernel: 1 }\n", "a", "DG0903")]
    [InlineData("a: relu\nb: { op: conv, from: input, out: 3, kernel: 1 }\nc: { op: relu6, from: b }\n", "a", "DG0903 DG0903")]
    [InlineData("a: { op: relu, when: in > 5 }\nb: leakyRelu\n", "b", "")]
    public void Nodes(string nodes, string last, string ids) => Assert.Equal(ids, Ids(Specs.Backbone(nodes, last)));

    [Theory]
    [InlineData("  unit: { parameters: { out: , k: 1 }, nodes: { c: { op: conv, out: out, kernel: k } } }\n", "a: { op: unit, out: 4 }\n", "")]
    [InlineData("  unit: { parameters: { out: , k: 1 }, nodes: { c: { op: conv, out: out, kernel: 1 } } }\n", "a: { op: unit, out: 4 }\n", "DG0905")]
    [InlineData("  unit: { nodes: { c: inner } }\n  inner: { nodes: { c: relu } }\n", "a: unit\n", "")]
    [InlineData("  unit: { nodes: { c: inner } }\n  inner: { nodes: { c: relu } }\n", "a: relu\n", "DG0906 DG0906")]
    [InlineData("  unit: { nodes: { c: relu, side: sigmoid, d: { op: leakyRelu, from: c } } }\n", "a: unit\n", "DG0903")]
    [InlineData("  unit: { parameters: { on: 1 }, nodes: { c: leakyRelu, side: { op: sigmoid }, d: { op: multiply, from: [c, side], when: on }, e: { op: leakyRelu, from: c, when: on == 0 } } }\n", "a: unit\nb: { op: unit, on: 0 }\n", "DG0504")]
    public void Blocks(string blocks, string nodes, string ids)
    {
        var text = Specs.Backbone(nodes, nodes.Contains("b:") ? "b" : "a", rest: "blocks:\n" + blocks);

        Assert.Equal(ids, ids.StartsWith("DG05") ? string.Join(" ", Specs.Compile(text).Diagnostics.Select(d => d.Id)) : Ids(text));
    }

    [Theory]
    [InlineData("{ sizes: [3] }", "")]
    [InlineData("{ sizes: [4] }", "DG0901")]
    [InlineData("{ boxes: [[1, 2], [2, 1], [1, 2]] }", "DG0907")]
    public void Default_boxes(string anchors, string ids) => Assert.Equal(ids, Ids(
        "spec: 1\nmodel: m\nkind: oneStage\nclasses: 2\ninput: { size: 64 }\nnodes: { a: { op: conv, out: 3, kernel: 3 } }\ndetection:\n" + Heads + $"  levels: {{ l: {{ from: a, anchors: {anchors} }} }}\n"));

    [Theory]
    [InlineData("parameters: { w: 2 }\n", "DG0904")]
    [InlineData("parameters: { w: 2.0 }\n", "DG0904")]
    [InlineData("parameters: { w: 3 }\n", "")]
    [InlineData("nodes: { a: { kernel: 1, out: 4 } }\n", "DG0904")]
    [InlineData("input: { size: [64, 64] }\nnodes: { $remove: b }\n", "DG0904")]
    public void Overrides(string lines, string ids) => Assert.Equal(ids, Ids(
        "spec: 1\nmodel: child\nextends: m\n" + lines, Specs.Backbone("a: { op: conv, out: w, kernel: 1 }\nb: relu\n", "a", "{ size: [64, 64] }", "parameters: { w: 2 }\n")));

    [Fact]
    public void A_spec_with_errors_has_no_lint() => Assert.Equal("", Ids(Specs.Backbone("a: rleu\nb: relu\nc: relu\n", "a")));

    private static string Ids(string text, params string[] others)
    {
        var library = SpecLibrary.Parse(others.Append(text).Select((t, i) => new SpecDocument($"{i}.yaml", t)));
        var name = ParsedSpec.Parse(new SpecDocument("x.yaml", text)).ModelName;

        return string.Join(" ", SpecLint.Run(SpecCompiler.Compile(library.Find(name)!, library), library).Select(d => d.Id));
    }
}
