// The lint in a compilation: warnings at their place in the YAML, silent or louder by configuration, gone for specs with errors and for specs of others.
using System.Collections.Immutable;
using Detection.Gen.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Detection.Gen.Tests;

public class LintAnalyzerTests
{
    private static readonly SpecText Dead = Small.Backbone("nodes: { a: relu, side: sigmoid, b: { op: relu6, from: input } }\ntaps: { b: b }", "dead");

    [Fact]
    public async Task Lint_is_a_warning_at_its_line_and_column_with_a_link_to_its_page()
    {
        var found = await Run([Dead]);

        Assert.Equal(["DG0903(5,10)", "DG0903(5,19)"], found.Select(d => d.Id + Errors.Position(d)).Order());
        Assert.All(found, d => Assert.Equal((DiagnosticSeverity.Warning, "/specs/dead.yaml", "docs/diagnostics/DG0903.md"), (d.Severity, d.Location.GetLineSpan().Path, d.Descriptor.HelpLinkUri)));
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("error", DiagnosticSeverity.Error)]
    [InlineData("suggestion", DiagnosticSeverity.Info)]
    public async Task A_global_configuration_sets_the_severity(string configured, DiagnosticSeverity? severity)
    {
        var found = await Run([Dead], $"is_global = true\ndotnet_diagnostic.DG0903.severity = {configured}\n");

        Assert.Equal(severity is null ? [] : [severity.Value, severity.Value], found.Select(d => d.Severity));
    }

    [Fact]
    public async Task A_spec_with_errors_and_a_spec_of_others_have_no_lint()
    {
        Assert.Empty(await Run([Dead with { Text = Dead.Text.Replace("sigmoid", "sigmoidd", StringComparison.Ordinal) }]));
        Assert.Empty(await Run([Dead with { Emit = "none" }]));
        Assert.Empty(await Run([Dead with { Emit = "" }]));
    }

    [Fact]
    public async Task An_edit_of_the_base_is_seen_in_the_lint_of_its_variant()
    {
        var below = Small.Backbone("parameters: { w: 2 }\nnodes: { a: { op: conv, out: w, kernel: 1 } }\ntaps: { a: a }", "below");
        var variant = new SpecText("/specs/variant.yaml", "spec: 1\nmodel: variant\nextends: below\nparameters: { w: 3 }\n");
        var files = Files([below, variant]);
        var edited = Files([below with { Text = below.Text.Replace("w: 2", "w: 3", StringComparison.Ordinal) }]);

        Assert.Empty(await Run(files, ""));
        Assert.Equal("DG0904", Assert.Single(await Run([edited[0], files[1]], "")).Id);
        Assert.Empty(await Run(files, ""));
    }

    [Fact]
    public void Every_rule_of_the_lint_and_none_else_is_the_analyzers() => Assert.Equal(
        Spec.Diagnostics.Rules.All.Where(r => r.Severity == Spec.Diagnostics.SpecSeverity.Warning).Select(r => r.Id).Append("DG0999").Order(),
        new SpecLintAnalyzer().SupportedDiagnostics.Select(d => d.Id).Order());

    private static Task<ImmutableArray<Diagnostic>> Run(SpecText[] specs, string configuration = "") => Run(Files(specs), configuration);

    private static async Task<ImmutableArray<Diagnostic>> Run((SpecText Spec, AdditionalText File)[] files, string configuration)
    {
        var set = AnalyzerConfigSet.Create(new[] { AnalyzerConfig.Parse(configuration, "/.globalconfig") });
        var compilation = CSharpCompilation.Create(
            "Shapes", [CSharpSyntaxTree.ParseText("class C;")], [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary).WithSyntaxTreeOptionsProvider(new Severities(set.GlobalConfigOptions.TreeOptions)));
        var options = new AnalyzerOptions([.. files.Select(f => f.File)], new Metadata(files.ToDictionary(f => f.File.Path, f => f.Spec)));
        var found = await compilation.WithAnalyzers([new SpecLintAnalyzer()], options).GetAnalyzerDiagnosticsAsync();
        return [.. found.OrderBy(d => d.Location.SourceSpan.Start)];
    }

    private static (SpecText Spec, AdditionalText File)[] Files(IEnumerable<SpecText> specs) => [.. specs.Select(s => (s, (AdditionalText)new InMemory(s.Path, s.Text)))];

    private sealed class InMemory(string path, string text) : AdditionalText
    {
        public override string Path { get; } = path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text, System.Text.Encoding.UTF8);
    }

    // What the compiler makes of configuration files: severities for the whole compilation.
    private sealed class Severities(ImmutableDictionary<string, ReportDiagnostic> global) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
            global.TryGetValue(diagnosticId, out severity);

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
            global.TryGetValue(diagnosticId, out severity);
    }

    private sealed class Metadata(IReadOnlyDictionary<string, SpecText> specs) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values([]);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText file) => new Values(new()
        {
            ["build_metadata.AdditionalFiles.DetectionSpecEmit"] = specs[file.Path].Emit,
            ["build_metadata.AdditionalFiles.DetectionSpecNamespace"] = specs[file.Path].Namespace,
        });
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, out string value) => values.TryGetValue(key, out value!);
    }
}
