// C# literals and texts, in the invariant culture.
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

    /// <summary>A string literal with its quotes.</summary>
    public static string Literal(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                < ' ' or (> '~' and < '\u00a0') or '\u2028' or '\u2029' => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }

        return text.Append('"').ToString();
    }

    /// <summary>Text inside an XML documentation comment, on one line.</summary>
    public static string Documentation(string text)
    {
        var result = new StringBuilder();
        foreach (var c in text)
        {
            result.Append(c switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                < ' ' or '\u0085' or '\u2028' or '\u2029' => " ",
                _ => c.ToString(),
            });
        }

        return result.ToString().Trim();
    }

    /// <summary>1,234,567.</summary>
    public static string Grouped(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>[N, 64, 30, 40]</c>.</summary>
    public static string Shape(ConcreteShape shape) => shape.Height is null ? $"[N, {shape.Channels}]" : $"[N, {shape.Channels}, {shape.Height}, {shape.Width}]";

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
