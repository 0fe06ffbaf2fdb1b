// The catalogue of an assembly: its models in the order of their names, and the specs they were made of.
using System.Collections.Immutable;
using Detection.Gen.Pipeline;
using Detection.Spec.Syntax;

namespace Detection.Gen.Emission;

/// <summary>Generates catalogues.</summary>
internal static class CatalogEmitter
{
    /// <summary>The catalogue, or null when the assembly has no models.</summary>
    public static GeneratedSource? Emit(ImmutableArray<CatalogEntry> models, CarriedSpecs specs, string rootNamespace)
    {
        if (models.IsEmpty)
        {
            return null;
        }

        var plan = new CatalogPlan(
            rootNamespace,
            [.. models.OrderBy(e => e.Name, StringComparer.Ordinal)],
            [.. specs.Specs.Select(s => new CarriedName(CSharp.Literal(s.Name), s.Identifier))]);
        return new GeneratedSource("catalogue/DetectionModels.g.cs", Templates.Render("catalog", plan));
    }

    /// <summary>The file with the text of one spec.</summary>
    public static GeneratedSource Carry(CarriedSpec spec, SyntaxNode? root, string rootNamespace)
    {
        var text = root is null ? "" : SyntaxPrinter.Print(root);
        return new GeneratedSource(
            $"catalogue/{spec.Identifier}.g.cs",
            Templates.Render("carried-spec", new CarriedPlan(CSharp.Comment(spec.Name), rootNamespace, spec.Identifier, Quotes(text), text.TrimEnd('\n'))));
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

    private sealed record CatalogPlan(string Namespace, ImmutableArray<CatalogEntry> Models, ImmutableArray<CarriedName> Specs);

    private sealed record CarriedName(string Path, string Identifier);

    // The text goes through the template as one value, which the template indents: faster than line by line.
    private sealed record CarriedPlan(string SpecName, string Namespace, string Identifier, string Quotes, string Text);
}
