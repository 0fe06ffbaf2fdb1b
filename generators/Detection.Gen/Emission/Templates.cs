// Renders the Scriban templates that travel inside the generator's assembly.
using System.Collections.Concurrent;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;

namespace Detection.Gen.Emission;

/// <summary>Renders templates.</summary>
internal static class Templates
{
    private static readonly ConcurrentDictionary<string, Template> Parsed = new(StringComparer.Ordinal);

    // A context parses what it includes for itself alone, unless it is given the result of another.
    private static readonly ConcurrentDictionary<string, Template> Included = new(StringComparer.Ordinal);

    /// <summary>Renders a template with a model under the name <c>model</c>; line ends are LF on every machine.</summary>
    public static string Render(string name, object model)
    {
        var globals = new ScriptObject();
        globals.SetValue("model", model, readOnly: true);
        var context = new TemplateContext { TemplateLoader = new ResourceLoader(), StrictVariables = true, LoopLimit = 1_000_000, NewLine = "\n" };
        context.PushGlobal(globals);
        foreach (var included in Included)
        {
            context.CachedTemplates[included.Key] = included.Value;
        }

        var text = Get(name).Render(context);
        if (context.CachedTemplates.Count > Included.Count)
        {
            foreach (var parsed in context.CachedTemplates)
            {
                Included.TryAdd(parsed.Key, parsed.Value);
            }
        }

        return text.Replace("\r\n", "\n");
    }

    private static Template Get(string name) => Parsed.GetOrAdd(name, static n =>
    {
        var template = Template.Parse(Read(n), n);
        return template.HasErrors ? throw new InvalidOperationException($"The template '{n}' does not parse: {template.Messages}") : template;
    });

    private static string Read(string name)
    {
        using var stream = typeof(Templates).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"There is no template '{name}'");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("\r\n", "\n");
    }

    private sealed class ResourceLoader : ITemplateLoader
    {
        public string GetPath(TemplateContext context, SourceSpan callerSpan, string templateName) => templateName;

        public string Load(TemplateContext context, SourceSpan callerSpan, string templatePath) => Read(templatePath);

        public ValueTask<string> LoadAsync(TemplateContext context, SourceSpan callerSpan, string templatePath) => new(Read(templatePath));
    }
}
