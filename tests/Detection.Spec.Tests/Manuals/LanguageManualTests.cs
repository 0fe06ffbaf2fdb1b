// The manual of the language: every example compiles, and no operator, attribute or key goes without mention.
using System.Collections.Immutable;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;

namespace Detection.Spec.Tests.Manuals;

public class LanguageManualTests
{
    private const string Manual = "spec-language.md";

    public static IEnumerable<object[]> Numbers => Examples.Fences(Manual).Select((f, i) => (Fence: f, Index: i)).Where(f => f.Fence.Info != "csharp").Select(f => new object[] { f.Index, f.Fence.Heading });

    public static TheoryData<string> Operators => [.. OperatorCatalog.All.Select(o => o.Name)];

    public static TheoryData<string> Sections => ["## Input", "## Preprocessing", "## Initial values", "### Default boxes", "### Box coding", "### Further regression heads", "### Two steps", "### Post-processing", "### Testing at several sizes", "## Regions", "### Proposals", "### Coding of regions", "## Operators of your own", "## Training", "### Training on regions", "### Training in stages"];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void An_example_compiles_without_diagnostics(int number, string heading)
    {
        var fence = Examples.Fences(Manual)[number];

        var result = Examples.Compile(fence.Text);

        Assert.Equal(("yaml", heading, ""), (fence.Info, fence.Heading, Specs.Lines(result.Diagnostics)));
        Assert.All(result.Models.DefaultIfEmpty(result), r => Assert.NotNull(r.Model));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void An_operator_has_a_section_with_its_attributes_and_an_example_that_uses_them(string name)
    {
        var op = OperatorCatalog.Find(name)!;
        var section = Section("### " + name);

        Assert.Contains(op.Summary, section);
        Assert.All(op.Attributes, a => Assert.Contains($"| `{a.Name}` |", section));
        Assert.All(op.Attributes, a => Assert.Contains(a.Summary, section));
        Assert.All(op.Attributes, a => Assert.Contains(Examples.Fences(Manual).Where(f => f.Heading == name), f => f.Text.Contains(a.Name + ": ")));
        Assert.Contains(Examples.Fences(Manual), f => f.Heading == name && Examples.Compile(f.Text).Model!.Graph.Nodes.Any(n => n.OperatorName == name));
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void A_section_lists_every_attribute_with_its_meaning(string heading)
    {
        ImmutableArray<AttributeDefinition> attributes = heading switch
        {
            "## Input" => InputDeclaration.Attributes,
            "## Preprocessing" => PreprocessingDeclaration.Attributes,
            "## Initial values" => Initialization.Attributes,
            "### Default boxes" => DetectionLayout.AnchorAttributes,
            "### Box coding" => BoxCoding.Attributes,
            "### Two steps" => RefinementLayout.Attributes,
            "### Further regression heads" => RegressionHead.Attributes,
            "## Operators of your own" => [.. OperatorReader.AttributeKeys, .. OperatorReader.TensorKeys],
            "### Post-processing" => DetectionLayout.PostProcessingAttributes,
            "### Testing at several sizes" => [.. MultiScaleRun.Attributes, .. MultiScaleLayout.Attributes],
            "## Regions" => TwoStageLayout.PostProcessingAttributes,
            "### Proposals" => [.. ProposalLayout.AnchorAttributes, .. ProposalLayout.SelectionAttributes],
            "### Coding of regions" => RegionCoding.Attributes,
            "### Training in stages" => [.. FittingRecipe.MachineAttributes, .. FittingRecipe.BoxAttributes],
            "### Training on regions" => [.. RegionRecipe.GeneralAttributes.Except(TrainingRecipe.GeneralAttributes), .. RegionRecipe.ProposalAttributes, .. RegionRecipe.RegionAttributes, .. RegionRecipe.AugmentAttributes],
            _ =>
            [
                .. TrainingRecipe.GeneralAttributes, .. TrainingRecipe.OptimizerAttributes, .. TrainingRecipe.ScheduleAttributes, .. TrainingRecipe.MatchingAttributes,
                .. TrainingRecipe.MiningAttributes, .. TrainingRecipe.LossAttributes, .. TrainingRecipe.AugmentAttributes, .. TrainingRecipe.LayerAttributes,
            ],
        };
        var section = Section(heading);

        Assert.All(attributes, a => Assert.True(section.Contains($"| `{a.Name}` |") && section.Contains(a.Summary), a.Name));
    }

    [Fact]
    public void Every_top_level_key_is_listed()
    {
        var section = Section("## Top-level keys");

        Assert.All(SpecCompiler.TopLevelKeys, k => Assert.Contains($"`{k}`", section));
    }

    private static string Section(string heading)
    {
        var text = "\n" + Examples.Read(Manual);
        var start = text.IndexOf("\n" + heading + "\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"there is no section '{heading}'");
        var end = text.IndexOf("\n#", start + heading.Length, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }
}
