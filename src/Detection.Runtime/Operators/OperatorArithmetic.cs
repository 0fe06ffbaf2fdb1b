// The arithmetic of the spec language as generated constructors run it: sizes of tensors that a spec gives as expressions.
namespace Detection.Runtime;

/// <summary>Functions and operators of the spec language that C# has not, or has otherwise. Truth is 1 and 0, as in specs.</summary>
public static class OperatorArithmetic
{
    /// <summary>The smallest of some numbers.</summary>
    public static double Min(params double[] values) => values.Min();

    /// <summary>The largest of some numbers.</summary>
    public static double Max(params double[] values) => values.Max();

    /// <summary>The next whole number below.</summary>
    public static double Floor(double value) => Math.Floor(value);

    /// <summary>The next whole number above.</summary>
    public static double Ceil(double value) => Math.Ceiling(value);

    /// <summary>The nearest whole number, the upper of two.</summary>
    public static double Round(double value) => Math.Floor(value + 0.5);

    /// <summary>The number without its sign.</summary>
    public static double Abs(double value) => Math.Abs(value);

    /// <summary>The square root.</summary>
    public static double Sqrt(double value) => Math.Sqrt(value);

    /// <summary>The nearest multiple of a divisor, at least one, never losing more than a tenth: MobileNet's rounding of channels.</summary>
    public static double Divisible(double value, double divisor)
    {
        var rounded = Math.Max(divisor, Math.Floor((value + (divisor / 2)) / divisor) * divisor);
        return rounded < 0.9 * value ? rounded + divisor : rounded;
    }

    /// <summary>What a division leaves, of the divisor's sign.</summary>
    public static double Modulo(double left, double right) => left - (right * Math.Floor(left / right));

    /// <summary>left == right.</summary>
    public static double Equal(double left, double right) => left == right ? 1 : 0;

    /// <summary>left != right.</summary>
    public static double Unequal(double left, double right) => left != right ? 1 : 0;

    /// <summary>left &lt; right.</summary>
    public static double Less(double left, double right) => left < right ? 1 : 0;

    /// <summary>left &lt;= right.</summary>
    public static double AtMost(double left, double right) => left <= right ? 1 : 0;

    /// <summary>left &gt; right.</summary>
    public static double Greater(double left, double right) => left > right ? 1 : 0;

    /// <summary>left &gt;= right.</summary>
    public static double AtLeast(double left, double right) => left >= right ? 1 : 0;

    /// <summary>Whether both are true.</summary>
    public static double And(double left, double right) => left != 0 && right != 0 ? 1 : 0;

    /// <summary>Whether one of them is true.</summary>
    public static double Or(double left, double right) => left != 0 || right != 0 ? 1 : 0;
}
