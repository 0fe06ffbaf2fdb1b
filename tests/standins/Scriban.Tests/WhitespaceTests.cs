// Whitespace control and automatic indentation.
namespace Scriban.Tests;

public sealed class WhitespaceTests
{
    [Theory]
    [InlineData("a  {{ 1 }}  b", "a  1  b")]
    [InlineData("a \n {{- 1 -}} \n b", "a1b")]
    [InlineData("a \n {{- 1 }} \n b", "a1 \n b")]
    [InlineData("a \n {{~ 1 ~}} \n b", "a \n1 b")]
    [InlineData("a {{~ 1 ~}}\n\nb", "a1\nb")]
    [InlineData("a {{~ 1 ~}} b", "a1b")]
    [InlineData("x\r\n  {{~ 1 ~}}\r\ny", "x\r\n1y")]
    [InlineData("{%{ {{ kept }} }%}", " {{ kept }} ")]
    [InlineData("a {%{~x~}%} \nb", "axb")]
    public void DashStripsAllAndTildeStripsItsOwnLine(string template, string expected) =>
        Assert.Equal(expected, Rendering.Render(template));

    [Fact]
    public void TildesRemoveTheLinesOfStatements() => Assert.Equal(
        "class Net\n{\n    conv1 = 64;\n    // wide\n    pool1 = 128;\n}\n",
        Rendering.Render(
            """
            class {{ model_name }}
            {
                {{~ for layer in layers ~}}
                {{~ if layer.out_channels > 100 ~}}
                // wide
                {{~ end ~}}
                {{ layer.name }} = {{ layer.out_channels }};
                {{~ end ~}}
            }

            """));

    [Theory]
    [InlineData("  {{ 'a\\nb\\n' }}c", "  a\n  b\nc")]
    [InlineData("x\n  {{ 'a\\nb' }}", "x\n  a\n  b")]
    [InlineData("x\n  {{~ 'a\\nb' }}", "x\na\nb")]
    [InlineData("x {{ 'a\\nb' }}", "x a\nb")]
    public void ValuesAreIndentedLikeTheirCode(string template, string expected) =>
        Assert.Equal(expected, Rendering.Render(template));

    [Fact]
    public void IndentationCanBeTurnedOff() =>
        Assert.Equal("  a\nb", Rendering.Render("  {{ 'a\\nb' }}", context => context.AutoIndent = false));
}
