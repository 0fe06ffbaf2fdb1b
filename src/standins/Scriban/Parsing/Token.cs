// The pieces of a template's code blocks.
#nullable enable
namespace Scriban.Parsing;

internal enum TokenKind
{
    Eof, Raw, Escape, CodeEnter, CodeExit, EscapeEnter, EscapeExit, NewLine, SemiColon,
    Identifier, Dollar, Integer, HexInteger, BinaryInteger, Float, String, Verbatim,
    InterpolatedWhole, InterpolatedBegin, InterpolatedMiddle, InterpolatedEnd,
    OpenParen, CloseParen, OpenBracket, CloseBracket, OpenBrace, CloseBrace,
    Comma, Colon, Dot, QuestionDot, Question, At, Caret, Exclamation, Pipe,
    Plus, Minus, Star, Slash, SlashSlash, Percent, PlusPlus, MinusMinus, ShiftLeft, ShiftRight,
    Equal, PlusEqual, MinusEqual, StarEqual, SlashEqual, SlashSlashEqual, PercentEqual,
    EqualEqual, NotEqual, Less, LessEqual, Greater, GreaterEqual, AndAnd, OrOr,
    Coalesce, NotCoalesce, Range, RangeExclusive, Ellipsis,
}

/// <summary>A token; both offsets are of characters that belong to it (a token at the end of the file has -1).</summary>
internal readonly struct Token
{
    public Token(TokenKind kind, int start, int end)
    {
        Kind = kind;
        Start = start;
        End = end;
    }

    public TokenKind Kind { get; }

    public int Start { get; }

    public int End { get; }

    public bool IsName => Kind == TokenKind.Identifier || Kind == TokenKind.Dollar;
}
