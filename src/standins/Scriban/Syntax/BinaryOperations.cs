// What the operators do to values: strings win over everything, then null, sequences, and numbers from the widest type down.
#nullable enable
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using System.Text;
using Scriban.Parsing;
using Scriban.Runtime;

namespace Scriban.Syntax;

internal enum BinaryOperator
{
    Coalesce, NotCoalesce, Or, And,
    Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual,
    Add, Subtract, Multiply, Divide, DivideRound, Modulus, ShiftLeft, ShiftRight,
    Range, RangeExclusive,
}

internal static class BinaryOperations
{
    public static string Text(BinaryOperator op) => op switch
    {
        BinaryOperator.Coalesce => "??",
        BinaryOperator.NotCoalesce => "?!",
        BinaryOperator.Or => "||",
        BinaryOperator.And => "&&",
        BinaryOperator.Equal => "==",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.DivideRound => "//",
        BinaryOperator.Modulus => "%",
        BinaryOperator.ShiftLeft => "<<",
        BinaryOperator.ShiftRight => ">>",
        BinaryOperator.Range => "..",
        _ => "..<",
    };

    public static object? Evaluate(TemplateContext context, SourceSpan span, BinaryOperator op, object? left, object? right)
    {
        try
        {
            return op switch
            {
                BinaryOperator.Coalesce => left ?? right,
                BinaryOperator.NotCoalesce => left == null ? null : right,
                _ => Dispatch(context, span, op, left, right),
            };
        }
        catch (Exception error) when (error is not ScriptRuntimeException)
        {
            throw new ScriptRuntimeException(span, error.Message, error);
        }
    }

    /// <summary>+x and -x.</summary>
    public static object? Sign(SourceSpan span, object? value, bool negate) => value switch
    {
        int i => negate ? unchecked(-i) : value,
        long l => negate ? -l : value,
        double d => negate ? -d : value,
        float f => negate ? -f : value,
        decimal m => negate ? -m : value,
        BigInteger b => negate ? -b : value,
        _ => throw new ScriptRuntimeException(span, $"`{value ?? "null"}` is not a number and has no sign"),
    };

    private static object? Dispatch(TemplateContext context, SourceSpan span, BinaryOperator op, object? left, object? right)
    {
        if (left is int leftInt && right is int rightInt)
        {
            return Numbers.Integer(span, op, leftInt, rightInt);
        }

        if (left is string || right is string || left is char || right is char)
        {
            return Strings(context, span, op, left, right);
        }

        if (left == null || right == null)
        {
            return op switch
            {
                BinaryOperator.Equal => Boxed.Of(left == right),
                BinaryOperator.NotEqual => Boxed.Of(left != right),
                >= BinaryOperator.Less and <= BinaryOperator.GreaterOrEqual => Boxed.False,
                _ => null,
            };
        }

        if (left is EmptyScriptObject || right is EmptyScriptObject)
        {
            return Empties(context, span, op, left, right);
        }

        if (left is ScriptArray or ScriptRange || right is ScriptArray or ScriptRange)
        {
            return Sequences.Evaluate(context, span, op, left, right);
        }

        return Numbers.Evaluate(context, span, op, left, right)
            ?? throw Unsupported(context, span, op, left, right);
    }

    public static ScriptRuntimeException Unsupported(TemplateContext context, SourceSpan span, BinaryOperator op, object? left, object? right) =>
        new(span, $"`{Text(op)}` does not work between {context.GetTypeName(left)} and {context.GetTypeName(right)}");

    /// <summary>The truth of a comparison operator for a three-way result, or null for other operators.</summary>
    public static object? Compare(BinaryOperator op, int order) => op switch
    {
        BinaryOperator.Equal => Boxed.Of(order == 0),
        BinaryOperator.NotEqual => Boxed.Of(order != 0),
        BinaryOperator.Less => Boxed.Of(order < 0),
        BinaryOperator.LessOrEqual => Boxed.Of(order <= 0),
        BinaryOperator.Greater => Boxed.Of(order > 0),
        BinaryOperator.GreaterOrEqual => Boxed.Of(order >= 0),
        _ => null,
    };

    private static object Strings(TemplateContext context, SourceSpan span, BinaryOperator op, object? left, object? right)
    {
        if (op == BinaryOperator.Add)
        {
            return context.ObjectToString(left) + context.ObjectToString(right);
        }

        if (op == BinaryOperator.Multiply)
        {
            bool textFirst = left is string && right is not string;
            var text = context.ObjectToString(textFirst ? left : right);
            int times = context.ToInt(span, textFirst ? right : left);
            var repeated = new StringBuilder();
            for (int i = 0; i < times; i++)
            {
                repeated.Append(text);
            }

            return repeated.ToString();
        }

        // null is no string: it equals none, and comes before all of them.
        var a = context.ObjectToString(left);
        var b = context.ObjectToString(right);
        int order = op == BinaryOperator.Equal || op == BinaryOperator.NotEqual
            ? string.CompareOrdinal(left == null ? null : a, right == null ? null : b)
            : CultureInfo.InvariantCulture.CompareInfo.Compare(a, b);
        return Compare(op, order) ?? throw Unsupported(context, span, op, left, right);
    }

    private static object? Empties(TemplateContext context, SourceSpan span, BinaryOperator op, object left, object right)
    {
        bool both = left is EmptyScriptObject && right is EmptyScriptObject;
        var isEmpty = both ? Boxed.True : context.IsEmpty(span, left is EmptyScriptObject ? right : left);
        return op switch
        {
            BinaryOperator.Equal or BinaryOperator.LessOrEqual or BinaryOperator.GreaterOrEqual => isEmpty,
            BinaryOperator.NotEqual => Boxed.Of(isEmpty is not true),
            BinaryOperator.Less or BinaryOperator.Greater => Boxed.False,
            _ => EmptyScriptObject.Default,
        };
    }
}
