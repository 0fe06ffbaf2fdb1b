// The text of one spec document and the arithmetic between character offsets and line/column positions.
using System.Collections.Immutable;

namespace Detection.Spec.Syntax;

/// <summary>A range of characters in a <see cref="SourceText"/>, counted from its first character (the byte order mark removed).</summary>
/// <param name="Start">Offset of the first character.</param>
/// <param name="Length">Number of characters.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>Offset behind the last character.</summary>
    public int End => Start + Length;
}

/// <summary>A position as editors show it, both numbers counted from zero.</summary>
/// <param name="Line">Zero-based line.</param>
/// <param name="Column">Zero-based column, in UTF-16 units.</param>
public readonly record struct LinePosition(int Line, int Column);

/// <summary>The text of a spec document together with the path it is reported under.</summary>
public sealed class SourceText
{
    private readonly ImmutableArray<int> lineStarts;

    /// <summary>Wraps <paramref name="text"/>; a leading byte order mark is removed.</summary>
    public SourceText(string path, string text)
    {
        Path = path;
        Text = text.Length > 0 && text[0] == '\uFEFF' ? text.Substring(1) : text;
        var starts = ImmutableArray.CreateBuilder<int>();
        starts.Add(0);
        for (var i = 0; i < Text.Length; i++)
        {
            if (Text[i] == '\n' || (Text[i] == '\r' && !(i + 1 < Text.Length && Text[i + 1] == '\n')))
            {
                starts.Add(i + 1);
            }
        }

        lineStarts = starts.ToImmutable();
    }

    /// <summary>Path under which diagnostics name the document.</summary>
    public string Path { get; }

    /// <summary>The characters.</summary>
    public string Text { get; }

    /// <summary>Line and column of an offset; offsets outside the text are clamped into it.</summary>
    public LinePosition PositionOf(int offset)
    {
        offset = Math.Max(0, Math.Min(offset, Text.Length));
        var index = lineStarts.BinarySearch(offset);
        var line = index >= 0 ? index : ~index - 1;
        return new LinePosition(line, offset - lineStarts[line]);
    }

    /// <summary>The characters of a span, clamped into the text.</summary>
    public string Slice(TextSpan span)
    {
        var start = Math.Max(0, Math.Min(span.Start, Text.Length));
        return Text.Substring(start, Math.Max(0, Math.Min(span.Length, Text.Length - start)));
    }
}
