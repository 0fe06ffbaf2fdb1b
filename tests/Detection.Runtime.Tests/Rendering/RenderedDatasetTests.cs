// The rendered set: the same for a seed, varied, with boxes that fit, and a VOC folder like any other.
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class RenderedDatasetTests
{
    [Fact]
    public void An_image_is_the_same_every_time_and_another_for_another_seed_or_number()
    {
        var (image, boxes) = RenderedDataset.Render(5, 1);
        var (again, boxesAgain) = RenderedDataset.Render(5, 1);
        Assert.Equal(image.Pixels, again.Pixels);
        Assert.Equal(boxes.ToArray(), boxesAgain.ToArray());
        Assert.NotEqual(image.Pixels, RenderedDataset.Render(6, 1).Image.Pixels);
        Assert.NotEqual(image.Pixels, RenderedDataset.Render(5, 2).Image.Pixels);
    }

    [Fact]
    public void Things_are_of_all_classes_and_sizes_and_some_overlap()
    {
        var scenes = Enumerable.Range(0, 60).AsParallel().AsOrdered().Select(i => RenderedDataset.Render(i, 1, 160, 120).Boxes).ToList();
        var boxes = scenes.SelectMany(scene => scene).ToList();
        Assert.All(boxes, box => Assert.True(box.Box.X1 >= 0 && box.Box.Y1 >= 0 && box.Box.X2 <= 160 && box.Box.Y2 <= 120 && box.Box.Area > 0));
        var perClass = RenderedDataset.ClassNames.Select((_, i) => boxes.Count(box => box.ClassIndex == i));
        Assert.All(perClass, count => Assert.True(count * 10 > boxes.Count, $"{count} of {boxes.Count}"));
        Assert.All(scenes, scene => Assert.InRange(scene.Length, 1, 7));
        var sides = boxes.Select(box => Math.Sqrt(box.Box.Area) / 120).ToList();
        foreach (var (low, high) in new[] { (0.0, 0.2), (0.2, 0.4), (0.4, 1.0) })
        {
            Assert.InRange(sides.Count(side => side >= low && side < high), boxes.Count / 8, boxes.Count);
        }
        Assert.InRange(scenes.Sum(scene => Pairs(scene).Count(pair => pair.Item1.Iou(pair.Item2) > 0.02)), 10, boxes.Count);
        Assert.InRange(boxes.Count(box => box.Difficult), 0, boxes.Count / 20);

        static IEnumerable<(Box, Box)> Pairs(IReadOnlyList<GroundTruthBox> scene) =>
            from i in Enumerable.Range(0, scene.Count) from j in Enumerable.Range(0, i) select (scene[i].Box, scene[j].Box);
    }

    [Fact]
    public void The_folder_reads_back_as_it_was_rendered()
    {
        using var folder = new TemporaryFolder();
        RenderedDataset.Write(folder.Path, 9, 4, 96, 64);
        DetectionDataset Load(string split) => DetectionDatasets.Load(folder.Path, split);
        var (train, val, all) = (Load("train"), Load("val"), Load("trainval"));
        Assert.Equal((7, 2, 9), (train.Samples.Length, val.Samples.Length, all.Samples.Length));
        Assert.Equal(RenderedDataset.ClassNames.ToArray(), train.ClassNames.ToArray());
        Assert.Empty(all.Problems);
        for (var i = 0; i < 9; i++)
        {
            Assert.Equal((96, 64), (all.Samples[i].Width, all.Samples[i].Height));
            Assert.Equal(RenderedDataset.Render(i, 4, 96, 64).Boxes.ToArray(), all.Samples[i].Boxes.ToArray());
        }
        Assert.Empty(train.Samples.Select(sample => sample.ImagePath).Intersect(val.Samples.Select(sample => sample.ImagePath)));
    }

    [Fact]
    public void Writing_again_gives_the_same_bytes()
    {
        using TemporaryFolder first = new(), second = new();
        RenderedDataset.Write(first.Path, 3, 4, 64, 48);
        RenderedDataset.Write(second.Path, 3, 4, 64, 48);
        RenderedDataset.Write(second.Path, 3, 4, 64, 48);
        var files = Directory.GetFiles(first.Path, "*", SearchOption.AllDirectories);
        Assert.Equal(3 + 3 + 3 + 1, files.Length);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(second.Path, Path.GetRelativePath(first.Path, file)))));
        Assert.Equal(files.Length, Directory.GetFiles(second.Path, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_a_clear_error()
    {
        using var folder = new TemporaryFolder();
        folder.Write("JPEGImages", []);
        Assert.Contains("JPEGImages", Assert.ThrowsAny<IOException>(() => RenderedDataset.Write(folder.Path, 2, 1, 32, 32)).Message);
    }
}
