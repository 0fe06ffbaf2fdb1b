// The names that expressions see: parameters of the model or block, and what is inferred where they stand.
// A name whose value hangs on something that failed is known without a value: what is said with it has none either, and no message of its own.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Expressions;
using Detection.Spec.Syntax;

namespace Detection.Spec.Resolution;

/// <summary>Values by name.</summary>
public sealed class Scope
{
    private readonly ImmutableHashSet<string> unknown;
    private readonly bool isBlank;

    private Scope(ImmutableSortedDictionary<string, double> values, ImmutableHashSet<string> unknown, bool isBlank = false)
    {
        Values = values;
        this.unknown = unknown;
        this.isBlank = isBlank;
    }

    /// <summary>No names.</summary>
    public static Scope Empty { get; } = new(ImmutableSortedDictionary<string, double>.Empty, ImmutableHashSet<string>.Empty);

    /// <summary>The values; a name without one has a value that means nothing.</summary>
    public ImmutableSortedDictionary<string, double> Values { get; }

    /// <summary>A scope with one more name.</summary>
    public Scope With(string name, double value) => new(Values.SetItem(name, value), unknown.Remove(name), isBlank);

    /// <summary>A scope with one more name, whose value is not known.</summary>
    public Scope WithUnknown(string name) => new(Values.SetItem(name, 1), unknown.Add(name), isBlank);

    /// <summary>The same names, none of which has a known value.</summary>
    public Scope WithoutValues() => new(Values, unknown, isBlank: true);

    /// <summary>
    /// The value of a scalar: a number, true or false, or an expression. Problems are reported at the scalar; null without a problem when it hangs on a
    /// name whose value is not known.
    /// </summary>
    public double? Evaluate(ScalarSyntax scalar, DiagnosticBag diagnostics)
    {
        if (IsTruth(scalar))
        {
            return scalar.Value[0] is 't' or 'T' ? 1 : 0;
        }

        try
        {
            var (expression, isKnown) = (ExpressionParser.Parse(scalar.Value), true);
            if (isBlank || !unknown.IsEmpty)
            {
                expression.RequireNames(Lookup);
                if (!isKnown)
                {
                    return null;
                }
            }

            return expression.Evaluate(Lookup);

            double? Lookup(string name)
            {
                isKnown &= !isBlank && !unknown.Contains(name);
                return Values.TryGetValue(name, out var value) ? value : null;
            }
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
