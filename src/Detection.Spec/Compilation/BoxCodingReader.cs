// Reads how box deltas are coded: `detection.coding`, with its two spellings of the same factors.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Reads box codings.</summary>
internal static class BoxCodingReader
{
    /// <summary>The coding, or null when it is wrong.</summary>
    public static BoxCoding? Read(MappingSyntax? map, Scope scope, SyntaxNode at, DiagnosticBag diagnostics)
    {
        if (AttributeReader.Read(map, BoxCoding.Attributes, [], scope, "'coding'", at, diagnostics) is not { } values)
        {
            return null;
        }

        var kind = values["kind"].Word;
        ImmutableArray<double> variances = kind switch { "centerSize" => [0.1, 0.2], "cell" => [], _ => [0.1] };
        if (values.Has("variances") && values.Has("scales"))
        {
            diagnostics.Report(Rules.Detector, map!["scales"]!, "'scales' are the inverse of 'variances': give one of them");
            return null;
        }

        if (kind == "cell" && (map?["variances"] ?? map?["scales"]) is { } needless)
        {
            diagnostics.Report(Rules.Detector, needless, "a 'cell' coding has no factors: the centre is a share of the cell, the size a factor of the default box's");
            return null;
        }

        if (values.Find("variances")?.List is { } given)
        {
            if (given.Count != variances.Length)
            {
                var wanted = kind == "centerSize" ? "two numbers: [centre, size]" : "one number for all four edges";
                diagnostics.Report(Rules.Detector, map!["variances"]!, $"'variances' must be {wanted}");
                return null;
            }

            variances = [.. given];
        }

        if (values.Find("scales")?.List is { } scales)
        {
            var isPaired = scales.Count == 4 && scales[0] == scales[1] && scales[2] == scales[3];
            if (!isPaired || (kind != "centerSize" && scales[0] != scales[2]))
            {
                var wanted = kind == "centerSize" ? "four numbers [x, y, width, height], those of both axes equal" : "four equal numbers, one for each edge";
                diagnostics.Report(Rules.Detector, map!["scales"]!, $"'scales' must be {wanted}");
                return null;
            }

            variances = kind == "centerSize" ? [1 / scales[0], 1 / scales[2]] : [1 / scales[0]];
        }

        return new BoxCoding(kind, new(variances));
    }
}
