// What the tests share: compiling texts, the models of the repository, and short ways to say where a diagnostic stands.
using System.Collections.Immutable;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;

namespace Detection.Spec.Tests;

/// <summary>Compiles texts as specs.</summary>
internal static class Specs
{
    public const string Head = "spec: 1\nmodel: m\nkind: backbone\ninput: { size: [64, 64] }\n";

    /// <summary>A backbone of some nodes: its last node is its only output.</summary>
    public static string Backbone(string nodes, string last, string input = "{ size: [64, 64] }", string rest = "") =>
        $"spec: 1\nmodel: m\nkind: backbone\ninput: {input}\n{rest}nodes:\n{Indented(nodes)}taps: {{ out: {last} }}\n";

    public static string Indented(string text) => string.Concat(text.TrimEnd('\n').Split('\n').Select(l => "  " + l + "\n"));

    /// <summary>Compiles the first text; the others, named <c>1.yaml</c>, <c>2.yaml</c>, ..., can be extended and used.</summary>
    public static CompilationResult Compile(string text, params string[] others)
    {
        var own = ParsedSpec.Parse(new SpecDocument("spec.yaml", text));
        var library = new SpecLibrary([own, .. others.Select((o, i) => ParsedSpec.Parse(new SpecDocument($"{i + 1}.yaml", o)))]);
        return SpecCompiler.Compile(own, library);
    }

    /// <summary>Compiles what must be right.</summary>
    public static CompiledModel Model(string text, params string[] others)
    {
        var result = Compile(text, others);
        Assert.True(result.Model is not null, "Expected a model, but:\n" + Lines(result.Diagnostics) + "\n" + text);
        return result.Model;
    }

    /// <summary>The only problem of a text.</summary>
    public static SpecDiagnostic Problem(string text, params string[] others)
    {
        var result = Compile(text, others);
        Assert.True(result.Diagnostics.Length == 1, $"Expected one diagnostic, but:\n{Lines(result.Diagnostics)}\n{text}");
        return result.Diagnostics[0];
    }

    public static string Lines(IEnumerable<SpecDiagnostic> diagnostics) => string.Join("\n", diagnostics);

    /// <summary>The characters that a diagnostic underlines in the text it stands in.</summary>
    public static string Underlined(SpecDiagnostic diagnostic, string text) =>
        text.Substring(diagnostic.Location.Span.Start, diagnostic.Location.Span.Length);

    /// <summary>Shape of a node or output for the nominal input.</summary>
    public static string Shape(CompiledModel model, string node) =>
        model.Graph.Nodes.Single(n => n.Name == node).Outputs.Single().Shape.At(model.Input.Height, model.Input.Width).ToString();

    public static string OutputShape(CompiledModel model, string output = "out") =>
        model.Graph.ShapeOf(model.Graph.Results.Single(r => r.Name == output).Port).At(model.Input.Height, model.Input.Width).ToString();
}

/// <summary>The models of the repository.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every spec of the families under <c>models/</c>, by its path from the root.</summary>
    public static ImmutableArray<SpecDocument> Models { get; } =
    [
        .. Directory.EnumerateDirectories(Path.Combine(Root, "models"))
            .SelectMany(family => Directory.EnumerateFiles(family, "*.yaml", SearchOption.AllDirectories))
            .Where(f => !f.Contains(Path.DirectorySeparatorChar + "obj" + Path.DirectorySeparatorChar))
            .Select(f => new SpecDocument(Path.GetRelativePath(Root, f).Replace('\\', '/'), File.ReadAllText(f)))
            .OrderBy(d => d.Path, StringComparer.Ordinal),
    ];

    public static SpecLibrary Library { get; } = SpecLibrary.Parse(Models);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Detection.Gen.sln")))
        {
            directory = directory.Parent;
        }

        return directory.FullName;
    }
}
