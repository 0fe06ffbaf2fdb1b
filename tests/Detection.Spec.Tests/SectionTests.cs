// Header, input, preprocessing, parameters: what they give and what is told of their mistakes; and that a cut text is not blamed for what was cut off.
using System.Collections.Immutable;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Tests;

public class SectionTests
{
    private static string Text(string lines) => $"spec: 1\nmodel: m\nkind: backbone\n{lines}nodes: {{ a: relu }}\ntaps: {{ o: a }}\n";

    [Theory]
    [InlineData("", "DG0005", "The file is empty")]
    [InlineData("# nothing\n", "DG0005", "The file is empty")]
    [InlineData("hello\n", "DG0005", "The file holds 'hello'")]
    [InlineData("- a\n", "DG0005", "The file holds a list")]
    [InlineData("model: m\n", "DG0005", "The file has no 'spec' key")]
    [InlineData("spec: 1\n", "DG0005", "The file has no 'model' key")]
    [InlineData("spec: 1.0\nmodel: m\n", "DG0005", "The language has no version '1.0'")]
    [InlineData("spec: 1\nmodel: My Model\n", "DG0106", "'My Model' cannot name a model: it must begin with a letter and consist of lower-case letters, digits, '-', '_' and '.'")]
    [InlineData("spec: 1\nmodel: [m]\n", "DG0102", "'model' must be a name, but here is a list")]
    public void A_file_that_is_no_spec_says_so(string text, string id, string message)
    {
        var problem = ParsedSpec.Parse(new SpecDocument("a", text)).Diagnostics.First();

        Assert.Equal(id, problem.Id);
        Assert.StartsWith(message, problem.Message);
    }

    [Theory]
    [InlineData("{ size: 64 }", "64", "64")]
    [InlineData("{ size: [64, 96] }", "64", "96")]
    [InlineData("{ size: [64, 96], minimum: 32 }", "at least 32", "at least 32")]
    [InlineData("{ size: [64, 96], minimum: [33, 40], multipleOf: 32 }", "at least 64, in steps of 32", "at least 64, in steps of 32")]
    [InlineData("{ size: [64, 96], maximum: [64, 200] }", "1 to 64", "1 to 200")]
    [InlineData("{ size: [64, 96], multipleOf: [32, 16] }", "at least 32, in steps of 32", "at least 16, in steps of 16")]
    public void The_input_says_which_sizes_are_allowed(string input, string height, string width)
    {
        var model = Specs.Model(Text($"input: {input}\n"));

        Assert.Equal((height, width), (model.Input.HeightDomain.ToString(), model.Input.WidthDomain.ToString()));
    }

    [Theory]
    [InlineData("input: 5\n", "'input' must be a map, but here is '5'")]
    [InlineData("input: { size: [64] }\n", "'size' must be a whole number or [height, width], but here is a list")]
    [InlineData("input: { size: 64, minimum: 65 }\n", "'size' is 64 in height, but must be at least 65")]
    [InlineData("input: { size: [64, 70], multipleOf: 32 }\n", "'size' is 70 in width, but must be at least 32, in steps of 32")]
    [InlineData("input: { size: 64, minimum: 64, maximum: 32 }\n", "'maximum' is 32 in height, but must be at least the smallest allowed size, 64")]
    [InlineData("input: { size: 64 }\npreprocess: { mean: [1, 2] }\n", "'mean' is a list of 2 numbers, but must be a list of one number, or of one for each of the 3 channels")]
    [InlineData("input: { size: 64 }\npreprocess: { mean: 127 }\n", "'mean' must be a list of numbers, but here is '127'")]
    [InlineData("input: { size: 64 }\npreprocess: { std: [0] }\n", "'std' is 0, but must be at least 1E-09")]
    [InlineData("input: { size: 64 }\npreprocess: { color: grb }\n", "'grb' is no value of 'color'; it may be rgb, bgr. Did you mean 'rgb'?")]
    [InlineData("input: { size: 64 }\nparameters: { A: 1 }\n", "'A' is a name of the expression language already; choose another name")]
    [InlineData("input: { size: 64 }\nparameters: { a-b: 1 }\n", "'a-b' cannot name a parameter: it must begin with a letter and consist of letters, digits and '_'")]
    [InlineData("input: { size: 64 }\nparameters: { a: b, b: 1 }\n", "The expression 'b' does not know 'b'; it knows no names here.")]
    [InlineData("input: { size: 64 }\nparameters: { a: }\n", "The model 'm' needs the key 'a'")]
    [InlineData("input: { size: 64 }\nclases: 3\n", "'clases' is not a key of a spec. Did you mean 'classes'?")]
    [InlineData("input: { size: 64 }\nsummary: { a: b }\n", "'summary' must be text, but here is a map")]
    public void A_mistake_in_a_section_is_one_message(string lines, string message) => Assert.Equal(message, Specs.Problem(Text(lines)).Message);

    [Fact]
    public void Parameters_are_given_by_the_caller_and_name_the_variant()
    {
        var spec = ParsedSpec.Parse(new SpecDocument("a", Text("input: { size: 64 }\nparameters: { width: 1, deep: \"2*width\" }\n")));
        CompilationResult With(string name, double value) => SpecCompiler.Compile(spec, new SpecLibrary([spec]), ImmutableDictionary<string, double>.Empty.Add(name, value));

        Assert.Equal(("m(width=0.5)", "M_Width0_5"), (With("width", 0.5).Model!.Name, With("width", 0.5).Model!.ClassName));
        Assert.Equal(("m", "M"), (With("width", 1).Model!.Name, With("width", 1).Model!.ClassName));
        Assert.Equal("'widht' is not an attribute or parameter of the model 'm'. Did you mean 'width'?", With("widht", 1).Diagnostics.Single().Message);
    }

    [Fact]
    public void What_a_syntax_error_cut_off_is_not_reported_missing_but_mistakes_before_it_are()
    {
        var text = "spec: 1\nmodel: m\nkind: backbon\ninput: { siz: 64, size: 64 }\nnodes:\n  a: { op: conv, out: 8, kernal: 3, kernel: 3 }\n  b: { op: rleu }\n  c: { op: conv, out: [8\n";

        Assert.Equal(["DG0105", "DG0101", "DG0101", "DG0201", "DG0001"], Specs.Compile(text).Diagnostics.Select(d => d.Id));
        Assert.Equal(["DG0001"], Specs.Compile("spec: 1\nmodel: m\n: [\n").Diagnostics.Select(d => d.Id).Distinct().Where(i => i != "DG0101"));
    }

    [Fact]
    public void A_bad_spec_still_declares_its_class_and_outputs()
    {
        var declared = Specs.Compile("spec: 1\nmodel: my-net\nkind: backbone\ntaps: { c3: x, c4: y, 1x: z }\nnodes: { a: nothing }\n").Declared!;

        Assert.Equal(("my-net", "MyNet", ModelKind.Backbone), (declared.Name, declared.ClassName, declared.Kind));
        Assert.Equal(["c3", "c4"], declared.Taps.ToArray());
    }

    [Fact]
    public void Long_and_many_line_values_stay_short_in_messages()
    {
        var message = Specs.Problem(Text($"input: {{ size: 64 }}\nkin: \"{new string('x', 5000)}\"\n\"{new string('k', 900)}\\nz\": 1\n").Replace("kin: ", "summary: ")).Message;

        Assert.True(message.Length < 700, message);
        Assert.DoesNotContain("\n", message);
    }

    [Fact]
    public void Warnings_do_not_crowd_out_the_error()
    {
        var (diagnostics, source) = (new DiagnosticBag(), new SourceText("spec.yaml", new string('x', 400)));
        for (var i = 0; i < 300; i++)
        {
            diagnostics.Report(Rules.DeadNode, source, new TextSpan(i, 1), "x");
        }

        diagnostics.Report(Rules.UnknownKey, source, new TextSpan(300, 1), "x", "a spec", "");

        Assert.Single(diagnostics.ToImmutable(), d => d.IsError);
        Assert.Equal(200, diagnostics.ToImmutable().Count(d => !d.IsError));
    }

    [Theory]
    [InlineData("kernal", "kernel")]
    [InlineData("KERNEL", "kernel")]
    [InlineData("stirde", "stride")]
    [InlineData("strid", "stride")]
    [InlineData("xyzzy", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_suggested_when_it_is_near(string name, string? suggested) =>
        Assert.Equal(suggested, Suggestion.Nearest(name, ["out", "kernel", "stride", "padding"]));

    [Theory]
    [InlineData("mobilenet-v1", "MobilenetV1")]
    [InlineData("squeezenet-1.0", "Squeezenet1_0")]
    [InlineData("a_b.c", "ABC")]
    public void A_class_is_named_after_its_model(string model, string className) => Assert.Equal(className, Names.Pascal(model));

    [Fact]
    public void A_model_as_large_as_can_be_counted_is_refused_beyond() => Assert.Equal(
        "DG0002",
        Specs.Problem(Text("input: { size: 100000, channels: 1024 }\n").Replace("a: relu", "b: { op: conv, out: 1000000, kernel: 1024, padding: 1024 }, a: { op: conv, out: 1000000, kernel: 1024, padding: 1024 }")).Id);

    [Fact]
    public void A_domain_contains_its_own_steps_only() => Assert.True(new SizeDomain(32, 96, 32).Contains(64) && !new SizeDomain(32, 96, 32).Contains(65) && !new SizeDomain(32, 96, 32).Contains(128));
}
