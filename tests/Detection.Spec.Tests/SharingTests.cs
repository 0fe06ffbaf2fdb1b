// Shared weights: counted once, worked with each time, and every way in which two nodes do not fit.
using Detection.Spec.Graphs;

namespace Detection.Spec.Tests;

public class SharingTests
{
    private const string Blocks =
        "blocks:\n  unit:\n    parameters: { out: 8, stride: 1 }\n    nodes:\n      a: { op: conv, out: out, kernel: 3, stride: stride, padding: 1 }\n      n: batchNorm\n"
        + "      s: { op: conv, from: input, out: out, kernel: 1, stride: stride, when: \"stride != 1\" }\n      sum: { op: add, from: [n, s], when: 1 }\n"
        + "  outer: { parameters: { stride: 1 }, nodes: { u: { op: unit, stride: stride }, r: relu, v: unit } }\n  plain: { nodes: { r: relu } }\n";

    private static string Text(string nodes) => Specs.Backbone("first: { op: conv, out: 8, kernel: 3, padding: 1 }\n" + nodes, nodes.Split('\n')[^1].Split(':')[0], rest: Blocks);

    [Theory]
    [InlineData("b: { op: conv, shares: first, from: x }", 0, 64L * 64 * 8 * 72)]
    [InlineData("b: { op: conv, shares: first, from: x, stride: 2 }", 0, 32L * 32 * 8 * 72)]
    [InlineData("b: { op: unit, shares: u }", 0, 64L * 64 * 8 * 72)]
    [InlineData("b: { op: outer, stride: 2, shares: { from: o, nodes: [u.a, v] } }", 16 + 72, (32L * 32 * 8 * 72 * 2) + (32 * 32 * 8 * 8))]
    public void Parameters_are_counted_once_and_multiply_adds_each_time(string node, long parameters, long multiplyAdds)
    {
        string nodes = "x: { op: conv, out: 8, kernel: 1 }\nfirst2: { op: conv, out: 8, kernel: 3, padding: 1 }\nu: unit\no: { op: outer, from: x, stride: 2 }\n";
        string Changed(string last) => Text(nodes + last).Replace("shares: first,", "shares: first2,");
        var costs = CostModel.Nodes(Specs.Model(Changed(node.Replace("op: unit", "from: x, op: unit").Replace("op: outer", "from: x, op: outer"))).Graph, 64, 64)
            .Where(c => c.Path == "b" || c.Path.StartsWith("b.", StringComparison.Ordinal)).ToArray();

        Assert.Equal((parameters, multiplyAdds), (costs.Sum(c => c.Parameters), costs.Sum(c => c.MultiplyAdds)));
    }

    [Fact]
    public void Stored_tensors_are_those_of_the_owner()
    {
        var graph = Specs.Model(Text("u: { op: unit, key: stem }\nb: { op: unit, shares: u }")).Graph;

        Assert.Equal(
            ["first.weight", "first.bias", "stem.a.weight", "stem.a.bias", "stem.n.weight", "stem.n.bias", "stem.n.running_mean", "stem.n.running_var", "stem.n.num_batches_tracked"],
            graph.StoredTensors().Select(t => t.Key));
    }

    [Fact]
    public void A_node_that_shares_with_a_sharing_node_has_the_weights_of_the_first()
    {
        var nodes = Specs.Model(Text("a: { op: conv, out: 8, kernel: 1 }\nb: { op: conv, shares: a }\nc: { op: conv, shares: b }")).Graph.Nodes;

        Assert.Same(nodes[1], nodes[3].Owner);
    }

    [Fact]
    public void Repetitions_share_one_by_one_and_attributes_that_are_not_given_are_inherited()
    {
        var graph = Specs.Model(Text("u: { op: unit, repeat: 3, first: { stride: 2 } }\nb: { op: unit, from: first, repeat: 2, first: { stride: 1 }, shares: u }\nc: { op: unit, from: first, shares: u_1 }")).Graph;

        Assert.Equal(["u_1", "u_2", "u_1"], graph.Nodes.Skip(4).Select(n => n.Owner!.Name));
        Assert.Equal([false, true, true], graph.Nodes.Skip(4).Select(n => n.RunsOwner));
    }

    [Fact]
    public void A_model_as_a_part_is_shared_whole()
    {
        const string part = "spec: 1\nmodel: part\nkind: backbone\ninput: { size: [8, 8] }\nparameters: { w: 4 }\nnodes:\n  a: { op: conv, out: w, kernel: 3, stride: 2, padding: 1 }\n  b: { op: conv, out: w, kernel: 3, padding: 1 }\ntaps: { c1: a, c2: b }\n";
        string With(string last) => Text("p: { op: part, w: 8 }\nq: { op: part, from: first, " + last + " }\nr: { op: relu, from: q.c2 }");

        Assert.True(Specs.Model(With("shares: p"), part).Graph.Nodes.Single(n => n.Name == "q").RunsOwner);
        Assert.Contains("a model is shared with the same parameters only", Specs.Problem(With("shares: p, w: 4"), part).Message);
        Assert.Contains("'q' is no block: it shares all of its weights or none", Specs.Problem(With("shares: { from: p, nodes: [a] }"), part).Message);
    }

    [Theory]
    [InlineData("b: { op: conv, shares: frist }", "DG0202", "frist", "There is no node 'frist' before this one. Did you mean 'first'?")]
    [InlineData("b: { op: conv, shares: c }\nc: { op: conv, out: 8, kernel: 3 }", "DG0202", "c", "There is no node 'c' before this one. It stands further down; a node shares weights with what stands above it.")]
    [InlineData("b: { op: conv, shares: b }", "DG0202", "b", "There is no node 'b' before this one. It stands further down; a node shares weights with what stands above it.")]
    [InlineData("b: { op: conv, shares: input }", "DG0202", "input", "There is no node 'input' with weights: it is an input, or left out by 'when'.")]
    [InlineData("a: { op: unit, when: false }\nb: { op: unit, shares: a }", "DG0202", "a", "There is no node 'a' with weights: it is an input, or left out by 'when'.")]
    [InlineData("a: { op: unit, repeat: 2 }\nb: { op: unit, shares: a }", "DG0202", "a", "There is no node 'a', only its repetitions. Name one of them, such as 'a_1'.")]
    [InlineData("a: { op: unit, repeat: 2 }\nb: { op: unit, repeat: 3, shares: a }", "DG0202", "a", "There is no node 'a_3': 'a' is repeated less often.")]
    [InlineData("b: { op: batchNorm, shares: first }", "DG0211", "batchNorm", "'b' cannot share the weights of 'first': 'b' is a 'batchNorm', but 'first' a 'conv'")]
    [InlineData("b: { op: conv, shares: first }", "DG0211", "first", "'b' cannot share the weights of 'first': the weight of 'b' is [8, 8, 3, 3], but that of 'first' [8, 3, 3, 3]")]
    [InlineData("b: { op: conv, from: input, bias: false, shares: first }", "DG0211", "first", "'b' cannot share the weights of 'first': only one of 'b' and 'first' has a bias")]
    [InlineData("a: batchNorm\nb: { op: batchNorm, eps: 0.1, shares: a }", "DG0211", "a", "'b' cannot share the weights of 'a': 'eps' of 'b' is 0.1, but that of 'a' 1E-05: one module runs for both")]
    [InlineData("a: relu\nb: { op: relu, shares: a }", "DG0211", "a", "'b' cannot share the weights of 'a': 'b' has no weights to share")]
    [InlineData("b: { op: conv, from: input, key: k, shares: first }", "DG0211", "k", "'b' cannot share the weights of 'first': all of its weights have the owner's keys, so a 'key' of its own names nothing")]
    [InlineData("a: unit\nb: { op: unit, stride: 2, shares: a }", "DG0211", "a", "'b' cannot share the weights of 'a': 'b' has a node 's' with weights, but 'a' has none")]
    [InlineData("a: unit\nb: { op: unit, shares: { from: a, nodes: [aa] } }", "DG0211", "a", "'b' cannot share the weights of 'a': 'b' has no node 'aa'. Did you mean 'a'?")]
    [InlineData("a: outer\nb: { op: outer, shares: { from: a, nodes: [r] } }", "DG0211", "a", "'b' cannot share the weights of 'a': 'b.r' has no weights to share")]
    [InlineData("a: outer\nb: { op: outer, shares: { from: a, nodes: [u.a.x] } }", "DG0211", "a", "'b' cannot share the weights of 'a': 'b.u.a' is no block: it shares all of its weights or none")]
    [InlineData("a: outer\nb: { op: outer, shares: { from: a, nodes: [u, u.a] } }", "DG0211", "a", "'b' cannot share the weights of 'a': 'b.u.a' has the weights of 'a' already")]
    [InlineData("a: outer\nb: { op: outer, shares: { from: a, nodes: [u] } }\nc: { op: outer, shares: b }", "DG0211", "b", "'b' cannot share the weights of 'a': 'b' has some of its weights from 'a' itself")]
    [InlineData("b: { op: conv, shares: [first] }", "DG0102", "[first]", "'shares' must be the name of a node, or a map of 'from' and 'nodes', but here is a list")]
    [InlineData("b: { op: conv, shares: { nodes: [a] } }", "DG0103", "{ nodes: [a] }", "'shares' needs the key 'from'")]
    [InlineData("b: { op: conv, shares: { from: first, nodes: [] } }", "DG0102", "[]", "'nodes' must be a list of nodes inside the block, but here is another list")]
    [InlineData("b: { op: conv, from: input, shares: { from: first, node: [a] } }", "DG0101", "node", "'node' is not a key of 'shares'. Did you mean 'nodes'?")]
    public void What_cannot_be_shared_is_told_at_its_place(string nodes, string id, string underlined, string message)
    {
        var text = Text(nodes);
        var problem = Specs.Problem(text);

        Assert.Equal((id, underlined, message), (problem.Id, Specs.Underlined(problem, text), problem.Message));
    }

    [Fact]
    public void A_node_that_shares_with_a_failed_one_says_nothing_of_its_own() =>
        Assert.Equal("DG0104", Specs.Problem(Text("a: { op: conv, out: 0, kernel: 3 }\nb: { op: conv, from: input, shares: a }\nc: { op: conv, from: a, shares: first }")).Id);

    [Fact]
    public void Fingerprints_tell_shared_weights_from_own_ones_and_from_those_of_another()
    {
        string Hash(string last) => Specs.Model(Text("a: unit\nb: unit\n" + last)).SpecHash;

        string[] hashes =
        [
            Hash("c: { op: unit, key: k }"), Hash("c: { op: unit, shares: a }"), Hash("c: { op: unit, shares: b }"), Hash("c: { op: unit, key: c, shares: { from: a, nodes: [n] } }"),
            Hash("c: { op: unit, key: c, shares: { from: a, nodes: [a] } }"),
        ];
        Assert.Equal(5, hashes.Distinct().Count());
    }
}
