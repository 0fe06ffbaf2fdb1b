// Classes of patched blocks and models: what differs in numbers shares one, what differs in structure has its own, equal patches one for all.
using Detection.Gen.Tests.Support;

namespace Detection.Gen.Tests;

public class PatchTests
{
    private const string Blocks = """
        blocks:
          unit: { parameters: { out: , stride: 1 }, nodes: { conv: { op: conv, out: out, kernel: 3, stride: stride, padding: 1 }, act: relu } }
          stage: { parameters: { out: }, nodes: { first: { op: unit, out: out, stride: 2 }, more: { op: unit, out: out, repeat: 2 } } }

        """;

    private static readonly SpecText Trunk = Small.Backbone("parameters: { width: 8 }\nnodes: { a: { op: conv, out: width, kernel: 3, padding: 1 }, b: relu }\ntaps: { b: b }", "trunk");

    private static SpecText Uses(string name, string patch) =>
        Small.Backbone($"nodes: {{ t: {{ op: trunk, patch: {patch} }}, u: {{ op: relu, from: t.b }} }}\ntaps: {{ u: u }}", name);

    [Fact]
    public void A_patch_of_numbers_is_an_argument_of_the_constructor()
    {
        var run = GeneratorRun.Of(Small.Backbone(
            Blocks + "nodes: { cls: { op: stage, out: 8 }, loc: { op: stage, from: input, out: 8, patch: { nodes: { first: { stride: 1 } } } } }\ntaps: { cls: cls, loc: loc }"));

        Assert.Empty(run.Problems());
        Assert.Contains("this.loc = new Stage(firstStride: 1)", Compact(run), StringComparison.Ordinal);
        Assert.Equal(2, run.Sources["small.g.cs"].Split("private sealed class ").Length - 1);
    }

    [Fact]
    public void A_patch_of_structure_is_a_class_of_its_own()
    {
        var run = GeneratorRun.Of(Small.Backbone(
            Blocks + "nodes: { cls: { op: unit, out: 8 }, loc: { op: unit, from: input, out: 8, patch: &p { nodes: { act: leakyRelu } } }, again: { op: unit, from: input, out: 4, patch: *p } }\n"
            + "taps: { cls: cls, loc: loc, again: again }"));

        Assert.Empty(run.Problems());
        Assert.Equal(["Unit", "UnitBlock"], run.Sources["small.g.cs"].Split("private sealed class ").Skip(1).Select(c => c.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Equal_patches_of_a_model_are_one_class_in_all_models_that_use_it()
    {
        var run = GeneratorRun.Of(
            Trunk, Uses("x", "{ nodes: { b: sigmoid } }"), Uses("y", "{ nodes: { b:   sigmoid } }"), Uses("z", "{ nodes: { b: relu6 } }"),
            new SpecText("/specs/child.yaml", "spec: 1\nmodel: child\nextends: z\ntaps: { u: u }\n"));

        Assert.Empty(run.Problems());
        var classes = run.Sources.Keys.Where(k => k.StartsWith("variants/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, classes.Length);
        Assert.All(classes, name => Assert.Matches("^variants/Trunk_Patch[0-9a-f]{8}\\.g\\.cs$", name));
    }

    [Fact]
    public void A_patch_and_arguments_go_together()
    {
        var run = GeneratorRun.Of(Trunk, Small.Backbone(
            "nodes: { t: { op: trunk, width: 4, patch: { nodes: { $insert: { $after: a, norm: batchNorm } } } }, u: { op: relu, from: t.b } }\ntaps: { u: u }", "user"));

        Assert.Empty(run.Problems());
        Assert.Single(run.Sources.Keys, k => k.StartsWith("variants/Trunk_Width4_Patch", StringComparison.Ordinal));
    }

    [Fact]
    public void Weight_maps_stand_in_the_card()
    {
        var run = GeneratorRun.Of(Small.Backbone(
            "nodes: { a: { op: conv, out: 4, kernel: 3 }, b: { op: conv, out: 4, kernel: 3 } }\ntaps: { b: b }\nweights: { lib: { source: 'a \"release\"', keys: { net.0: a }, drop: fc, new: [b] } }"));

        Assert.Empty(run.Problems());
        Assert.Contains("new KeyPrefix(\"net.0\", \"a\"),", run.Sources["small.g.cs"], StringComparison.Ordinal);
    }

    // Without line breaks and doubled spaces.
    private static string Compact(GeneratorRun run) => string.Join(' ', run.Sources["small.g.cs"].Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
