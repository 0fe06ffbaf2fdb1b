// The incremental generator. It reads AdditionalFiles and options only, never the compilation: typing C# costs it nothing.
// Steps: file with metadata -> parsed spec -> per model its own text and the closure of what it refers to -> output. Each is value-equal.
using Detection.Gen.Emission;
using Detection.Gen.Pipeline;
using Microsoft.CodeAnalysis;

namespace Detection.Gen;

/// <summary>Generates modules, tests and the catalogue of a project's detector specs.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class DetectionSpecGenerator : IIncrementalGenerator
{
    /// <summary>Tracking name of the step that parses a file.</summary>
    public const string ParseStep = "ParseSpec";

    /// <summary>Tracking name of the step that gathers what a model depends on.</summary>
    public const string GatherStep = "GatherModel";

    /// <summary>Tracking name of the step that compiles and renders a model.</summary>
    public const string RenderStep = "RenderModel";

    /// <summary>Tracking name of the step that renders the catalogue.</summary>
    public const string CatalogStep = "RenderCatalog";

    internal const string FallbackNamespace = "Detection.Generated";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var rootNamespace = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => GeneratedNames.Namespace(
            options.GlobalOptions.TryGetValue("build_property.RootNamespace", out var name) && name.Length > 0 ? name : FallbackNamespace));

        // Options are read before the file is parsed: new options with the same values parse nothing again.
        var specs = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, _) => SpecFile.Of(pair.Left, pair.Right.GetOptions(pair.Left)))
            .Where(static file => file is not null)
            .Select(static (file, cancellation) => file!.Parse(cancellation))
            .WithTrackingName(ParseStep);

        // Per spec and not out of one list, so that adding a file moves no other.
        var index = specs.Collect().Select(static (all, _) => SpecIndex.Of(all));
        var models = specs
            .Where(static spec => spec.Emit != Emit.None)
            .Combine(index.Combine(rootNamespace))
            .Select(static (pair, _) => ModelInput.Of(pair.Left, pair.Right.Left, pair.Right.Right))
            .WithTrackingName(GatherStep)
            .Select(static (input, _) => ModelEmitter.Emit(input))
            .WithTrackingName(RenderStep);

        var clashes = models.SelectMany(static (output, _) => output.Types.Items).Collect().Select(static (types, _) => ClassClashes.Of(types));
        context.RegisterSourceOutput(clashes, static (production, found) =>
        {
            foreach (var diagnostic in found.Diagnostics)
            {
                production.ReportDiagnostic(RoslynDiagnostics.Create(diagnostic));
            }
        });

        // Without the places of names, which a comment moves.
        var files = models.Select(static (output, _) => output with { Types = default });
        context.RegisterSourceOutput(files.Combine(clashes), static (production, pair) =>
        {
            foreach (var diagnostic in pair.Left.Diagnostics)
            {
                production.ReportDiagnostic(RoslynDiagnostics.Create(diagnostic));
            }

            foreach (var source in pair.Left.Sources.Items.Where(s => !pair.Right.Losers.Contains(s.HintName)))
            {
                production.AddSource(source.HintName, source.Text);
            }
        });

        // Several models may use the same variant of a part; it is one class.
        var variants = files
            .SelectMany(static (output, _) => output.Variants.Items)
            .Collect()
            .Combine(clashes)
            .SelectMany(static (pair, _) => pair.Left
                .Where(source => !pair.Right.Losers.Contains(source.HintName))
                .GroupBy(source => source.HintName).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.First()));
        context.RegisterSourceOutput(variants, static (production, source) => production.AddSource(source.HintName, source.Text));

        var catalog = files
            .Where(static output => output.Entry is not null)
            .Select(static (output, _) => (Entry: output.Entry!, output.Carried))
            .Collect()
            .Combine(rootNamespace)
            .Select(static (pair, _) => CatalogEmitter.Emit(pair.Left, pair.Right))
            .WithTrackingName(CatalogStep);
        context.RegisterSourceOutput(catalog, static (production, source) =>
        {
            if (source is not null)
            {
                production.AddSource(source.HintName, source.Text);
            }
        });
    }
}
