// Where something stands in a template: offsets, lines and columns count from 0, printed ones from 1.
#nullable enable
using System;
using System.Collections.Generic;

namespace Scriban.Parsing;

partial struct TextPosition : IEquatable<TextPosition>
{
    /// <summary>The position after the last character.</summary>
    public static readonly TextPosition Eof = new(-1, -1, -1);

    public TextPosition(int offset, int line, int column)
    {
        Offset = offset;
        Line = line;
        Column = column;
    }

    public int Offset { get; set; }

    public int Line { get; set; }

    public int Column { get; set; }

    public static bool operator ==(TextPosition left, TextPosition right) => left.Equals(right);

    public static bool operator !=(TextPosition left, TextPosition right) => !left.Equals(right);

    public TextPosition NextColumn(int offset = 1) => new(Offset + offset, Line, Column + offset);

    public TextPosition NextLine(int offset = 1) => new(Offset + offset, Line + offset, 0);

    public bool Equals(TextPosition other) => Offset == other.Offset && Line == other.Line && Column == other.Column;

    public override bool Equals(object? obj) => obj is TextPosition other && Equals(other);

    public override int GetHashCode() => Offset;

    public override string ToString() => $"({Offset}:{Line},{Column})";

    public string ToStringSimple() => $"{Line + 1},{Column + 1}";
}

/// <summary>A range of a template; <see cref="End"/> is its last character.</summary>
partial struct SourceSpan
{
    public SourceSpan(string? fileName, TextPosition start, TextPosition end)
    {
        FileName = fileName;
        Start = start;
        End = end;
    }

    public string? FileName { get; set; }

    public bool IsEmpty => FileName == null;

    public TextPosition Start { get; set; }

    public TextPosition End { get; set; }

    public int Length => End.Offset - Start.Offset + 1;

    public override string ToString() => $"{FileName}({Start})-({End})";

    public string ToStringSimple() => $"{FileName}({Start.ToStringSimple()})";
}

/// <summary>A template's text with its name; turns offsets into lines and columns only when somebody asks.</summary>
internal sealed class SourceText
{
    private int[]? _lineStarts;

    public SourceText(string text, string? fileName)
    {
        Text = text;
        FileName = fileName ?? "<input>";
    }

    public string Text { get; }

    public string FileName { get; }

    /// <summary>The span from one offset to another, both included; offset -1 is the end of the file.</summary>
    public SourceSpan Span(int start, int end) => new(FileName, PositionAt(start), PositionAt(end));

    private TextPosition PositionAt(int offset)
    {
        if (offset < 0)
        {
            return TextPosition.Eof;
        }

        // Two threads may both build the table; the result is the same.
        var starts = _lineStarts ??= FindLineStarts(Text);
        int line = Array.BinarySearch(starts, offset);
        if (line < 0)
        {
            line = ~line - 1;
        }

        return new TextPosition(offset, line, offset - starts[line]);
    }

    private static int[] FindLineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                starts.Add(i + 1);
            }
        }

        return starts.ToArray();
    }
}
