// The grammar of expressions: or < and < comparison < sum < product < unary < primary.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Spec.Expressions;

/// <summary>Parses arithmetic expressions.</summary>
public sealed class ExpressionParser
{
    private const int MaximumLength = 400;
    private const int MaximumDepth = 32;

    private readonly string text;
    private int position;
    private int depth;

    private ExpressionParser(string text) => this.text = text;

    /// <summary>Parses <paramref name="text"/>.</summary>
    /// <exception cref="ExpressionException">The text is no expression; the message says what was expected where.</exception>
    public static Expression Parse(string text)
    {
        if (text.Length > MaximumLength)
        {
            throw new ExpressionException($"more than {MaximumLength} characters");
        }

        var parser = new ExpressionParser(text);
        var expression = parser.Or();
        parser.SkipSpace();
        return parser.position == text.Length ? expression : throw parser.Unexpected("an operator or the end");
    }

    private Expression Or() => LeftAssociative(And, "or");

    private Expression And() => LeftAssociative(Comparison, "and");

    private Expression Comparison()
    {
        var left = Sum();
        return TakeOperator("==", "!=", "<=", ">=", "<", ">") is { } op ? new Expression.Binary(op, left, Sum()) : left;
    }

    private Expression Sum() => LeftAssociative(Product, "+", "-");

    private Expression Product() => LeftAssociative(Unary, "*", "/", "%");

    private Expression Unary()
    {
        if (TakeOperator("-") is null)
        {
            return Primary();
        }

        Enter();
        var operand = Unary();
        depth--;
        return new Expression.Negate(operand);
    }

    private Expression Primary()
    {
        SkipSpace();
        if (position < text.Length && text[position] == '(')
        {
            position++;
            Enter();
            var inner = Or();
            depth--;
            Expect(')');
            return inner;
        }

        if (position < text.Length && (char.IsDigit(text[position]) || text[position] == '.'))
        {
            return NumberLiteral();
        }

        if (position < text.Length && IsNameStart(text[position]))
        {
            var name = Word();
            SkipSpace();
            return position < text.Length && text[position] == '(' ? Call(name) : new Expression.Name(name);
        }

        throw Unexpected("a number, a name or '('");
    }

    private Expression NumberLiteral()
    {
        var start = position;
        while (position < text.Length && (char.IsDigit(text[position]) || text[position] is '.' or '_'))
        {
            position++;
        }

        if (position < text.Length && text[position] is 'e' or 'E')
        {
            position++;
            if (position < text.Length && text[position] is '+' or '-')
            {
                position++;
            }

            while (position < text.Length && char.IsDigit(text[position]))
            {
                position++;
            }
        }

        var literal = text.Substring(start, position - start);
        return double.TryParse(literal.Replace("_", ""), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? new Expression.Number(value)
            : throw new ExpressionException($"'{literal}' is no number");
    }

    private Expression Call(string function)
    {
        Expect('(');
        Enter();
        var arguments = ImmutableArray.CreateBuilder<Expression>();
        do
        {
            arguments.Add(Or());
        }
        while (TakeOperator(",") is not null);
        depth--;
        Expect(')');
        return new Expression.Call(function, arguments.ToImmutable());
    }

    private Expression LeftAssociative(Func<Expression> operand, params string[] operators)
    {
        var left = operand();
        while (TakeOperator(operators) is { } op)
        {
            left = new Expression.Binary(op, left, operand());
        }

        return left;
    }

    private string? TakeOperator(params string[] operators)
    {
        SkipSpace();
        foreach (var op in operators)
        {
            var isWord = char.IsLetter(op[0]);
            if (string.CompareOrdinal(text, position, op, 0, op.Length) == 0
                && !(isWord && position + op.Length < text.Length && IsNamePart(text[position + op.Length])))
            {
                position += op.Length;
                return op;
            }
        }

        return null;
    }

    private string Word()
    {
        var start = position;
        while (position < text.Length && IsNamePart(text[position]))
        {
            position++;
        }

        return text.Substring(start, position - start);
    }

    private void Expect(char expected)
    {
        SkipSpace();
        if (position >= text.Length || text[position] != expected)
        {
            throw Unexpected($"'{expected}'");
        }

        position++;
    }

    private void Enter()
    {
        if (++depth > MaximumDepth)
        {
            throw new ExpressionException("too deeply nested");
        }
    }

    private void SkipSpace()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }

    private ExpressionException Unexpected(string expected) => new(position < text.Length
        ? $"{expected} expected at '{text[position]}' (character {position + 1})"
        : $"{expected} expected at the end");

    private static bool IsNameStart(char c) => char.IsLetter(c) || c == '_';

    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c is '_' or '.';
}
