// The C# side: models, renaming, includes, sharing a template between threads.
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban.Tests;

public sealed class ApiTests
{
    [Fact]
    public void ModelMembersAreSnakeCaseByDefault() =>
        Assert.Equal("64", Template.Parse("{{ layer.out_channels }}").Render(new { Layer = new Layer("a", 64, 1, default, []) }));

    [Fact]
    public void ARenamerAppliesToTheWholeModel() => Assert.Equal(
        "64",
        Template.Parse("{{ Layer.OutChannels }}").Render(new { Layer = new Layer("a", 64, 1, default, []) }, member => member.Name));

    [Theory]
    [InlineData("OutChannels", "out_channels")]
    [InlineData("name", "name")]
    [InlineData("RPNHead", "rpnhead")]
    [InlineData("Conv2D", "conv2_d")]
    public void StandardRenaming(string member, string expected) => Assert.Equal(expected, StandardMemberRenamer.Rename(member));

    [Fact]
    public void TemplateObjectsAndDictionariesAreModels()
    {
        Assert.Equal("1", Template.Parse("{{ a }}").Render(new ScriptObject { ["a"] = 1 }));
        Assert.Equal("1", Template.Parse("{{ a }}").Render(new Dictionary<string, object> { ["a"] = 1 }));
    }

    [Fact]
    public void FunctionsMayTakeTheContext()
    {
        var globals = new ScriptObject();
        globals.Import("indent_of", (TemplateContext context) => context.CurrentIndent?.Length ?? -1);
        var rendering = new TemplateContext();
        rendering.PushGlobal(globals);
        Assert.Equal("   3", Template.Parse("   {{ indent_of }}").Render(rendering));
    }

    [Fact]
    public void IncludesSeeTheirArgumentsAndAreParsedOnce()
    {
        var loader = new MemoryLoader { ["item"] = "<{{ $1 }}:{{ $.tag }}>" };
        var text = Rendering.Render("{{ include 'item' 5 }}{{ x = include 'item' 6 tag: 't'; x }}", context => context.TemplateLoader = loader);
        Assert.Equal("<5:><6:t>", text);
        Assert.Equal(1, loader.Loads);
    }

    [Fact]
    public void IncludedTextIsIndentedLikeTheInclude()
    {
        var loader = new MemoryLoader { ["lines"] = "a\nb\n" };
        Assert.Equal("  a\n  b\nend", Rendering.Render("  {{ include 'lines' }}end", context => context.TemplateLoader = loader));
    }

    [Fact]
    public void ErrorsInAnIncludeNameItsFile()
    {
        var loader = new MemoryLoader { ["bad"] = "{{ 1 + }}", ["failing"] = "\n{{ nothing.x }}" };
        var malformed = Assert.Throws<ScriptParserRuntimeException>(
            () => Rendering.Render("{{ include 'bad' }}", context => context.TemplateLoader = loader));
        Assert.StartsWith("bad(1,8)", malformed.ParserMessages[0].ToString());
        var failing = Assert.Throws<ScriptRuntimeException>(
            () => Rendering.Render("{{ include 'failing' }}", context => context.TemplateLoader = loader));
        Assert.Equal("failing(2,12)", failing.Span.ToStringSimple());
    }

    [Fact]
    public void WithoutALoaderIncludeIsAnError() =>
        Assert.Throws<ScriptRuntimeException>(() => Rendering.Render("{{ include 'x' }}"));

    [Fact]
    public void RenderingTwiceStartsWithAnEmptyOutput()
    {
        var context = Rendering.Context();
        var template = Template.Parse("{{ model_name }}");
        Assert.Equal("Net", template.Render(context));
        Assert.Equal("Net", template.Render(context));
    }

    [Fact]
    public void ThreadsShareAParsedTemplate()
    {
        var template = Template.Parse("{{ func f(n); ret n * k; end; for i in 1..50; f i; ','; end }}");
        var expected = Enumerable.Range(0, 64).Select(k => string.Concat(Enumerable.Range(1, 50).Select(i => $"{i * k},"))).ToArray();
        var actual = new string[64];
        Parallel.For(0, 64, k => actual[k] = template.Render(new { K = k }));
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void ValuesCanBeSetAndReadThroughTheContext()
    {
        var context = Rendering.Context();
        context.SetValue(new ScriptVariableGlobal("width"), 3);
        Assert.Equal("6", Template.Parse("{{ area = width * 2; area }}").Render(context));
        Assert.Equal(6, context.CurrentGlobal!.TryGetValue("area", out var area) ? area : null);
    }

    private sealed class MemoryLoader : Dictionary<string, string>, ITemplateLoader
    {
        public int Loads { get; private set; }

        public string GetPath(TemplateContext context, SourceSpan callerSpan, string templateName) => templateName;

        public string Load(TemplateContext context, SourceSpan callerSpan, string templatePath)
        {
            Loads++;
            return this[templatePath];
        }

        public ValueTask<string> LoadAsync(TemplateContext context, SourceSpan callerSpan, string templatePath) =>
            new(Load(context, callerSpan, templatePath));
    }
}
