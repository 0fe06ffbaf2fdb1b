// Examples of the manuals: yaml fences, completed by the keys that they do not speak of, so that they can be compiled.
using System.Text.RegularExpressions;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Tests.Manuals;

/// <summary>A fence of a manual.</summary>
/// <param name="Heading">The heading above it.</param>
/// <param name="Info">What stands behind the opening backticks.</param>
/// <param name="Text">Its lines.</param>
public sealed record Fence(string Heading, string Info, string Text);

/// <summary>Reads and compiles examples.</summary>
internal static partial class Examples
{
    public static string Read(string manual) => File.ReadAllText(Path.Combine(Repository.Root, "docs", manual));

    /// <summary>All fences of a manual, in order.</summary>
    public static IReadOnlyList<Fence> Fences(string manual)
    {
        var (text, heading, fences) = (Read(manual), "", new List<Fence>());
        foreach (Match match in HeadingOrFence().Matches(text))
        {
            if (match.Groups["heading"].Success)
            {
                heading = match.Groups["heading"].Value.Trim();
            }
            else
            {
                fences.Add(new Fence(heading, match.Groups["info"].Value.Trim(), match.Groups["text"].Value));
            }
        }

        return fences;
    }

    /// <summary>
    /// Appends what a fragment leaves out: the header, an input, a node, and an output or levels for its kind. Nothing moves, so positions stay.
    /// </summary>
    public static string Complete(string text)
    {
        if (YamlSyntaxParser.Parse(new SourceText("example", text), new DiagnosticBag()) is not MappingSyntax root)
        {
            return text;
        }

        var missing = new List<string>();
        void Add(string key, string value)
        {
            if (root[key] is null)
            {
                missing.Add($"{key}: {value}\n");
            }
        }

        Add("spec", "1");
        Add("model", "example");
        if (root["extends"] is null)
        {
            var kind = (root["kind"] as ScalarSyntax)?.Value ?? (root["detection"] is not MappingSyntax detection ? "backbone" : detection["stages"] is null ? "oneStage" : "twoStage");
            Add("kind", kind);
            Add("input", "{ size: [64, 64] }");
            Add("nodes", "{ conv1: { op: conv, out: 8, kernel: 3, padding: 1 } }");
            if (kind != "backbone")
            {
                Add("classes", "3");
            }
            else
            {
                Add("taps", $"{{ out: {(root["nodes"] as MappingSyntax)?.Entries.LastOrDefault()?.Name ?? "conv1"} }}");
            }
        }

        // A text that was cut short by a syntax error cannot be continued.
        return (text.EndsWith('\n') ? text : text + "\n") + string.Concat(missing);
    }

    public static CompilationResult Compile(string example)
    {
        var spec = ParsedSpec.Parse(new SpecDocument("spec.yaml", Complete(example)));
        var others = Named.Value.Where(n => n.ModelName != spec.ModelName);
        return SpecCompiler.Compile(spec, new SpecLibrary([.. Repository.Library.ModelNames.Select(n => Repository.Library.Find(n)!), .. others, spec]));
    }

    // Examples of the language's manual that name their model: others may extend them.
    private static Lazy<IReadOnlyList<ParsedSpec>> Named { get; } = new(() =>
    [
        .. Fences("spec-language.md").Where(f => f.Info == "yaml" && f.Text.StartsWith("model: ", StringComparison.Ordinal))
            .Select((f, i) => ParsedSpec.Parse(new SpecDocument($"example-{i}.yaml", Complete(f.Text)))),
    ]);

    [GeneratedRegex(@"^#+ (?<heading>[^\n]+)$|^```(?<info>[^\n]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex HeadingOrFence();
}
