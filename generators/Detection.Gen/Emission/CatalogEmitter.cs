// The catalogue of an assembly: its models in the order of their names, and the specs they were made of.
using System.Collections.Immutable;
using System.Globalization;
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

    /// <summary>The text of a spec, printed anew: without comments and with its aliases resolved.</summary>
    public static CarriedText Carry(CarriedSpec spec, SyntaxNode? root) => new(spec.Name, spec.Identifier, root is null ? "" : SyntaxPrinter.Print(root).TrimEnd('\n'));

    /// <summary>The file with the texts of some specs.</summary>
    public static GeneratedSource Emit(CarriedShelf shelf, string rootNamespace) => new(
        string.Format(CultureInfo.InvariantCulture, "catalogue/Specs{0:00}.g.cs", shelf.Number),
        Templates.Render("carried-specs", new CarriedPlan(rootNamespace, [.. shelf.Texts.Select(t => new CarriedConstant(CSharp.Comment(t.Name), t.Identifier, Quotes(t.Text), t.Text))])));

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

    private sealed record CarriedPlan(string Namespace, ImmutableArray<CarriedConstant> Specs);

    // The text goes through the template as one value, which the template indents: faster than line by line.
    private sealed record CarriedConstant(string Name, string Identifier, string Quotes, string Text);
}
