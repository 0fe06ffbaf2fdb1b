// What the subset leaves out is refused where it is used, so that no template means something else with the package.
using Scriban.Syntax;

namespace Scriban.Tests;

public sealed class LeftOutTests
{
    [Theory]
    [InlineData("{{ array.cycle }}", "array.cycle")]
    [InlineData("{{ array.cycle ['a', 'b'] }}", "array.cycle")]
    [InlineData("{{ math.uuid }}", "math.uuid")]
    [InlineData("{{ 'text' | string.md5 }}", "string.md5")]
    [InlineData("{{ 'a b c' | string.truncatewords 2 }}", "string.truncatewords")]
    [InlineData("{{ layers | object.to_json }}", "object.to_json")]
    [InlineData("{{ date.now }}", "date")]
    [InlineData("{{ 'text' | regex.replace 'x' 'y' }}", "regex")]
    [InlineData("{{ '<p>' | html.escape }}", "html")]
    [InlineData("{{ timespan }}", "timespan")]
    [InlineData("{{ include_join ['a'] ',' }}", "include_join")]
    public void ABuiltinLeftOutIsAnErrorThatNamesIt(string template, string name)
    {
        var error = Assert.Throws<ScriptRuntimeException>(() => Rendering.Render(template));
        Assert.Contains($"`{name}` is not part of this subset", error.Message);
    }

    [Fact]
    public void ATemplateMayUseTheNameForItsOwn() => Assert.Equal("7", Rendering.Render("{{ for date in [7] }}{{ date }}{{ end }}"));
}
