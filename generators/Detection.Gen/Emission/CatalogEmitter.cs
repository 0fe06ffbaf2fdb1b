// The catalogue of an assembly: its models in the order of their names, and the specs they were made of.
using System.Collections.Immutable;
using Detection.Gen.Pipeline;
using Detection.Spec;

namespace Detection.Gen.Emission;

/// <summary>Generates catalogues.</summary>
internal static class CatalogEmitter
{
    /// <summary>The catalogue, or null when the assembly has no models.</summary>
    public static GeneratedSource? Emit(ImmutableArray<(CatalogEntry Entry, EquatableArray<CarriedSpec> Carried)> models, string rootNamespace)
    {
        if (models.IsEmpty)
        {
            return null;
        }

        var plan = new CatalogPlan(
            rootNamespace,
            [.. models.Select(m => m.Entry).OrderBy(e => e.Name, StringComparer.Ordinal)],
            [
                .. models.SelectMany(m => m.Carried.Items).Distinct().OrderBy(s => s.Path, StringComparer.Ordinal)
                    .Select(s => new CarriedPlan(CSharp.Literal(s.Path), Quotes(s.Text), s.Text.TrimEnd('\n'))),
            ]);
        return new GeneratedSource("catalogue/DetectionModels.g.cs", Templates.Render("catalog", plan));
    }

    // A raw string ends at as many quotes as it begins with: more than stand together inside.
    private static string Quotes(string text)
    {
        var (longest, run) = (2, 0);
        foreach (var c in text)
        {
            run = c == '"' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return new string('"', longest + 1);
    }

    private sealed record CatalogPlan(string Namespace, ImmutableArray<CatalogEntry> Models, ImmutableArray<CarriedPlan> Specs);

    // The text goes through the template as one value, which the template indents: faster than line by line.
    private sealed record CarriedPlan(string Path, string Quotes, string Text);
}
