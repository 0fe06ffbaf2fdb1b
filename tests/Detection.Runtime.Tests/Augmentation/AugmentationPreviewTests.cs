// Augmentation step by step: the last step is what training sees, steps are those of the recipe, a seed gives the same pictures.
using System.Xml.Linq;
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class AugmentationPreviewTests : IDisposable
{
    private static readonly InputSize Input = new(3, 40, 60);
    private static readonly Preprocessing Preprocessing = new() { Mean = [10, 20, 30] };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Images without objects, so that nothing is drawn over the pixels that are compared.
    private DetectionDataset Dataset(bool withObjects)
    {
        var samples = Enumerable.Range(0, 6).Select(i =>
        {
            var path = folder[$"{i}.png"];
            Images.Noise(i, 90, 70).Save(path);
            return new DataSample(path, 90, 70, withObjects ? [new GroundTruthBox(0, new Box(10, 10, 50, 40), false, false), new GroundTruthBox(1, new Box(0, 0, 9, 9), true, false)] : []);
        });
        return new DetectionDataset { ClassNames = ["cat", "dog"], Samples = [.. samples] };
    }

    [Fact]
    public void The_last_step_is_what_the_network_sees()
    {
        var dataset = Dataset(withObjects: false);
        var settings = AugmentationSettings.Ssd;
        var preview = AugmentationPreview.Of(dataset, Input, Preprocessing, settings, images: 6, seed: 11).ToArray();
        var loader = new BatchLoader(dataset, Input, Preprocessing, settings, 6, seed: 11, workers: 1, new BatchLoaderOptions { Shuffle = false });
        using var batch = loader.Epoch(0).Single();
        var preprocessor = new ImagePreprocessor(Input, Preprocessing);
        for (var i = 0; i < 6; i++)
        {
            var expected = new float[preprocessor.Length];
            preprocessor.Write(preview[i].Steps[^1].Picture, expected);
            Assert.Equal(expected, batch.Images.AsSpan(i * preprocessor.Length, preprocessor.Length).ToArray());
        }
    }

    [Fact]
    public void Steps_are_those_of_the_recipe_in_its_order()
    {
        var dataset = Dataset(withObjects: true);
        string[] Names(AugmentationSettings settings) => [.. AugmentationPreview.Of(dataset, Input, Preprocessing, settings, 1, 1).Single().Steps.Select(s => s.Name)];
        Assert.Equal(["original", "photometric", "expand", "crop", "flip", "resize"], Names(AugmentationSettings.Ssd));
        Assert.Equal(["original", "flip", "resize"], Names(AugmentationSettings.Flips));
        Assert.Equal(["original", "resize"], Names(AugmentationSettings.None));
    }

    [Fact]
    public void Boxes_are_drawn_and_counted_and_every_second_image_is_mirrored()
    {
        var dataset = Dataset(withObjects: true);
        var none = AugmentationPreview.Of(dataset, Input, Preprocessing, AugmentationSettings.None, 1, 1).Single().Steps;
        Assert.All(none, step => Assert.Equal(2, step.Boxes));
        var (red, green, blue) = DetectionDrawing.ColorOf(0);
        Assert.Equal((red, green, blue), none[0].Picture[30, 40]);
        var mirrored = Enumerable.Range(0, 40).SelectMany(seed => AugmentationPreview.Of(dataset, Input, Preprocessing, AugmentationSettings.Flips, 1, seed)).ToArray();
        Assert.InRange(mirrored.Count(sample => sample.Steps[1].Drawn == "mirrored"), 8, 32);
    }

    [Fact]
    public void A_seed_gives_the_same_files_and_another_one_others()
    {
        var dataset = Dataset(withObjects: true);
        string Write(string name, long seed)
        {
            ContactSheet.Write(folder[name], "x <y>", AugmentationPreview.Of(dataset, Input, Preprocessing, AugmentationSettings.Ssd, 4, seed));
            var files = Directory.GetFiles(folder[name]).Order(StringComparer.Ordinal).ToArray();
            Assert.Equal(1 + 4 * 6, files.Length);
            return string.Join('\n', files.Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"));
        }
        Assert.Equal(Write("a", 3), Write("b", 3));
        Assert.NotEqual(Write("a", 3), Write("c", 4));
        var page = XDocument.Parse(File.ReadAllText(Path.Combine(folder["a"], "index.html")));
        var pictures = page.Descendants().Where(e => e.Name.LocalName == "img").Select(e => e.Attribute("src")!.Value).ToArray();
        Assert.Equal(24, pictures.Length);
        Assert.All(pictures, picture => Assert.True(File.Exists(Path.Combine(folder["a"], picture)), picture));
    }

    [Fact]
    public void Each_of_the_five_interpolations_is_drawn_and_used()
    {
        var settings = new AugmentationSettings { Interpolation = new RandomInterpolation() };
        var drawn = Enumerable.Range(0, 500).Select(i => DrawnAugmentation.Draw(settings, [], 1, 0, i).Interpolation!.Value).GroupBy(kind => kind).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(5, drawn.Count);
        Assert.All(drawn.Values, count => Assert.InRange(count, 60, 140));

        var dataset = Dataset(withObjects: false);
        byte[] Seen(Interpolation kind) =>
            AugmentationPreview.Of(dataset, Input, Preprocessing, new() { Crop = new(), Interpolation = new() { Kinds = [kind] } }, 1, 1).Single().Steps[^1].Picture.Pixels;
        byte[][] pictures = [.. Enum.GetValues<Interpolation>().Select(Seen)];
        for (var i = 1; i < pictures.Length; i++)
        {
            Assert.All(pictures.Take(i), other => Assert.NotEqual(other, pictures[i]));
        }
        Assert.Equal(new RandomInterpolation(), new RandomInterpolation());
        Assert.NotEqual(new RandomInterpolation(), new RandomInterpolation { Kinds = [Interpolation.Area] });
        Assert.Throws<ArgumentException>(() => new AugmentationSettings { Interpolation = new() { Kinds = [] } }.Check());
    }
}
