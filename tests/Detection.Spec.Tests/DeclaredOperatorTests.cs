// Operators that a spec declares: their shapes, tensors and costs, every mistake in a declaration or use, and who owns their classes.
using Detection.Spec.Compilation;
using Detection.Spec.Expressions;
using Detection.Spec.Graphs;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;

namespace Detection.Spec.Tests;

public class DeclaredOperatorTests
{
    private const string Coord =
        "attributes: { out: { minimum: 1 }, stride: { default: 1, minimum: 1 } }, shape: { channels: out, height: \"floor((height - 1) / stride) + 1\", width: \"floor((width - 1) / stride) + 1\" }, "
        + "tensors: { weight: [\"out\", in + 2, 3, 3], shift: [\"out\"], scale: { shape: [1], init: 2, learned: false } }, multiplyAdds: 9*(in + 2), sees: 3";

    private static string Text(string declaration, string node, string last = "x", string input = "{ size: [64, 64] }") =>
        Specs.Backbone("first: { op: conv, out: 8, kernel: 3, padding: 1 }\n" + node, last, input, $"operators: {{ own: {declaration} }}\n");

    [Fact]
    public void Shape_tensors_costs_stride_and_receptive_field_follow_from_the_declaration()
    {
        var model = Specs.Model(Text("{ " + Coord + " }", "x: { op: own, out: 12, stride: 2 }", input: "{ size: [65, 64] }"));
        var cost = model.Costs.Single(c => c.Path == "x");
        var field = ReceptiveFields.Of(model.Graph)["x"];

        Assert.Equal("12x33x32", Specs.Shape(model, "x"));
        Assert.Equal(["first.weight", "first.bias", "x.weight", "x.shift", "x.scale"], model.Graph.StoredTensors().Select(t => t.Key));
        Assert.Equal(((12 * 10 * 9) + 12L, 1L, 33L * 32 * 12 * 90), (cost.Parameters, cost.Statistics, cost.MultiplyAdds));
        Assert.Equal((new ReceptiveField(5, 2), new ReceptiveField(5, 2)), field);
    }

    [Theory]
    [InlineData("{}", "8x64x64")]
    [InlineData("{ shape: { channels: in * 2 } }", "16x64x64")]
    [InlineData("{ shape: { vector: in + 1 } }", "9")]
    [InlineData("{ shape: { height: 7, width: \"2 * width\" } }", "8x7x128")]
    [InlineData("{ attributes: { on: { kind: flag, default: true }, by: { kind: number, default: 0.5 } }, shape: { channels: in + on, height: round(height * by) } }", "9x32x64")]
    public void What_a_shape_does_not_say_is_as_in_the_input(string declaration, string shape)
    {
        var result = shape == "9" ? Specs.Model(Text(declaration, "y: own\nx: { op: multiply, from: [first, z] }".Replace("\nx", "\nz: { op: linear, out: 8 }\nx"))) : Specs.Model(Text(declaration, "x: own"));

        Assert.Equal(shape, Specs.Shape(result, shape == "9" ? "y" : "x"));
    }

    [Theory]
    [InlineData("floor((height - 1) / 2) + 1")]
    [InlineData("ceil(height / 3)")]
    [InlineData("round(height * 0.3)")]
    [InlineData("2 * ceil((ceil(height / 2) + 3) / 5) + 1")]
    [InlineData("floor(height * 7 / 3 - 1.5)")]
    [InlineData("-(4 - height)")]
    [InlineData("height + height - 3")]
    [InlineData("floor(height / 4) * 4")]
    [InlineData("ceil((height + min(2, 5) % 3) / (1 + 1))")]
    public void A_size_is_what_the_expression_gives_for_every_input_and_repeats_as_it_says(string rule)
    {
        var expression = ExpressionParser.Parse(rule);
        var extent = SizeRule.Over(expression, "height", Extent.Input, _ => null);

        for (var size = 1L; size < 400; size++)
        {
            // In decimals of the expression, a hair is added where a tenth is none in binary.
            Assert.Equal(Exact(rule, size), extent.At(size));
            Assert.True(size < extent.StableFrom || extent.At(size + extent.Period) == extent.At(size) + extent.Slope, rule + " at " + size);
        }
    }

    [Fact]
    public void Maps_of_declared_operators_join_when_their_sizes_are_equal_for_all_inputs()
    {
        const string declaration = "{ shape: { height: \"floor((height + 1) / 2)\", width: \"ceil(width / 2)\" } }";

        var right = Specs.Compile(Text(declaration, "h: own\nc: { op: conv, from: first, out: 8, kernel: 3, stride: 2, padding: 1 }\nx: { op: add, from: [h, c] }", input: "{ size: [64, 64], minimum: 8 }"));
        var wrong = Specs.Problem(Text(declaration.Replace("ceil", "floor"), "h: own\nc: { op: conv, from: first, out: 8, kernel: 3, stride: 2, padding: 1 }\nx: { op: add, from: [h, c] }", input: "{ size: [64, 64], minimum: 8 }"));

        Assert.Empty(right.Diagnostics);
        Assert.Equal("DG0502", wrong.Id);
        Assert.Contains("for an input width of 9 pixels", wrong.Message);
    }

    [Theory]
    [InlineData("{ shape: { height: heigth } }", "x: own", "DG0302", "heigth")]
    [InlineData("{ shape: { width: height } }", "x: own", "DG0302", "height")]
    [InlineData("{ shape: { channels: inn } }", "x: own", "DG0302", "Did you mean 'in'")]
    [InlineData("{ shape: { chanels: 3 } }", "x: own", "DG0101", "Did you mean 'channels'")]
    [InlineData("{ atributes: {} }", "x: own", "DG0101", "Did you mean 'attributes'")]
    [InlineData("{ shape: { height: \"height * height\" } }", "x: own", "DG0506", "'*' multiplies two sizes")]
    [InlineData("{ shape: { height: \"8 / height\" } }", "x: own", "DG0506", "'/' divides by a size")]
    [InlineData("{ shape: { height: \"height % 2\" } }", "x: own", "DG0506", "'%' takes no size")]
    [InlineData("{ shape: { height: \"sqrt(height)\" } }", "x: own", "DG0506", "'sqrt' takes no size")]
    [InlineData("{ shape: { height: \"height - floor(height / 2)\" } }", "x: own", "DG0506", "of which one is rounded")]
    [InlineData("{ shape: { height: height / 3 } }", "x: own", "DG0506", "'x': the height 'height / 3' is no size: it is not a whole number for every size")]
    [InlineData("{ shape: { height: 70 - height } }", "x: own", "DG0506", "shrinks")]
    [InlineData("{ shape: { height: height - 64 } }", "x: own", "DG0503", "takes 64 cells and gives 0")]
    [InlineData("{ shape: { height: height / (in - 8) } }", "x: own", "DG0506", "division by zero")]
    [InlineData("{ shape: { channels: in / 3 } }", "x: own", "DG0501", "'channels' must be a whole number of at least 1")]
    [InlineData("{ shape: { channels: in - 8 } }", "x: own", "DG0501", "but is 0")]
    [InlineData("{ shape: { vector: 3, channels: 3 } }", "x: own", "DG0506", "beside 'vector'")]
    [InlineData("{ shape: { channels: frobnicate(in) } }", "x: own", "DG0303", "no function 'frobnicate'")]
    [InlineData("{ shape: { channels: max() } }", "x: own", "DG0301", "expected")]
    [InlineData("{ shape: [8] }", "x: own", "DG0102", "shape")]
    [InlineData("{ tensors: { w: 3 } }", "x: own", "DG0102", "a list of at most 8 sizes")]
    [InlineData("{ tensors: { w: [in / 3] } }", "x: own", "DG0506", "'w' must be a whole number")]
    [InlineData("{ tensors: { w: { init: 3 } } }", "x: own", "DG0103", "shape")]
    [InlineData("{ tensors: { w: { shape: [3], lerned: true } } }", "x: own", "DG0101", "Did you mean 'learned'")]
    [InlineData("{ attributes: { a: { default: 1 } }, tensors: { a: [3] } }", "x: own", "DG0207", "'a'")]
    [InlineData("{ multiplyAdds: in / 3 }", "x: own", "DG0506", "'multiplyAdds' must be a whole number")]
    [InlineData("{ sees: 0 }", "x: own", "DG0506", "'sees' must be a whole number of at least 1")]
    [InlineData("{ attributes: { a: 3 } }", "x: own", "DG0102", "a map such as")]
    [InlineData("{ attributes: { a: { kind: intger } } }", "x: own", "DG0105", "Did you mean 'integer'")]
    [InlineData("{ attributes: { a: { default: 3, maximum: 2 } } }", "x: own", "DG0104", "'default' is 3")]
    [InlineData("{ attributes: { from: { default: 3 } } }", "x: own", "DG0207", "a key of nodes")]
    [InlineData("{ attributes: { height: { default: 3 } } }", "x: own", "DG0207", "'height'")]
    [InlineData("{ attributes: { a: { minimum: 1 } } }", "x: own", "DG0103", "'a'")]
    [InlineData("{ attributes: { a: { minimum: 1 } } }", "x: { op: own, a: 0 }", "DG0104", "'a' is 0")]
    [InlineData("{ attributes: { a: { minimum: 1, default: 2 } } }", "x: { op: own, b: 3 }", "DG0101", "'b' is not a key of the operator 'own'")]
    [InlineData("{ class: 3x }", "x: own", "DG0106", "3x")]
    [InlineData("{ class: lower }", "x: own", "DG0106", "capital letter")]
    [InlineData("{ class: Some..Name }", "x: own", "DG0106", "Some..Name")]
    [InlineData("{ class: Some.class }", "x: own", "DG0106", "a word of C#")]
    [InlineData("{ class: Conv2d }", "x: own", "DG0207", "Conv2d")]
    [InlineData("3", "x: own", "DG0102", "own")]
    [InlineData("{}", "x: { op: own, from: [first, first] }", "DG0504", "one input")]
    [InlineData("{ shape: { vector: 3 } }", "y: own\nx: { op: own, from: y }", "DG0505", "a feature map")]
    [InlineData("{ inputs: [a, b] }", "x: own", "DG0504", "2 inputs")]
    [InlineData("{ inputs: [a, b] }", "y: { op: maxPool, kernel: 2, stride: 2 }\nx: { op: own, from: [first, y] }", "DG0502", "own needs feature maps of equal height")]
    [InlineData("{ inputs: [a, b], tensors: { w: [a, c] } }", "x: { op: own, from: [first, first] }", "DG0302", "c")]
    [InlineData("{ inputs: [a, a] }", "x: { op: own, from: [first, first] }", "DG0207", "an input")]
    [InlineData("{ inputs: [a, in] }", "x: { op: own, from: [first, first] }", "DG0207", "in")]
    [InlineData("{ inputs: [a, b], attributes: { b: { default: 1 } } }", "x: { op: own, from: [first, first] }", "DG0207", "an attribute")]
    [InlineData("{ inputs: [a, b], tensors: { b: [1] } }", "x: { op: own, from: [first, first] }", "DG0207", "an attribute or input")]
    [InlineData("{ inputs: [a] }", "x: own", "DG0102", "a list of 2 to 6 names")]
    [InlineData("{ inputs: 2 }", "x: own", "DG0102", "a list of 2 to 6 names")]
    [InlineData("{}", "x: owm", "DG0201", "Did you mean 'own'")]
    [InlineData("{ tensors: { w: [in] } }", "y: own\nz: { op: conv, out: 4, kernel: 1 }\nx: { op: own, shares: y }", "DG0211", "w")]
    public void A_mistake_is_told_once_and_says_what_is_wrong(string declaration, string node, string id, string words)
    {
        var problem = Specs.Problem(Text(declaration, node));

        Assert.Equal(id, problem.Id);
        Assert.Contains(words, problem.Message);
    }

    [Theory]
    [InlineData("operators: { relu: {} }\n", "'relu' is an operator of the language already")]
    [InlineData("operators: { own: {} }\nblocks: { own: { nodes: { a: relu } } }\n", "'own' is a block already")]
    [InlineData("operators: { other: {} }\n", "'other' is a model already")]
    public void A_name_that_is_taken_is_refused(string declarations, string message)
    {
        var problem = Specs.Problem(Specs.Backbone("x: relu", "x", rest: declarations), Specs.Backbone("x: relu", "x").Replace("model: m", "model: other"));

        Assert.Equal(("DG0207", true), (problem.Id, problem.Message.StartsWith(message, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_names_of_several_inputs_are_their_channels()
    {
        var model = Specs.Model(Text(
            "{ inputs: [map, guide], shape: { channels: map + guide }, tensors: { w: [guide, in] }, multiplyAdds: guide }",
            "other: { op: conv, out: 4, kernel: 3, padding: 1 }\nx: { op: own, from: [first, other] }"));

        Assert.Equal("12x64x64", Specs.Shape(model, "x"));
        Assert.Equal((4 * 8L, 64L * 64 * 12 * 4), (model.Costs.Single(c => c.Path == "x").Parameters, model.Costs.Single(c => c.Path == "x").MultiplyAdds));
    }

    [Fact]
    public void An_operator_that_nothing_uses_is_checked_too() =>
        Assert.Equal("DG0302", Specs.Problem(Text("{ tensors: { w: [out] } }", "x: relu")).Id);

    [Fact]
    public void All_mistakes_of_declarations_come_at_once() =>
        Assert.Equal(
            ["DG0101", "DG0302", "DG0302", "DG0506"],
            Specs.Compile(Text("{ sumary: s, shape: { height: sqrt(height), channels: a }, tensors: { w: [b] } }", "x: own")).Diagnostics.Select(d => d.Id).Order());

    [Fact]
    public void Who_extends_a_spec_has_its_operators_and_leaves_their_classes_with_it()
    {
        var lower = Specs.Backbone("x: { op: own, out: 4 }", "x", rest: $"operators: {{ own: {{ class: Own, {Coord} }} }}\n").Replace("model: m", "model: lower");
        const string upper = "spec: 1\nmodel: m\nextends: lower\noperators: { $insert: { more: { class: More } } }\nnodes: { x: { out: 6 }, $insert: { y: more } }\n";
        var specs = new[] { ("upper.yaml", upper), ("lower.yaml", lower) }.Select(t => ParsedSpec.Parse(new SpecDocument(t.Item1, t.Item2))).ToArray();
        var library = new SpecLibrary(specs);

        Assert.Equal("6x64x64", Specs.Shape(Specs.Model(upper, lower), "x"));
        Assert.Equal(["more"], DeclaredOperators.Of(specs[0], library).Select(o => o.Name));
        Assert.Equal(["own"], DeclaredOperators.Of(specs[1], library).Select(o => o.Name));
    }

    [Theory]
    [InlineData("{ multiplyAdds: 1 }", "DG0506: 'own' is changed here, but its class Own is written for what 1.yaml says")]
    [InlineData("{ multiplyAdds: 1, class: Other }", "")]
    [InlineData("{ $replace: { class: Other, attributes: { out: { default: 1 } } } }", "")]
    public void An_inherited_operator_that_is_changed_takes_a_class_of_its_own(string change, string message)
    {
        var lower = Specs.Backbone("x: { op: own, out: 4 }", "x", rest: $"operators: {{ own: {{ class: Own, {Coord} }} }}\n").Replace("model: m", "model: lower");

        var result = Specs.Compile($"spec: 1\nmodel: m\nextends: lower\noperators: {{ own: {change} }}\n", lower);

        Assert.Contains(message, Specs.Lines(result.Diagnostics));
        Assert.Equal(message.Length == 0, result.Model is not null);
    }

    [Fact]
    public void A_model_with_operators_is_a_part_with_its_own()
    {
        var part = Specs.Backbone("x: { op: own, out: 4 }", "x", rest: $"operators: {{ own: {{ {Coord} }} }}\n").Replace("model: m", "model: part");

        Assert.Equal("4x64x64", Specs.OutputShape(Specs.Model(Specs.Backbone("p: { op: part }\ny: { op: relu, from: p.out }", "y"), part)));
        Assert.Equal("DG0201", Specs.Problem(Specs.Backbone("p: { op: part }\ny: { op: own, from: p.out }", "y"), part).Id);
    }

    [Theory]
    [InlineData("class: Other, " + Coord, false)]
    [InlineData(Coord + ", summary: Words.", true)]
    [InlineData("attributes: { out: { minimum: 1 }, stride: { default: 2, minimum: 1 } }, shape: { channels: out }", false)]
    public void The_fingerprint_covers_class_attributes_and_tensors(string declaration, bool same) => Assert.Equal(
        same,
        Specs.Model(Text("{ " + declaration + " }", "x: { op: own, out: 4 }")).SpecHash == Specs.Model(Text("{ " + Coord + " }", "x: { op: own, out: 4 }")).SpecHash);

    // The same arithmetic in decimals, in which tenths are exact.
    private static long Exact(string rule, long size) => rule switch
    {
        "round(height * 0.3)" => (long)decimal.Floor((size * 0.3m) + 0.5m),
        _ => (long)ExpressionParser.Parse(rule.Replace("* 7 / 3 - 1.5", "* 14 / 6 - 1.5")).Evaluate(_ => size),
    };
}
