// Operators on arrays: concatenation, repetition, taking parts, comparison element by element.
#nullable enable
using System.Collections;
using System.Linq;
using Scriban.Parsing;
using Scriban.Runtime;

namespace Scriban.Syntax;

internal static class Sequences
{
    public static object Evaluate(TemplateContext context, SourceSpan span, BinaryOperator op, object left, object right)
    {
        var a = AsArray(left);
        var b = AsArray(right);
        switch (op)
        {
            case BinaryOperator.Add when a != null && b != null:
                return new ScriptRange(a.Concat(b));
            case BinaryOperator.Multiply when (a == null) != (b == null):
                int times = Amount(context, span, a == null ? left : right);
                return new ScriptArray(Enumerable.Repeat((a ?? b)!, times).SelectMany(items => items));
            case BinaryOperator.Divide or BinaryOperator.DivideRound when a != null:
                return new ScriptArray(a.Take(a.Count / Positive(context, span, right)));
            case BinaryOperator.Modulus when a != null:
                int every = Positive(context, span, right);
                return new ScriptArray(a.Where((_, index) => index % every == 0));
            case BinaryOperator.ShiftLeft when a != null:
                return new ScriptArray(a.Concat(new[] { right }));
            case BinaryOperator.ShiftRight when b != null:
                return new ScriptArray(new[] { left }.Concat(b));
            case >= BinaryOperator.Equal and <= BinaryOperator.GreaterOrEqual when a != null && b != null:
                return Boxed.Of(Compare(context, span, op, a, b));
            default:
                throw BinaryOperations.Unsupported(context, span, op, left, right);
        }
    }

    private static bool Compare(TemplateContext context, SourceSpan span, BinaryOperator op, ScriptArray left, ScriptArray right)
    {
        // Length decides first; arrays of one length are compared element by element, and all must agree.
        if (left.Count != right.Count || left.Count == 0)
        {
            return BinaryOperations.Compare(op, left.Count.CompareTo(right.Count)) is true;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (BinaryOperations.Evaluate(context, span, op, left[i], right[i]) is not true)
            {
                return false;
            }
        }

        return true;
    }

    private static ScriptArray? AsArray(object value) =>
        value as ScriptArray ?? (value is IEnumerable items && value is not string ? new ScriptArray(items) : null);

    private static int Amount(TemplateContext context, SourceSpan span, object value)
    {
        int amount = context.ToInt(span, value);
        return amount >= 0 ? amount : throw new ScriptRuntimeException(span, $"An array cannot be taken {amount} times");
    }

    private static int Positive(TemplateContext context, SourceSpan span, object value)
    {
        int amount = Amount(context, span, value);
        return amount > 0 ? amount : throw new ScriptRuntimeException(span, "An array cannot be divided by 0");
    }
}
