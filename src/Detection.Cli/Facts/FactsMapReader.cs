// Reads the facts map: YAML with the syntax of specs, its problems at line and column, all of them at once.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Syntax;

namespace Detection.Cli;

internal sealed class FactsMapReader
{
    private static readonly SpecDiagnosticDescriptor Problem = new("FACTS", "The facts map cannot be read as it stands", "{0}");

    private static readonly string[] Keys = ["facts", "source", "input", "quantity", "where", "spec", "arguments", "nodes", "figures", "reason"];

    private readonly DiagnosticBag diagnostics = new();

    private FactsMapReader()
    {
    }

    /// <summary>Reads a map.</summary>
    /// <exception cref="FailureException">The file cannot be read, or it is no facts map; the message has one line for each problem.</exception>
    public static FactsMap Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new FailureException($"{path}: there is no such file; --map names the facts map.");
        }
        var reader = new FactsMapReader();
        var source = new SourceText(path, File.ReadAllText(path));
        var root = YamlSyntaxParser.Parse(source, reader.diagnostics);
        var entries = reader.Entries(source, root);
        var problems = reader.diagnostics.ToImmutable();
        return reader.diagnostics.HasErrors
            ? throw new FailureException(
                string.Join(Environment.NewLine, [$"{path} has {Figures.Plural(problems.Length, "error")}:", .. problems]),
                [.. problems.Select(SpecProblem.Of)])
            : new FactsMap(path, entries);
    }

    private ImmutableArray<FactsEntry> Entries(SourceText source, SyntaxNode? root)
    {
        switch (root)
        {
            case SequenceSyntax list:
                return [.. list.Items.Select(Entry).OfType<FactsEntry>()];
            case null when diagnostics.HasErrors:
                return [];
            case null:
                diagnostics.Report(Problem, source, default, "The file is empty; a facts map is a list of entries, each with 'facts' and 'spec' or 'reason'.");
                return [];
            default:
                Report(root, $"A facts map is a list of entries, each with 'facts' and 'spec' or 'reason', not {root.Kind}.");
                return [];
        }
    }

    private FactsEntry? Entry(SyntaxNode node)
    {
        if (node is not MappingSyntax map)
        {
            Report(node, $"An entry is a map with 'facts' and 'spec' or 'reason', not {node.Kind}.");
            return null;
        }
        foreach (var unknown in map.Entries.Where(e => !Keys.Contains(e.Name)))
        {
            Report(unknown.Key, $"'{unknown.Name}' is not a key of an entry.{Suggestion.Phrase(unknown.Name, Keys)}");
        }
        var words = Words(map["where"]);
        NamePattern? Pattern(string key) => Text(map[key], key) is { } text ? NamePattern.Of(text.Value, words) : null;
        ImmutableArray<NamePattern> models = [.. Items(map["facts"]).Select(item => Text(item, "facts")).OfType<ScalarSyntax>().Select(t => NamePattern.Of(t.Value, words))];
        if (map["facts"] is null || (models.IsEmpty && !diagnostics.HasErrors))
        {
            Report(map, "An entry names with 'facts' the models that it answers for: a name, a pattern, or a list of these.");
            return null;
        }
        if (map["spec"] is null && map["reason"] is null)
        {
            Report(map, "An entry has a 'spec', or a 'reason' why there is none.");
        }

        // A name can be used where every pattern of the entry gives it a word.
        ImmutableArray<string> names =
        [
            "height", "width",
            .. models.SelectMany(m => m.Names).Distinct().Where(n => models.All(m => m.Names.Contains(n))),
        ];
        foreach (var unused in words.Keys.Where(w => !names.Contains(w)))
        {
            Report(map["where"]!, $"'facts' has no place {{{unused}}}.{Suggestion.Phrase(unused, names)}");
        }
        return new FactsEntry(
            models, Pattern("source"), Pattern("input"), Pattern("quantity"), words,
            Template(map["spec"], "spec", names),
            [.. Entries(map["arguments"], "arguments").Select(e => (e.Name, Value: Template(e.Value, e.Name, names)!)).Where(a => a.Value is not null)],
            [.. Entries(map["nodes"], "nodes").Select(e => Node(e, words, names))],
            [.. Entries(map["figures"], "figures").Select(e => Figure(e, words, names))],
            Text(map["reason"], "reason")?.Value,
            Place(map));
    }

    private NodeMapping Node(MappingEntry entry, ImmutableDictionary<string, ImmutableSortedDictionary<string, string>> words, ImmutableArray<string> names)
    {
        var pattern = NamePattern.Of(entry.Name, words);
        var (value, reason) = WithReason(entry, "is");
        return new NodeMapping(pattern, Template(value, entry.Name, [.. names, .. pattern.Names]), reason);
    }

    private FigureMapping Figure(MappingEntry entry, ImmutableDictionary<string, ImmutableSortedDictionary<string, string>> words, ImmutableArray<string> names)
    {
        var pattern = NamePattern.Of(entry.Name, words);
        var (value, reason) = WithReason(entry, "is");
        var figure = Template(value, entry.Name, [.. names, .. pattern.Names]);
        try
        {
            // A place stands for a number or a part of a name; a digit is right for both.
            _ = figure is null ? null : FigureExpression.Parse(NamePattern.Fill(figure.Text, NamePattern.PlacesOf(figure.Text).Distinct().ToDictionary(p => p, _ => "1")));
        }
        catch (FormatException e)
        {
            Report(value!, e.Message);
        }
        return new FigureMapping(pattern, figure, reason);
    }

    // Text, or a map with a reason: { reason: ... } and { is: text, reason: ... }.
    private (SyntaxNode? Value, string? Reason) WithReason(MappingEntry entry, string key)
    {
        if (entry.Value is not MappingSyntax map)
        {
            return (entry.Value, null);
        }
        foreach (var unknown in map.Entries.Where(e => e.Name is not ("reason" or "is")))
        {
            Report(unknown.Key, $"'{unknown.Name}' is not a key here; known are '{key}' and 'reason'.");
        }
        if (map["reason"] is null)
        {
            Report(map, "The map lacks the 'reason'.");
        }
        return (map[key], Text(map["reason"], "reason")?.Value);
    }

    // where: { x: [a, b] } limits a name; where: { x: { a: b } } also translates it.
    private ImmutableDictionary<string, ImmutableSortedDictionary<string, string>> Words(SyntaxNode? where)
    {
        var all = ImmutableDictionary.CreateBuilder<string, ImmutableSortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var entry in Entries(where, "where"))
        {
            var words = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            if (entry.Value is MappingSyntax map)
            {
                foreach (var word in map.Entries)
                {
                    words[word.Name] = Text(word.Value, word.Name)?.Value ?? "";
                }
            }
            else
            {
                foreach (var word in Items(entry.Value).Select(item => Text(item, entry.Name)).OfType<ScalarSyntax>())
                {
                    words[word.Value] = word.Value;
                }
            }
            all[entry.Name] = words.ToImmutable();
        }
        return all.ToImmutable();
    }

    private static ImmutableArray<SyntaxNode> Items(SyntaxNode? node) => node is SequenceSyntax list ? list.Items : node is null ? [] : [node];

    private ImmutableArray<MappingEntry> Entries(SyntaxNode? node, string key)
    {
        if (node is not null and not MappingSyntax)
        {
            Report(node, $"'{key}' must be a map, not {node.Kind}.");
        }
        return (node as MappingSyntax)?.Entries ?? [];
    }

    private ScalarSyntax? Text(SyntaxNode? node, string key)
    {
        if (node is not null and not ScalarSyntax { IsNull: false })
        {
            Report(node, $"'{key}' must be text, not {node.Kind}.");
        }
        return node is ScalarSyntax { IsNull: false } text ? text : null;
    }

    private PlacedText? Template(SyntaxNode? node, string key, ImmutableArray<string> names)
    {
        if (Text(node, key) is not { } text)
        {
            return null;
        }
        foreach (var unknown in NamePattern.PlacesOf(text.Value).Where(p => !names.Contains(p)).Distinct())
        {
            Report(text, $"There is no word for {{{unknown}}}.{Suggestion.Phrase(unknown, names)}");
        }
        return new PlacedText(text.Value, Place(text));
    }

    private void Report(SyntaxNode node, string message) => diagnostics.Report(Problem, node, message);

    private static string Place(SyntaxNode node) =>
        FormattableString.Invariant($"{node.Source.Path}({node.Source.PositionOf(node.Span.Start).Line + 1},{node.Source.PositionOf(node.Span.Start).Column + 1})");
}
