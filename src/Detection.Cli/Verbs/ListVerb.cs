// detgen list: the models there are.
using System.CommandLine;
using Detection.Runtime;

namespace Detection.Cli;

internal sealed class ListVerb : Verb
{
    public ListVerb(Session session)
        : base(session, "list", "List the models: kind, input, parameters, multiply-adds.") => Options.Add(CommonOptions.Json);

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("list", "the models that come with detgen"),
        ("list --project ~/faces/Faces.csproj", "the models of your own project"),
        ("list --json", "the same for programs"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var cards = Session.Models(parsed).Listed.Select(entry => entry.Card);
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

    private sealed record Row(
        string Name, ModelKind Kind, InputSize Input, long Parameters, long MultiplyAdds, IReadOnlyList<string> Classes, string Summary,
        string SpecHash);
}
