// What an edit costs: nothing runs that does not depend on it. Read from the steps that the driver tracks.
using Detection.Gen.Tests.Support;
using Microsoft.CodeAnalysis;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;

namespace Detection.Gen.Tests;

public class IncrementalTests
{
    private static readonly SpecText Trunk = Small.Backbone("parameters: { width: 8 }\nnodes: { a: { op: conv, out: width, kernel: 1 } }\ntaps: { a: a }", "trunk");
    private static readonly SpecText User = Small.Backbone("nodes: { t: { op: trunk, width: 4 }, b: { op: relu, from: t.a } }\ntaps: { b: b }", "user");
    private static readonly SpecText Child = new("/specs/child.yaml", "spec: 1\nmodel: child\nextends: user\ntaps: { b: b }\n");
    private static readonly SpecText Alone = Small.Backbone("nodes: { a: relu }\ntaps: { a: a }", "alone");

    private static readonly string[] Steps =
        [DetectionSpecGenerator.ParseStep, DetectionSpecGenerator.GatherStep, DetectionSpecGenerator.RenderStep, DetectionSpecGenerator.CatalogStep];

    private static GeneratorRun Project => GeneratorRun.Tracked(Trunk, User, Child, Alone);

    [Fact]
    public void The_first_run_makes_everything()
    {
        Assert.All(Project.OutputReasons(), reason => Assert.Equal(New, reason));
        Assert.Equal(4, Project.Reasons(DetectionSpecGenerator.RenderStep).Count());
    }

    [Fact]
    public void Editing_CSharp_runs_nothing()
    {
        var run = Project.WithCode("class Added { int x = 1; }");

        Assert.All(Steps, step => Assert.All(run.Reasons(step), reason => Assert.Equal(Cached, reason)));
        Assert.All(run.OutputReasons(), reason => Assert.Equal(Cached, reason));
    }

    [Fact]
    public void Editing_a_spec_renders_it_and_what_depends_on_it_alone()
    {
        var run = Project.WithText(Trunk.Path, Trunk.Text.Replace("kernel: 1", "kernel: 3", StringComparison.Ordinal));

        Assert.Equal([Modified, Cached, Cached, Cached], run.Reasons(DetectionSpecGenerator.ParseStep).OrderDescending(Comparer));
        Assert.Equal([Modified, Modified, Modified, Cached], run.Reasons(DetectionSpecGenerator.GatherStep).OrderDescending(Comparer));
        Assert.Equal([Modified, Modified, Modified, Cached], run.Reasons(DetectionSpecGenerator.RenderStep).OrderDescending(Comparer));
    }

    [Fact]
    public void Editing_a_leaf_renders_it_alone()
    {
        var run = Project.WithText(Alone.Path, Alone.Text.Replace("a: relu", "a: sigmoid", StringComparison.Ordinal));

        Assert.Equal(1, run.Reasons(DetectionSpecGenerator.RenderStep).Count(r => r == Modified));
        Assert.Equal(3, run.Reasons(DetectionSpecGenerator.RenderStep).Count(r => r == Cached));
        // Nothing of the others is even looked up: what nobody refers to is in nobody's reach.
        Assert.Equal([Modified, Cached, Cached, Cached], run.Reasons(DetectionSpecGenerator.GatherStep).OrderDescending(Comparer));
    }

    [Fact]
    public void Editing_inside_a_spec_decides_no_dependencies_of_others_anew()
    {
        var run = Project.WithText(Trunk.Path, Trunk.Text.Replace("kernel: 1", "kernel: 3", StringComparison.Ordinal));

        Assert.Equal([Modified, Cached, Cached, Cached], run.Reasons(DetectionSpecGenerator.LinkStep).OrderDescending(Comparer));
    }

    [Fact]
    public void A_spec_that_refers_to_others_than_before_gathers_them_and_keeps_the_rest()
    {
        var run = Project.WithText(Alone.Path, Alone.Text.Replace("nodes: { a: relu }", "nodes: { t: trunk, a: { op: relu, from: t.a } }", StringComparison.Ordinal));

        Assert.Equal(1, run.Reasons(DetectionSpecGenerator.RenderStep).Count(r => r == Modified));
        Assert.Equal(3, run.Reasons(DetectionSpecGenerator.RenderStep).Count(r => r == Cached));
        Assert.Contains("new Trunk()", run.Sources["alone.g.cs"], StringComparison.Ordinal);
        Assert.Empty(run.Problems());
    }

    [Fact]
    public void Carried_texts_lie_in_a_bounded_number_of_files()
    {
        var run = GeneratorRun.Of([.. Enumerable.Range(0, 200).Select(i => Small.Backbone("nodes: { a: relu }\ntaps: { a: a }", $"net{i}"))]);

        Assert.InRange(run.Sources.Keys.Count(k => k.StartsWith("catalogue/", StringComparison.Ordinal)), 20, 33);
        Assert.All(Enumerable.Range(0, 200), i => Assert.Single(run.Sources, s => s.Value.Contains($"const string Spec_net{i}_yaml ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("# a comment\n", "")]
    [InlineData("", "\n\n   # at the end\n")]
    public void Editing_a_comment_writes_nothing(string before, string after)
    {
        var run = Project.WithText(Trunk.Path, before + Trunk.Text.Replace("{ a: a }", "{   a:   a }   # here", StringComparison.Ordinal) + after);

        Assert.All(run.Reasons(DetectionSpecGenerator.GatherStep), reason => Assert.Contains(reason, new[] { Unchanged, Cached }));
        Assert.All(run.Reasons(DetectionSpecGenerator.RenderStep), reason => Assert.Equal(Cached, reason));
        Assert.All(run.Reasons(DetectionSpecGenerator.CatalogStep), reason => Assert.Equal(Cached, reason));
        Assert.All(run.OutputReasons(), reason => Assert.Equal(Cached, reason));
    }

    private const string Grid = """
        spec: 1
        model: net-{width}-{depth}
        kind: backbone
        input: { size: [32, 32] }
        nodes: { a: { op: conv, out: "{width}", kernel: 3 }, b: { op: conv, out: 8, kernel: 1 } }
        taps: { b: b }
        variants:
          axes:
            depth: { flat: { nodes: { b: { kernel: 1 } } }, deep: { nodes: { b: { kernel: 3 } } } }
            width: [4, 8, 16]

        """;

    private static GeneratorRun GridProject => GeneratorRun.Tracked(
        Small.Backbone("nodes: { n: { op: net-4-deep }, a: { op: relu, from: n.b } }\ntaps: { a: a }", "user"), new SpecText("/specs/grid.yaml", Grid), Alone);

    [Fact]
    public void Each_model_of_a_grid_is_rendered_by_itself()
    {
        Assert.Equal(8, GridProject.Reasons(DetectionSpecGenerator.RenderStep).Count());
        Assert.Equal(
            ["net-16-deep", "net-16-flat", "net-4-deep", "net-4-flat", "net-8-deep", "net-8-flat"],
            GridProject.Sources.Keys.Where(k => k.StartsWith("net-", StringComparison.Ordinal)).Select(k => k.Replace(".g.cs", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Empty(GridProject.Problems());
    }

    [Fact]
    public void Editing_a_value_of_an_axis_renders_its_models_and_what_depends_on_them_alone()
    {
        var run = GridProject.WithText("/specs/grid.yaml", Grid.Replace("deep: { nodes: { b: { kernel: 3 } } }", "deep:   { nodes: { b: { kernel: 5 } } }", StringComparison.Ordinal));

        Assert.Equal(4, run.Reasons(DetectionSpecGenerator.RenderStep).Count(r => r == Modified));
        Assert.Equal(4, run.Reasons(DetectionSpecGenerator.RenderStep).Count(r => r == Cached));
        Assert.Equal(5, run.OutputReasons().Count(r => r == Modified));
    }

    [Fact]
    public void Editing_the_shared_part_renders_the_grid_alone()
    {
        var run = GridProject.WithText("/specs/grid.yaml", Grid.Replace("kernel: 3 }, b:", "kernel: 1 }, b:", StringComparison.Ordinal));

        Assert.Equal(7, run.Reasons(DetectionSpecGenerator.RenderStep).Count(r => r == Modified));
        Assert.Equal(1, run.Reasons(DetectionSpecGenerator.RenderStep).Count(r => r == Cached));
    }

    [Fact]
    public void A_comment_in_a_grid_writes_nothing()
    {
        var run = GridProject.WithText("/specs/grid.yaml", "# about the grid\n" + Grid.Replace("  axes:", "  # of the study\n  axes:", StringComparison.Ordinal));

        Assert.All(run.Reasons(DetectionSpecGenerator.RenderStep), reason => Assert.Equal(Cached, reason));
        Assert.All(run.OutputReasons(), reason => Assert.Equal(Cached, reason));
    }

    [Fact]
    public void A_new_value_of_an_axis_renders_its_models_alone()
    {
        var run = GridProject.WithText("/specs/grid.yaml", Grid.Replace("[4, 8, 16]", "[4, 8, 16, 32]", StringComparison.Ordinal));

        Assert.Contains("net-32-flat.g.cs", run.Sources.Keys);
        Assert.DoesNotContain(Modified, run.Reasons(DetectionSpecGenerator.RenderStep).Take(4));
        Assert.Empty(run.Problems());
    }

    [Fact]
    public void A_mistake_in_what_a_grid_shares_is_reported_once_and_moves_with_its_line()
    {
        var broken = GridProject.WithText("/specs/grid.yaml", Grid.Replace("taps: { b: b }", "taps: { b: x }", StringComparison.Ordinal));
        var moved = broken.WithText("/specs/grid.yaml", "# a line\n" + Grid.Replace("taps: { b: b }", "taps: { b: x }", StringComparison.Ordinal));

        Assert.Equal("(6,12)", Errors.Position(Assert.Single(broken.Problems(), p => p.Id == "DG0202")));
        Assert.Equal("(7,12)", Errors.Position(Assert.Single(moved.Problems(), p => p.Id == "DG0202")));
        Assert.All(moved.Reasons(DetectionSpecGenerator.RenderStep), reason => Assert.Equal(Cached, reason));
        Assert.Equal(6, moved.Reasons(DetectionSpecGenerator.DiagnoseStep).Count(r => r == Modified));
        Assert.Contains("class Net4Flat", moved.Sources["net-4-flat.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void Editing_a_spec_carries_its_text_anew_and_no_other()
    {
        var run = Project.WithText(Alone.Path, Alone.Text.Replace("a: relu", "a: sigmoid", StringComparison.Ordinal));

        Assert.Contains("a: sigmoid", Assert.Single(run.Sources, s => s.Value.Contains("const string Spec_alone_yaml", StringComparison.Ordinal)).Value, StringComparison.Ordinal);
        Assert.Equal(1, run.Reasons(DetectionSpecGenerator.CarryStep).Count(r => r == Modified));
        Assert.All(run.Reasons(DetectionSpecGenerator.CatalogStep), reason => Assert.Equal(Cached, reason));
        Assert.Equal(2, run.OutputReasons().Count(r => r == Modified));
    }

    [Theory]
    [InlineData("aaa")]
    [InlineData("mmm")]
    [InlineData("zzz")]
    public void Adding_an_unrelated_spec_renders_no_other(string name)
    {
        var run = Project.With(Small.Backbone("nodes: { a: relu }\ntaps: { a: a }", name));

        Assert.Equal([Cached, Cached, Cached, Cached, New], run.Reasons(DetectionSpecGenerator.RenderStep).Order(Comparer));
        Assert.Equal(5, run.Reasons(DetectionSpecGenerator.ParseStep).Count());
        Assert.DoesNotContain(Modified, run.Reasons(DetectionSpecGenerator.ParseStep));
        Assert.Empty(run.Problems());
    }

    [Fact]
    public void Deleting_a_spec_takes_its_files_away_and_renders_no_other()
    {
        var run = Project.Without(Alone.Path);

        Assert.Equal(3, run.Reasons(DetectionSpecGenerator.RenderStep).Count(r => r == Cached));
        Assert.DoesNotContain("alone.g.cs", run.Sources.Keys);
        Assert.DoesNotContain("Alone", run.Sources["catalogue/DetectionModels.g.cs"], StringComparison.Ordinal);
        Assert.Empty(run.Problems());
    }

    [Fact]
    public void A_spec_that_appears_mends_those_that_miss_it()
    {
        var broken = GeneratorRun.Tracked(User, Alone);
        var mended = broken.With(Trunk);

        Assert.Equal("DG0201", Assert.Single(broken.Problems()).Id);
        Assert.Empty(mended.Problems());
        Assert.Equal(1, mended.Reasons(DetectionSpecGenerator.RenderStep).Count(r => r == Cached));
    }

    private static IComparer<IncrementalStepRunReason> Comparer { get; } = Comparer<IncrementalStepRunReason>.Create(
        (a, b) => string.CompareOrdinal(Rank(a), Rank(b)));

    private static string Rank(IncrementalStepRunReason reason) => reason switch { Cached => "0", Unchanged => "1", New => "2", Modified => "3", _ => "4" };
}
