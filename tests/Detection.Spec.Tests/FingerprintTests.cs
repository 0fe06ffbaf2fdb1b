// The fingerprint of a model changes exactly with what decides the meaning of its weights; and compiling gives the same everywhere.
using System.Globalization;
using Detection.Spec.Compilation;
using Detection.Spec.Resolution;

namespace Detection.Spec.Tests;

public class FingerprintTests
{
    private const string Text =
        "spec: 1\nmodel: m\nkind: oneStage\ninput: { size: [64, 64], minimum: 16 }\nclasses: 2\nparameters: { w: 8 }\nblocks: { unit: { parameters: { out: }, nodes: { conv: { op: conv, out: out, kernel: 3, padding: 1 }, act: relu } } }\n"
        + "nodes:\n  a: { op: unit, out: w, key: stem }\n  b: { op: unit, out: w }\n  s: { op: add, from: [a, b] }\n"
        + "detection:\n  levels: { one: { from: s, anchors: { sizes: [10, 20], step: 8 } } }\n  heads: { scores: { op: conv, out: \"A*(classes+1)\", kernel: 1 }, boxes: { op: conv, out: \"A*4\", kernel: 1 } }\n"
        + "  postprocess: { nmsThreshold: 0.5 }\nsummary: words\n";

    private static readonly string Original = Specs.Model(Text).SpecHash;

    [Theory]
    [InlineData("spec: 1\n", "# a comment\nspec: 1\n\n")]
    [InlineData("summary: words", "summary: other words\nsource: a paper")]
    [InlineData("nmsThreshold: 0.5", "nmsThreshold: 0.3, maxPerImage: 7")]
    [InlineData("out: w, key: stem", "key:   stem ,\n    out: '8'")]
    [InlineData("size: [64, 64]", "size: [96, 128]")]
    [InlineData("minimum: 16", "minimum: 32")]
    [InlineData("out: \"A*4\"", "out: 8")]
    [InlineData("kernel: 1 }", "kernel: 1, padding: valid }")]
    [InlineData("model: m\n", "model: other\nclass: Other\n")]
    [InlineData("classes: 2", "classes: [cat, dog]")]
    [InlineData("nodes:\n  a:", "init: { weight: normal, std: 0.01 }\nnodes:\n  a:")]
    [InlineData("out: \"A*4\"", "out: \"A*4\", init: { prior: 0.01 }")]
    public void Words_formatting_thresholds_and_nominal_sizes_do_not_count(string old, string changed) =>
        Assert.Equal(Original, Specs.Model(Text.Replace(old, changed)).SpecHash);

    [Theory]
    [InlineData("kernel: 3, padding: 1", "kernel: 5, padding: 2")]
    [InlineData("key: stem", "key: trunk")]
    [InlineData("act: relu", "act: relu6")]
    [InlineData("from: [a, b]", "from: [a, a]")]
    [InlineData("from: [a, b]", "from: [b, a]")]
    [InlineData("sizes: [10, 20]", "sizes: [20, 10]")]
    [InlineData("step: 8", "step: 16")]
    [InlineData("classes: 2", "classes: 3")]
    [InlineData("w: 8", "w: 16")]
    [InlineData("  postprocess", "  coding: { variances: [0.1, 0.1] }\n  postprocess")]
    [InlineData("  b: { op: unit, out: w }", "  b: { op: unit, out: w, from: input }")]
    public void Structure_keys_wiring_and_default_boxes_count(string old, string changed)
    {
        Assert.Contains(old, Text);
        Assert.NotEqual(Original, Specs.Model(Text.Replace(old, changed)).SpecHash);
    }

    [Fact]
    public void An_attribute_that_came_later_counts_only_away_from_its_default()
    {
        string Hash(string norm) => Specs.Model(Text.Replace("act: relu", "act: " + norm)).SpecHash;

        Assert.Equal(Hash("batchNorm"), Hash("{ op: batchNorm, scale: true }"));
        Assert.NotEqual(Hash("batchNorm"), Hash("{ op: batchNorm, scale: false }"));
        Assert.NotEqual(Hash("{ op: batchNorm, scale: false }"), Hash("{ op: batchNorm, shift: false }"));
    }

    [Fact]
    public void A_fingerprint_is_16_hexadecimal_digits() => Assert.Matches("^[0-9a-f]{16}$", Original);

    [Fact]
    public void Results_do_not_depend_on_the_culture_and_repeat()
    {
        // Commas, a dot for groups, an odd minus: what de-DE, tr-TR and sv-SE would bring, present on every machine.
        var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        odd.NumberFormat.NumberDecimalSeparator = ",";
        odd.NumberFormat.NumberGroupSeparator = ".";
        odd.NumberFormat.NegativeSign = "\u2212";
        var cultures = new List<CultureInfo> { CultureInfo.InvariantCulture, odd, CultureInfo.InvariantCulture };
        foreach (var name in new[] { "de-DE", "tr-TR" })
        {
            try
            {
                cultures.Add(CultureInfo.GetCultureInfo(name));
            }
            catch (CultureNotFoundException)
            {
                // Without culture data on this machine the odd one stands for them.
            }
        }

        var results = new List<string>();
        foreach (var culture in cultures)
        {
            var before = CultureInfo.CurrentCulture;
            CultureInfo.CurrentCulture = culture;
            try
            {
                results.Add(string.Join("\n", Everything()));
            }
            finally
            {
                CultureInfo.CurrentCulture = before;
            }
        }

        Assert.All(results, r => Assert.Equal(results[0], r));
    }

    private static IEnumerable<string> Everything()
    {
        foreach (var document in Repository.Models)
        {
            var result = SpecCompiler.Compile(ParsedSpec.Parse(document), Repository.Library);
            yield return result.Model?.SpecHash + " " + Specs.Lines(result.Diagnostics);
        }

        var random = new Fuzzing.SpecMutator(new Random(7), [.. Repository.Models.Select(m => m.Text), Text]);
        for (var i = 0; i < 60; i++)
        {
            yield return Specs.Lines(Specs.Compile(random.Next()).Diagnostics);
        }

        yield return Specs.Lines(Specs.Compile(Text.Replace("sizes: [10, 20]", "sizes: [-1.5]").Replace("kernel: 3", "kernel: -1.25")).Diagnostics);
        yield return Specs.Model(Text.Replace("sizes: [10, 20]", "boxes: [[10.5, 20.25], [1.5, 2]]")).SpecHash;
    }
}
