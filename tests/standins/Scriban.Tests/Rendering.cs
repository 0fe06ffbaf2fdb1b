// Renders a template over the model that all tables share.
using Scriban.Runtime;

namespace Scriban.Tests;

public enum LayerKind
{
    Convolution,
    MaxPooling,
}

public sealed record Layer(string Name, int OutChannels, double Scale, LayerKind Kind, IReadOnlyList<int> Shape);

internal static class Rendering
{
    public static string Render(string template, Action<TemplateContext>? configure = null)
    {
        var parsed = Template.Parse(template, "unit.sbn");
        Assert.False(parsed.HasErrors, parsed.Messages.ToString());
        return parsed.Render(Context(configure));
    }

    public static TemplateContext Context(Action<TemplateContext>? configure = null)
    {
        var globals = new ScriptObject();
        globals.Import(new
        {
            ModelName = "Net",
            Nothing = (string?)null,
            Layers = new List<Layer>
            {
                new("conv1", 64, 0.5, LayerKind.Convolution, [3, 7, 7]),
                new("pool1", 128, 1.0, LayerKind.MaxPooling, [2, 2]),
            },
            Numbers = new[] { 3, 1, 2 },
            Counts = new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 },
            Long = 5_000_000_000L,
            Single = 1.5f,
            Decimal = 2.50m,
        });
        globals.Import("twice", new Func<int, int>(x => x * 2));
        globals.Import("join_two", (string left, string right) => left + right);
        globals.Import("fail", new Func<int>(() => throw new InvalidOperationException("out of luck")));
        var context = new TemplateContext { NewLine = "\n" };
        context.PushGlobal(globals);
        configure?.Invoke(context);
        return context;
    }
}
