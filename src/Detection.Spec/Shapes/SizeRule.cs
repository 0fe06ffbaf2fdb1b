// Sizes that an author writes as expressions, such as "floor((height + 1) / 2)": turned into extents exactly, so that shapes stay decided for all input sizes.
using System.Globalization;
using Detection.Spec.Expressions;

namespace Detection.Spec.Shapes;

/// <summary>A rule is none that the arithmetic of extents can decide.</summary>
internal sealed class SizeRuleException(string message) : Exception(message);

/// <summary>Size rules: sums of a size times a number and a number, divided by a number, with floor, ceil or round around it; and these again in such.</summary>
internal static class SizeRule
{
    private static readonly string[] Roundings = ["floor", "ceil", "round"];

    /// <summary>Why no values of its names would make a rule of an expression; null when its form is right.</summary>
    public static string? Fault(Expression rule, string variable) => rule switch
    {
        _ when !Mentions(rule, variable) => null,
        Expression.Name => null,
        Expression.Negate negate => Fault(negate.Operand, variable),
        Expression.Binary { Operator: "+" or "-" } sum => Fault(sum.Left, variable) ?? Fault(sum.Right, variable)
            ?? (Mentions(sum.Left, variable) && Mentions(sum.Right, variable) && (Rounds(sum.Left, variable) || Rounds(sum.Right, variable))
                ? $"'{sum.Operator}' joins two sizes of which one is rounded" : null),
        Expression.Binary { Operator: "*" } product => Mentions(product.Left, variable) && Mentions(product.Right, variable)
            ? "'*' multiplies two sizes" : Fault(product.Left, variable) ?? Fault(product.Right, variable),
        Expression.Binary { Operator: "/" } quotient => Mentions(quotient.Right, variable) ? "'/' divides by a size" : Fault(quotient.Left, variable),
        Expression.Binary other => $"'{other.Operator}' takes no size",
        Expression.Call { Arguments.Length: 1 } call when Roundings.Contains(call.Function) => Fault(call.Arguments[0], variable),
        Expression.Call call => $"'{call.Function}' takes no size",
        _ => "it has another form",
    };

    /// <summary>The extent that a rule of right form gives.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="variable">The name that stands for the size.</param>
    /// <param name="size">The size.</param>
    /// <param name="lookup">Values of the other names.</param>
    /// <exception cref="SizeRuleException">The sizes are not whole, or shrink as the input grows.</exception>
    /// <exception cref="ExpressionException">A part has no value.</exception>
    /// <exception cref="OverflowException">The numbers are beyond what is computed.</exception>
    public static Extent Over(Expression rule, string variable, Extent size, Func<string, double?> lookup)
    {
        var line = Line(rule, variable, size, lookup);
        if (!line.Factor.IsWhole || !line.Constant.IsWhole)
        {
            throw new SizeRuleException("it is not a whole number for every size; 'floor', 'ceil' and 'round' make one");
        }

        if (line.Factor.Numerator < 0)
        {
            throw new SizeRuleException("it shrinks as the input grows");
        }

        var (factor, constant) = (line.Factor.Numerator, line.Constant.Numerator);
        return factor == 0 ? Extent.Constant(constant)
            : factor == 1 && constant == 0 ? line.Size
            : line.Size.Then(x => checked((factor * x) + constant), period: 1, slope: factor, stableFrom: 0);
    }

    private static Affine Line(Expression rule, string variable, Extent size, Func<string, double?> lookup)
    {
        if (!Mentions(rule, variable))
        {
            return new Affine(size, default, Fraction.Of(rule.Evaluate(lookup)));
        }

        switch (rule)
        {
            case Expression.Name:
                return new Affine(size, new Fraction(1, 1), new Fraction(0, 1));
            case Expression.Negate negate:
                return Line(negate.Operand, variable, size, lookup).Times(new Fraction(-1, 1));
            case Expression.Binary { Operator: "+" or "-" } sum:
                var (left, right) = (Line(sum.Left, variable, size, lookup), Line(sum.Right, variable, size, lookup));
                right = sum.Operator == "-" ? right.Times(new Fraction(-1, 1)) : right;

                // One of them is a number, or both are of the size itself; Fault has seen to it.
                return new Affine(left.Factor.Numerator == 0 ? right.Size : left.Size, left.Factor + right.Factor, left.Constant + right.Constant);
            case Expression.Binary { Operator: "*" } product when Mentions(product.Left, variable):
                return Line(product.Left, variable, size, lookup).Times(Fraction.Of(product.Right.Evaluate(lookup)));
            case Expression.Binary { Operator: "*" } product:
                return Line(product.Right, variable, size, lookup).Times(Fraction.Of(product.Left.Evaluate(lookup)));
            case Expression.Binary { Operator: "/" } quotient:
                var divisor = Fraction.Of(quotient.Right.Evaluate(lookup));
                return divisor.Numerator == 0
                    ? throw new ExpressionException("division by zero")
                    : Line(quotient.Left, variable, size, lookup).Times(new Fraction(divisor.Denominator, divisor.Numerator));
            case Expression.Call { Arguments.Length: 1 } call:
                return Rounded(call.Function, Line(call.Arguments[0], variable, size, lookup));
            default:
                throw new SizeRuleException(Fault(rule, variable) ?? "it has another form");
        }
    }

    // (a·x + b) / c, rounded: repeats every c cells, a further.
    private static Affine Rounded(string function, Affine line)
    {
        if (line.Factor.Numerator < 0)
        {
            throw new SizeRuleException("a part of it shrinks as the input grows");
        }

        line = function == "round" ? line with { Constant = line.Constant + new Fraction(1, 2) } : line;
        var up = function == "ceil";
        if (line.Factor.Numerator == 0)
        {
            return new Affine(line.Size, default, new Fraction(Divide(line.Constant.Numerator, line.Constant.Denominator, up), 1));
        }

        var (factor, constant) = (line.Factor, line.Constant);
        var denominator = checked(factor.Denominator * constant.Denominator);
        var (perCell, offset) = checked((factor.Numerator * constant.Denominator, constant.Numerator * factor.Denominator));
        var rounded = line.Size.Then(
            x => Divide(checked((perCell * x) + offset), denominator, up), period: factor.Denominator, slope: factor.Numerator, stableFrom: 0);
        return new Affine(rounded, new Fraction(1, 1), new Fraction(0, 1));
    }

    private static long Divide(long value, long by, bool up)
    {
        var quotient = Math.DivRem(value, by, out var rest);
        return rest == 0 ? quotient : up ? (rest > 0 ? quotient + 1 : quotient) : rest < 0 ? quotient - 1 : quotient;
    }

    private static bool Rounds(Expression rule, string variable) => rule switch
    {
        Expression.Call call => Mentions(call, variable),
        Expression.Negate negate => Rounds(negate.Operand, variable),
        Expression.Binary binary => Rounds(binary.Left, variable) || Rounds(binary.Right, variable),
        _ => false,
    };

    private static bool Mentions(Expression rule, string name) => rule switch
    {
        Expression.Name named => named.Identifier == name,
        Expression.Negate negate => Mentions(negate.Operand, name),
        Expression.Binary binary => Mentions(binary.Left, name) || Mentions(binary.Right, name),
        Expression.Call call => call.Arguments.Any(a => Mentions(a, name)),
        _ => false,
    };

    // Factor·x + Constant, over the cells x of a size.
    private readonly record struct Affine(Extent Size, Fraction Factor, Fraction Constant)
    {
        public Affine Times(Fraction by) => new(Size, Factor * by, Constant * by);
    }

    // In lowest terms, with a positive denominator; the default is 0.
    private readonly record struct Fraction
    {
        private readonly long denominator;

        public Fraction(long numerator, long denominator)
        {
            var (a, b) = (Math.Abs(numerator), Math.Abs(denominator));
            while (b != 0)
            {
                (a, b) = (b, a % b);
            }

            Numerator = checked(numerator / a * Math.Sign(denominator));
            this.denominator = Math.Abs(denominator) / a;
        }

        public long Numerator { get; }

        public long Denominator => denominator == 0 ? 1 : denominator;

        public bool IsWhole => Denominator == 1;

        public static Fraction operator +(Fraction a, Fraction b) => new(
            checked((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator)), checked(a.Denominator * b.Denominator));

        public static Fraction operator *(Fraction a, Fraction b) => new(checked(a.Numerator * b.Numerator), checked(a.Denominator * b.Denominator));

        // As the number is written: 0.1 is a tenth.
        public static Fraction Of(double value)
        {
            const long scale = 1_000_000_000;
            if (value == Math.Floor(value))
            {
                return new Fraction(checked((long)value), 1);
            }

            var scaled = decimal.Parse(value.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture) * scale;
            return scaled == decimal.Floor(scaled) && scaled != 0
                ? new Fraction(checked((long)scaled), scale)
                : throw new SizeRuleException($"{value.ToString("R", CultureInfo.InvariantCulture)} has more than 9 decimals; write the fraction as a division");
        }
    }
}
