// Mistakes are reported with file, line and column; strictness is what a generator's templates run with.
using Scriban.Syntax;

namespace Scriban.Tests;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("{{ x = 1 + }}", "unit.sbn(1,12)")]
    [InlineData("line\n{{ [1, 2 }}", "unit.sbn(2,10)")]
    [InlineData("line\n  {{ if true }}x", "unit.sbn(2,16)")]
    [InlineData("{{ a b: }}", "unit.sbn(1,9)")]
    public void ParseErrorsHaveThePositionOfTheMistake(string template, string position)
    {
        var parsed = Template.Parse(template, "unit.sbn");
        Assert.True(parsed.HasErrors);
        Assert.StartsWith(position + " : error : ", parsed.Messages[0].ToString());
        Assert.Throws<InvalidOperationException>(() => parsed.Render());
    }

    [Theory]
    [InlineData("{{ end }}")]
    [InlineData("{{ for x of y }}{{ end }}")]
    [InlineData("{{ 'open }}")]
    [InlineData("{{ 'a\\q' }}")]
    [InlineData("{{ x = y = 1 }}")]
    [InlineData("{{ if 1 }}{{ else }}{{ else }}{{ end }}")]
    public void MalformedTemplatesHaveErrors(string template) => Assert.True(Template.Parse(template).HasErrors);

    [Theory]
    [InlineData("a\n  {{ unknown 1 }}", "unit.sbn(2,6)")]
    [InlineData("{{ nothing.x }}", "unit.sbn(1,12)")]
    [InlineData("{{ nothing[0] }}", "unit.sbn(1,4)")]
    [InlineData("{{ 1 | 2 }}", "unit.sbn(1,8)")]
    [InlineData("{{ fail }}", "unit.sbn(1,4)")]
    [InlineData("{{ join_two 'a' }}", "unit.sbn(1,16)")]
    [InlineData("{{ x = 1; readonly x; x = 2 }}", "unit.sbn(1,23)")]
    [InlineData("{{ for i in 1..2000; end }}", "unit.sbn(1,4)")]
    [InlineData("{{ 5 // 0 }}", "unit.sbn(1,6)")]
    public void RuntimeErrorsHaveThePositionOfTheirCause(string template, string position)
    {
        var error = Assert.Throws<ScriptRuntimeException>(() => Rendering.Render(template));
        Assert.StartsWith(position + " : error : ", error.Message);
        Assert.Equal(position, error.Span.ToStringSimple());
    }

    [Theory]
    [InlineData("{{ unheard_of }}", "unheard_of")]
    [InlineData("{{ layers[0].out_channel }}", "out_channel")]
    [InlineData("{{ counts.zz }}", "zz")]
    [InlineData("{{ numbers[9] }}", "9")]
    public void StrictRenderingRejectsWhatDoesNotExist(string template, string named)
    {
        var error = Assert.Throws<ScriptRuntimeException>(() => Rendering.Render(template, context =>
        {
            context.StrictVariables = true;
            context.EnableRelaxedMemberAccess = false;
            context.EnableRelaxedIndexerAccess = false;
        }));
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void EndlessRecursionIsAnErrorNotACrash() =>
        Assert.Throws<ScriptRuntimeException>(() => Rendering.Render("{{ func f(n); f(n); end; f 1 }}"));

    [Fact]
    public void AFailingFunctionKeepsItsMessage() =>
        Assert.Contains("out of luck", Assert.Throws<ScriptRuntimeException>(() => Rendering.Render("{{ fail }}")).Message);

    [Fact]
    public void CancellationStopsALoop()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<ScriptAbortException>(
            () => Rendering.Render("{{ while true; end }}", context => context.CancellationToken = cancelled.Token));
    }
}
