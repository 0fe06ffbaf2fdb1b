// Recognising a folder: which format is taken and why, and what is said when there is none.
using Xunit;
using static Detection.Runtime.Tests.SmallDatasets;

namespace Detection.Runtime.Tests;

public sealed class DetectionDatasetsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_empty_folder_is_answered_with_everything_that_was_looked_for()
    {
        var message = Assert.Throws<DatasetException>(() => DetectionDatasets.Load(folder.Path, "val")).Message;
        string[] parts =
            [folder.Path, "'val'", "ImageSets/Main/val.txt", "coco/instances_val.json", "annotations/instances_val.json", "images/val/", "classes.txt"];
        Assert.All(parts, part => Assert.Contains(part, message));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        var error = Assert.Throws<DatasetException>(() => DetectionDatasets.Load(folder["nowhere"], "val"));
        Assert.Equal($"{folder["nowhere"]}: there is no such folder.", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n \n")]
    public void A_split_without_images_is_refused(string list)
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "Annotations"));
        WriteText(list, folder.Path, "ImageSets", "Main", "train.txt");
        Assert.Contains("the split 'train' has no images", Assert.Throws<DatasetException>(() => DetectionDatasets.Load(folder.Path, "train")).Message);
    }

    [Fact]
    public void A_split_of_which_nothing_can_be_used_is_refused_with_the_first_reason()
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", 1, 1, 5, 5));
        File.Delete(Path.Combine(folder.Path, "JPEGImages", "a.png"));
        var message = Assert.Throws<DatasetException>(() => DetectionDatasets.Load(folder.Path, "train")).Message;
        Assert.Contains("none of the images of the split 'train' can be used", message);
        Assert.Contains("a.xml: has no image 'a'", message);
    }

    [Fact]
    public void Where_two_formats_lie_side_by_side_voc_is_taken_unless_another_is_asked_for()
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", 1, 1, 5, 5));
        const string Json = """{"categories": [{"id": 1, "name": "cat"}], "images": [{"id": 1, "file_name": "a.png"}], "annotations": []}""";
        WriteText(Json, folder.Path, "coco", "instances_train.json");
        WriteText("cat", folder.Path, "classes.txt");
        Save(Noise(40, 30), folder.Path, "images", "train", "a.png");
        Directory.CreateDirectory(Path.Combine(folder.Path, "labels", "train"));
        Assert.StartsWith("VOC", DetectionDatasets.Load(folder.Path, "train", ["dog"]).Origin);
        Assert.StartsWith("COCO", DetectionDatasets.Load(folder.Path, "train", format: DatasetFormat.Coco).Origin);
        Assert.StartsWith("YOLO", DetectionDatasets.Load(folder.Path, "train", format: DatasetFormat.Yolo).Origin);
    }

    [Fact]
    public void Class_names_must_differ() =>
        Assert.Throws<ArgumentException>(() =>
        {
            AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", 1, 1, 5, 5));
            DetectionDatasets.Load(folder.Path, "train", ["dog", "dog"]);
        });
}
