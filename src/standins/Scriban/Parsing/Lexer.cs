// Splits a template into text and code, applying whitespace control, and hands code to the other half.
#nullable enable
using System;
using System.Collections.Generic;

namespace Scriban.Parsing;

/// <summary>The first mistake in a template; parsing stops there.</summary>
internal sealed class SyntaxError : Exception
{
    public SyntaxError(int start, int end, string message)
        : base(message)
    {
        Start = start;
        End = end;
    }

    public int Start { get; }

    public int End { get; }
}

internal sealed partial class Lexer
{
    private readonly string _text;
    private readonly bool _scriptOnly;
    private readonly List<Token> _tokens = new();
    private int _pos;

    public Lexer(string text, ScriptMode mode)
    {
        _text = text;
        _scriptOnly = mode == ScriptMode.ScriptOnly;
    }

    /// <exception cref="SyntaxError">The text has a malformed token.</exception>
    public List<Token> Tokenize()
    {
        if (_scriptOnly)
        {
            ReadCodeBlock();
        }

        while (_pos < _text.Length)
        {
            if (MatchEnter(_pos, out int percents, out int contentStart))
            {
                ReadBlock(percents, contentStart);
            }
            else
            {
                ReadRaw();
            }
        }

        _tokens.Add(new Token(TokenKind.Eof, -1, -1));
        return _tokens;
    }

    private char Peek(int ahead = 0) => _pos + ahead < _text.Length ? _text[_pos + ahead] : '\0';

    private void Add(TokenKind kind, int start, int endExclusive) => _tokens.Add(new Token(kind, start, endExclusive - 1));

    /// <summary>Is this <c>{{</c>, or <c>{%{</c> with any number of percent signs, with its whitespace mark?</summary>
    private bool MatchEnter(int at, out int percents, out int contentStart)
    {
        percents = 0;
        contentStart = at;
        if (_text[at] != '{')
        {
            return false;
        }

        int i = at + 1;
        while (i < _text.Length && _text[i] == '%')
        {
            i++;
        }

        if (i >= _text.Length || _text[i] != '{')
        {
            return false;
        }

        percents = i - at - 1;
        contentStart = i + 1;
        if (contentStart < _text.Length && (_text[contentStart] == '-' || _text[contentStart] == '~'))
        {
            contentStart++;
        }

        return true;
    }

    private void ReadRaw()
    {
        int start = _pos;
        int end = _text.IndexOf('{', start);
        int contentStart = -1;
        while (end >= 0 && !MatchEnter(end, out _, out contentStart))
        {
            end = _text.IndexOf('{', end + 1);
        }

        if (end < 0)
        {
            _pos = _text.Length;
            Add(TokenKind.Raw, start, _pos);
            return;
        }

        _pos = end;
        int trimmed = end;
        char mark = _text[contentStart - 1];
        if (mark == '-' || mark == '~')
        {
            while (trimmed > start && char.IsWhiteSpace(_text[trimmed - 1]) && !(mark == '~' && EndsLine(trimmed - 1)))
            {
                trimmed--;
            }
        }

        if (trimmed > start)
        {
            Add(TokenKind.Raw, start, trimmed);
        }
    }

    private bool EndsLine(int at) =>
        _text[at] == '\n' || (_text[at] == '\r' && (at + 1 == _text.Length || _text[at + 1] != '\n'));

    private void ReadBlock(int percents, int contentStart)
    {
        int start = _pos;
        _pos = contentStart;
        if (percents == 0)
        {
            Add(TokenKind.CodeEnter, start, contentStart);
            ReadCodeBlock();
            return;
        }

        Add(TokenKind.EscapeEnter, start, contentStart);
        int exit = _pos;
        while (exit < _text.Length && !MatchExit(exit, percents))
        {
            exit++;
        }

        if (exit > _pos)
        {
            Add(TokenKind.Escape, _pos, exit);
        }

        _pos = exit;
        if (exit < _text.Length)
        {
            ReadExit(TokenKind.EscapeExit, percents);
        }
    }

    private bool MatchExit(int at, int percents)
    {
        char first = _text[at];
        if (first == '-' || first == '~')
        {
            at++;
        }

        if (at + percents + 1 >= _text.Length || _text[at] != '}')
        {
            return false;
        }

        for (int i = 1; i <= percents; i++)
        {
            if (_text[at + i] != '%')
            {
                return false;
            }
        }

        return _text[at + percents + 1] == '}';
    }

    private void ReadExit(TokenKind kind, int percents)
    {
        int start = _pos;
        char mark = _text[start];
        bool strips = mark == '-' || mark == '~';
        _pos += (strips ? 1 : 0) + percents + 2;
        Add(kind, start, _pos);
        if (!strips)
        {
            return;
        }

        while (_pos < _text.Length && char.IsWhiteSpace(_text[_pos]))
        {
            if (_text[_pos++] == '\n' && mark == '~')
            {
                break;
            }
        }
    }
}
