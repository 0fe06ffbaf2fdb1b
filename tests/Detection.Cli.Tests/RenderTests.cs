// render: the data set that the product draws.
using Detection.Runtime;
using Xunit;

namespace Detection.Cli.Tests;

public sealed class RenderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Says_what_it_has_written()
    {
        var run = CommandLine.Run([], "render", "--out", folder["a"], "--images", "8").Expect(0);
        var training = DetectionDatasets.Load(folder["a"], "train");
        Assert.Equal(6, training.Samples.Length);
        Assert.Contains($"{folder["a"]}, train: 6 images, {training.Samples.Sum(s => s.Boxes.Length)} boxes", run.Output);
        Assert.Contains($"{folder["a"]}, val: 2 images", run.Output);
        var document = CommandLine.Run([], "render", "--out", folder["a"], "--images", "8", "--json").Expect(0).Json();
        Assert.Equal(6, document.GetProperty("splits")[0].GetProperty("images").GetInt32());
    }

    [Fact]
    public void The_seed_decides_the_images()
    {
        byte[] FirstOf(string name, params string[] options)
        {
            CommandLine.Run([], ["render", "--out", folder[name], "--images", "1", .. options]).Expect(0);
            return File.ReadAllBytes(Directory.GetFiles(folder[name + "/JPEGImages"]).Single());
        }
        var first = FirstOf("a");
        Assert.Equal(first, FirstOf("b", "--seed", "1"));
        Assert.NotEqual(first, FirstOf("c", "--seed", "2"));
    }

    [Fact]
    public void A_file_in_the_way_is_a_failure() =>
        Assert.Contains("a", CommandLine.Run([], "render", "--out", folder.Write("a", "text"), "--images", "1").Expect(1).Error);
}
