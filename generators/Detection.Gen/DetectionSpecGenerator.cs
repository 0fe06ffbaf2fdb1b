// The incremental generator. It reads AdditionalFiles and options only, never the compilation: typing C# costs it nothing.
// Steps: file -> parsed spec -> per model its own text and the closure of what it refers to -> output. Each is value-equal.
using System.Collections.Immutable;
using Detection.Gen.Emission;
using Detection.Gen.Pipeline;
using Detection.Spec.Resolution;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

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

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var rootNamespace = context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.RootNamespace", out var name) && name.Length > 0 ? name : "Detection.Generated");

        var specs = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, cancellation) => Read(pair.Left, pair.Right.GetOptions(pair.Left), cancellation))
            .Where(static spec => spec is not null)
            .Select(static (spec, _) => spec!)
            .WithTrackingName(ParseStep);

        var models = specs.Collect()
            .Combine(rootNamespace)
            .SelectMany(static (pair, _) => ModelInput.Of(pair.Left, pair.Right))
            .WithTrackingName(GatherStep)
            .Select(static (input, _) => ModelEmitter.Emit(input))
            .WithTrackingName(RenderStep);

        context.RegisterSourceOutput(models, static (production, output) =>
        {
            foreach (var diagnostic in output.Diagnostics)
            {
                production.ReportDiagnostic(RoslynDiagnostics.Create(diagnostic));
            }

            foreach (var source in output.Sources)
            {
                production.AddSource(source.HintName, source.Text);
            }
        });

        // Several models may use the same variant of a part; it is one class.
        var variants = models
            .SelectMany(static (output, _) => output.Variants.Items)
            .Collect()
            .SelectMany(static (all, _) => all.GroupBy(v => v.ClassName).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.First().Source));
        context.RegisterSourceOutput(variants, static (production, source) => production.AddSource(source.HintName, source.Text));

        var catalog = models
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

    private static SpecInput? Read(AdditionalText file, AnalyzerConfigOptions options, CancellationToken cancellation)
    {
        if (!options.TryGetValue("build_metadata.AdditionalFiles.DetectionSpecEmit", out var emit) || emit.Length == 0)
        {
            return null;
        }

        options.TryGetValue("build_metadata.AdditionalFiles.DetectionSpecNamespace", out var specNamespace);
        options.TryGetValue("build_metadata.AdditionalFiles.DetectionSpecName", out var name);
        var spec = ParsedSpec.Parse(new SpecDocument(file.Path, file.GetText(cancellation)?.ToString() ?? ""));
        return new SpecInput(
            spec,
            string.IsNullOrEmpty(name) ? Path.GetFileName(file.Path) : name!.Replace('\\', '/'),
            string.IsNullOrEmpty(specNamespace) ? "Detection.Generated" : specNamespace!,
            emit.ToLowerInvariant() switch { "models" => Emit.Models, "tests" => Emit.Tests, _ => Emit.None });
    }
}
