// detgen check: published figures against the compiler's.
using System.Collections.Immutable;
using System.CommandLine;
using Detection.Runtime;
using Detection.Spec.Resolution;

namespace Detection.Cli;

internal sealed class CheckVerb : Verb
{
    /// <summary>The file name of the map in a folder of specs.</summary>
    public const string MapName = "facts-map.yaml";

    private const string DefaultMap = "models/" + MapName;

    // A check of one of several files leaves most of the map unused.
    private const int ShownUnused = 5;

    private readonly Argument<string[]> facts = new("FACTS")
    {
        Description = "JSON files of rows { model, input, quantity, value, source }.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> map = new("--map")
    {
        HelpName = "FILE",
        Description = $"What the facts call things and what specs call them. Specs in its folder and below need no build.",
        DefaultValueFactory = _ => DefaultMap,
    };

    private readonly Option<bool> verbose = new("--verbose") { Description = "Show every row, also those that agree, and every entry of the map that answers none." };

    public CheckVerb(Session session)
        : base(session, "check", "Compare published figures with what the compiler counts.")
    {
        Arguments.Add(facts);
        Options.Add(map);
        Options.Add(verbose);
        Options.Add(CommonOptions.Json);
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("check checks-backbones.json", $"with the map {DefaultMap}"),
        ("check checks-backbones.json checks-one-stage.json --verbose", "every row of two files"),
        ("check counts.json --map my-map.yaml --json", "a map of your own, for programs"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(map);
        var read = FactsMapReader.Read(path);
        ImmutableArray<FactsRow> given = [.. parsed.GetRequiredValue(facts).SelectMany(file => FactsRow.Read(file))];
        var comparison = new FactsComparison(read, LibraryBeside(path, Session.Models(parsed)));
        ImmutableArray<CheckedRow> rows = [.. given.Select(comparison.Check)];
        WarnOfUnused([.. comparison.Unused], parsed.GetValue(verbose));
        foreach (var reason in comparison.NeedlessReasons)
        {
            Terminal.Warning($"{path}: every row agrees that has the reason: {reason}");
        }
        if (parsed.GetValue(CommonOptions.Json))
        {
            Terminal.Json(new Document(
                rows.Length, rows.Count(r => r.Verdict == FactsVerdict.Agree), rows.Count(r => r.Verdict == FactsVerdict.Disagree),
                rows.Count(r => r.Verdict == FactsVerdict.DisagreeWithReason), rows.Count(r => r.Verdict == FactsVerdict.Unmapped),
                rows.Count(r => r.Verdict == FactsVerdict.UnmappedWithReason),
                [.. rows.Select(r => new Row(r.Row.Model, r.Row.Input, r.Row.Quantity, r.Row.Source, r.Row.Value, r.Verdict, r.Model, r.Ours, r.Note))]));
        }
        else
        {
            FactsReport.Write(rows, parsed.GetValue(verbose), Terminal);
        }
        return rows.Any(r => r.Verdict is FactsVerdict.Disagree or FactsVerdict.Unmapped) ? ExitCode.Failed : ExitCode.Done;
    }

    private void WarnOfUnused(FactsEntry[] entries, bool all)
    {
        foreach (var entry in entries.Take(all ? entries.Length : ShownUnused))
        {
            Terminal.Warning($"{entry.At}: no row is of {string.Join(" or ", entry.Models.Select(m => $"'{m.Text}'"))}.");
        }
        if (!all && entries.Length > ShownUnused)
        {
            Terminal.Warning($"{entries.Length - ShownUnused} more entries of the map answer no row; --verbose names them.");
        }
    }

    // The YAML on disk goes before what was built from it.
    private static SpecLibrary LibraryBeside(string map, ModelSet models)
    {
        var folder = Path.GetDirectoryName(map) is { Length: > 0 } named ? named : ".";
        return models.LibraryOver(SpecFile.ParseFolder(folder).Where(spec => spec.ModelName.Length > 0));
    }

    private sealed record Document(
        int RowCount, int Agree, int Disagree, int DisagreeWithReason, int Unmapped, int UnmappedWithReason, ImmutableArray<Row> Rows);

    private sealed record Row(
        string Model, InputSize? Input, string Quantity, string Source, ImmutableArray<long> Theirs, FactsVerdict Verdict, string? ComparedWith,
        ImmutableArray<long>? Ours, string? Note);
}
