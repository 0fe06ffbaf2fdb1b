// The incremental generator. It reads AdditionalFiles and options only, never the compilation: typing C# costs it nothing.
// Steps: file with metadata -> parsed file -> its models -> per model the names of what it depends on -> its own text and those of the closure -> the same without places -> output.
// Each is value-equal. Generated files hang on what specs say, diagnostics also on where they say it, so a comment runs nothing behind the parser;
// only models with problems are compiled again for the places.
using System.Collections.Immutable;
using Detection.Gen.Emission;
using Detection.Gen.Pipeline;
using Detection.Spec;
using Detection.Spec.Diagnostics;
using Microsoft.CodeAnalysis;

namespace Detection.Gen;

/// <summary>Generates modules, tests and the catalogue of a project's detector specs.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class DetectionSpecGenerator : IIncrementalGenerator
{
    /// <summary>Tracking name of the step that parses a file.</summary>
    public const string ParseStep = "ParseSpec";

    /// <summary>Tracking name of the step that decides which specs a model depends on.</summary>
    public const string LinkStep = "LinkModel";

    /// <summary>Tracking name of the step that gathers what a model depends on.</summary>
    public const string GatherStep = "GatherModel";

    /// <summary>Tracking name of the step that compiles and renders a model.</summary>
    public const string RenderStep = "RenderModel";

    /// <summary>Tracking name of the step that compiles models with problems once more, for where they stand.</summary>
    public const string DiagnoseStep = "DiagnoseModel";

    /// <summary>Tracking name of the step that renders the catalogue.</summary>
    public const string CatalogStep = "RenderCatalog";

    /// <summary>Tracking name of the step that renders files of carried specs.</summary>
    public const string CarryStep = "CarrySpecs";

    internal const string FallbackNamespace = "Detection.Generated";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var rootNamespace = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => GeneratedNames.Namespace(
            options.GlobalOptions.TryGetValue("build_property.RootNamespace", out var name) && name.Length > 0 ? name : FallbackNamespace));

        // Options are read before the file is parsed: new options with the same values parse nothing again.
        var files = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, _) => SpecFile.Of(pair.Left, pair.Right.GetOptions(pair.Left)))
            .Where(static file => file is not null)
            .Select(static (file, cancellation) => file!.Parse(cancellation))
            .WithTrackingName(ParseStep);
        var specs = files.SelectMany(static (file, _) => file.Models());

        // Per spec and not out of one list, so that adding a file moves no other. What a model depends on hangs on what specs say of each other;
        // contents are looked up among those that others refer to, so that an edit of any other moves nothing but its own model.
        var map = specs
            .Select(static (spec, _) => SpecReferences.Of(spec))
            .Collect()
            .Select(static (all, _) => SpecMap.Of(all));
        var placed = specs.Combine(map);
        var links = placed
            .Where(static pair => pair.Left.Emit != Emit.None)
            .Select(static (pair, _) => (Spec: pair.Left, Links: pair.Right.LinksOf(SpecReferences.Of(pair.Left))))
            .WithTrackingName(LinkStep);
        var referenced = placed
            .Where(static pair => pair.Right.IsReferenced(pair.Left.Spec.ModelName))
            .Select(static (pair, _) => pair.Left)
            .Collect()
            .Select(static (some, _) => SpecIndex.Of(some));
        var inputs = links
            .Combine(referenced.Combine(rootNamespace))
            .Select(static (pair, _) => ModelInput.Of(pair.Left.Spec, pair.Left.Links, pair.Right.Left, pair.Right.Right));
        var models = inputs
            .Select(static (input, _) => input)
            .WithComparer(ModelInput.ByContent)
            .WithTrackingName(GatherStep)
            .Select(static (input, _) => ModelEmitter.Emit(input))
            .WithTrackingName(RenderStep);

        ReportProblems(context, inputs, models);

        var clashes = models.SelectMany(static (output, _) => output.Types.Items).Collect().Select(static (types, _) => ClassClashes.Of(types));
        context.RegisterSourceOutput(
            clashes.Combine(specs.Collect().Select(static (all, _) => SpecIndex.Of(all))).Select(static (pair, _) => new EquatableArray<SpecDiagnostic>([.. pair.Left.Losers.Select(l => l.In(pair.Right))])),
            static (production, found) => Report(production, found.Items));

        var allAreTested = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => options.GlobalOptions.TryGetValue(RepeatedTests.Property, out var which) && which == "all");
        var repeated = models.Where(static output => output.Tested is not null).Select(static (output, _) => output.Tested!).Collect()
            .Combine(allAreTested).Select(static (pair, _) => RepeatedTests.Of(pair.Left, pair.Right));

        context.RegisterSourceOutput(models.Combine(clashes.Combine(repeated)), static (production, pair) =>
        {
            foreach (var source in pair.Left.Sources.Items)
            {
                if (!pair.Right.Left.LeavesOut(source.HintName) && !pair.Right.Right.LeavesOut(source.HintName))
                {
                    production.AddSource(source.HintName, source.Text);
                }
            }
        });

        // Several models may use the same variant of a part; it is one class.
        var variants = models
            .SelectMany(static (output, _) => output.Variants.Items)
            .Collect()
            .Combine(clashes)
            .SelectMany(static (pair, _) => pair.Left
                .Where(source => !pair.Right.LeavesOut(source.HintName))
                .GroupBy(source => source.HintName).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.First()));
        context.RegisterSourceOutput(variants, static (production, source) => production.AddSource(source.HintName, source.Text));

        EmitCatalog(context, files, models.Where(static output => output.Entry is not null), rootNamespace);
    }

    // What the models of a grid have in common is said once, so problems are gathered before they are reported.
    private static void ReportProblems(
        IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<ModelInput> inputs, IncrementalValuesProvider<ModelOutput> models)
    {
        var flawed = models.Where(static output => output.HasProblems).Select(static (output, _) => output.Origin).Collect()
            .Select(static (origins, _) => new EquatableArray<ModelOrigin>(origins));
        var problems = inputs
            .Combine(flawed)
            .Where(static pair => pair.Right.Items.Contains(ModelEmitter.Origin(pair.Left)))
            .Select(static (pair, _) => pair.Left)
            .Select(static (input, _) => ModelEmitter.Diagnose(input))
            .WithTrackingName(DiagnoseStep)
            .Collect()
            .SelectMany(static (all, _) => all.GroupBy(p => (p.Origin.Path, p.ModelsOfFile)).SelectMany(file => GridDiagnostics.Gather(
                [.. file.Select(p => (p.Origin.Model, p.Diagnostics.Items))], file.Key.ModelsOfFile)));
        context.RegisterSourceOutput(problems, static (production, problem) => Report(production, [problem]));
    }

    private static void EmitCatalog(
        IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<SpecInput> files, IncrementalValuesProvider<ModelOutput> models,
        IncrementalValueProvider<string> rootNamespace)
    {
        var carried = models.SelectMany(static (output, _) => output.Carried.Items).Collect().Select(static (specs, _) => CarriedSpecs.Of(specs));
        var texts = files
            .Combine(carried)
            .Select(static (pair, _) => (Spec: pair.Right.Find(pair.Left.Spec.Document.Path), pair.Left.Spec.Root))
            .Where(static pair => pair.Spec is not null)
            .Select(static (pair, _) => CatalogEmitter.Carry(pair.Spec!, pair.Root))
            .Collect()
            .SelectMany(static (texts, _) => CarriedShelf.Of(texts))
            .Combine(rootNamespace)
            .Select(static (pair, _) => CatalogEmitter.Emit(pair.Left, pair.Right))
            .WithTrackingName(CarryStep);
        context.RegisterSourceOutput(texts, static (production, source) => production.AddSource(source.HintName, source.Text));

        var catalog = models
            .Select(static (output, _) => output.Entry!)
            .Collect()
            .Combine(carried.Combine(rootNamespace))
            .Select(static (pair, _) => CatalogEmitter.Emit(pair.Left, pair.Right.Left, pair.Right.Right))
            .WithTrackingName(CatalogStep);
        context.RegisterSourceOutput(catalog, static (production, source) =>
        {
            if (source is not null)
            {
                production.AddSource(source.HintName, source.Text);
            }
        });
    }

    private static void Report(SourceProductionContext production, ImmutableArray<SpecDiagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
        {
            production.ReportDiagnostic(RoslynDiagnostics.Create(diagnostic));
        }
    }
}
