// augment: pictures, page and document of a shipped recipe; the same seed gives the same pictures.
using Detection.Runtime;
using Xunit;

namespace Detection.Cli.Tests;

public sealed class AugmentTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public AugmentTests() => RenderedDataset.Write(folder["data"], images: 8, seed: 3);

    public void Dispose() => folder.Dispose();

    private Outcome Run(string name, params string[] more) =>
        CommandLine.Run([], ["augment", "ssd300-vgg16-voc", "--data", folder["data"], "--out", folder[name], "--images", "2", .. more]);

    [Fact]
    public void Every_step_of_the_recipe_is_a_picture_on_the_page()
    {
        var document = Run("a", "--json").Expect(0).Json();
        string[] steps = ["original", "photometric", "expand", "crop", "flip", "resize"];
        Assert.Equal(steps, document.GetProperty("steps").EnumerateArray().Select(s => s.GetString()));
        var images = document.GetProperty("images").EnumerateArray().ToArray();
        Assert.Equal(2, images.Length);
        foreach (var step in images.SelectMany(image => image.GetProperty("steps").EnumerateArray()))
        {
            var picture = RgbImage.Load(step.GetProperty("picture").GetString()!);
            Assert.Equal(step.GetProperty("name").GetString() == "resize", (picture.Width, picture.Height) == (300, 300));
            Assert.True(step.GetProperty("boxes").GetInt32() > 0 || step.GetProperty("name").GetString() != "original");
        }
        Assert.Contains("001-1-photometric.jpg", File.ReadAllText(document.GetProperty("page").GetString()!));
    }

    [Fact]
    public void A_seed_gives_the_same_pictures_and_the_specs_is_the_default()
    {
        string Pictures(string name, params string[] more)
        {
            var lines = Run(name, more).Expect(0).Output;
            Assert.Contains("  crop: ", lines);
            return string.Join(' ', Directory.GetFiles(folder[name], "*.jpg").Order(StringComparer.Ordinal)
                .Select(file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))));
        }
        var seed = ModelCatalogs.Find(ShippedModels.Catalogs, "ssd300-vgg16-voc").CreateTraining!().Settings.Seed;
        Assert.Equal(Pictures("a"), Pictures("b", "--seed", $"{seed}"));
        Assert.NotEqual(Pictures("a"), Pictures("c", "--seed", $"{seed + 1}"));
    }

    [Fact]
    public void A_model_without_a_recipe_and_data_that_is_not_there_are_told_apart()
    {
        Assert.Contains("no 'train:' section", CommandLine.Run([], "augment", "vgg-16", "--data", folder["data"], "--out", folder["x"]).Expect(2).Error);
        Assert.Contains("there is no such folder", CommandLine.Run([], "augment", "ssd300-vgg16-voc", "--data", folder["nowhere"], "--out", folder["x"]).Expect(1).Error);
        Assert.False(Directory.Exists(folder["x"]));
    }
}
