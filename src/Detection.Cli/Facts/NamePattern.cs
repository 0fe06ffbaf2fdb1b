// Patterns over the names in facts files: `resnet101-stride{s}` matches resnet101-stride16 and calls the 16 s; `*` matches anything.
using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Detection.Cli;

/// <summary>A name with places that vary.</summary>
/// <remarks><c>{name}</c> stands for one or more characters other than '/', or for one of the words that the name is limited to; <c>*</c> for any characters.</remarks>
internal sealed partial class NamePattern
{
    private readonly Regex expression;

    private NamePattern(string text, Regex expression, ImmutableArray<string> names)
    {
        Text = text;
        this.expression = expression;
        Names = names;
    }

    /// <summary>The pattern as written.</summary>
    public string Text { get; }

    /// <summary>The names of its places.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Reads a pattern; every text is one.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="words">For some names, the words that they may stand for.</param>
    public static NamePattern Of(string text, IReadOnlyDictionary<string, ImmutableSortedDictionary<string, string>>? words = null)
    {
        var expression = new StringBuilder("^");
        var names = new List<string>();
        var at = 0;
        foreach (Match place in Places().Matches(text))
        {
            expression.Append(Regex.Escape(text[at..place.Index]));
            at = place.Index + place.Length;
            var name = place.Groups["name"].Value;
            if (name.Length == 0)
            {
                expression.Append(".*?");
            }
            else if (names.Contains(name))
            {
                expression.Append($@"\k<{name}>");
            }
            else
            {
                names.Add(name);
                var any = words is not null && words.TryGetValue(name, out var allowed)
                    ? string.Join('|', allowed.Keys.OrderByDescending(w => w.Length).Select(Regex.Escape))
                    : "[^/]+?";
                expression.Append($"(?<{name}>{any})");
            }
        }
        expression.Append(Regex.Escape(text[at..])).Append('$');
        return new NamePattern(text, new Regex(expression.ToString(), RegexOptions.CultureInvariant), [.. names]);
    }

    /// <summary>What the places stand for in a name, or null when it does not match.</summary>
    public ImmutableDictionary<string, string>? Match(string name) => expression.Match(name) is { Success: true } match
        ? Names.ToImmutableDictionary(n => n, n => match.Groups[n].Value)
        : null;

    /// <summary>The names of the places in a text.</summary>
    public static IEnumerable<string> PlacesOf(string template) =>
        Places().Matches(template).Select(m => m.Groups["name"].Value).Where(n => n.Length > 0);

    /// <summary>Puts words into the places of a text.</summary>
    public static string Fill(string template, IReadOnlyDictionary<string, string> words) => Places().Replace(
        template, place => words.TryGetValue(place.Groups["name"].Value, out var word) ? word : place.Value);

    [GeneratedRegex(@"\{(?<name>[A-Za-z][A-Za-z0-9]*)\}|\*")]
    private static partial Regex Places();
}
