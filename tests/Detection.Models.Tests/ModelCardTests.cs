// A card of every model, and what it changes in the model it extends, as files that a review sees: a changed spec is a changed card.
using Detection.Cli;
using VerifyXunit;
using Xunit;

namespace Detection.Models.Tests;

public sealed class ModelCardTests
{
    // A card is read, not searched.
    private const int MostRows = 110;

    public static TheoryData<string> Models() => [.. ModelSpecs.Library.ModelNames.Order(StringComparer.Ordinal)];

    public static TheoryData<string> Variants() =>
        [.. ModelSpecs.Library.ModelNames.Where(n => ModelSpecs.Library.Find(n)!.Extends is not null).Order(StringComparer.Ordinal)];

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

    [Fact]
    public void Every_card_is_of_a_model()
    {
        var names = ModelSpecs.Library.ModelNames.SelectMany(n => new[] { $"{n}.verified.txt", $"{n}.diff.verified.txt" }).ToHashSet(StringComparer.Ordinal);
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
