// `variants:`: one file, a grid of models; which there are, what they are called, what is laid over what, and that one mistake is one message.
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Resolution;

namespace Detection.Spec.Tests;

public class VariantTests
{
    private const string Shared = """
        spec: 1
        model: net-{width}-{depth}
        kind: backbone
        summary: A net of width {width} that is {depth.word}.
        input: { size: [64, 64], minimum: 32 }
        parameters: { w: "{width}" }
        nodes:
          conv1: { op: conv, out: w, kernel: 3, stride: 2 }
          conv2: { op: conv, out: w, kernel: 3 }
        taps: { out: conv2 }
        variants:
          axes:
            width: [8, 16]
            depth:
              flat: { texts: { word: shallow } }
              deep:
                texts: { word: deep }
                nodes:
                  conv2: { kernel: 5 }
                  $insert: { $after: conv2, conv3: { op: conv, out: w, kernel: 3 } }
                taps: { out: conv3 }

        """;

    private static CompilationResult[] Models(string text, params string[] others) => [.. Specs.Compile(text, others).Models];

    private static string Names(string text) => string.Join(" ", Models(text).Select(m => m.Spec.ModelName));

    [Fact]
    public void A_grid_is_the_product_of_its_axes_in_their_order() =>
        Assert.Equal("net-8-flat net-8-deep net-16-flat net-16-deep", Names(Shared));

    [Fact]
    public void Each_point_is_a_model_of_its_own()
    {
        var model = Models(Shared)[3].Model!;

        Assert.Equal(("net-16-deep", "Net16Deep", "A net of width 16 that is deep."), (model.Name, model.ClassName, model.Summary));
        Assert.Equal(["conv1", "conv2", "conv3"], model.Graph.Nodes.Select(n => n.Name));
        Assert.Equal("16x25x25", Specs.OutputShape(model));
        Assert.Equal(2, Models(Shared)[0].Model!.Graph.Nodes.Length);
        Assert.Equal(4, Models(Shared).Select(m => m.Model!.SpecHash).Distinct().Count());
    }

    [Theory]
    [InlineData("exclude: { width: 8, depth: deep }", "net-8-flat net-16-flat net-16-deep")]
    [InlineData("exclude: [{ width: 8 }]", "net-16-flat net-16-deep")]
    [InlineData("exclude: [{ depth: [flat, deep], width: 16 }]", "net-8-flat net-8-deep")]
    [InlineData("only: [{ width: 8, depth: flat }, { width: 16, depth: deep }]", "net-8-flat net-16-deep")]
    [InlineData("only: { depth: deep }\n  exclude: { width: 8 }", "net-16-deep")]
    public void Only_and_exclude_choose_points(string selection, string expected) => Assert.Equal(expected, Names($"{Shared}  {selection}\n"));

    [Fact]
    public void Overlays_are_laid_in_the_order_of_the_axes()
    {
        var text = Shared.Replace("width: [8, 16]", "width: { \"8\": { nodes: { conv2: { kernel: 7, dilation: 2 } } } }", StringComparison.Ordinal);

        Assert.Equal("8x19x19", Specs.Shape(Models(text)[0].Model!, "conv2"));
        Assert.Equal("8x23x23", Specs.Shape(Models(text)[1].Model!, "conv2"));
    }

    [Fact]
    public void A_class_spells_values_as_CSharp_does()
    {
        var text = Shared.Replace("kind: backbone", "class: Net{depth}_{width}\nkind: backbone", StringComparison.Ordinal).Replace("deep:", "very-deep:", StringComparison.Ordinal);

        Assert.Equal("NetVeryDeep_8", Models(text)[1].Model!.ClassName);
    }

    [Fact]
    public void Others_extend_a_point_and_use_it_as_a_part()
    {
        var extending = Specs.Model("spec: 1\nmodel: m\nextends: net-16-deep\nnodes: { conv3: { kernel: 1 } }\n", Shared);
        var using_ = Specs.Model(Specs.Backbone("net: { op: net-8-flat }\nlast: { op: relu, from: net.out }", "last"), Shared);

        Assert.Equal("16x27x27", Specs.OutputShape(extending));
        Assert.Equal("8x29x29", Specs.OutputShape(using_));
    }

    [Fact]
    public void A_point_extends_what_its_last_overlay_says()
    {
        const string Grid = "spec: 1\nmodel: v-{base}\nextends: net-8-flat\nvariants:\n  axes:\n    base: { a: , b: { extends: \"net-16-{end}\", nodes: { conv3: { kernel: 1 } } } }\n    end: [deep]\n";

        Assert.Equal(["8x29x29", "16x27x27"], Models(Grid, Shared).Select(m => Specs.OutputShape(m.Model!)));
    }

    [Fact]
    public void Expectations_of_all_layers_hold_where_they_are_for()
    {
        var text = Shared.Replace("variants:", "expect:\n  - { source: s, for: { width: 8, depth: flat }, parameters: 808 }\n  - { source: s, for: { width: [16] }, shapes: { conv1: [16, 31, 31] } }\nvariants:", StringComparison.Ordinal)
            .Replace("texts: { word: deep }", "texts: { word: deep }\n        expect: { source: s, shapes: { conv3: [\"{width}\", 25, 25] } }", StringComparison.Ordinal);

        Assert.Equal("", Specs.Lines(Specs.Compile(text).Diagnostics));

        var wrong = Specs.Problem(text.Replace("808", "809", StringComparison.Ordinal));
        Assert.Equal("spec.yaml(12,62): error DG0701: Expected parameters = 809, but it is 808 (s) (in 'net-8-flat')", wrong.ToString());
        Assert.Equal(2, Specs.Compile(text.Replace("\"{width}\", 25, 25", "16, 24, 25", StringComparison.Ordinal)).Diagnostics.Single().ToString().Split("'net-8-deep', and in 1 more of the grid's 4 models").Length);
    }

    [Fact]
    public void A_mistake_in_the_shared_part_is_one_message()
    {
        var problem = Specs.Problem(Shared.Replace("stride: 2", "strid: 2", StringComparison.Ordinal));

        Assert.Equal("spec.yaml(8,41): error DG0101: 'strid' is not a key of the operator 'conv'. Did you mean 'stride'?", problem.ToString());
    }

    [Fact]
    public void A_mistake_in_an_overlay_stands_there_and_names_where_it_bites()
    {
        var problem = Specs.Problem(Shared.Replace("taps: { out: conv3 }", "taps: { aut: conv3 }", StringComparison.Ordinal));

        Assert.Equal(
            "spec.yaml(21,17): error DG0402: The grid 'net-{width}-{depth}' has no 'aut' in 'taps'. Did you mean 'out'? To add it, use $insert (in 'net-8-deep', and in 1 more of the grid's 4 models)",
            problem.ToString());
    }

    [Theory]
    [InlineData("net-{width}-{depth}", "net-{width}", "DG0405", "'net-8' would name the models of (width: 8, depth: flat) and of (width: 8, depth: deep); put {depth} into 'model'")]
    [InlineData("net-{width}-{depth}", "net-{with}-{depth}", "DG0404", "The grid has no axis 'with'. Did you mean 'width'?")]
    [InlineData("width {width} that", "width {with} that", "DG0404", "The grid has no axis 'with'. Did you mean 'width'?")]
    [InlineData("{depth.word}", "{depth.wort}", "DG0404", "The value 'flat' of the axis 'depth' has no 'wort' among its 'texts'. Did you mean 'word'?")]
    [InlineData("flat: {", "Fl/at: {", "DG0106", "'Fl/at' cannot name a value of an axis")]
    [InlineData("flat: {", "Flat: {", "DG0106", "'net-8-Flat' cannot name a model")]
    [InlineData("width: [8, 16]", "width: [8, 8]", "DG0207", "'8' is a value of 'width' already")]
    [InlineData("width: [8, 16]", "width: []", "DG0102", "'width' must be a list of values, or a map of values and what they change, but here is an empty one")]
    [InlineData("width: [8, 16]", "width: { \"8\": 5 }", "DG0102", "'8' must be a map that is laid over the spec, but here is '5'")]
    [InlineData("width: [8, 16]", "index: [8, 16]\n    width: [8]", "DG0207", "'index' is a hole of repetitions and heads already")]
    [InlineData("  axes:", "  axis: 1\n  axes:", "DG0101", "'axis' is not a key of 'variants'. Did you mean 'axes'?")]
    [InlineData("texts: { word: shallow }", "texts: { word: shallow }, model: x", "DG0101", "'model' is not a key of a value of an axis")]
    public void What_is_wrong_with_a_grid_is_told_once(string from, string to, params string[] expected)
    {
        var result = Specs.Compile(Shared.Replace(from, to, StringComparison.Ordinal));

        Assert.Equal(expected.Length / 2, result.Diagnostics.Length);
        for (var i = 0; i < expected.Length; i += 2)
        {
            Assert.Contains(result.Diagnostics, d => d.Id == expected[i] && d.Message.Contains(expected[i + 1], StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("exclude: { widht: 8 }", "The grid has no axis 'widht'. Did you mean 'width'?")]
    [InlineData("only: { depth: [flat, dep] }", "The axis 'depth' has no value 'dep'. Did you mean 'deep'?")]
    public void A_selector_names_axes_and_values_that_there_are(string selection, string message) =>
        Assert.Equal(message, Specs.Problem($"{Shared}  {selection}\n").Message);

    [Fact]
    public void A_grid_of_nothing_is_an_error() => Assert.Equal("No model is left of the grid", Specs.Problem($"{Shared}  exclude: {{ width: [8, 16] }}\n").Message);

    [Fact]
    public void Grids_are_bounded_before_they_are_spanned()
    {
        var axes = string.Concat(Enumerable.Range(0, 8).Select(i => $"    a{i}: [{string.Join(", ", Enumerable.Range(0, 100))}]\n"));
        var text = Specs.Backbone("a: relu", "a").Replace("model: m", "model: m-{a0}", StringComparison.Ordinal) + "variants:\n  axes:\n" + axes;

        Assert.Equal("DG0406", Specs.Problem(text).Id);
        Assert.StartsWith("A grid has at most 8 axes", Specs.Problem(text + "    b: [1]\n").Message, StringComparison.Ordinal);
        Assert.Equal("The grid has 1001 models; a file spans at most 1000", Specs.Problem(
            Specs.Backbone("a: relu", "a").Replace("model: m", "model: m-{a}", StringComparison.Ordinal)
            + $"variants: {{ axes: {{ a: [{string.Join(", ", Enumerable.Range(0, 1001))}] }} }}\n").Message);
    }

    [Fact]
    public void Holes_of_repetitions_and_heads_are_left_to_them()
    {
        var text = Shared.Replace("conv1: { op: conv, out: w, kernel: 3, stride: 2 }", "conv1: { op: conv, out: w, kernel: 3, stride: 2, repeat: 2, key: \"c.{i}.{width}\" }", StringComparison.Ordinal);

        Assert.Equal("c.1.8", Models(text)[0].Model!.Graph.Nodes[1].Key);
    }

    [Fact]
    public void Content_does_not_change_with_comments_places_and_other_values()
    {
        static ParsedSpec[] Points(string text) => [.. ParsedSpec.Parse(new SpecDocument("spec.yaml", text)).Models];
        var before = Points(Shared);
        var moved = Points("# a comment\n\n" + Shared.Replace("{ w: ", "{   w:    ", StringComparison.Ordinal));
        var edited = Points(Shared.Replace("kernel: 5", "kernel: 7", StringComparison.Ordinal));

        Assert.All(before.Zip(moved), p => Assert.True(p.First.HasContentOf(p.Second) && !p.First.Equals(p.Second)));
        Assert.Equal([true, false, true, false], before.Zip(edited).Select(p => p.First.HasContentOf(p.Second)));
        Assert.False(before[0].HasContentOf(before[1]));
    }

    [Fact]
    public void A_grid_that_has_no_models_says_only_what_is_wrong_with_it()
    {
        var result = Specs.Compile(Shared.Replace("width: [8, 16]", "width: 5", StringComparison.Ordinal));

        Assert.Equal("DG0102", Assert.Single(result.Diagnostics).Id);
        Assert.Null(result.Declared);
        Assert.Null(new SpecLibrary([result.Spec]).Find(result.Spec.ModelName));
    }
}
