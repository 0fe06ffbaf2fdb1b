// `patch:`: a use of a block or model that differs in structure; what is laid over what, at any depth, and where mistakes stand.
using Detection.Spec.Graphs;
using Detection.Spec.Resolution;

namespace Detection.Spec.Tests;

public class PatchTests
{
    private const string Head = "spec: 1\nmodel: m\nkind: backbone\ninput: { size: [64, 64], minimum: 32 }\n"
        + "blocks:\n"
        + "  unit: { parameters: { out: , stride: 1 }, nodes: { conv: { op: conv, out: out, kernel: 3, stride: stride, padding: 1 }, act: relu } }\n"
        + "  stage: { parameters: { out: }, nodes: { first: { op: unit, out: out, stride: 2 }, more: { op: unit, out: out, repeat: 2 } } }\n";

    private const string Trunk = "spec: 1\nmodel: trunk\nkind: backbone\ninput: { size: [64, 64], minimum: 16 }\nparameters: { w: 8 }\n"
        + "nodes: { a: { op: conv, out: w, kernel: 3, stride: 2, padding: 1 }, b: { op: conv, out: w, kernel: 3, stride: 2, padding: 1 } }\ntaps: { a: a, b: b }\n";

    private static string Shape(string use) => Specs.OutputShape(Specs.Model($"{Head}nodes:\n  use: {use}\ntaps: {{ out: use }}\n"));

    private static string Operators(string use) =>
        string.Join(" ", Specs.Model($"{Head}nodes:\n  use: {use}\ntaps: {{ out: use }}\n").Graph.Flatten().Select(n => $"{n.Path}:{n.Node.OperatorName}"));

    [Fact]
    public void A_patch_changes_one_use_and_no_other()
    {
        var model = Specs.Model($"{Head}nodes:\n  cls: {{ op: stage, out: 8 }}\n  loc: {{ op: stage, from: input, out: 8, patch: {{ nodes: {{ first: {{ stride: 1 }} }} }} }}\ntaps: {{ cls: cls, loc: loc }}\n");

        Assert.Equal(("8x32x32", "8x64x64"), (Specs.OutputShape(model, "cls"), Specs.OutputShape(model, "loc")));
    }

    [Theory]
    [InlineData("{ op: unit, out: 8, patch: { nodes: { act: relu6 } } }", "use.conv:conv use.act:relu6")]
    [InlineData("{ op: unit, out: 8, patch: { nodes: { $remove: act } } }", "use.conv:conv")]
    [InlineData("{ op: unit, out: 8, patch: { nodes: { $insert: { $before: act, norm: batchNorm } } } }", "use.conv:conv use.norm:batchNorm use.act:relu")]
    [InlineData("{ op: unit, out: 8, patch: { nodes: { act: { $replace: { op: dropout, rate: 0.3 } } } } }", "use.conv:conv use.act:dropout")]
    [InlineData("{ op: unit, out: 8, patch: { output: conv } }", "use.conv:conv use.act:relu")]
    [InlineData("{ op: unit, out: 8, patch: [{ nodes: { act: relu6 } }, { nodes: { $insert: { $after: act, act2: sigmoid } } }] }", "use.conv:conv use.act:relu6 use.act2:sigmoid")]
    [InlineData("{ op: unit, out: 8, repeat: 2, first: { patch: { nodes: { act: relu6 } } } }", "use_1.conv:conv use_1.act:relu6 use_2.conv:conv use_2.act:relu")]
    [InlineData("{ op: stage, out: 8, patch: { nodes: { $remove: more, first: { patch: { nodes: { act: relu6 } } } } } }", "use.first.conv:conv use.first.act:relu6")]
    public void Verbs_and_merge_rules_are_those_of_extends(string use, string expected) => Assert.Equal(expected, Operators(use));

    [Fact]
    public void Expressions_in_a_patch_see_what_the_block_sees() =>
        Assert.Equal("12x64x64", Shape("{ op: unit, out: 6, patch: { parameters: { $insert: { factor: 2 } }, nodes: { conv: { out: factor*out } } } }"));

    [Fact]
    public void Patches_of_patches_stay_in_a_row()
    {
        const string Base = "spec: 1\nmodel: base\nkind: backbone\ninput: { size: [64, 64] }\nblocks: { unit: { nodes: { a: relu, b: relu } } }\n"
            + "nodes: { use: { op: unit, patch: { nodes: { a: relu6, $insert: { $after: a, c: sigmoid } } } } }\ntaps: { out: use }\n";

        string[] After(string patch) => [.. Specs.Model($"spec: 1\nmodel: m\nextends: base\nnodes: {{ use: {{ patch: {patch} }} }}\n", Base).Graph.Flatten().Select(n => n.Node.OperatorName)];

        Assert.Equal(["relu6", "relu6", "relu"], After("{ nodes: { c: relu6 } }"));
        Assert.Equal(["relu6", "relu"], After("{ nodes: { $remove: c } }"));
        Assert.Equal(["relu", "sigmoid"], After("{ $replace: { nodes: { b: sigmoid } } }"));
    }

    [Fact]
    public void A_patched_model_is_an_instance_of_its_own_and_equal_patches_are_equal()
    {
        static ModelInstance Instance(string patch) => ((NodeBody.Model)Specs.Model(
            Specs.Backbone($"use: {{ op: trunk, patch: {patch} }}\nlast: {{ op: relu, from: use.b }}", "last"), Trunk).Graph.Nodes[0].Body).Instance;
        var stride1 = Instance("{ nodes: { b: { stride: 1 } } }");

        Assert.Equal(stride1, Instance("{   nodes: { b:   { stride: 1   } } }"));
        Assert.NotEqual(stride1, Instance("{ nodes: { b: { stride: 4 } } }"));
        Assert.False(stride1.IsDefault);
        Assert.Matches("^trunk\\+[0-9a-f]{16}$", stride1.ToString());
        Assert.Equal("32x32", string.Join("x", Specs.OutputShape(Specs.Model(Specs.Backbone("use: { op: trunk, patch: { nodes: { b: { stride: 1 } } } }\nlast: { op: relu, from: use.b }", "last"), Trunk)).Split('x').Skip(1)));
    }

    [Fact]
    public void A_patch_of_a_model_changes_its_outputs()
    {
        var model = Specs.Model(Specs.Backbone("use: { op: trunk, patch: { taps: { $remove: a, $insert: { c: c } }, nodes: { $insert: { c: relu } } } }\nlast: { op: relu, from: use.c }", "last"), Trunk);

        Assert.Equal(["b", "c"], model.Graph.Nodes[0].Outputs.Select(o => o.Name));
    }

    [Theory]
    [InlineData("{ op: unit, out: 8, patch: { nodes: { akt: relu6 } } }", "akt", "DG0402", "The block 'unit' has no 'akt' in 'nodes'. Did you mean 'act'? To add it, use $insert")]
    [InlineData("{ op: unit, out: 8, patch: { nods: { act: relu6 } } }", "nods", "DG0101", "'nods' is not a key of a block. Did you mean 'nodes'?")]
    [InlineData("{ op: unit, out: 8, patch: 5 }", "5", "DG0102", "'patch' must be a map that is laid over the block or model, or a list of such maps, but here is '5'")]
    [InlineData("{ op: relu, patch: { nodes: {} } }", "{ nodes: {} }", "DG0407", "'patch' changes the nodes of a block or model; 'relu' is an operator and has none")]
    [InlineData("{ op: unit, out: 8, patch: { nodes: { conv: { strid: 1 } } } }", "strid", "DG0101", "'strid' is not a key of the operator 'conv'. Did you mean 'stride'?")]
    [InlineData("{ op: unit, out: 8, patch: { nodes: { $insert: { x: { op: unit, out: 8 } } } } }", "unit", "DG0205", "'unit' refers to itself")]
    public void A_mistake_in_a_patch_stands_in_the_patch(string use, string underlined, string id, string message)
    {
        var text = $"{Head}nodes:\n  use: {use}\ntaps: {{ out: use }}\n";
        var problem = Specs.Problem(text);

        Assert.Equal((id, underlined), (problem.Id, Specs.Underlined(problem, text)));
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(9, problem.Location.Start.Line + 1);
    }

    [Theory]
    [InlineData("{ nodes: { conv9: relu } }", "The model 'trunk' has no 'conv9' in 'nodes'. To add it, use $insert")]
    [InlineData("{ kind: classifier }", "'kind' is no key of a model's patch, which may hold parameters, init, blocks, nodes, taps, output.")]
    [InlineData("{ nodes: { b: { strid: 1 } } }", "'strid' is not a key of the operator 'conv'. Did you mean 'stride'?")]
    public void A_mistake_in_a_patch_of_a_model_stands_in_the_patch(string patch, string message)
    {
        var problem = Specs.Problem(Specs.Backbone($"use: {{ op: trunk, patch: {patch} }}\nlast: {{ op: relu, from: use.b }}", "last"), Trunk);

        Assert.Equal(("spec.yaml", message), (problem.Location.Path, problem.Message));
    }
}
