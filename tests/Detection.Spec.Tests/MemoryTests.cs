// Memory of inference: what is alive when, counted by hand. Figures are values of 4 bytes for one image of 3x8x8 (192 values).
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Resolution;
using Xunit;

namespace Detection.Spec.Tests;

public sealed class MemoryTests
{
    private const long Image = 3 * 64;

    [Theory]
    // A chain: the image and both maps of the second convolution.
    [InlineData("a: { op: conv, out: 2, kernel: 1 }\nb: { op: conv, out: 5, kernel: 1 }\nc: { op: conv, out: 1, kernel: 1 }", "c", Image + ((2 + 5) * 64), "b")]
    // Overwriting: no second map for the activation.
    [InlineData("a: { op: conv, out: 2, kernel: 1 }\nb: relu\nc: { op: conv, out: 1, kernel: 1 }", "c", Image + ((2 + 1) * 64), "c")]
    // The convolution's map is read twice, so the activation gets its own.
    [InlineData("a: { op: conv, out: 2, kernel: 1 }\nb: relu\nc: { op: add, from: [a, b] }", "c", Image + ((2 + 2 + 2) * 64), "c")]
    // A shortcut keeps its map alive over the branch.
    [InlineData("a: { op: conv, out: 2, kernel: 1 }\nb: { op: conv, out: 7, kernel: 1 }\nc: { op: conv, out: 2, kernel: 1 }\nd: { op: add, from: [a, c] }", "d", Image + ((2 + 7 + 2) * 64), "c")]
    // A tap lives to the end.
    [InlineData("a: { op: conv, out: 4, kernel: 1 }\nb: { op: conv, out: 1, kernel: 1 }\nc: { op: conv, out: 6, kernel: 1 }", "a, c", Image + ((4 + 1 + 6) * 64), "c")]
    // A value that nobody reads is freed at once.
    [InlineData("a: { op: conv, out: 2, kernel: 1 }\nb: sigmoid\nc: { op: conv, from: a, out: 1, kernel: 1 }", "c", Image + ((2 + 2) * 64), "b")]
    // A slice is a view, dropout outside of training too.
    [InlineData("a: { op: conv, out: 8, kernel: 1 }\nb: { op: slice, end: 2 }\nc: dropout\nd: { op: conv, out: 1, kernel: 1 }", "d", Image + ((8 + 1) * 64), "d")]
    // The sum of three adds in place; the product of three holds that of two.
    [InlineData("a: { op: conv, out: 2, kernel: 1 }\nb: { op: conv, out: 2, kernel: 1 }\nc: { op: conv, out: 2, kernel: 1 }\nd: { op: add, from: [a, b, c] }", "d", Image + (4 * 2 * 64), "d")]
    [InlineData("a: { op: conv, out: 2, kernel: 1 }\nb: { op: conv, out: 2, kernel: 1 }\nc: { op: conv, out: 2, kernel: 1 }\nd: { op: multiply, from: [a, b, c] }", "d", Image + (5 * 2 * 64), "d")]
    public void The_peak_is_what_is_alive_at_the_worst_line(string nodes, string taps, long values, string at)
    {
        var model = Compiled($"nodes:\n{Specs.Indented(nodes)}taps: {{ {string.Join(", ", taps.Split(", ").Select(t => $"t{t}: {t}"))} }}");

        var memory = model.MemoryAt(8, 8);

        Assert.Equal((4 * values, at), (memory.PeakBytes, memory.PeakAt));
    }

    [Fact]
    public void Inside_a_block_the_callers_values_stay_alive()
    {
        var model = Compiled("""
            blocks:
              wide:
                nodes:
                  grow: { op: conv, out: 6, kernel: 1 }
                  shrink: { op: conv, out: 2, kernel: 1 }
            nodes:
              a: { op: conv, out: 2, kernel: 1 }
              b: wide
              c: { op: add, from: [a, b] }
            taps: { c: c }
            """);

        var memory = model.MemoryAt(8, 8);

        Assert.Equal((4 * (Image + ((2 + 6 + 2) * 64)), "b.shrink"), (memory.PeakBytes, memory.PeakAt));
        Assert.Equal([("a", 4 * (Image + 128)), ("b.grow", 4 * (Image + 512)), ("b.shrink", 4 * (Image + 640)), ("c", 4 * (Image + 384))], memory.Operators.Select(o => (o.Path, o.Bytes)));
        Assert.Equal((2 + 6 + 2 + 2) * 64, memory.ActivationCount);
    }

    [Fact]
    public void Joining_the_levels_holds_maps_copies_and_results()
    {
        var model = Specs.Model("""
            spec: 1
            model: small
            kind: oneStage
            input: { size: [8, 8] }
            classes: 2
            nodes:
              a: { op: conv, out: 1, kernel: 1 }
              b: { op: conv, out: 1, kernel: 8 }
            detection:
              levels:
                fine: { from: a, anchors: { sizes: [4] } }
                all: { from: b, anchors: { sizes: [8] } }
              heads:
                scores: { op: conv, out: "A*(classes+1)", kernel: 1 }
                boxes: { op: conv, out: "A*4", kernel: 1 }
            """);

        var memory = model.MemoryAt(8, 8);

        // 7 values for each of 64 + 1 boxes; the maps of the single cell need no copy.
        Assert.Equal((4 * (Image + (2 * 7 * 65) + (7 * 64)), ""), (memory.PeakBytes, memory.PeakAt));
    }

    [Fact]
    public void Weights_are_floats_and_counters_of_eight_bytes()
    {
        var model = Compiled("nodes:\n  a: { op: conv, out: 2, kernel: 1 }\n  b: batchNorm\ntaps: { b: b }");

        var memory = model.MemoryAt(8, 8);

        Assert.Equal((4 * (6 + 2 + 8)) + 8, memory.WeightBytes);
        Assert.Equal(memory.WeightBytes + (3 * memory.PeakBytes), memory.BytesFor(3));
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void The_peak_of_every_model_lies_between_its_largest_line_and_everything_at_once(string name)
    {
        var model = SpecCompiler.Compile(Repository.Library.Find(name)!, Repository.Library).Model!;

        var memory = model.MemoryAt(model.Input.Height, model.Input.Width);

        var image = model.Input.Channels * model.Input.Height * model.Input.Width;
        // Regions that go through a stage in shares are not all there at once.
        Assert.InRange(memory.PeakBytes, 4 * (image + model.Costs.Max(c => c.Shape.Count * Math.Min(c.PerImage, model.TwoStage?.RegionsAtOnce ?? c.PerImage))), 4 * (image + (2 * model.Costs.Sum(c => c.Shape.Count * c.PerImage))));
        // What a stage needs of the images, such as keys of attention, runs before it.
        Assert.Equal(model.Costs.Select(c => c.Path).Order(StringComparer.Ordinal), memory.Operators.Select(o => o.Path).Order(StringComparer.Ordinal));
        Assert.Equal(model.Costs.Sum(c => c.Shape.Count * c.PerImage), memory.ActivationCount);
    }

    public static TheoryData<string> Shipped() => [.. Repository.Models.SelectMany(d => ParsedSpec.Parse(d).Models).Select(m => m.ModelName)];

    private static CompiledModel Compiled(string rest) =>
        Specs.Model("spec: 1\nmodel: small\nkind: backbone\ninput: { size: [8, 8] }\n" + rest);
}
