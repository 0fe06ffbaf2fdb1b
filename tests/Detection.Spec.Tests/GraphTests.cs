// Wiring: where nodes take their inputs from, blocks, repetition, conditions, parts, and that one mistake is one message.
using Detection.Spec.Graphs;
using Detection.Spec.Resolution;

namespace Detection.Spec.Tests;

public class GraphTests
{
    private const string Unit =
        "blocks:\n  unit:\n    parameters: { out: , stride: 1 }\n    nodes:\n      conv: { op: conv, out: out, kernel: 3, stride: stride, padding: 1 }\n"
        + "      skip: { op: conv, from: input, out: out, kernel: 1, stride: stride, when: \"in != out or stride != 1\" }\n      sum: { op: add, from: [conv, skip] }\n"
        + "  pair: { inputs: [a, b], nodes: { s: { op: add, from: [a, b] }, r: relu }, output: s }\n  outer: { nodes: { u1: { op: unit, out: in }, u2: { op: unit, out: \"2*in\" } } }\n";

    private const string Part = "spec: 1\nmodel: part\nkind: backbone\ninput: { size: [8, 8] }\nparameters: { w: 4 }\nnodes:\n  a: { op: conv, out: w, kernel: 3, stride: 2, padding: 1 }\n  b: { op: conv, out: \"2*w\", kernel: 3, stride: 2, padding: 1 }\ntaps: { c1: a, c2: b }\n";

    private static string Text(string nodes, string last) => Specs.Backbone(nodes, last, rest: Unit);

    private static string[] Wiring(Graph graph) =>
        [.. graph.Nodes.Select(n => n.Name + " <- " + string.Join(" ", n.Inputs.Select(i => i.Node?.Name ?? graph.Inputs[i.Index].Name)))];

    [Fact]
    public void A_node_takes_the_node_above_it_unless_it_says_from() => Assert.Equal(
        ["a <- input", "b <- a", "c <- a", "d <- b c", "e <- d", "f <- input"],
        Wiring(Specs.Model(Text("a: relu\nb: relu\nc: { op: relu, from: a }\nd: { op: concat, from: [b, c] }\ne: relu\nf: { op: relu, from: input }", "f")).Graph));

    [Fact]
    public void A_repeated_node_is_a_chain_of_numbered_nodes_with_keys_from_zero()
    {
        var model = Specs.Model(Text("s: { op: unit, out: 8, repeat: 3, first: { stride: 2 }, key: \"layer1.{i}\" }\nt: { op: relu, from: s }\nu: { op: relu, from: s_1 }", "t"));

        Assert.Equal(["s_1 <- input", "s_2 <- s_1", "s_3 <- s_2", "t <- s_3", "u <- s_1"], Wiring(model.Graph));
        Assert.Equal("8x32x32", Specs.OutputShape(model));
        Assert.Equal(["layer1.0", "layer1.1", "layer1.2"], model.Graph.Nodes.Take(3).Select(n => n.Key));
        Assert.Equal(
            ["layer1.0.conv.weight", "layer1.0.conv.bias", "layer1.0.skip.weight", "layer1.0.skip.bias", "layer1.1.conv.weight"],
            model.Graph.StoredTensors().Select(t => t.Key).Take(5));
    }

    [Theory]
    [InlineData("layer{i}.x", "layer0.x", "layer1.x")]
    [InlineData("res4b{i+1}", "res4b1", "res4b2")]
    [InlineData("{i}.{2*i + 1}", "0.1", "1.3")]
    public void Braces_in_the_key_of_a_repeated_node_hold_an_expression_that_counts(string key, string first, string second)
    {
        var model = Specs.Model(Text($"s: {{ op: conv, out: 8, kernel: 1, repeat: 2, key: \"{key}\" }}", "s"));

        Assert.Equal([first, second], model.Graph.Nodes.Select(n => n.Key));
    }

    [Fact]
    public void A_node_left_out_by_when_passes_its_input_on()
    {
        var graph = Specs.Model(Text("a: { op: conv, out: 8, kernel: 1 }\nb: { op: unit, out: 8 }\nc: { op: unit, out: 16 }", "c")).Graph;

        Assert.Equal(["conv <- input", "sum <- conv input"], Wiring(((NodeBody.Block)graph.Nodes[1].Body).Graph));
        Assert.Equal(["conv <- input", "skip <- input", "sum <- conv skip"], Wiring(((NodeBody.Block)graph.Nodes[2].Body).Graph));
    }

    [Fact]
    public void Blocks_take_several_inputs_name_their_output_and_nest()
    {
        var model = Specs.Model(Text("a: { op: conv, out: 8, kernel: 1 }\np: { op: pair, from: [a, a] }\no: outer", "o"));

        var pair = ((NodeBody.Block)model.Graph.Nodes[1].Body).Graph;
        Assert.Equal("s", pair.Results.Single().Port.Node!.Name);
        Assert.Equal("16x64x64", Specs.OutputShape(model));
        Assert.Equal(["o.u1.conv", "o.u1.sum", "o.u2.conv", "o.u2.skip", "o.u2.sum"], model.Graph.Flatten().Select(f => f.Path).Where(p => p[0] == 'o'));
    }

    [Fact]
    public void A_model_is_a_part_with_arguments_and_named_outputs()
    {
        var model = Specs.Model(Text("p: { op: part, w: 6 }\nx: { op: relu, from: p.c1 }\ny: { op: upsample, from: p.c2 }\nz: { op: concat, from: [x, y] }", "z"), Part);

        var part = (NodeBody.Model)model.Graph.Nodes[0].Body;
        Assert.Equal("part(w=6)", part.Instance.ToString());
        Assert.Equal("18x32x32", Specs.OutputShape(model));
    }

    [Fact]
    public void An_argument_that_is_the_default_makes_no_variant() =>
        Assert.True(((NodeBody.Model)Specs.Model(Text("p: { op: part, w: \"2+2\" }", "p.c1"), Part).Graph.Nodes[0].Body).Instance.IsDefault);

    [Fact]
    public void A_bare_word_that_names_a_model_counts_as_a_reference()
    {
        var spec = ParsedSpec.Parse(new SpecDocument("a.yaml", Text("p: part\nq: { op: other, from: p.c1 }\nr: relu\n", "r").Replace("model: m\n", "model: m\nextends: base\n")));

        Assert.Equal(["base", "other", "part", "unit"], spec.References.ToArray());
        Assert.Equal(["a.yaml", "1.yaml"], new SpecLibrary([spec, ParsedSpec.Parse(new SpecDocument("1.yaml", Part))]).Closure(spec).Select(s => s.Document.Path));
    }

    [Fact]
    public void A_block_may_be_called_like_the_model_or_like_a_block_of_a_part()
    {
        var inner = "spec: 1\nmodel: inner\nkind: backbone\ninput: { size: [8, 8] }\nblocks: { stem: { nodes: { r: relu } } }\nnodes: { s: stem }\ntaps: { o: s }\n";

        Specs.Model(Specs.Backbone("s: stem", "s", rest: "blocks: { stem: { nodes: { i: inner } }, m: { nodes: { r: relu } } }\n") + "summary: the part's stem is not this one\n", inner);
        Specs.Model(Specs.Backbone("s: m", "s", rest: "blocks: { m: { nodes: { r: relu } } }\n"));
    }

    [Theory]
    [InlineData("a: { op: relu, from: inptu }", "inptu", "There is no node 'inptu' before this one. Did you mean 'input'?")]
    [InlineData("a: { op: add, from: [input, [x]] }", "[x]", "'from' must be the name of a node or a list of names, but here is a list")]
    [InlineData("a: { op: relu, from: }", "", "'from' must be the name of a node, but here is nothing")]
    [InlineData("a: relu\na_1: relu\nb: { op: relu, from: a.x }", "a.x", "'a' has a single output. Write 'a' alone.")]
    [InlineData("p: { op: part }\nb: { op: relu, from: p.c3 }", "p.c3", "'p' has no output 'c3', only c1, c2. Did you mean 'c1'?")]
    [InlineData("p: { op: part }\nb: { op: relu, from: p }", "p", "'p' has the outputs c1, c2. Name one of them, such as 'from: p.c1'.")]
    [InlineData("input: relu", "input", "'input' is a node or input already; choose another name")]
    [InlineData("a_2: relu\na: { op: relu, repeat: 2 }", "a", "'a_2' is a node or input (it would be number 2 of 'a') already; choose another name")]
    [InlineData("a: { out: 8 }", "a", "The node 'a' needs the key 'op'")]
    [InlineData("a:", "a", "The node 'a' needs the key 'op'")]
    [InlineData("a: [relu]", "[relu]", "'a' must be an operator, or a map with 'op', but here is a list")]
    [InlineData("a: { op: [relu] }", "[relu]", "'op' must be the name of an operator, block or model, but here is a list")]
    [InlineData("a: { op: relu, when: [1] }", "[1]", "'when' must be true or false, but here is a list")]
    [InlineData("a: { op: add, from: [input, input], when: false }", "when", "The node 'a', left out by 'when', takes one input to pass on, but is given 2")]
    [InlineData("a: { op: relu, repeat: 0 }", "0", "'repeat' is 0, but must be between 1 and 1000")]
    [InlineData("a: { op: relu, first: { slope: 1 } }", "first", "'first' is not a key of a node without 'repeat'.")]
    [InlineData("a: { op: relu, repeat: 2, first: 3 }", "3", "'first' must be a map of attributes of the first repetition, but here is '3'")]
    [InlineData("a: { op: relu, repeat: 2, first: { op: relu6 } }", "op", "'op' is not a key of 'first', which changes attributes only.")]
    [InlineData("a: { op: relu, repeat: 2, key: 'b{j}' }", "'b{j}'", "The expression 'j' does not know 'j'; it knows i. Did you mean 'i'?")]
    [InlineData("a: { op: relu, repeat: 2, key: 'b{i/2}' }", "'b{i/2}'", "'{i/2}' is 0.5, but must be a whole number of at most 9 digits")]
    [InlineData("a: { op: relu, key: [x] }", "[x]", "'key' must be the prefix of the node's tensors in a state dict, but here is a list")]
    [InlineData("a: { op: unit }", "a", "The block 'unit' needs the key 'out'")]
    [InlineData("a: { op: unit, out: 8, strid: 2 }", "strid", "'strid' is not an attribute or parameter of the block 'unit'. Did you mean 'stride'?")]
    [InlineData("a: { op: pair }", "pair", "The block 'pair' takes 2 inputs, but is given 1")]
    [InlineData("$remove: a", "$remove", "'$remove' needs 'extends': there is nothing to merge with")]
    public void A_mistake_in_a_node_is_one_message_at_its_place(string nodes, string underlined, string message)
    {
        var text = Specs.Backbone(nodes + "\nlast: { op: relu, from: input }", "last", rest: Unit);
        var problem = Specs.Problem(text, Part);

        Assert.Equal((message, underlined), (problem.Message, Specs.Underlined(problem, text)));
    }

    [Fact]
    public void A_node_that_fails_silences_those_that_depend_on_it_but_not_the_others()
    {
        var text = Text(
            "a: { op: conv, out: 8, kernal: 3 }\nb: { op: conv, out: in, kernel: 3 }\nc: { op: add, from: [a, b] }\nd: { op: unit, out: \"in*2\", repeat: 2 }\ne: { op: relu, from: input, slope: 1 }\nf: { op: conv, from: a, kernel: 3 }",
            "c");

        Assert.Equal(
            ["'kernal' is not a key of the operator 'conv'. Did you mean 'kernel'?", "The operator 'conv' needs the key 'kernel'", "'slope' is not a key of the operator 'relu'.", "The operator 'conv' needs the key 'out'"],
            Specs.Compile(text).Diagnostics.OrderBy(d => d.Location.Start.Line).ThenByDescending(d => d.Location.Start.Column).Select(d => d.Message));
    }

    [Fact]
    public void Nodes_are_checked_even_when_the_input_is_wrong() => Assert.Equal(
        ["'input' needs the key 'size'", "'sizes' is not a key of 'input'. Did you mean 'size'?", "There is no operator, block or model 'rleu'. Did you mean 'relu'?"],
        Specs.Compile(Specs.Backbone("a: { op: conv, out: in, kernel: 3 }\nb: rleu", "b", "{ sizes: [1, 1] }")).Diagnostics.Select(d => d.Message).Order(StringComparer.Ordinal));

    [Fact]
    public void A_part_with_errors_is_one_message_that_quotes_the_first_of_them()
    {
        var broken = Part.Replace("kernel: 3, stride: 2", "kernel: 3, stride: 0");
        var unread = Part + "x: [\n";

        Assert.Equal(
            "The model 'part' does not compile here: 1.yaml(7,45): error DG0104: 'stride' is 0, but must be between 1 and 1024",
            Specs.Problem(Text("p: part\nq: { op: relu, from: p.c1 }", "q"), broken).Message);
        Assert.StartsWith("The model 'part' does not compile here: 1.yaml(11,1): error DG0001", Specs.Problem(Text("p: part\nq: { op: relu, from: p.c1 }", "q"), unread).Message);
    }

    [Fact]
    public void Cycles_of_blocks_and_models_end_in_one_message()
    {
        Assert.Equal(
            "'a' refers to itself: m -> a -> b -> a",
            Specs.Problem(Specs.Backbone("x: a", "x", rest: "blocks: { a: { nodes: { n: b } }, b: { nodes: { n: a } } }\n")).Message);
        Assert.Contains(
            "'m' refers to itself: m -> n -> m",
            Specs.Problem(Specs.Backbone("x: n", "x"), Specs.Backbone("x: m", "x").Replace("model: m", "model: n")).Message);
    }

    [Fact]
    public void Growth_without_end_is_refused_across_models_too()
    {
        string Model(string name, string node) => $"spec: 1\nmodel: {name}\nkind: backbone\ninput: {{ size: [8, 8] }}\nnodes: {{ a: {node} }}\ntaps: {{ o: a }}\n";

        var problem = Specs.Problem(Model("m", "{ op: b, repeat: 1000 }"), Model("b", "{ op: c, repeat: 1000 }"), Model("c", "{ op: relu, repeat: 1000 }"));

        Assert.Contains("The network has more than 20000 nodes", problem.Message);
    }

    [Fact]
    public void Blocks_nested_beyond_the_stack_are_refused()
    {
        var blocks = string.Concat(Enumerable.Range(0, 3000).Select(i => $"  b{i}: {{ nodes: {{ n: {(i == 2999 ? "relu" : "b" + (i + 1))} }} }}\n"));

        Assert.Equal("Blocks and models are nested more than 48 levels deep", Specs.Problem(Specs.Backbone("x: b0", "x", rest: "blocks:\n" + blocks)).Message);
    }

    [Theory]
    [InlineData("inputs: []", "'inputs' must be a list of at least one name, but here is another list")]
    [InlineData("inputs: [a, a]", "'a' is an input already; choose another name")]
    [InlineData("inputs: a", "'inputs' must be a list of at least one name, but here is 'a'")]
    [InlineData("output: [r]", "'output' must be the name of a node, but here is a list")]
    [InlineData("outputs: r", "'outputs' is not a key of a block. Did you mean 'output'?")]
    [InlineData("output: q", "There is no node 'q'. Did you mean 'r'?")]
    [InlineData("parameters: { in: 1 }", "'in' is a name of the expression language already; choose another name")]
    [InlineData("parameters: [a]", "'parameters' must be a map of names and defaults, but here is a list")]
    public void A_mistake_in_a_block_is_one_message(string line, string message) => Assert.Equal(
        message, Specs.Problem(Specs.Backbone("x: b", "x", rest: $"blocks: {{ b: {{ {line}, nodes: {{ r: relu }} }} }}\n")).Message);

    [Theory]
    [InlineData("kind: classifier\nclasses: 4\n", "p: part", "'p' has the outputs c1, c2. Name one of them, such as 'from: p.c1'.")]
    [InlineData("kind: classifier\n", "g: globalAvgPool", "A classifier needs the key 'classes'")]
    [InlineData("kind: classifier\nclasses: 4\n", "g: globalAvgPool", "The output of a classifier of 4 classes must be a vector of 4 scores; here is a vector of 3")]
    [InlineData("kind: classifier\nclasses: 3\n", "g: relu", "The output of a classifier of 3 classes must be a vector of 3 scores; here is a feature map")]
    [InlineData("kind: classifier\nclasses: [a, b, a]\n", "g: globalAvgPool", "'a' is a class already; choose another name")]
    [InlineData("kind: backbone\n", "g: relu", "A backbone needs the key 'taps'")]
    [InlineData("kind: backbone\ntaps: [g]\n", "g: relu", "'taps' must be a map of output names and nodes, but here is a list")]
    [InlineData("kind: backbone\ntaps: { x: h }\n", "g: relu", "There is no node 'h'. Did you mean 'g'?")]
    [InlineData("kind: backbone\ntaps: { x: g }\n", "g: globalAvgPool", "The output 'x' of a backbone takes a feature map [C, H, W], but 'g' is a vector")]
    [InlineData("kind: backbon\ntaps: { x: g }\n", "g: relu", "'backbon' is no value of 'kind'; it may be backbone, classifier, oneStage, twoStage. Did you mean 'backbone'?")]
    [InlineData("kind: backbone\ntaps: { x: g }\nclass: class\n", "g: relu", "'class' cannot name a class: it is a word of C#")]
    [InlineData("kind: backbone\ntaps: { x: g }\nclass: [A]\n", "g: relu", "'class' must be text, but here is a list")]
    [InlineData("kind: backbone\ntaps: { x: g }\nextends: [a]\n", "g: relu", "'extends' must be text, but here is a list")]
    public void A_mistake_around_the_nodes_is_one_message(string lines, string nodes, string message) =>
        Assert.Equal(message, Specs.Problem($"spec: 1\nmodel: m\ninput: {{ size: [8, 8] }}\n{lines}nodes:\n  {nodes}\n", Part).Message);
}
