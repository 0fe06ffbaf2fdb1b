// The names that expressions see: parameters of the model or block, and what is inferred where they stand.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Expressions;
using Detection.Spec.Syntax;

namespace Detection.Spec.Resolution;

/// <summary>Values by name.</summary>
public sealed class Scope(ImmutableSortedDictionary<string, double> values)
{
    /// <summary>No names.</summary>
    public static Scope Empty { get; } = new(ImmutableSortedDictionary<string, double>.Empty);

    /// <summary>The values.</summary>
    public ImmutableSortedDictionary<string, double> Values { get; } = values;

    /// <summary>A scope with one more name.</summary>
    public Scope With(string name, double value) => new(Values.SetItem(name, value));

    /// <summary>The value of a scalar: a number, true or false, or an expression. Problems are reported at the scalar.</summary>
    public double? Evaluate(ScalarSyntax scalar, DiagnosticBag diagnostics)
    {
        if (IsTruth(scalar))
        {
            return scalar.Value[0] is 't' or 'T' ? 1 : 0;
        }

        try
        {
            return ExpressionParser.Parse(scalar.Value).Evaluate(name => Values.TryGetValue(name, out var value) ? value : null);
        }
        catch (ExpressionException e) when (e.UnknownName is { } unknown)
        {
            diagnostics.Report(
                Rules.ExpressionName, scalar, scalar.Value, unknown, KnownNames(),
                diagnostics.DidYouMean(unknown, Values.Keys));
        }
        catch (ExpressionException e)
        {
            var parsed = IsParsed(scalar.Value);
            diagnostics.Report(parsed ? Rules.ExpressionValue : Rules.ExpressionSyntax, scalar, parsed ? [scalar.Value, e.Message] : [e.Message, scalar.Value]);
        }

        return null;
    }

    /// <summary>Whether a scalar is YAML's true or false.</summary>
    public static bool IsTruth(ScalarSyntax scalar) =>
        scalar is { IsPlain: true, Value: "true" or "True" or "TRUE" or "false" or "False" or "FALSE" };

    private string KnownNames()
    {
        // More than a reader takes in are not listed.
        const int most = 20;
        return Values.IsEmpty ? "no names here" : string.Join(", ", Values.Keys.Take(most)) + (Values.Count > most ? ", ..." : "");
    }

    private static bool IsParsed(string text)
    {
        try
        {
            ExpressionParser.Parse(text);
            return true;
        }
        catch (ExpressionException)
        {
            return false;
        }
    }
}
