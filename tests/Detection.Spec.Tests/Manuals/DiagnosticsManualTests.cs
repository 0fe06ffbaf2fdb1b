// The page of diagnostics is the table of examples: each id has its section, a wrong example with exactly the message printed below it, and the right one.
using System.Reflection;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;

namespace Detection.Spec.Tests.Manuals;

public class DiagnosticsManualTests
{
    private const string Manual = "diagnostics.md";

    private static IReadOnlyList<SpecDiagnosticDescriptor> Descriptors { get; } =
        [.. typeof(Rules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<SpecDiagnosticDescriptor>()];

    public static TheoryData<string> Ids => [.. Descriptors.Select(d => d.Id)];

    // No spec triggers the first, see A_failure_of_the_compiler_is_a_diagnostic; the second takes a project and is tested with the generator.
    public static TheoryData<string> IdsWithExamples => [.. Descriptors.Where(d => d != Rules.Internal && d != Rules.ClassTaken).Select(d => d.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_diagnostic_has_a_section_under_its_title(string id) =>
        Assert.Contains($"\n## {id} {Descriptors.Single(d => d.Id == id).Title}\n", Examples.Read(Manual));

    [Fact]
    public void Ids_are_unique_and_no_section_is_of_a_diagnostic_that_does_not_exist()
    {
        Assert.Equal(Descriptors.Count, Descriptors.Select(d => d.Id).Distinct().Count());
        Assert.All(Examples.Fences(Manual), f => Assert.Contains(Descriptors, d => f.Heading.StartsWith(d.Id, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(IdsWithExamples))]
    public void The_wrong_example_gives_exactly_the_printed_message(string id)
    {
        var fences = Of(id);

        var result = Examples.Compile(fences[0].Text);

        Assert.Equal("yaml wrong", fences[0].Info);
        Assert.Equal(fences[1].Text.TrimEnd('\n'), Specs.Lines(result.Diagnostics));
        Assert.Contains(result.Diagnostics, d => d.Id == id);
    }

    [Theory]
    [MemberData(nameof(IdsWithExamples))]
    public void The_right_example_compiles_without_diagnostics(string id)
    {
        var result = Examples.Compile(Of(id)[2].Text);

        Assert.Equal("", Specs.Lines(result.Diagnostics));
        Assert.NotNull(result.Model);
    }

    [Fact]
    public void A_failure_of_the_compiler_is_a_diagnostic()
    {
        var spec = ParsedSpec.Parse(new SpecDocument("spec.yaml", Examples.Complete("nodes: { a: relu }")));

        var result = SpecCompiler.Compile(spec, library: null!);

        Assert.StartsWith("spec.yaml(1,1): error DG0999: The spec compiler failed on this file, which is its own fault: NullReferenceException", Assert.Single(result.Diagnostics).ToString());
        Assert.Null(result.Model);
    }

    private static Fence[] Of(string id) => [.. Examples.Fences(Manual).Where(f => f.Heading.StartsWith(id, StringComparison.Ordinal))];
}
