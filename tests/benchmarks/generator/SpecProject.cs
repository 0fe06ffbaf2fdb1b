// A project of many specs in memory, as a team would have them: a quarter are backbones of their own, the others detectors that extend one of ours with other classes.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Gen;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Detection.Benchmarks.Generator;

/// <summary>A compilation with specs, and the driver that an editor would keep.</summary>
internal sealed class SpecProject
{
    private readonly ImmutableArray<AdditionalText> files;
    private readonly IIncrementalGenerator generator;
    private readonly Options options = new();
    private readonly SyntaxTree[] code;
    private Compilation compilation;
    private GeneratorDriver driver;
    private AdditionalText leaf;
    private int edits;

    public SpecProject(int specs)
        : this(new DetectionSpecGenerator(), [.. Texts(specs)])
    {
    }

    private SpecProject(IIncrementalGenerator generator, ImmutableArray<AdditionalText> texts)
    {
        (this.generator, files) = (generator, texts);
        leaf = files[^1];
        code = [CSharpSyntaxTree.ParseText("class A { int x = 1; }"), CSharpSyntaxTree.ParseText("class A { int x = 2; }")];
        compilation = CSharpCompilation.Create("Project", [code[0]]);
        driver = NewDriver();
    }

    /// <summary>Number of files that the last run generated.</summary>
    public int Generated => driver.GetRunResult().GeneratedTrees.Length;

    /// <summary>Problems of the last run.</summary>
    public ImmutableArray<Diagnostic> Problems => driver.GetRunResult().Diagnostics;

    /// <summary>The same number of files from a generator that does nothing but hand them over: what Roslyn takes for itself.</summary>
    public SpecProject HandedOver()
    {
        var results = driver.GetRunResult().Results.Single().GeneratedSources;
        return new SpecProject(new HandingOver(), [.. results.Select(source => new InMemoryText(source.HintName, source.SourceText.ToString()))]);
    }

    /// <summary>Everything anew, in a process that has done it before.</summary>
    public void Cold() => driver = NewDriver().RunGenerators(compilation);

    /// <summary>One more run after a spec that nothing refers to was edited.</summary>
    public void EditLeaf()
    {
        var text = leaf.GetText()!.ToString();
        var edited = new InMemoryText(leaf.Path, text[..text.IndexOf("classes:", StringComparison.Ordinal)] + FormattableString.Invariant($"classes: [thing, edit{edits++}]\n"));
        driver = driver.ReplaceAdditionalText(leaf, edited);
        leaf = edited;
        driver = driver.RunGenerators(compilation);
    }

    /// <summary>One more run after a comment was written into that spec.</summary>
    public void EditComment()
    {
        var edited = new InMemoryText(leaf.Path, FormattableString.Invariant($"# {edits++}\n") + string.Join('\n', leaf.GetText()!.ToString().Split('\n').Where(l => !l.StartsWith('#'))));
        driver = driver.ReplaceAdditionalText(leaf, edited);
        leaf = edited;
        driver = driver.RunGenerators(compilation);
    }

    /// <summary>One more run after C# was edited.</summary>
    public void EditCSharp()
    {
        compilation = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees.Single(), code[++edits % 2]);
        driver = driver.RunGenerators(compilation);
    }

    private GeneratorDriver NewDriver() =>
        CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], files, (CSharpParseOptions)code[0].Options, options);

    private static IEnumerable<AdditionalText> Texts(int specs)
    {
        var (backbone, detector) = (Model("backbones/mobilenet-v1.yaml"), Model("ssd/mobilenet-v1-ssd.yaml"));
        if (specs > 1)
        {
            yield return new InMemoryText("/specs/backbone.yaml", backbone);
            yield return new InMemoryText("/specs/detector.yaml", detector);
        }

        for (var i = specs > 1 ? 2 : 0; i < specs; i++)
        {
            var name = i.ToString("0000", CultureInfo.InvariantCulture);
            yield return new InMemoryText($"/specs/spec{name}.yaml", specs == 1 || (i % 4 == 0 && i < specs - 1)
                ? backbone.Replace("model: mobilenet-v1\n", $"model: spec{name}\n", StringComparison.Ordinal).Replace("class: MobileNetV1\n", $"class: Spec{name}\n", StringComparison.Ordinal)
                    + (specs == 1 ? "\nclasses: [one]\n" : "")
                : $"spec: 1\nmodel: spec{name}\nextends: mobilenet-v1-ssd\nsummary: The small SSD for other objects.\nclasses: [thing, number{i}]\n");
        }
    }

    private static string Model(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Detection.Gen.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The benchmark does not run inside the repository.");
        }

        return File.ReadAllText(Path.Combine(folder.FullName, "models", path));
    }

    private sealed class HandingOver : IIncrementalGenerator
    {
        public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
            context.AdditionalTextsProvider, static (production, text) => production.AddSource(text.Path, text.GetText()!.ToString()));
    }

    private sealed class InMemoryText(string path, string text) : AdditionalText
    {
        private readonly SourceText source = SourceText.From(text);

        public override string Path { get; } = path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => source;
    }

    private sealed class Options : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(new() { ["build_property.RootNamespace"] = "Project" });

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values([]);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Values(new()
        {
            ["build_metadata.AdditionalFiles.DetectionSpecEmit"] = "models",
            ["build_metadata.AdditionalFiles.DetectionSpecNamespace"] = "Project",
            ["build_metadata.AdditionalFiles.DetectionSpecName"] = System.IO.Path.GetFileName(textFile.Path),
        });
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, out string value) => values.TryGetValue(key, out value!);
    }
}
