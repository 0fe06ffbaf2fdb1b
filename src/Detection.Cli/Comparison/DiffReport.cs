// The differences between two models for people: as tables of a terminal, or as Markdown for a review.
using System.Globalization;

namespace Detection.Cli;

internal static class DiffReport
{
    /// <summary>Writes tables.</summary>
    public static void Write(ModelDiff diff, Terminal terminal)
    {
        terminal.Heading($"{diff.Before} -> {diff.After}");
        if (diff.IsEmpty)
        {
            terminal.Line("no difference");
            return;
        }
        foreach (var (title, table) in Tables(diff))
        {
            terminal.Line();
            terminal.Heading(title);
            terminal.Show(table);
        }
    }

    /// <summary>Writes Markdown.</summary>
    public static void WriteMarkdown(ModelDiff diff, TextWriter writer)
    {
        writer.WriteLine($"## `{diff.Before}` → `{diff.After}`");
        if (diff.IsEmpty)
        {
            writer.WriteLine();
            writer.WriteLine("No difference.");
            return;
        }
        foreach (var (title, table) in Tables(diff))
        {
            writer.WriteLine();
            writer.WriteLine($"### {char.ToUpperInvariant(title[0])}{title[1..]}");
            writer.WriteLine();
            table.WriteMarkdown(writer);
        }
    }

    private static IEnumerable<(string Title, DataTable Table)> Tables(ModelDiff diff)
    {
        if (!diff.Figures.IsEmpty)
        {
            var figures = new DataTable(new("figure"), new("before", true), new("after", true), new("change", true), new("ratio", true));
            foreach (var f in diff.Figures)
            {
                figures.Add(
                    f.Figure, Figures.Count(f.Before), Figures.Count(f.After), (f.After > f.Before ? "+" : "") + Figures.Count(f.After - f.Before),
                    f.Before == 0 ? "-" : ((double)f.After / f.Before).ToString("0.000", CultureInfo.InvariantCulture));
            }
            yield return ("figures", figures);
        }
        if (!diff.Settings.IsEmpty)
        {
            var settings = new DataTable(new("setting"), new("before"), new("after"));
            foreach (var s in diff.Settings)
            {
                settings.Add(s.Setting, s.Before ?? "-", s.After ?? "-");
            }
            yield return ("settings", settings);
        }
        if (!diff.Nodes.IsEmpty)
        {
            yield return ($"nodes ({Words(diff)})", Nodes(diff));
        }
    }

    private static string Words(ModelDiff diff) => string.Join(", ",
        Enum.GetValues<NodeChangeKind>().Select(k => (Kind: k, Count: diff.Nodes.Count(n => n.Kind == k))).Where(k => k.Count > 0)
            .Select(k => $"{k.Count} {Figures.Word(k.Kind)}").Append($"{diff.SameNodes} the same"));

    private static DataTable Nodes(ModelDiff diff)
    {
        var table = new DataTable(new(""), new("node"), new("operator"), new("output"), new("parameters"), new("multiply-adds"), new("receptive field"));
        foreach (var change in diff.Nodes)
        {
            string Both(Func<NodeSummary, string> text) => (change.Before, change.After) switch
            {
                ({ } before, { } after) when text(before) != text(after) => $"{text(before)} -> {text(after)}",
                var (before, after) => text((after ?? before)!),
            };
            table.Add(
                change.Kind switch { NodeChangeKind.Added => "+", NodeChangeKind.Removed => "-", _ => "~" },
                change.Path, Both(Operator), Both(Shapes), Both(n => Figures.Count(n.Parameters)), Both(n => Figures.Count(n.MultiplyAdds)), Both(Fields));
        }
        return table;
    }

    private static string Operator(NodeSummary node) => node.Attributes.Length > 0 ? $"{node.Operator} {node.Attributes}" : node.Operator;

    private static string Shapes(NodeSummary node) => string.Join(", ", node.Outputs.Select(o => (o.Name is null ? "" : o.Name + " ") + string.Join('x', o.Shape)));

    private static string Fields(NodeSummary node) =>
        string.Join(", ", node.Outputs.Select(o => o.ReceptiveField is { } field ? Figures.PerAxis(field[0], field[1]) : "all").Distinct());
}
