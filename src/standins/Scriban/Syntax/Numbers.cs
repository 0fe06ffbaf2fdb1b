// Arithmetic: the wider type of the two decides; integers grow from int to long to BigInteger instead of overflowing.
#nullable enable
using System;
using System.Collections.Generic;
using System.Numerics;
using Scriban.Parsing;
using Scriban.Runtime;

namespace Scriban.Syntax;

internal static class Numbers
{
    /// <summary>The result, or null when the types have no such operator.</summary>
    public static object? Evaluate(TemplateContext context, SourceSpan span, BinaryOperator op, object left, object right)
    {
        if (left is decimal || right is decimal)
        {
            return Decimals(op, As<decimal>(context, span, left), As<decimal>(context, span, right));
        }

        if (left is double || right is double)
        {
            return Doubles(op, As<double>(context, span, left), As<double>(context, span, right));
        }

        if (left is float || right is float)
        {
            return Floats(op, As<float>(context, span, left), As<float>(context, span, right));
        }

        if (left is BigInteger or long or ulong || right is BigInteger or long or ulong)
        {
            return Big(span, op, As<BigInteger>(context, span, left), As<BigInteger>(context, span, right));
        }

        if (left is int or Enum || right is int or Enum)
        {
            return Integer(span, op, As<int>(context, span, left), As<int>(context, span, right));
        }

        if (left is bool || right is bool)
        {
            bool a = context.ToBool(span, left);
            bool b = context.ToBool(span, right);
            return op == BinaryOperator.Equal ? Boxed.Of(a == b) : op == BinaryOperator.NotEqual ? Boxed.Of(a != b) : null;
        }

        return (left, right, op) switch
        {
            (DateTime a, DateTime b, BinaryOperator.Subtract) => a - b,
            (DateTime a, DateTime b, _) => BinaryOperations.Compare(op, a.CompareTo(b)),
            (DateTime a, TimeSpan b, BinaryOperator.Add) => a + b,
            (_, _, BinaryOperator.Equal) => Boxed.Of(left.Equals(right)),
            _ => null,
        };
    }

    public static object? Integer(SourceSpan span, BinaryOperator op, int left, int right)
    {
        long a = left;
        long b = right;
        switch (op)
        {
            case BinaryOperator.Add: return Fit(a + b);
            case BinaryOperator.Subtract: return Fit(a - b);
            case BinaryOperator.Multiply: return Fit(a * b);
            case BinaryOperator.Divide: return (double)a / b;
            case BinaryOperator.DivideRound: return Fit(a / NotZero(span, b));
            case BinaryOperator.Modulus: return Fit(a % NotZero(span, b));
            case BinaryOperator.ShiftLeft: return Fit((BigInteger)a << right);
            case BinaryOperator.ShiftRight: return Fit((BigInteger)a >> right);
            case BinaryOperator.Range: return new ScriptRange(Range(a, b, inclusive: true));
            case BinaryOperator.RangeExclusive: return new ScriptRange(Range(a, b, inclusive: false));
            default: return BinaryOperations.Compare(op, a.CompareTo(b));
        }
    }

    private static object? Big(SourceSpan span, BinaryOperator op, BigInteger left, BigInteger right)
    {
        switch (op)
        {
            case BinaryOperator.Add: return Fit(left + right);
            case BinaryOperator.Subtract: return Fit(left - right);
            case BinaryOperator.Multiply: return Fit(left * right);
            case BinaryOperator.Divide: return (double)left / (double)right;
            case BinaryOperator.DivideRound: return Fit(left / NotZero(span, right));
            case BinaryOperator.Modulus: return Fit(left % NotZero(span, right));
            case BinaryOperator.ShiftLeft: return Fit(left << (int)right);
            case BinaryOperator.ShiftRight: return Fit(left >> (int)right);
            case BinaryOperator.Range: return new ScriptRange(Range((long)left, (long)right, inclusive: true));
            case BinaryOperator.RangeExclusive: return new ScriptRange(Range((long)left, (long)right, inclusive: false));
            default: return BinaryOperations.Compare(op, left.CompareTo(right));
        }
    }

    private static object? Doubles(BinaryOperator op, double left, double right) => op switch
    {
        BinaryOperator.Add => left + right,
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        BinaryOperator.Divide => left / right,
        BinaryOperator.DivideRound => Math.Round(left / right),
        BinaryOperator.Modulus => left % right,
        BinaryOperator.ShiftLeft => left * Math.Pow(2, right),
        BinaryOperator.ShiftRight => left / Math.Pow(2, right),
        BinaryOperator.Equal => Boxed.Of(left == right),
        BinaryOperator.NotEqual => Boxed.Of(left != right),
        BinaryOperator.Less => Boxed.Of(left < right),
        BinaryOperator.LessOrEqual => Boxed.Of(left <= right),
        BinaryOperator.Greater => Boxed.Of(left > right),
        BinaryOperator.GreaterOrEqual => Boxed.Of(left >= right),
        _ => null,
    };

    // Single precision must round at every step, so it does not go through double.
    private static object? Floats(BinaryOperator op, float left, float right) => op switch
    {
        BinaryOperator.Add => left + right,
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        BinaryOperator.Divide => left / right,
        BinaryOperator.DivideRound => (float)Math.Round(left / right),
        BinaryOperator.Modulus => left % right,
        BinaryOperator.ShiftLeft => left * (float)Math.Pow(2, right),
        BinaryOperator.ShiftRight => left / (float)Math.Pow(2, right),
        _ => Doubles(op, left, right),
    };

    private static object? Decimals(BinaryOperator op, decimal left, decimal right) => op switch
    {
        BinaryOperator.Add => left + right,
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        BinaryOperator.Divide => left / right,
        BinaryOperator.DivideRound => Math.Round(left / right),
        BinaryOperator.Modulus => left % right,
        BinaryOperator.ShiftLeft => left * (decimal)Math.Pow(2, (double)right),
        BinaryOperator.ShiftRight => left / (decimal)Math.Pow(2, (double)right),
        _ => BinaryOperations.Compare(op, left.CompareTo(right)),
    };

    private static T As<T>(TemplateContext context, SourceSpan span, object value) => (T)context.ToObject(span, value, typeof(T))!;

    private static object Fit(long value) => value is >= int.MinValue and <= int.MaxValue ? (object)(int)value : value;

    private static object Fit(BigInteger value) =>
        value >= long.MinValue && value <= long.MaxValue ? Fit((long)value) : (object)value;

    private static long NotZero(SourceSpan span, long value) =>
        value != 0 ? value : throw new ScriptRuntimeException(span, "Division by zero");

    private static BigInteger NotZero(SourceSpan span, BigInteger value) =>
        !value.IsZero ? value : throw new ScriptRuntimeException(span, "Division by zero");

    /// <summary>Counts up or down; an exclusive range between equal ends is empty.</summary>
    private static IEnumerable<object?> Range(long from, long to, bool inclusive)
    {
        int step = from < to ? 1 : -1;
        for (long i = from; i != to; i += step)
        {
            yield return Fit(i);
        }

        if (inclusive)
        {
            yield return Fit(to);
        }
    }
}
