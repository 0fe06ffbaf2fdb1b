// Operands: literals, names, prefix operators, and the steps of a path.
#nullable enable
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using Scriban.Syntax;

namespace Scriban.Parsing;

internal sealed partial class Parser
{
    private bool StartsExpression() => _current.Kind switch
    {
        TokenKind.Identifier or TokenKind.Dollar or TokenKind.Integer or TokenKind.HexInteger or TokenKind.BinaryInteger
            or TokenKind.Float or TokenKind.String or TokenKind.Verbatim or TokenKind.InterpolatedWhole or TokenKind.InterpolatedBegin
            or TokenKind.OpenParen or TokenKind.OpenBracket or TokenKind.OpenBrace
            or TokenKind.Exclamation or TokenKind.Minus or TokenKind.Plus or TokenKind.At or TokenKind.Caret
            or TokenKind.PlusPlus or TokenKind.MinusMinus => true,
        _ => false,
    };

    private bool SpaceBefore() => _current.Start > 0 && char.IsWhiteSpace(_source.Text[_current.Start - 1]);

    private ScriptExpression ParseOperand()
    {
        switch (_current.Kind)
        {
            case TokenKind.Identifier:
            case TokenKind.Dollar:
                return ParseName();
            case TokenKind.OpenParen:
                return ParseParentheses();
            case TokenKind.OpenBracket:
                return ParseArray();
            case TokenKind.OpenBrace:
                return ParseObject();
            case TokenKind.InterpolatedWhole:
            case TokenKind.InterpolatedBegin:
                return ParseInterpolated();
            case TokenKind.Exclamation:
                return ParseUnary(UnaryOperator.Not);
            case TokenKind.Minus:
                return ParseUnary(UnaryOperator.Negate);
            case TokenKind.Plus:
                return ParseUnary(UnaryOperator.Plus);
            case TokenKind.At:
                return ParseUnary(UnaryOperator.Alias);
            case TokenKind.Caret:
                return ParseUnary(UnaryOperator.Expand);
            case TokenKind.PlusPlus:
            case TokenKind.MinusMinus:
                return ParsePrefixStep();
            default:
                return StartsExpression() ? ParseLiteral() : throw Error($"Expected an expression instead of {Shown(_current)}");
        }
    }

    private ScriptExpression ParseLiteral()
    {
        var token = _current;
        var text = TextOf(token);
        object value = token.Kind switch
        {
            TokenKind.String => StringEscapes.Decode(_source.Text, token.Start + 1, token.End, interpolated: false),
            TokenKind.Verbatim => text.Substring(1, text.Length - 2).Replace("``", "`"),
            TokenKind.Float => NumberLiterals.Float(text, _options.ParseFloatAsDecimal),
            TokenKind.HexInteger => NumberLiterals.Prefixed(text, bitsPerDigit: 4),
            TokenKind.BinaryInteger => NumberLiterals.Prefixed(text, bitsPerDigit: 1),
            _ => NumberLiterals.Integer(text),
        } ?? throw Error($"`{text}` is not a number");
        Advance();
        return At(new Literal(value), token.Start);
    }

    private ScriptExpression ParseName()
    {
        int start = _current.Start;
        var text = TextOf(_current);
        if (text == "do")
        {
            return At(new AnonymousFunction(ParseFunction(isAnonymous: true)), start);
        }

        Advance();
        switch (text)
        {
            case "null": return At(new Literal(null), start);
            case "true": return At(new Literal(Boxed.True), start);
            case "false": return At(new Literal(Boxed.False), start);
            case "this": return At(new ThisExpression(), start);
        }

        if (text[0] != '$')
        {
            return At(new ScriptVariableGlobal(text), start);
        }

        var name = text.Substring(1);
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            // $0 is short for $[0].
            var arguments = At(new ScriptVariableLocal(string.Empty), start);
            return At(new IndexExpression(arguments, At(new Literal(index), start)), start);
        }

        return At(new ScriptVariableLocal(name), start);
    }

    private ScriptExpression ParseParentheses()
    {
        int start = _current.Start;
        Advance();
        var inner = ParseExpression();
        Expect(TokenKind.CloseParen, "the closing `)`");
        return At(new NestedExpression(inner), start);
    }

    private ScriptExpression ParseArray()
    {
        int start = _current.Start;
        var items = new List<ScriptExpression>();
        _ignoreNewLines++;
        Advance();
        while (!Is(TokenKind.CloseBracket))
        {
            items.Add(ParseExpression());
            if (!Is(TokenKind.Comma))
            {
                break;
            }

            Advance();
        }

        _ignoreNewLines--;
        Expect(TokenKind.CloseBracket, "a comma or the closing `]` of the array");
        return At(new ArrayLiteral(items), start);
    }

    private ScriptExpression ParseObject()
    {
        int start = _current.Start;
        var members = new List<KeyValuePair<string, ScriptExpression>>();
        _ignoreNewLines++;
        Advance();
        while (!Is(TokenKind.CloseBrace))
        {
            var name = Is(TokenKind.Identifier) ? TextOf(_current)
                : Is(TokenKind.String) ? StringEscapes.Decode(_source.Text, _current.Start + 1, _current.End, interpolated: false)
                : throw Error($"Expected the name of a member instead of {Shown(_current)}");
            Advance();
            Expect(TokenKind.Colon, $"a colon after the member `{name}`");
            members.Add(new KeyValuePair<string, ScriptExpression>(name, ParseExpression()));
            if (!Is(TokenKind.Comma))
            {
                break;
            }

            Advance();
        }

        _ignoreNewLines--;
        Expect(TokenKind.CloseBrace, "a comma or the closing `}` of the object");
        return At(new ObjectLiteral(members), start);
    }

    private ScriptExpression ParseInterpolated()
    {
        int start = _current.Start;
        var parts = new List<ScriptExpression>();
        while (true)
        {
            var token = _current;
            bool opens = token.Kind is TokenKind.InterpolatedWhole or TokenKind.InterpolatedBegin;
            var text = StringEscapes.Decode(_source.Text, token.Start + (opens ? 2 : 1), token.End, interpolated: true);
            parts.Add(new Literal(text));
            Advance();
            if (token.Kind is TokenKind.InterpolatedWhole or TokenKind.InterpolatedEnd)
            {
                return At(new InterpolatedString(parts), start);
            }

            parts.Add(At(new NestedExpression(ParseExpression()), token.End));
            if (!Is(TokenKind.InterpolatedMiddle) && !Is(TokenKind.InterpolatedEnd))
            {
                throw Error($"Expected the closing `}}` of the interpolation instead of {Shown(_current)}");
            }
        }
    }

    private ScriptExpression ParseUnary(UnaryOperator op)
    {
        int start = _current.Start;
        Advance();
        var operand = ParseExpression(new ExpressionScope { Precedence = 200, AliasOnly = op == UnaryOperator.Alias });
        return At(new UnaryExpression(op, operand), start);
    }

    private ScriptExpression ParsePrefixStep()
    {
        int start = _current.Start;
        int step = Is(TokenKind.PlusPlus) ? 1 : -1;
        Advance();
        var target = ParseExpression(new ExpressionScope { Precedence = 210 });
        return target is IAssignable
            ? At(new IncrementExpression(target, step, yieldsOldValue: false), start)
            : throw Error(_previous, "Only a variable can be counted up or down");
    }

    /// <summary>Reads members, indices and ++ or -- after an operand.</summary>
    private void ParseSteps(ref ScriptExpression operand, FunctionCall? call)
    {
        int start = operand.StartOffset;
        while (true)
        {
            if (Is(TokenKind.Dot) || Is(TokenKind.QuestionDot))
            {
                operand = ParseMember(operand, start);
            }
            else if (Is(TokenKind.OpenBracket) && !SpaceBefore() && operand is IAssignable or Literal or FunctionCall)
            {
                Advance();
                var index = ParseExpression(new ExpressionScope { InsideCall = call != null });
                Expect(TokenKind.CloseBracket, "the closing `]`");
                operand = At(new IndexExpression(operand, index), start);
            }
            else if (Is(TokenKind.PlusPlus) || Is(TokenKind.MinusMinus))
            {
                int step = Is(TokenKind.PlusPlus) ? 1 : -1;
                operand = operand is IAssignable
                    ? new IncrementExpression(operand, step, yieldsOldValue: true)
                    : throw Error("Only a variable can be counted up or down");
                Advance();
                At(operand, start);
                return;
            }
            else
            {
                return;
            }
        }
    }

    private ScriptExpression ParseMember(ScriptExpression target, int start)
    {
        bool nullSafe = Is(TokenKind.QuestionDot) || target is MemberExpression { NullSafe: true };
        Advance();
        if (!Is(TokenKind.Identifier))
        {
            throw Error($"Expected the name of a member instead of {Shown(_current)}");
        }

        if ((IsWord("empty") || IsWord("blank")) && PeekToken().Kind == TokenKind.Question)
        {
            Advance();
            Advance();
            return At(new IsEmptyExpression(target), start);
        }

        int memberStart = _current.Start;
        var name = TextOf(_current);
        if (target is ScriptVariableGlobal { Name: "for" or "while" } loop && !IsLoopMember(loop.Name, name))
        {
            throw Error($"`{loop.Name}` has no `{name}`");
        }

        Advance();
        return At(new MemberExpression(target, At(new ScriptVariableGlobal(name), memberStart), nullSafe), start);
    }

    private static bool IsLoopMember(string loop, string member) => member switch
    {
        "first" or "even" or "odd" or "index" => true,
        "last" or "changed" or "length" or "rindex" => loop == "for",
        _ => false,
    };
}

/// <summary>The values of number literals; null when a literal is out of range.</summary>
internal static class NumberLiterals
{
    public static object? Integer(string text)
    {
        const NumberStyles Styles = NumberStyles.Integer | NumberStyles.AllowExponent;
        text = text.Replace("_", string.Empty);
        if (long.TryParse(text, Styles, CultureInfo.InvariantCulture, out long value))
        {
            return value is >= int.MinValue and <= int.MaxValue ? (object)(int)value : value;
        }

        return BigInteger.TryParse(text, Styles, CultureInfo.InvariantCulture, out var big) ? big : null;
    }

    public static object? Float(string text, bool asDecimal)
    {
        var digits = text.TrimEnd('f', 'F', 'd', 'D', 'm', 'M');
        char suffix = char.ToLowerInvariant(text[text.Length - 1]);
        if (suffix == 'f')
        {
            return float.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out float single) ? single : null;
        }

        if ((suffix == 'm' || asDecimal) && decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact))
        {
            return exact;
        }

        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;
    }

    /// <summary>Hexadecimal and binary literals are bit patterns: signed in 32 or 64 bits unless they end in u.</summary>
    public static object? Prefixed(string text, int bitsPerDigit)
    {
        var digits = text.Substring(2).Replace("_", string.Empty);
        bool isUnsigned = digits.EndsWith("u", System.StringComparison.OrdinalIgnoreCase);
        digits = isUnsigned ? digits.Substring(0, digits.Length - 1) : digits;
        var value = BigInteger.Zero;
        foreach (char digit in digits)
        {
            value = (value << bitsPerDigit) + StringEscapes.HexValue(digit);
        }

        if (value <= uint.MaxValue)
        {
            return isUnsigned ? (object)(long)value : unchecked((int)(uint)value);
        }

        return isUnsigned || value > ulong.MaxValue ? (object)value : unchecked((long)(ulong)value);
    }
}
