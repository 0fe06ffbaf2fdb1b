// What belongs to a diagnostic: a page with an example that triggers it and the example put right, a help link, a line of release tracking,
// a line in the index, and a place in the source that reports it. One that lacks any of them fails here.
using System.Text;
using System.Text.RegularExpressions;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Lint;
using Detection.Spec.Resolution;

namespace Detection.Spec.Tests.Manuals;

public partial class DiagnosticsManualTests
{
    public static TheoryData<string> Ids => [.. Rules.All.Select(d => d.Id)];

    // No spec triggers the first, see A_failure_of_the_compiler_is_a_diagnostic; the second takes a project and is tested with the generator.
    public static TheoryData<string> IdsWithExamples => [.. Rules.All.Where(d => d != Rules.Internal && d != Rules.ClassTaken).Select(d => d.Id)];

    private static readonly Lazy<string> Source = new(() => string.Concat(
        new[] { "src/Detection.Spec", "generators/Detection.Gen" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => Path.GetFileName(file) != "Rules.cs")
            .Select(File.ReadAllText)));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_diagnostic_has_a_page_under_its_title_that_its_help_link_names(string id)
    {
        var descriptor = Rules.All.Single(d => d.Id == id);

        Assert.Equal("docs/diagnostics/" + id + ".md", descriptor.HelpLink);
        Assert.StartsWith($"# {id} {descriptor.Title}\n\n", Examples.Read(Page(id)));
    }

    [Fact]
    public void Ids_are_unique_and_no_page_is_of_a_diagnostic_that_does_not_exist()
    {
        Assert.Equal(Rules.All.Length, Rules.All.Select(d => d.Id).Distinct().Count());
        Assert.Equal(
            Rules.All.Select(d => d.Id), Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "diagnostics")).Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_diagnostic_is_reported_somewhere(string id)
    {
        var field = typeof(Rules).GetFields().Single(f => f.GetValue(null) is SpecDiagnosticDescriptor d && d.Id == id).Name;

        Assert.Matches($@"\bRules\.{field}\b", Source.Value);
    }

    [Theory]
    [MemberData(nameof(IdsWithExamples))]
    public void The_wrong_example_gives_exactly_the_printed_message_at_its_line_and_column(string id)
    {
        var fences = Examples.Fences(Page(id));

        var told = Told(Examples.Compile(fences[0].Text), id);

        Assert.Equal(("Example", "yaml wrong", "text"), (fences[0].Heading, fences[0].Info, fences[1].Info));
        Assert.Equal(fences[1].Text.TrimEnd('\n'), Specs.Lines(told));
        Assert.All(told, d => Assert.Equal(id, d.Id));
        Assert.NotEmpty(told);
    }

    [Theory]
    [MemberData(nameof(IdsWithExamples))]
    public void The_right_example_compiles_without_diagnostics_and_words_say_what_was_done(string id)
    {
        var fence = Examples.Fences(Page(id))[2];

        var result = Examples.Compile(fence.Text);

        Assert.Equal(("How to fix it", "yaml"), (fence.Heading, fence.Info));
        Assert.Matches(@"\n## How to fix it\n\n\w[^\n]+\n\n```yaml\n", Examples.Read(Page(id)));
        Assert.Equal("", Specs.Lines(Told(result, id)));
        Assert.All(result.Models.DefaultIfEmpty(result), r => Assert.NotNull(r.Model));
    }

    [Fact]
    public void Lint_are_the_warnings() =>
        Assert.Equal(Rules.All.Where(r => r.Severity == SpecSeverity.Warning), SpecLint.Rules.OrderBy(r => r.Id, StringComparer.Ordinal));

    [Fact]
    public void A_failure_of_the_compiler_is_a_diagnostic()
    {
        var spec = ParsedSpec.Parse(new SpecDocument("spec.yaml", Examples.Complete("nodes: { a: relu }")));

        var result = SpecCompiler.Compile(spec, library: null!);

        Assert.StartsWith("spec.yaml(1,1): error DG0999: The spec compiler failed on this file, which is its own fault: NullReferenceException", Assert.Single(result.Diagnostics).ToString());
        Assert.Null(result.Model);
    }

    [Fact]
    public void The_index_lists_all_of_them()
    {
        var index = new StringBuilder("""
            # Diagnostics

            Every problem that the spec compiler reports, by id; each has a page with an example and how to put it right. Errors keep a model from being generated, and all
            errors of a file come at once. Warnings come from the lint, which looks at models that compile. A file `.globalconfig` beside the project makes any of them louder or silent
            (sections of an `.editorconfig` do not: the C# compiler takes severities from them for C# files only):

            ```ini
            is_global = true
            dotnet_diagnostic.DG0702.severity = none
            dotnet_diagnostic.DG0901.severity = error
            ```

            The pages lie in the generator's package too, under the same path `docs/diagnostics`. Their examples leave out the keys that they do not speak of (`spec`, `model`,
            `kind`, `input`, `nodes`, `taps`, `classes`); a test fills these in, compiles every example and compares the messages, so the pages are what the compiler does.

            | Id | Title | Severity |
            |---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var descriptor in Rules.All)
        {
            index.Append($"| [{descriptor.Id}](diagnostics/{descriptor.Id}.md) | {descriptor.Title} | {Severity(descriptor).ToLowerInvariant()} |\n");
        }

        CheckedIn.IsEqual("docs/diagnostics.md", index.ToString());
    }

    [Fact]
    public void Release_tracking_has_a_line_for_each_of_them()
    {
        var lines = new[] { "Shipped", "Unshipped" }.SelectMany(file => File.ReadAllLines(Path.Combine(Repository.Root, "generators", "Detection.Gen", $"AnalyzerReleases.{file}.md")));

        Assert.Equal(
            Rules.All.Select(d => $"{d.Id} | DetectionSpec | {Severity(d)} | {d.Title}"), lines.Where(l => RuleLine().IsMatch(l)).Order(StringComparer.Ordinal));
    }

    // Of a page of an error, what the compiler says; of a page of lint, what both say.
    private static SpecDiagnostic[] Told(CompilationResult result, string id) => Rules.All.Single(d => d.Id == id).Severity == SpecSeverity.Error
        ? [.. result.Diagnostics]
        : [.. result.Diagnostics, .. SpecLint.Run(result, Repository.Library)];

    private static string Severity(SpecDiagnosticDescriptor descriptor) => descriptor.Severity.ToString();

    private static string Page(string id) => $"diagnostics/{id}.md";

    [GeneratedRegex(@"^DG\d{4} \|")]
    private static partial Regex RuleLine();
}
