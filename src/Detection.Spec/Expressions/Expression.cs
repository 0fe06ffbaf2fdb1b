// Arithmetic over parameters, such as "2*A" or "round(32*width)": parsed once into a tree, evaluated with checks.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Spec.Expressions;

/// <summary>An arithmetic expression.</summary>
public abstract record Expression
{
    /// <summary>A number.</summary>
    public sealed record Number(double Value) : Expression;

    /// <summary>A name of the environment.</summary>
    public sealed record Name(string Identifier) : Expression;

    /// <summary>A negation.</summary>
    public sealed record Negate(Expression Operand) : Expression;

    /// <summary>An operator with two operands: <c>+ - * / % == != &lt; &lt;= &gt; &gt;= and or</c>.</summary>
    public sealed record Binary(string Operator, Expression Left, Expression Right) : Expression;

    /// <summary>A call of one of <see cref="ExpressionFunctions"/>.</summary>
    public sealed record Call(string Function, ImmutableArray<Expression> Arguments) : Expression;

    /// <summary>Evaluates the expression; comparisons give 1 or 0.</summary>
    /// <param name="lookup">Gives the value of a name, or null when there is none.</param>
    /// <exception cref="ExpressionException">A name is unknown or the arithmetic has no value.</exception>
    public double Evaluate(Func<string, double?> lookup) => Finite(this switch
    {
        Number number => number.Value,
        Name name => lookup(name.Identifier) ?? throw new ExpressionException("unknown name") { UnknownName = name.Identifier },
        Negate negate => -negate.Operand.Evaluate(lookup),
        Binary { Operator: "and" or "or" } binary => Decide(binary, lookup),
        Binary binary => Apply(binary.Operator, binary.Left.Evaluate(lookup), binary.Right.Evaluate(lookup)),
        Call call => ExpressionFunctions.Apply(call.Function, [.. call.Arguments.Select(a => a.Evaluate(lookup))]),
        _ => throw new ExpressionException("unknown form"),
    });

    // The right side counts only where the left one leaves it open, so that a condition can guard a division; its names are checked all the same.
    private static double Decide(Binary binary, Func<string, double?> lookup)
    {
        var left = binary.Left.Evaluate(lookup) != 0;
        if (left == (binary.Operator == "and"))
        {
            return binary.Right.Evaluate(lookup) != 0 ? 1 : 0;
        }

        binary.Right.RequireNames(lookup);
        return left ? 1 : 0;
    }

    /// <summary>Looks every name up without evaluating anything.</summary>
    /// <exception cref="ExpressionException">A name is unknown.</exception>
    internal void RequireNames(Func<string, double?> lookup)
    {
        switch (this)
        {
            case Name name when lookup(name.Identifier) is null:
                throw new ExpressionException("unknown name") { UnknownName = name.Identifier };
            case Negate negate:
                negate.Operand.RequireNames(lookup);
                break;
            case Binary binary:
                binary.Left.RequireNames(lookup);
                binary.Right.RequireNames(lookup);
                break;
            case Call call:
                foreach (var argument in call.Arguments)
                {
                    argument.RequireNames(lookup);
                }

                break;
        }
    }

    private static double Apply(string op, double left, double right) => op switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => right == 0 ? throw new ExpressionException("division by zero") : left / right,
        "%" => right == 0 ? throw new ExpressionException("division by zero") : left - (right * Math.Floor(left / right)),
        "==" => left == right ? 1 : 0,
        "!=" => left != right ? 1 : 0,
        "<" => left < right ? 1 : 0,
        "<=" => left <= right ? 1 : 0,
        ">" => left > right ? 1 : 0,
        ">=" => left >= right ? 1 : 0,
        _ => throw new ExpressionException("unknown operator " + op),
    };

    private static double Finite(double value) =>
        double.IsNaN(value) || double.IsInfinity(value) || Math.Abs(value) > 1e15
            ? throw new ExpressionException("the result is too large")
            : value;
}

/// <summary>The functions of the expression language.</summary>
public static class ExpressionFunctions
{
    /// <summary>Their names.</summary>
    public static readonly ImmutableArray<string> Names = ["min", "max", "floor", "ceil", "round", "abs", "sqrt", "divisible", "oneOf"];

    /// <summary>Applies a function.</summary>
    /// <exception cref="ExpressionException">The function does not exist or was given the wrong number of values.</exception>
    public static double Apply(string name, double[] values) => (name, values.Length) switch
    {
        ("min", > 0) => values.Min(),
        ("max", > 0) => values.Max(),
        ("floor", 1) => Math.Floor(values[0]),
        ("ceil", 1) => Math.Ceiling(values[0]),
        ("round", 1) => Math.Floor(values[0] + 0.5),
        ("abs", 1) => Math.Abs(values[0]),
        ("sqrt", 1) => values[0] < 0 ? throw new ExpressionException("square root of a negative number") : Math.Sqrt(values[0]),

        // The rounding of MobileNet's width multiplier: the nearest multiple of the divisor, at least one, never losing more than a tenth.
        ("divisible", 2) => Divisible(values[0], values[1]),
        ("oneOf", > 1) => values.Skip(1).Contains(values[0]) ? values[0] : throw new ExpressionException(string.Format(
            CultureInfo.InvariantCulture, "{0:R} is none of {1}", values[0], string.Join(", ", values.Skip(1).Select(v => v.ToString("R", CultureInfo.InvariantCulture))))),
        _ when Names.Contains(name) => throw new ExpressionException(string.Format(
            CultureInfo.InvariantCulture, "'{0}' does not take {1} value{2}", name, values.Length, values.Length == 1 ? "" : "s")),
        _ => throw new ExpressionException($"there is no function '{name}', only {string.Join(", ", Names)}"),
    };

    private static double Divisible(double value, double divisor)
    {
        if (divisor <= 0)
        {
            throw new ExpressionException("the divisor must be positive");
        }

        var rounded = Math.Max(divisor, Math.Floor((value + (divisor / 2)) / divisor) * divisor);
        return rounded < 0.9 * value ? rounded + divisor : rounded;
    }
}

/// <summary>An expression does not parse or has no value; always turned into a diagnostic.</summary>
public sealed class ExpressionException(string message) : Exception(message)
{
    /// <summary>The name that the environment lacks, when that is the reason.</summary>
    public string? UnknownName { get; init; }
}
