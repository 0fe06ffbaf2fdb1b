// Hundreds of damaged specs, or as many as one asks for: the generator never throws, what it does not understand it reports, and what it accepts compiles.
using Detection.Gen.Tests.Support;
using Microsoft.CodeAnalysis;

namespace Detection.Gen.Tests;

public class MutationTests
{
    // Half a minute; DETECTION_GEN_FUZZ asks for another number.
    private static readonly int Mutants = int.TryParse(Environment.GetEnvironmentVariable("DETECTION_GEN_FUZZ"), out var many) ? many : 600;

    // Every so many mutants that compile as specs, the C# is compiled too: it takes a hundred times as long.
    private const int CompiledShare = 40;

    private static readonly string[] Alphabet =
        ["{", "}", "[", "]", ":", ",", "\n", "  ", "'", "\"", "#", "&a ", "*a", "|", ">", "%", "@", "\t", "0", "-1", "1e9", "9999999999", "~", "$replace", "null", "true", "\u0000", "\uD800", "é"];

    [Fact]
    [Trait("Category", "Slow")]
    public void A_mutated_spec_ends_in_diagnostics_or_in_code_that_compiles()
    {
        var seeds = Repository.Family("backbones", "Shapes.Models").Concat(Repository.Family("ssd", "Shapes.Models")).ToArray();
        var accepted = 0;
        Parallel.For(0, Mutants, i =>
        {
            var random = new Random(i);
            var victim = random.Next(seeds.Length);
            var text = Mutate(seeds[victim].Text, seeds[random.Next(seeds.Length)].Text, random);
            var run = GeneratorRun.Of(seeds.Select((s, j) => j == victim ? s with { Text = text } : s with { Emit = "none" }));

            var problem = run.Result.Results[0].Exception;
            Assert.True(problem is null, $"mutant {i}: {problem}\n{text}");
            var diagnostics = run.Result.Diagnostics;
            Assert.True(diagnostics.All(d => d.Id != "DG0999"), $"mutant {i}: {string.Join("; ", diagnostics)}\n{text}");
            if (!run.Sources.ContainsKey("catalogue/DetectionModels.g.cs"))
            {
                Assert.True(diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error), $"mutant {i} gives neither a model nor an error\n{text}");
            }
            else if (Interlocked.Increment(ref accepted) % CompiledShare == 0)
            {
                // Classes of the parts belong to another project, which is not there.
                var all = GeneratorRun.Of(seeds.Select((s, j) => j == victim ? s with { Text = text } : s));
                var errors = all.Problems().Where(d => d.Id.StartsWith("CS", StringComparison.Ordinal)).ToArray();
                Assert.True(errors.Length == 0, $"mutant {i}: {string.Join("\n", errors.Take(3).Select(e => e.ToString()))}\n{text}");
            }
        });

        Assert.InRange(accepted, Mutants / 20, Mutants * 19 / 20);
    }

    private static string Mutate(string text, string other, Random random)
    {
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(text.Length + 1);
            var length = Math.Min(random.Next(1, 30), text.Length - at);
            var lines = text.Split('\n').ToList();
            text = random.Next(8) switch
            {
                0 => text.Insert(at, Alphabet[random.Next(Alphabet.Length)]),
                1 => text.Remove(at, length),
                2 => text.Remove(at, Math.Min(1, length)).Insert(at, Alphabet[random.Next(Alphabet.Length)]),
                3 => text.Insert(at, text.Substring(random.Next(text.Length - length + 1), length)),
                4 => Swapped(lines, random),
                5 => string.Join('\n', lines.Where((_, i) => i != at % lines.Count)),
                6 => string.Join('\n', lines.Append(other.Split('\n')[at % other.Split('\n').Length])),
                _ => Number(text, random),
            };
            text = text.Length == 0 ? "a" : text;
        }

        return text;
    }

    private static string Swapped(List<string> lines, Random random)
    {
        int a = random.Next(lines.Count), b = random.Next(lines.Count);
        (lines[a], lines[b]) = (lines[b], lines[a]);
        return string.Join('\n', lines);
    }

    private static string Number(string text, Random random)
    {
        var digits = text.Select((c, i) => (c, i)).Where(p => char.IsAsciiDigit(p.c)).ToArray();
        if (digits.Length == 0)
        {
            return text;
        }

        var at = digits[random.Next(digits.Length)].i;
        return text.Remove(at, 1).Insert(at, random.Next(12).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
