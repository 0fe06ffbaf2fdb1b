// Operators that a spec declares and C# computes: the generated half of their classes, who emits it, and what the C# compiler says of a missing half.
using System.Text.RegularExpressions;
using Detection.Gen.Tests.Support;
using Microsoft.CodeAnalysis;

namespace Detection.Gen.Tests;

public partial class DeclaredOperatorTests
{
    private const string Declared =
        """
        operators:
          gain:
            summary: A gain for each channel.
            attributes:
              by: { kind: number, default: 0.5, summary: Factor. }
              out: { minimum: 1 }
              name: { kind: flag, default: true }
            shape: { channels: out }
            tensors: { weight: [out, "in / 2", 1], shift: ["out"], count: { shape: ["max(1, in)"], init: 2, learned: false } }
        blocks:
          unit: { parameters: { out: 8 }, nodes: { g: { op: gain, out: out }, r: relu } }
        nodes:
          first: { op: conv, out: 8, kernel: 3, padding: 1 }
          a: { op: unit, out: 8 }
          b: { op: unit, out: 4 }
        taps: { b: b }
        """;

    private const string Written =
        "namespace Shapes.Models;\npublic sealed partial class Gain\n{\n    public override partial TorchSharp.torch.Tensor forward(TorchSharp.torch.Tensor input) => input.slice(1, 0, this.@out, 1) * this.by;\n}\n";

    [Fact]
    public Task The_generated_half_of_a_class()
    {
        var run = GeneratorRun.Start([Small.Backbone(Declared)], Written, "Shapes.Models");

        Assert.Empty(run.Problems());
        Assert.Contains("this.g = new Gain(8, by: 0.5, @out: outChannels, name_: true);", run.Sources["small.g.cs"], StringComparison.Ordinal);
        return Verify(run.Sources.Single(s => s.Key.StartsWith("operators/", StringComparison.Ordinal)).Value).UseDirectory("Snapshots/Small").UseFileName("declared-operator");
    }

    [Theory]
    [InlineData("")]
    [InlineData("namespace Shapes.Models;\npublic partial class Gain { }")]
    public void A_class_without_forward_is_a_compile_error_that_names_it(string code)
    {
        var problem = Assert.Single(GeneratorRun.Start([Small.Backbone(Declared)], code, "Shapes.Models").Problems());

        Assert.Equal("CS8795", problem.Id);
        Assert.Contains("Gain.forward(torch.Tensor)", problem.GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_elsewhere_in_the_spec_leaves_the_authors_half_compiling()
    {
        var run = GeneratorRun.Start([Small.Backbone(Declared.Replace("op: conv", "op: cnov"))], Written, "Shapes.Models");

        Assert.Equal("DG0201", Assert.Single(run.Problems()).Id);
    }

    [Fact]
    public void A_mistake_in_the_declaration_itself_is_one_message()
    {
        var run = GeneratorRun.Start([Small.Backbone(Declared.Replace("\"in / 2\"", "\"inn / 2\""))], Written, "Shapes.Models");

        Assert.Equal("DG0302", Assert.Single(run.Problems()).Id);
    }

    [Fact]
    public void Words_that_the_generated_half_uses_itself_may_name_attributes_and_tensors()
    {
        string[] words = ["init", "empty", "empty_", "full", "zeros", "System", "Prepare", "input", "Gain", "Parameter", "Tensor", "Module", "torch", "call", "training", "class", "OperatorArithmetic", "Detection"];
        var attributes = string.Join(", ", words.Select(w => $"{w}: {{ default: 2 }}"));
        var tensors = string.Join(", ", words.Select(w => $"t{w}: [2, in]").Concat(["parameters: [1]", "weight_: [\"empty / init\", System]", "weight: { shape: [1], learned: false }", "nn: [full, zeros]"]));
        var spec = Small.Backbone($"operators: {{ gain: {{ attributes: {{ {attributes} }}, tensors: {{ {tensors} }} }} }}\nnodes: {{ a: gain }}\ntaps: {{ a: a }}");

        Assert.Empty(GeneratorRun.Start([spec], Written.Replace("input.slice(1, 0, this.@out, 1) * this.by", "input * this.init_"), "Shapes.Models").Problems());
    }

    [Fact]
    public void Specs_that_declare_an_operator_alike_share_its_class()
    {
        var run = GeneratorRun.Start([Small.Backbone(Declared), Small.Backbone(Declared, "other")], Written, "Shapes.Models");

        Assert.Empty(run.Problems());
        Assert.Single(run.Sources.Keys, k => k.StartsWith("operators/", StringComparison.Ordinal));
    }

    [Fact]
    public void Specs_that_declare_one_class_differently_are_told()
    {
        var run = GeneratorRun.Start([Small.Backbone(Declared), Small.Backbone(Declared.Replace("0.5", "0.25"), "other")], Written, "Shapes.Models");

        var problem = Assert.Single(run.Problems(), p => p.Id.StartsWith("DG", StringComparison.Ordinal));
        Assert.Equal("The class Shapes.Models.Gain of 'gain in small.yaml' is that of 'gain in other.yaml' already; give one of them a 'class' of its own", problem.GetMessage());
    }

    [Fact]
    public void Another_project_uses_the_class_where_it_is_declared()
    {
        var lower = Small.Backbone(Declared, "lower") with { Namespace = "Lower.Models", Emit = "none" };
        var upper = new SpecText("/specs/upper.yaml", "spec: 1\nmodel: upper\nextends: lower\nnodes: { first: { out: 16 } }\n");

        var run = GeneratorRun.Of(lower, upper);

        Assert.DoesNotContain(run.Sources.Keys, k => k.StartsWith("operators/", StringComparison.Ordinal));
        Assert.Contains("new global::Lower.Models.Gain(", run.Sources["upper.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_of_the_manual_compiles_with_its_csharp()
    {
        var manual = File.ReadAllText(Path.Combine(Repository.Root, "docs", "spec-language.md"));
        var section = manual[manual.IndexOf("\n## Operators of your own\n", StringComparison.Ordinal)..];
        string Fence(string language) => FenceOf().Matches(section).First(m => m.Groups[1].Value == language).Groups[2].Value;

        var run = GeneratorRun.Start(
            [Small.Backbone(Fence("yaml") + "taps: { out: deep }")],
            "using TorchSharp;\nusing static TorchSharp.torch;\nusing static TorchSharp.torch.nn;\nnamespace Shapes.Models;\n" + Fence("csharp"), "Shapes.Models");

        Assert.Empty(run.Problems());
    }

    [GeneratedRegex("^```(\\w+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FenceOf();
}
