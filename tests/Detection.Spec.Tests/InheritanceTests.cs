// `extends`: what merges, what replaces, the verbs, and where merged nodes say they stand.
using Detection.Spec.Graphs;

namespace Detection.Spec.Tests;

public class InheritanceTests
{
    private const string Base =
        "spec: 1\nmodel: base\nclass: Base\nkind: backbone\nsummary: the base\ninput: { size: [64, 64], minimum: 32 }\npreprocess: { mean: [1, 2, 3], std: [2] }\nparameters: { w: 8 }\n"
        + "blocks: { unit: { parameters: { out: }, nodes: { conv: { op: conv, out: out, kernel: 1 }, act: relu } } }\n"
        + "nodes:\n  conv1: { op: conv, out: w, kernel: 3, stride: 2 }\n  relu1: relu\n  conv2: { op: conv, out: w, kernel: 3 }\n  conv3: { op: conv, out: w, kernel: 3 }\n"
        + "taps: { a: conv1, b: conv3 }\nexpect: { source: s, parameters: 1392 }\n";

    private static string Over(string lines, string name = "m", string extends = "base") => $"spec: 1\nmodel: {name}\nextends: {extends}\n{lines}";

    private static string[] Nodes(string lines) =>
        [.. Specs.Model(Over(lines), Base).Graph.Nodes.Select(n => $"{n.Name}:{n.OperatorName}")];

    [Fact]
    public void Maps_merge_scalars_and_lists_replace_and_the_rest_stays()
    {
        var model = Specs.Model(Over("preprocess: { mean: [5] }\nparameters: { w: 4 }\nnodes: { conv2: { kernel: 5 } }\n"), Base);

        Assert.Equal(([5.0, 5.0, 5.0], [2.0, 2.0, 2.0]), (model.Preprocessing.Mean.ToArray(), model.Preprocessing.Std.ToArray()), Lists);
        Assert.Equal("4x31x31", Specs.Shape(model, "conv1"));
        Assert.Equal("4x27x27", Specs.Shape(model, "conv2"));
        Assert.Equal("base", model.BaseName);
    }

    private static bool Lists((double[], double[]) a, (double[], double[]) b) => a.Item1.SequenceEqual(b.Item1) && a.Item2.SequenceEqual(b.Item2);

    [Fact]
    public void What_a_model_says_of_itself_is_not_inherited()
    {
        var model = Specs.Model(Over("nodes: { conv2: { kernel: 5 } }\n"), Base);

        Assert.Equal(("M", ""), (model.ClassName, model.Summary));
    }

    [Theory]
    [InlineData("nodes: { $remove: [conv2, relu1] }\n", "conv1:conv conv3:conv")]
    [InlineData("nodes: { $remove: conv2 }\n", "conv1:conv relu1:relu conv3:conv")]
    [InlineData("nodes: { $insert: { $after: conv1, x: relu, y: relu6 } }\n", "conv1:conv x:relu y:relu6 relu1:relu conv2:conv conv3:conv")]
    [InlineData("nodes: { $insert: { $before: conv1, x: relu } }\n", "x:relu conv1:conv relu1:relu conv2:conv conv3:conv")]
    [InlineData("nodes: { $insert: [{ $before: conv1, x: relu }, { y: relu }] }\n", "x:relu conv1:conv relu1:relu conv2:conv conv3:conv y:relu")]
    [InlineData("nodes: { relu1: leakyRelu }\n", "conv1:conv relu1:leakyRelu conv2:conv conv3:conv")]
    [InlineData("nodes: { relu1: { op: leakyRelu, slope: 0.2 } }\n", "conv1:conv relu1:leakyRelu conv2:conv conv3:conv")]
    [InlineData("nodes: { relu1: { key: act } }\n", "conv1:conv relu1:relu conv2:conv conv3:conv")]
    [InlineData("nodes: { conv2: { $replace: { op: maxPool, kernel: 2, stride: 2 } } }\n", "conv1:conv relu1:relu conv2:maxPool conv3:conv")]
    [InlineData("nodes: { $replace: { conv1: relu } }\ntaps: { $replace: { o: conv1 } }\n", "conv1:relu")]
    [InlineData("nodes: { relu1: { $replace: { op: unit, out: 8 } } }\n", "conv1:conv relu1:unit conv2:conv conv3:conv")]
    public void Verbs_change_the_list_of_nodes(string lines, string nodes) => Assert.Equal(nodes, string.Join(" ", Nodes(lines)));

    [Theory]
    [InlineData("nodes: { conv4: { kernel: 5 } }\n", "conv4", "The base model 'base' has no 'conv4' in 'nodes'. Did you mean 'conv1'? To add it, use $insert")]
    [InlineData("parameters: { ww: 5 }\n", "ww", "The base model 'base' has no 'ww' in 'parameters'. Did you mean 'w'? To add it, use $insert")]
    [InlineData("taps: { c: conv2 }\n", "c", "The base model 'base' has no 'c' in 'taps'. Did you mean 'a'? To add it, use $insert")]
    [InlineData("blocks: { units: { output: act } }\n", "units", "The base model 'base' has no 'units' in 'blocks'. Did you mean 'unit'? To add it, use $insert")]
    [InlineData("nodes: { $remove: conv9 }\n", "conv9", "The base model 'base' has no 'conv9' in 'nodes' to remove. Did you mean 'conv1'?")]
    [InlineData("nodes: { $insert: { $after: conv9, x: relu } }\n", "conv9", "The base model 'base' has no 'conv9' in 'nodes'. Did you mean 'conv1'?")]
    [InlineData("nodes: { $insert: { conv1: relu } }\n", "conv1", "'conv1' is in 'nodes' already; choose another name")]
    [InlineData("nodes: { $insert: [x] }\n", "x", "'$insert' holds a map of what is added, with '$before' or '$after' to say where, or a list of such maps")]
    [InlineData("nodes: { $insert: { $before: conv1, $after: conv2, x: relu } }\n", "$after", "'$insert' takes '$before' or '$after', not both")]
    [InlineData("nodes: { $remove: [[conv1]] }\n", "[conv1]", "'$remove' holds a name or a list of names")]
    [InlineData("nodes: { $delete: conv1 }\n", "$delete", "'$delete' is no merge verb here; there are $replace, $remove and $insert (with $before or $after inside)")]
    [InlineData("nodes: { conv1: { $replace: { op: relu }, key: x } }\n", "$replace", "'$replace' stands alone in its map and holds the map that is put in place")]
    [InlineData("nodes: { relu1: { $replace: relu6 } }\n", "$replace", "'$replace' stands alone in its map and holds the map that is put in place")]
    public void A_verb_or_override_that_misses_is_told_with_a_suggestion(string lines, string underlined, string message)
    {
        var text = Over(lines);
        var problem = Specs.Problem(text, Base);

        Assert.Equal((message, underlined), (problem.Message, Specs.Underlined(problem, text)));
    }

    [Fact]
    public void A_map_under_an_authors_name_is_no_list_of_names()
    {
        var odd = "spec: 1\nmodel: base\nkind: backbone\ninput: { size: [8, 8] }\nnodes: { heads: { op: conv, out: 2, kernel: 1 } }\ntaps: { o: heads }\n";

        Assert.Equal("2x4x4", Specs.Shape(Specs.Model(Over("nodes: { heads: { stride: 2 } }\n"), odd), "heads"));
    }

    [Fact]
    public void A_map_over_a_scalar_that_is_no_node_replaces_it() =>
        Assert.Equal("'size' must be a whole number or [height, width], but here is a map", Specs.Problem(Over("input: { size: { h: 3 } }\n"), Base.Replace("[64, 64]", "64")).Message);

    [Fact]
    public void Three_generations_lie_over_one_another()
    {
        var middle = Over("parameters: { w: 16 }\nnodes: { $remove: conv2 }\n", "middle");

        var model = Specs.Model(Over("nodes: { conv3: { kernel: 1 } }\n", "m", "middle"), middle, Base);

        Assert.Equal("conv1 relu1 conv3", string.Join(" ", model.Graph.Nodes.Select(n => n.Name)));
        Assert.Equal("16x31x31", Specs.Shape(model, "conv3"));
    }

    [Fact]
    public void Cycles_and_missing_bases_end_in_one_message()
    {
        Assert.Equal("'m' refers to itself: m -> n -> m", Specs.Problem(Over("", "m", "n"), Over("", "n", "m")).Message);
        Assert.Equal("'m' refers to itself: m -> m", Specs.Problem(Over("", "m", "m")).Message);
        Assert.Equal("There is no model 'bass' to extend. Did you mean 'base'?", Specs.Problem(Over("", "m", "bass"), Base).Message);
        Assert.Equal("'extends' must be text, but here is nothing", Specs.Compile("spec: 1\nmodel: m\nextends:\n").Diagnostics.Single(d => d.Id == "DG0102").Message);
    }

    [Fact]
    public void A_base_that_is_no_YAML_is_quoted() => Assert.Matches(
        @"^The model 'base' does not compile here: 1\.yaml\(\d+,\d+\): error DG0001: While parsing a", Specs.Problem(Over(""), Base + "x: [\n").Message);

    [Fact]
    public void A_problem_stands_in_the_file_that_wrote_it()
    {
        var own = Specs.Problem(Over("nodes: { conv2: { kernel: 0 } }\n"), Base);
        var inherited = Specs.Problem(Over("nodes: { conv2: { kernel: 5 } }\n"), Base.Replace("conv2: { op: conv, out: w", "conv2: { op: conv, out: 0"));

        Assert.Equal(("spec.yaml", 4), (own.Location.Path, own.Location.Start.Line + 1));
        Assert.Equal(("1.yaml", 13), (inherited.Location.Path, inherited.Location.Start.Line + 1));
    }
}
