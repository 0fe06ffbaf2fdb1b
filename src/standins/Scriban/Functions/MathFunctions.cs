// `math.*`.
#nullable enable
using System;
using System.Globalization;
using System.Numerics;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban.Functions;

partial class MathFunctions : ScriptObject
{
    public static object? Abs(TemplateContext context, SourceSpan span, object? value) => value switch
    {
        null => null,
        int number => Math.Abs(number),
        long number => Math.Abs(number),
        float number => Math.Abs(number),
        double number => Math.Abs(number),
        decimal number => Math.Abs(number),
        short number => Math.Abs(number),
        sbyte number => Math.Abs(number),
        BigInteger number => BigInteger.Abs(number),
        _ when IsNumber(value) => value,
        _ => throw new ScriptRuntimeException(span, $"`{value}` is not a number"),
    };

    public static double Ceil(double value) => Math.Ceiling(value);

    public static double Floor(double value) => Math.Floor(value);

    /// <summary>Rounds halves to the even neighbour.</summary>
    public static double Round(double value, int precision = 0) => Math.Round(value, precision);

    public static object? Plus(TemplateContext context, SourceSpan span, object? value, object? with) =>
        BinaryOperations.Evaluate(context, span, BinaryOperator.Add, value, with);

    public static object? Minus(TemplateContext context, SourceSpan span, object? value, object? with) =>
        BinaryOperations.Evaluate(context, span, BinaryOperator.Subtract, value, with);

    public static object? Times(TemplateContext context, SourceSpan span, object? value, object? with) =>
        BinaryOperations.Evaluate(context, span, BinaryOperator.Multiply, value, with);

    public static object? Modulo(TemplateContext context, SourceSpan span, object? value, object? with) =>
        BinaryOperations.Evaluate(context, span, BinaryOperator.Modulus, value, with);

    /// <summary>Divides; by an integer the result is rounded down to an integer.</summary>
    public static object? DividedBy(TemplateContext context, SourceSpan span, double value, object? divisor)
    {
        var result = BinaryOperations.Evaluate(context, span, BinaryOperator.Divide, value, divisor);
        return divisor is int && result is double quotient ? (int)Math.Floor(quotient) : result;
    }

    public static string Format(TemplateContext context, SourceSpan span, object? value, string? format, string? culture = null) =>
        value == null ? string.Empty
        : value is IFormattable number && IsNumber(value) ? number.ToString(format, culture == null ? context.CurrentCulture : new CultureInfo(culture))
        : throw new ScriptRuntimeException(span, $"`{value}` is not a number");

    public static bool IsNumber(object? value) =>
        value is sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal or BigInteger;
}
