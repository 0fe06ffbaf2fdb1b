// Whatever the text: a model or at least one error, never an exception, in bounded time and memory.
// DETECTION_GEN_FUZZ=N runs N mutants instead of the few of an ordinary test run.
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;

namespace Detection.Spec.Tests.Fuzzing;

public class FuzzTests
{
    // Like the threads of a compiler server: what needs more stack would end the compiler, not only the test.
    private const int StackSize = 1 << 20;
    private const long MostMemory = 1L << 30;
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(2);

    private static readonly string[] Right = [.. Repository.Models.Select(m => m.Text), .. Variants];

    private static readonly string[] Corpus =
    [
        .. Right,
        .. Manuals.Examples.Fences("spec-language.md").Where(f => f.Info == "yaml").Select(f => Manuals.Examples.Complete(f.Text)),
    ];

    // Wrong from the start: the examples of the diagnostics.
    private static readonly string[] Wrong =
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "diagnostics"), "*.md").Order(StringComparer.Ordinal)
            .SelectMany(f => Manuals.Examples.Fences("diagnostics/" + Path.GetFileName(f))).Where(f => f.Info.StartsWith("yaml")).Select(f => Manuals.Examples.Complete(f.Text)),
    ];

    private static string[] Variants =>
    [
        "spec: 1\nmodel: narrow\nextends: mobilenet-v1\nkind: backbone\nparameters: { width: 0.25 }\nnodes:\n  Conv2d_3: { stride: 2 }\n  $remove: [Conv2d_13]\n"
        + "  $insert: { $after: Conv2d_12, tail: { op: conv, out: 8, kernel: 1 } }\ntaps: { c5: tail }\nexpect:\n  - { source: s, parameters: 1 }\n  - { at: [256, 256], shapes: { c3: [64, 32, 32] } }\n",
        "spec: 1\nmodel: faces\nextends: ultraface-slim-320\ninput: { size: [480, 640] }\nclasses: [face, mask]\ndetection:\n  levels:\n    stride8: { anchors: { $replace: { boxes: [[8, 16]] } } }\n"
        + "    $remove: stride64\n  heads: { scores: { $replace: { op: conv, out: \"A*(classes+1)\", kernel: 3, padding: 1 } } }\n",
        "spec: 1\nmodel: res\nkind: classifier\ninput: { size: [64, 64], minimum: 32, maximum: [256, 512], multipleOf: 32 }\nclasses: [a, b]\nparameters: { w: 8, half: \"w/2\" }\nblocks:\n  unit:\n    parameters: { out: , stride: 1 }\n"
        + "    nodes:\n      c1: { op: conv, out: out, kernel: 3, stride: stride, padding: 1 }\n      short: { op: conv, from: input, out: out, kernel: 1, stride: stride, when: \"in != out or stride != 1\" }\n"
        + "      sum: { op: add, from: [c1, short] }\n  two: { inputs: [a, b], nodes: { s: { op: multiply, from: [a, b] } } }\nnodes:\n  stem: { op: conv, out: w, kernel: 7, stride: 2, padding: 3 }\n"
        + "  stage: { op: unit, out: \"2*w\", repeat: 3, first: { stride: 2 }, key: \"layer.{i}\" }\n  up: { op: upsample, from: stage }\n  side: { op: conv, from: stem, out: in*2, kernel: 1 }\n"
        + "  both: { op: two, from: [up, side] }\n  p: globalAvgPool\n  fc: { op: linear, out: classes }\noutput: fc\n",
        "spec: 1\nmodel: shared\nkind: backbone\ninput: { size: [64, 64], minimum: 16 }\nblocks:\n  unit: { parameters: { out: 8, stride: 1 }, nodes: { c: { op: conv, out: out, kernel: 3, stride: stride, padding: 1 }, n: batchNorm } }\n"
        + "  stage: { parameters: { stride: 2 }, nodes: { u: { op: unit, repeat: 3, first: { stride: stride } }, d: { op: conv, out: 8, kernel: 1, shares: e, when: 0 }, e: { op: conv, out: 8, kernel: 1 } } }\n"
        + "nodes:\n  a: { op: conv, out: 8, kernel: 3, padding: 1 }\n  b: { op: conv, from: input, stride: 2, shares: a }\n  s: { op: stage, from: a }\n  t: { op: stage, from: a, stride: 1, shares: s }\n"
        + "  p: { op: stage, from: a, shares: { from: s, nodes: [u_1, u_2.c] } }\n  u: { op: unit, repeat: 3 }\n  v: { op: unit, from: a, repeat: 2, first: { stride: 2 }, shares: u }\ntaps: { o: v, q: p, r: t, z: b }\n",
        "spec: 1\nmodel: ops\nkind: backbone\ninput: { size: [64, 96], minimum: 4, multipleOf: 4 }\nnodes:\n  a: { op: conv, out: 8, kernel: 3, stride: 2, padding: same }\n  b: { op: maxPool, kernel: 3, stride: 2, padding: same }\n"
        + "  n: { op: batchNorm, scale: false }\n  l: { op: lrn, size: 3, region: withinChannel }\n  t: { op: convTranspose, out: 8, kernel: 2, stride: 2 }\n  s: { op: add, from: [a, t] }\n  r: { op: resizeLike, from: [b, a], mode: bilinear }\n"
        + "  d: { op: spaceToDepth, from: a, block: 2, order: byCell }\n  c: { op: slice, begin: 0, end: in/2 }\n  h: { op: channelShuffle, groups: 4 }\n  g: { op: globalMaxPool, from: a }\n  m: { op: multiply, from: [g, s] }\n"
        + "  k: { op: learnedScale, perChannel: true }\n  p: { op: avgPool, kernel: 2, stride: 2, padding: same }\n  z: { op: scale, by: 0.17 }\n  v: { op: l2Norm, init: 20 }\ntaps: { o: h, q: v, u: r }\n",
        "spec: 1\nmodel: own\nkind: backbone\ninput: { size: [64, 96], minimum: 5 }\noperators:\n  coord:\n    summary: s\n    class: Some.Coord\n    attributes: { out: { minimum: 1 }, stride: { default: 1, minimum: 1 }, slope: { kind: number, default: 0.5 }, on: { kind: flag, default: true } }\n"
        + "    shape: { channels: out, height: \"floor((height - 1) / stride) + 1\", width: \"ceil(round(width * 1.5) / (2 * stride))\" }\n    tensors: { weight: [\"out\", in + 2, 3, 3], gain: { shape: [\"max(1, out % 3)\"], init: 0.5, learned: false } }\n"
        + "    multiplyAdds: 9*(in + 2)\n    sees: [3, stride]\n  pool: { shape: { vector: in + 1 } }\n  two: { inputs: [l, r], shape: { channels: l + r }, tensors: { w: [r, l] } }\nblocks: { unit: { parameters: { s: 1 }, nodes: { c: { op: coord, out: in*2, stride: s } } } }\n"
        + "nodes: { a: { op: coord, out: 8 }, b: { op: unit, s: 2 }, d: { op: coord, out: 16, on: false }, e: pool, f: { op: linear, out: 16 }, g: { op: multiply, from: [d, f] }, h: { op: two, from: [d, g] } }\ntaps: { o: g, p: a, q: h }\n",
        "spec: 1\nmodel: anchored\nkind: oneStage\ninput: { size: [96, 96] }\nclasses: 3\nnodes: { b: { op: squeezenet-1.0 } }\ndetection:\n  levels: { one: { from: b.fire4, anchors: { scale: 0.2, nextScale: 0.4, ratios: [1, 2] } }, two: { from: b.fire9, anchors: { sizes: [32] } } }\n"
        + "  heads: { scores: { op: conv, out: \"A*classes\", kernel: 1, key: \"s.{level}\" }, boxes: { op: conv, out: \"4*A\", kernel: 1 } }\n  scores: sigmoid\n",
        "spec: 1\nmodel: regions\nkind: twoStage\ninput: { size: [64, 96], minimum: 16 }\npreprocess: { shortSide: 64, longSide: 96 }\nclasses: 3\nnodes:\n  a: { op: conv, out: 18, kernel: 3, stride: 4, padding: 1 }\n  b: { op: conv, out: 18, kernel: 3, stride: 2, padding: 1 }\n"
        + "detection:\n  proposals:\n    levels: { l: { from: a, anchors: { sizes: [8] } }, h: { from: b, anchors: { sizes: [16], stride: 8 } } }\n    anchors: { kind: caffe, ratios: [0.5, 1, 2], base: 4 }\n"
        + "    heads: { objectness: { op: conv, out: \"2*A\", kernel: 1 }, boxes: { op: conv, out: \"4*A\", kernel: 1 } }\n    coding: { convention: inclusive, means: [0, 0, 0, 0], deviations: [1, 1, 1, 1] }\n    select: { candidates: 50, nmsThreshold: 0.7, keep: 30 }\n"
        + "  stages:\n    one:\n      nodes: { w: { op: roiMaxPool, from: b, size: 4, regions: image }, p: { op: roiAlign, from: [a, b], size: 3 }, q: { op: conv, out: 18, kernel: 1 }, t: { op: attend, from: [q, w, w] }, f: flatten }\n"
        + "      heads: { scores: { op: linear, out: classes+1 }, boxes: { op: linear, from: f, out: 8 } }\n    two:\n      nodes: { v: { op: psRoiPool, from: a, size: 3 }, g: globalAvgPool }\n      heads: { scores: { op: linear, out: classes+1, from: g } }\n"
        + "  averageStages: true\n  postprocess: { nmsThreshold: 0.5 }\ntrain: { optimizer: { rate: 0.1 }, proposals: { keep: 60 }, regions: { hard: onePass, foreground: [0.5, 0.6] }, augment: { shortSides: [48, 64], longSide: 128 } }\n",
    ];

    private static int Mutants => int.TryParse(Environment.GetEnvironmentVariable("DETECTION_GEN_FUZZ"), out var count) ? count : 3000;

    [Fact]
    public void The_unmutated_corpus_is_right()
    {
        foreach (var text in Right)
        {
            var spec = ParsedSpec.Parse(new SpecDocument("corpus.yaml", text));
            var result = SpecCompiler.Compile(spec, new SpecLibrary([spec, .. Repository.Models.Select(ParsedSpec.Parse).Where(m => m.ModelName != spec.ModelName)]));

            Assert.All(result.Diagnostics, d => Assert.True(d.Id is "DG0701", d.ToString()));
        }
    }

    [Fact]
    public void A_mutated_spec_gives_a_model_or_errors_and_never_an_exception()
    {
        var failures = new List<string>();
        var slowest = TimeSpan.Zero;
        var thread = new Thread(
            () =>
            {
                for (var seed = 0; seed < Mutants && failures.Count < 20; seed++)
                {
                    var text = new SpecMutator(new Random(seed), [.. Corpus, .. Wrong]).Next();
                    var begun = ThreadTime.Now;
                    if (Complaint(text) is { } complaint)
                    {
                        failures.Add($"seed {seed}: {complaint}");
                    }

                    var taken = ThreadTime.Now - begun;
                    slowest = taken > slowest ? taken : slowest;
                }
            },
            StackSize);
        thread.Start();
        thread.Join();

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
        Assert.True(slowest < Slowest, $"the slowest mutant took {slowest}");
    }

    private static string? Complaint(string text)
    {
        var memory = GC.GetAllocatedBytesForCurrentThread();
        var begun = ThreadTime.Now;
        try
        {
            var own = ParsedSpec.Parse(new SpecDocument("m.yaml", text));
            var user = ParsedSpec.Parse(new SpecDocument(
                "user.yaml", $"spec: 1\nmodel: user\nextends: {(own.ModelName.Length is > 0 and < 50 && Names.IsModelName(own.ModelName) ? own.ModelName : "x")}\nclasses: 2\n"));
            var library = new SpecLibrary([own, user, .. Repository.Library.ModelNames.Where(n => n != own.ModelName).Select(n => Repository.Library.Find(n)!)]);
            foreach (var spec in new[] { own, user })
            {
                var result = SpecCompiler.Compile(spec, library);
                if (Complaint(result, text.Length + 2000) is { } complaint)
                {
                    return complaint + "\n" + text;
                }
            }
        }
        catch (Exception e)
        {
            return e + "\n" + text;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - memory;
        var taken = ThreadTime.Now - begun;
        return taken > Slowest ? $"took {taken}\n{text}" : allocated > MostMemory ? $"allocated {allocated >> 20} MiB\n{text}" : null;
    }

    private static string? Complaint(CompilationResult result, int length)
    {
        var errors = result.Diagnostics.Where(d => d.IsError).ToArray();
        var isThere = result.Models.IsDefaultOrEmpty ? result.Model is not null : result.Models.All(m => m.Model is not null);
        if (errors.Length == 0 != isThere)
        {
            return errors.Length == 0 ? "neither a model nor an error" : "a model in spite of " + errors[0];
        }

        if (errors.FirstOrDefault(d => d.Descriptor == Rules.Internal) is { } failure)
        {
            return failure.ToString();
        }

        return result.Diagnostics.FirstOrDefault(d => d.Location.Span.Start < 0 || d.Location.Span.Length < 0 || d.Message.Length > 3000 || d.Message.Contains('\n') || d.Location.Span.Start > Math.Max(length, 100_000))
            is { } strange
            ? "a strange diagnostic: " + strange
            : null;
    }
}
