// Further regression heads, box codings and the rules of default boxes beyond SSD's: what they compile to, and one message for each mistake.
using Detection.Spec.Compilation;

namespace Detection.Spec.Tests;

public class RegressionHeadTests
{
    private const string Scores = "    scores: { op: conv, out: \"A*(classes+1)\", kernel: 1 }\n    boxes: { op: conv, out: \"A*4\", kernel: 1 }\n";

    private static string Text(string head, string rest = "", string levels = "{ a: { from: c1 }, b: { from: c2 } }", string anchors = "{ sizes: [8, 9, 10] }") =>
        "spec: 1\nmodel: m\nkind: oneStage\ninput: { size: [200, 300] }\nclasses: 3\nnodes:\n  c1: { op: conv, out: 8, kernel: 3, stride: 8, padding: 1 }\n"
        + "  c2: { op: conv, out: 8, kernel: 3, stride: 2, padding: 1 }\n"
        + $"detection:\n  levels: {levels}\n  anchors: {anchors}\n  heads:\n{Scores}{head}{rest}";

    private static string[] Boxes(CompiledModel model, int level) =>
        [.. model.Detection!.Levels[level].Anchors.Select(a => FormattableString.Invariant($"{a.Width:0.##}x{a.Height:0.##}"))];

    [Fact]
    public void A_head_with_values_is_built_for_every_level_and_keeps_what_it_is_trained_with()
    {
        var model = Specs.Model(Text(
            "    marks: { op: conv, out: \"A*10\", kernel: 1, key: \"mark.{index}\", values: 10, coder: points, variances: [0.2], loss: l1, weight: 3, mirror: [1, 0, 2, 4, 3] }\n    depth: { op: conv, out: A, kernel: 1, values: 1, label: distance }\n"));

        Assert.Equal(["marks 10 points [0.2] marks", "depth 1 none [] distance"], model.Detection!.Extras.Select(e => $"{e.Name} {e.Values} {e.Coder} [{string.Join(", ", e.Variances)}] {e.Label}"));
        Assert.Equal(["scores_a", "boxes_a", "marks_a", "depth_a", "scores_b", "boxes_b", "marks_b", "depth_b"], model.Graph.Results.Select(r => r.Name));
        Assert.Equal(["mark.0", "mark.1"], model.Graph.Nodes.Where(n => n.Name.StartsWith("marks", StringComparison.Ordinal)).Select(n => n.Key));
        Assert.Equal(("l1", 3.0), (model.Detection.Extras[0].Loss["loss"].Word, model.Detection.Extras[0].Loss["weight"].Number));
    }

    [Fact]
    public void What_a_head_means_is_in_the_fingerprint_and_how_it_is_trained_is_not()
    {
        string Hash(string keys) => Specs.Model(Text($"    marks: {{ op: conv, out: \"A*4\", kernel: 1, values: 4{keys} }}\n")).SpecHash;

        Assert.Equal(Hash(""), Hash(", loss: l2, weight: 2"));
        Assert.Equal(5, new[] { Hash(""), Hash(", coder: points"), Hash(", coder: points, variances: [0.2]"), Hash(", coder: centerSize"), Specs.Model(Text("")).SpecHash }.Distinct().Count());
    }

    [Theory]
    [InlineData("marks: { op: conv, out: 5, kernel: 1 }", "'marks' is not a key of 'heads'. A further regression head says how many numbers it gives: 'values'.")]
    [InlineData("boxs: { op: conv, out: 5, kernel: 1 }", "'boxs' is not a key of 'heads'. Did you mean 'boxes'?")]
    [InlineData("marks: { op: conv, out: 5, kernel: 1, values: 2 }", "The head 'marks' of level 'a' has 5 channels, but needs 6: 2 values for each of 3 boxes in a cell")]
    [InlineData("a-b: { op: conv, out: 6, kernel: 1, values: 2 }", "'a-b' cannot name a head: it must begin with a letter and consist of letters, digits and '_'")]
    [InlineData("marks: { op: conv, out: 9, kernel: 1, values: 3, coder: points }", "'values' is 3, but must be an even number: points have two coordinates")]
    [InlineData("marks: { op: conv, out: 9, kernel: 1, values: 3, coder: centerSize }", "'values' is 3, but must be 4: a box has four corners' coordinates")]
    [InlineData("marks: { op: conv, out: 6, kernel: 1, values: 2, coder: point }", "'point' is no value of 'coder'; it may be none, points, centerSize. Did you mean 'points'?")]
    [InlineData("marks: { op: conv, out: 6, kernel: 1, values: 2, variances: [1] }", "'variances' must be left out where 'coder' is none")]
    [InlineData("marks: { op: conv, out: 12, kernel: 1, values: 4, coder: points, mirror: [0, 0] }", "'mirror' must name each of the points 0 to 1 once")]
    [InlineData("marks: { op: conv, out: 12, kernel: 1, values: 4, mirror: [1, 0] }", "'mirror' is for points: 'coder: points'")]
    [InlineData("a: { op: conv, out: 6, kernel: 1, values: 2 }\n    b: { op: conv, out: 6, kernel: 1, values: 2, label: a }", "The head 'a' trains on the label 'a' already")]
    [InlineData("marks: { op: conv, out: 6, kernel: 1, values: 2, wieght: 2 }", "'wieght' is not a key of the operator 'conv'")]
    public void A_mistake_in_a_head_is_one_message(string head, string message) => Assert.StartsWith(message, Specs.Problem(Text("    " + head + "\n", levels: "{ a: { from: c1 } }")).Message, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void What_makes_a_head_holds_for_all_levels() => Assert.Equal(
        "'weight' is not a key of the head 'marks' at one level: it holds for all levels.",
        Specs.Problem(Text("    marks: { op: conv, out: \"A*2\", kernel: 1, values: 2 }\n", levels: "{ a: { from: c1, heads: { marks: { weight: 2 } } } }")).Message);

    [Theory]
    [InlineData("{}", "centerSize 0.1 0.2")]
    [InlineData("{ variances: [0.05, 0.5] }", "centerSize 0.05 0.5")]
    [InlineData("{ scales: [10, 10, 5, 5] }", "centerSize 0.1 0.2")]
    [InlineData("{ kind: cell }", "cell")]
    [InlineData("{ kind: corners }", "corners 0.1")]
    [InlineData("{ kind: distances, variances: [1] }", "distances 1")]
    [InlineData("{ kind: corners, scales: [4, 4, 4, 4] }", "corners 0.25")]
    public void A_box_coding_has_factors_in_two_spellings(string coding, string expected)
    {
        var read = Specs.Model(Text("", $"  coding: {coding}\n")).Detection!.Coding;

        Assert.Equal(expected, string.Join(" ", [read.Kind, .. read.Variances.Select(v => FormattableString.Invariant($"{v}"))]));
    }

    [Fact]
    public void Both_spellings_of_a_coding_have_one_fingerprint() => Assert.Equal(
        Specs.Model(Text("", "  coding: { variances: [0.1, 0.2] }\n")).SpecHash, Specs.Model(Text("", "  coding: { scales: [10, 10, 5, 5] }\n")).SpecHash);

    [Theory]
    [InlineData("{ scales: [10, 10, 5, 5], variances: [0.1, 0.2] }", "'scales' are the inverse of 'variances': give one of them")]
    [InlineData("{ scales: [10, 5] }", "'scales' must be four numbers [x, y, width, height], those of both axes equal")]
    [InlineData("{ scales: [10, 9, 5, 5] }", "'scales' must be four numbers [x, y, width, height], those of both axes equal")]
    [InlineData("{ kind: corners, scales: [10, 10, 5, 5] }", "'scales' must be four equal numbers, one for each edge")]
    [InlineData("{ kind: corners, variances: [0.1, 0.2] }", "'variances' must be one number for all four edges")]
    [InlineData("{ kind: cell, variances: [0.1, 0.2] }", "a 'cell' coding has no factors: the centre is a share of the cell, the size a factor of the default box's")]
    [InlineData("{ kind: corner }", "'corner' is no value of 'kind'; it may be centerSize, cell, corners, distances. Did you mean 'corners'?")]
    public void A_mistake_in_a_coding_is_one_message(string coding, string message) =>
        Assert.StartsWith(message, Specs.Problem(Text("", $"  coding: {coding}\n")).Message, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Octaves_grow_the_side_by_a_root_of_two_and_keep_the_ratios() =>
        // RetinaNet, section 4: 32 * {1, 2^(1/3), 2^(2/3)} at ratios 1:2, 1:1, 2:1.
        Assert.Equal(
            ["22.63x45.25", "32x32", "45.25x22.63", "28.51x57.02", "40.32x40.32", "57.02x28.51", "35.92x71.84", "50.8x50.8", "71.84x35.92"],
            Boxes(Specs.Model(Text("", levels: "{ a: { from: c1, anchors: { size: 32 } } }", anchors: "{ octaves: 3, ratios: [0.5, 1, 2] }")), 0));

    [Fact]
    public void Boxes_with_scales_of_their_own_take_the_place_of_the_even_scale_and_the_mean_may_stand_last()
    {
        // Huang et al.: the lowest level has (0.1; 1), (0.2; 2), (0.2; 1/2), the next (0.95; 1, 2, 1/2) and the square with the next scale behind them.
        var model = Specs.Model(Text(
            "", levels: "{ a: { from: c1, anchors: { scaled: [[0.1, 1], [0.2, 2], [0.2, 0.5]] } }, b: { from: c2 } }",
            anchors: "{ minScale: 0.2, maxScale: 0.95, ratios: [1, 2, 0.5], meanSquare: last }"));

        Assert.Equal(["20x20", "56.57x28.28", "28.28x56.57"], Boxes(model, 0));
        Assert.Equal(["190x190", "268.7x134.35", "134.35x268.7", "194.94x194.94"], Boxes(model, 1));
    }

    [Theory]
    [InlineData("{ sizes: [5], octaves: 2 }", "'octaves' needs a scale: give 'minScale' and 'maxScale', or each level a 'scale'")]
    [InlineData("{ size: 5, scale: 0.5 }", "'size' and 'scale' say the same: give one of them")]
    [InlineData("{ size: 5, meanSquare: first }", "'first' is no value of 'meanSquare'; it may be second, last, none.")]
    public void A_mistake_in_default_boxes_is_one_message(string anchors, string message) =>
        Assert.StartsWith(message, Specs.Problem(Text("", anchors: anchors)).Message, StringComparison.Ordinal);
}
