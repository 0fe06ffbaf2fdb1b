// Weights of another library by a map of the spec: complete or not at all.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class WeightMapTests
{
    private static readonly WeightMap Released = new()
    {
        Name = "released", Keys = [new("net", "base_net"), new("net.0.0", "base_net.0.0"), new("cls", "scores")], Drop = ["net.unused", "priors", "boxes"], New = ["boxes"],
    };

    private static Dictionary<string, float[]> Values(nn.Module module) =>
        module.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.to(ScalarType.Float32).Floats());

    private static IEnumerable<StoredTensor> Foreign(nn.Module module) => module.state_dict().Select(entry => StoredTensor.From(
        entry.Key.Replace("base_net", "net", StringComparison.Ordinal).Replace("scores", "cls", StringComparison.Ordinal), entry.Value));

    [Theory]
    [InlineData("net.0.1.weight", "base_net.0.1.weight")]
    [InlineData("net", "base_net")]
    [InlineData("cls.bias", "scores.bias")]
    [InlineData("net.unused.weight", null)]
    [InlineData("priors", null)]
    public void The_longest_entry_that_fits_by_whole_words_applies(string foreign, string? own)
    {
        Assert.True(Released.TryFind(foreign, out var found));
        Assert.Equal(own, found);
    }

    [Theory]
    [InlineData("network.weight")]
    [InlineData("cls2.weight")]
    [InlineData("")]
    public void A_key_that_no_entry_speaks_of_is_unknown(string foreign) => Assert.False(Released.TryFind(foreign, out _));

    [Fact]
    public void An_empty_entry_stands_for_no_words()
    {
        var outer = new WeightMap { Name = "wrapped", Keys = [new("module", "")] };
        var inner = new WeightMap { Name = "inner", Keys = [new("", "trunk")] };

        Assert.True(outer.TryFind("module.a.b", out var unwrapped) && inner.TryFind("a.b", out var wrapped) && (unwrapped, wrapped) == ("a.b", "trunk.a.b"));
    }

    [Fact]
    public void A_map_fills_what_it_reaches_and_reports_the_rest()
    {
        using var folder = new TemporaryFolder();
        using TinySsd source = new(), target = new();
        Safetensors.Write(folder["f.safetensors"], Foreign(source).Append(StoredTensor.From("priors", source.state_dict()["scores.bias"])));
        var before = Values(target);

        var report = WeightLoader.LoadMapped(target, folder["f.safetensors"], Released);

        var (after, expected) = (Values(target), Values(source));
        Assert.All(report.Loaded, key => Assert.Equal(expected[key], after[key]));
        Assert.Equal(["boxes.weight", "boxes.bias"], report.New.ToArray());
        Assert.All(report.New, key => Assert.Equal(before[key], after[key]));
        Assert.Equal(14, report.Loaded.Length);
        Assert.Contains(new SkippedWeight("priors", "dropped by the map 'released'"), report.Skipped);
    }

    [Fact]
    public void What_a_map_does_not_explain_is_refused_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        using TinySsd source = new(), target = new();
        Safetensors.Write(
            folder["f.safetensors"],
            Foreign(source).Where(t => !t.Name.StartsWith("boxes", StringComparison.Ordinal) && t.Name != "cls.bias").Append(StoredTensor.From("extra", source.state_dict()["scores.bias"])));
        var before = Values(target);

        var error = Assert.Throws<WeightMismatchException>(() => WeightLoader.LoadMapped(target, folder["f.safetensors"], Released));

        Assert.Equal(["scores.bias"], error.Missing.ToArray());
        Assert.Equal(["extra"], error.Extra.ToArray());
        Assert.Contains("by the map 'released'", error.Message);
        Assert.All(before, entry => Assert.Equal(entry.Value, Values(target)[entry.Key]));
    }

    [Fact]
    public void Two_tensors_for_one_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinySsd();
        Safetensors.Write(folder["f.safetensors"], Foreign(model).Append(StoredTensor.From("old.bias", model.state_dict()["scores.bias"])));

        var error = Assert.Throws<WeightFileException>(() => WeightLoader.LoadMapped(model, folder["f.safetensors"], Released with { Keys = [.. Released.Keys, new("old", "scores")] }));

        Assert.Contains("'cls.bias' and 'old.bias' both become 'scores.bias'", error.Message);
    }
}
