// Shape, parameters and multiply-adds of every operator, and every way in which one refuses its inputs.
using Detection.Spec.Graphs;
using Detection.Spec.Operators;

namespace Detection.Spec.Tests;

public class OperatorTests
{
    // Over an input of 8x20x30 (or, from `pool`, the vector of 8).
    public static TheoryData<string, string, long, long> Figures => new()
    {
        { "{ op: conv, out: 16, kernel: 3 }", "16x18x28", (16 * 8 * 9) + 16, 16L * 18 * 28 * 8 * 9 },
        { "{ op: conv, out: 16, kernel: 3, bias: false }", "16x18x28", 16 * 8 * 9, 16L * 18 * 28 * 8 * 9 },
        { "{ op: conv, out: 16, kernel: [1, 5], padding: [0, 2], stride: [2, 1] }", "16x10x30", (16 * 8 * 5) + 16, 16L * 10 * 30 * 8 * 5 },
        { "{ op: conv, out: 16, kernel: 3, padding: 6, dilation: 6 }", "16x20x30", (16 * 8 * 9) + 16, 16L * 20 * 30 * 8 * 9 },
        { "{ op: conv, out: in, kernel: 3, padding: 1, stride: 2, groups: in, bias: false }", "8x10x15", 8 * 9, 8L * 10 * 15 * 9 },
        { "{ op: conv, out: 4, kernel: 1, groups: 2 }", "4x20x30", (4 * 4) + 4, 4L * 20 * 30 * 4 },
        { "{ op: conv, out: 16, kernel: 3, stride: 2, padding: same }", "16x10x15", (16 * 8 * 9) + 16, 16L * 10 * 15 * 8 * 9 },
        { "{ op: conv, out: 16, kernel: [3, 7], stride: [3, 4], padding: same }", "16x7x8", (16 * 8 * 21) + 16, 16L * 7 * 8 * 8 * 21 },
        { "{ op: conv, out: 16, kernel: 3, stride: 2, padding: valid }", "16x9x14", (16 * 8 * 9) + 16, 16L * 9 * 14 * 8 * 9 },
        { "{ op: convTranspose, out: 16, kernel: 2, stride: 2 }", "16x40x60", (16 * 8 * 4) + 16, 16L * 20 * 30 * 8 * 4 },
        { "{ op: convTranspose, out: 16, kernel: [3, 4], stride: [2, 1], padding: [1, 0], outputPadding: [1, 0], groups: 4, bias: false }", "16x40x33", 8 * 4 * 12, 8L * 20 * 30 * 4 * 12 },
        { "{ op: linear, from: pool, out: 10 }", "10", 90, 80 },
        { "{ op: linear, from: pool, out: 10, bias: false }", "10", 80, 80 },
        { "batchNorm", "8x20x30", 16, 0 },
        { "{ op: batchNorm, scale: false }", "8x20x30", 8, 0 },
        { "{ op: batchNorm, shift: false }", "8x20x30", 8, 0 },
        { "{ op: batchNorm, scale: false, shift: false }", "8x20x30", 0, 0 },
        { "{ op: lrn, size: 3 }", "8x20x30", 0, 0 },
        { "{ op: l2Norm, init: 20 }", "8x20x30", 8, 0 },
        { "{ op: scale, by: 0.17 }", "8x20x30", 0, 0 },
        { "{ op: scale, from: pool, by: -1 }", "8", 0, 0 },
        { "learnedScale", "8x20x30", 1, 0 },
        { "{ op: learnedScale, perChannel: true }", "8x20x30", 8, 0 },
        { "relu", "8x20x30", 0, 0 },
        { "{ op: relu, from: pool }", "8", 0, 0 },
        { "relu6", "8x20x30", 0, 0 },
        { "{ op: leakyRelu, slope: 0.2 }", "8x20x30", 0, 0 },
        { "{ op: elu, alpha: 0.5 }", "8x20x30", 0, 0 },
        { "sigmoid", "8x20x30", 0, 0 },
        { "hardSigmoid", "8x20x30", 0, 0 },
        { "{ op: tanh, from: pool }", "8", 0, 0 },
        { "swish", "8x20x30", 0, 0 },
        { "hardSwish", "8x20x30", 0, 0 },
        { "mish", "8x20x30", 0, 0 },
        { "softmax", "8x20x30", 0, 0 },
        { "{ op: dropout, rate: 0.3 }", "8x20x30", 0, 0 },
        { "{ op: maxPool, kernel: 3, stride: 2 }", "8x9x14", 0, 0 },
        { "{ op: maxPool, kernel: 3, stride: 2, ceil: true }", "8x10x15", 0, 0 },
        { "{ op: maxPool, kernel: 3, stride: 2, padding: 1 }", "8x10x15", 0, 0 },
        { "{ op: avgPool, kernel: [2, 3], stride: [2, 3] }", "8x10x10", 0, 0 },
        { "{ op: maxPool, kernel: 3, stride: 2, padding: same }", "8x10x15", 0, 0 },
        { "{ op: maxPool, kernel: [3, 4], stride: [3, 4], padding: valid }", "8x6x7", 0, 0 },
        { "{ op: avgPool, kernel: 3, stride: 1, padding: same }", "8x20x30", 0, 0 },
        { "globalAvgPool", "8", 0, 0 },
        { "globalMaxPool", "8", 0, 0 },
        { "flatten", "4800", 0, 0 },
        { "upsample", "8x40x60", 0, 0 },
        { "{ op: upsample, factor: 3, mode: bilinear }", "8x60x90", 0, 0 },
        { "{ op: resizeLike, from: [input, small] }", "8x10x15", 0, 0 },
        { "spaceToDepth", "32x10x15", 0, 0 },
        { "{ op: spaceToDepth, block: 5, order: byCell }", "200x4x6", 0, 0 },
        { "{ op: slice, begin: 2, end: 5 }", "3x20x30", 0, 0 },
        { "{ op: slice, from: pool, begin: in/2 }", "4", 0, 0 },
        { "{ op: channelShuffle, groups: 4 }", "8x20x30", 0, 0 },
        { "{ op: concat, from: [input, input, input] }", "24x20x30", 0, 0 },
        { "{ op: concat, from: [pool, pool] }", "16", 0, 0 },
        { "{ op: add, from: [input, input] }", "8x20x30", 0, 0 },
        { "{ op: add, from: [pool, pool] }", "8", 0, 0 },
        { "{ op: add, from: [pool, input] }", "8x20x30", 0, 0 },
        { "{ op: multiply, from: [input, input] }", "8x20x30", 0, 0 },
        { "{ op: multiply, from: [input, pool, input] }", "8x20x30", 0, 0 },
    };

    private static string Spec(string node, string input = "{ channels: 8, size: [20, 30] }") => Specs.Backbone(
        $"pool: globalAvgPool\nsmall: {{ op: maxPool, from: input, kernel: 2, stride: 2 }}\nwide: {{ op: conv, out: 16, kernel: 1 }}\nfrom_input: {{ op: relu, from: input }}\nx: {node}", "input", input);

    [Theory]
    [MemberData(nameof(Figures))]
    public void An_operator_has_its_shape_parameters_and_multiply_adds(string node, string shape, long parameters, long multiplyAdds)
    {
        var model = Specs.Model(Spec(node));

        var cost = CostModel.Nodes(model.Graph, 20, 30).Single(c => c.Path == "x");

        Assert.Equal((shape, parameters, multiplyAdds), (cost.Shape.ToString(), cost.Parameters, cost.MultiplyAdds));
    }

    [Fact]
    public void Every_operator_that_knows_no_regions_is_in_the_table() =>
        Assert.All(OperatorCatalog.All.Where(o => o.RegionUse == RegionUse.None), o => Assert.Contains(Figures, row => ((string)row[0]).Split(' ', ',', '}').Contains(o.Name)));

    [Fact]
    public void Statistics_of_normalisation_are_stored_but_not_learned()
    {
        var model = Specs.Model(Spec("batchNorm"));

        Assert.Equal(
            ["x.weight learned [8]", "x.bias learned [8]", "x.running_mean stored [8]", "x.running_var stored [8]", "x.num_batches_tracked stored []"],
            model.Graph.StoredTensors().Where(t => t.Key.StartsWith("x.", StringComparison.Ordinal)).Select(t => $"{t.Key} {(t.Tensor.Learned ? "learned" : "stored")} [{string.Join(",", t.Tensor.Shape)}]"));
        Assert.Equal(16, CostModel.Nodes(model.Graph, 20, 30).Single(c => c.Path == "x").Statistics);
    }

    [Theory]
    [InlineData("{ op: conv, out: 9, kernel: 3, groups: 2 }", "DG0501", "conv", "'x': 2 groups must divide the 8 input channels and the 9 output channels")]
    [InlineData("{ op: conv, out: 9, kernel: 3, groups: 3 }", "DG0501", "conv", "'x': 3 groups must divide the 8 input channels and the 9 output channels")]
    [InlineData("{ op: conv, out: 0, kernel: 3 }", "DG0104", "0", "'out' is 0, but must be between 1 and 1000000")]
    [InlineData("{ op: conv, out: 1, kernel: [3, 0] }", "DG0104", "0", "'kernel' is 0, but must be between 1 and 1024")]
    [InlineData("{ op: conv, out: 1, kernel: [3] }", "DG0102", "[3]", "'kernel' must be a whole number or [height, width], but here is a list")]
    [InlineData("{ op: conv, out: true, kernel: 3 }", "DG0102", "true", "'out' must be a whole number, but here is 'true'")]
    [InlineData("{ op: conv, out: , kernel: 3 }", "DG0102", "", "'out' must be a whole number, but here is nothing")]
    [InlineData("{ op: conv, from: pool, out: 1, kernel: 3 }", "DG0505", "conv", "'conv' takes a feature map [C, H, W], but 'pool' is a vector")]
    [InlineData("{ op: linear, out: 1 }", "DG0505", "linear", "'linear' takes a vector [C] (see 'flatten' and 'globalAvgPool'), but 'from_input' is a feature map")]
    [InlineData("{ op: relu, from: [pool, pool] }", "DG0504", "relu", "'relu' takes one input, but is given 2")]
    [InlineData("{ op: relu, from: [] }", "DG0504", "relu", "'relu' takes one input, but is given 0")]
    [InlineData("{ op: concat, from: [input, pool] }", "DG0502", "concat", "'x': concat cannot combine a feature map and a vector")]
    [InlineData("{ op: multiply, from: [pool, wide] }", "DG0501", "multiply", "'x': multiply needs inputs of equal channels, but they have 8 and 16")]
    [InlineData("{ op: conv, out: 1, kernel: 3, padding: sane }", "DG0105", "sane", "'sane' is no value of 'padding'; it may be a whole number, [height, width] or one of same, valid. Did you mean 'same'?")]
    [InlineData("{ op: conv, out: 1, kernel: 3, padding: \"1 +\" }", "DG0301", "\"1 +\"", "A number, a name or '(' expected at the end in the expression '1 +'")]
    [InlineData("{ op: convTranspose, out: 1, kernel: 3, stride: 2, outputPadding: 2 }", "DG0104", "2", "'outputPadding' is 2, but must be less than the stride, which is 2")]
    [InlineData("{ op: convTranspose, out: 1, kernel: 1, padding: 10 }", "DG0503", "convTranspose", "'x': for an input height of 20 pixels the padding cuts off all that 20 cells are spread over; allowed is 20")]
    [InlineData("{ op: convTranspose, out: 9, kernel: 3, groups: 2 }", "DG0501", "convTranspose", "'x': 2 groups must divide the 8 input channels and the 9 output channels")]
    [InlineData("{ op: lrn, size: 4 }", "DG0104", "4", "'size' is 4, but must be an odd number, so that the mean lies around its value")]
    [InlineData("{ op: scale }", "DG0103", "x", "The operator 'scale' needs the key 'by'")]
    [InlineData("{ op: maxPool, kernel: 2, stride: 2, padding: same, ceil: true }", "DG0104", "true", "'ceil' is true, but must be false with 'padding: same', which has a window for every stride begun")]
    [InlineData("{ op: resizeLike, from: input }", "DG0504", "resizeLike", "'resizeLike' takes 2 inputs ('from: [a, b]'), but is given 1")]
    [InlineData("{ op: resizeLike, from: [input, pool] }", "DG0505", "resizeLike", "'resizeLike' takes a feature map [C, H, W], but 'pool' is a vector")]
    [InlineData("{ op: spaceToDepth, block: 4 }", "DG0502", "spaceToDepth", "'x': blocks of 4 must divide the width; for an input width of 30 pixels the feature map here has 30 cells")]
    [InlineData("{ op: slice, begin: 3, end: 9 }", "DG0104", "9", "'end' is 9, but must be at most 8, the number of channels")]
    [InlineData("{ op: slice, begin: 8 }", "DG0104", "8", "'begin' is 8, but must be less than 8, where the slice ends")]
    [InlineData("{ op: channelShuffle, groups: 3 }", "DG0501", "channelShuffle", "'x': 3 groups must divide the 8 channels")]
    [InlineData("{ op: maxPool, kernel: 3, stride: 2, padding: 2 }", "DG0104", "2", "'padding' is 2, but must be at most half the kernel, which is 3")]
    [InlineData("{ op: avgPool, kernel: [3, 1], stride: 2, padding: [1, 1] }", "DG0104", "[1, 1]", "'padding' is 1, but must be at most half the kernel, which is [3, 1]")]
    [InlineData("{ op: maxPool, kernel: 2 }", "DG0103", "x", "The operator 'maxPool' needs the key 'stride'")]
    [InlineData("{ op: conv, out: 1, kernel: 21 }", "DG0503", "conv", "'x': for an input height of 20 pixels the feature map here has 20 cells, too few for a window of 21; allowed is 20")]
    [InlineData("{ op: upsample, factor: 64, repeat: 12 }", "DG0002", "upsample", "'x_5' is too large to count")]
    public void A_wrong_use_of_an_operator_is_told_at_its_place(string node, string id, string underlined, string message)
    {
        var text = Spec(node);
        var problem = Specs.Problem(text);

        Assert.Equal((id, underlined, message), (problem.Id, Specs.Underlined(problem, text), problem.Message));
    }

    [Fact]
    public void A_vector_of_a_map_that_varies_in_size_is_refused() => Assert.Equal(
        "'x': the length of the vector depends on the input's size (height at least 16, width at least 16); fix the input's size or pool first",
        Specs.Problem(Spec("flatten", "{ channels: 8, size: [20, 30], minimum: 16 }")).Message);

    [Theory]
    [InlineData("{ op: conv, out: 1, kernel: 3, stride: 2 }", "{ op: maxPool, kernel: 2, stride: 2 }", 4)]
    [InlineData("{ op: maxPool, from: input, kernel: 2, stride: 2, ceil: true }", "{ op: maxPool, kernel: 2, stride: 2 }", 3)]
    public void Maps_that_differ_for_one_allowed_size_cannot_be_joined(string a, string b, int size)
    {
        var text = Specs.Backbone($"a: {a}\nb: {b.Replace("op:", "from: input, op:")}\nc: {{ op: concat, from: [a, b] }}", "c", "{ size: [60, 60], minimum: 3 }");

        Assert.Contains($"for an input height of {size} pixels", Specs.Problem(text).Message);
    }

    // Input sizes, and what the code pads with: a number where one is exact for all sizes, the word where it must be found at run time.
    [Theory]
    [InlineData("{ op: conv, out: 1, kernel: 3, padding: same }", "{ size: 20, minimum: 1 }", "1", null)]
    [InlineData("{ op: conv, out: 1, kernel: 5, padding: same, dilation: 3 }", "{ size: 20, minimum: 1 }", "6", null)]
    [InlineData("{ op: conv, out: 1, kernel: [1, 7], padding: same }", "{ size: 20, minimum: 1 }", "[0, 3]", null)]
    [InlineData("{ op: conv, out: 1, kernel: 1, stride: 2, padding: same }", "{ size: 20, minimum: 1 }", "0", null)]
    [InlineData("{ op: conv, out: 1, kernel: 2, padding: same }", "{ size: 20, minimum: 1 }", "same", null)]
    [InlineData("{ op: conv, out: 1, kernel: 3, stride: 2, padding: same }", "{ size: 20, minimum: 1 }", "same", null)]
    [InlineData("{ op: conv, out: 1, kernel: 3, stride: 2, padding: same }", "{ size: 21 }", "1", null)]
    [InlineData("{ op: conv, out: 1, kernel: 3, stride: 2, padding: same }", "{ size: 20 }", "same", null)]
    [InlineData("{ op: conv, out: 1, kernel: 2, stride: 2, padding: same }", "{ size: 20, multipleOf: 2 }", "0", null)]
    [InlineData("{ op: conv, out: 1, kernel: 2, stride: 2, padding: same }", "{ size: 20, minimum: 2 }", "same", null)]
    [InlineData("{ op: conv, out: 1, kernel: 3, stride: 2, padding: valid }", "{ size: 20, minimum: 3 }", "0", null)]
    [InlineData("{ op: maxPool, kernel: 2, stride: 2, padding: same }", "{ size: 20, minimum: 1 }", "0", "true")]
    [InlineData("{ op: maxPool, kernel: 2, stride: 2, padding: same }", "{ size: 20, multipleOf: 2 }", "0", "false")]
    [InlineData("{ op: maxPool, kernel: 3, stride: 2, padding: same }", "{ size: 20, multipleOf: 2 }", "0", "true")]
    [InlineData("{ op: maxPool, kernel: 3, stride: 2, padding: same }", "{ size: 20, minimum: 1 }", "same", "false")]
    [InlineData("{ op: avgPool, kernel: 3, stride: 1, padding: same }", "{ size: 20, minimum: 1 }", "1", "false")]
    [InlineData("{ op: avgPool, kernel: 2, stride: 1, padding: same }", "{ size: 20, minimum: 1 }", "same", "false")]
    public void Same_padding_becomes_a_number_where_one_is_exact_for_every_size(string node, string input, string padding, string? ceil)
    {
        var operation = (NodeBody.Operation)Specs.Model(Specs.Backbone("x: " + node, "x", input)).Graph.Nodes.Single().Body;

        Assert.Equal((padding, ceil), (operation.Settings["padding"].ToString(), operation.Settings.Find("ceil")?.ToString()));
        Assert.True(operation.Settings.Find("countPadding") is not { Flag: true });
    }

    [Fact]
    public void A_map_resized_to_a_lateral_joins_it_at_every_size_where_an_upsampled_one_does_not()
    {
        string Text(string up) => Specs.Backbone(
            $"a: {{ op: conv, out: 3, kernel: 3, stride: 2, padding: 1 }}\nb: {{ op: conv, out: 3, kernel: 3, stride: 2, padding: 1 }}\nup: {up}\nsum: {{ op: add, from: [a, up] }}",
            "sum", "{ size: [65, 96], minimum: 1 }");

        Assert.Equal("3x33x48", Specs.OutputShape(Specs.Model(Text("{ op: resizeLike, from: [b, a] }"))));
        Assert.Contains("for an input height of 1 pixels they have 1 and 2 cells", Specs.Problem(Text("{ op: upsample, from: b }")).Message);
    }

    [Fact]
    public void A_map_scaled_down_and_up_again_joins_its_origin_only_under_a_promise()
    {
        string Text(string input) => Specs.Backbone(
            "a: { op: conv, out: 3, kernel: 3, stride: 2, padding: 1 }\nb: { op: conv, out: 3, kernel: 3, stride: 2, padding: 1 }\nup: { op: upsample, factor: 4 }\nsum: { op: add, from: [input, up] }",
            "sum", input);

        Assert.Equal("3x64x96", Specs.OutputShape(Specs.Model(Text("{ size: [64, 96], multipleOf: 4 }"))));
        Assert.Contains("for an input height of 2 pixels they have 2 and 4 cells (allowed is at least 2, in steps of 2;", Specs.Problem(Text("{ size: [64, 96], multipleOf: 2 }")).Message);
    }

    [Theory]
    [InlineData("{ op: conv, out: 8, kernel: 3, stride: 2, padding: same }", 16 + 16, 16)]
    [InlineData("{ op: convTranspose, out: 8, kernel: 2, stride: 2 }", 16, 4)]
    [InlineData("{ op: convTranspose, out: 8, kernel: 3, stride: 2, padding: 1, outputPadding: 1 }", 16 + 8, 4)]
    [InlineData("{ op: upsample, factor: 4 }", 16, 2)]
    [InlineData("{ op: upsample, factor: 4, mode: bilinear }", 16 + 8, 2)]
    [InlineData("{ op: resizeLike, from: [a, first] }", 16, 4)]
    [InlineData("{ op: resizeLike, from: [a, first], mode: bilinear }", 16 + 8, 4)]
    [InlineData("{ op: spaceToDepth, block: 2 }", 16 + 8, 16)]
    [InlineData("{ op: lrn, size: 5 }", 16, 8)]
    [InlineData("{ op: lrn, size: 5, region: withinChannel }", 16 + 32, 8)]
    [InlineData("{ op: avgPool, kernel: 3, stride: 1, padding: same }", 16 + 16, 8)]
    public void What_an_operator_sees_follows_from_its_window(string node, int size, int stride)
    {
        var model = Specs.Model(Specs.Backbone(
            $"first: {{ op: conv, out: 8, kernel: 8, stride: 4 }}\na: {{ op: conv, out: 8, kernel: 3, stride: 2, padding: 1 }}\nx: {node}", "x", "{ size: 256 }"));

        Assert.Equal(new ReceptiveField(size, stride), ReceptiveFields.Of(model.Graph)["x"].Height);
    }

    [Fact]
    public void Receptive_fields_grow_with_windows_and_strides()
    {
        var model = Specs.Model(Specs.Backbone(
            "a: { op: conv, out: 8, kernel: 7, stride: 2, padding: 3 }\nb: { op: maxPool, kernel: 3, stride: 2, padding: 1 }\nc: { op: conv, out: 8, kernel: 3, padding: 2, dilation: 2 }\nd: { op: add, from: [b, c] }\ng: globalAvgPool",
            "d"));

        var fields = ReceptiveFields.Of(model.Graph);

        Assert.Equal(new ReceptiveField(7, 2), fields["a"].Height);
        Assert.Equal(new ReceptiveField(11, 4), fields["b"].Height);
        Assert.Equal(new ReceptiveField(27, 4), fields["c"].Width);
        Assert.Equal(new ReceptiveField(27, 4), fields["d"].Width);
        Assert.Null(fields["g"].Width.Size);
    }
}
