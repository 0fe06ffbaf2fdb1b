// Reads a map of attributes by its table: unknown keys, wrong kinds, bounds and missing keys are all reported at their place.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Operators;
using Detection.Spec.Syntax;

namespace Detection.Spec.Resolution;

/// <summary>Reads attributes.</summary>
public static class AttributeReader
{
    /// <summary>Reads the attributes of <paramref name="map"/>.</summary>
    /// <param name="map">The map; null reads as empty.</param>
    /// <param name="definitions">What may stand in it.</param>
    /// <param name="others">Keys that are read elsewhere.</param>
    /// <param name="scope">What expressions see.</param>
    /// <param name="owner">What the map describes, for messages.</param>
    /// <param name="at">Where to report a missing key.</param>
    /// <param name="diagnostics">Receives the problems.</param>
    /// <returns>The attributes with defaults filled in, or null when a required one is missing or wrong.</returns>
    public static AttributeSet? Read(
        MappingSyntax? map, ImmutableArray<AttributeDefinition> definitions, ImmutableArray<string> others, Scope scope, string owner, SyntaxNode at,
        DiagnosticBag diagnostics)
    {
        var (values, isComplete) = ReadPartly(map, definitions, others, scope, owner, at, diagnostics);
        return isComplete ? values : null;
    }

    /// <summary>Like <see cref="Read"/>, but gives the attributes that are right also where others are missing or wrong.</summary>
    public static (AttributeSet Values, bool IsComplete) ReadPartly(
        MappingSyntax? map, ImmutableArray<AttributeDefinition> definitions, ImmutableArray<string> others, Scope scope, string owner, SyntaxNode at,
        DiagnosticBag diagnostics)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>(StringComparer.Ordinal);
        var complete = true;
        foreach (var entry in map?.Entries ?? [])
        {
            if (others.Contains(entry.Name))
            {
                continue;
            }

            if (definitions.FirstOrDefault(d => d.Name == entry.Name) is not { } definition)
            {
                diagnostics.Report(
                    Rules.UnknownKey, entry.Key, entry.Name, owner, diagnostics.DidYouMean(entry.Name, definitions.Select(d => d.Name).Concat(others)));
                continue;
            }

            if (Value(definition, entry.Value, scope, diagnostics) is { } value)
            {
                values[entry.Name] = value;
            }
            else
            {
                complete = false;
            }
        }

        foreach (var definition in definitions)
        {
            if (values.ContainsKey(definition.Name))
            {
                continue;
            }

            if (definition.Default is { } value && map?[definition.Name] is null)
            {
                values[definition.Name] = value;
            }
            else if (definition.Required)
            {
                if (map is null || !map.TryGet(definition.Name, out _))
                {
                    diagnostics.Report(Rules.MissingKey, at, owner, definition.Name);
                }

                complete = false;
            }
        }

        return (new AttributeSet(values.ToImmutable()), complete);
    }

    /// <summary>Reads one value, or reports why it is none.</summary>
    public static AttributeValue? Value(AttributeDefinition definition, SyntaxNode node, Scope scope, DiagnosticBag diagnostics)
    {
        switch (definition.Kind, node)
        {
            case (_, ScalarSyntax { IsNull: true }):
                diagnostics.Report(Rules.WrongType, node, definition.Name, definition.Expectation, node.Kind);
                return null;
            case (AttributeKind.Text, ScalarSyntax scalar):
                return AttributeValue.OfText(scalar.Value);
            case (AttributeKind.Word, ScalarSyntax scalar):
                if (definition.Words.Contains(scalar.Value))
                {
                    return AttributeValue.OfWord(scalar.Value);
                }

                diagnostics.Report(
                    Rules.UnknownValue, scalar, scalar.Value, definition.Name, string.Join(", ", definition.Words),
                    diagnostics.DidYouMean(scalar.Value, definition.Words));
                return null;
            case (AttributeKind.Integer, ScalarSyntax scalar):
                return Whole(definition, scalar, scope, diagnostics) is { } whole ? AttributeValue.Of(whole) : null;
            case (AttributeKind.Number, ScalarSyntax scalar):
                return Number(definition, scalar, scope, diagnostics) is { } number ? AttributeValue.Of(number) : null;
            case (AttributeKind.Flag, ScalarSyntax scalar):
                return scope.Evaluate(scalar, diagnostics) is { } flag ? AttributeValue.Of(flag != 0) : null;
            case (AttributeKind.PairOrWord or AttributeKind.NumberOrWord, ScalarSyntax scalar) when definition.Words.Contains(scalar.Value):
                return AttributeValue.OfWord(scalar.Value);
            case (AttributeKind.PairOrWord or AttributeKind.NumberOrWord, ScalarSyntax scalar) when Names.IsNodeName(scalar.Value) && !scope.Values.ContainsKey(scalar.Value) && !Scope.IsTruth(scalar):
                diagnostics.Report(
                    Rules.UnknownValue, scalar, scalar.Value, definition.Name, definition.Expectation, diagnostics.DidYouMean(scalar.Value, definition.Words.Concat(scope.Values.Keys)));
                return null;
            case (AttributeKind.NumberOrWord, ScalarSyntax scalar):
                return Number(definition, scalar, scope, diagnostics) is { } figure ? AttributeValue.Of(figure) : null;
            case (AttributeKind.Pair or AttributeKind.PairOrWord, ScalarSyntax scalar):
                return Whole(definition, scalar, scope, diagnostics) is { } both ? AttributeValue.OfPair(both, both) : null;
            case (AttributeKind.Pair or AttributeKind.PairOrWord, SequenceSyntax { Items.Length: 2 } list) when list.Items[0] is ScalarSyntax first && list.Items[1] is ScalarSyntax second:
                var (height, width) = (Whole(definition, first, scope, diagnostics), Whole(definition, second, scope, diagnostics));
                return height is { } h && width is { } w ? AttributeValue.OfPair(h, w) : null;
            case (AttributeKind.Numbers, SequenceSyntax list):
                return List(definition, list, scope, diagnostics) is { } numbers ? AttributeValue.Of(numbers) : null;
            case (AttributeKind.NumberPairs, SequenceSyntax list):
                return Pairs(definition, list, scope, diagnostics) is { } pairs ? AttributeValue.OfPairs(pairs) : null;
            default:
                diagnostics.Report(Rules.WrongType, node, definition.Name, definition.Expectation, node.Kind);
                return null;
        }
    }

    private static ImmutableArray<double>? List(AttributeDefinition definition, SequenceSyntax list, Scope scope, DiagnosticBag diagnostics)
    {
        var values = ImmutableArray.CreateBuilder<double>();
        foreach (var item in list.Items)
        {
            if (item is not ScalarSyntax scalar)
            {
                diagnostics.Report(Rules.WrongType, item, definition.Name, definition.Expectation, item.Kind);
                return null;
            }

            if (Number(definition, scalar, scope, diagnostics) is { } value)
            {
                values.Add(value);
            }
        }

        return values.Count == list.Items.Length ? values.ToImmutable() : null;
    }

    private static ImmutableArray<double>? Pairs(AttributeDefinition definition, SequenceSyntax list, Scope scope, DiagnosticBag diagnostics)
    {
        var values = ImmutableArray.CreateBuilder<double>();
        foreach (var item in list.Items)
        {
            if (item is not SequenceSyntax { Items.Length: 2 } pair)
            {
                diagnostics.Report(Rules.WrongType, item, definition.Name, definition.Expectation, item.Kind);
                return null;
            }

            if (List(definition, pair, scope, diagnostics) is { } two)
            {
                values.AddRange(two);
            }
        }

        return values.Count == 2 * list.Items.Length ? values.ToImmutable() : null;
    }

    private static double? Number(AttributeDefinition definition, ScalarSyntax scalar, Scope scope, DiagnosticBag diagnostics)
    {
        if (Scope.IsTruth(scalar))
        {
            // Evaluates to 1 or 0, but nobody writes `out: true` for one channel.
            diagnostics.Report(Rules.WrongType, scalar, definition.Name, definition.Expectation, scalar.Kind);
            return null;
        }

        if (scope.Evaluate(scalar, diagnostics) is not { } value)
        {
            return null;
        }

        if (value < definition.Minimum || value > definition.Maximum)
        {
            var bounds = double.IsPositiveInfinity(definition.Maximum)
                ? string.Format(CultureInfo.InvariantCulture, "at least {0}", definition.Minimum)
                : string.Format(CultureInfo.InvariantCulture, "between {0} and {1}", definition.Minimum, definition.Maximum);
            diagnostics.Report(Rules.OutOfRange, scalar, definition.Name, value, bounds);
            return null;
        }

        return value;
    }

    private static long? Whole(AttributeDefinition definition, ScalarSyntax scalar, Scope scope, DiagnosticBag diagnostics)
    {
        if (Number(definition, scalar, scope, diagnostics) is not { } value)
        {
            return null;
        }

        if (value != Math.Floor(value))
        {
            diagnostics.Report(Rules.OutOfRange, scalar, definition.Name, value, "a whole number; 'round', 'floor' and 'ceil' make one");
            return null;
        }

        return (long)value;
    }
}
