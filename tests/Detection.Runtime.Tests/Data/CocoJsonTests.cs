// COCO files: what is read, where images may lie, and what is refused with which words.
using Xunit;
using static Detection.Runtime.Tests.SmallDatasets;

namespace Detection.Runtime.Tests;

public sealed class CocoJsonTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private const string Categories = """ "categories": [{"id": 7, "name": "dog"}, {"id": 3, "name": "cat", "supercategory": "animal"}] """;

    private const string Images = """
        "images": [{"id": 12, "file_name": "a.png", "width": 40, "height": 30}, {"id": 5, "file_name": "b.png", "width": 40, "height": 30}]
        """;

    private void Write(string annotations, string path = "annotations/instances_train.json") =>
        WriteText("{" + $""" "info": [], {Categories}, {Images}, "annotations": [{annotations}] """ + "}", folder.Path, path);

    private void SaveImages(params string[] place)
    {
        Save(Noise(40, 30), [folder.Path, .. place, "a.png"]);
        Save(Noise(40, 30), [folder.Path, .. place, "b.png"]);
    }

    private const string OneBox =
        """{"id": 1, "image_id": 5, "category_id": 7, "bbox": [1, 2, 10, 12.5], "area": 125, "iscrowd": 0, "segmentation": [[1, 2, 3]]}""";

    [Fact]
    public void Boxes_become_corners_and_classes_come_in_the_order_of_their_ids()
    {
        Write(OneBox + """, {"id": 2, "image_id": 5, "category_id": 3, "bbox": [0, 0, 40, 30], "iscrowd": 1, "segmentation": {"counts": "x"}}""");
        SaveImages("images");
        var dataset = DetectionDatasets.Load(folder.Path, "train");
        Assert.Equal(["cat", "dog"], dataset.ClassNames.ToArray());
        Assert.Equal(["a.png", "b.png"], dataset.Samples.Select(sample => Path.GetFileName(sample.ImagePath)));
        Assert.Empty(dataset.Samples[0].Boxes);
        Assert.Equal(
            [new GroundTruthBox(1, new Box(1, 2, 11, 14.5f), false, false) { Area = 125 }, new GroundTruthBox(0, new Box(0, 0, 40, 30), false, true)],
            dataset.Samples[1].Boxes.ToArray());
        Assert.Empty(dataset.Problems);
        Assert.Equal("COCO: annotations/instances_train.json is there", dataset.Origin);
    }

    [Theory]
    [InlineData("coco/instances_train.json", "JPEGImages")]
    [InlineData("annotations/instances_train.json", "images/train")]
    [InlineData("annotations/instances_train.json", "train")]
    [InlineData("train/_annotations.coco.json", "train")]
    [InlineData("annotations/instances_train.json", ".")]
    public void Files_may_lie_where_the_usual_tools_put_them(string annotations, string images)
    {
        Write(OneBox, annotations);
        SaveImages(images.Split('/'));
        Assert.Equal(2, DetectionDatasets.Load(folder.Path, "train").Samples.Length);
    }

    [Theory]
    [InlineData("""{"id": 9, "image_id": 99, "category_id": 7, "bbox": [1, 2, 3, 4]}""", "annotation 9 is of image 99, which the file does not list")]
    [InlineData("""{"id": 9, "image_id": 5, "category_id": 99, "bbox": [1, 2, 3, 4]}""", "annotation 9 is of category 99, which the file does not list")]
    [InlineData("""{"id": 9, "image_id": 5, "category_id": 7, "bbox": [1, 2, 3]}""", "annotation 9 has no bbox of four numbers")]
    [InlineData("""{"id": 9, "image_id": 5, "category_id": 7, "bbox": [1, 2, 3, 0]}""", "one box without an area was left out.")]
    [InlineData("""{"id": 9, "image_id": 5, "category_id": 7, "bbox": [1, 2, -3, 4]}""", "one box without an area was left out.")]
    public void An_annotation_that_means_nothing_is_left_out_and_reported(string annotation, string message)
    {
        Write($"{OneBox}, {annotation}");
        SaveImages("images");
        var dataset = DetectionDatasets.Load(folder.Path, "train");
        var problem = Assert.Single(dataset.Problems);
        Assert.Contains("instances_train.json", problem.File);
        Assert.Contains(message, problem.Problem);
        Assert.Equal(1, dataset.CountBoxes().Sum());
    }

    [Fact]
    public void A_missing_image_is_reported_with_the_folders_searched()
    {
        Write(OneBox);
        Save(Noise(40, 30), folder.Path, "images", "b.png");
        var problem = Assert.Single(DetectionDatasets.Load(folder.Path, "train").Problems);
        Assert.Contains("lists the image 'a.png', which lies in none of the folders searched", problem.Problem);
        Assert.True(problem.Skipped);
    }

    [Theory]
    [InlineData("", "is no COCO JSON")]
    [InlineData("{\"images\": [", "is no COCO JSON")]
    [InlineData("[]", "is no COCO JSON")]
    [InlineData("{\"images\": []}", "has no list 'categories'")]
    [InlineData("{\"categories\": []}", "has no list 'images'")]
    [InlineData("{\"categories\": [{\"id\": 1, \"name\": \"a\"}, {\"id\": 1, \"name\": \"b\"}], \"images\": []}", "category 1 has no name or comes twice")]
    [InlineData("null", "holds nothing")]
    [InlineData("{\"categories\": [], \"images\": [null]}", "one of its lists holds null")]
    [InlineData("{\"categories\": [{\"id\": \"one\"}]}", "is no COCO JSON")]
    [InlineData("{\"categories\": [], \"images\": [{\"id\": 1}, {\"id\": 1}]}", "two images have the same id")]
    public void A_file_that_is_no_coco_is_refused_by_name(string json, string message)
    {
        WriteText(json, folder.Path, "annotations", "instances_train.json");
        var error = Assert.Throws<DatasetException>(() => DetectionDatasets.Load(folder.Path, "train"));
        Assert.Contains("instances_train.json", error.Message);
        Assert.Contains(message, error.Message);
    }
}
