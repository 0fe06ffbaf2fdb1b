// Runs the generator in process over specs that exist only as text, and compiles what it wrote as a careful project would:
// nullable and documentation warnings on.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Detection.Gen.Tests.Support;

/// <summary>A spec as the build hands it to the compiler.</summary>
internal sealed record SpecText(string Path, string Text)
{
    public string Emit { get; init; } = "models";

    public string Namespace { get; init; } = "Shapes.Models";

    /// <summary>Path below its project; the file's name when null.</summary>
    public string? Name { get; init; }
}

/// <summary>A project of specs and C#.</summary>
internal sealed class GeneratorRun
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp13, DocumentationMode.Diagnose);

    // What ImplicitUsings brings into every file of a project.
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; "
        + "global using System.Threading; global using System.Threading.Tasks;";

    // All projects of the tests grow out of this one, so that what it refers to is read and bound once and not for each of them.
    private static readonly CSharpCompilation Empty = CSharpCompilation.Create(
        "Shapes",
        [CSharpSyntaxTree.ParseText(ImplicitUsings, ParseOptions)],
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(path => !Path.GetFileName(path).StartsWith("Detection.Gen", StringComparison.Ordinal))
                .Select(path => MetadataReference.CreateFromFile(path)),
        ],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999));

    private readonly Compilation compilation;
    private readonly GeneratorDriver driver;
    private readonly ImmutableDictionary<string, (SpecText Spec, AdditionalText File)> specs;
    private readonly OptionsProvider options;

    private GeneratorRun(
        Compilation compilation, GeneratorDriver driver, ImmutableDictionary<string, (SpecText Spec, AdditionalText File)> specs, OptionsProvider options)
    {
        this.compilation = compilation;
        this.driver = driver.RunGenerators(compilation);
        this.specs = specs;
        this.options = options;
        Result = this.driver.GetRunResult();
    }

    public GeneratorDriverRunResult Result { get; }

    /// <summary>Generated text by hint name.</summary>
    public IReadOnlyDictionary<string, string> Sources =>
        Result.Results[0].GeneratedSources.ToDictionary(s => s.HintName, s => s.SourceText.ToString());

    public static GeneratorRun Of(params IEnumerable<SpecText> specs) => Start(specs, "", "Shapes.Models");

    /// <summary>A project whose steps are recorded, see <see cref="Reasons"/>. Roslyn walks all paths that lead to each step, so it is for few specs.</summary>
    public static GeneratorRun Tracked(params IEnumerable<SpecText> specs) => Start(specs, "", "Shapes.Models", isTracked: true);

    /// <summary>A project; <paramref name="tests"/> is its property DetectionTests.</summary>
    public static GeneratorRun Start(IEnumerable<SpecText> specs, string code, string rootNamespace, string tests = "distinct", bool isTracked = false)
    {
        var files = specs.Select(s => (Spec: s, File: (AdditionalText)new InMemoryText(s.Path, s.Text))).ToArray();
        var options = new OptionsProvider(rootNamespace, tests, files.ToDictionary(f => f.File.Path, f => f.Spec));
        var compilation = Empty.AddSyntaxTrees(CSharpSyntaxTree.ParseText(code, ParseOptions));
        var driver = CSharpGeneratorDriver.Create(
            [new DetectionSpecGenerator().AsSourceGenerator()], files.Select(f => f.File), ParseOptions, options,
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: isTracked));
        return new GeneratorRun(compilation, driver, files.ToImmutableDictionary(f => f.File.Path), options);
    }

    /// <summary>The same project after its C# was edited.</summary>
    public GeneratorRun WithCode(string code) => new(
        compilation.ReplaceSyntaxTree(compilation.SyntaxTrees.Last(), CSharpSyntaxTree.ParseText(code, ParseOptions)), driver, specs, options);

    /// <summary>The same project after one spec was edited.</summary>
    public GeneratorRun WithText(string path, string text)
    {
        var file = new InMemoryText(path, text);
        return new(
            compilation, driver.ReplaceAdditionalText(specs[path].File, file), specs.SetItem(path, (specs[path].Spec with { Text = text }, file)), options);
    }

    /// <summary>The same project with one more spec.</summary>
    public GeneratorRun With(SpecText added)
    {
        var file = new InMemoryText(added.Path, added.Text);
        var all = specs.Add(added.Path, (added, file));
        var newOptions = new OptionsProvider(options.RootNamespace, options.Tests, all.ToDictionary(s => s.Key, s => s.Value.Spec));
        return new(compilation, driver.AddAdditionalTexts([file]).WithUpdatedAnalyzerConfigOptions(newOptions), all, newOptions);
    }

    /// <summary>The same project with one spec deleted.</summary>
    public GeneratorRun Without(string path) =>
        new(compilation, driver.RemoveAdditionalTexts([specs[path].File]), specs.Remove(path), options);

    /// <summary>What the compiler says of project and generated code together: warnings and errors, with the generator's own.</summary>
    public ImmutableArray<Diagnostic> Problems()
    {
        driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out var reported);
        return [.. reported.Concat(output.GetDiagnostics()).Where(d => d.Severity >= DiagnosticSeverity.Warning)];
    }

    /// <summary>How the outputs of a step came about, for the spec whose path is given or for all.</summary>
    public IEnumerable<IncrementalStepRunReason> Reasons(string step) =>
        Result.Results[0].TrackedSteps.TryGetValue(step, out var runs) ? runs.SelectMany(r => r.Outputs).Select(o => o.Reason) : [];

    /// <summary>How the generated files came about.</summary>
    public IEnumerable<IncrementalStepRunReason> OutputReasons() =>
        Result.Results[0].TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(r => r.Outputs).Select(o => o.Reason);

    private sealed class InMemoryText(string path, string text) : AdditionalText
    {
        public override string Path { get; } = path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text, System.Text.Encoding.UTF8);
    }

    private sealed class OptionsProvider(string rootNamespace, string tests, IReadOnlyDictionary<string, SpecText> specs) : AnalyzerConfigOptionsProvider
    {
        public string RootNamespace { get; } = rootNamespace;

        public string Tests { get; } = tests;

        public override AnalyzerConfigOptions GlobalOptions { get; } =
            new Options(new() { ["build_property.RootNamespace"] = rootNamespace, ["build_property.DetectionTests"] = tests });

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Options([]);

        public override AnalyzerConfigOptions GetOptions(AdditionalText file) => specs.TryGetValue(file.Path, out var spec)
            ? new Options(new()
            {
                ["build_metadata.AdditionalFiles.DetectionSpecEmit"] = spec.Emit,
                ["build_metadata.AdditionalFiles.DetectionSpecNamespace"] = spec.Namespace,
                ["build_metadata.AdditionalFiles.DetectionSpecName"] = spec.Name ?? Path.GetFileName(spec.Path),
            })
            : new Options([]);
    }

    private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, out string value) => values.TryGetValue(key, out value!);
    }
}
