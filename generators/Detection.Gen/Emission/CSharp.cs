// C# literals and texts, in the invariant culture.
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Detection.Spec.Shapes;

namespace Detection.Gen.Emission;

/// <summary>Writes values as C#.</summary>
internal static class CSharp
{
    public static string Literal(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Literal(bool value) => value ? "true" : "false";

    /// <summary>A double literal that reads back as the same value.</summary>
    public static string Literal(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains(".") || text.Contains("E") ? text : text + ".0";
    }

    public static string FloatLiteral(double value) => ((float)value).ToString("R", CultureInfo.InvariantCulture) + "f";

    /// <summary>A string literal with its quotes; what a reader could not see or tell apart is escaped.</summary>
    public static string Literal(string value)
    {
        var text = new StringBuilder("\"");
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                text.Append(c).Append(value[++i]);
                continue;
            }

            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when IsInvisible(c) => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }

        return text.Append('"').ToString();
    }

    /// <summary>Text inside an XML documentation comment, on one line.</summary>
    public static string Documentation(string text) => Comment(text).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    /// <summary>Text inside a comment, on one line.</summary>
    public static string Comment(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                result.Append(c).Append(text[++i]);
                continue;
            }

            result.Append(IsInvisible(c) ? ' ' : c);
        }

        return result.ToString().Trim();
    }

    /// <summary>Items of a list as lines of readable length.</summary>
    public static ImmutableArray<string> Wrapped(IEnumerable<string> items)
    {
        const int width = 120;
        var lines = ImmutableArray.CreateBuilder<string>();
        var line = new StringBuilder();
        foreach (var item in items)
        {
            if (line.Length > 0 && line.Length + item.Length > width)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(item).Append(',');
        }

        return line.Length == 0 ? [] : [.. lines, line.ToString().TrimEnd(',')];
    }

    // Control and format characters, line ends, unpaired surrogates and what is no character at all.
    private static bool IsInvisible(char c) => char.GetUnicodeCategory(c) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
        or UnicodeCategory.OtherNotAssigned;

    /// <summary>1,234,567.</summary>
    public static string Grouped(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>[N, 64, 30, 40]</c>.</summary>
    public static string Shape(ConcreteShape shape, bool isOfRegions = false)
    {
        var batch = isOfRegions ? "R" : "N";
        return shape.Height is null ? $"[{batch}, {shape.Channels}]" : $"[{batch}, {shape.Channels}, {shape.Height}, {shape.Width}]";
    }

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
