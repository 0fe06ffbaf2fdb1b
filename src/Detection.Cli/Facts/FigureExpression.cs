// What a figure of a source counts, in terms of what the compiler counts: `parameters - batchNorm.weight + statistics`,
// `multiplyAdds until block17`, `parameters of conv1, conv2`.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Detection.Spec.Diagnostics;

namespace Detection.Cli;

/// <summary>Which operators a term counts.</summary>
internal enum FigureScope
{
    All,

    /// <summary>The named nodes and what is inside them.</summary>
    Of,

    /// <summary>Everything but the named nodes.</summary>
    Without,

    /// <summary>What the named nodes depend on, they included.</summary>
    Until,
}

/// <summary>One term of a sum.</summary>
/// <param name="Factor">What it is multiplied with; negative where it is taken away.</param>
/// <param name="Name">A figure, or OPERATOR.TENSOR.</param>
/// <param name="Scope">Which operators count.</param>
/// <param name="Nodes">The nodes that the scope names; may hold <c>*</c>.</param>
internal sealed record FigureTerm(long Factor, string Name, FigureScope Scope, ImmutableArray<string> Nodes);

/// <summary>A sum of figures.</summary>
internal sealed partial record FigureExpression(ImmutableArray<FigureTerm> Terms)
{
    /// <summary>Figures that are no tensors.</summary>
    public static readonly ImmutableArray<string> FigureNames = ["parameters", "statistics", "multiplyAdds", "boxes"];

    private const string Rule =
        "a sum of parameters, statistics, multiplyAdds, boxes and OPERATOR.TENSOR, each with 'of', 'without' or 'until' and nodes, or without";

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static FigureExpression Parse(string text)
    {
        var terms = ImmutableArray.CreateBuilder<FigureTerm>();
        var at = 0;
        do
        {
            var match = Term().Match(text, at);
            if (!match.Success || (at > 0) != match.Groups["sign"].Success)
            {
                throw new FormatException($"'{text}' cannot be read at character {at + 1}; expected is {Rule}");
            }
            at = match.Index + match.Length;
            terms.Add(Of(match));
        }
        while (at < text.Length);
        return new FigureExpression(terms.ToImmutable());
    }

    private static FigureTerm Of(Match match)
    {
        var name = match.Groups["name"].Value;
        if (!name.Contains('.', StringComparison.Ordinal) && !FigureNames.Contains(name))
        {
            throw new FormatException($"there is no figure '{name}'.{Suggestion.Phrase(name, FigureNames)} Expected is {Rule}");
        }
        var factor = match.Groups["factor"] is { Success: true } number
            ? long.TryParse(number.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new FormatException($"{number.Value} is too large a factor")
            : 1;
        var scope = match.Groups["scope"] is { Success: true } word ? Enum.Parse<FigureScope>(word.Value, ignoreCase: true) : FigureScope.All;
        if (name == "boxes" && scope != FigureScope.All)
        {
            throw new FormatException("'boxes' are counted for the whole detector");
        }
        return new FigureTerm(
            match.Groups["sign"].Value == "-" ? -factor : factor, name, scope, [.. match.Groups["node"].Captures.Select(c => c.Value)]);
    }

    [GeneratedRegex(
        @"\G\s*(?<sign>[+-])?\s*(?:(?<factor>\d+)\s*\*\s*)?(?<name>[A-Za-z*][\w*]*(?:\.[\w*]+)?)(?:\s+(?<scope>of|without|until)\s+(?<node>[\w.*]+)(?:\s*,\s*(?<node>[\w.*]+))*)?\s*")]
    private static partial Regex Term();
}
