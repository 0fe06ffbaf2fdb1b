// Real data sets beside the repository: counts, oddities and classes as their documentation says; skipped where they are absent.
using Xunit;

namespace Detection.Runtime.Tests;

public class SharedDatasetsTests
{
    private static string Folder(string name) => Path.GetDirectoryName(RepositoryFiles.Shared($"data/{name}/classes.txt"))!;

    [SkippableTheory]
    [InlineData("bccd", "train", 205)]
    [InlineData("bccd", "val", 87)]
    [InlineData("playing_cards", "train", 237)]
    [InlineData("playing_cards", "val", 59)]
    [InlineData("raccoon", "train", 130)]
    [InlineData("raccoon", "val", 32)]
    public void Every_image_of_a_split_is_there(string name, string split, int images) =>
        Assert.Equal(images, DetectionDatasets.Load(Folder(name), split).Samples.Length);

    [SkippableTheory]
    [InlineData("bccd", new[] { "RBC", "WBC", "Platelets" }, new[] { 3350 - 2, 301, 292 })]
    [InlineData("playing_cards", new[] { "nine", "ten", "jack", "queen", "king", "ace" }, new[] { 89, 82, 89, 80, 95, 92 })]
    [InlineData("raccoon", new[] { "raccoon" }, new[] { 176 })]
    public void Boxes_are_counted_by_class(string name, string[] classes, int[] boxes)
    {
        var dataset = DetectionDatasets.Load(Folder(name), "trainval");
        Assert.Equal(classes, dataset.ClassNames);
        Assert.Equal(boxes, dataset.CountBoxes());
    }

    [SkippableFact]
    public void The_two_boxes_without_area_of_the_blood_cells_are_left_out_and_named()
    {
        var problems = DetectionDatasets.Load(Folder("bccd"), "trainval").Problems;
        Assert.Equal(["BloodImage_00338.xml", "BloodImage_00343.xml"], problems.Select(problem => Path.GetFileName(problem.File)));
        Assert.All(problems, problem => Assert.Equal(("one box without an area was left out.", true, 1), (problem.Problem, problem.Skipped, problem.Boxes)));
    }

    [SkippableTheory]
    [InlineData("bccd")]
    [InlineData("playing_cards")]
    [InlineData("raccoon")]
    public void Both_forms_of_a_set_hold_the_same_boxes(string name)
    {
        var (voc, coco) = (DetectionDatasets.Load(Folder(name), "val"), DetectionDatasets.Load(Folder(name), "val", format: DatasetFormat.Coco));
        Assert.StartsWith("VOC", voc.Origin);
        Assert.StartsWith("COCO", coco.Origin);
        Assert.Equal(voc.ClassNames.ToArray(), coco.ClassNames.ToArray());
        Assert.Equal(Objects(voc), Objects(coco));

        // Only COCO's form says what area an object covers.
        static HashSet<(string, GroundTruthBox)> Objects(DetectionDataset set) =>
            [.. set.Samples.SelectMany(sample => sample.Boxes.Select(box => (sample.ImagePath, box with { Area = null })))];
    }

    [SkippableTheory]
    [InlineData("bccd")]
    [InlineData("playing_cards")]
    [InlineData("raccoon")]
    public void Header_sizes_are_those_of_the_decoded_images(string name)
    {
        foreach (var sample in DetectionDatasets.Load(Folder(name), "val").Samples)
        {
            var image = RgbImage.Load(sample.ImagePath);
            Assert.Equal((image.Width, image.Height), (sample.Width, sample.Height));
        }
    }
}
