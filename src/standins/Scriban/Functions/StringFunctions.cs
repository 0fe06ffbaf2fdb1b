// `string.*`. Everything compares by ordinal value, so output does not depend on the machine's culture.
#nullable enable
using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Text;
using Scriban.Runtime;

namespace Scriban.Functions;

partial class StringFunctions : ScriptObject
{
    /// <summary>Escapes quotes, backslashes and control characters as in a string literal.</summary>
    public static string? Escape(string? text)
    {
        if (text == null || !text.Any(NeedsEscape))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            escaped.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\a' => "\\a",
                '\b' => "\\b",
                '\f' => "\\f",
                '\v' => "\\v",
                _ when NeedsEscape(c) => "\\x" + ((int)c).ToString("x2", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }

        return escaped.ToString();
    }

    /// <summary>The text as a quoted literal.</summary>
    public static string? Literal(string? text) => text == null ? null : $"\"{Escape(text)}\"";

    public static string Append(string? text, string? with) => text + with;

    public static string Prepend(string? text, string? by) => by + text;

    public static string Capitalize(string? text) =>
        string.IsNullOrEmpty(text) ? string.Empty : char.ToUpperInvariant(text![0]) + text.Substring(1);

    public static string Capitalizewords(string? text)
    {
        var words = new StringBuilder(text);
        bool atStart = true;
        for (int i = 0; i < words.Length; i++)
        {
            if (char.IsWhiteSpace(words[i]))
            {
                atStart = true;
            }
            else if (atStart && char.IsLetter(words[i]))
            {
                words[i] = char.ToUpperInvariant(words[i]);
                atStart = false;
            }
        }

        return words.ToString();
    }

    public static string? Downcase(string? text) => text?.ToLowerInvariant();

    public static string? Upcase(string? text) => text?.ToUpperInvariant();

    public static bool Contains(string? text, string? value) => IndexOfOrdinal(text, value) >= 0;

    public static bool StartsWith(string? text, string? value) =>
        !string.IsNullOrEmpty(text) && !string.IsNullOrEmpty(value) && text!.StartsWith(value, StringComparison.Ordinal);

    public static bool EndsWith(string? text, string? value) =>
        !string.IsNullOrEmpty(text) && !string.IsNullOrEmpty(value) && text!.EndsWith(value, StringComparison.Ordinal);

    public static bool EqualsIgnoreCase(string? text, string? value) =>
        text != null && text.Equals(value, StringComparison.InvariantCultureIgnoreCase);

    public static bool Empty(string? text) => string.IsNullOrEmpty(text);

    public static bool Whitespace(string? text) => string.IsNullOrWhiteSpace(text);

    /// <summary>Letters and digits in lower case, with one dash for whatever lies between.</summary>
    public static string Handleize(string text)
    {
        var handle = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                handle.Append(char.ToLowerInvariant(c));
            }
            else if (handle.Length == 0 || handle[handle.Length - 1] != '-')
            {
                handle.Append('-');
            }
        }

        return handle.ToString(0, handle.Length > 0 && handle[handle.Length - 1] == '-' ? handle.Length - 1 : handle.Length);
    }

    public static int IndexOf(string text, string search, int? startIndex = null, int? count = null, string? stringComparison = null)
    {
        var comparison = stringComparison == null
            ? StringComparison.Ordinal
            : (StringComparison)Enum.Parse(typeof(StringComparison), stringComparison);
        int start = startIndex ?? 0;
        return text.IndexOf(search, start, count ?? text.Length - start, comparison);
    }

    public static string? LStrip(string? text) => text?.TrimStart();

    public static string? RStrip(string? text) => text?.TrimEnd();

    public static string? Strip(string? text) => text?.Trim();

    public static string StripNewlines(string? text) => (text ?? string.Empty).Replace("\r", string.Empty).Replace("\n", string.Empty);

    public static string PadLeft(string? text, int width) => (text ?? string.Empty).PadLeft(width);

    public static string PadRight(string? text, int width) => (text ?? string.Empty).PadRight(width);

    public static string? Pluralize(int number, string? singular, string? plural) => number == 1 ? singular : plural;

    public static string? Remove(string? text, string? remove) =>
        string.IsNullOrEmpty(text) || string.IsNullOrEmpty(remove) ? text : text!.Replace(remove!, string.Empty);

    public static string RemoveFirst(string? text, string? remove) => ReplaceFirst(text, remove, string.Empty);

    public static string RemoveLast(string? text, string? remove) => ReplaceFirst(text, remove, string.Empty, fromEnd: true);

    public static string Replace(string? text, string? match, string? replace) =>
        string.IsNullOrEmpty(text) ? string.Empty : text!.Replace(match ?? string.Empty, replace ?? string.Empty);

    public static string ReplaceFirst(string? text, string? match, string? replace, bool fromEnd = false)
    {
        if (string.IsNullOrEmpty(text) || string.IsNullOrEmpty(match))
        {
            return text ?? string.Empty;
        }

        int at = fromEnd
            ? text!.LastIndexOf(match!, StringComparison.OrdinalIgnoreCase)
            : text!.IndexOf(match!, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? text : text.Substring(0, at) + replace + text.Substring(at + match!.Length);
    }

    public static int Size(string? text) => text?.Length ?? 0;

    /// <summary>A part of the text; a negative start counts from the end, and parts outside of the text are left out.</summary>
    public static string Slice(string? text, int start, int? length = null)
    {
        int size = text?.Length ?? 0;
        if (start >= size)
        {
            return string.Empty;
        }

        start = start < 0 ? start + size : start;
        int end = length.HasValue ? Math.Min(start + length.Value, size) : size;
        start = Math.Max(start, 0);
        return end <= start ? string.Empty : text!.Substring(start, end - start);
    }

    public static string Slice1(string? text, int start, int length = 1) => Slice(text, start, length);

    /// <summary>The pieces between matches, without empty ones.</summary>
    public static IEnumerable Split(string? text, string match) => new ScriptRange(
        string.IsNullOrEmpty(text) ? Array.Empty<string>() : text!.Split(new[] { match }, StringSplitOptions.RemoveEmptyEntries));

    public static object? ToInt(TemplateContext context, string? text) =>
        int.TryParse(text, NumberStyles.Integer, context.CurrentCulture, out int value) ? value : null;

    public static object? ToLong(TemplateContext context, string? text) =>
        long.TryParse(text, NumberStyles.Integer, context.CurrentCulture, out long value) ? value : null;

    public static object? ToFloat(TemplateContext context, string? text) =>
        float.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, context.CurrentCulture, out float value) ? value : null;

    public static object? ToDouble(TemplateContext context, string? text) =>
        double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, context.CurrentCulture, out double value) ? value : null;

    /// <summary>Shortens to a length that includes the ellipsis.</summary>
    public static string Truncate(string? text, int length, string? ellipsis = null)
    {
        ellipsis ??= "...";
        return text == null || text.Length <= length
            ? text ?? string.Empty
            : text.Substring(0, Math.Max(length - ellipsis.Length, 0)) + ellipsis;
    }

    private static bool NeedsEscape(char c) => c < ' ' || c == '"' || c == '\\';

    private static int IndexOfOrdinal(string? text, string? value) =>
        string.IsNullOrEmpty(text) || string.IsNullOrEmpty(value) ? -1 : text!.IndexOf(value!, StringComparison.Ordinal);
}
