// Tests at several sizes: what is read, what merging over files makes of runs, and one message for each mistake.
using Detection.Spec.Compilation;

namespace Detection.Spec.Tests;

public class MultiScaleTests
{
    private static string OneStage(string multiScale, string heads = "", string input = "{ size: [64, 64], multipleOf: 32 }") =>
        $"spec: 1\nmodel: m\nkind: oneStage\ninput: {input}\nclasses: 2\nnodes:\n  c1: {{ op: conv, out: 8, kernel: 3, stride: 16, padding: 1 }}\n"
        + "detection:\n  levels: { a: { from: c1, anchors: { sizes: [16] } } }\n"
        + $"  heads: {{ scores: {{ op: conv, out: \"A*(classes+1)\", kernel: 1 }}, boxes: {{ op: conv, out: \"A*4\", kernel: 1 }}{heads} }}\n  multiScale: {multiScale}\n";

    private static string TwoStage(string multiScale, string rest = "", string preprocess = "preprocess: { shortSide: 160, longSide: 320 }\n") =>
        $"spec: 1\nmodel: m\nkind: twoStage\ninput: {{ size: [160, 320], multipleOf: 32 }}\n{preprocess}classes: 3\nnodes:\n  c1: {{ op: conv, out: 8, kernel: 3, stride: 16, padding: 1 }}\n"
        + "detection:\n  proposals: { given: 20 }\n  stages: { box: { nodes: { pool: { op: roiAlign, from: c1, size: 7 }, flat: flatten, fc: { op: linear, out: 6 } }, heads: { scores: { op: linear, out: classes+1 } } } }\n"
        + $"{rest}  multiScale: {multiScale}\n";

    [Fact]
    public void Runs_are_read_in_their_order_with_their_limits()
    {
        var test = Specs.Model(OneStage("{ flip: true, merge: softVoting, runs: { whole: { size: 64 }, flat: { longer: 64, shorter: 32, longestAbove: 8 }, big: { size: 128, shortestBelow: 20.5 } } }")).MultiScale!;

        Assert.Equal(["whole 64 64  ", "flat 64 32 8 ", "big 128 128  20.5"], test.Runs.Select(r => FormattableString.Invariant($"{r.Name} {r.Longer} {r.Shorter} {r.LongestAbove} {r.ShortestBelow}")));
        Assert.Equal((true, "softVoting", 0.45), (test.Settings["flip"].Flag, test.Settings["merge"].Word, test.Settings["groupIou"].Number));
        Assert.Null(Specs.Model(OneStage("null")).MultiScale);
    }

    [Fact]
    public void Weights_mean_the_same_however_a_detector_is_tested() =>
        Assert.Equal(Specs.Model(OneStage("null")).SpecHash, Specs.Model(OneStage("{ runs: { a: { size: 128 } } }")).SpecHash);

    [Fact]
    public void A_variant_adds_a_run_and_takes_one_away()
    {
        var model = Specs.Model(
            "spec: 1\nmodel: n\nextends: m\ndetection: { multiScale: { runs: { $remove: a, c: { size: 32 } } } }\n", OneStage("{ runs: { a: { size: 128 }, b: { size: 64 } } }"));

        Assert.Equal(["b", "c"], model.MultiScale!.Runs.Select(r => r.Name));
    }

    [Fact]
    public void Sizes_that_keep_the_aspect_ratio_are_padded_to_what_the_network_takes() =>
        Assert.Equal([(2000L, 480L)], Specs.Model(TwoStage("{ merge: byRegion, runs: { a: { longer: 2000, shorter: 480 } } }")).MultiScale!.Runs.Select(r => (r.Longer, r.Shorter)));

    [Theory]
    [InlineData("[]", "'multiScale' must be a map with 'runs'")]
    [InlineData("{ flip: true }", "'multiScale' needs at least one run")]
    [InlineData("{ runs: {} }", "'multiScale' needs at least one run")]
    [InlineData("{ runs: { a: 320 } }", "'a' must be a map with a 'size'")]
    [InlineData("{ runs: { a: { longer: 64 } } }", "The run 'a' needs a 'size', or both 'longer' and 'shorter'")]
    [InlineData("{ runs: { a: { size: 64, shorter: 32 } } }", "The run 'a' needs a 'size', or both 'longer' and 'shorter'")]
    [InlineData("{ runs: { a: { longer: 32, shorter: 64 } } }", "at most 'longer', 32")]
    [InlineData("{ runs: { a: { size: 70 } } }", "The run 'a' makes an input of 70 x 70; the spec allows height and width")]
    [InlineData("{ runs: { a: { longer: 64, shorter: 40 } } }", "The run 'a' makes inputs of 40 x 64, and of 64 x 40 where the image stands; the spec allows height and width")]
    [InlineData("{ runs: { a: { size: 64 } }, flop: true }", "'flop'")]
    [InlineData("{ runs: { a: { size: 64, above: 3 } } }", "'above'")]
    [InlineData("{ runs: { a: { size: 64 } }, merge: byRegion }", "'byRegion' is for two-stage detectors")]
    [InlineData("{ runs: { a: { size: 64 } }, canonicalSize: 100 }", "'canonicalSize' counts for nothing with 'voting'")]
    public void Mistakes_of_a_test_are_told(string multiScale, string message) =>
        Assert.Contains(Specs.Compile(OneStage(multiScale)).Diagnostics, d => d.Message.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("{ merge: byRegion, flip: true, runs: { a: { size: 160 } } }", "", "'flip' does not go with 'byRegion'")]
    [InlineData("{ merge: byRegion, runs: { a: { size: 160, longestAbove: 3 } } }", "", "'longestAbove' does not go with 'byRegion'")]
    [InlineData("{ merge: byRegion, groupIou: 0.5, runs: { a: { size: 160 } } }", "", "'groupIou' counts for nothing with 'byRegion'")]
    [InlineData("{ runs: { a: { size: 160 } } }", "  scores: svm\n", "those of support vector machines may be negative")]
    [InlineData("{ runs: { a: { size: 160 } } }", "  postprocess: { perImageOnAverage: 40 }\n", "'perImageOnAverage' counts boxes of one run")]
    public void Mistakes_of_a_test_of_regions_are_told(string multiScale, string rest, string message) =>
        Assert.Contains(Specs.Compile(TwoStage(multiScale, rest)).Diagnostics, d => d.Message.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void Boxes_with_further_outputs_cannot_be_merged() =>
        Assert.Contains(
            Specs.Compile(OneStage("{ runs: { a: { size: 64 } } }", ", marks: { values: 4, op: conv, out: \"A*4\", kernel: 1 }")).Diagnostics,
            d => d.Message.Contains("there is a head 'marks'", StringComparison.Ordinal));

    [Fact]
    public void A_size_that_a_fixed_input_does_not_allow_is_told_at_its_place()
    {
        var text = OneStage("{ runs: { a: { size: 128 } } }", input: "{ size: [64, 64] }");
        var problem = Specs.Problem(text);

        Assert.Equal(("DG0601", "128"), (problem.Descriptor.Id, Specs.Underlined(problem, text)));
        Assert.Contains("the spec allows height and width 64", problem.Message, StringComparison.Ordinal);
    }
}
