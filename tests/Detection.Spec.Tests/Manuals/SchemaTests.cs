// The JSON schema: the checked-in copy is what the tables make, every right spec fits it, and wrong ones do not.
using System.Text.Json;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Schema;
using Detection.Spec.Syntax;

namespace Detection.Spec.Tests.Manuals;

public class SchemaTests
{
    private static readonly SchemaValidator Schema = new(JsonDocument.Parse(SpecSchema.Write()).RootElement);

    public static TheoryData<string> Models => [.. Repository.Models.Select(m => m.Path)];

    [Fact]
    public void The_checked_in_schema_is_what_the_tables_make() => CheckedIn.IsEqual("schema/detection-spec.schema.json", SpecSchema.Write());

    [Theory]
    [MemberData(nameof(Models))]
    public void A_shipped_spec_fits(string path) => Assert.Equal("", Problems(Repository.Models.Single(m => m.Path == path).Text));

    [Fact]
    public void Every_example_of_the_manual_and_every_example_put_right_fits()
    {
        foreach (var fence in Examples.Fences("spec-language.md").Where(f => f.Info == "yaml").Concat(Rules.All.SelectMany(r => Examples.Fences($"diagnostics/{r.Id}.md").Where(f => f.Info == "yaml"))))
        {
            Assert.True(Problems(Examples.Complete(fence.Text)) is "", fence.Heading + "\n" + fence.Text + Problems(Examples.Complete(fence.Text)));
        }
    }

    [Theory]
    [InlineData("clases: 3", "clases")]
    [InlineData("kind: bakbone", "kind")]
    [InlineData("input: { sise: [64, 64] }", "sise")]
    [InlineData("input: { size: [64, 64, 64] }", "size")]
    [InlineData("input: { size: 0 }", "size")]
    [InlineData("preprocess: { color: gbr }", "color")]
    [InlineData("preprocess: { mean: 3 }", "mean")]
    [InlineData("nodes: { a: { op: conv, kernal: 3 } }", "kernal")]
    [InlineData("nodes: { a: { op: conv, out: [8] } }", "out")]
    [InlineData("nodes: { a: { op: upsample, mode: bilinaer } }", "mode")]
    [InlineData("nodes: [relu]", "nodes")]
    [InlineData("blocks: { a: { nods: {} } }", "nods")]
    [InlineData("detection: { level: {} }", "level")]
    [InlineData("detection: { levels: { a: { fro: b } } }", "fro")]
    [InlineData("detection: { anchors: { ratio: [1] } }", "ratio")]
    [InlineData("train: { optimizer: { kind: sdg } }", "kind")]
    [InlineData("train: { batch: 0 }", "batch")]
    [InlineData("expect: { paramters: 3 }", "paramters")]
    public void A_wrong_spec_does_not_fit(string line, string key) =>
        Assert.Contains(key, Problems("spec: 1\nmodel: m\n" + line + "\n"), StringComparison.Ordinal);

    [Fact]
    public void Every_attribute_of_every_operator_and_section_is_in_it_with_its_words()
    {
        var text = SpecSchema.Write();
        var attributes = OperatorCatalog.All.SelectMany(o => o.Attributes)
            .Concat([.. DetectionLayout.AnchorAttributes, .. DetectionLayout.PostProcessingAttributes, .. TrainingRecipe.OptimizerAttributes, .. TrainingRecipe.LossAttributes, .. BoxCoding.Attributes]);

        Assert.All(attributes, a => Assert.Contains(JsonSerializer.Serialize(a.Summary, Plain)[..^1], text));
        Assert.All(OperatorCatalog.All, o => Assert.Contains(JsonSerializer.Serialize(o.Summary, Plain), text));
    }

    [Fact]
    public void The_page_of_editors_shows_a_spec_that_names_a_schema_that_exists()
    {
        var example = Examples.Fences("editors.md").Single(f => f.Info == "yaml").Text;

        Assert.Equal("", Problems(Examples.Complete(example)));
        Assert.True(File.Exists(Path.Combine(Repository.Root, "models", "ssd", example.Split("$schema=")[1].Split('\n')[0])));
    }

    [Fact]
    public void Every_key_that_holds_structure_has_words() => Assert.All(
        new[] { SpecCompiler.TopLevelKeys, GraphBuilder.NodeKeys, PartBuilder.BlockKeys, DetectionBuilder.Keys, DetectionBuilder.LevelKeys, TrainingReader.Parts, Detection.Spec.Resolution.VariantReader.Keys }.SelectMany(k => k),
        key => Assert.True(SpecSchema.Meanings.ContainsKey(key), key));

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Problems(string yaml) =>
        string.Join("\n", Schema.Problems(Json(YamlSyntaxParser.Parse(new SourceText("spec.yaml", yaml), new DiagnosticBag())!)));

    // YAML 1.2's core schema, as an editor reads the text.
    internal static JsonElement Json(SyntaxNode node) => JsonSerializer.SerializeToElement(Value(node));

    private static object? Value(SyntaxNode node) => node switch
    {
        MappingSyntax map => map.Entries.ToDictionary(e => e.Name, e => Value(e.Value)),
        SequenceSyntax list => list.Items.Select(Value).ToArray(),
        ScalarSyntax { IsNull: true } => null,
        ScalarSyntax { IsPlain: true, Value: "true" or "True" or "TRUE" } => true,
        ScalarSyntax { IsPlain: true, Value: "false" or "False" or "FALSE" } => false,
        ScalarSyntax { IsPlain: true } number when double.TryParse(number.Value, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value) => value,
        ScalarSyntax text => text.Value,
        _ => null,
    };
}
