// Scores by COCO's protocol as data, for --json, and as tables. The keys are COCO's own names.
using System.Globalization;
using System.Text.Json.Serialization;
using Detection.Runtime;

namespace Detection.Cli;

/// <summary>Scores of a category by COCO's protocol.</summary>
internal sealed record CocoCategoryDocument(
    string Name, [property: JsonPropertyName("AP")] double AP, [property: JsonPropertyName("AP50")] double AP50, [property: JsonPropertyName("AR100")] double AR100);

/// <summary>Scores by COCO's protocol; -1 where nothing is defined.</summary>
internal sealed record CocoDocument(
    [property: JsonPropertyName("AP")] double AP,
    [property: JsonPropertyName("AP50")] double AP50,
    [property: JsonPropertyName("AP75")] double AP75,
    [property: JsonPropertyName("APs")] double APs,
    [property: JsonPropertyName("APm")] double APm,
    [property: JsonPropertyName("APl")] double APl,
    [property: JsonPropertyName("AR1")] double AR1,
    [property: JsonPropertyName("AR10")] double AR10,
    [property: JsonPropertyName("AR100")] double AR100,
    [property: JsonPropertyName("ARs")] double ARs,
    [property: JsonPropertyName("ARm")] double ARm,
    [property: JsonPropertyName("ARl")] double ARl,
    [property: JsonPropertyName("perCategory")] IReadOnlyDictionary<string, CocoCategoryDocument> PerCategory)
{
    public static CocoDocument Of(CocoScores scores) => new(
        scores.AP, scores.AP50, scores.AP75, scores.MeanPrecision(null, CocoArea.Small), scores.MeanPrecision(null, CocoArea.Medium),
        scores.MeanPrecision(null, CocoArea.Large), scores.MeanRecall(1, CocoArea.All), scores.MeanRecall(10, CocoArea.All), scores.MeanRecall(100, CocoArea.All),
        scores.MeanRecall(100, CocoArea.Small), scores.MeanRecall(100, CocoArea.Medium), scores.MeanRecall(100, CocoArea.Large),
        scores.PerCategory().ToDictionary(c => c.Category.Id.ToString(CultureInfo.InvariantCulture), c => new CocoCategoryDocument(c.Category.Name, c.AP, c.AP50, c.AR)));

    public IEnumerable<DataTable> ToTables()
    {
        var classes = new DataTable(new("id"), new("category"), new("AP", true), new("AP50", true), new("AR100", true));
        foreach (var (id, category) in PerCategory)
        {
            classes.Add(id, category.Name, Number(category.AP), Number(category.AP50), Number(category.AR100));
        }
        yield return classes;
        var totals = new DataTable(new("figure"), new("value", true));
        foreach (var (name, value) in new[]
        {
            ("AP", AP), ("AP50", AP50), ("AP75", AP75), ("APs", APs), ("APm", APm), ("APl", APl),
            ("AR1", AR1), ("AR10", AR10), ("AR100", AR100), ("ARs", ARs), ("ARm", ARm), ("ARl", ARl),
        })
        {
            totals.Add(name, Number(value));
        }
        yield return totals;
    }

    private static string Number(double value) => value < 0 ? "-" : value.ToString("0.0000", CultureInfo.InvariantCulture);
}
