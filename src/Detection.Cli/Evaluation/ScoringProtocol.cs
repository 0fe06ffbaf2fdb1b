// --protocol: the rules by which detections are scored, with their options; the same for files and for a detector on images.
using System.CommandLine;
using System.Globalization;
using Detection.Runtime;

namespace Detection.Cli;

/// <summary>What a protocol makes of detections.</summary>
/// <param name="Document">For <c>--json</c>.</param>
/// <param name="Tables">For people.</param>
/// <param name="Figures">The figures that count, as values with names.</param>
internal sealed record ProtocolScores(object Document, IEnumerable<DataTable> Tables, IReadOnlyList<(string Value, string Name)> Figures);

/// <summary>The options that belong to protocols, for the verbs that score.</summary>
internal sealed class ProtocolOptions
{
    public Option<bool> Continuous { get; } = new("--continuous")
    {
        Description = "Not coco: widths are x2 - x1, not the x2 - x1 + 1 of the original code.",
    };

    public Option<float?> Iou { get; } = CommonOptions.Fraction("--iou", "N", "voc07 and voc10: overlap from which a detection is a hit; 0.5 when absent.");

    public Option<bool> Errors { get; } = new("--errors")
    {
        Description = "voc07 and voc10: what the false positives are, after Hoiem et al., and what each kind costs.",
    };

    public IEnumerable<Option> All => [Continuous, Iou, Errors];

    /// <summary>The protocol of a command line.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="UsageException">An option belongs to another protocol.</exception>
    public ScoringProtocol Read(string name, ParseResult parsed)
    {
        if ((name == "coco" && parsed.GetValue(Continuous)) || (name is "coco" or "proposals" && (parsed.GetValue(Iou) is not null || parsed.GetValue(Errors))))
        {
            throw new UsageException($"--iou and --errors belong to voc07 and voc10, --continuous to these and proposals; {name} has its own rules.");
        }
        // The shortest decimal that is this number: 0.7f as double is another one than 0.7.
        var iou = parsed.GetValue(Iou) is { } given ? double.Parse(given.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : 0.5;
        return new ScoringProtocol(name, iou, name != "coco" && !parsed.GetValue(Continuous), parsed.GetValue(Errors));
    }
}

/// <param name="Name">coco, voc07, voc10 or proposals.</param>
/// <param name="Iou">Overlap from which a detection is a hit (VOC).</param>
/// <param name="Inclusive">Widths are x2 - x1 + 1.</param>
/// <param name="Errors">Whether false positives are sorted (VOC).</param>
internal sealed record ScoringProtocol(string Name, double Iou, bool Inclusive, bool Errors)
{
    /// <summary>Scores detections.</summary>
    /// <param name="annotations">What there is.</param>
    /// <param name="results">What was found.</param>
    public ProtocolScores Score(AnnotationFiles annotations, ResultFiles results)
    {
        if (Name == "coco")
        {
            var coco = CocoDocument.Of(new CocoProtocol().Evaluate(annotations.ToCoco(), results.ToCoco(annotations)));
            return new ProtocolScores(coco, coco.ToTables(), [(Text(coco.AP), "AP"), (Text(coco.AP50), "AP50"), (Text(coco.AP75), "AP75"), (Text(coco.AR100), "AR100")]);
        }
        var images = annotations.ImageNames.Length;
        if (Name == "proposals")
        {
            var recall = new ProposalRecall(Inclusive).Evaluate(images, [.. annotations.ToVoc(includeCrowds: false)], [.. results.ToVoc()]);
            var document = ProposalDocument.Of(recall);
            return new ProtocolScores(document, document.ToTables(), [.. recall.Select(r => (Text(r.AverageRecall), $"AR of {Figures.Count(r.Proposals)}"))]);
        }
        string[] classes = [.. annotations.Classes.Select(c => c.Name)];
        var rule = Name == "voc07" ? AveragePrecisionRule.ElevenPoints : AveragePrecisionRule.Area;
        var scores = new VocAveragePrecision(Iou, rule, Inclusive).Evaluate(classes, images, annotations.ToVoc(), [.. results.ToVoc()]);
        var analysis = Errors ? new ErrorAnalysis(Inclusive).Run(classes, images, [.. annotations.ToVoc()], [.. results.ToVoc()]) : default;
        var voc = VocDocument.Of(scores, analysis);
        return new ProtocolScores(voc, voc.ToTables(), [(Text(scores.MeanAveragePrecision), string.Create(CultureInfo.InvariantCulture, $"mAP@{Iou:0.##} ({Name})"))]);
    }

    /// <summary>Writes the page about an evaluation.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="title">What was evaluated.</param>
    /// <param name="annotations">What there is.</param>
    /// <param name="results">What was found.</param>
    /// <param name="scores">What this protocol makes of it.</param>
    /// <param name="images">Image files by position; none for a page without pictures.</param>
    /// <param name="facts">Where data and detections come from.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="FailureException">It cannot be written.</exception>
    public string WriteReport(
        string folder, string title, AnnotationFiles annotations, ResultFiles results, ProtocolScores scores, IReadOnlyList<string?> images,
        params (string Name, string Value)[] facts)
    {
        var report = new EvaluationReport
        {
            Title = title,
            Annotations = annotations,
            Results = results,
            ImageFiles = [.. images],
            InclusivePixels = Inclusive,
            Figures =
            [
                .. scores.Figures,
                (Figures.Count(annotations.ImageNames.Length), "images"),
                (Figures.Count(annotations.Objects.Count(o => !o.Difficult && !o.Crowd)), "objects"),
                (Figures.Count(results.Detections.Length), "detections"),
            ],
            Facts = [.. facts, ("protocol", Name), ("widths", Inclusive ? "x2 - x1 + 1" : "x2 - x1")],
        };
        try
        {
            return report.Write(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailureException($"{folder}: the report cannot be written: {e.Message}", inner: e);
        }
    }

    private static string Text(double value) => double.IsNaN(value) || value < 0 ? "-" : value.ToString("0.000", CultureInfo.InvariantCulture);
}
