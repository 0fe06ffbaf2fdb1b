// detgen list: the models there are.
using System.CommandLine;
using System.IO.Enumeration;
using Detection.Runtime;
using Detection.Spec.Diagnostics;

namespace Detection.Cli;

internal sealed class ListVerb : Verb
{
    private readonly Argument<string[]> names = new("NAMES")
    {
        Description = "Only models of these names, in which * stands for any text; all when absent.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> data = new("--data")
    {
        HelpName = "DIR",
        Description = "Only models that can be trained on this data set: those that tell apart its classes.",
    };

    public ListVerb(Session session)
        : base(session, "list", "List the models: kind, input, parameters, multiply-adds.")
    {
        Arguments.Add(names);
        Options.Add(data);
        Options.Add(CommonOptions.Json);

        // An argument of any number of words takes a misspelled option for one of them.
        names.Validators.Add(result =>
        {
            foreach (var word in result.Tokens.Select(token => token.Value).Where(word => word.StartsWith('-')))
            {
                result.AddError($"'{word}' is not an option of {Name}.{Suggestion.Phrase(word, Options.Select(o => o.Name))}");
            }
        });
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("list", "the models that come with detgen"),
        ("list 'tradeoff-*' 'ssd300-*'", "the models of some names"),
        ("list --project ~/faces/Faces.csproj", "the models of your own project"),
        ("list --data bccd", "what can be trained on a data set"),
        ("list --json", "the same for programs"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var models = Session.Models(parsed);
        var entries = parsed.GetValue(data) is { } folder ? TrainableOn(folder, models) : models.Listed;
        var cards = Named(entries.Select(entry => entry.Card), parsed.GetValue(names) ?? []);
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

    // A word that names nothing is a mistake, as a model's name is that no model has.
    private static ModelCard[] Named(IEnumerable<ModelCard> cards, string[] patterns)
    {
        ModelCard[] all = [.. cards];
        foreach (var pattern in patterns.Where(p => !all.Any(card => Fits(card, p))))
        {
            throw new UsageException($"No model of the list is called '{pattern}'.{Suggestion.Phrase(pattern, all.Select(card => card.Name))}");
        }
        return patterns.Length == 0 ? all : [.. all.Where(card => patterns.Any(p => Fits(card, p)))];

        static bool Fits(ModelCard card, string pattern) => FileSystemName.MatchesSimpleExpression(pattern, card.Name);
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
