// Scores by VOC's protocol, and what the errors are, as data, for --json, and as tables.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Detection.Runtime;

namespace Detection.Cli;

/// <summary>The false positives of a class among as many detections as there are objects, and normalised average precision without each kind.</summary>
internal sealed record ErrorsDocument(
    int Correct, int Localization, int Similar, int Other, int Background, double? NormalisedAP, double? WithoutLocalization, double? WithoutSimilar, double? WithoutOther,
    double? WithoutBackground)
{
    public static ErrorsDocument Of(ClassErrors errors) => new(
        errors.Best.Correct, errors.Best.Errors.Localization, errors.Best.Errors.Similar, errors.Best.Errors.Other, errors.Best.Errors.Background,
        VocDocument.Number(errors.AveragePrecision), VocDocument.Number(errors.Without[ErrorKind.Localization]), VocDocument.Number(errors.Without[ErrorKind.Similar]),
        VocDocument.Number(errors.Without[ErrorKind.Other]), VocDocument.Number(errors.Without[ErrorKind.Background]));
}

/// <summary>Scores of a class by VOC's protocol.</summary>
internal sealed record VocClassDocument(
    [property: JsonPropertyName("AP")] double? AP, int Objects, int TruePositives, int FalsePositives, ErrorsDocument? Errors);

/// <summary>Scores by VOC's protocol; a figure is absent where there are no objects.</summary>
internal sealed record VocDocument(
    [property: JsonPropertyName("mAP")] double? MeanAveragePrecision, [property: JsonPropertyName("perClass")] IReadOnlyDictionary<string, VocClassDocument> PerClass)
{
    public static VocDocument Of(DetectionScores scores, ImmutableArray<ClassErrors> errors) => new(
        Number(scores.MeanAveragePrecision),
        scores.Classes.ToDictionary(c => c.ClassName, c => new VocClassDocument(
            Number(c.AveragePrecision), c.Objects, c.TruePositives, c.FalsePositives, errors.IsDefault ? null : ErrorsDocument.Of(errors[c.ClassIndex]))));

    public IEnumerable<DataTable> ToTables()
    {
        var table = new DataTable(new("class"), new("AP", true), new("objects", true), new("hits", true), new("errors", true));
        foreach (var (name, score) in PerClass)
        {
            table.Add(name, Text(score.AP), Figures.Count(score.Objects), Figures.Count(score.TruePositives), Figures.Count(score.FalsePositives));
        }
        table.Add("mAP", Text(MeanAveragePrecision), "", "", "");
        yield return table;
        if (PerClass.Values.All(c => c.Errors is null))
        {
            yield break;
        }
        var kinds = new DataTable(
            new("class"), new("correct", true), new("place", true), new("similar", true), new("other", true), new("background", true), new("AP (normalised)", true),
            new("placed well", true), new("no similar", true), new("no other", true), new("no background", true));
        foreach (var (name, score) in PerClass)
        {
            var e = score.Errors!;
            kinds.Add(
                name, Figures.Count(e.Correct), Figures.Count(e.Localization), Figures.Count(e.Similar), Figures.Count(e.Other), Figures.Count(e.Background),
                Text(e.NormalisedAP), Text(e.WithoutLocalization), Text(e.WithoutSimilar), Text(e.WithoutOther), Text(e.WithoutBackground));
        }
        yield return kinds;
    }

    /// <summary>JSON knows no NaN.</summary>
    internal static double? Number(double value) => double.IsNaN(value) ? null : value;

    internal static string Text(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";
}

/// <summary>Recall of so many proposals of each image.</summary>
internal sealed record ProposalCountDocument(
    int Proposals, [property: JsonPropertyName("AR")] double? AverageRecall, IReadOnlyDictionary<string, double?> RecallAtIou, double? ManyToOneAtHalf);

/// <summary>Recall of proposals; a figure is absent where there are no objects.</summary>
internal sealed record ProposalDocument(IReadOnlyList<ProposalCountDocument> Counts)
{
    public static ProposalDocument Of(ImmutableArray<ProposalScores> scores) => new(
        [.. scores.Select(s => new ProposalCountDocument(
            s.Proposals, VocDocument.Number(s.AverageRecall),
            ProposalRecall.Thresholds.Zip(s.Recalls).ToDictionary(e => e.First.ToString("0.00", CultureInfo.InvariantCulture), e => VocDocument.Number(e.Second)),
            VocDocument.Number(s.ManyToOne)))]);

    public IEnumerable<DataTable> ToTables()
    {
        var table = new DataTable(new("proposals", true), new("AR", true), new("0.50", true), new("0.60", true), new("0.70", true), new("0.80", true), new("0.90", true));
        foreach (var count in Counts)
        {
            string At(string iou) => VocDocument.Text(count.RecallAtIou[iou]);
            table.Add(Figures.Count(count.Proposals), VocDocument.Text(count.AverageRecall), At("0.50"), At("0.60"), At("0.70"), At("0.80"), At("0.90"));
        }
        yield return table;
    }
}
