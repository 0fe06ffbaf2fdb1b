// `weights:`: maps of foreign state dicts, checked against the tensors of the model.
namespace Detection.Spec.Tests;

public class WeightMapTests
{
    private const string Net = "spec: 1\nmodel: m\nkind: backbone\ninput: { size: [32, 32] }\n"
        + "blocks: { unit: { nodes: { conv: { op: conv, out: 4, kernel: 1 }, norm: batchNorm } } }\n"
        + "nodes: { stem: { op: conv, out: 4, kernel: 1 }, trunk: { op: unit, repeat: 2, key: \"trunk.{i}\" }, head: { op: conv, out: 2, kernel: 1 } }\ntaps: { out: head }\n";

    private static string With(string map) => $"{Net}weights:\n  lib: {map}\n";

    [Theory]
    [InlineData("{ keys: { \"\": \"\" } }")]
    [InlineData("{ keys: { backbone.: \"\" } }")]
    [InlineData("{ keys: { conv1: stem, layers: trunk, fc: head } }")]
    [InlineData("{ keys: { conv1.w: stem.weight, conv1.b: stem.bias, layers.a: trunk.0, layers.b.: trunk.1., fc: head } }")]
    [InlineData("{ keys: { conv1: stem, layers: trunk }, new: head, drop: [fc, aux] }")]
    [InlineData("{ keys: { \"\": \"\", old: trunk.1.norm }, drop: trunk.1.norm }")]
    public void A_complete_map_is_right(string map)
    {
        var model = Specs.Model(With(map));

        Assert.Equal("lib", Assert.Single(model.WeightMaps).Name);
        Assert.Equal(Specs.Model(Net).SpecHash, model.SpecHash);
    }

    [Theory]
    [InlineData("{ keys: { conv1: stam, layers: trunk, fc: head } }", "stam", "DG0801", "No tensor of the model has 'stam' as its key or as the first words of it. Did you mean 'stem'?")]
    [InlineData("{ keys: { conv1: ste, layers: trunk, fc: head } }", "ste", "DG0801", "No tensor of the model has 'ste' as its key or as the first words of it. Did you mean 'stem'?")]
    [InlineData("{ keys: { conv1: stem, layers: trunk }, new: heads }", "heads", "DG0801", "No tensor of the model has 'heads' as its key or as the first words of it. Did you mean 'head'?")]
    [InlineData("{ keys: { conv1: stem, layers: trunk } }", "lib", "DG0802", "The weight map 'lib' does not reach 2 of the model's tensors: 'head.weight', 'head.bias'; map them, or list them under 'new'")]
    [InlineData("{ keys: { conv1: stem } }", "lib", "DG0802", "The weight map 'lib' does not reach 16 of the model's tensors: 'trunk.0.conv.weight', 'trunk.0.conv.bias', 'trunk.0.norm.weight', ...; map them, or list them under 'new'")]
    [InlineData("{ keys: { \"\": \"\" }, drop: head }", "lib", "DG0802", "The weight map 'lib' does not reach 2 of the model's tensors: 'head.weight', 'head.bias'; map them, or list them under 'new'")]
    [InlineData("{ keys: { \"\": \"\", fc: head } }", "lib", "DG0803", "'head.weight' would come from two tensors by the weight map 'lib': 'fc.weight' and 'head.weight'")]
    [InlineData("{ keys: { a: stem, a.: trunk } }", "a.", "DG0207", "'a.' is a key of this map already; choose another name")]
    [InlineData("{ key: { a: stem }, keys: { \"\": \"\" } }", "key", "DG0101", "'key' is not a key of a weight map. Did you mean 'keys'?")]
    [InlineData("{ drop: a }", "lib", "DG0103", "The weight map 'lib' needs the key 'keys'")]
    [InlineData("{ keys: [a] }", "[a]", "DG0102", "'keys' must be a map of foreign keys and keys of the model, but here is a list")]
    [InlineData("{ keys: { \"\": \"\" }, drop: { a: b } }", "{ a: b }", "DG0102", "'drop' must be a key, its first words, or a list of such, but here is a map")]
    public void What_is_wrong_is_told_where_it_stands(string map, string underlined, string id, string message)
    {
        var problem = Specs.Problem(With(map));

        Assert.Equal((id, underlined, message), (problem.Id, Specs.Underlined(problem, With(map)), problem.Message.Replace("  ", " ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Variants_inherit_maps_and_say_what_is_new_to_them()
    {
        var model = Specs.Model(
            "spec: 1\nmodel: v\nextends: m\nnodes: { head: { out: 3 } }\nweights: { lib: { new: head } }\n", With("{ keys: { conv1: stem, layers: trunk, fc: head } }"));

        Assert.Equal(["head"], model.WeightMaps[0].New);
        Assert.Equal(3, model.WeightMaps[0].Keys.Count);
    }
}
