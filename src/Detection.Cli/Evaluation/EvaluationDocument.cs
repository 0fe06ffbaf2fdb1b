// Scores of a detector as data, for --json, and as a table.
using System.Globalization;
using System.Text.Json.Nodes;
using Detection.Runtime;

namespace Detection.Cli;

/// <summary>Scores of a class.</summary>
/// <param name="Class">Its name.</param>
/// <param name="AveragePrecision">In 0..1; absent where there are no objects of the class.</param>
/// <param name="Objects">Objects of the class that are not difficult.</param>
/// <param name="Detections">Detections of the class, those of difficult objects left out.</param>
/// <param name="Found">Objects that were found.</param>
internal sealed record ClassScoreDocument(string Class, double? AveragePrecision, int Objects, int Detections, int Found);

/// <summary>Scores of a detector on a data set.</summary>
/// <param name="MeanAveragePrecision">Mean over the classes that have objects; absent where none has.</param>
/// <param name="IouThreshold">Overlap from which a detection counts as a hit.</param>
/// <param name="Images">Number of images.</param>
/// <param name="Objects">Number of objects that are not difficult.</param>
/// <param name="Detections">Number of detections.</param>
/// <param name="Classes">Scores class by class.</param>
internal sealed record ScoresDocument(
    double? MeanAveragePrecision, double IouThreshold, int Images, int Objects, int Detections, IReadOnlyList<ClassScoreDocument> Classes)
{
    public static ScoresDocument Of(DetectionScores scores) => new(
        Number(scores.MeanAveragePrecision), scores.IouThreshold, scores.Images, scores.Classes.Sum(c => c.Objects), scores.Detections,
        [.. scores.Classes.Select(c => new ClassScoreDocument(
            c.ClassName, Number(c.AveragePrecision), c.Objects, c.TruePositives + c.FalsePositives, c.TruePositives))]);

    public DataTable ToTable()
    {
        var table = new DataTable(new("class"), new("AP", true), new("objects", true), new("detections", true), new("found", true));
        foreach (var score in Classes)
        {
            table.Add(
                score.Class, score.AveragePrecision?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-", Figures.Count(score.Objects),
                Figures.Count(score.Detections), Figures.Count(score.Found));
        }
        return table;
    }

    /// <summary>JSON knows no NaN.</summary>
    private static double? Number(double value) => double.IsNaN(value) ? null : value;
}

/// <summary>The document of <c>detgen eval --json</c>.</summary>
/// <param name="Model">The model.</param>
/// <param name="Weights">The weight file.</param>
/// <param name="Data">The data set.</param>
/// <param name="Split">Its split.</param>
/// <param name="Scores">The scores.</param>
/// <param name="ImagesPerSecond">Decoding, network and post-processing together.</param>
/// <param name="Problems">What was wrong with the data.</param>
internal sealed record EvaluationDocument(
    string Model, string Weights, string Data, string Split, ScoresDocument Scores, double ImagesPerSecond, IReadOnlyList<DataProblem> Problems)
{
    /// <summary>What made the regions that the detector was given; null for one that looked for its own.</summary>
    public string? Proposals { get; init; }

    /// <summary>Where so many boxes on average were asked for: by class, the score that a box must be above; null for a class whose boxes all count.</summary>
    public IReadOnlyDictionary<string, float?>? ClassThresholds { get; init; }

    /// <summary>The same with the figures of a protocol, under its own keys, in the place of <see cref="Scores"/>.</summary>
    /// <param name="protocol">Name of the protocol.</param>
    /// <param name="figures">Its document.</param>
    public JsonObject By(string protocol, object figures)
    {
        var merged = new JsonObject();
        foreach (var (key, value) in JsonNode.Parse(Terminal.ToJson(this))!.AsObject().ToArray())
        {
            if (key != "scores")
            {
                merged[key] = value?.DeepClone();
                continue;
            }
            merged["protocol"] = protocol;
            foreach (var (name, figure) in JsonNode.Parse(Terminal.ToJson(figures))!.AsObject().ToArray())
            {
                merged[name] = figure?.DeepClone();
            }
        }
        return merged;
    }
}
