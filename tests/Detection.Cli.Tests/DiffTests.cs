// diff: what is aligned, what counts as a change, and how it is shown.
using Xunit;

namespace Detection.Cli.Tests;

public sealed class DiffTests : IDisposable
{
    private const string Before = """
        spec: 1
        model: before
        kind: oneStage
        input: { size: [32, 32] }
        classes: [square]
        nodes:
          stem: { op: conv, out: 4, kernel: 3, padding: 1 }
          old: { op: leakyRelu, slope: 0.1 }
          cells: { op: conv, out: 3, kernel: 8, stride: 8 }
        detection:
          levels: { grid: { from: cells, anchors: { sizes: [8] } } }
          heads:
            scores: { op: conv, out: "A*(classes+1)", kernel: 1 }
            boxes: { op: conv, out: "A*4", kernel: 1 }
        train:
          optimizer: { rate: 0.01 }
        """;

    private readonly TemporaryFolder folder = new();

    private readonly string before;
    private readonly string after;

    public DiffTests()
    {
        before = folder.Write("before.yaml", Before);
        after = folder.Write("after.yaml", Before
            .Replace("model: before", "model: after", StringComparison.Ordinal)
            .Replace("old: { op: leakyRelu, slope: 0.1 }", "young: { op: relu }", StringComparison.Ordinal)
            .Replace("out: 3, kernel: 8", "out: 6, kernel: 8", StringComparison.Ordinal)
            .Replace("sizes: [8]", "sizes: [8, 12]", StringComparison.Ordinal)
            .Replace("rate: 0.01", "rate: 0.02", StringComparison.Ordinal));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public Task Text_shows_figures_settings_and_nodes() => Verify(CommandLine.Run("diff", before, after).Expect(0).Output);

    [Fact]
    public Task Markdown_shows_the_same_for_a_review() => Verify(CommandLine.Run("diff", before, after, "--markdown").Expect(0).Output);

    [Fact]
    public Task Json_has_both_sides_of_every_change() => Verify(CommandLine.Run("diff", before, after, "--json").Expect(0).Output);

    [Fact]
    public void What_layers_begin_with_is_told_once_for_those_that_change_alike()
    {
        var drawn = folder.Write("drawn.yaml", Before.Replace("model: before", "model: drawn\ninit: { weight: normal, std: 0.01 }", StringComparison.Ordinal));

        var settings = CommandLine.Run("diff", before, drawn, "--json").Expect(0).Json().GetProperty("settings").EnumerateArray()
            .Select(s => $"{s.GetProperty("setting").GetString()}: {s.GetProperty("before").GetString()} -> {s.GetProperty("after").GetString()}");

        Assert.Equal(["init of stem and 3 more: the operator's own -> { weight: normal, std: 0.01, bias: 0 }"], settings);
    }

    [Fact]
    public void A_model_does_not_differ_from_itself()
    {
        Assert.Contains("no difference", CommandLine.Run("diff", before, before).Expect(0).Output);
        Assert.Contains("No difference.", CommandLine.Run("diff", before, before, "--markdown").Expect(0).Output);
    }

    [Fact]
    public void A_change_of_an_attribute_alone_is_a_change()
    {
        var eps = folder.Write("slope.yaml", Before.Replace("slope: 0.1", "slope: 0.2", StringComparison.Ordinal));
        Assert.Contains("leakyRelu -> leakyRelu slope 0.2", CommandLine.Run("diff", before, eps).Expect(0).Output);
    }

    [Fact]
    public void Nodes_are_aligned_by_path_wherever_they_stand()
    {
        var longer = folder.Write("longer.yaml", Before.Replace("  stem:", "  first: { op: conv, out: 3, kernel: 1 }\n  stem:", StringComparison.Ordinal));
        var changes = CommandLine.Run("diff", before, longer, "--json").Expect(0).Json().GetProperty("nodes").EnumerateArray();
        Assert.Equal([("first", "added")], changes.Select(c => (c.GetProperty("path").GetString()!, c.GetProperty("kind").GetString()!)));
    }

    [Fact]
    public void An_input_that_one_model_does_not_take_is_refused() =>
        Assert.Contains("before does not take an input of 3x64x64", CommandLine.Run("diff", before, after, "--input", "3x64x64").Expect(1).Error);
}
