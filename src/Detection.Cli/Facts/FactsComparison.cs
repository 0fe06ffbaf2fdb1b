// Compares rows of facts with what the compiler counts.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;

namespace Detection.Cli;

/// <summary>What became of a row.</summary>
internal enum FactsVerdict
{
    /// <summary>The compiler counts the same.</summary>
    Agree,

    /// <summary>The compiler counts something else, or nothing.</summary>
    Disagree,

    /// <summary>The map gives a reason why the facts are wrong.</summary>
    DisagreeWithReason,

    /// <summary>The map has no entry for the row.</summary>
    Unmapped,

    /// <summary>The map gives a reason why there is nothing to compare with.</summary>
    UnmappedWithReason,
}

/// <summary>A row with its verdict.</summary>
/// <param name="Row">The row.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Model">The model it was compared with, with its arguments; null for none.</param>
/// <param name="Ours">What the compiler counts; null for nothing.</param>
/// <param name="Note">The reason from the map, or why nothing could be counted.</param>
internal sealed record CheckedRow(FactsRow Row, FactsVerdict Verdict, string? Model, ImmutableArray<long>? Ours, string? Note);

/// <summary>Compares facts with a set of specs. Each model is compiled once, and counted once for each input.</summary>
internal sealed class FactsComparison(FactsMap map, SpecLibrary library)
{
    private readonly Dictionary<string, (CompiledModel? Model, string? Problem)> models = new(StringComparer.Ordinal);
    private readonly Dictionary<(CompiledModel, long, long), CountedModel> counted = [];
    private readonly HashSet<FactsEntry> used = [];
    private readonly Dictionary<string, bool> reasons = new(StringComparer.Ordinal);

    /// <summary>Entries that answered no row so far.</summary>
    public IEnumerable<FactsEntry> Unused => map.Entries.Where(e => !used.Contains(e));

    /// <summary>Reasons why facts would be wrong, of rows that all agree.</summary>
    public IEnumerable<string> NeedlessReasons => reasons.Where(r => !r.Value).Select(r => r.Key);

    /// <summary>Compares a row.</summary>
    public CheckedRow Check(FactsRow row)
    {
        foreach (var entry in map.Entries)
        {
            if (entry.Match(row) is { } words)
            {
                used.Add(entry);
                return Check(row, entry, words);
            }
        }
        var near = Suggestion.Phrase(row.Model, map.Entries.SelectMany(e => e.Models).Select(m => m.Text));
        return new CheckedRow(row, FactsVerdict.Unmapped, null, null, $"no entry of {map.Path} answers it.{near}");
    }

    private CheckedRow Check(FactsRow row, FactsEntry entry, ImmutableDictionary<string, string> words)
    {
        if (entry.Spec is not { } spec)
        {
            return new CheckedRow(row, FactsVerdict.UnmappedWithReason, null, null, entry.Reason);
        }
        var (model, problem) = Compile(entry, spec, words);
        if (model is null)
        {
            return new CheckedRow(row, FactsVerdict.Disagree, null, null, problem);
        }
        try
        {
            var input = row.Input ?? InputArgument.Nominal(model);
            var (figures, reason) = Count(row, entry, words, model, input);
            if (figures is not { } ours)
            {
                return new CheckedRow(row, FactsVerdict.UnmappedWithReason, model.Name, null, reason);
            }
            var agrees = Agree(row, ours);
            if (reason is not null)
            {
                reasons[reason] = !agrees || reasons.GetValueOrDefault(reason);
            }
            return agrees
                ? new CheckedRow(row, FactsVerdict.Agree, model.Name, ours, null)
                : new CheckedRow(row, reason is null ? FactsVerdict.Disagree : FactsVerdict.DisagreeWithReason, model.Name, ours, reason);
        }
        catch (FailureException e)
        {
            return new CheckedRow(row, FactsVerdict.Disagree, model.Name, null, e.Message);
        }
        catch (OverflowException)
        {
            return new CheckedRow(row, FactsVerdict.Disagree, model.Name, null, "it is more than can be counted.");
        }
    }

    // The figures and the reason why the facts may differ; no figures where the map leaves the row out for that reason.
    private (ImmutableArray<long>? Figures, string? Reason) Count(
        FactsRow row, FactsEntry entry, ImmutableDictionary<string, string> words, CompiledModel model, Runtime.InputSize input)
    {
        foreach (var figure in entry.Figures)
        {
            if (figure.Pattern.Match(row.Quantity) is { } found)
            {
                return figure.Figure is { } sum
                    ? ([Evaluate(sum, words.SetItems(found))], figure.Reason ?? entry.Reason)
                    : (null, figure.Reason);
            }
        }
        var (kind, node) = row.Quantity.Split(':', 2) is [var k, var n] ? (k, n) : (row.Quantity, "");
        switch (kind)
        {
            case "params" when node.Length == 0:
                return ([Counted().Sum("parameters")], entry.Reason);
            case "madds" when node.Length == 0:
                return ([Counted().Sum("multiplyAdds")], entry.Reason);
            case "boxes" when node.Length == 0:
                return ([Counted().Sum("boxes")], entry.Reason);
            case "channels" or "size" when node.Length > 0:
                var mapping = entry.Nodes.Select(m => (Mapping: m, Words: m.Pattern.Match(node))).FirstOrDefault(m => m.Words is not null);
                if (mapping.Mapping is { Path: null } without)
                {
                    return (null, without.Reason);
                }
                var path = mapping.Mapping?.Path is { } template ? NamePattern.Fill(template.Text, words.SetItems(mapping.Words!)) : node;
                var at = mapping.Mapping?.Path?.At ?? entry.At;
                var reason = mapping.Mapping?.Reason ?? entry.Reason;
                var shape = Counted().Shape(path, at);
                return kind == "channels" ? ([shape.Channels], reason)
                    : shape is { Height: { } height, Width: { } width } ? ([height, width], reason)
                    : throw new FailureException($"{at}: '{path}' is a vector and has no size.");
            default:
                throw new FailureException($"{entry.At}: 'figures' does not say what '{row.Quantity}' counts.");
        }

        CountedModel Counted()
        {
            var key = (model, (long)input.Height, (long)input.Width);
            return counted.TryGetValue(key, out var known) ? known : counted[key] = new CountedModel(model, input);
        }

        long Evaluate(PlacedText sum, ImmutableDictionary<string, string> all)
        {
            try
            {
                return Counted().Evaluate(FigureExpression.Parse(NamePattern.Fill(sum.Text, all)), sum.At);
            }
            catch (FormatException e)
            {
                throw new FailureException($"{sum.At}: {e.Message}", inner: e);
            }
        }
    }

    private static bool Agree(FactsRow row, ImmutableArray<long> ours) =>
        row.Value.SequenceEqual(ours) || (row.Value is [var side] && ours is [var height, var width] && side == height && side == width);

    private (CompiledModel? Model, string? Problem) Compile(FactsEntry entry, PlacedText spec, ImmutableDictionary<string, string> words)
    {
        var name = NamePattern.Fill(spec.Text, words);
        var arguments = ImmutableDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var (parameter, value) in entry.Arguments)
        {
            var text = NamePattern.Fill(value.Text, words);
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                return (null, $"{value.At}: '{text}' is no number.");
            }
            arguments[parameter] = number;
        }
        var key = name + "|" + string.Join(',', arguments.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => FormattableString.Invariant($"{a.Key}={a.Value:R}")));
        if (!models.TryGetValue(key, out var compiled))
        {
            models[key] = compiled = Compile(name, arguments.ToImmutable(), spec.At);
        }
        return compiled;
    }

    private (CompiledModel? Model, string? Problem) Compile(string name, ImmutableDictionary<string, double> arguments, string at)
    {
        if (library.Find(name) is not { } found)
        {
            return (null, $"{at}: there is no model '{name}'.{Suggestion.Phrase(name, library.ModelNames)}");
        }
        var result = SpecCompiler.Compile(found, library, arguments);
        return (result.Model, result.Model is null ? $"{name} does not compile: {result.Diagnostics.First(d => d.IsError)}" : null);
    }
}
