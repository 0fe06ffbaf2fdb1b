// The page about a training: well-formed whatever the names, complete in itself, and it says what was wrong.
using System.Xml.Linq;
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class TrainingReportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("report-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private TrainingReport Report(string className = "cell", params DataProblem[] problems)
    {
        var image = Path.Combine(folder, "a & <b>.png");
        new RgbImage(64, 48).Save(image);
        var curves = Path.Combine(folder, "curves.svg");
        File.WriteAllText(curves, TrainingCurves.Draw([new TrainingLogRow(1, 1, 1, 0.1, 2, 1, 1, 0.5)]));
        var box = new Box(10, 10, 30, 30);
        var dataset = new DetectionDataset
        {
            ClassNames = [className, "none of these"],
            Samples =
            [
                new DataSample(image, 64, 48, [new GroundTruthBox(0, box, false, false)]),
                new DataSample(Path.Combine(folder, "gone.png"), 64, 48, []),
            ],
        };
        ImageDetections[] found =
        [
            new ImageDetections(64, 48, [new DetectedObject(0, className, 0.9f, box), new DetectedObject(0, className, 0.2f, new Box(40, 5, 60, 20))]),
            new ImageDetections(64, 48, []),
        ];
        return new TrainingReport
        {
            Card = new ModelCard
            {
                Name = "tiny", Kind = ModelKind.OneStage, SpecHash = "0", ClassNames = dataset.ClassNames, Input = new InputSize(3, 32, 32),
                Preprocessing = new Preprocessing(),
            },
            Validation = dataset,
            Evaluation = new DetectorEvaluationResult(DetectorEvaluation.Score(dataset, found), [.. found], []),
            Outcome = new TrainingOutcome
            {
                End = TrainingEnd.Completed, Iterations = 1234, Epochs = 5.5, Elapsed = TimeSpan.FromSeconds(61), WeightsFile = "w", LogFile = "l",
                CurvesFile = curves,
                EventFolder = "events",
            },
            DataName = "a <data> & set",
            Problems = [.. problems],
            Settings = [("rate", "0.02")],
        };
    }

    [Theory]
    [InlineData("cell")]
    [InlineData("<script>alert('&')</script>")]
    [InlineData("Blutkörperchen 血球")]
    public void Any_name_gives_a_well_formed_page(string className)
    {
        var text = Report(className).ToHtml();
        var page = XDocument.Parse(text);
        Assert.Contains(page.Descendants(), e => e.Name.LocalName == "td" && e.Value == className);
        Assert.Contains(page.Descendants(), e => e.Name.LocalName == "h1" && e.Value == "tiny");
        Assert.DoesNotContain("<script", text);
        Assert.Contains("1,234", text);
        Assert.Contains("1:01 min", text);
    }

    [Fact]
    public void Elements_that_browsers_want_closed_are_closed() => Assert.DoesNotMatch(@"<(div|span|td|th|p|ul|section|style|title)( [^>]*)?/>", Report().ToHtml());

    [Fact]
    public void A_picture_shows_the_annotations_and_what_is_found_from_the_best_score_on()
    {
        var figure = Assert.Single(XDocument.Parse(Report().ToHtml()).Descendants(), e => e.Name.LocalName == "figure");
        // One annotation, and one of two detections: the one at 0.2 only costs precision.
        var boxes = figure.Descendants().Where(e => e.Name.LocalName == "rect").ToArray();
        Assert.Equal(2, boxes.Length);
        Assert.Single(boxes, box => box.Attribute("stroke-dasharray") is not null);
        Assert.All(boxes, box => Assert.Equal(("10", "20"), (box.Attribute("x")!.Value, box.Attribute("width")!.Value)));
        Assert.Contains("0.90", figure.Value);
        Assert.Contains("a & <b>.png", figure.Value);
    }

    [Fact]
    public void Pictures_are_those_of_the_page_without_images_that_are_gone()
    {
        var (name, picture) = Assert.Single(Report().DrawPictures());
        Assert.Equal(("a & <b>.png", 64, 48), (name, picture.Width, picture.Height));
        var (red, green, blue) = DetectionDrawing.ColorOf(0);
        Assert.Equal((red, green, blue), picture[10, 25]);
    }

    [Fact]
    public void Problems_are_counted_and_named()
    {
        var text = Report(
            "cell", new DataProblem("x.jpg", "is truncated.", Skipped: true), new DataProblem("y.xml", "3 boxes without an area were left out.", true, 3),
            new DataProblem("z.xml", "one box was cut.", false, 1)).ToHtml();
        Assert.Contains("Problems in the data: 3", text);
        Assert.Contains("Left out: 1 images and 3 boxes. Repaired: 1 files.", text);
        Assert.Contains("x.jpg: is truncated.", text);
    }

    [Fact]
    public void Many_problems_are_cut_short()
    {
        var text = Report("cell", [.. Enumerable.Range(0, 150).Select(i => new DataProblem($"{i}.jpg", "is truncated.", true))]).ToHtml();
        Assert.Contains("99.jpg: is truncated.", text);
        Assert.DoesNotContain("100.jpg: is truncated.", text);
        Assert.Contains("and 50 more", text);
    }

    [Fact]
    public void Missing_curves_are_said_and_no_failure()
    {
        var report = Report();
        File.Delete(report.Outcome.CurvesFile);
        Assert.Contains("cannot be read", report.ToHtml());
    }

    [Fact]
    public void The_file_is_the_page()
    {
        var report = Report();
        var path = Path.Combine(folder, "report.html");
        report.Write(path);
        Assert.Equal(report.ToHtml(), File.ReadAllText(path));
    }
}
