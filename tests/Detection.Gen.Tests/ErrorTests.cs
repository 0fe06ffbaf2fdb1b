// A wrong spec is its own errors at their place in the YAML, and nothing else: no error of C#, no exception, no silence.
using Detection.Gen.Tests.Support;
using Microsoft.CodeAnalysis;

namespace Detection.Gen.Tests;

public class ErrorTests
{
    private const string UsesClassifier = "static class Uses { static object Run() { using var m = new Small(); var y = m.call(TorchSharp.torch.zeros(1)); return (y.shape, Small.ModelCard.Name, Small.ParameterCount, Small.MultiplyAdds, Small.SpecHash, m.Classify([]), m.state_dict()); } }";
    private const string UsesBackbone = "static class Uses { static object Run() { using var m = new Small(); using Small.Features f = m.forward(TorchSharp.torch.zeros(1)); return (f.Low.shape, f.High.shape, Small.ModelCard, Small.ParameterCount); } }";
    private const string UsesDetector = "static class Uses { static object Run() { using var m = new Small(); using var o = m.call(TorchSharp.torch.zeros(1)); return (o.BoxDeltas, m.Detect([]), Small.DetectionHead.Levels, Small.AnchorCount, Small.ModelCard); } }";

    [Theory]
    [InlineData(UsesBackbone, "kind: backbone\ninput: { size: [32, 32] }\nnodes: { a: { op: cnov }, b: relu }\ntaps: { low: a, high: b }", "DG0201(5,19)")]
    [InlineData(UsesBackbone, "kind: backbone\ninput: { size: [32] }\nnodes: { a: relu }\ntaps: { low: a, high: b }", "DG0102(4,16) DG0202(6,23)")]
    [InlineData(UsesBackbone, "kind: bakbone\ninput: { size: [32, 32] }\nnodes: { a: relu }\ntaps: { low: a, high: a }", "DG0105(3,7)")]
    [InlineData(UsesBackbone, "input: { size: [32, 32] }\nnodes: { a: relu }\ntaps: { low: a, high: a }", "DG0103(2,8)")]
    [InlineData(UsesClassifier, "kind: classifier\ninput: { size: [32, 32] }\nclasses: 4\nnodes: { a: globalAvgPool }", "DG0501(6,10)")]
    [InlineData(UsesClassifier, "kind: classifier\ninput: { size: [32, 32] }\nclasses: 3\nnodes: { a: globalAvgPool }\nexpect: { source: us, parameters: 5 }", "DG0701(7,35)")]
    [InlineData(UsesDetector, "kind: oneStage\ninput: { size: [32, 32] }\nclasses: 4\nnodes: { map: { op: conv, out: 4, kernel: 3, strid: 2 } }\ndetection: { levels: { l: { from: map } } }", "DG0103(2,8) DG0101(6,46) DG0601(7,24)")]
    [InlineData(UsesDetector, "kind: oneStage\ninput: { size: [32, 32] }\nclasses: 4\nnodes: { map: { op: conv, out: 4, kernel: 1 } }", "DG0103(2,8)")]
    public void A_bad_spec_and_CSharp_that_uses_it_give_the_specs_errors_alone(string code, string body, string expected)
    {
        var run = GeneratorRun.Start(
            [new SpecText("/specs/small.yaml", "spec: 1\nmodel: small\n" + body + "\n"), Small.Node("relu", "good")], "using Shapes.Models; " + code + " static class UsesGood { static Good Make() => new(); }", "Shapes.Models");

        Assert.Equal(expected.Split(' '), run.Problems().Select(p => p.Id + Errors.Position(p)));
        Assert.All(run.Problems(), p => Assert.Equal("/specs/small.yaml", p.Location.GetLineSpan().Path));
        Assert.Contains("class Good ", run.Sources["good.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_with_errors_is_said_once_where_they_are()
    {
        var run = GeneratorRun.Of(
            Small.Backbone("nodes: { a: { op: conv, out: 0, kernel: 1 } }\ntaps: { a: a }", "trunk"),
            Small.Backbone("nodes: { t: trunk, b: { op: relu, from: t.a } }\ntaps: { b: b }", "user"),
            new SpecText("/specs/child.yaml", "spec: 1\nmodel: child\nextends: trunk\n"));

        Assert.Equal([("DG0104", "/specs/trunk.yaml")], run.Problems().Select(p => (p.Id, p.Location.GetLineSpan().Path)));
        Assert.Contains("class User", run.Sources["user.g.cs"], StringComparison.Ordinal);
        Assert.Contains("class Child", run.Sources["child.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_only_fails_for_its_user_is_said_at_the_user()
    {
        var run = GeneratorRun.Of(
            Small.Backbone("parameters: { w: 1 }\nnodes: { a: { op: conv, out: w, kernel: 1 } }\ntaps: { a: a }", "trunk"),
            Small.Backbone("nodes: { t: { op: trunk, w: 0 }, b: { op: relu, from: t.a } }\ntaps: { b: b }", "user"));

        var problem = Assert.Single(run.Problems());
        Assert.Equal(("DG0208", "/specs/user.yaml", "(5,19)"), (problem.Id, problem.Location.GetLineSpan().Path, Errors.Position(problem)));
    }

    [Fact]
    public void A_part_of_another_project_that_fails_is_said_at_the_user()
    {
        var run = GeneratorRun.Of(
            Small.Backbone("nodes: { a: { op: conv, out: 0, kernel: 1 } }\ntaps: { a: a }", "trunk") with { Emit = "none" },
            Small.Backbone("nodes: { t: trunk, b: { op: relu, from: t.a } }\ntaps: { b: b }", "user"));

        Assert.Equal([("DG0208", "/specs/user.yaml")], run.Problems().Select(p => (p.Id, p.Location.GetLineSpan().Path)));
    }

    [Fact]
    public void A_model_declared_twice_is_said_at_the_second_and_the_first_compiles()
    {
        var run = GeneratorRun.Of(Small.Node("relu", "one"), Small.Node("sigmoid", "one") with { Path = "/specs/two.yaml" });

        Assert.Equal([("DG0203", "/specs/two.yaml", "(2,8)")], run.Problems().Select(p => (p.Id, p.Location.GetLineSpan().Path, Errors.Position(p))));
        Assert.Contains("relu", run.Sources["one.g.cs"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/aaa/one.yaml")]
    [InlineData("/zzz/one.yaml")]
    public void A_model_that_another_project_declares_too_is_said_at_ones_own(string foreign)
    {
        var run = GeneratorRun.Of(Small.Node("relu", "one"), Small.Node("sigmoid", "one") with { Path = foreign, Emit = "none", Namespace = "Theirs" });

        Assert.Equal([("DG0203", "/specs/one.yaml")], run.Problems().Select(p => (p.Id, p.Location.GetLineSpan().Path)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("services:\n  web: { image: nginx }\n")]
    [InlineData("- a\n- b\n")]
    [InlineData("just text")]
    public void A_file_that_is_no_spec_says_so(string text) =>
        Assert.All(GeneratorRun.Of(new SpecText("/specs/compose.yaml", text)).Problems(), p => Assert.Equal("DG0005", p.Id));

    [Theory]
    [InlineData("")]
    [InlineData("services:\n  web: { image: nginx }\n")]
    [InlineData("spec: 2\nmodel: small\n")]
    public void A_file_that_is_no_spec_is_an_error(string text) =>
        Assert.NotEmpty(GeneratorRun.Of(new SpecText("/specs/compose.yaml", text)).Problems());

    [Fact]
    public void Specs_that_others_own_are_not_reported_and_generate_nothing()
    {
        var run = GeneratorRun.Of(Small.Backbone("nodes: { a: { op: cnov } }", "theirs") with { Emit = "none" });

        Assert.Empty(run.Problems());
        Assert.Empty(run.Sources);
    }

    [Fact]
    public void Tests_of_a_spec_that_does_not_compile_are_left_out_without_a_word()
    {
        var run = GeneratorRun.Of(Small.Backbone("nodes: { a: { op: cnov } }\ntaps: { a: a }", "theirs") with { Emit = "tests" });

        Assert.Empty(run.Problems());
        Assert.Empty(run.Sources);
    }

    [Fact]
    public void Messages_keep_their_braces()
    {
        var problem = Assert.Single(GeneratorRun.Of(Small.Node("'{0}{1'")).Problems());

        Assert.Contains("{0}{1", problem.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_carries_the_link_to_its_page()
    {
        var problem = Assert.Single(GeneratorRun.Of(Small.Node("sigmiod")).Problems());

        Assert.Equal("docs/diagnostics/DG0201.md", problem.Descriptor.HelpLinkUri);
        Assert.True(File.Exists(Path.Combine(Repository.Root, problem.Descriptor.HelpLinkUri)));
    }
}
