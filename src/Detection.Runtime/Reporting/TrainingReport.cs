// What a training came to, as one page of HTML that needs nothing beside itself: for a person to look at, keep and send.
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using static Detection.Runtime.HtmlPage;

namespace Detection.Runtime;

/// <summary>A page about a trained detector: scores, curves, pictures, problems in the data, settings.</summary>
public sealed record TrainingReport
{
    // Problems beyond these are counted.
    private const int MostProblems = 100;

    /// <summary>The model.</summary>
    public required ModelCard Card { get; init; }

    /// <summary>The validation images.</summary>
    public required DetectionDataset Validation { get; init; }

    /// <summary>What the weights that count found in them.</summary>
    public required DetectorEvaluationResult Evaluation { get; init; }

    /// <summary>How the training went.</summary>
    public required TrainingOutcome Outcome { get; init; }

    /// <summary>Name of the data set.</summary>
    public required string DataName { get; init; }

    /// <summary>What was repaired or left out, in training and validation images.</summary>
    public ImmutableArray<DataProblem> Problems { get; init; } = [];

    /// <summary>Settings of the training, as names with values.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings { get; init; } = [];

    /// <summary>Machine and software, likewise.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];

    /// <summary>Validation images that are shown.</summary>
    public int Pictures { get; init; } = 12;

    /// <summary>Writes the page; the file appears complete or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path)
    {
        var content = Encoding.UTF8.GetBytes(ToHtml());
        AtomicFile.Write(path, stream => stream.Write(content), durable: false);
    }

    /// <summary>The page: HTML that is also well-formed XML.</summary>
    public string ToHtml()
    {
        var points = OperatingPoints.Of(Validation, Evaluation.Detections);
        var shown = ShownFrom(points, Validation.ClassNames.Length);
        return Text(
            $"{Card.Name} on {DataName}",
            Element("h1", Card.Name),
            Styled("p", "soft", $"trained on {DataName}"),
            Figures(),
            Section("Average precision by class", Classes(points)),
            Section(
                "Curves",
                Styled("div", "wide", Curves()),
                Element("h2", "Precision over recall"),
                Styled("div", "wide", PrecisionRecallChart.Draw(points)),
                Legend()),
            Section(
                "Validation images",
                Styled(
                    "p", "soft",
                    "In colour what the model finds, with its score; dashed in white what the annotations say. Shown are objects from the score on at which "
                    + "their class has its best balance of precision and recall."),
                Styled("div", "gallery", DetectionGallery.Choose(Validation, Pictures).Select(i => DetectionGallery.Figure(Validation.Samples[i], Shown(i, shown))))),
            Section($"Problems in the data: {Count(Problems.Length)}", ProblemList()),
            Section("Settings", Facts(Settings)),
            Section("Machine", Facts(Environment)));
    }

    /// <summary>For every class the score with the best balance of precision and recall, from which on its objects are worth showing.</summary>
    /// <param name="points">The class's points; empty for a class without any, which gets 0.5.</param>
    /// <param name="classes">Number of classes.</param>
    internal static float[] ShownFrom(ImmutableArray<ImmutableArray<OperatingPoint>> points, int classes) =>
        [.. Enumerable.Range(0, classes).Select(i => points[i].IsEmpty ? 0.5f : points[i].MaxBy(point => point.F1).Score)];

    /// <summary>Validation images with what the model finds, as pictures: those of the page.</summary>
    /// <returns>File names of the images, and the images with boxes drawn.</returns>
    public IEnumerable<(string Name, RgbImage Picture)> DrawPictures()
    {
        var shown = ShownFrom(OperatingPoints.Of(Validation, Evaluation.Detections), Validation.ClassNames.Length);
        foreach (var i in DetectionGallery.Choose(Validation, Pictures))
        {
            RgbImage image;
            try
            {
                image = RgbImage.Load(Validation.Samples[i].ImagePath);
            }
            catch (ImageReadException)
            {
                // Among the problems already.
                continue;
            }
            yield return (Path.GetFileName(Validation.Samples[i].ImagePath), DetectionDrawing.Draw(image, Shown(i, shown)));
        }
    }

    private ImageDetections Shown(int sample, float[] from)
    {
        var found = Evaluation.Detections[sample];
        return found with { Objects = [.. found.Objects.Where(item => item.Score >= from[item.ClassIndex])] };
    }

    private XElement Figures()
    {
        var scores = Evaluation.Scores;
        return Styled(
            "div", "figures",
            Figure(Share(scores.MeanAveragePrecision), string.Create(CultureInfo.InvariantCulture, $"mAP@{scores.IouThreshold:0.##}")),
            Figure(Count(scores.Images), "validation images"),
            Figure(Count(scores.Classes.Sum(c => c.Objects)), "objects in them"),
            Figure(Count(Outcome.Iterations), "training steps"),
            Figure(Outcome.Epochs.ToString("0.0", CultureInfo.InvariantCulture), "epochs"),
            Figure(Duration(Outcome.Elapsed), "training time"),
            Figure(Count(Card.Parameters), "parameters"));

        static XElement Figure(string value, string name) => Element("div", Element("b", value), Element("span", name));
    }

    private XElement Classes(ImmutableArray<ImmutableArray<OperatingPoint>> points) => Element(
        "table",
        Element(
            "thead",
            Element(
                "tr", Element("th", "class"), Styled("th", "number", "AP"), Element("th", ""), Styled("th", "number", "objects"),
                Styled("th", "number", "found"), Styled("th", "number", "best F1"), Styled("th", "number", "at score"))),
        Element("tbody", Evaluation.Scores.Classes.Select(score => Class(score, points[score.ClassIndex]))));

    private static XElement Class(ClassAveragePrecision score, ImmutableArray<OperatingPoint> points)
    {
        var best = points.IsEmpty ? (OperatingPoint?)null : points.MaxBy(point => point.F1);
        var width = double.IsNaN(score.AveragePrecision) ? 0 : score.AveragePrecision;
        return Element(
            "tr",
            Element("td", Swatch(score.ClassIndex), score.ClassName),
            Styled("td", "number", Share(score.AveragePrecision)),
            Element(
                "td",
                Styled(
                    "span", "bar",
                    new XAttribute("style", string.Create(
                        CultureInfo.InvariantCulture, $"width: {10 * width:0.##}rem; background: {PrecisionRecallChart.Color(score.ClassIndex)}")),
                    "")),
            Styled("td", "number", Count(score.Objects)),
            Styled("td", "number", Count(score.TruePositives)),
            Styled("td", "number", best is { } f ? Share(f.F1) : "-"),
            Styled("td", "number", best is { } s ? s.Score.ToString("0.00", CultureInfo.InvariantCulture) : "-"));
    }

    private XElement Legend() => Element("p", Validation.ClassNames.SelectMany((name, i) => new object[] { Swatch(i), name + "\u2003" }));

    private static XElement Swatch(int classIndex) =>
        Styled("span", "swatch", new XAttribute("style", $"background: {PrecisionRecallChart.Color(classIndex)}"), "");

    private object Curves()
    {
        try
        {
            return XElement.Load(Outcome.CurvesFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException)
        {
            return Element("p", $"{Outcome.CurvesFile} cannot be read: {e.Message}");
        }
    }

    private object[] ProblemList()
    {
        if (Problems.IsEmpty)
        {
            return [Element("p", "None: every image and every box could be used.")];
        }
        var skipped = Problems.Where(p => p.Skipped).ToArray();
        var (images, boxes) = (skipped.Count(p => p.Boxes == 0), skipped.Sum(p => p.Boxes));
        return
        [
            Element("p", $"Left out: {Count(images)} images and {Count(boxes)} boxes. Repaired: {Count(Problems.Length - skipped.Length)} files."),
            Element("ul", Problems.Take(MostProblems).Select(problem => Element("li", problem.ToString()))),
            .. Problems.Length > MostProblems ? [Element("p", $"... and {Count(Problems.Length - MostProblems)} more.")] : (object[])[],
        ];
    }

    private static string Share(double value) => double.IsNaN(value) ? "-" : value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time:mm\\:ss} h")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}:{time:ss} min");
}
