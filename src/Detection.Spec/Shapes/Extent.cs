// The height or width of a feature map as a function of the input's height or width.
// Every such function f of convolutions, poolings and samplings is quasi-linear: f(x + P) = f(x) + Q from some x0 on,
// with P the product of strides. Two of them are therefore equal everywhere if they are equal up to x0 + P and
// have the same slope: equality is decided, never sampled.
using System.Globalization;

namespace Detection.Spec.Shapes;

/// <summary>The sizes an input may have along one axis: <c>Minimum, Minimum + Step, ...</c> up to <c>Maximum</c>.</summary>
/// <param name="Minimum">Smallest size in pixels.</param>
/// <param name="Maximum">Largest size in pixels, or null for no bound.</param>
/// <param name="Step">Distance of neighbouring sizes.</param>
public sealed record SizeDomain(long Minimum, long? Maximum, long Step)
{
    /// <summary>Whether just one size is allowed.</summary>
    public bool IsSingle => Maximum is { } maximum && maximum < Minimum + Step;

    /// <summary>One size.</summary>
    public static SizeDomain Exactly(long size) => new(size, size, 1);

    /// <summary>The allowed sizes up to and including <paramref name="limit"/>.</summary>
    public IEnumerable<long> UpTo(long limit)
    {
        for (var size = Minimum; size <= limit && !(size > Maximum); size += Step)
        {
            yield return size;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => IsSingle
        ? Minimum.ToString(CultureInfo.InvariantCulture)
        : string.Format(
            CultureInfo.InvariantCulture,
            "{0}{1}{2}",
            Maximum is null ? $"at least {Minimum}" : $"{Minimum} to {Maximum}",
            Step == 1 ? "" : $", every {Step}",
            "");
}

/// <summary>A quasi-linear function of one input extent. Immutable; evaluation is exact.</summary>
public sealed class Extent
{
    private readonly Extent? inner;
    private readonly Func<long, long> step;

    private Extent(Extent? inner, Func<long, long> step, long period, long slope, long stableFrom)
    {
        this.inner = inner;
        this.step = step;
        Period = period;
        Slope = slope;
        StableFrom = stableFrom;
    }

    /// <summary>The input's own extent.</summary>
    public static Extent Input { get; } = new(null, x => x, 1, 1, 0);

    /// <summary>P of <c>f(x + P) = f(x) + Q</c>, in input pixels.</summary>
    public long Period { get; }

    /// <summary>Q of <c>f(x + P) = f(x) + Q</c>, in cells.</summary>
    public long Slope { get; }

    /// <summary>The input extent from which the rule holds.</summary>
    public long StableFrom { get; }

    /// <summary>Input pixels per cell in the limit, or null for an extent that does not grow.</summary>
    public double? Stride => Slope == 0 ? null : (double)Period / Slope;

    /// <summary>An extent that does not depend on the input.</summary>
    public static Extent Constant(long cells) => new(null, _ => cells, 1, 0, 0);

    /// <summary>Applies a further size rule that satisfies <c>rule(y + period) = rule(y) + slope</c> for all <c>y ≥ stableFrom</c>.</summary>
    public Extent Then(Func<long, long> rule, long period, long slope, long stableFrom = 1)
    {
        if (Slope == 0)
        {
            return Constant(rule(At(0)));
        }

        // The inner function must advance by a multiple of the rule's period before the whole repeats.
        var repeats = period / GreatestCommonDivisor(period, Slope);
        var from = StableFrom;
        while (At(from) < stableFrom)
        {
            from += Period;
        }

        return new Extent(this, rule, checked(Period * repeats), checked(Slope * repeats / period * slope), from);
    }

    /// <summary>The number of cells for an input of <paramref name="input"/> pixels.</summary>
    public long At(long input) => step(inner is null ? input : inner.At(input));

    /// <summary>
    /// An allowed input size for which this extent and <paramref name="other"/> differ, or null when they are equal for every allowed size.
    /// </summary>
    public long? FirstDifference(Extent other, SizeDomain domain)
    {
        if (ReferenceEquals(this, other))
        {
            return null;
        }

        foreach (var size in domain.UpTo(ExhaustiveLimit(domain, Math.Max(StableFrom, other.StableFrom), LeastCommonMultiple(Period, other.Period))))
        {
            if (At(size) != other.At(size))
            {
                return size;
            }
        }

        // Equal over a whole period: with equal slopes equal for ever, otherwise they part company at the next.
        var period = LeastCommonMultiple(LeastCommonMultiple(Period, other.Period), domain.Step);
        if ((decimal)Slope / Period == (decimal)other.Slope / other.Period)
        {
            return null;
        }

        var next = domain.Minimum;
        while (!(next > domain.Maximum) && At(next) == other.At(next))
        {
            next += period;
        }

        return next > domain.Maximum ? null : next;
    }

    /// <summary>An allowed input size for which the extent is below <paramref name="cells"/>, or null when there is none.</summary>
    public long? FirstBelow(long cells, SizeDomain domain)
    {
        foreach (var size in domain.UpTo(ExhaustiveLimit(domain, StableFrom, Period)))
        {
            if (At(size) < cells)
            {
                return size;
            }
        }

        return null;
    }

    private static long ExhaustiveLimit(SizeDomain domain, long stableFrom, long period) =>
        checked(Math.Max(domain.Minimum, stableFrom) + LeastCommonMultiple(period, domain.Step));

    private static long GreatestCommonDivisor(long a, long b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return Math.Abs(a);
    }

    private static long LeastCommonMultiple(long a, long b) => checked(a / GreatestCommonDivisor(a, b) * b);
}
