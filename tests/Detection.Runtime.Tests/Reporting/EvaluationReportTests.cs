// The page about an evaluation: figures in its tables, its files, what its galleries show, and names that no file system takes.
using System.Xml.Linq;
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class EvaluationReportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static FileBox At(double x, double y, double side = 20) => FileBox.Of(new BoxEdges(x, y, x + side, y + side));

    // Image 0: a cat that is found and one that is missed. Image 1: a dog taken for a cat, and a cat in the void.
    private (AnnotationFiles Annotations, ResultFiles Results) Evaluation(string cat = "cat", string dog = "dog")
    {
        AnnotationFiles annotations = new(
            ["a", "b"], [new CocoCategory(7, cat), new CocoCategory(3, dog)],
            [
                new FileObject(0, 0, At(10, 10), 400, false, false), new FileObject(0, 0, At(60, 60), 400, false, false), new FileObject(1, 1, At(10, 10), 400, false, false),
            ]) { FileNames = ["a.png", "b.png"] };
        ResultFiles results = new(
            [new FileDetection(0, 0, 0.9, At(11, 10)), new FileDetection(1, 0, 0.95, At(10, 11)), new FileDetection(1, 0, 0.92, At(70, 70)), new FileDetection(1, 1, 0.5, At(10, 10))], 0);
        return (annotations, results);
    }

    private XDocument Write(string cat = "cat", bool withImages = true)
    {
        var (annotations, results) = Evaluation(cat);
        Images.Noise(1, 100, 100).Save(folder["a.png"]);
        Images.Noise(2, 100, 100).Save(folder["b.png"]);
        var path = new EvaluationReport
        {
            Title = "x <&> y",
            Annotations = annotations,
            Results = results,
            ImageFiles = withImages ? annotations.FindImages(folder.Path) : [],
            Figures = [("0.5", "mAP")],
            Facts = [("protocol", "coco")],
        }.Write(folder["report"]);
        Assert.Equal(Path.Combine(folder["report"], "index.html"), path);
        return XDocument.Parse(File.ReadAllText(path));
    }

    private static XElement Section(XDocument page, string title) => page.Descendants().Single(e => e.Name.LocalName == "section" && e.Elements().First().Value == title);

    private static string[][] Rows(XElement section) =>
        [.. section.Descendants().Where(e => e.Name.LocalName == "tr").Skip(1).Select(row => row.Elements().Select(cell => cell.Value).ToArray())];

    [Fact]
    public void Figures_of_each_class_stand_in_its_row()
    {
        var rows = Rows(Section(Write(), "Classes"));
        // Overlaps of the hits are 380 / 420 and 1. Of two cats one is found third: precision 1/3 up to recall 1/2, so 51 of 101 points.
        Assert.Equal(["cat", "0.151", "0.168", "0.168", "2", "1", "0.500", "2", "1", "0.400", "0.90"], rows[0]);
        Assert.Equal(["dog", "1.000", "1.000", "1.000", "1", "1", "1.000", "0", "0", "1.000", "0.50"], rows[1]);
    }

    [Fact]
    public void Errors_are_of_the_kinds_that_they_are()
    {
        // Among the two best cats both are wrong: one is a dog, which is similar, one nothing.
        var rows = Rows(Section(Write(), "Kinds of errors"));
        Assert.Equal(["cat", "", "0", "0", "1", "0", "1"], rows[0].Take(7));
        Assert.Equal(["dog", "", "1", "0", "0", "0", "0"], rows[1].Take(7));
    }

    [Fact]
    public void Galleries_show_what_is_right_wrong_and_missed()
    {
        var page = Write();
        string[] Captions(string title) => [.. Section(page, title).Descendants().Where(e => e.Name.LocalName == "figcaption").Select(e => e.Value)];
        Assert.Equal(["cat 0.90a.png", "dog 0.50b.png"], Captions("Right"));
        Assert.Equal(["similarcat 0.95b.png", "backgroundcat 0.92b.png"], Captions("Wrong"));
        Assert.Equal(["cata.png"], Captions("Missed"));
        Assert.All(page.Descendants().Where(e => e.Name.LocalName == "image"), e => Assert.StartsWith("data:image/jpeg;base64,/9j/", e.Attribute("href")!.Value));
    }

    [Fact]
    public void Charts_are_files_beside_the_page()
    {
        var page = Write(cat: "big/cat: *");
        var charts = page.Descendants().Where(e => e.Name.LocalName == "img").Select(e => e.Attribute("src")!.Value).ToArray();
        Assert.Contains("precision-recall-big-cat---.svg", charts);
        Assert.Contains("recall-over-iou.svg", charts);
        Assert.Contains("detections-dog.svg", charts);
        Assert.Equal(charts.Length, charts.Distinct().Count());
        Assert.Equal(charts.Append("index.html").Order(StringComparer.Ordinal), Directory.GetFiles(folder["report"]).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.All(charts, chart => Assert.Equal("svg", XElement.Load(Path.Combine(folder["report"], chart)).Name.LocalName));
    }

    [Fact]
    public void Without_images_there_is_no_gallery_and_the_page_says_so()
    {
        var page = Write(withImages: false);
        Assert.Contains("No images were given", Section(page, "Pictures").Value);
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName == "figure");
    }

    [Fact]
    public void Nothing_found_and_nothing_to_find_still_make_a_page()
    {
        var (annotations, results) = Evaluation();
        foreach (var (there, found) in new[] { (annotations, results with { Detections = [] }), (annotations with { Objects = [] }, results), (annotations with { Objects = [] }, results with { Detections = [] }) })
        {
            var path = new EvaluationReport { Title = "x", Annotations = there, Results = found }.Write(folder["empty"]);
            XDocument.Parse(File.ReadAllText(path));
        }
    }

    [Fact]
    public void Images_of_annotations_are_found_by_file_or_by_name()
    {
        var (annotations, _) = Evaluation();
        Directory.CreateDirectory(folder["images"]);
        Images.Noise(1).Save(folder["images/A.png"]);
        Images.Noise(1).Save(folder["images/b.jpg"]);
        Assert.Equal([folder["images/A.png"], folder["images/b.jpg"]], annotations.FindImages(folder.Path).AsEnumerable());
        Assert.Equal([folder["images/A.png"], folder["images/b.jpg"]], (annotations with { FileNames = [] }).FindImages(folder["images"]).AsEnumerable());
        Assert.All((annotations with { ImageNames = ["1", "2"], FileNames = ["c.png", "d.png"] }).FindImages(folder.Path), Assert.Null);
        Assert.Throws<DatasetException>(() => annotations.FindImages(folder["nowhere"]));
    }

    [Fact]
    public void A_data_set_in_memory_scores_as_its_files_do()
    {
        var dataset = new DetectionDataset
        {
            ClassNames = ["cat", "dog"],
            ClassIds = new Dictionary<string, long> { ["cat"] = 17, ["dog"] = 18 },
            Samples = [new DataSample("x/a.png", 100, 100, [new GroundTruthBox(1, new Box(10, 10, 30, 30), false, true) { Area = 55 }, new GroundTruthBox(0, new Box(0, 0, 5, 4), true, false)])],
        };
        var annotations = AnnotationFiles.Of(dataset);
        Assert.Equal([new CocoCategory(17, "cat"), new CocoCategory(18, "dog")], annotations.Classes.ToArray());
        Assert.Equal(["a"], annotations.ImageNames.ToArray());
        Assert.Equal([(1, 55.0, false, true), (0, 20.0, true, false)], annotations.Objects.Select(o => (o.Class, o.Area, o.Difficult, o.Crowd)));
        var results = ResultFiles.Of([new ImageDetections(100, 100, [new DetectedObject(1, "dog", 0.5f, new Box(1, 2, 3, 4))])]);
        Assert.Equal([new FileDetection(0, 1, 0.5, FileBox.Of(new BoxEdges(1, 2, 3, 4)))], results.Detections.ToArray());
    }
}
