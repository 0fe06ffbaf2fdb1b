// End to end on real photos with weights that others trained; skipped where ../shared is not there.
using Xunit;

namespace Detection.Cli.Tests;

public sealed class SharedPhotosTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SkippableTheory]
    [InlineData("weights/ultraface_slim_320/version-slim-320.pth")]
    [InlineData("weights/ultraface_slim_320/version-slim-320.safetensors")]
    public void The_astronauts_face_is_found_and_the_cat_has_none(string weights)
    {
        var (astronaut, cat) = (RepositoryFiles.Shared("data/photos/astronaut.png"), RepositoryFiles.Shared("data/photos/chelsea.png"));
        var run = CommandLine.Run(
            [], "predict", "ultraface-slim-320", "--weights", RepositoryFiles.Shared(weights), "--out", folder["out"], "--json", astronaut, cat).Expect(0);
        var images = run.Json().GetProperty("images");
        var face = Assert.Single(images[0].GetProperty("detections").EnumerateArray());
        Assert.Equal("face", face.GetProperty("name").GetString());
        Assert.InRange(face.GetProperty("score").GetSingle(), 0.9f, 1f);
        foreach (var (edge, expected) in face.GetProperty("box").EnumerateArray().Zip([179f, 62f, 270f, 174f]))
        {
            Assert.InRange(edge.GetSingle(), expected - 6, expected + 6);
        }
        Assert.Equal(0, images[1].GetProperty("detections").GetArrayLength());
    }

    [SkippableTheory]
    [InlineData("chelsea.png", 285)] // Egyptian cat
    [InlineData("coffee.png", 967)] // espresso
    public void SqueezeNet_knows_the_photos(string photo, int expected)
    {
        var run = CommandLine.Run(
            [], "predict", "squeezenet-1.0-classifier", "--json",
            "--weights", RepositoryFiles.Shared("weights/squeezenet_v1_0_deepcompressed/squeezenet_v1_0_fp32.safetensors"),
            RepositoryFiles.Shared("data/photos/" + photo)).Expect(0);
        var classes = run.Json().GetProperty("images")[0].GetProperty("classes");
        Assert.Equal(5, classes.GetArrayLength());
        Assert.Equal(expected, classes[0].GetProperty("class").GetInt32());
    }

    [SkippableFact]
    public void Weights_of_another_network_are_refused_with_every_key()
    {
        var run = CommandLine.Run(
            [], "predict", "squeezenet-1.0-classifier", "--weights", RepositoryFiles.Shared("weights/ultraface_slim_320/version-slim-320.pth"),
            RepositoryFiles.Shared("data/photos/coffee.png")).Expect(1);
        Assert.Contains("version-slim-320.pth", run.Error);
        Assert.Contains("conv10.weight", run.Error);
        Assert.Contains("base_net.12.4.running_var", run.Error);
        Assert.Equal("", run.Output);
    }
}
