// Reads the tokens of a code block.
#nullable enable
using System.Collections.Generic;

namespace Scriban.Parsing;

internal sealed partial class Lexer
{
    private static readonly (string Text, TokenKind Kind)[] Symbols =
    {
        // Longer ones first: the first match wins.
        ("//=", TokenKind.SlashSlashEqual), ("..<", TokenKind.RangeExclusive), ("...", TokenKind.Ellipsis),
        ("//", TokenKind.SlashSlash), ("..", TokenKind.Range), ("&&", TokenKind.AndAnd), ("||", TokenKind.OrOr),
        ("|>", TokenKind.Pipe), ("??", TokenKind.Coalesce), ("?!", TokenKind.NotCoalesce), ("?.", TokenKind.QuestionDot),
        ("==", TokenKind.EqualEqual), ("!=", TokenKind.NotEqual), ("<=", TokenKind.LessEqual), (">=", TokenKind.GreaterEqual),
        ("<<", TokenKind.ShiftLeft), (">>", TokenKind.ShiftRight), ("++", TokenKind.PlusPlus), ("--", TokenKind.MinusMinus),
        ("+=", TokenKind.PlusEqual), ("-=", TokenKind.MinusEqual), ("*=", TokenKind.StarEqual), ("/=", TokenKind.SlashEqual),
        ("%=", TokenKind.PercentEqual), ("+", TokenKind.Plus), ("-", TokenKind.Minus), ("*", TokenKind.Star), ("/", TokenKind.Slash),
        ("%", TokenKind.Percent), ("=", TokenKind.Equal), ("<", TokenKind.Less), (">", TokenKind.Greater), ("!", TokenKind.Exclamation),
        ("?", TokenKind.Question), ("|", TokenKind.Pipe), (".", TokenKind.Dot), (",", TokenKind.Comma), (":", TokenKind.Colon),
        ("(", TokenKind.OpenParen), (")", TokenKind.CloseParen), ("[", TokenKind.OpenBracket), ("]", TokenKind.CloseBracket),
        ("@", TokenKind.At), ("^", TokenKind.Caret), (";", TokenKind.SemiColon),
    };

    // Open braces of object literals, per enclosing interpolated string; the quote of each of those strings.
    private readonly Stack<char> _openStrings = new();
    private readonly Stack<int> _outerBraces = new();
    private int _openBraces;

    private void ReadCodeBlock()
    {
        while (_pos < _text.Length)
        {
            if (AtCodeExit())
            {
                ReadExit(TokenKind.CodeExit, 0);
                return;
            }

            ReadCodeToken();
        }
    }

    private bool AtCodeExit() => !_scriptOnly && _openBraces == 0 && _openStrings.Count == 0 && MatchExit(_pos, 0);

    private void ReadCodeToken()
    {
        int start = _pos;
        char c = _text[start];
        switch (c)
        {
            case '\r':
            case '\n':
                SkipWhiteSpace();
                Add(TokenKind.NewLine, start, _pos);
                return;
            case '#':
                SkipComment();
                return;
            case '"':
            case '\'':
                ReadString(c);
                Add(TokenKind.String, start, _pos);
                return;
            case '`':
                ReadVerbatim();
                Add(TokenKind.Verbatim, start, _pos);
                return;
            case '{':
                _openBraces++;
                _pos++;
                Add(TokenKind.OpenBrace, start, _pos);
                return;
            case '}':
                ReadCloseBrace();
                return;
            case '$':
                ReadDollar();
                return;
        }

        if (char.IsWhiteSpace(c))
        {
            _pos++;
        }
        else if (IsNameStart(c))
        {
            ReadName(start);
            Add(TokenKind.Identifier, start, _pos);
        }
        else if (char.IsDigit(c))
        {
            ReadNumber();
        }
        else if (!ReadSymbol())
        {
            throw new SyntaxError(start, start, $"The character `{c}` means nothing here");
        }
    }

    private bool ReadSymbol()
    {
        foreach (var (symbol, kind) in Symbols)
        {
            if (string.CompareOrdinal(_text, _pos, symbol, 0, symbol.Length) == 0)
            {
                Add(kind, _pos, _pos + symbol.Length);
                _pos += symbol.Length;
                return true;
            }
        }

        return false;
    }

    private void ReadCloseBrace()
    {
        int start = _pos;
        if (_openBraces > 0)
        {
            _openBraces--;
            _pos++;
            Add(TokenKind.CloseBrace, start, _pos);
        }
        else if (_openStrings.Count > 0)
        {
            ReadInterpolatedPart(start, _openStrings.Peek(), continues: true);
        }
        else
        {
            throw new SyntaxError(start, start, "This `}` closes nothing");
        }
    }

    private void SkipWhiteSpace()
    {
        while (_pos < _text.Length && char.IsWhiteSpace(_text[_pos]))
        {
            _pos++;
        }
    }

    private void SkipComment()
    {
        bool multiLine = Peek(1) == '#';
        _pos += multiLine ? 2 : 1;
        while (_pos < _text.Length && !AtCodeExit())
        {
            char c = _text[_pos];
            if (multiLine ? c == '#' && Peek(1) == '#' : c == '\r' || c == '\n')
            {
                _pos += multiLine ? 2 : 0;
                return;
            }

            _pos++;
        }
    }

    private static bool IsNameStart(char c) => c == '_' || char.IsLetter(c);

    private static bool IsNamePart(char c) => IsNameStart(c) || char.IsDigit(c);

    private void ReadName(int start)
    {
        _pos = start + 1;
        while (IsNamePart(Peek()))
        {
            _pos++;
        }
    }

    private void ReadDollar()
    {
        int start = _pos;
        char next = Peek(1);
        if (next == '"' || next == '\'')
        {
            _pos++;
            ReadInterpolatedPart(start, next, continues: false);
            return;
        }

        if (next == '$')
        {
            _pos += 2;
        }
        else
        {
            ReadName(start);
        }

        Add(TokenKind.Dollar, start, _pos);
    }

    private void ReadString(char quote)
    {
        int start = _pos++;
        while (true)
        {
            if (_pos >= _text.Length)
            {
                throw new SyntaxError(start, _text.Length - 1, $"This string lacks its closing {quote}");
            }

            char c = _text[_pos++];
            if (c == quote)
            {
                return;
            }

            if (c == '\\')
            {
                StringEscapes.Skip(_text, ref _pos, interpolated: false);
            }
        }
    }

    private void ReadVerbatim()
    {
        int start = _pos++;
        while (true)
        {
            int close = _text.IndexOf('`', _pos);
            if (close < 0)
            {
                throw new SyntaxError(start, _text.Length - 1, "This string lacks its closing `");
            }

            _pos = close + 1;
            if (Peek() != '`')
            {
                return;
            }

            _pos++;
        }
    }

    /// <summary>Reads text of an interpolated string from its quote or from the brace that closed an expression.</summary>
    private void ReadInterpolatedPart(int start, char quote, bool continues)
    {
        _pos++;
        while (_pos < _text.Length)
        {
            char c = _text[_pos++];
            if (c == quote)
            {
                if (continues)
                {
                    _openStrings.Pop();
                    _openBraces = _outerBraces.Pop();
                }

                Add(continues ? TokenKind.InterpolatedEnd : TokenKind.InterpolatedWhole, start, _pos);
                return;
            }

            if (c == '{')
            {
                if (!continues)
                {
                    _openStrings.Push(quote);
                    _outerBraces.Push(_openBraces);
                    _openBraces = 0;
                }

                Add(continues ? TokenKind.InterpolatedMiddle : TokenKind.InterpolatedBegin, start, _pos);
                return;
            }

            if (c == '\\')
            {
                StringEscapes.Skip(_text, ref _pos, interpolated: true);
            }
        }

        throw new SyntaxError(start, _text.Length - 1, $"This string lacks its closing {quote}");
    }
}
