// The detection section: default boxes against SSD's formulas computed by hand, heads, levels and what can be wrong with them.
using Detection.Spec.Compilation;

namespace Detection.Spec.Tests;

public class DetectionTests
{
    private static string Text(string levels, string anchors = "{}", string heads = "", string rest = "", string classes = "3") =>
        "spec: 1\nmodel: m\nkind: oneStage\ninput: { size: [200, 300] }\n"
        + $"classes: {classes}\nnodes:\n  c1: {{ op: conv, out: 8, kernel: 3, stride: 8, padding: 1 }}\n  c2: {{ op: conv, out: 8, kernel: 3, stride: 2, padding: 1 }}\n  c3: {{ op: conv, out: 8, kernel: 3, stride: 2, padding: 1 }}\n  v: globalAvgPool\n"
        + $"detection:\n  levels: {levels}\n  anchors: {anchors}\n  heads:\n"
        + (heads.Length > 0 ? heads : "    scores: { op: conv, out: \"A*(classes+1)\", kernel: 1 }\n    boxes: { op: conv, out: \"A*4\", kernel: 1 }\n") + rest;

    private static string[] Boxes(CompiledModel model, int level) =>
        [.. model.Detection!.Levels[level].Anchors.Select(a => FormattableString.Invariant($"{a.Width:0.###}x{a.Height:0.###}"))];

    [Fact]
    public void Sizes_are_squares_and_boxes_are_width_and_height_in_their_order() => Assert.Equal(
        ["10x10", "16x16", "20x40"], Boxes(Specs.Model(Text("{ a: { from: c1, anchors: { sizes: [10, 16], boxes: [[20, 40]] } } }")), 0));

    [Fact]
    public void A_scale_is_a_share_of_the_shorter_side_and_ratios_keep_its_area() =>
        // 0.2 * 200 = 40; ratio 2: 40*1.41421 x 40/1.41421; between 0.2 and 0.45: sqrt(40*90) = 60.
        Assert.Equal(["40x40", "60x60", "56.569x28.284", "28.284x56.569"], Boxes(Specs.Model(Text("{ a: { from: c1, anchors: { scale: 0.2, nextScale: 0.45, ratios: [1, 2, 0.5] } } }")), 0));

    [Fact]
    public void Scales_between_the_smallest_and_largest_are_even_and_end_at_the_whole_image()
    {
        // SSD, eq. 4: 0.2, 0.55, 0.9 of 200; squares between them: sqrt(40*110), sqrt(110*180), sqrt(180*200).
        var model = Specs.Model(Text("{ a: { from: c1 }, b: { from: c2 }, c: { from: c3 } }", "{ minScale: 0.2, maxScale: 0.9, ratios: [1, 4] }"));

        Assert.Equal(["40x40", "66.332x66.332", "80x20"], Boxes(model, 0));
        Assert.Equal(["110x110", "140.712x140.712", "220x55"], Boxes(model, 1));
        Assert.Equal(["180x180", "189.737x189.737", "360x90"], Boxes(model, 2));
        Assert.Equal((3 * 25 * 38) + (3 * 13 * 19) + (3 * 7 * 10), model.Detection!.AnchorCount(model.Graph, 200, 300));
    }

    [Fact]
    public void One_level_takes_the_smallest_scale() =>
        Assert.Equal(["40x40", "89.443x89.443"], Boxes(Specs.Model(Text("{ a: { from: c1 } }", "{ minScale: 0.2, maxScale: 0.9 }")), 0));

    [Fact]
    public void A_level_may_override_step_boxes_and_heads_and_keys_are_filled_in_for_each()
    {
        var model = Specs.Model(Text(
            "{ a: { from: c1 }, b: { from: c2, anchors: { sizes: [9], step: 20 }, heads: { scores: { kernel: 3, padding: 1 }, boxes: { $replace: { op: conv, out: 4, kernel: 1, key: special } } } } }",
            "{ sizes: [5, 6], step: 8, clip: true, offset: 0.25 }",
            "    scores: { op: conv, out: \"A*(classes+1)\", kernel: 1, key: \"cls.{index}\" }\n    boxes: { op: conv, out: \"A*4\", kernel: 1, key: \"loc.{level}\" }\n"));

        Assert.Equal([8.0, 20.0], model.Detection!.Levels.Select(l => l.Step!.Value));
        Assert.Equal(["5x5", "6x6"], Boxes(model, 0));
        Assert.Equal(["9x9"], Boxes(model, 1));
        Assert.Equal((true, 0.25, 4L), (model.Detection.ClipAnchors, model.Detection.CenterOffset, model.Detection.ScoresPerBox));
        Assert.Equal(
            ["scores_a cls.0", "boxes_a loc.a", "scores_b cls.1", "boxes_b special"],
            model.Graph.Nodes.Where(n => n.Name.Contains('_')).Select(n => n.Name + " " + n.Key));
    }

    [Fact]
    public void A_sigmoid_needs_no_background()
    {
        var model = Specs.Model(Text(
            "{ a: { from: c1, anchors: { sizes: [5] } } }", heads: "    scores: { op: conv, out: \"A*classes\", kernel: 1 }\n    boxes: { op: conv, out: \"A*4\", kernel: 1 }\n", rest: "  scores: sigmoid\n"));

        Assert.Equal(3, model.Detection!.ScoresPerBox);
    }

    private const string OneLevel = "{ a: { from: c1, anchors: { sizes: [5, 6] } } }";

    [Theory]
    [InlineData("{}", "{}", "", "", "A one-stage detector needs at least one level: 'levels: { NAME: { from: NODE } }'")]
    [InlineData("{ a: { anchors: { sizes: [5] } } }", "{}", "", "", "The level 'a' needs the key 'from'")]
    [InlineData("{ a: c1 }", "{}", "", "", "'a' must be a map with 'from', but here is 'c1'")]
    [InlineData("{ a-b: { from: c1 } }", "{}", "", "", "'a-b' cannot name a level: it must begin with a letter and consist of letters, digits and '_'")]
    [InlineData("{ a: { from: [c1], anchors: { sizes: [5] } } }", "{}", "", "", "'from' must be the name of a node, but here is a list")]
    [InlineData("{ a: { from: c9, anchors: { sizes: [5] } } }", "{}", "", "", "There is no node 'c9'. Did you mean 'c1'?")]
    [InlineData("{ a: { from: v, anchors: { sizes: [5] } } }", "{}", "", "", "The level 'a' takes a feature map [C, H, W], but 'v' is a vector")]
    [InlineData("{ a: { from: c1, anchors: { sizes: [5] }, head: {} } }", "{}", "", "", "'head' is not a key of a level. Did you mean 'heads'?")]
    [InlineData("{ a: { from: c1, anchors: { sizes: [5] }, heads: { score: {} } } }", "{}", "", "", "'score' is not a key of 'heads'. Did you mean 'scores'?")]
    [InlineData("{ a: { from: c1, anchors: { sizes: [5] }, heads: { scores: relu } } }", "{}", "", "", "'scores' must be a map of what differs at this level, but here is 'relu'")]
    [InlineData("{ a: { from: c1, anchors: { minScale: 0.2 } } }", "{ sizes: [5] }", "", "", "'minScale' is not a key of a level's 'anchors'.")]
    [InlineData("{ a: { from: c1, anchors: { ratios: [1] } } }", "{ sizes: [5] }", "", "", "'ratios' needs a scale: give the level a 'scale', or all levels 'minScale' and 'maxScale'")]
    [InlineData(OneLevel, "{ ratios: [1, 2] }", "", "", "'ratios' needs a scale: give 'minScale' and 'maxScale', or each level a 'scale'")]
    [InlineData(OneLevel, "{ minScale: 0.1 }", "", "", "'minScale' needs 'maxScale' beside it")]
    [InlineData(OneLevel, "{ sizes: 5 }", "", "", "'sizes' must be a list of numbers, but here is '5'")]
    [InlineData(OneLevel, "{ boxes: [5, 6] }", "", "", "'boxes' must be a list of [width, height] pairs, but here is '5'")]
    [InlineData(OneLevel, "sizes", "", "", "'anchors' must be a map, but here is 'sizes'")]
    [InlineData(OneLevel, "{}", "", "  coding: { variances: [0.1] }\n", "'variances' must be two numbers: [centre, size]")]
    [InlineData(OneLevel, "{}", "", "  score: sigmoid\n", "'score' is not a key of 'detection'. Did you mean 'scores'?")]
    [InlineData(OneLevel, "{}", "", "  scores: logistic\n", "'logistic' is no value of 'scores'; it may be softmax, sigmoid, sigmoidBackground.")]
    [InlineData(OneLevel, "{}", "", "  postprocess: { nmsThreshold: 2 }\n", "'nmsThreshold' is 2, but must be between 0 and 1")]
    [InlineData(OneLevel, "{}", "    scores: { op: conv, out: 8, kernel: 1 }\n", "", "'heads' needs the key 'boxes'")]
    [InlineData(OneLevel, "{}", "    scores: { op: conv, out: 8, kernel: 1 }\n    boxes: conv\n", "", "'boxes' must be a map with 'op', but here is 'conv'")]
    [InlineData(OneLevel, "{}", "    scores: { op: conv, out: 8, kernel: 1 }\n    boxes: { op: conv, out: A, kernel: 1 }\n", "", "The head 'boxes' of level 'a' has 2 channels, but needs 8: 4 deltas for each of 2 boxes in a cell")]
    [InlineData(OneLevel, "{}", "    scores: { op: conv, out: 8, kernel: 1 }\n    boxes: { op: conv, out: 8, kernel: 1, stride: 2 }\n", "", "The head 'boxes' must keep the size of the level 'a'; for an input height of 200 pixels it has 13 cells where the level has 25")]
    [InlineData(OneLevel, "{}", "    scores: { op: conv, out: 8, kernel: 1 }\n    boxes: { op: globalAvgPool }\n", "", "The head 'boxes' takes an operator that gives a feature map [C, H, W], but 'a' is a vector")]
    public void A_mistake_in_the_section_is_one_message(string levels, string anchors, string heads, string rest, string message) =>
        Assert.Equal(message, Specs.Problem(Text(levels, anchors, heads, rest)).Message);

    [Fact]
    public void Levels_cannot_share_the_weights_of_a_head_by_its_key() => Assert.Equal(
        ["The tensor key 'x.weight' of the node 'scores_b' belongs to 'scores_a' already; give the node a 'key' of its own"],
        Specs.Compile(Text(
            "{ a: { from: c1, anchors: { sizes: [5] } }, b: { from: c2, anchors: { sizes: [5] } } }",
            heads: "    scores: { op: conv, out: \"A*(classes+1)\", kernel: 1, key: x }\n    boxes: { op: conv, out: \"A*4\", kernel: 1 }\n")).Diagnostics.Select(d => d.Message));

    [Fact]
    public void A_detector_needs_classes_and_a_section()
    {
        var text = Text(OneLevel);

        Assert.Contains("A one-stage detector needs the key 'classes'", Specs.Compile(text.Replace("classes: 3\n", "")).Diagnostics.Select(d => d.Message));
        Assert.Equal("A one-stage detector needs the key 'detection'", Specs.Problem(text[..text.IndexOf("detection:", StringComparison.Ordinal)]).Message);
        Assert.Equal("'detection' must be a map, but here is '5'", Specs.Problem(text[..text.IndexOf("detection:", StringComparison.Ordinal)] + "detection: 5\n").Message);
    }

    [Theory]
    [InlineData("5", "'train' must be a map, but here is '5'")]
    [InlineData("{ optimizer: { rate: 0.1 }, batchs: 5 }", "'batchs' is not a key of 'train'. Did you mean 'batch'?")]
    [InlineData("{ optimizer: { rate: 0.1 }, matching: [1] }", "'matching' must be a map, but here is a list")]
    [InlineData("{ optimizer: { rate: 0.1 }, matching: { positive: 0.3, negative: 0.5 } }", "'negative' is 0.5, but must be at most 'positive', 0.3")]
    [InlineData("{ optimizer: { rate: fast } }", "The expression 'fast' does not know 'fast'; it knows no names here.")]
    public void A_mistake_in_a_training_recipe_is_one_message(string train, string message) =>
        Assert.Equal(message, Specs.Problem(Text(OneLevel, rest: "train: " + train + "\n")).Message);

    [Fact]
    public void A_mistake_in_a_training_recipe_is_told_together_with_those_of_the_network() => Assert.Equal(
        ["DG0101", "DG0101"],
        Specs.Compile(Text(OneLevel, rest: "train: { optimizer: { rate: 0.1 }, batchs: 5 }\n").Replace("stride: 8,", "stride: 8, strid: 3,")).Diagnostics.Select(d => d.Id));

    [Fact]
    public void Only_a_detector_is_trained() => Assert.Equal(
        "'train' is for detectors; backbones and classifiers have no training loop",
        Specs.Problem(Specs.Backbone("a: relu", "a") + "train: { batch: 5 }\n").Message);
}
