// Reads number tokens: 1_000, 0xff, 0b101, 1.5, 1e3, 1.5f, 1.5m.
#nullable enable
namespace Scriban.Parsing;

internal sealed partial class Lexer
{
    private void ReadNumber()
    {
        int start = _pos;
        if (_text[start] == '0' && (Peek(1) == 'x' || Peek(1) == 'b'))
        {
            ReadPrefixedNumber(start, hex: Peek(1) == 'x');
            return;
        }

        bool isFloat = false;
        _pos++;
        while (char.IsDigit(Peek()) || Peek() == '_')
        {
            _pos++;
        }

        if (Peek() == '.')
        {
            // 1..3 is a range and 1.name a member; 1.5, 1. and 1.e3 are numbers.
            char next = Peek(1);
            if (next != '.' && (IsFloatSuffix(next) || !char.IsLetter(next) || next == 'e' || next == 'E'))
            {
                isFloat = true;
                _pos++;
                SkipDigits();
            }
        }

        if (Peek() == 'e' || Peek() == 'E')
        {
            _pos++;
            if (Peek() == '+' || Peek() == '-')
            {
                _pos++;
            }

            if (!char.IsDigit(Peek()))
            {
                throw new SyntaxError(start, _pos - 1, "The exponent of this number has no digits");
            }

            SkipDigits();
        }

        if (IsFloatSuffix(Peek()) && !IsNamePart(Peek(1)))
        {
            isFloat = true;
            _pos++;
        }

        Add(isFloat ? TokenKind.Float : TokenKind.Integer, start, _pos);
    }

    private void ReadPrefixedNumber(int start, bool hex)
    {
        _pos += 2;
        bool hasDigits = false;
        while (Peek() == '_' || (hex ? StringEscapes.HexValue(Peek()) >= 0 : Peek() == '0' || Peek() == '1'))
        {
            hasDigits |= Peek() != '_';
            _pos++;
        }

        if (!hasDigits)
        {
            throw new SyntaxError(start, _pos - 1, "This number has no digits after its prefix");
        }

        if ((Peek() == 'u' || Peek() == 'U') && !IsNamePart(Peek(1)))
        {
            _pos++;
        }

        Add(hex ? TokenKind.HexInteger : TokenKind.BinaryInteger, start, _pos);
    }

    private void SkipDigits()
    {
        while (char.IsDigit(Peek()))
        {
            _pos++;
        }
    }

    private static bool IsFloatSuffix(char c) => c == 'f' || c == 'F' || c == 'd' || c == 'D' || c == 'm' || c == 'M';
}
