// `expect`: silent when true, an error with both figures and the source when false.
namespace Detection.Spec.Tests;

public class ExpectationTests
{
    private static string Text(string expect) =>
        "spec: 1\nmodel: m\nkind: backbone\ninput: { size: [64, 96], minimum: 16, multipleOf: 16 }\nblocks: { unit: { nodes: { conv: { op: conv, out: 8, kernel: 3, stride: 2, padding: 1 }, norm: batchNorm } } }\n"
        + "nodes:\n  u: unit\n  v: { op: relu, repeat: 2 }\n  p: globalAvgPool\ntaps: { c1: v }\nexpect: " + expect + "\n";

    [Theory]
    [InlineData("{ source: s, parameters: 240, statistics: 16, multiplyAdds: \"8*32*48*27\" }")]
    [InlineData("{ source: s, at: [128, 32], multiplyAdds: 221184, shapes: { c1: [8, 64, 16] } }")]
    [InlineData("{ source: s, shapes: { u: [8, 32, 48], v_1: [8, 32, 48], c1: [8, 32, 48], p: [8], u.conv: [8, 32, 48] } }")]
    [InlineData("[{ source: s, parameters: 240 }, { source: t, at: [16, 16], shapes: { u: [8, 8, 8] } }]")]
    [InlineData("[]")]
    public void A_true_expectation_is_silent(string expect) => Assert.Equal("", Specs.Lines(Specs.Compile(Text(expect)).Diagnostics));

    [Theory]
    [InlineData("{ source: Table 1, parameters: 241 }", "241", "Expected parameters = 241, but it is 240 (Table 1)")]
    [InlineData("{ source: s, statistics: 17 }", "17", "Expected statistics = 17, but it is 16 (s)")]
    [InlineData("{ source: s, multiplyAdds: 1 }", "1", "Expected multiplyAdds = 1, but it is 331776 (s)")]
    [InlineData("{ source: s, at: [128, 32], multiplyAdds: 1 }", "1", "Expected multiplyAdds = 1, but it is 221184 (s)")]
    [InlineData("{ source: s, shapes: { u: [8, 32, 47] } }", "[8, 32, 47]", "Expected u at an input of 64x96 = 8x32x47, but it is 8x32x48 (s)")]
    [InlineData("{ source: s, shapes: { p: [8, 1, 1] } }", "[8, 1, 1]", "Expected p at an input of 64x96 = 8x1x1, but it is 8 (s)")]
    [InlineData("{ source: s, shapes: { uu: [8, 32, 48] } }", "uu", "There is no node 'uu'. Did you mean 'u'?")]
    [InlineData("{ source: s, shapes: { u: [8, 32] } }", "[8, 32]", "'u' must be a shape, [C, H, W] or [C], but here is a list")]
    [InlineData("{ source: s, shapes: [8, 32] }", "[8, 32]", "'shapes' must be a map of nodes and shapes, { conv1: [64, 112, 112] }, but here is a list")]
    [InlineData("{ source: s, at: [70, 32], parameters: 240 }", "[70, 32]", "'at' is 70 in height, but must be at least 16, in steps of 16")]
    [InlineData("{ source: s, anchors: 5 }", "anchors", "'anchors' is not a key of 'expect' in a model without 'detection'.")]
    [InlineData("{ source: s, parameter: 240 }", "parameter", "'parameter' is not a key of 'expect'. Did you mean 'parameters'?")]
    [InlineData("{ source: , parameters: 240 }", "", "'source' must be text, but here is nothing")]
    [InlineData("5", "5", "'expect' must be a map of figures, or a list of such maps, but here is '5'")]
    public void A_false_expectation_is_told_with_both_figures(string expect, string underlined, string message)
    {
        var problem = Specs.Problem(Text(expect));

        Assert.Equal((message, underlined), (problem.Message, Specs.Underlined(problem, Text(expect))));
    }

    [Fact]
    public void An_expectation_without_source_is_a_warning_and_the_model_is_there()
    {
        var result = Specs.Compile(Text("{ parameters: 240 }"));

        Assert.Equal(
            "spec.yaml(11,11): warning DG0702: 'expect' should name the 'source' of its figures",
            Specs.Lines(Lint.SpecLint.Run(result, new Resolution.SpecLibrary([result.Spec])).Where(d => d.Id == "DG0702")));
        Assert.Empty(result.Diagnostics);
        Assert.NotNull(result.Model);
    }
}
