// detgen list: the models there are.
using System.CommandLine;
using Detection.Runtime;

namespace Detection.Cli;

internal sealed class ListVerb : Verb
{
    private readonly Option<string> data = new("--data")
    {
        HelpName = "DIR",
        Description = "Only models that can be trained on this data set: those that tell apart its classes.",
    };

    public ListVerb(Session session)
        : base(session, "list", "List the models: kind, input, parameters, multiply-adds.")
    {
        Options.Add(data);
        Options.Add(CommonOptions.Json);
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("list", "the models that come with detgen"),
        ("list --project ~/faces/Faces.csproj", "the models of your own project"),
        ("list --data bccd", "what can be trained on a data set"),
        ("list --json", "the same for programs"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var models = Session.Models(parsed);
        var entries = parsed.GetValue(data) is { } folder ? TrainableOn(folder, models) : models.Listed;
        var cards = entries.Select(entry => entry.Card);
        if (parsed.GetValue(CommonOptions.Json))
        {
            Terminal.Json(cards.Select(card => new Row(
                card.Name, card.Kind, card.Input, card.Parameters, card.MultiplyAdds, [.. card.ClassNames], card.Summary, card.SpecHash)));
            return ExitCode.Done;
        }
        var table = new DataTable(new("name"), new("kind"), new("input"), new("parameters", true), new("multiply-adds", true), new("summary"));
        foreach (var card in cards)
        {
            table.Add(
                card.Name, Figures.Word(card.Kind), card.Input.ToString(), Figures.Count(card.Parameters), Figures.Count(card.MultiplyAdds),
                card.Summary);
        }
        Terminal.Show(table);
        return ExitCode.Done;
    }

    private static ModelEntry[] TrainableOn(string folder, ModelSet models)
    {
        var names = DetectionDatasets.Load(folder, "train").ClassNames;
        ModelEntry[] trainable = [.. models.All.SelectMany(c => c.Models).Where(m => m.CreateTraining is not null).DistinctBy(m => m.Card.Name)];
        ModelEntry[] fitting = [.. trainable.Where(m => m.Card.ClassNames.ToHashSet().SetEquals(names))];
        if (fitting.Length > 0)
        {
            return fitting;
        }
        var advice = trainable.OrderBy(m => m.Card.ClassNames.Length).FirstOrDefault() is { } general ? TrainingData.SpecFor(names, general.Card) : "";
        throw new FailureException($"""
            {folder}: no model tells apart the classes {string.Join(", ", names)}.
            {advice}
            """.TrimEnd());
    }

    private sealed record Row(
        string Name, ModelKind Kind, InputSize Input, long Parameters, long MultiplyAdds, IReadOnlyList<string> Classes, string Summary,
        string SpecHash);
}
