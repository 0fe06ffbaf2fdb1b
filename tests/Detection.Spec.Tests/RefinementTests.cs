// Detectors of two steps: what is built, what the fingerprint says, and one message for each mistake.
namespace Detection.Spec.Tests;

public class RefinementTests
{
    private const string Heads = "heads: { objectness: { op: conv, out: \"A*2\", kernel: 1 }, boxes: { op: conv, out: \"A*4\", kernel: 1 } }";

    private static string Text(string refine, string level = "{ from: c1, refineFrom: c2, anchors: { sizes: [8, 16] } }", string rest = "") =>
        "spec: 1\nmodel: m\nkind: oneStage\ninput: { size: [64, 64] }\nclasses: 3\nnodes:\n  c1: { op: conv, out: 8, kernel: 3, stride: 8, padding: 1 }\n"
        + "  c2: { op: conv, from: input, out: 4, kernel: 3, stride: 8, padding: 1 }\n  c3: { op: conv, out: 4, kernel: 3, stride: 2, padding: 1 }\n  v: globalAvgPool\n"
        + $"detection:\n  levels: {{ a: {level} }}\n{(refine.Length > 0 ? "  refine: " + refine + "\n" : "")}"
        + "  heads:\n    scores: { op: conv, out: \"A*(classes+1)\", kernel: 1 }\n    boxes: { op: conv, out: \"A*4\", kernel: 1 }\n" + rest;

    [Fact]
    public void The_first_step_has_heads_over_maps_of_its_own()
    {
        var model = Specs.Model(Text("{ " + Heads + ", filter: 0.95 }"));

        Assert.Equal((0.95, true), (model.Detection!.Refinement!.Filter, model.Detection.Refinement.Cascade));
        Assert.Equal(["scores_a 8", "boxes_a 8", "objectness_a 4", "refineBoxes_a 8"], model.Graph.Results.Select(r => $"{r.Name} {model.Graph.ShapeOf(r.Port).Channels}"));
        Assert.Equal(["c2", "c2"], model.Graph.Nodes.Where(n => n.Name is "objectness_a" or "refineBoxes_a").Select(n => n.Inputs[0].Node!.Name));
    }

    [Fact]
    public void Whether_steps_follow_each_other_is_in_the_fingerprint_and_the_threshold_is_not()
    {
        string Hash(string keys) => Specs.Model(Text("{ " + Heads + keys + " }")).SpecHash;

        Assert.Equal(Hash(""), Hash(", filter: 0.5"));
        Assert.NotEqual(Hash(""), Hash(", cascade: false"));
    }

    [Theory]
    [InlineData("{ filter: 0.5 }", "'refine' needs the key 'heads'")]
    [InlineData("{ heads: { objectness: { op: conv, out: 4, kernel: 1 } } }", "'heads' of 'refine' needs the key 'boxes'")]
    [InlineData("{ HEADS, filtr: 0.5 }", "'filtr' is not a key of 'refine'. Did you mean 'filter'?")]
    [InlineData("{ HEADS, filter: 2 }", "'filter' is 2, but must be between 0 and 1")]
    [InlineData("5", "'refine' must be a map, but here is '5'")]
    [InlineData("{ heads: { objectness: { op: conv, out: 5, kernel: 1 }, boxes: { op: conv, out: \"A*4\", kernel: 1 } } }", "The head 'objectness' of level 'a' has 5 channels, but needs 4: background and object for each of 2 boxes in a cell")]
    public void A_mistake_in_the_section_is_one_message(string refine, string message) =>
        Assert.Equal(message, Specs.Problem(Text(refine.Replace("HEADS", Heads, StringComparison.Ordinal))).Message);

    [Theory]
    [InlineData("c9", "There is no node 'c9'.")]
    [InlineData("[c2]", "'refineFrom' must be the name of a node, but here is a list")]
    [InlineData("v", "The level 'a' takes a feature map [C, H, W], but 'v' is a vector")]
    [InlineData("c3", "The head 'c3' must keep the size of the level 'a'; for an input height of 64 pixels it has 4 cells where the level has 8")]
    public void A_mistake_in_a_levels_own_map_is_one_message(string from, string message) => Assert.StartsWith(
        message, Specs.Problem(Text("{ " + Heads + " }", $"{{ from: c1, refineFrom: {from}, anchors: {{ sizes: [8, 16] }} }}")).Message, StringComparison.Ordinal);

    [Fact]
    public void What_needs_two_steps_or_forbids_them_is_told()
    {
        Assert.Equal("'refineFrom' counts for nothing without 'refine' under 'detection'", Specs.Problem(Text("")).Message, ignoreCase: true);
        Assert.StartsWith("'refine' moves boxes freely", Specs.Problem(Text("{ " + Heads + " }", rest: "  coding: { kind: cell }\n")).Message, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith(
            "'boxCenter' matches cells", Specs.Problem(Text("{ " + Heads + " }", rest: "train: { optimizer: { rate: 1 }, matching: { kind: boxCenter } }\n")).Message, StringComparison.OrdinalIgnoreCase);
    }
}
