// Where casts stand in a detector of bfloat16, what they cost and save, and what they leave as it is.
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Shapes;

namespace Detection.Spec.Tests;

public class MixedPrecisionTests
{
    private const string Base = """
        spec: 1
        model: small
        kind: oneStage
        input: { size: [64, 64], minimum: 16 }
        classes: 2
        blocks:
          unit:
            parameters: { out: }
            nodes:
              conv: { op: conv, out: out, kernel: 3, padding: 1, bias: false }
              norm: batchNorm
              act: relu
        nodes:
          stem: { op: conv, out: 4, kernel: 3, padding: 1 }
          stemRelu: relu
          first: { op: unit, out: 4 }
          sum: { op: add, from: [first, stemRelu] }
          norm: l2Norm
          soft: { op: softmax, from: sum }
          both: { op: concat, from: [norm, soft, sum] }
        detection:
          levels: { one: { from: both, anchors: { sizes: [10] } } }
          heads:
            scores: { op: conv, out: "A*(classes+1)", kernel: 1 }
            boxes: { op: conv, out: "A*4", kernel: 1 }
        train: { optimizer: { rate: 0.1 } }
        """;

    private const string Mixed = "spec: 1\nmodel: small-mixed\nextends: small\ntrain: { precision: bf16 }\n";

    // What keeps 32-bit floats; every other operator is in the table of bfloat16.
    private static readonly string[] Kept =
        ["convTranspose", "batchNorm", "lrn", "l2Norm", "relu6", "mish", "softmax", "roiMaxPool", "roiAlign", "cropAndResize", "psRoiPool", "psRoiAlign", "psCrop", "attend", "regionWarp"];

    [Fact]
    public void Every_operator_is_decided() =>
        Assert.Equal(OperatorCatalog.All.Select(o => o.Name).Order(StringComparer.Ordinal), MixedPrecision.Reduced.Concat(Kept).Order(StringComparer.Ordinal));

    [Fact]
    public void Casts_stand_between_operators_of_different_formats_one_for_each_value()
    {
        var model = Specs.Model(Mixed, Base);

        // The sum is taken by two operators in 32-bit floats, through one cast.
        Assert.Equal(
            """
            input_bf16 cast bf16 <- input
            stem conv bf16 <- input_bf16
            stemRelu relu bf16 <- stem
            first unit bf16 <- stemRelu
              conv conv bf16 <- input
              conv_fp32 cast fp32 <- conv
              norm batchNorm fp32 <- conv_fp32
              norm_bf16 cast bf16 <- norm
              act relu bf16 <- norm_bf16
            sum add bf16 <- first stemRelu
            sum_fp32 cast fp32 <- sum
            norm l2Norm fp32 <- sum_fp32
            soft softmax fp32 <- sum_fp32
            norm_bf16 cast bf16 <- norm
            soft_bf16 cast bf16 <- soft
            both concat bf16 <- norm_bf16 soft_bf16 sum
            scores_one conv bf16 <- both
            boxes_one conv bf16 <- both
            scores_one_fp32 cast fp32 <- scores_one
            boxes_one_fp32 cast fp32 <- boxes_one
            """,
            Table(model.Graph));
        Assert.Equal(8, model.Graph.Casts);
        Assert.All(model.Graph.Results, r => Assert.Equal(Precision.Float32, model.Graph.PrecisionOf(r.Port)));
        Assert.Equal(model.Graph.Results.Select(r => r.Port), model.Detection!.Results.Select(r => r.Port));
    }

    [Fact]
    public void A_model_in_32_bit_floats_has_no_casts_and_the_fingerprint_that_it_had()
    {
        var model = Specs.Model(Base);

        Assert.Equal((0, false), (model.Graph.Casts, model.IsMixed));
        Assert.Equal(model.SpecHash, Specs.Model(Base.Replace("train: {", "train: { precision: fp32,")).SpecHash);
        Assert.NotEqual(model.SpecHash, Specs.Model(Mixed, Base).SpecHash);
    }

    [Fact]
    public void Casts_change_no_weights_no_costs_and_no_boxes()
    {
        var (exact, mixed) = (Specs.Model(Base), Specs.Model(Mixed, Base));

        Assert.Equal(exact.Graph.StoredTensors(), mixed.Graph.StoredTensors());
        Assert.Equal(exact.Costs.Sum(c => c.MultiplyAdds), mixed.Costs.Sum(c => c.MultiplyAdds));
        Assert.Equal(exact.AnchorCountAt(64, 64), mixed.AnchorCountAt(64, 64));
        Assert.Equal(exact.Costs.Select(c => c.Path), mixed.Costs.Where(c => c.Operator != "cast").Select(c => c.Path));
    }

    [Fact]
    public void Values_of_bfloat16_count_two_bytes_and_cast_weights_two_beside_their_own_four()
    {
        var mixed = Specs.Model(Mixed, Base);
        var memory = mixed.MemoryAt(16, 16);
        const long cells = 16 * 16;

        // The image in both formats; then what the first convolution takes and gives.
        Assert.Equal(("input_bf16", ((3 * 4) + (3 * 2)) * cells), (memory.Operators[0].Path, memory.Operators[0].Bytes));
        Assert.Equal(("stem", ((3 * 4) + (3 * 2) + (4 * 2)) * cells), (memory.Operators[1].Path, memory.Operators[1].Bytes));

        // A batch normalisation: the image, the shortcut, its input and its output.
        Assert.Equal(((3 * 4) + (4 * 2) + (4 * 4) + (4 * 4)) * cells, memory.Operators.Single(o => o.Path == "first.norm").Bytes);
        Assert.Equal(Specs.Model(Base).MemoryAt(16, 16).WeightBytes, memory.WeightBytes);
        Assert.Equal(2 * ((3 * 9 * 4) + 4 + (4 * 9 * 4) + (12 * 3) + 3 + (12 * 4) + 4), memory.WeightCastBytes);
        Assert.Equal(memory.WeightBytes + memory.WeightCastBytes + (3 * memory.PeakBytes), memory.BytesFor(3));
    }

    [Fact]
    public void A_part_is_a_variant_of_its_own_with_casts_inside()
    {
        const string trunk = "spec: 1\nmodel: trunk\nkind: backbone\ninput: { size: [64, 64], minimum: 16 }\nnodes:\n  a: { op: conv, out: 4, kernel: 1 }\n  b: batchNorm\ntaps: { a: a, b: b }\n";
        var text = Base.Replace("  stem: { op: conv, out: 4", "  trunk: trunk\n  stem: { op: conv, from: trunk.b, out: 4").Replace("train: {", "train: { precision: bf16,");
        var model = Specs.Model(text, trunk);
        var part = model.Graph.Nodes.Single(n => n.Name == "trunk");

        var instance = ((NodeBody.Model)part.Body).Instance;
        Assert.Equal(("trunk:bf16", false), (instance.ToString(), instance.IsDefault));
        Assert.Equal((Precision.BFloat16, Precision.Float32), (model.Graph.PrecisionOf(new Port(part, 0)), model.Graph.PrecisionOf(new Port(part, 1))));
        Assert.Equal(Table(part.Inside!), Table(SpecCompiler.CompileInstance(Library(trunk), Resolution.SpecLibrary.Parse([]), instance).Model!.Graph));
    }

    [Fact]
    public void Operators_of_regions_take_32_bit_floats_and_what_follows_them_does_not()
    {
        var model = Compiled("faster-rcnn-resnet50-voc-bf16");

        var pooling = model.Graph.Flatten().Select(n => n.Node).Single(n => n.OperatorName == "roiMaxPool" || n.OperatorName == "cropAndResize" || n.OperatorName == "roiAlign");
        Assert.Equal(Precision.Float32, pooling.Precision);
        Assert.True(PrecisionCast.Is(pooling.Inputs[0].Node));
        Assert.DoesNotContain(model.Graph.Nodes, n => PrecisionCast.Is(n) && model.Graph.ShapeOf(n.Inputs[0]) is TensorShape.Boxes);
        Assert.All(model.Graph.Results, r => Assert.Equal(Precision.Float32, model.Graph.PrecisionOf(r.Port)));
    }

    [Fact]
    public void A_misspelt_format_is_told()
    {
        var problem = Specs.Problem(Base.Replace("train: {", "train: { precision: fp16,"));

        Assert.Equal(Rules.UnknownValue, problem.Descriptor);
        Assert.Contains("fp32, bf16", problem.ToString());
    }

    private static CompiledModel Compiled(string name)
    {
        var result = SpecCompiler.Compile(Repository.Library.Find(name)!, Repository.Library);
        Assert.True(result.Model is not null, Specs.Lines(result.Diagnostics));
        return result.Model;
    }

    private static Resolution.ParsedSpec Library(string text) => Resolution.ParsedSpec.Parse(new Resolution.SpecDocument("trunk.yaml", text));

    private static string Table(Graph graph, string indent = "")
    {
        string Name(Port port) => port.Node?.Name ?? graph.Inputs[port.Index].Name;
        return string.Join("\n", graph.Nodes.Select(n =>
            $"{indent}{n.Name} {n.OperatorName} {PrecisionCast.Word(graph.PrecisionOf(new Port(n, 0)))} <- {string.Join(' ', n.Inputs.Select(Name))}"
            + (n.Inside is { } inside ? "\n" + Table(inside, indent + "  ") : "")));
    }
}
