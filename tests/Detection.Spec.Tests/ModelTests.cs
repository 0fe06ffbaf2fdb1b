// The models of the repository are right, and their figures are those that their papers and released weights state.
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Resolution;

namespace Detection.Spec.Tests;

public class ModelTests
{
    // A file holds one model, or those of a grid.
    private static readonly (SpecDocument Document, string Name)[] Models =
        [.. Repository.Models.SelectMany(d => ParsedSpec.Parse(d).Models.Select(m => (d, m.ModelName)))];

    public static TheoryData<string> ModelNames => [.. Models.Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(ModelNames))]
    public void A_model_of_the_repository_compiles_without_diagnostics(string name)
    {
        var result = SpecCompiler.Compile(Repository.Library.Find(name)!, Repository.Library);

        Assert.Equal("", Specs.Lines(result.Diagnostics));
        Assert.NotNull(result.Model);
    }

    [Theory]
    [InlineData("squeezenet-1.0", 735424, 0)]
    [InlineData("squeezenet-1.0-classifier", 1248424, 0)]
    [InlineData("mobilenet-v1", 3206976, 21888)]
    public void Stored_values_agree_with_the_published_counts(string model, long parameters, long statistics)
    {
        var graph = Compiled(model).Graph;

        var costs = CostModel.Nodes(graph, 224, 224);

        Assert.Equal((parameters, statistics), (costs.Sum(c => c.Parameters), costs.Sum(c => c.Statistics)));
        Assert.Equal(parameters, CostModel.Parameters(graph));
    }

    [Theory]
    [InlineData("ultraface-slim-320", 4420)]
    [InlineData("mobilenet-v1-ssd", 4180)]
    public void Default_boxes_agree_with_the_released_priors(string model, long boxes)
    {
        var compiled = Compiled(model);

        Assert.Equal(boxes, compiled.Detection!.AnchorCount(compiled.Graph, compiled.Input.Height, compiled.Input.Width));
    }

    [Theory]
    [MemberData(nameof(ModelNames))]
    public void An_expectation_that_is_off_by_one_is_reported(string name)
    {
        var document = Models.Single(m => m.Name == name).Document;
        var parameters = CostModel.Parameters(Compiled(name).Graph) + 1;
        var text = document.Text.Split("\nexpect:")[0] + $"\nexpect: {{ source: a test, parameters: {parameters} }}\n";

        var changed = ParsedSpec.Parse(document with { Text = text }).Models.Single(m => m.ModelName == name);

        var result = SpecCompiler.Compile(changed, Repository.Library);

        Assert.Equal($"Expected parameters = {parameters}, but it is {parameters - 1} (a test)", Assert.Single(result.Diagnostics).Message);
    }

    private static CompiledModel Compiled(string name) => SpecCompiler.Compile(Repository.Library.Find(name)!, Repository.Library).Model!;
}
