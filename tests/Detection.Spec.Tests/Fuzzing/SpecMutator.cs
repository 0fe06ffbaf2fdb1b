// Makes wrong specs of right ones: by characters, by tokens, by lines and their structure. The same seed gives the same text.
using System.Text.RegularExpressions;

namespace Detection.Spec.Tests.Fuzzing;

/// <summary>Mutates specs.</summary>
internal sealed partial class SpecMutator(Random random, string[] corpus)
{
    private static readonly string[] Words =
    [
        "", "0", "-1", "1", "2", "7", "1000", "1024", "100000", "1000000", "999999999999999", "1e15", "1e300", "9223372036854775808", "0.5", "1e-9", ".5", "1_000",
        "true", "false", "null", "~", "[]", "{}", "[1, 2]", "[[1, 2]]", "{ a: 1 }", "in", "A", "classes", "out", "width", "in*2", "A*(classes+1)", "1/0", "((((", "min(1,2)",
        "divisible(in, 8)", "sqrt(-1)", "foo(1)", "in % 3 == 0 and 1/0 > 2", "conv", "relu", "linear", "flatten", "globalAvgPool", "concat", "add", "multiply", "upsample", "maxPool",
        "batchNorm", "convTranspose", "spaceToDepth", "resizeLike", "slice", "lrn", "same", "valid", "shares", "{ from: a, nodes: [b, c.d] }", "input", "from", "op", "key", "repeat", "first", "when", "kernel", "stride", "padding", "dilation", "groups", "ceil", "bias", "nodes", "blocks", "parameters",
        "inputs", "output", "taps", "detection", "levels", "heads", "anchors", "scale", "nextScale", "ratios", "minScale", "maxScale", "expect", "shapes", "at", "extends", "spec",
        "model", "kind", "oneStage", "twoStage", "proposals", "stages", "given", "roiAlign", "psRoiPool", "attend", "regions", "image", "regions_one", "select", "caffe", "objectness", "classifier", "backbone", "multipleOf", "minimum", "maximum", "$replace", "$remove", "$insert", "$before", "$after", "&a", "*a", "!t", "<<", "? ",
        "|", ">", "---", "...", "#", "\"\\UFFFFFFFF\"", "\"\\x\"", "'", "\"", "\t", "\u0000", "\uFEFF", "\uD800", "\u2028", "\u0130", "{i}", "{index}", "mobilenet-v1", "squeezenet-1.0", "base",
        "fire", "convBnRelu", "depthwiseSeparable", "backbone.c3", "conv1.", ".",
    ];

    private static readonly string[] Lines =
    [
        "  x: { op: conv, out: 1000000, kernel: 1024, stride: 1024, padding: 1024, dilation: 1024 }", "  x: { op: relu, repeat: 1000 }", "  x: { op: conv, out: in, kernel: 3, repeat: 1000, key: \"k{i}\" }",
        "  x: { op: upsample, factor: 64, repeat: 12 }", "  x: { op: convTranspose, out: 1, kernel: 1024, stride: 1024, padding: 1024, outputPadding: 1023 }",
        "  x: { op: conv, out: 1, kernel: 1024, stride: 1023, dilation: 1024, padding: same, repeat: 9 }", "  x: { op: maxPool, kernel: 2, stride: 2, padding: same, repeat: 40 }", "  x: { op: concat, from: [input, input] }", "  x: { op: add, from: [input, x] }", "  x: { op: base }", "  x: base", "  x: { op: fire, squeeze: 1, expand: in }",
        "extends: base", "extends: mobilenet-v1", "expect: { parameters: 1, shapes: { conv1: [1, 2, 3] } }", "expect: [{ source: s, at: [100000, 100000], multiplyAdds: 1 }]",
        "  $remove: [conv1, conv2]", "  $insert: { $after: conv1, y: relu }", "  $replace: { a: relu }", "input: { size: [1, 1], minimum: 1 }", "input: { size: [96, 96], multipleOf: [32, 16] }",
        "  b: &b [*b, *b, *b, *b]", "  c: { op: conv, out: 1, kernel: 3, when: \"in > 3\", from: [input] }", "classes: [a, a, \"\"]", "taps: { o: x }", "output: x",
    ];

    /// <summary>A mutant of a text of the corpus.</summary>
    public string Next()
    {
        var text = Pick(corpus);
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            text = random.Next(3) switch
            {
                0 => Characters(text),
                1 => Tokens(text),
                _ => Structure(text),
            };
            if (text.Length > 200_000)
            {
                text = text[..200_000];
            }
        }

        return text;
    }

    private string Characters(string text)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(text.Length + 1);
            var length = Math.Min(random.Next(1, 12), text.Length - at);
            text = random.Next(5) switch
            {
                0 => text.Remove(at, Math.Min(length, 1)),
                1 => text.Insert(at, ((char)random.Next(random.Next(2) == 0 ? 128 : 0x10000)).ToString()),
                2 => text.Remove(at, length),
                3 => text.Insert(at, text.Substring(at, length)),
                _ => text.Insert(at, Pick(["{", "}", "[", "]", ":", ": ", ",", "\n", " ", "  ", "\"", "'", "&a ", "*a", "- ", "$", "\r"])),
            };
        }

        return text;
    }

    private string Tokens(string text)
    {
        var tokens = Token().Matches(text);
        if (tokens.Count == 0)
        {
            return text;
        }

        var chosen = tokens[random.Next(tokens.Count)];
        var other = random.Next(3) == 0 ? tokens[random.Next(tokens.Count)].Value : Pick(Words);
        return text.Remove(chosen.Index, chosen.Length).Insert(chosen.Index, other);
    }

    private string Structure(string text)
    {
        var lines = text.Split('\n').ToList();
        var at = random.Next(lines.Count);
        switch (random.Next(11))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(at, lines[random.Next(lines.Count)]);
                break;
            case 2:
                lines[at] = "  " + lines[at];
                break;
            case 3:
                lines[at] = lines[at].StartsWith("  ", StringComparison.Ordinal) ? lines[at][2..] : lines[at];
                break;
            case 4:
                (lines[at], lines[0]) = (lines[0], lines[at]);
                break;
            case 5:
                lines.RemoveRange(at, Math.Min(random.Next(1, 8), lines.Count - at));
                break;
            case 6:
                lines.InsertRange(at, Pick(corpus).Split('\n').Skip(random.Next(20)).Take(random.Next(1, 12)));
                break;
            case 7:
                lines.Insert(at, Pick(Lines));
                break;
            case 8:
                var colon = lines[at].IndexOf(": ", StringComparison.Ordinal);
                lines[at] = colon < 0 ? lines[at] : lines[at][..(colon + 2)] + Pick(["[", "{ x: ", "{ $replace: ", "\"", "&q ", ""]) + lines[at][(colon + 2)..] + Pick(["]", " }", "\"", ""]);
                break;
            case 9:
                return text[..random.Next(text.Length + 1)];
            default:
                lines[at] += string.Concat(Enumerable.Repeat(Pick(["[", "{a: ", "- ", "(", "a", "\t", "{"]), random.Next(1, 3000)));
                break;
        }

        return string.Join('\n', lines);
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];

    [GeneratedRegex(@"[\w.$-]+|""[^""\n]*""|[^\s\w]")]
    private static partial Regex Token();
}
