// YOLO folders: layouts, names and labels, and what is reported about them.
using Xunit;
using static Detection.Runtime.Tests.SmallDatasets;

namespace Detection.Runtime.Tests;

public sealed class YoloFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private DetectionDataset Load(string split = "train") => DetectionDatasets.Load(folder.Path, split);

    private void Add(string images, string labels, string name, string? label)
    {
        Save(Noise(40, 30), [folder.Path, .. images.Split('/'), name + ".png"]);
        if (label is not null)
        {
            WriteText(label, [folder.Path, .. labels.Split('/'), name + ".txt"]);
        }
    }

    [Theory]
    [InlineData("images/train", "labels/train", "train")]
    [InlineData("train/images", "train/labels", "train")]
    [InlineData("valid/images", "valid/labels", "val")]
    public void Centre_boxes_in_fractions_become_corners_in_pixels(string images, string labels, string split)
    {
        WriteText("cat\ndog\n", folder.Path, "classes.txt");
        Add(images, labels, "a", "1 0.5 0.5 0.25 0.2\n0 0.25 0.5 0.5 1 0.9\n");
        Add(images, labels, "b", null);
        Add(images, labels, "c", "");
        var dataset = Load(split);
        Assert.StartsWith($"YOLO: {images} and {labels}", dataset.Origin);
        Assert.Equal([2, 0, 0], dataset.Samples.Select(sample => sample.Boxes.Length));
        Assert.Equal(
            [new GroundTruthBox(1, new Box(15, 12, 25, 18), false, false), new GroundTruthBox(0, new Box(0, 0, 20, 30), false, false)],
            dataset.Samples[0].Boxes.ToArray());
        Assert.Empty(dataset.Problems);
    }

    [Fact]
    public void A_split_may_be_a_list_of_files()
    {
        WriteText("cat\n", folder.Path, "labels", "classes.txt");
        Add("images", "labels", "a", "0 0.5 0.5 0.25 0.2");
        Add("images", "labels", "b", "0 0.5 0.5 0.25 0.2");
        Add("images", "labels", "c", "0 0.5 0.5 0.25 0.2");
        WriteText("images/c.png\na.png\nb\nd.png\n", folder.Path, "train.txt");
        var dataset = Load();
        Assert.Equal(["c.png", "a.png", "b.png"], dataset.Samples.Select(sample => Path.GetFileName(sample.ImagePath)));
        Assert.EndsWith("d.png", Assert.Single(dataset.Problems).File);
    }

    [Theory]
    [InlineData("names: [cat, 'guinea pig', \"dog\"]\nnc: 3")]
    [InlineData("names: [cat, guinea pig,  # furry\n  dog]\n")]
    [InlineData("# data\nnames:\n  - cat\n  - guinea pig # furry\n  - dog\ntrain: x")]
    [InlineData("nc: 3\nnames:\n- cat\n- guinea pig\n- 'dog'\n")]
    [InlineData("names:\n  0: cat\n  1: guinea pig\n\n  2: dog\r\nval: y")]
    public void Names_are_read_from_yaml_in_the_ways_they_are_written(string yaml)
    {
        WriteText(yaml, folder.Path, "data.yaml");
        Add("images/train", "labels/train", "a", "2 0.5 0.5 0.25 0.2");
        Assert.Equal(["cat", "guinea pig", "dog"], Load().ClassNames.ToArray());
    }

    [Theory]
    [InlineData("nc: 3")]
    [InlineData("names: 3")]
    [InlineData("names: [a, b")]
    [InlineData("names: []")]
    [InlineData("names:\n  1: cat\n  0: dog\n")]
    public void Yaml_without_names_is_refused(string yaml)
    {
        WriteText(yaml, folder.Path, "data.yaml");
        Add("images/train", "labels/train", "a", "0 0.5 0.5 0.25 0.2");
        Assert.Contains("data.yaml: holds no 'names:'", Assert.Throws<DatasetException>(() => Load()).Message);
    }

    [Fact]
    public void A_folder_without_names_is_refused_with_what_was_looked_for()
    {
        Add("images/train", "labels/train", "a", "0 0.5 0.5 0.25 0.2");
        Assert.Contains("looked for classes.txt, labels/classes.txt, obj.names, data.yaml", Assert.Throws<DatasetException>(() => Load()).Message);
    }

    [Theory]
    [InlineData("0 0.5 0.5 0.25", "line 2: '0 0.5 0.5 0.25' is not a class index and a box")]
    [InlineData("cat 0.5 0.5 0.25 0.2", "is not a class index and a box")]
    [InlineData("0.5 0.5 0.5 0.25 0.2", "is not a class index and a box")]
    [InlineData("-1 0.5 0.5 0.25 0.2", "is not a class index and a box")]
    [InlineData("0 0.5 0.5 0.25 0.2 0.1 0.2 0.3", "is not a class index and a box")]
    [InlineData("5 0.5 0.5 0.25 0.2", "one box of the unknown class '5' was left out; the classes are cat.")]
    [InlineData("0 0.5 0.5 0 0.2", "one box without an area was left out.")]
    [InlineData("0 1.5 0.5 0.2 0.2", "one box outside the image (40x30) was left out.")]
    [InlineData("0 0.5 0.5 1.5 0.2", "one box reaches outside the image (40x30) and was cut to it.")]
    public void A_line_that_cannot_be_used_is_reported(string line, string message)
    {
        WriteText("cat\n", folder.Path, "classes.txt");
        Add("images/train", "labels/train", "a", "0 0.5 0.5 0.25 0.2\n" + line);
        var problem = Assert.Single(Load().Problems);
        Assert.EndsWith("a.txt", problem.File);
        Assert.Contains(message, problem.Problem);
        Assert.Equal(1, problem.Boxes);
    }

    [Fact]
    public void Rounding_to_the_border_is_no_problem()
    {
        WriteText("cat\n", folder.Path, "classes.txt");
        Add("images/train", "labels/train", "a", "0 0.5 0.5 1.000001 1.00001");
        var dataset = Load();
        Assert.Empty(dataset.Problems);
        Assert.Equal(new Box(0, 0, 40, 30), dataset.Samples[0].Boxes[0].Box);
    }
}
