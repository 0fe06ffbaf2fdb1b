// An evaluation as one static page with its charts as SVG files beside it: scores, curves, kinds of errors, right, wrong and missed detections.
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml.Linq;
using static Detection.Runtime.HtmlPage;

namespace Detection.Runtime;

/// <summary>A page about detections, whatever made them.</summary>
public sealed record EvaluationReport
{
    private static readonly double[] CurveOverlaps = [0.5, 0.75];

    /// <summary>What was evaluated, as a heading.</summary>
    public required string Title { get; init; }

    /// <summary>Images, classes and objects.</summary>
    public required AnnotationFiles Annotations { get; init; }

    /// <summary>The detections.</summary>
    public required ResultFiles Results { get; init; }

    /// <summary>Figures for the head of the page, as values with names.</summary>
    public IReadOnlyList<(string Value, string Name)> Figures { get; init; } = [];

    /// <summary>Where data and detections come from, and by which rules they are scored, as names with values.</summary>
    public IReadOnlyList<(string Name, string Value)> Facts { get; init; } = [];

    /// <summary>Image files by position, null where there is none; without any there is no gallery.</summary>
    public ImmutableArray<string?> ImageFiles { get; init; } = [];

    /// <summary>Boxes are of whole pixels, both edges included, so that widths are x2 - x1 + 1. COCO's figures never take them so.</summary>
    public bool InclusivePixels { get; init; }

    /// <summary>Pictures of each of the three galleries.</summary>
    public int Pictures { get; init; } = 24;

    private string[] Names => [.. Annotations.Classes.Select(c => c.Name)];

    /// <summary>Writes <c>index.html</c> and the SVG files that it shows.</summary>
    /// <param name="folder">The folder; made when it is not there. Files of the same names are replaced.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var charts = new ChartFiles(folder);
        var (objects, found) = (Annotations.ToVoc(), Results.ToVoc());
        var matchings = CurveOverlaps.Select(iou => new VocAveragePrecision(iou, InclusivePixels: InclusivePixels)
            .Match(Annotations.Classes.Length, Annotations.ImageNames.Length, [.. objects], [.. found])).ToArray();
        var curves = matchings.Select(all => all.Select(m => m.Objects == 0 ? [] : m.Curve()).ToArray()).ToArray();
        ImmutableArray<ImmutableArray<OperatingPoint>> points = [.. curves[0].Select(c => c.ToImmutableArray())];
        var analysis = new ErrorAnalysis(InclusivePixels);
        var errors = analysis.Run(Names, Annotations.ImageNames.Length, [.. objects], [.. found]);
        var page = Text(
            Title,
            Element("h1", Title),
            Styled("div", "figures", Figures.Select(figure => Element("div", Element("b", figure.Value), Element("span", figure.Name)))),
            Section("Classes", Classes(matchings[0], points)),
            Section(
                "Precision over recall",
                charts.Add("precision-recall", PrecisionRecallChart.Draw(points)),
                Styled("p", "soft", "All classes at IoU 0.5; below one by one. The dot marks the best balance of precision and recall."),
                Styled("div", "charts", Names.Select((name, i) => curves[0][i].Length == 0 ? null : charts.Add(
                    $"precision-recall-{name}",
                    PrecisionRecallChart.DrawClass(name, i, [.. CurveOverlaps.Select((iou, k) => (iou, (IReadOnlyList<OperatingPoint>)curves[k][i]))]))))),
            Section("Kinds of errors", Errors(errors, charts)),
            Section("Recall, whatever the class", Recall(charts)),
            Galleries(matchings[0], points, analysis, objects),
            Section("Data and rules", HtmlPage.Facts(Facts)));
        var path = Path.Combine(folder, "index.html");
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(page)), durable: false);
        return path;
    }

    private IEnumerable<object> Classes(ClassMatching[] matchings, ImmutableArray<ImmutableArray<OperatingPoint>> points)
    {
        var coco = new CocoProtocol().Evaluate(Annotations.ToCoco(), Results.ToCoco(Annotations));
        var scores = coco.PerCategory().ToArray();
        yield return Styled(
            "div", "scroll",
            Element(
                "table",
                Head("class", "AP", "AP50", "AP75", "objects", "found", "recall", "wrong", "missed", "best F1", "at score"),
                Element("tbody", matchings.OrderBy(m => Names[m.ClassIndex], StringComparer.Ordinal).Select(m =>
                {
                    // COCO's scores come in the order of its numbers.
                    var of = scores.Select((s, k) => (s, k)).First(entry => entry.s.Category.Id == Annotations.Classes[m.ClassIndex].Id);
                    var best = points[m.ClassIndex].IsEmpty ? (OperatingPoint?)null : points[m.ClassIndex].MaxBy(p => p.F1);
                    var figures = m.Score(Names[m.ClassIndex], AveragePrecisionRule.Area);
                    return Row(
                        new object[] { Swatch(m.ClassIndex), figures.ClassName },
                        Share(of.s.AP), Share(of.s.AP50), Share(Mean(coco.PrecisionCurve(of.k, 0.75))), Count(m.Objects), Count(figures.TruePositives), Share(figures.Recall),
                        Count(figures.FalsePositives), Count(m.Objects - figures.TruePositives), Share(best?.F1 ?? double.NaN),
                        best is { } at ? at.Score.ToString("0.00", CultureInfo.InvariantCulture) : "-");
                }))));
        yield return Styled(
            "p", "soft",
            "AP, AP50 and AP75 by COCO's rules. Found, wrong and missed count all detections at IoU 0.5, one for each object; wrong ones include further "
            + "detections of an object that was found.");
    }

    private IEnumerable<object?> Errors(ImmutableArray<ClassErrors> errors, ChartFiles charts)
    {
        ClassErrors[] shown = [.. errors.Where(e => e.Objects > 0)];
        if (shown.Length == 0)
        {
            yield return Element("p", "There is nothing to find, so nothing can be missed.");
            yield break;
        }
        yield return Styled(
            "p", "soft",
            "After Hoiem, Chodpathumwan and Dai (2012): a false positive is badly placed when it overlaps an object of its class by 0.1, else it is of a similar or "
            + "another class when it overlaps such an object by as much, else background. Counted are as many of the best detections of a class as it has objects. "
            + "Behind them the average precision, normalised to 0.15 objects per image, and what it would be without one kind of error.");
        yield return Styled(
            "div", "scroll",
            Element(
                "table",
                Head("class", "", "correct", "place", "similar", "other", "background", "AP", "placed well", "no similar", "no other", "no background"),
                Element("tbody", shown.Select(e => Row(
                    e.ClassName,
                    Bar(e.Best),
                    Count(e.Best.Correct), Count(e.Best.Errors.Localization), Count(e.Best.Errors.Similar), Count(e.Best.Errors.Other), Count(e.Best.Errors.Background),
                    Share(e.AveragePrecision), Share(e.Without[ErrorKind.Localization]), Share(e.Without[ErrorKind.Similar]), Share(e.Without[ErrorKind.Other]),
                    Share(e.Without[ErrorKind.Background]))))));
        yield return Element("p", ErrorCharts.Kinds.SelectMany(kind => new object[] { Colored(kind.Color), kind.Text + "\u2003" }));
        yield return Styled("div", "charts", shown.SelectMany(e => new[]
        {
            ErrorCharts.ByDetections(e.ClassName, e.ByDetections) is { } best ? charts.Add($"detections-{e.ClassName}", best) : null,
            ErrorCharts.ByErrors(e.ClassName, e.ByErrors) is { } wrong ? charts.Add($"false-positives-{e.ClassName}", wrong) : null,
        }));
    }

    private IEnumerable<object> Recall(ChartFiles charts)
    {
        var scores = new ProposalRecall(InclusivePixels) { Counts = [1, 10, 100, 1000] }
            .Evaluate(Annotations.ImageNames.Length, [.. Annotations.ToVoc(includeCrowds: false)], [.. Results.ToVoc()]);
        yield return charts.Add("recall-over-iou", ErrorCharts.RecallOverIou(scores));
        yield return Styled("p", "soft", "Share of the objects that the best 1, 10, 100 and 1,000 boxes of each image cover at an overlap, one box for each object; AR is the mean from 0.5 to 0.95.");
    }

    private object Galleries(
        ClassMatching[] matchings, ImmutableArray<ImmutableArray<OperatingPoint>> points, ErrorAnalysis analysis, IReadOnlyList<LabelledObject> objects)
    {
        if (ImageFiles.All(file => file is null))
        {
            return Section("Pictures", Element("p", "No images were given, so no detections are shown in them."));
        }
        var from = TrainingReport.ShownFrom(points, Annotations.Classes.Length);
        var chosen = new GalleryChoice(matchings, from, Names, analysis.Kinds(Names, objects), objects);
        object[] Show(string title, string text, IEnumerable<GalleryItem> items)
        {
            var figures = EvaluationGallery.Figures(EvaluationGallery.Choose(items.Where(item => ImageFiles[item.Image] is not null), Pictures), ImageFiles);
            return
            [
                Section(title, Styled("p", "soft", text), figures.Count == 0 ? Element("p", "None.") : Styled("div", "gallery small", figures)),
            ];
        }
        return new object[]
        {
            Show("Right", "The surest detections that are right. In colour the detection, dashed in white the annotation.", chosen.Right()),
            Show("Wrong", "The surest detections that are wrong, from the score on at which their class has its best balance of precision and recall.", chosen.Wrong()),
            Show("Missed", "Objects that no detection from that score on has found, the largest first.", chosen.Missed()),
        };
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }
        return sum / values.Length;
    }

    private static XElement Bar(ErrorTrend trend)
    {
        int[] counts = [trend.Correct, trend.Errors.Localization, trend.Errors.Similar, trend.Errors.Other, trend.Errors.Background];
        double total = Math.Max(1, counts.Sum());
        return Styled("span", "stack", counts.Select((count, i) => count == 0 ? null : Element(
            "span", new XAttribute("style", string.Create(CultureInfo.InvariantCulture, $"width: {100 * count / total:0.##}%; background: {ErrorCharts.Kinds[i].Color}")), "")));
    }

    private static XElement Head(params string[] names) =>
        Element("thead", Element("tr", names.Select((name, i) => i == 0 ? Element("th", name) : Styled("th", "number", name))));

    private static XElement Row(object first, params object[] cells) => Element("tr", Element("td", first), cells.Select(cell => Styled("td", "number", cell)));

    private static XElement Swatch(int classIndex) => Colored(PrecisionRecallChart.Color(classIndex));

    private static XElement Colored(string color) => Styled("span", "swatch", new XAttribute("style", $"background: {color}"), "");

    private static string Share(double value) => double.IsNaN(value) || value < 0 ? "-" : value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Charts as files of a folder, each with a name of its own, and the elements that show them.</summary>
    private sealed class ChartFiles(string folder)
    {
        private readonly HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);

        public XElement Add(string name, XElement chart)
        {
            var file = Free(name);
            AtomicFile.Write(Path.Combine(folder, file), stream => stream.Write(Encoding.UTF8.GetBytes(chart.ToString(SaveOptions.DisableFormatting) + "\n")), durable: false);
            var size = chart.Attribute("viewBox")!.Value.Split(' ');
            return Element(
                "img", new XAttribute("src", file), new XAttribute("alt", chart.Element(Svg + "title")!.Value), new XAttribute("width", size[2]), new XAttribute("height", size[3]));
        }

        // Names of classes may hold anything; those of files may not.
        private string Free(string name)
        {
            var plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
            for (var i = 1; ; i++)
            {
                var file = i == 1 ? plain + ".svg" : FormattableString.Invariant($"{plain}-{i}.svg");
                if (taken.Add(file))
                {
                    return file;
                }
            }
        }
    }
}
