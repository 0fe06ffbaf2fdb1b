// Texts made to take a compiler down: each ends in diagnostics, within a second of computing and a bounded amount of memory.
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;

namespace Detection.Spec.Tests.Fuzzing;

public class HostileSpecTests
{
    private const int StackSize = 1 << 20;
    private const long MostMemory = 768L << 20;
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, (Func<string> Text, string Id)> Cases = new()
    {
        ["aliases that double"] = (() => Specs.Head + "a0: &a0 [x, x]\n" + Many(60, i => $"a{i + 1}: &a{i + 1} [*a{i}, *a{i}]\n"), "DG0002"),
        ["aliases that nest"] = (() => Specs.Head + "a0: &a0 [x]\n" + Many(200, i => $"a{i + 1}: &a{i + 1} [*a{i}]\n"), "DG0002"),
        ["an alias of itself"] = (() => Specs.Head + "nodes: &n { a: *n }\n", "DG0001"),
        ["brackets without end"] = (() => Specs.Head + "nodes: " + new string('[', 200_000), "DG0002"),
        ["braces without end"] = (() => Specs.Head + "nodes: " + Many(100_000, _ => "{a: "), "DG0002"),
        ["lists in block style"] = (() => Specs.Head + "nodes:\n" + Many(400, i => new string(' ', i + 1) + "-\n"), "DG0002"),
        ["huge whole numbers"] = (() => Specs.Backbone($"a: {{ op: conv, out: {new string('9', 5000)}, kernel: 99999999999999999999 }}", "a"), "DG0303"),
        ["numbers with huge exponents"] = (() => Specs.Backbone("a: { op: conv, out: 1e308*1e308, kernel: 1e-320 }", "a"), "DG0303"),
        ["a scalar of 10 MB"] = (() => Specs.Head + "summary: " + new string('x', 10_000_000) + "\n", "DG0002"),
        ["a key of 1.9 MB"] = (() => Specs.Head + new string('x', 1_900_000) + ": 1\n", "DG0001"),
        ["an operator of 1 MB"] = (() => Specs.Backbone("a: " + new string('x', 1_000_000), "a"), "DG0201"),
        ["a wide map"] = (() => Specs.Head + Many(90_000, i => $"k{i}: 1\n"), "DG0101"),
        ["a wider map"] = (() => Specs.Head + Many(150_000, i => $"k{i}: 1\n"), "DG0002"),
        ["a sum of 100,000"] = (() => Specs.Backbone("a: { op: conv, kernel: 1, out: 1" + Many(100_000, _ => "+1") + " }", "a"), "DG0301"),
        ["100,000 brackets"] = (() => Specs.Backbone("a: { op: conv, kernel: 1, out: " + new string('(', 100_000) + "1 }", "a"), "DG0301"),
        ["100,000 signs"] = (() => Specs.Backbone("a: { op: conv, kernel: 1, out: \"" + new string('-', 100_000) + "1\" }", "a"), "DG0301"),
        ["calls in calls"] = (() => Specs.Backbone("a: { op: conv, kernel: 1, out: \"" + Many(50_000, _ => "min(1,") + "1\" }", "a"), "DG0301"),
        ["letters of the world in names"] = (() => Specs.Backbone("\u540d\u524d: { op: \u7573\u307f\u8fbc\u307f }\n\ud83d\ude00: relu", "a"), "DG0106"),
        ["half a character"] = (() => Specs.Backbone("a\ud800: relu\n\u202eb: relu\n", "a"), "DG0106"),
        ["control characters"] = (() => Specs.Head + "nodes: { a\u0000b: relu, c\u0007: relu }\n", "DG0001"),
        ["blocks that multiply"] = (() => Specs.Backbone("a: b0", "a", rest: "blocks:\n  b40: { nodes: { r: relu } }\n" + Many(40, i => $"  b{39 - i}: {{ nodes: {{ x: b{40 - i}, y: b{40 - i} }} }}\n")), "DG0002"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_hostile_text_ends_in_diagnostics_in_bounded_time_and_memory(string name)
    {
        var (text, id) = (Cases[name].Text(), Cases[name].Id);
        var (result, taken, memory) = OnSmallStack(() => Specs.Compile(text));

        Assert.Null(result.Model);
        Assert.DoesNotContain(result.Diagnostics, d => d.Descriptor == Rules.Internal);
        Assert.Contains(result.Diagnostics, d => d.Id == id);
        Assert.All(result.Diagnostics, d => Assert.InRange(d.Message.Length, 1, 3000));
        Assert.True(taken < Slowest, $"took {taken}");
        Assert.True(memory < MostMemory, $"took {memory >> 20} MiB");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(2000)]
    public void Models_that_extend_each_other_in_a_circle_are_told_so(int count)
    {
        var library = SpecLibrary.Parse(Enumerable.Range(0, count).Select(i => new SpecDocument($"{i}.yaml", $"spec: 1\nmodel: m{i}\nextends: m{(i + 1) % count}\n")));

        var (result, taken, memory) = OnSmallStack(() => SpecCompiler.Compile(library.Find("m0")!, library));

        Assert.Contains(result.Diagnostics, d => d.Descriptor == Rules.Cycle);
        Assert.True(taken < Slowest, $"took {taken}");
        Assert.True(memory < MostMemory, $"took {memory >> 20} MiB");
    }

    [Fact]
    public void Models_that_use_each_other_in_a_circle_are_told_so()
    {
        var library = SpecLibrary.Parse(Enumerable.Range(0, 60).Select(i => new SpecDocument(
            $"{i}.yaml", $"spec: 1\nmodel: m{i}\nkind: backbone\ninput: {{ size: 8 }}\nnodes: {{ a: m{(i + 1) % 60} }}\ntaps: {{ a: a.a }}\n")));

        var (result, taken, _) = OnSmallStack(() => SpecCompiler.Compile(library.Find("m0")!, library));

        Assert.All(result.Diagnostics, d => Assert.Contains(d.Descriptor, new[] { Rules.Cycle, Rules.PartFailed, Rules.LimitExceeded }));
        Assert.NotEmpty(result.Diagnostics);
        Assert.True(taken < Slowest, $"took {taken}");
    }

    // Like a thread of the compiler's server: what takes more stack ends the process.
    private static (CompilationResult Result, TimeSpan Taken, long Memory) OnSmallStack(Func<CompilationResult> compile)
    {
        (CompilationResult, TimeSpan, long) measured = default;
        var thread = new Thread(
            () =>
            {
                var (begun, memory) = (ThreadTime.Now, GC.GetAllocatedBytesForCurrentThread());
                var result = compile();
                measured = (result, ThreadTime.Now - begun, GC.GetAllocatedBytesForCurrentThread() - memory);
            },
            StackSize);
        thread.Start();
        thread.Join();
        return measured;
    }

    private static string Many(int count, Func<int, string> line) => string.Concat(Enumerable.Range(0, count).Select(line));
}
