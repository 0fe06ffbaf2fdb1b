// A comparison with facts for people: what does not agree as a table, then one line of counts.
using System.Collections.Immutable;

namespace Detection.Cli;

internal static class FactsReport
{
    public static void Write(ImmutableArray<CheckedRow> rows, bool verbose, Terminal terminal)
    {
        var shown = rows.Where(r => verbose || r.Verdict != FactsVerdict.Agree).ToArray();
        if (shown.Length > 0)
        {
            var table = new DataTable(
                new("facts"), new("input"), new("quantity"), new("verdict"), new("theirs", true), new("ours", true), new("model"), new("note"));
            // Rows of a model that are not compared, for the same reason, are one line.
            foreach (var group in shown.GroupBy(r => r.Verdict is FactsVerdict.Unmapped or FactsVerdict.UnmappedWithReason && !verbose
                ? (r.Row.Model, "", r.Note)
                : (r.Row.Model, r.Row.Input + "|" + r.Row.Quantity + "|" + r.Row.Source + "|" + Numbers(r.Row.Value), r.Note)))
            {
                var (first, count) = (group.First(), group.Count());
                table.Add(
                    first.Row.Model,
                    count > 1 ? "" : first.Row.Input?.ToString() ?? "-",
                    count > 1 ? Figures.Plural(count, "row") : first.Row.Quantity,
                    Words(first.Verdict),
                    count > 1 ? "" : Numbers(first.Row.Value),
                    first.Ours is { } ours ? Numbers(ours) : "-",
                    first.Model ?? "-",
                    first.Note ?? "");
            }
            terminal.Show(table);
            terminal.Line();
        }
        terminal.Line(
            $"{Figures.Plural(rows.Length, "row")}: "
            + string.Join(", ", Enum.GetValues<FactsVerdict>().Select(v => $"{Figures.Count(rows.Count(r => r.Verdict == v))} {Words(v)}")));
    }

    private static string Words(FactsVerdict verdict) => verdict switch
    {
        FactsVerdict.Agree => "agree",
        FactsVerdict.Disagree => "disagree",
        FactsVerdict.DisagreeWithReason => "disagree with a reason",
        FactsVerdict.Unmapped => "unmapped",
        _ => "unmapped with a reason",
    };

    private static string Numbers(ImmutableArray<long> values) => string.Join('x', values.Select(Figures.Count));
}
