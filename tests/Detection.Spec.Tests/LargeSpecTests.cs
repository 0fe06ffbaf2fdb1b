// Specs as large as the parser lets in end in bounded time, right or wrong.
namespace Detection.Spec.Tests;

public class LargeSpecTests
{
    private static string Many(int count, Func<int, string> line) => string.Concat(Enumerable.Range(0, count).Select(line));

    public static TheoryData<string> Kinds => [.. Texts.Keys];

    private static readonly Dictionary<string, Func<string>> Texts = new()
    {
        ["nodes"] = () => Specs.Backbone(Many(60_000, i => $"n{i}: relu\n"), "n0"),
        ["unknown operators"] = () => Specs.Backbone(Many(60_000, i => $"node{i}: rleu{i}\n"), "node0"),
        ["unknown inputs"] = () => Specs.Backbone("a: relu\n" + Many(19_000, i => $"node{i}: {{ op: relu, from: a }}\n") + Many(19_000, i => $"m{i}: {{ op: relu, from: nod{i}x }}\n"), "a"),
        ["unknown names"] = () => Specs.Backbone(Many(15_000, i => $"n{i}: {{ op: conv, kernel: 1, out: q{i} }}\n"), "n0", rest: "parameters:\n" + Many(15_000, i => $"  p{i}: 1\n")),
        ["parameters of each other"] = () => Specs.Backbone("a: relu", "a", rest: "parameters:\n  p0: 1\n" + Many(60_000, i => $"  p{i + 1}: \"p{i}+0\"\n")),
        ["outputs"] = () => Specs.Backbone("a: relu", "a").Replace("{ out: a }", "\n" + Many(60_000, i => $"  t{i}: a\n")),
        ["unknown outputs"] = () => Specs.Backbone("a: relu", "a").Replace("{ out: a }", "\n" + Many(60_000, i => $"  t{i}: b{i}\n")),
        ["blocks"] = () => Specs.Backbone("a: b1", "a", rest: "blocks:\n" + Many(30_000, i => $"  b{i}: {{ nodes: {{ r: relu }} }}\n")),
        ["convolutions"] = () => Specs.Backbone("a: { op: conv, out: 8, kernel: 3, padding: 1, repeat: 1000, key: \"k{i}\" }\n" + Many(15, i => $"b{i}: {{ op: conv, out: 8, kernel: 1, repeat: 1000, key: \"b{i}.{{i}}\" }}\n"), "a"),
        ["shrinking convolutions"] = () => Specs.Backbone(Many(18, i => $"b{i}: {{ op: conv, out: 8, kernel: 3, repeat: 1000, key: \"b{i}.{{i}}\" }}\n"), "b0", "{ size: 100000, minimum: 90000 }"),
        ["repeated classes"] = () => Specs.Backbone("a: relu", "a", rest: "classes: [" + Many(100_000, _ => "cat, ") + "]\n"),
        ["unknown shapes"] = () => Specs.Backbone(Many(5000, i => $"node{i}: relu\n"), "node0") + "expect:\n  source: s\n  shapes:\n" + Many(30_000, i => $"    nod{i}e: [1, 2, 3]\n"),
        ["one scalar"] = () => Specs.Backbone("a: relu", "a", rest: $"summary: {new string('x', 1_900_000)}\nclas: {new string('y', 50_000)}\n"),
        ["levels"] = () => "spec: 1\nmodel: m\nkind: oneStage\nclasses: 2\ninput: { size: 64 }\nnodes: { a: relu }\ndetection:\n  heads: { scores: { op: conv, out: \"A*3\", kernel: 1 }, boxes: { op: conv, out: \"4*A\", kernel: 1 } }\n  anchors: { minScale: 0.1, maxScale: 1 }\n  levels:\n"
            + Many(15_000, i => $"    l{i}: {{ from: a }}\n"),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_large_spec_is_compiled_or_refused_within_seconds(string kind)
    {
        var text = Texts[kind]();
        var (begun, memory) = (Fuzzing.ThreadTime.Now, GC.GetAllocatedBytesForCurrentThread());

        var result = Specs.Compile(text);

        var taken = Fuzzing.ThreadTime.Now - begun;
        Assert.Equal(result.Model is null, result.Diagnostics.Any(d => d.IsError));
        Assert.DoesNotContain(result.Diagnostics, d => d.Id == "DG0999");
        Assert.True(taken < TimeSpan.FromSeconds(5), $"{taken}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - memory < 2L << 30, $"{(GC.GetAllocatedBytesForCurrentThread() - memory) >> 20} MiB");
    }
}
