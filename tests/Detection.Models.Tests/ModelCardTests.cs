// A card of every model, and what it changes in the model it extends, as files that a review sees: a changed spec is a changed card.
using Detection.Cli;
using VerifyXunit;
using Xunit;

namespace Detection.Models.Tests;

public sealed class ModelCardTests
{
    // A card is read, not searched.
    private const int MostRows = 110;

    public static TheoryData<string> Models() => [.. ModelsWithCards.Names];

    public static TheoryData<string> Variants() => [.. ModelsWithCards.Names.Where(n => ModelSpecs.Library.Find(n)!.Extends is not null)];

    public static TheoryData<string> LargeGrids() => [.. ModelsWithCards.LargeGrids.Select(grid => grid.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public Task The_card_is_the_reviewed_one(string name)
    {
        var model = ModelSpecs.Compile(name);
        var text = Written(terminal => SummaryReport.Write(FoldedSummary.Of(model, InputArgument.Nominal(model), int.MaxValue, 1, MostRows), terminal));
        Assert.InRange(text.Split('\n').Length, 5, 150);
        return Snapshot(text, name);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public Task The_difference_to_the_base_is_the_reviewed_one(string name)
    {
        var model = ModelSpecs.Compile(name);
        var parent = ModelSpecs.Library.Find(name)!.Extends!.Value;
        if (ModelSpecs.Library.Find(parent) is not { } spec || Spec.Compilation.SpecCompiler.Compile(spec, ModelSpecs.Library).Model is not { } before)
        {
            throw new InvalidOperationException($"{name} extends {parent}, which does not compile.");
        }
        ModelDiff Diff(int depth) => ModelDiff.Of(
            (before, ModelSummarizer.Summarize(before, InputArgument.Nominal(before), depth)),
            (model, ModelSummarizer.Summarize(model, InputArgument.Nominal(model), depth)));
        var diff = Diff(int.MaxValue);
        for (var depth = 3; depth >= 1 && diff.Nodes.Length > MostRows; depth--)
        {
            diff = Diff(depth);
        }
        return Snapshot(Written(terminal => DiffReport.Write(diff, terminal)), $"{name}.diff");
    }

    [Theory]
    [MemberData(nameof(LargeGrids))]
    public Task The_table_of_a_large_grid_is_the_reviewed_one(string name)
    {
        var table = new DataTable(new("model"), new("like"), new("input"), new("parameters", true), new("multiply-adds", true), new("boxes", true));
        var firsts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var model in ModelsWithCards.LargeGrids.Single(grid => grid.Name == name).Models.Select(ModelSpecs.Compile))
        {
            var first = firsts.TryAdd(model.StructureHash, model.Name) ? "" : firsts[model.StructureHash];
            table.Add(
                model.Name, first, $"{model.Input.Channels}x{model.Input.Height}x{model.Input.Width}", Figures.Count(model.Costs.Sum(c => c.Parameters)),
                Figures.Count(model.Costs.Sum(c => c.MultiplyAdds)), Figures.Count(model.AnchorCountAt(model.Input.Height, model.Input.Width) ?? 0));
        }
        return Snapshot(Written(terminal => terminal.Show(table)), $"{name}.table");
    }

    [Fact]
    public void The_study_of_trade_offs_has_147_configurations()
    {
        var names = ModelSpecs.Library.ModelNames.Where(n => n.StartsWith("tradeoff-", StringComparison.Ordinal)).ToArray();

        Assert.Equal(
            ["faster 80", "rfcn 60", "ssd 7"], // Huang et al., section 4, names their sum.
            names.GroupBy(n => n.Split('-')[1]).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} {g.Count()}"));
        Assert.Equal(147, names.Select(n => ModelSpecs.Compile(n).ClassName).Distinct().Count());
    }

    [Fact]
    public void Every_card_is_of_a_model()
    {
        var names = ModelsWithCards.Names.SelectMany(n => new[] { $"{n}.verified.txt", $"{n}.diff.verified.txt" })
            .Concat(ModelsWithCards.LargeGrids.Select(grid => $"{grid.Name}.table.verified.txt")).ToHashSet(StringComparer.Ordinal);
        var folder = Path.Combine(ModelSpecs.Root, "tests", "Detection.Models.Tests", "Snapshots");
        Assert.Subset(names, Directory.EnumerateFiles(folder, "*.verified.txt").Select(file => Path.GetFileName(file)).ToHashSet(StringComparer.Ordinal));
    }

    private static string Written(Action<Terminal> write)
    {
        using var output = new StringWriter { NewLine = "\n" };
        write(Terminal.OfWriters(output, TextWriter.Null));
        return output.ToString();
    }

    private static Task Snapshot(string text, string name) => Verifier.Verify(text).UseDirectory("Snapshots").UseFileName(name);
}
