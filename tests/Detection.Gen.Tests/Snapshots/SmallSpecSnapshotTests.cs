// One small spec for each thing the generator knows how to write. All of it compiles without a warning.
using Detection.Gen.Tests.Support;

namespace Detection.Gen.Tests.Snapshots;

public class SmallSpecSnapshotTests
{
    [Theory]
    [InlineData("conv", "{ op: conv, out: 16, kernel: 3, stride: 2, padding: 1, dilation: 2, groups: 4, bias: false }")]
    [InlineData("conv-of-pairs", "{ op: conv, out: 16, kernel: [1, 7], padding: [0, 3] }")]
    [InlineData("conv-of-pairs-and-strides", "{ op: conv, out: 16, kernel: 3, stride: [2, 1], padding: 1, groups: 2 }")]
    [InlineData("conv-same-that-is-symmetric", "{ op: conv, out: 16, kernel: 3, padding: same }")]
    [InlineData("conv-same", "{ op: conv, out: 16, kernel: [3, 2], stride: 2, padding: same, bias: false }")]
    [InlineData("convTranspose", "{ op: convTranspose, out: 16, kernel: 3, stride: 2, padding: 1, outputPadding: 1, groups: 4, bias: false }")]
    [InlineData("convTranspose-of-pairs", "{ op: convTranspose, out: 16, kernel: [2, 3], stride: [2, 1] }")]
    [InlineData("batchNorm-without-scale", "{ op: batchNorm, scale: false, eps: 0.001 }")]
    [InlineData("batchNorm-without-both", "{ op: batchNorm, scale: false, shift: false }")]
    [InlineData("lrn", "{ op: lrn, alpha: 0.0005, k: 2 }")]
    [InlineData("lrn-within-channel", "{ op: lrn, size: 3, alpha: 0.00005, region: withinChannel }")]
    [InlineData("l2Norm", "l2Norm")]
    [InlineData("scale", "{ op: scale, by: 0.17 }")]
    [InlineData("learnedScale", "learnedScale")]
    [InlineData("learnedScale-per-channel", "{ op: learnedScale, perChannel: true, init: 0.5 }")]
    [InlineData("elu", "elu")]
    [InlineData("hardSigmoid", "hardSigmoid")]
    [InlineData("tanh", "tanh")]
    [InlineData("swish", "swish")]
    [InlineData("hardSwish", "hardSwish")]
    [InlineData("mish", "mish")]
    [InlineData("batchNorm", "batchNorm")]
    [InlineData("batchNorm-with-numbers", "{ op: batchNorm, eps: 0.001, momentum: 0.03 }")]
    [InlineData("relu", "relu")]
    [InlineData("relu6", "relu6")]
    [InlineData("leakyRelu", "{ op: leakyRelu, slope: 0.01 }")]
    [InlineData("sigmoid", "sigmoid")]
    [InlineData("softmax", "softmax")]
    [InlineData("dropout", "{ op: dropout, rate: 0.3 }")]
    [InlineData("maxPool", "{ op: maxPool, kernel: 3, stride: 2, padding: 1, ceil: true }")]
    [InlineData("maxPool-of-pairs", "{ op: maxPool, kernel: [3, 1], stride: [2, 1] }")]
    [InlineData("avgPool", "{ op: avgPool, kernel: 2, stride: 2 }")]
    [InlineData("avgPool-of-pairs", "{ op: avgPool, kernel: [2, 4], stride: 2, padding: [1, 2] }")]
    [InlineData("maxPool-same", "{ op: maxPool, kernel: 3, stride: 2, padding: same }")]
    [InlineData("avgPool-same", "{ op: avgPool, kernel: [3, 2], stride: 1, padding: same }")]
    [InlineData("avgPool-without-padding-in-the-mean", "{ op: avgPool, kernel: 3, stride: 2, padding: 1, countPadding: false }")]
    [InlineData("spaceToDepth", "spaceToDepth")]
    [InlineData("spaceToDepth-by-cell", "{ op: spaceToDepth, block: 4, order: byCell }")]
    [InlineData("slice", "{ op: slice, begin: 3 }")]
    [InlineData("channelShuffle", "{ op: channelShuffle, groups: 4 }")]
    [InlineData("resizeLike", "{ op: resizeLike, from: [first, input], mode: bilinear }")]
    [InlineData("upsample", "upsample")]
    [InlineData("upsample-bilinear", "{ op: upsample, factor: 4, mode: bilinear }")]
    [InlineData("concat", "{ op: concat, from: [first, input] }")]
    [InlineData("add", "{ op: add, from: [first, first] }")]
    [InlineData("multiply", "{ op: multiply, from: [first, first, first] }")]
    public Task An_operator(string name, string node) => Forward(name, Small.Node(node));

    [Theory]
    [InlineData("globalAvgPool")]
    [InlineData("globalMaxPool")]
    [InlineData("flatten")]
    [InlineData("dropout")]
    [InlineData("softmax")]
    public Task An_operator_that_ends_in_a_vector(string op) => Forward("vector-" + op, Small.Classifier(
        $"classes: 12\nnodes: {{ first: {{ op: conv, out: 12, kernel: 32 }}, flat: flatten, second: {(op is "globalAvgPool" or "globalMaxPool" or "flatten" ? $"{{ op: {op}, from: first }}" : op)} }}"));

    [Fact]
    public Task A_vector_beside_a_map_counts_at_every_cell() => Forward("gate", Small.Backbone(
        """
        nodes:
          first: { op: conv, out: 8, kernel: 3, padding: 1 }
          pool: globalAvgPool
          gate: sigmoid
          gated: { op: multiply, from: [first, gate] }
          second: { op: add, from: [gate, gated, first] }
        taps: { result: second }
        """));

    [Fact]
    public Task Same_padding_in_a_block_takes_its_numbers_from_the_constructor() => File("same-in-a-block", Small.Backbone(
        """
        blocks:
          unit:
            parameters: { out: , stride: 1 }
            nodes: { conv: { op: conv, out: out, kernel: 3, stride: stride, padding: same }, norm: { op: batchNorm, scale: false }, act: relu }
        nodes:
          a: { op: unit, out: 8, stride: 2 }
          b: { op: unit, out: 16 }
          c: { op: unit, out: 32, stride: 2 }
        taps: { result: c }
        """));

    [Fact]
    public Task Shared_weights_are_the_owners_module_or_its_kernels_at_another_stride() => File("shared-weights", Small.Backbone(
        """
        blocks:
          unit:
            parameters: { out: , stride: 1 }
            nodes: { conv: { op: conv, out: out, kernel: 3, stride: stride, padding: 1 }, norm: batchNorm, act: relu }
          stage:
            parameters: { out: , stride: 2 }
            nodes: { unit: { op: unit, out: out, repeat: 3, first: { stride: stride } } }
        nodes:
          first: { op: conv, out: 8, kernel: 3, padding: 1 }
          again: { op: conv, from: input, stride: 2, shares: first }
          cls: { op: stage, from: first, out: 16 }
          loc: { op: stage, from: first, stride: 1, shares: { from: cls, nodes: [unit_1, unit_2] } }
          whole: { op: stage, from: first, shares: cls }
        taps: { again: again, cls: cls, loc: loc, whole: whole }
        """));

    [Fact]
    public Task Linear_layers_behind_a_vector() => Forward("linear", Small.Classifier(
        """
        classes: 10
        nodes:
          pool: globalAvgPool
          hidden: { op: linear, out: 32, bias: false }
          relu: relu
          scores: { op: linear, out: classes }
        """));

    [Fact]
    public Task A_blocks_numbers_become_constructor_parameters_in_the_order_of_the_spec() => File("block-parameters", Small.Backbone(
        """
        blocks:
          unit:
            parameters: { stride: 1, out: , middle: "out/4", class: 3 }
            nodes:
              reduce: { op: conv, out: middle, kernel: 1 }
              conv: { op: conv, out: middle, kernel: class, stride: stride, padding: 1, groups: middle }
              expand: { op: conv, out: out, kernel: 1 }
        nodes:
          a: { op: unit, out: 16 }
          b: { op: unit, out: 32, stride: 2 }
          c: { op: unit, out: 32, middle: 4, class: 2 }
        taps: { c: c }
        """));

    [Fact]
    public Task Nested_and_repeated_blocks_pass_their_numbers_on() => File("nested-blocks", Small.Backbone(
        """
        blocks:
          convNorm:
            parameters: { out: , stride: 1, kernel: 3 }
            nodes:
              conv: { op: conv, out: out, kernel: kernel, stride: stride, padding: "(kernel-1)/2", bias: false }
              norm: batchNorm
          residual:
            parameters: { out: , stride: 1 }
            nodes:
              body: { op: convNorm, out: out, stride: stride }
              shortcut: { op: convNorm, from: input, out: out, stride: stride, kernel: 1, when: "in != out" }
              sum: { op: add, from: [body, shortcut] }
              relu: relu
        nodes:
          stem: { op: convNorm, out: 8 }
          stage1: { op: residual, out: 8, repeat: 2 }
          stage2: { op: residual, out: 16, repeat: 2, first: { stride: 2 }, key: "layer2.{i}" }
        taps: { c1: stage1, c2: stage2 }
        """));

    [Fact]
    public Task Blocks_of_several_inputs_and_keys() => File("inputs-and-keys", Small.Backbone(
        """
        blocks:
          gate:
            inputs: [value, mask, extra]
            nodes:
              conv: { op: conv, from: mask, out: 4, kernel: 1, key: "0.weight\\path" }
              both: { op: multiply, from: [value, conv] }
              all: { op: add, from: [both, extra] }
        nodes:
          left: { op: conv, out: 4, kernel: 1, key: branch.0 }
          right: { op: conv, from: input, out: 4, kernel: 1, key: branch.1 }
          gated: { op: gate, from: [left, right, left], key: "" }
        taps: { gated: gated, left: left }
        """));

    [Fact]
    public Task A_value_dies_at_its_last_use_and_is_overwritten_only_where_nobody_reads_it() => Forward("lives", Small.Backbone(
        """
        nodes:
          a: { op: conv, out: 4, kernel: 3, padding: 1 }
          aRelu: relu
          b: { op: conv, out: 4, kernel: 3, padding: 1 }
          bRelu: relu
          keep: { op: add, from: [b, aRelu] }
          drop: { op: conv, out: 4, kernel: 1 }
          unused: sigmoid
          last: { op: relu, from: keep }
          direct: { op: relu, from: input }
        taps: { keep: keep, last: last, again: last, direct: direct, image: input }
        """));

    [Fact]
    public Task Words_of_CSharp_and_of_generated_code_as_names() => File("awkward-names", Small.Backbone(
        """
        blocks:
          tensor:
            parameters: { long: , base: 1 }
            inputs: [this, scope]
            nodes:
              cat: { op: concat, from: [this, scope] }
              forward: { op: conv, out: long, kernel: base, padding: "(base-1)/2" }
              functional: relu
          eval: { nodes: { Conv2d: { op: conv, out: 8, kernel: 1 } } }
        nodes:
          class: { op: conv, out: 4, kernel: 1 }
          training: { op: conv, out: 4, kernel: 1 }
          eval: eval
          eval_: relu
          Tensor: { op: tensor, from: [eval_, class], long: 4, base: 1 }
          Small: { op: tensor, from: [Tensor, class], long: 8, base: 3 }
          var: relu
          Features: relu
          functional: { op: concat, from: [var, Features] }
          ModelCard: { op: conv, out: 4, kernel: 1 }
        taps: { dispose: ModelCard, Features: Features, features: var, f_eatures: functional, Tensor: Tensor }
        """));

    [Fact]
    public Task Texts_that_need_escaping() => File(
        "texts",
        Small.OneStage(
            "summary: \"Finds <cats> & \\\"dogs\\\" \\u2014 größer als 猫\\n\\u0000 and \\u202Eback\"\nsource: A & B <c>, ]]>\n"
            + "nodes: { map: { op: conv, out: 8, kernel: 3, stride: 8, padding: 1 } }\n" + Small.Detection,
            classes: "[\"caf\\u00e9\", \"a \\\"quoted\\\" one\", 'back\\slash', \"line\\nbreak\", 猫, \"\\ud83d\\ude00\", \"tab\\there\"]") with
        {
            Name = "folder/a \"strange\" <name>\n.yaml",
        });

    [Fact]
    public Task A_part_with_its_defaults_and_variants_of_it() => All(
        "parts",
        Small.Backbone(
            """
            class: Trunk
            parameters: { width: 1, depth: 2 }
            nodes:
              a: { op: conv, out: "8*width", kernel: 3, stride: 2, padding: 1 }
              b: { op: conv, out: "8*width", kernel: 3, stride: 2, padding: 1, repeat: depth }
            taps: { half: a, low: b }
            """,
            "trunk"),
        Small.Classifier(
            """
            classes: [a, b]
            nodes:
              plain: { op: trunk }
              same: { op: trunk, from: input, width: 1 }
              wide: { op: trunk, from: input, width: 1.5 }
              deep: { op: trunk, from: input, width: 1.5, depth: 1 }
              half: { op: concat, from: [plain.half, same.half, wide.half, deep.half] }
              pool: globalAvgPool
              scores: { op: linear, out: classes }
            """,
            "user"));

    [Fact]
    public Task A_detector_over_a_backbone_with_levels_of_its_own() => File(
        "one-stage",
        Small.OneStage(
            """
            nodes:
              low: { op: conv, out: 8, kernel: 3, stride: 4, padding: 1 }
              high: { op: conv, out: 8, kernel: 3, stride: 2, padding: 1 }
            detection:
              levels:
                low: { from: low, anchors: { sizes: [4, 8.5] } }
                high: { from: high, anchors: { boxes: [[8, 16], [16, 8], [12, 12]], step: 8 } }
              anchors: { clip: true, offset: 0.25 }
              heads:
                scores: { op: conv, out: "A*classes", kernel: 1, key: "cls.{index}" }
                boxes: { op: conv, out: "A*4", kernel: 1, key: "box.{level}" }
              scores: sigmoid
              coding: { variances: [0.05, 1.0e-6] }
              postprocess: { scoreThreshold: 0.05, nmsThreshold: 0.6, maxPerClass: 100, keepPerClass: 40, maxPerImage: 50 }
            """));

    [Fact]
    public Task A_detector_with_further_regression_heads_and_its_training() => All(
        "regression-heads",
        Small.OneStage(
            """
            nodes:
              low: { op: conv, out: 8, kernel: 3, stride: 4, padding: 1 }
              high: { op: conv, out: 8, kernel: 3, stride: 2, padding: 1 }
            detection:
              levels: { low: { from: low }, high: { from: high } }
              anchors: { sizes: [4, 8.5] }
              heads:
                scores: { op: conv, out: "A*(classes+1)", kernel: 1 }
                boxes: { op: conv, out: "A*4", kernel: 1 }
                landmarks: { op: conv, out: "A*6", kernel: 1, values: 6, coder: points, mirror: [1, 0, 2], loss: smoothL1, beta: 0.5 }
                body: { op: conv, out: "A*4", kernel: 1, values: 4, coder: centerSize, variances: [0.05, 0.25], loss: l1, weight: 0.5 }
                output: { op: conv, out: A, kernel: 1, values: 1, loss: l2, label: distance }
              coding: { kind: corners }
            train:
              optimizer: { rate: 0.01 }
            """));

    [Fact]
    public Task A_detector_of_two_stages_over_a_pyramid_and_its_training() => All(
        "two-stage",
        Small.TwoStage(
            """
            preprocess: { shortSide: 32, longSide: 64, rounding: down }
            nodes:
              low: { op: conv, out: 8, kernel: 3, stride: 4, padding: 1 }
              high: { op: conv, out: 8, kernel: 3, stride: 2, padding: 1 }
              rpn: { op: conv, from: low, out: 8, kernel: 3, padding: 1 }
              rpnHigh: { op: conv, from: high, shares: rpn }
            detection:
              proposals:
                levels:
                  low: { from: rpn, anchors: { sizes: [8] } }
                  high: { from: rpnHigh, anchors: { sizes: [16] }, heads: { objectness: { shares: objectness_low }, boxes: { shares: proposalBoxes_low } } }
                anchors: { kind: torchvision }
                heads: { objectness: { op: conv, out: A, kernel: 1 }, boxes: { op: conv, out: 4*A, kernel: 1 } }
                scores: sigmoid
                select: { candidates: 100, nmsThreshold: 0.7, keep: 50, dropSmallFirst: false }
              stages:
                box:
                  nodes:
                    pool: { op: roiAlign, from: [low, high], size: 3, aligned: true }
                    flat: flatten
                  heads: { scores: { op: linear, out: classes+1 }, boxes: { op: linear, from: flat, out: 4*(classes+1) } }
                  coding: { deviations: [0.1, 0.1, 0.2, 0.2] }
            train:
              optimizer: { rate: 0.01 }
              proposals: { candidates: 200, weight: 0.5 }
              augment: { shortSides: [24, 32], longSide: 64 }
            """));

    [Fact]
    public Task A_cascade_on_given_regions_with_attention_and_its_training() => All(
        "cascade",
        Small.TwoStage(
            """
            nodes:
              map: { op: conv, out: 18, kernel: 3, stride: 4, padding: 1 }
            detection:
              proposals: { given: 20 }
              stages:
                first:
                  nodes:
                    whole: { op: roiMaxPool, from: map, size: 4, regions: image }
                    keys: { op: conv, out: 18, kernel: 1, bias: false }
                    pool: { op: cropAndResize, from: map, size: 3, maxPool: 2, coordinates: share }
                    context: { op: attend, from: [pool, keys, whole] }
                    sum: { op: add, from: [pool, context] }
                    flat: flatten
                  heads: { scores: { op: linear, out: classes+1 }, boxes: { op: linear, from: flat, out: 4 } }
                  coding: { convention: inclusive, means: [0, 0, 0, 0.1] }
                second:
                  nodes:
                    votes: { op: psRoiPool, from: map, size: 3 }
                    align: { op: psRoiAlign, from: map, size: 3, samples: mean, order: binMajor }
                    crop: { op: psCrop, from: map, size: 3, crop: 6 }
                    all: { op: concat, from: [votes, align, crop] }
                    vote: globalAvgPool
                  heads: { scores: { op: linear, out: classes+1 } }
              averageStages: true
            train:
              optimizer: { kind: adam, rate: 0.001 }
              average: 0.99
              regions: { hard: twoPasses, hardOverlap: 0.7, foreground: [0.5, 0.6], weights: [1, 0.5] }
            """));

    [Fact]
    public Task Skeletons_of_specs_that_do_not_compile() => All(
        "skeletons",
        checkWarnings: false,
        Small.Backbone("nodes: { a: { op: cnov } }\ntaps: { one: a, two: a }", "bad-backbone"),
        Small.Classifier("classes: 3\nnodes: { a: { op: cnov } }", "bad-classifier"),
        Small.OneStage("nodes: { a: { op: cnov } }\n" + Small.Detection, "bad-detector") with { Name = "a \"quoted\" file.yaml" },
        Small.OneStage("nodes: { a: { op: cnov } }\n" + Small.Detection + "\n    marks: { op: conv, out: A, kernel: 1, values: 1 }", "bad-heads"),
        Small.TwoStage("nodes: { a: { op: cnov } }\ndetection: { proposals: { given: 5 }, stages: { box: { nodes: { p: { op: roiAlign, from: a, size: 3 }, f: flatten }, heads: { scores: { op: linear, out: 4 } } } } }", "bad-regions"));

    // The forward pass alone: what one operator looks like needs no page around it.
    private static Task Forward(string name, SpecText spec)
    {
        var lines = Source(spec).Split('\n');
        var fields = lines.Where(l => l.StartsWith("    private readonly", StringComparison.Ordinal) || l.StartsWith("        this.", StringComparison.Ordinal));
        var forward = lines.SkipWhile(l => !l.StartsWith("    public override", StringComparison.Ordinal)).TakeWhile(l => l != "    }");
        return Named(name, string.Join('\n', [.. fields, .. forward, "    }"]) + "\n");
    }

    private static Task File(string name, SpecText spec) => Named(name, Source(spec));

    private static Task All(string name, params SpecText[] specs) => All(name, checkWarnings: true, specs);

    private static Task All(string name, bool checkWarnings, params SpecText[] specs)
    {
        var run = GeneratorRun.Of(specs);
        if (checkWarnings)
        {
            Assert.Empty(run.Problems());
        }

        return Named(name, string.Concat(run.Sources.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"==== {s.Key}\n{s.Value}")));
    }

    private static string Source(SpecText spec)
    {
        var run = GeneratorRun.Of(spec);
        Assert.Empty(run.Problems());
        return run.Sources["small.g.cs"];
    }

    private static Task Named(string name, string text) => Verify(text).UseDirectory("Small").UseFileName(name);
}
