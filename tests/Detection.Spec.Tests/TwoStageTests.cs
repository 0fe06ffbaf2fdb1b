// Two-stage detectors: what is built and counted, anchors of the three codes, and one message for each mistake.
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;

namespace Detection.Spec.Tests;

public class TwoStageTests
{
    private const string Nodes = "c1: { op: conv, out: 8, kernel: 3, stride: 16, padding: 1 }\n  v: globalAvgPool";

    private const string Proposals =
        "{ levels: { a: { from: c1 } }, anchors: { kind: caffe, sizes: [128, 256, 512] }, heads: { objectness: { op: conv, out: \"2*A\", kernel: 1 }, boxes: { op: conv, out: \"4*A\", kernel: 1 } }, select: { keep: 10 } }";

    private const string Stage =
        "{ nodes: { pool: { op: roiAlign, from: c1, size: 7 }, flat: flatten, fc: { op: linear, out: 6 } }, heads: { scores: { op: linear, out: classes+1 }, boxes: { op: linear, out: 4, from: fc } } }";

    private static string Text(string proposals = Proposals, string stages = "{ box: " + Stage + " }", string rest = "", string nodes = Nodes) =>
        $"spec: 1\nmodel: m\nkind: twoStage\ninput: {{ size: [160, 320], minimum: 32 }}\nclasses: 3\nnodes:\n  {nodes}\ndetection:\n  proposals: {proposals}\n  stages: {stages}\n{rest}";

    private static string WithStage(string nodes, string heads = "{ scores: { op: linear, out: classes+1 } }") => Text(stages: $"{{ box: {{ nodes: {nodes}, heads: {heads} }} }}");

    [Fact]
    public void Work_on_regions_is_counted_once_for_each_of_them()
    {
        var model = Specs.Model(Text());

        Assert.Equal(["objectness_a 18", "proposalBoxes_a 36", "scores_box 4", "boxes_box 4"], model.Graph.Results.Select(r => $"{r.Name} {model.Graph.ShapeOf(r.Port).Channels}"));
        var costs = model.CostsAt(160, 320).ToDictionary(c => c.Path);
        Assert.Equal((8 * 49 * 6 * 10, 10), (costs["fc"].MultiplyAdds, costs["fc"].PerImage));
        Assert.Equal((8 * 10 * 20 * 27, 1), (costs["c1"].MultiplyAdds, costs["c1"].PerImage));
        Assert.Equal(9 * 10 * 20, model.AnchorCountAt(160, 320));
        Assert.Equal(16, model.TwoStage!.Proposals!.Levels[0].Stride);
    }

    [Fact]
    public void Weights_are_counted_once_whatever_the_number_of_regions() =>
        Assert.Equal(Specs.Model(Text()).Costs.Sum(c => c.Parameters), Specs.Model(Text(Proposals.Replace("keep: 10", "keep: 1000", StringComparison.Ordinal))).Costs.Sum(c => c.Parameters));

    [Fact]
    public void Memory_grows_with_the_regions() =>
        Assert.True(Specs.Model(Text(Proposals.Replace("keep: 10", "keep: 1000", StringComparison.Ordinal))).MemoryAt(160, 320).PeakBytes > Specs.Model(Text()).MemoryAt(160, 320).PeakBytes);

    // py-faster-rcnn, lib/rpn/generate_anchors.py; TensorFlow's grid_anchor_generator.py; torchvision's AnchorGenerator.
    [Theory]
    [InlineData("caffe", "128, 256, 512", "0.5, 1, 2", "-84,-40,99,55 -176,-88,191,103 -360,-184,375,199 -56,-56,71,71 -120,-120,135,135 -248,-248,263,263 -36,-80,51,95 -80,-168,95,183 -168,-344,183,359")]
    [InlineData("caffe", "32, 64", "0.5, 1, 2", "-15,-4,30,19 -38,-16,53,31 -8,-8,23,23 -24,-24,39,39 -3,-14,18,29 -14,-36,29,51")]
    [InlineData("tensorflow", "128", "0.5, 1, 2", "-45.25,-90.51,45.25,90.51 -64,-64,64,64 -90.51,-45.25,90.51,45.25")]
    [InlineData("torchvision", "128", "0.5, 1, 2", "-91,-45,91,45 -64,-64,64,64 -45,-91,45,91")]
    public void Anchors_are_those_of_the_code_they_are_named_after(string kind, string sizes, string ratios, string expected)
    {
        var model = Specs.Model(Text(Proposals.Replace("kind: caffe, sizes: [128, 256, 512]", $"kind: {kind}, sizes: [{sizes}], ratios: [{ratios}]", StringComparison.Ordinal)));

        Assert.Equal(expected, string.Join(" ", model.TwoStage!.Proposals!.Levels[0].Anchors.Select(a => FormattableString.Invariant($"{a.X1:0.##},{a.Y1:0.##},{a.X2:0.##},{a.Y2:0.##}"))));
    }

    [Fact]
    public void Whole_strides_are_part_of_what_a_model_is()
    {
        var text = Text(Proposals.Replace("kind: caffe", "kind: torchvision", StringComparison.Ordinal)).Replace("minimum: 32", "multipleOf: 32", StringComparison.Ordinal);
        var (plain, whole) = (Specs.Model(text), Specs.Model(text.Replace("kind: torchvision", "kind: torchvision, wholeStride: true", StringComparison.Ordinal)));

        Assert.Equal([false, true], new[] { plain, whole }.Select(m => m.TwoStage!.Proposals!.Levels[0].DividesInput));
        Assert.NotEqual(plain.SpecHash, whole.SpecHash);
    }

    [Fact]
    public void Given_regions_need_nothing_but_their_number()
    {
        var model = Specs.Model(Text("{ given: 2000 }"));

        Assert.Null(model.TwoStage!.Proposals);
        Assert.Equal(8 * 49 * 6 * 2000, model.CostsAt(160, 320).Single(c => c.Path == "fc").MultiplyAdds);
        Assert.Equal(0, model.AnchorCountAt(160, 320));
    }

    [Fact]
    public void Nodes_of_images_among_those_of_a_stage_run_once_for_each_image()
    {
        var model = Specs.Model(WithStage(
            "{ whole: { op: roiMaxPool, from: c1, size: 14, regions: image }, keys: { op: conv, out: 4, kernel: 1 }, pool: { op: roiMaxPool, from: c1, size: 7 }, queries: { op: conv, out: 4, kernel: 1 }, "
            + "context: { op: attend, from: [queries, keys, whole] }, sum: { op: add, from: [pool, context] }, flat: flatten }"));

        var costs = model.CostsAt(160, 320).ToDictionary(c => c.Path);
        Assert.Equal(196 * 8 * 4, costs["keys"].MultiplyAdds);
        Assert.Equal(10 * 49 * 196 * (4 + 8), costs["context"].MultiplyAdds);
        Assert.Equal("8x7x7", costs["sum"].Shape.ToString());
        Assert.Equal(["c1", "keys", "whole"], TwoStageParts.Of(model.Graph, model.TwoStage!).Maps.Select(m => m.Name).Order());
    }

    [Fact]
    public void A_cascade_has_regions_of_its_own_for_each_stage()
    {
        var second = Stage.Replace("pool:", "pool2:", StringComparison.Ordinal).Replace("flat:", "flat2:", StringComparison.Ordinal).Replace("fc:", "fc2:", StringComparison.Ordinal).Replace("from: fc", "from: fc2", StringComparison.Ordinal);
        var model = Specs.Model(Text(stages: $"{{ first: {Stage}, second: {second} }}", rest: "  averageStages: true\n"));

        Assert.Equal(["first", "second"], model.TwoStage!.Stages.Select(s => s.Name));
        Assert.True(model.TwoStage.AveragesStages);
        Assert.Equal([3, 3], TwoStageParts.Of(model.Graph, model.TwoStage).Stages.Select(s => s.Nodes.Length - s.Results.Length));
    }

    [Fact]
    public void Position_sensitive_maps_give_a_bin_of_each_class_and_vote()
    {
        var model = Specs.Model(WithStage("{ pool: { op: psRoiPool, from: c1, size: 2 }, vote: globalAvgPool }", "{ scores: { op: linear, out: classes+1 } }"));

        Assert.Equal("2", model.CostsAt(160, 320).Single(c => c.Path == "vote").Shape.ToString());
    }

    public static TheoryData<string, string> RegionShapes => new()
    {
        { "{ op: roiMaxPool, from: c1, size: [3, 5] }", "8x3x5" },
        { "{ op: roiAlign, from: c1, size: 14, sampling: 0 }", "8x14x14" },
        { "{ op: cropAndResize, from: c1, size: 7, maxPool: 2 }", "8x7x7" },
        { "{ op: psRoiPool, from: c1, size: [2, 4] }", "1x2x4" },
        { "{ op: psRoiAlign, from: c1, size: 2 }", "2x2x2" },
        { "{ op: psCrop, from: c1, size: 2, crop: 12 }", "2x2x2" },
        { "{ op: psCrop, from: c1, size: 2, crop: 12, coordinates: share }", "2x2x2" },
        { "{ op: regionWarp, from: c1, size: [12, 9], context: 3 }", "8x12x9" },
        { "{ op: attend, from: [queries, keys, values] }", "6x3x3" },
    };

    [Theory]
    [MemberData(nameof(RegionShapes))]
    public void An_operator_of_regions_has_its_shape(string node, string shape)
    {
        var model = Specs.Model(WithStage(
            "{ values: { op: conv, from: keys, out: 6, kernel: 1 }, queries: { op: roiAlign, from: c1, size: 3 }, x: " + node + ", flat: flatten }",
            "{ scores: { op: linear, out: classes+1 } }").Replace("v: globalAvgPool", "keys: { op: roiMaxPool, from: c1, size: 4, regions: image }", StringComparison.Ordinal));

        Assert.Equal(shape, model.CostsAt(160, 320).Single(c => c.Path == "x").Shape.ToString());
    }

    [Fact]
    public void Every_operator_of_regions_is_in_the_table() =>
        Assert.All(OperatorCatalog.All.Where(o => o.RegionUse != RegionUse.None), o => Assert.Contains(RegionShapes, row => ((string)row[0]).Contains("op: " + o.Name + ",", StringComparison.Ordinal)));

    [Fact]
    public void Figures_and_shapes_of_regions_can_be_expected()
    {
        Specs.Model(Text(rest: "expect: { source: counted, anchors: 1800, shapes: { pool: [8, 7, 7], fc: [6], scores_box: [4] } }\n"));
        Assert.Equal("Expected fc at an input of 160x320 = 7, but it is 6 (counted)", Specs.Problem(Text(rest: "expect: { source: counted, shapes: { fc: [7] } }\n")).Message);
    }

    [Theory]
    [InlineData("{ pool: { op: roiAlign, from: v, size: 7 } }", "'roiAlign' takes a feature map [C, H, W], but 'v' is a vector")]
    [InlineData("{ pool: { op: psRoiPool, from: c1, size: 3 }, flat: flatten }", "'pool': 3x3 bins must divide the 8 channels of a position-sensitive map")]
    [InlineData("{ pool: { op: roiAlign, from: c1, size: 7 }, sum: { op: add, from: [pool, c1] } }", "'sum' takes 'pool', which is of the regions of 'box', and 'c1', which is of images")]
    [InlineData("{ pool: { op: roiAlign, from: c1, size: 7 }, again: { op: roiAlign, size: 2 } }", "'again' pools maps of images, but 'pool' is of the regions of 'box'")]
    [InlineData("{ pool: { op: roiAlign, from: regions_box, size: 7 } }", "'roiAlign' takes maps and vectors, but 'regions_box' is the regions of a stage")]
    [InlineData("{ pool: { op: psCrop, from: c1, size: 2, crop: 5 }, flat: flatten }", "'crop' is 5, but must be a multiple of 'size', 2, along each axis")]
    [InlineData("{ pool: { op: psCrop, from: [c1, c1], size: 2, crop: 6, coordinates: share }, flat: flatten }", "'coordinates' is share, but must be 'stride', where a region's level has one map of several")]
    [InlineData("{ pool: { op: roiAlign, size: 7 }, flat: flatten }", "The first node of the stage 'box' needs the key 'from'")]
    [InlineData("{ pool: { op: roiAlign, from: c1, size: 7 }, a: { op: attend, from: [c1, c1, c1] } }", "'a' takes queries of the regions of its stage first, but 'c1' is of images")]
    [InlineData("{ pool: { op: roiAlign, from: c1, size: 7 }, a: { op: attend, from: [pool, c1, c1] } }", "'a': attend needs keys and values of a constant number of cells: pool the whole image first ('regions: image')")]
    public void A_mistake_among_the_nodes_of_a_stage_is_one_message(string nodes, string message) => Assert.Equal(message, Specs.Problem(WithStage(nodes)).Message);

    [Theory]
    [InlineData("{ op: linear, out: 3 }", "The head 'scores' of 'box' gives 3 numbers for a region; 3 classes and background need 4")]
    [InlineData("{ op: linear, from: v, out: 4 }", "The head 'scores' of the stage 'box' takes an operator that gives a vector of each of its regions, but 'scores' is a vector of each image")]
    [InlineData("{ op: relu, from: pool }", "The head 'scores' of the stage 'box' takes an operator that gives a vector of each of its regions, but 'scores' is a feature map of each region of 'box'")]
    [InlineData("{ op: linear, out: 4 }, boxes: { op: linear, from: flat, out: 5 }", "The head 'boxes' of 'box' gives 5 numbers for a region; a box has 4, so there are 4 (one box), 8 (a background's box first), 12 (one for each class) or 16 (background's first)")]
    [InlineData("{ op: linear, out: 4 }, boxs: { op: linear, from: flat, out: 4 }", "'boxs' is not a key of 'heads' of a stage. Did you mean 'boxes'?")]
    public void A_mistake_in_the_heads_of_a_stage_is_one_message(string scores, string message) =>
        Assert.Equal(message, Specs.Problem(WithStage("{ pool: { op: roiAlign, from: c1, size: 7 }, flat: flatten }", $"{{ scores: {scores} }}")).Message);

    [Theory]
    [InlineData("{ given: 0 }", "'given' is 0, but must be between 1 and 1000000")]
    [InlineData("{ given: 20, levels: { a: { from: c1 } } }", "'levels' counts for nothing beside 'given': the caller gives the regions")]
    [InlineData("{ heads: { objectness: { op: conv, out: 2, kernel: 1 }, boxes: { op: conv, out: 4, kernel: 1 } } }", "'proposals' need at least one level: 'levels: { NAME: { from: NODE } }', or 'given: NUMBER' where the caller gives the regions")]
    [InlineData("{ levels: { a: { from: c1 } }, HEADS, anchors: { sizes: [8] } }", "The anchors of 'a' are of no 'kind': caffe, tensorflow or torchvision, which place and round them differently")]
    [InlineData("{ levels: { a: { from: c1 } }, HEADS, anchors: { kind: caffe } }", "The level 'a' has no anchors: give 'sizes'")]
    [InlineData("{ levels: { a: { from: c1 } }, HEADS, anchors: { kind: tensorflow, sizes: [8], base: 16 } }", "'base' counts for nothing in anchors of the kind tensorflow")]
    [InlineData("{ levels: { a: { from: c1 } }, HEADS, anchors: { kind: torchvision, sizes: [8], wholeStride: true, stride: 8 } }", "'stride' counts for nothing beside 'wholeStride' in the anchors of 'a'")]
    [InlineData("{ levels: { a: { from: c1 } }, HEADS, anchors: { kind: torchvision, sizes: [8], wholeStride: true } }", "'wholeStride' of 'a' takes the input's side from the first level, 'a': every side must be a multiple of its stride, 16 ('multipleOf' of 'input')")]
    [InlineData("{ levels: { a: { from: c1 } }, HEADS, scores: sigmoid, anchors: { kind: caffe, sizes: [8] } }", "The head 'objectness' of level 'a' has 6 channels, but needs 3: one number for each of 3 boxes in a cell")]
    [InlineData("{ levels: { a: { from: c1 } }, HEADS, anchors: { kind: caffe, sizes: [8] }, coding: { deviations: [1, 2] } }", "'deviations' is a list of 2 numbers, but must be four numbers: [x, y, width, height]")]
    [InlineData("{ levels: { a: { from: v } }, HEADS, anchors: { kind: caffe, sizes: [8] } }", "The level 'a' takes a feature map of images [C, H, W], but 'v' is a vector")]
    [InlineData("{ levels: { a: { from: c1 } }, HEADS, anchors: { kind: caffe, sizes: [8] }, selct: { keep: 5 } }", "'selct' is not a key of 'proposals'. Did you mean 'select'?")]
    public void A_mistake_in_the_proposals_is_one_message(string proposals, string message) => Assert.Equal(
        message, Specs.Problem(Text(proposals.Replace("HEADS", "heads: { objectness: { op: conv, out: \"2*A\", kernel: 1 }, boxes: { op: conv, out: \"4*A\", kernel: 1 } }", StringComparison.Ordinal))).Message);

    [Fact]
    public void Regions_are_pooled_among_the_nodes_of_a_stage_only() =>
        Assert.Equal(
            "'p' pools regions, which only the nodes of a stage have ('detection.stages'), not those of a block; 'regions: image' pools the whole image",
            Specs.Problem(Text(nodes: Nodes + "\n  p: { op: roiAlign, from: c1, size: 7 }")).Message);

    [Fact]
    public void A_recipe_says_how_anchors_and_regions_are_drawn()
    {
        var recipe = Specs.Model(Text(rest: "train: { optimizer: { rate: 0.01 }, proposals: { positive: 0.6, keep: 50 }, regions: { hard: onePass } }\n")).Training!;

        Assert.Equal((0.6, 256L, 50L), (recipe.Regions!.Proposals["positive"].Number, recipe.Regions.Proposals["perImage"].Integer, recipe.Regions.Proposals["keep"].Integer));
        Assert.Equal(("onePass", 0.25), (recipe.Regions.Regions["hard"].Word, recipe.Regions.Regions["foregroundFraction"].Number));
        Assert.False(recipe.General.Has("accumulate"));
    }

    [Fact]
    public void Layers_are_shared_where_proposals_and_regions_both_need_them()
    {
        var model = Specs.Model(Text(
            nodes: "c1: { op: conv, out: 8, kernel: 3, stride: 16, padding: 1 }\n  v: { op: conv, from: input, out: 8, kernel: 1 }\n  own: { op: conv, from: c1, out: 8, kernel: 1 }\n  thin: { op: conv, from: c1, out: 8, kernel: 1 }",
            proposals: Proposals.Replace("from: c1", "from: own", StringComparison.Ordinal), stages: "{ box: " + Stage.Replace("from: c1", "from: thin", StringComparison.Ordinal) + " }"));

        var layers = LayersByUse.Of(model.Graph, model.TwoStage!);

        Assert.Equal("c1 | own objectness_a proposalBoxes_a | thin fc scores_box boxes_box", $"{string.Join(' ', layers.Shared)} | {string.Join(' ', layers.Proposals)} | {string.Join(' ', layers.Regions)}");
    }

    [Theory]
    [InlineData("{ optimizer: { rate: 0.01 }, matching: { positive: 0.5 } }", "'matching' is not a key of 'train' of a two-stage detector.")]
    [InlineData("{ optimizer: { rate: 0.01 }, proposals: { positive: 0.2 } }", "'negative' is 0.3, but must be at most 'positive', 0.2")]
    [InlineData("{ optimizer: { rate: 0.01 }, regions: { foreground: [0.5, 0.6] } }", "'foreground' is a list of 2 numbers, but must be one number, or one for each of 1 stages")]
    [InlineData("{ optimizer: { rate: 0.01 }, regions: { backgroundLow: 0.6, foreground: [0.5] } }", "'foreground' is 0.5, but must be at least 'backgroundLow', 0.6")]
    [InlineData("{ optimizer: { rate: 0.01 }, regions: { hardPerImage: 64 } }", "'hardPerImage' counts for nothing with 'none'; it is for onePass, twoPasses")]
    [InlineData("{ optimizer: { rate: 0.01 }, augment: { shortSides: [100, 200] } }", "'shortSides' vary a shorter side that is kept: give 'preprocess' a 'shortSide'")]
    [InlineData("{ optimizer: { rate: 0.01 }, augment: { longSide: 200 } }", "'longSide' needs 'shortSides' beside it")]
    [InlineData("{ optimizer: { rate: 0.01 }, regionBatch: 4 }", "'regionBatch' counts for nothing in joint training; it is for 'regime: alternating'")]
    [InlineData("{ optimizer: { rate: 0.01 }, regime: alternating, average: 0.9 }", "The detector cannot be trained in alternating steps: an average of weights would span the steps")]
    [InlineData("{ optimizer: { rate: 0.01 }, regime: alternating, stepShares: [0.5, 0.5] }", "'stepShares' is a list of 2 numbers with the sum 1, but must be four numbers with the sum 1")]
    [InlineData("{ regions: { hard: onePass } }", "'train.optimizer' needs the key 'rate'")]
    public void A_mistake_in_the_recipe_is_one_message(string train, string message) =>
        Assert.StartsWith(message, Specs.Problem(Text(rest: $"train: {train}\n")).Message, StringComparison.Ordinal);

    private const string MachineStage =
        "{ nodes: { crop: { op: regionWarp, from: input, size: 16, context: 2 }, flat: flatten, fc: { op: linear, out: 6 }, act: relu }, heads: { scores: { op: linear, out: classes+1 }, boxes: { op: linear, from: flat, out: 4*classes } } }";

    private static string Machines(string stage = MachineStage, string rest = "", string stages = "") =>
        Text("{ given: 40 }", stages.Length > 0 ? stages : "{ box: " + stage + " }", "  scores: svm\n" + rest);

    [Fact]
    public void Machines_stand_on_what_the_scores_are_made_of_and_are_kept_but_not_learned()
    {
        var model = Specs.Model(Machines());

        var machines = model.CostsAt(160, 320).Single(c => c.Path == "svm");
        Assert.Equal(("3", 0L, 6 * 3 + 3 + 1L, 6 * 3 * 40L), (machines.Shape.ToString(), machines.Parameters, machines.Statistics, machines.MultiplyAdds));
        Assert.Equal(["scores_box 4", "boxes_box 12", "svm_box 3"], model.Graph.Results.Select(r => $"{r.Name} {model.Graph.ShapeOf(r.Port).Channels}"));
        Assert.Equal(("act", "flat"), (model.TwoStage!.Stages[0].ScoreFeatures!.Value.Node!.Name, model.TwoStage.Stages[0].BoxFeatures!.Value.Node!.Name));
        Assert.False(model.TwoStage.PostProcessing.Has("scoreThreshold"));
        Assert.NotEqual(model.SpecHash, Specs.Model(Machines().Replace("scores: svm", "scores: softmax", StringComparison.Ordinal)).SpecHash);
    }

    [Fact]
    public void Thresholds_of_machines_may_be_negative_and_others_have_a_default() =>
        Assert.Equal(
            (-1.5, 0.05),
            (Specs.Model(Machines(rest: "  postprocess: { scoreThreshold: -1.5 }\n")).TwoStage!.PostProcessing["scoreThreshold"].Number, Specs.Model(Text()).TwoStage!.PostProcessing["scoreThreshold"].Number));

    [Fact]
    public void Fewer_regions_at_once_take_less_memory()
    {
        var many = Machines().Replace("given: 40", "given: 4000", StringComparison.Ordinal);
        var (all, few) = (Specs.Model(many), Specs.Model(many.Replace("scores: svm", "scores: svm\n  regionsAtOnce: 4", StringComparison.Ordinal)));

        Assert.True(few.MemoryAt(160, 320).PeakBytes < all.MemoryAt(160, 320).PeakBytes);
        Assert.Equal(all.SpecHash, few.SpecHash);
    }

    [Fact]
    public void A_recipe_in_stages_has_the_published_numbers()
    {
        var recipe = Specs.Model(Machines(rest: "train: { regime: stagewise, optimizer: { rate: 0.01 }, svm: { evict: -1.1 } }\n")).Training!.Fitting;

        Assert.Equal((1e-3, 2.0, 10.0, 0.3), (recipe.Machines["cost"].Number, recipe.Machines["positiveWeight"].Number, recipe.Machines["bias"].Number, recipe.Machines["negative"].Number));
        Assert.Equal((-1.0001, -1.1, 2000L, 20.0), (recipe.Machines["hard"].Number, recipe.Machines["evict"].Number, recipe.Machines["retrainAfter"].Integer, recipe.Machines["norm"].Number));
        Assert.Equal((1000.0, 0.6), (recipe.Boxes["penalty"].Number, recipe.Boxes["overlap"].Number));
        Assert.Empty(Specs.Model(Machines(rest: "train: { optimizer: { rate: 0.01 } }\n")).Training!.Fitting.Boxes.Values);
    }

    [Theory]
    [InlineData("{ optimizer: { rate: 0.01 }, regime: alternating }", "The detector cannot be trained in alternating steps: its regions are given")]
    [InlineData("{ optimizer: { rate: 0.01 }, average: 0.9 }", "A detector with 'scores: svm' cannot be trained with 'average': its machines would be trained on other features than those of the average")]
    [InlineData("{ optimizer: { rate: 0.01 }, patience: 3 }", "A detector with 'scores: svm' cannot be trained with 'patience': there is nothing to validate before its machines are trained")]
    [InlineData("{ optimizer: { rate: 0.01 }, precision: bf16 }", "Support vector machines are fitted to features in 32-bit floats: 'precision: bf16' does not go with 'scores: svm'")]
    [InlineData("{ optimizer: { rate: 0.01 }, boxRegression: { penalty: 10 } }", "'boxRegression' counts for nothing: boxes learn with the network; it is for 'regime: stagewise'")]
    [InlineData("{ optimizer: { rate: 0.01 }, regime: stagewise, regions: { boxWeight: 2 } }", "'boxWeight' counts for nothing with 'stagewise'; it is for joint, alternating")]
    [InlineData("{ optimizer: { rate: 0.01 }, svm: { cost: 0 } }", "'cost' is 0, but must be")]
    public void A_mistake_in_stages_of_training_is_reported(string train, string message) =>
        Assert.Contains(Specs.Compile(Machines(rest: $"train: {train}\n")).Diagnostics, d => d.Message.StartsWith(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("svm: { cost: 1 }", "'svm' counts for nothing: the detector has no support vector machines ('scores: svm' under 'detection')")]
    [InlineData("regime: stagewise", "Stagewise training trains support vector machines on what the network has learned: it needs 'scores: svm' under 'detection'")]
    public void Stages_of_training_need_machines(string key, string message) =>
        Assert.Equal(message, Specs.Problem(Text(rest: $"train: {{ optimizer: {{ rate: 0.01 }}, {key} }}\n")).Message);

    [Fact]
    public void Machines_need_one_stage_with_a_vector_before_its_scores_and_their_own_name()
    {
        static string Message(string text) => Specs.Problem(text).Message;

        Assert.StartsWith("'scores: svm' puts machines on what the head 'scores' of 'box' takes", Message(Machines(
            "{ nodes: { crop: { op: regionWarp, from: input, size: 16, context: 2 } }, heads: { scores: { op: deep, out: classes+1 } } }").Replace("nodes:\n", "blocks: { deep: { parameters: { out: }, nodes: { flat: flatten, fc: { op: linear, out: out } } } }\nnodes:\n", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("'svm'", Message(Machines(MachineStage.Replace("fc:", "svm:", StringComparison.Ordinal))));
        Assert.StartsWith("'scoreThreshold' is -1, but must be from 0 to 1", Message(Text(rest: "  postprocess: { scoreThreshold: -1 }\n")), StringComparison.Ordinal);
        Assert.Equal("'crop' takes corners as edges: the stage 'box' needs 'coding: { convention: continuous }'", Message(Machines(MachineStage[..^1] + ", coding: { convention: inclusive } }")));
        Assert.StartsWith("'context' is 8, but must be less than half of the shorter side of 'size', 16", Message(Machines(MachineStage.Replace("context: 2", "context: 8", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.Equal("Stagewise training fits the head 'boxes' by ridge regression: it must be 'linear' with a bias", Message(Machines(
            MachineStage.Replace("from: flat,", "from: flat, bias: false,", StringComparison.Ordinal), "train: { regime: stagewise, optimizer: { rate: 0.01 } }\n")));
    }

    [Fact]
    public void Anchors_and_coding_are_in_the_fingerprint_and_limits_are_not()
    {
        static string Hash(string from, string to) => Specs.Model(Text(Proposals.Replace(from, to, StringComparison.Ordinal))).SpecHash;

        var hash = Specs.Model(Text()).SpecHash;
        Assert.Equal(hash, Hash("keep: 10", "keep: 20"));
        Assert.NotEqual(hash, Hash("128, 256", "128, 257"));
        Assert.NotEqual(hash, Hash("select:", "coding: { convention: inclusive }, select:"));
    }
}
