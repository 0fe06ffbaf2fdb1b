// `init`: what layers begin with, which default a layer has, what lies over it, and what is said of mistakes.
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;

namespace Detection.Spec.Tests;

public class InitializationTests
{
    private const string Default = "init: { weight: normal, std: 0.01 }\n";

    private static string? Of(string nodes, string path, string rest = "", string last = "last", params string[] others)
    {
        var model = Specs.Model(Specs.Backbone(nodes, last, rest: rest), others);
        return ((NodeBody.Operation)model.Graph.Flatten().Single(n => n.Path == path).Node.Body).Initial?.ToString();
    }

    [Theory]
    [InlineData("xavierUniform", "{ weight: xavierUniform, bias: 0 }")]
    [InlineData("0.5", "{ weight: 0.5, bias: 0 }")]
    [InlineData("\"1/4\"", "{ weight: 0.25, bias: 0 }")]
    [InlineData("{ weight: kaimingNormal, mode: fanOut, slope: 0.1 }", "{ weight: kaimingNormal, mode: fanOut, slope: 0.1, bias: 0 }")]
    [InlineData("{ weight: uniform, bound: 0.1, bias: 2 }", "{ weight: uniform, bound: 0.1, bias: 2 }")]
    [InlineData("{ bias: 2 }", "{ bias: 2 }")]
    [InlineData("{ prior: 0.01 }", "{ prior: 0.01 }")]
    public void A_node_says_what_it_begins_with(string init, string expected)
    {
        Assert.Equal(expected, Of($"last: {{ op: conv, out: 8, kernel: 1, init: {init} }}", "last"));
        Assert.Equal(expected, Of($"pool: globalAvgPool\nlast_: {{ op: linear, out: 8, init: {init} }}\nlast: {{ op: multiply, from: [input, last__] }}".Replace("last__", "gate").Replace("last_:", "gate:").Replace("out: 8", "out: 3"), "gate"));
    }

    [Theory]
    [InlineData("out: 8, kernel: 1", "{ weight: normal, std: 0.01, bias: 0 }")]
    [InlineData("out: 8, kernel: 1, bias: false", "{ weight: normal, std: 0.01 }")]
    [InlineData("out: 8, kernel: 1, init: { std: 0.001 }", "{ weight: normal, std: 0.001, bias: 0 }")]
    [InlineData("out: 8, kernel: 1, init: { mean: 1 }", "{ weight: normal, std: 0.01, mean: 1, bias: 0 }")]
    [InlineData("out: 8, kernel: 1, init: { prior: 0.01 }", "{ weight: normal, std: 0.01, prior: 0.01 }")]
    [InlineData("out: 8, kernel: 1, init: xavierUniform", "{ weight: xavierUniform, bias: 0 }")]
    [InlineData("out: 8, kernel: 1, init: {}", "{ weight: normal, std: 0.01, bias: 0 }")]
    public void What_a_node_says_lies_over_the_default_of_the_spec(string attributes, string expected) =>
        Assert.Equal(expected, Of($"last: {{ op: conv, {attributes} }}", "last", Default));

    [Fact]
    public void A_bias_takes_the_place_of_a_prior_and_the_other_way_round()
    {
        Assert.Equal("{ weight: 1, bias: 3 }", Of("last: { op: conv, out: 8, kernel: 1, init: { bias: 3 } }", "last", "init: { weight: 1, prior: 0.5 }\n"));
        Assert.Equal("{ weight: 1, prior: 0.5 }", Of("last: { op: conv, out: 8, kernel: 1, init: { prior: 0.5 } }", "last", "init: { weight: 1, bias: 3 }\n"));
    }

    [Fact]
    public void A_prior_is_a_bias_whose_sigmoid_it_is()
    {
        var model = Specs.Model(Specs.Backbone("last: { op: conv, out: 8, kernel: 1, init: { prior: 0.01 } }", "last"));

        Assert.Equal(-Math.Log(0.99 / 0.01), ((NodeBody.Operation)model.Graph.Nodes[0].Body).Initial!.BiasValue);
    }

    [Theory]
    [InlineData("last: { op: block, deviation: 0.5 }", "last.conv", "{ weight: normal, std: 0.5, bias: 0 }")]
    [InlineData("last: block", "last.own", "{ weight: normal, std: 0.25, bias: 1 }")]
    [InlineData("last: plain", "last.conv", "{ weight: normal, std: 0.01, bias: 0 }")]
    [InlineData("last: around", "last.plain.conv", "{ weight: 0, bias: 0 }")]
    [InlineData("last: around", "last.block.conv", "{ weight: normal, std: 0.125, bias: 0 }")]
    [InlineData("last: { op: plain, patch: { init: { std: 3 } } }", "last.conv", "{ weight: normal, std: 3, bias: 0 }")]
    [InlineData("last: { op: plain, patch: { init: kaimingNormal } }", "last.conv", "{ weight: kaimingNormal, bias: 0 }")]
    public void A_block_has_a_default_of_its_own_or_that_of_what_it_is_used_in(string nodes, string path, string expected)
    {
        const string blocks = """
            blocks:
              block:
                parameters: { deviation: 0.125 }
                init: { std: deviation, weight: normal }
                nodes: { conv: { op: conv, out: 8, kernel: 1 }, own: { op: conv, out: 8, kernel: 1, init: { std: 2*deviation, bias: 1 } } }
              plain: { nodes: { conv: { op: conv, out: 8, kernel: 1 } } }
              around: { init: 0, nodes: { plain: plain, block: block } }

            """;

        Assert.Equal(expected, Of(nodes, path, Default + blocks));
    }

    [Fact]
    public void Another_model_has_its_own_and_a_patch_may_change_it()
    {
        var part = Specs.Backbone("a: { op: conv, out: 8, kernel: 1 }", "a").Replace("model: m", "model: part");

        Assert.Null(Of("last: part", "last.a", Default, "last", part));
        Assert.Equal("{ weight: xavierNormal, bias: 0 }", Of("last: { op: part, patch: { init: xavierNormal } }", "last.a", Default, "last", part));
    }

    [Fact]
    public void Normalisation_takes_no_default_but_what_it_says_itself()
    {
        Assert.Null(Of("last: batchNorm", "last", Default));
        Assert.Equal("{ weight: 0, bias: 0 }", Of("last: { op: batchNorm, init: 0 }", "last", Default));
        Assert.Equal("{ bias: -1 }", Of("last: { op: batchNorm, scale: false, init: { bias: -1 } }", "last", Default));
    }

    [Theory]
    [InlineData("init: { std: 0.5 }", "{ weight: normal, std: 0.5, bias: 0 }")]
    [InlineData("init: xavierUniform", "{ weight: xavierUniform, bias: 0 }")]
    [InlineData("init: { weight: kaimingUniform }", "{ weight: kaimingUniform, bias: 0 }")]
    [InlineData("init: { $replace: { bias: 5 } }", "{ bias: 5 }")]
    [InlineData("nodes: { last: { init: { std: 0.25 } } }", "{ weight: normal, std: 0.25, bias: 0 }")]
    public void A_variant_merges_it_as_everything_else(string change, string expected)
    {
        var below = Specs.Backbone("last: { op: conv, out: 8, kernel: 1 }", "last", rest: Default).Replace("model: m", "model: below");
        var model = Specs.Model($"spec: 1\nmodel: m\nextends: below\n{change}\n", below);

        Assert.Equal(expected, ((NodeBody.Operation)model.Graph.Nodes[0].Body).Initial?.ToString());
    }

    [Fact]
    public void A_node_that_shares_begins_as_the_owner_of_its_weights()
    {
        const string nodes = "a: { op: conv, out: 3, kernel: 1, init: { weight: normal, std: 0.5 } }\n";

        Assert.Equal("{ weight: normal, std: 0.5, bias: 0 }", Of(nodes + "last: { op: conv, shares: a }", "last", Default));
        Assert.Equal("{ weight: normal, std: 0.5, bias: 0 }", Of(nodes + "last: { op: conv, shares: a, init: { std: 0.5 } }", "last", Default));
        var problem = Specs.Problem(Specs.Backbone(nodes + "last: { op: conv, shares: a, init: 0 }", "last"));
        Assert.Equal(
            "spec.yaml(7,38): error DG0211: 'last' cannot share the weights of 'a': its weights begin as those of 'a', with 'init: { weight: normal, std: 0.5, bias: 0 }'", problem.ToString());
    }

    [Theory]
    [InlineData("op: conv, out: 8, kernel: 1, init: xavierUnifrom", "DG0105", "xavierUnifrom", "Did you mean 'xavierUniform'?")]
    [InlineData("op: conv, out: 8, kernel: 1, init: { weight: nromal, std: 0.1 }", "DG0105", "nromal", "Did you mean 'normal'?")]
    [InlineData("op: conv, out: 8, kernel: 1, init: { weight: normal, sdt: 0.1, std: 0.1 }", "DG0101", "sdt", "'sdt' is not a key of 'init'. Did you mean 'std'?")]
    [InlineData("op: conv, out: 8, kernel: 1, init: { prior: 1 }", "DG0104", "1", "'prior' is 1, but must be between 1E-09 and")]
    [InlineData("op: conv, out: 8, kernel: 1, init: { prior: 0 }", "DG0104", "0", "'prior' is 0")]
    [InlineData("op: conv, out: 8, kernel: 1, init: { weight: normal, std: -1 }", "DG0104", "-1", "'std' is -1")]
    [InlineData("op: conv, out: 8, kernel: 1, init: { weight: normal }", "DG0103", "normal", "'init' with 'normal' needs the key 'std'")]
    [InlineData("op: conv, out: 8, kernel: 1, init: normal", "DG0103", "normal", "'init' with 'normal' needs the key 'std'")]
    [InlineData("op: conv, out: 8, kernel: 1, init: { weight: kaimingNormal, mode: fanMean }", "DG0105", "fanMean", "it may be fanIn, fanOut, fanAverage")]
    [InlineData("op: conv, out: 8, kernel: 1, init: { weight: kaimingNormal, bound: 1 }", "DG0107", "bound", "'bound' counts for nothing with 'kaimingNormal'; it is for uniform")]
    [InlineData("op: conv, out: 8, kernel: 1, init: { std: 1 }", "DG0107", "std", "nothing says from what")]
    [InlineData("op: conv, out: 8, kernel: 1, init: { bias: 0, prior: 0.1 }", "DG0107", "prior", "'bias' and 'prior' say the same")]
    [InlineData("op: conv, out: 8, kernel: 1, init: [1, 2]", "DG0102", "[1, 2]", "'init' must be a number, a distribution")]
    [InlineData("op: conv, out: 8, kernel: 1, bias: false, init: { prior: 0.1 }", "DG0107", "prior", "'prior' says what a bias begins with, but the node has none")]
    [InlineData("op: batchNorm, init: xavierUniform", "DG0107", "xavierUniform", "the factors of 'batchNorm' do not have")]
    [InlineData("op: batchNorm, scale: false, init: { weight: 1 }", "DG0107", "weight", "'weight' says what a weight begins with, but the node has none")]
    [InlineData("op: relu, init: 1", "DG0101", "init", "'init' is not a key of the operator 'relu'.")]
    [InlineData("op: maxPool, kernel: 2, stride: 2, init: { std: 1 }", "DG0101", "init", "'init' is not a key of the operator 'maxPool'.")]
    public void A_mistake_is_told_at_its_place(string node, string id, string underlined, string words)
    {
        var text = Specs.Backbone($"last: {{ {node} }}", "last");
        var problem = Specs.Problem(text);

        Assert.Equal((id, underlined), (problem.Id, Specs.Underlined(problem, text)));
        Assert.Contains(words, problem.Message);
    }

    [Theory]
    [InlineData("init: { weight: normal }\n", "DG0103")]
    [InlineData("init: { weigth: normal }\n", "DG0101")]
    [InlineData("blocks: { unused: { init: nomal, nodes: { a: { op: conv, out: 1, kernel: 1 } } } }\n", "DG0105")]
    public void A_mistake_in_a_default_is_told_once(string rest, string id) =>
        Assert.Equal(id, Specs.Problem(Specs.Backbone("a: { op: conv, out: 8, kernel: 1 }\nlast: { op: conv, out: 8, kernel: 1 }", "last", rest: rest)).Id);

    [Fact]
    public void What_does_not_build_for_another_reason_is_checked_all_the_same()
    {
        var found = Specs.Compile(Specs.Backbone("a: { op: conv, out: 8, kernel: 1, from: nowhere, init: xavier }\nlast: { op: conv, from: input, out: 8, kernel: 1 }", "last")).Diagnostics;

        Assert.Equal(["DG0105", "DG0202"], found.Select(d => d.Id).Order());
    }
}
