// The models that come with detgen, as a caller without catalogues of its own gets them.
using Xunit;

namespace Detection.Cli.Tests;

public class ShippedModelsTests
{
    [Fact]
    public void Every_shipped_model_has_a_summary_that_agrees_with_its_card()
    {
        var models = CommandLine.Run([], "list", "--json").Expect(0).Json();
        Assert.True(models.GetArrayLength() >= 5);
        foreach (var model in models.EnumerateArray())
        {
            var run = CommandLine.Run([], "summary", model.GetProperty("name").GetString()!, "--json").Expect(0);
            Assert.Equal("", run.Error);
            var summary = run.Json();
            Assert.Equal(model.GetProperty("specHash").GetString(), summary.GetProperty("specHash").GetString());
            foreach (var figure in new[] { "parameters", "multiplyAdds" })
            {
                Assert.Equal(model.GetProperty(figure).GetInt64(), summary.GetProperty("totals").GetProperty(figure).GetInt64());
            }
        }
    }

    [Fact]
    public void A_mistyped_name_is_wrong_use_and_gets_a_suggestion() =>
        Assert.Contains("'ultraface-slim-320'", CommandLine.Run([], "summary", "ultraface-slim-32").Expect(2).Error);

    [Fact]
    public void A_fixed_input_size_is_kept_to() =>
        Assert.Contains(
            "its spec allows 3 channels; height 240; width 320",
            CommandLine.Run([], "summary", "ultraface-slim-320", "--input", "3x300x300").Expect(1).Error);
}
