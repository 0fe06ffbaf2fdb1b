// weights: listing and conversion.
using Detection.Runtime;
using Xunit;

namespace Detection.Cli.Tests;

public sealed class WeightsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Tensors_and_metadata_are_listed()
    {
        var path = SampleModels.WriteWeights(folder, "colors");
        var run = CommandLine.Run("weights", path).Expect(0);
        Assert.Contains($"{path}: safetensors, 2 tensors, 12 values\n", run.Output);
        Assert.Contains("\nmodel: colors\n", run.Output);
        Assert.Contains("scores.weight  float32  3x3         9\n", run.Output);

        var json = CommandLine.Run("weights", path, "--json").Expect(0).Json();
        Assert.Equal("safetensors", json.GetProperty("format").GetString());
        Assert.Equal("colors", json.GetProperty("metadata").GetProperty("model").GetString());
        Assert.Equal(
            ["name", "type", "shape", "values"], json.GetProperty("tensors")[0].EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void Converted_weights_say_what_they_belong_to()
    {
        var source = folder["plain.safetensors"];
        Safetensors.Write(source, WeightFile.Read(SampleModels.WriteWeights(folder, "colors")).Tensors);
        Assert.Empty(WeightFile.Read(source).Metadata);
        var target = folder["converted.safetensors"];
        Assert.Contains("2 tensors, 12 values of colors", CommandLine.Run("weights", "convert", "colors", source, target).Expect(0).Output);
        var converted = WeightFile.Read(target);
        Assert.Equal("colors", converted.Metadata["model"]);
        Assert.Equal(
            WeightFile.Read(source).Tensors.Select(t => (t.Name, Convert.ToHexString(t.Bytes.Span))).Order(),
            converted.Tensors.Select(t => (t.Name, Convert.ToHexString(t.Bytes.Span))).Order());
    }

    [Fact]
    public void Weights_of_another_library_are_translated_by_a_map_of_the_spec()
    {
        var own = WeightFile.Read(SampleModels.WriteWeights(folder, "colors")).Tensors;
        var foreign = folder["lib.safetensors"];
        Safetensors.Write(foreign, own.Select(t => t with { Name = t.Name.Replace("scores", "fc", StringComparison.Ordinal) }).Append(own[0] with { Name = "aux.weight" }));
        var target = folder["converted.safetensors"];

        var run = CommandLine.Run("weights", "convert", "colors", foreign, target, "--map", "lib").Expect(0);

        Assert.Equal($"{target}: 2 tensors, 12 values of colors\n  skipped aux.weight: dropped by the map 'lib'\n", run.Output);
        Assert.Equal(own.Select(t => (t.Name, Convert.ToHexString(t.Bytes.Span))), WeightFile.Read(target).Tensors.Select(t => (t.Name, Convert.ToHexString(t.Bytes.Span))));
        Assert.Equal("lib", CommandLine.Run("weights", "convert", "colors", foreign, target, "--map", "lib", "--json").Expect(0).Json().GetProperty("map").GetString());
    }

    [Theory]
    [InlineData("colors", "--map libs: colors has no such map; there is lib.")]
    [InlineData("red-squares", "--map libs: the spec of red-squares has no weight maps.")]
    public void An_unknown_map_is_wrong_use(string model, string message) =>
        Assert.Contains(message, CommandLine.Run("weights", "convert", model, SampleModels.WriteWeights(folder, "colors"), folder["x.safetensors"], "--map", "libs").Expect(2).Error);

    [Fact]
    public void Weights_that_do_not_fit_are_not_converted()
    {
        var target = folder["out.safetensors"];
        var run = CommandLine.Run("weights", "convert", "red-squares", SampleModels.WriteWeights(folder, "colors"), target).Expect(1);
        Assert.Contains("colors.safetensors", run.Error);
        Assert.False(File.Exists(target));
    }
}
