// The map from what facts files call things to what specs call them. It holds names and sums, never a figure.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Cli;

/// <summary>A piece of text in the map, with where it stands for messages: <c>path(line,column)</c>.</summary>
internal sealed record PlacedText(string Text, string At);

/// <summary>Names the node for names of nodes that match, or says why there is none.</summary>
/// <param name="Pattern">What the facts call the node.</param>
/// <param name="Path">What the spec calls it; null when it is left out.</param>
/// <param name="Reason">Why it is left out, or why the facts are wrong.</param>
internal sealed record NodeMapping(NamePattern Pattern, PlacedText? Path, string? Reason);

/// <summary>Says what a quantity counts.</summary>
/// <param name="Pattern">What the facts call the quantity.</param>
/// <param name="Figure">The sum; null when it is left out.</param>
/// <param name="Reason">Why it is left out, or why the facts are wrong.</param>
internal sealed record FigureMapping(NamePattern Pattern, PlacedText? Figure, string? Reason);

/// <summary>Answers some of the rows.</summary>
/// <param name="Models">Names in the facts.</param>
/// <param name="Source">Sources of the rows that it answers; null for all.</param>
/// <param name="Input">Inputs of the rows that it answers; null for all.</param>
/// <param name="Quantity">Quantities of the rows that it answers; null for all.</param>
/// <param name="Words">For some captured names, the words in facts and the words in specs.</param>
/// <param name="Spec">Name of the spec; null when the rows are left out.</param>
/// <param name="Arguments">Parameters of the spec.</param>
/// <param name="Nodes">Nodes, first match first.</param>
/// <param name="Figures">Quantities, first match first.</param>
/// <param name="Reason">Why the rows are left out, or why the facts are wrong.</param>
/// <param name="At">Where it stands in the map.</param>
internal sealed record FactsEntry(
    ImmutableArray<NamePattern> Models, NamePattern? Source, NamePattern? Input, NamePattern? Quantity,
    ImmutableDictionary<string, ImmutableSortedDictionary<string, string>> Words, PlacedText? Spec,
    ImmutableArray<(string Name, PlacedText Value)> Arguments, ImmutableArray<NodeMapping> Nodes, ImmutableArray<FigureMapping> Figures,
    string? Reason, string At)
{
    /// <summary>The names that texts of this entry may use for a row, or null when it does not answer the row.</summary>
    public ImmutableDictionary<string, string>? Match(FactsRow row)
    {
        var size = row.Input is { } given ? given.ToString() : "none";
        if (Source?.Match(row.Source) is null && Source is not null
            || Input?.Match(size) is null && Input is not null
            || Quantity?.Match(row.Quantity) is null && Quantity is not null)
        {
            return null;
        }
        if (Models.Select(m => m.Match(row.Model)).FirstOrDefault(m => m is not null) is not { } found)
        {
            return null;
        }
        var words = found.ToImmutableDictionary(f => f.Key, f => Words.TryGetValue(f.Key, out var ours) ? ours[f.Value] : f.Value);
        return row.Input is { } input
            ? words.SetItem("height", Decimal(input.Height)).SetItem("width", Decimal(input.Width))
            : words;

        static string Decimal(int value) => value.ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>The whole map.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Entries">Its entries; the first that answers a row counts.</param>
internal sealed record FactsMap(string Path, ImmutableArray<FactsEntry> Entries);
