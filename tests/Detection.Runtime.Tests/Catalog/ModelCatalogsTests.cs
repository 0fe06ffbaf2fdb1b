// Catalogues: found by the assembly's attribute, searched by name, with suggestions for typing errors.
using TorchSharp;
using Xunit;

[assembly: Detection.Runtime.ModelCatalog(typeof(Detection.Runtime.Tests.TestCatalog))]

namespace Detection.Runtime.Tests;

public sealed class TestCatalog : IModelCatalog
{
    public IReadOnlyList<ModelEntry> Models { get; } =
    [
        .. new[] { "mobilenet-v1", "ssd300-vgg16", "ssd512-vgg16", "ultraface-slim-320" }
            .Select(name => new ModelEntry(Cards.Make(name), () => new TinySsd(Cards.Make(name)))),
    ];

    public IReadOnlyList<SpecDocument> Specs { get; } = [new("models/a.yaml", "spec: 1")];
}

public class ModelCatalogsTests
{
    [Fact]
    public void An_assembly_with_the_attribute_has_a_catalogue_and_others_have_none()
    {
        Assert.IsType<TestCatalog>(ModelCatalogs.Of(typeof(TestCatalog).Assembly));
        Assert.Null(ModelCatalogs.Of(typeof(string).Assembly));
    }

    [Theory]
    [InlineData("ssd300-vgg16")]
    [InlineData("SSD300-VGG16")]
    public void A_model_is_found_by_name(string name)
    {
        var entry = new TestCatalog().Find(name);
        Assert.Equal("ssd300-vgg16", entry.Card.Name);
        using var model = entry.Create();
        Assert.Equal("ssd300-vgg16", Assert.IsAssignableFrom<IModel>(model).Card.Name);
    }

    [Theory]
    [InlineData("ssd300-vg16", "'ssd300-vgg16'")]
    [InlineData("ultrafcae-slim-320", "'ultraface-slim-320'")]
    [InlineData("mobilenet", "'mobilenet-v1'")]
    [InlineData("vgg16", "'ssd300-vgg16' or 'ssd512-vgg16'")]
    public void A_mistyped_name_is_answered_with_a_suggestion(string typed, string suggestion)
    {
        var error = Assert.Throws<UnknownModelException>(() => new TestCatalog().Find(typed));
        Assert.Equal($"There is no model '{typed}'. Did you mean {suggestion}?", error.Message);
    }

    [Fact]
    public void A_name_that_resembles_nothing_lists_what_there_is()
    {
        var error = Assert.Throws<UnknownModelException>(() => new TestCatalog().Find("xyz"));
        Assert.Contains("Known: mobilenet-v1, ssd300-vgg16, ssd512-vgg16, ultraface-slim-320.", error.Message);
        Assert.Contains("no models were found", Assert.Throws<UnknownModelException>(() => ModelCatalogs.Find([], "a")).Message);
    }

    [Fact]
    public void A_card_names_its_classes() =>
        Assert.Equal(["cat", "dog", "class 2"], Enumerable.Range(0, 3).Select(Cards.Make().ClassName));
}
