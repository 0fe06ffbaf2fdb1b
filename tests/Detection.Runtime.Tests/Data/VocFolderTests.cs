// VOC folders: what is read, and every oddity with the words and the file that the report names.
using OpenCvSharp;
using Xunit;
using static Detection.Runtime.Tests.SmallDatasets;

namespace Detection.Runtime.Tests;

public sealed class VocFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private DetectionDataset Load(params string[] classNames) => DetectionDatasets.Load(folder.Path, "train", classNames.Length == 0 ? null : classNames);

    private DataProblem OnlyProblem(string file, params string[] classNames)
    {
        var problem = Assert.Single(Load(classNames).Problems);
        Assert.Equal(file, Path.GetFileName(problem.File));
        return problem;
    }

    [Fact]
    public void Boxes_sizes_classes_and_the_difficult_mark_are_read()
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", 1, 2, 10, 12.5), Object("cat", 5, 5, 40, 30, difficult: true));
        var dataset = Load();
        Assert.Equal(["cat", "dog"], dataset.ClassNames.ToArray());
        var sample = Assert.Single(dataset.Samples);
        Assert.Equal((40, 30), (sample.Width, sample.Height));
        Assert.Equal(
            [new GroundTruthBox(1, new Box(1, 2, 10, 12.5f), false, false), new GroundTruthBox(0, new Box(5, 5, 40, 30), true, false)],
            sample.Boxes.ToArray());
        Assert.Empty(dataset.Problems);
        Assert.Contains("VOC", dataset.Origin);
        Assert.Contains("1 images, 2 boxes (cat 1, dog 1)", dataset.Summarize());
    }

    [Fact]
    public void Splits_agree_on_classes_that_only_one_of_them_uses()
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", 1, 2, 10, 12));
        AddVoc(folder.Path, "val", "b", Noise(40, 30), Object("cat", 1, 2, 10, 12));
        Assert.Equal(["cat", "dog"], Load().ClassNames.ToArray());
        WriteText("dog\ncat\n", folder.Path, "classes.txt");
        Assert.Equal(["dog", "cat"], Load().ClassNames.ToArray());
    }

    [Fact]
    public void A_box_that_reaches_outside_is_cut_and_counted()
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", -5, 2, 10, 12), Object("dog", 30, 20, 41, 31), Object("dog", 1, 1, 40, 30));
        var problem = OnlyProblem("a.xml");
        Assert.Equal(("2 boxes reach outside the image (40x30) and were cut to it.", false, 2), (problem.Problem, problem.Skipped, problem.Boxes));
        Assert.Equal([new Box(0, 2, 10, 12), new Box(30, 20, 40, 30), new Box(1, 1, 40, 30)], Load().Samples[0].Boxes.Select(box => box.Box));
    }

    [Theory]
    [InlineData(5, 5, 5, 9, "one box without an area was left out.")]
    [InlineData(5, 5, 9, 5, "one box without an area was left out.")]
    [InlineData(9, 9, 5, 5, "one box without an area was left out.")]
    [InlineData(50, 5, 60, 9, "one box outside the image (40x30) was left out.")]
    [InlineData(5, -9, 9, 0, "one box outside the image (40x30) was left out.")]
    [InlineData(5, 5, double.PositiveInfinity, 9, "one box whose corners are not numbers was left out.")]
    public void A_box_that_shows_nothing_is_left_out_and_counted(double x1, double y1, double x2, double y2, string message)
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", x1, y1, x2, y2), Object("dog", 1, 1, 5, 5));
        var problem = OnlyProblem("a.xml");
        Assert.Equal((message, true, 1), (problem.Problem, problem.Skipped, problem.Boxes));
        Assert.Single(Load().Samples[0].Boxes);
    }

    [Fact]
    public void An_unknown_class_is_named_with_its_file_and_what_was_probably_meant()
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("Platelet", 1, 1, 5, 5), Object("Platelet", 1, 1, 6, 6), Object("RBC", 1, 1, 5, 5));
        var problem = OnlyProblem("a.xml", "RBC", "WBC", "Platelets");
        Assert.Equal("2 boxes of the unknown class 'Platelet' were left out; did you mean 'Platelets'?", problem.Problem);
        Assert.Equal((true, 2), (problem.Skipped, problem.Boxes));
        Assert.Contains("the classes are RBC, elephant.", OnlyProblem("a.xml", "RBC", "elephant").Problem);
    }

    [Fact]
    public void A_set_none_of_whose_classes_is_known_is_refused()
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", 1, 1, 5, 5));
        var error = Assert.Throws<DatasetException>(() => Load("dogs", "cats"));
        Assert.Contains("a.xml: one box of the unknown class 'dog' was left out; did you mean 'dogs'?", error.Message);
    }

    [Fact]
    public void An_image_without_objects_is_kept_and_is_no_problem()
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30));
        AddVoc(folder.Path, "train", "b", Noise(40, 30), Object("dog", 1, 1, 5, 5));
        var dataset = Load();
        Assert.Equal([0, 1], dataset.Samples.Select(sample => sample.Boxes.Length));
        Assert.Empty(dataset.Problems);
    }

    [Theory]
    [InlineData("empty", "the file is empty.")]
    [InlineData("text", "is not a PNG, JPEG, BMP or WebP image.")]
    [InlineData("cut", "truncated")]
    public void An_image_that_is_no_whole_image_is_left_out_and_named(string kind, string message)
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", 1, 1, 5, 5));
        AddVoc(folder.Path, "train", "b", Noise(40, 30), Object("dog", 1, 1, 5, 5));
        var file = Path.Combine(folder.Path, "JPEGImages", "b.png");
        File.WriteAllBytes(file, kind switch { "empty" => [], "text" => "hello"u8.ToArray(), _ => File.ReadAllBytes(file)[..500] });
        var problem = OnlyProblem("b.png");
        Assert.Contains(message, problem.Problem);
        Assert.EndsWith("The image is left out.", problem.Problem);
        Assert.Equal((true, 0), (problem.Skipped, problem.Boxes));
        Assert.Single(Load().Samples);
    }

    [Theory]
    [InlineData("<annotation><object></annotation>", "the file cannot be read")]
    [InlineData("", "the file cannot be read")]
    [InlineData("<html/>", "its outermost element is <html>")]
    [InlineData("<annotation>\n<object><name>dog</name></object></annotation>", "line 2: an object needs <name> and <bndbox>")]
    [InlineData("<annotation><object><name>dog</name><bndbox><xmin>1</xmin></bndbox></object></annotation>", "<bndbox> needs <ymin>")]
    [InlineData("<annotation><object><name>dog</name><bndbox><xmin>one</xmin></bndbox></object></annotation>", "<xmin> holds 'one', not a number")]
    [InlineData("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><annotation>&b;</annotation>", "DTD is prohibited")]
    public void A_broken_annotation_leaves_its_image_out(string xml, string message)
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", 1, 1, 5, 5));
        AddVoc(folder.Path, "train", "b", Noise(40, 30));
        WriteText(xml, folder.Path, "Annotations", "b.xml");
        Assert.Contains(message, OnlyProblem("b.xml").Problem);
        Assert.Single(Load().Samples);
    }

    [Fact]
    public void Names_without_a_file_are_problems()
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", 1, 1, 5, 5));
        List(folder.Path, "train", "nowhere");
        WriteText(Annotation(40, 30), folder.Path, "Annotations", "blind.xml");
        List(folder.Path, "train", "blind");
        List(folder.Path, "train", "a");
        var problems = Load().Problems;
        Assert.Equal(["nowhere.xml", "blind.xml", "train.txt"], problems.Select(problem => Path.GetFileName(problem.File)));
        Assert.Contains("there is no such file", problems[0].Problem);
        Assert.Contains("has no image 'blind' in JPEGImages", problems[1].Problem);
        Assert.Contains("lists 'a' more than once", problems[2].Problem);
    }

    [Fact]
    public void Endings_may_be_written_in_any_case_and_lists_of_one_class_have_marks()
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", 1, 1, 5, 5));
        File.Move(Path.Combine(folder.Path, "JPEGImages", "a.png"), Path.Combine(folder.Path, "JPEGImages", "a.PNG"));
        WriteText("a  -1\n\n", folder.Path, "ImageSets", "Main", "train.txt");
        Assert.EndsWith("a.PNG", Assert.Single(Load().Samples).ImagePath);
    }

    [Fact]
    public void A_size_that_is_not_the_images_is_reported()
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30));
        WriteText(Annotation(80, 60, Object("dog", 1, 1, 5, 5)), folder.Path, "Annotations", "a.xml");
        Assert.StartsWith("says that the image has 80x60 pixels, but it has 40x30", OnlyProblem("a.xml").Problem);
        WriteText(Annotation(0, 0, Object("dog", 1, 1, 5, 5)), folder.Path, "Annotations", "a.xml");
        Assert.Empty(Load().Problems);
    }

    [Fact]
    public void An_unknown_split_is_answered_with_those_that_are_there()
    {
        AddVoc(folder.Path, "train", "a", Noise(40, 30), Object("dog", 1, 1, 5, 5));
        Assert.Contains("did you mean 'train'?", Assert.Throws<DatasetException>(() => DetectionDatasets.Load(folder.Path, "tarin")).Message);
        Assert.Contains("there are train.", Assert.Throws<DatasetException>(() => DetectionDatasets.Load(folder.Path, "zzz")).Message);
    }

    [Fact]
    public void Images_of_one_pixel_and_of_a_hundred_million_are_read()
    {
        AddVoc(folder.Path, "train", "a", Noise(1, 1), Object("dog", 0, 0, 1, 1));
        using (var large = new Mat(10_000, 10_000, MatType.CV_8UC1, new Scalar(200)))
        {
            Cv2.ImWrite(Path.Combine(folder.Path, "JPEGImages", "b.jpg"), large);
        }
        WriteText(Annotation(10_000, 10_000, Object("dog", 1, 1, 9_999, 5_000)), folder.Path, "Annotations", "b.xml");
        List(folder.Path, "train", "b");
        var dataset = Load();
        Assert.Empty(dataset.Problems);
        Assert.Equal([(1, 1), (10_000, 10_000)], dataset.Samples.Select(sample => (sample.Width, sample.Height)));
        var loader = new BatchLoader(dataset, new InputSize(3, 8, 8), new Preprocessing(), AugmentationSettings.Ssd, 2, 1, 2);
        Assert.Equal(2, Assert.Single(loader.Epoch(0)).Count);
        Assert.Empty(loader.Problems);
    }
}
