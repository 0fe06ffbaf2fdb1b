// Names of specs against the names of C#: whatever a spec may call something, the generated code compiles.
using System.Reflection;
using Detection.Gen.Emission;
using Detection.Gen.Tests.Support;
using Detection.Runtime;
using Detection.Spec.Compilation;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Gen.Tests;

public class NamesTests
{
    public static TheoryData<Type> Bases => [typeof(nn.Module<Tensor, Tensor>), typeof(nn.Module<Tensor, Tensor, Tensor>), typeof(ImageClassifier), typeof(OneStageDetector), typeof(TwoStageDetector)];

    public static TheoryData<string> ReservedNames => [.. GeneratedNames.Reserved.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Bases))]
    public void No_field_hides_what_a_generated_class_inherits(Type type)
    {
        // One level is enough: every member of a base is also one of the derived type, unless it is private.
        var inherited = type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy)
            .Where(m => m switch
            {
                MethodBase method => method is MethodInfo { IsSpecialName: false } && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly),
                FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
                PropertyInfo property => property.GetAccessors(nonPublic: true).Any(a => a.IsPublic || a.IsFamily || a.IsFamilyOrAssembly),
                Type nested => nested.IsNestedPublic || nested.IsNestedFamily,
                _ => true,
            })
            .Select(m => m.Name).Where(name => Detection.Spec.Resolution.Names.IsNodeName(name)).ToHashSet();

        var missing = inherited.Except(GeneratedNames.Reserved).Order(StringComparer.Ordinal).ToArray();
        Assert.True(missing.Length == 0, string.Join(" ", missing));
    }

    [Fact]
    public void Every_reserved_name_may_name_nodes_taps_blocks_parameters_and_inputs()
    {
        // Twenty names in a model: each model has a class with much that has nothing to do with them.
        var specs = GeneratedNames.Reserved.Where(n => n != "input").Order(StringComparer.Ordinal).Chunk(20).Select((names, m) => Small.Backbone(
            "blocks:\n" + string.Concat(names.Select(name =>
                $$"""
                  {{name}}:
                    parameters: { {{name}}: }
                    inputs: [{{name}}, other]
                    nodes:
                      a: { op: conv, from: {{name}}, out: {{name}}, kernel: 1 }
                      both: { op: add, from: [a, other] }
                      relu: relu
                      again: { op: conv, out: {{name}}, kernel: 3, padding: 1 }

                """))
            + "nodes:\n" + string.Concat(names.Select((name, i) =>
                $$"""
                  {{name}}: { op: conv, from: input, out: 4, kernel: 1 }
                  second{{i}}: { op: {{name}}, from: [{{name}}, {{name}}], {{name}}: 4 }
                  wider{{i}}: { op: conv, out: 6, kernel: 1 }
                  third{{i}}: { op: {{name}}, from: [wider{{i}}, wider{{i}}], {{name}}: 6 }
                  joined{{i}}: { op: concat, from: [{{name}}, third{{i}}] }
                  last{{i}}: relu

                """))
            + "taps: { " + string.Join(", ", names.Select((name, i) => $"{name}: last{i}, other{i}: {name}")) + " }",
            $"model-{m}"));

        Assert.Empty(GeneratorRun.Of(specs).Problems());
    }

    [Theory]
    [InlineData("tensor", "TensorModel")]
    [InlineData("features", "FeaturesModel")]
    [InlineData("model-card", "ModelCardModel")]
    [InlineData("detection-models", "DetectionModelsModel")]
    public void A_model_whose_name_is_taken_gets_another_class(string model, string className)
    {
        var run = GeneratorRun.Of(
            Small.Node("relu", model), Small.OneStage("nodes: { map: { op: conv, out: 8, kernel: 3, stride: 8, padding: 1 } }\n" + Small.Detection, "other"));

        Assert.Contains($"public sealed partial class {className} ", run.Sources[model + ".g.cs"], StringComparison.Ordinal);
        Assert.Empty(run.Problems());
    }

    [Theory]
    [InlineData("Tensor", "DG0207")]
    [InlineData("Features", "DG0207")]
    [InlineData("ModelCard", "DG0207")]
    [InlineData("record", "DG0106")]
    [InlineData("lower", "DG0106")]
    [InlineData("class", "DG0106")]
    public void A_class_that_an_author_may_not_choose_is_an_error_at_its_place(string className, string id)
    {
        var run = GeneratorRun.Of(Small.Backbone($"class: {className}\nnodes: {{ a: relu }}\ntaps: {{ a: a }}"));

        var problem = Assert.Single(run.Problems());
        Assert.Equal((id, "(5,8)"), (problem.Id, Errors.Position(problem)));
    }

    [Theory]
    [InlineData("Card")]
    [InlineData("Detect")]
    [InlineData("Eval")]
    [InlineData("Object")]
    [InlineData("Exception")]
    [InlineData("Small_2")]
    public void Other_classes_compile_whatever_they_are_called(string className) => Assert.Empty(GeneratorRun.Of(
        Small.Backbone($"class: {className}\nblocks: {{ {className}: {{ nodes: {{ {className}: {{ op: conv, out: 3, kernel: 1 }} }} }} }}\n"
            + $"nodes: {{ {className}: {className} }}\ntaps: {{ {className}: {className} }}"),
        Small.Classifier($"class: A{className}\nclasses: 3\nnodes: {{ {className}: {{ op: small }}, flat: {{ op: globalAvgPool, from: {className}.{className} }} }}", "user")).Problems());

    [Fact]
    public void Files_of_any_legal_model_names_do_not_collide()
    {
        string[] names = ["detectionmodels", "a", "a.b", "a..b", "a-", "a_", "a__b", "a.", "x.tests", "x", "con", "variants", "tests", "catalogue", new string('z', 100)];
        var run = GeneratorRun.Of(names.Select((name, i) => Small.Backbone($"class: C{i}\nnodes: {{ a: relu }}\ntaps: {{ a: a }}", name)));

        Assert.Empty(run.Problems());
        Assert.All(names.Select((_, i) => $"class C{i} "), declaration => Assert.Single(run.Sources.Values, text => text.Contains(declaration, StringComparison.Ordinal)));
        Assert.Null(run.Result.Results[0].Exception);
    }

    [Fact]
    public void Two_models_of_one_class_are_an_error_at_the_second()
    {
        var run = GeneratorRun.Start(
            [Small.Node("relu", "mobile-net"), Small.Node("relu", "mobile.net"), Small.Node("relu", "other")],
            "namespace Shapes.Models; static class Uses { static (MobileNet?, Other?) Pair => default; }", "Shapes.Models");

        // As its page prints it.
        Assert.Contains(Assert.Single(run.Problems()).ToString().Replace("/specs/", "", StringComparison.Ordinal), File.ReadAllText(Path.Combine(Repository.Root, "docs", "diagnostics", "DG0210.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_variant_that_would_be_the_class_of_another_model_is_an_error()
    {
        var trunk = Small.Backbone("parameters: { w: 1 }\nnodes: { a: { op: conv, out: w, kernel: 1 } }\ntaps: { a: a }", "trunk");
        var run = GeneratorRun.Of(
            trunk,
            Small.Backbone("class: Trunk_W2\nnodes: { a: relu }\ntaps: { a: a }", "claims"),
            Small.Backbone("nodes: { a: { op: trunk, w: 2 } }\ntaps: { a: a.a }", "user"));

        Assert.Equal("DG0210", Assert.Single(run.Problems(), p => p.Id.StartsWith("DG", StringComparison.Ordinal)).Id);
    }

    [Theory]
    [InlineData("my-detector", "my_detector")]
    [InlineData("A.1b.class", "A._1b.@class")]
    [InlineData("Ünïcode.Näme", "Ünïcode.Näme")]
    [InlineData("a..b", "a._.b")]
    public void A_namespace_that_is_none_becomes_one(string given, string used)
    {
        Assert.Equal(used, GeneratedNames.Namespace(given));
        Assert.Empty(GeneratorRun.Start([Small.Node("relu") with { Namespace = given }], "", given).Problems());
    }

    [Fact]
    public void A_namespace_that_ends_like_one_of_ours_hides_nothing() => Assert.Empty(
        GeneratorRun.Start([Small.Node("relu") with { Namespace = "My.Detection.System.TorchSharp" }, Small.Node("nonsense", "bad") with { Namespace = "My.Detection.System.TorchSharp" }],
            "", "My.Detection.System.TorchSharp").Problems().Where(p => p.Id != "DG0201"));
}
