// The class names of a YOLO folder: classes.txt, obj.names, or the names of a data.yaml.
namespace Detection.Runtime;

/// <summary>Finds class names. Of YAML it reads the three ways in which names are written: [a, b], a list with dashes, a map from indices.</summary>
internal static class YoloNames
{
    private static readonly string[] Lists = ["classes.txt", "labels/classes.txt", "obj.names"];
    private static readonly string[] Yaml = ["data.yaml", "data.yml", "dataset.yaml"];

    /// <summary>Class names in the order of their indices.</summary>
    /// <exception cref="DatasetException">There is no file with names, or it holds none.</exception>
    public static IReadOnlyList<string> Read(string folder)
    {
        foreach (var list in Lists.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            return DatasetFolder.Lines(list) is { Length: > 0 } names ? names : throw new DatasetException($"{list}: holds no class names.");
        }
        foreach (var yaml in Yaml.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            return FromYaml(DatasetFolder.ReadText(yaml).Split('\n'))
                ?? throw new DatasetException($"{yaml}: holds no 'names:' with a list of class names or a map from 0, 1, 2, ... to them.");
        }
        throw new DatasetException($"{folder}: a YOLO folder needs the names of its classes; looked for {string.Join(", ", Lists.Concat(Yaml))}.");
    }

    internal static string[]? FromYaml(IReadOnlyList<string> lines)
    {
        var start = lines.ToList().FindIndex(line => line.StartsWith("names:", StringComparison.Ordinal));
        if (start < 0)
        {
            return null;
        }
        var inline = WithoutComment(lines[start]["names:".Length..]);
        if (inline.StartsWith('['))
        {
            // A flow list may go on over several lines.
            var text = inline;
            for (var i = start + 1; i < lines.Count && !text.EndsWith(']'); i++)
            {
                text += " " + WithoutComment(lines[i]);
            }
            return text.EndsWith(']') ? NonEmpty([.. text[1..^1].Split(',').Select(Unquote).Where(name => name.Length > 0)]) : null;
        }
        if (inline.Length > 0)
        {
            return null;
        }
        var names = new List<string>();
        foreach (var line in lines.Skip(start + 1))
        {
            var content = WithoutComment(line);
            if (content.Length == 0)
            {
                continue;
            }
            if (content.StartsWith("- ", StringComparison.Ordinal))
            {
                names.Add(Unquote(content[2..]));
                continue;
            }
            if (!char.IsWhiteSpace(line[0]))
            {
                break;
            }
            var colon = content.IndexOf(':');
            if (colon < 0 || Unquote(content[..colon]) != names.Count.ToString(System.Globalization.CultureInfo.InvariantCulture))
            {
                return null;
            }
            names.Add(Unquote(content[(colon + 1)..]));
        }
        return NonEmpty([.. names]);
    }

    private static string[]? NonEmpty(string[] names) => names.Length > 0 && names.All(name => name.Length > 0) ? names : null;

    private static string WithoutComment(string line) => (line.IndexOf(" #", StringComparison.Ordinal) is var at and >= 0 ? line[..at] : line).Trim();

    private static string Unquote(string text) => text.Trim() is [('"' or '\'') and var quote, .. var inner, var end] && quote == end ? inner : text.Trim();
}
