// The height or width of a feature map as a function of the input's height or width.
// Every such function f of convolutions, poolings and samplings never decreases and is quasi-linear: f(x + P) = f(x) + Q
// from some x0 on, with P the product of strides. Two of them are therefore equal everywhere if they are equal up to
// x0 + P and have the same slope, and between their steps nothing happens: equality is decided, never sampled.
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

    /// <summary>Whether a size is allowed.</summary>
    public bool Contains(long size) => size >= Minimum && !(size > Maximum) && (size - Minimum) % Step == 0;

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
        ? Number(Minimum)
        : string.Format(
            CultureInfo.InvariantCulture,
            Step == 1 ? "{0}" : "{0}, in steps of {1}",
            Maximum is null ? "at least " + Number(Minimum) : Number(Minimum) + " to " + Number(Maximum.Value),
            Step);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A quasi-linear function of one input extent. Immutable; evaluation is exact.</summary>
public sealed class Extent
{
    // Deeper chains of size-changing layers would need deeper recursion than a compiler's thread has room for.
    private const int LongestChain = 1000;

    // Steps looked at before two sizes count as beyond comparing; real networks need some thousand.
    private const long MostComparisons = 2_000_000;

    private readonly Extent? inner;
    private readonly Func<long, long> step;
    private readonly int chain;

    private Extent(Extent? inner, Func<long, long> step, long period, long slope, long stableFrom)
    {
        this.inner = inner;
        this.step = step;
        chain = inner is null ? 0 : inner.chain + 1;
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

    /// <summary>Applies a further size rule that never decreases and satisfies <c>rule(y + period) = rule(y) + slope</c> for all <c>y ≥ stableFrom</c>.</summary>
    /// <exception cref="OverflowException">The sizes, or the number of rules behind each other, are beyond what is computed.</exception>
    public Extent Then(Func<long, long> rule, long period, long slope, long stableFrom = 1)
    {
        if (Slope == 0)
        {
            return Constant(rule(At(0)));
        }

        if (chain >= LongestChain)
        {
            throw new OverflowException($"more than {LongestChain} size-changing layers stand behind each other");
        }

        // The inner function must advance by a multiple of the rule's period before the whole repeats.
        var repeats = period / GreatestCommonDivisor(period, Slope);
        var missing = stableFrom - At(StableFrom);
        var from = missing <= 0 ? StableFrom : checked(StableFrom + (((missing - 1) / Slope) + 1) * Period);
        return new Extent(this, rule, checked(Period * repeats), checked(Slope * repeats / period * slope), from);
    }

    /// <summary>The number of cells for an input of <paramref name="input"/> pixels.</summary>
    public long At(long input) => step(inner is null ? input : inner.At(input));

    /// <summary>
    /// An allowed input size for which this extent and <paramref name="other"/> differ, the smallest one, or null when they are equal for every allowed size.
    /// </summary>
    /// <exception cref="OverflowException">The sizes repeat too late to compare them.</exception>
    public long? FirstDifference(Extent other, SizeDomain domain)
    {
        if (ReferenceEquals(this, other))
        {
            return null;
        }

        // Equal up to here is equal over a whole period; unequal slopes then show at the next allowed size, one step further.
        var repeatsFrom = checked(
            Math.Max(domain.Minimum, Math.Max(StableFrom, other.StableFrom))
            + LeastCommonMultiple(LeastCommonMultiple(Period, other.Period), domain.Step) + domain.Step);
        var last = (Math.Min(repeatsFrom, domain.Maximum ?? long.MaxValue) - domain.Minimum) / domain.Step;
        var comparisons = 0L;
        for (long i = 0; i <= last;)
        {
            var size = domain.Minimum + (i * domain.Step);
            var (a, b) = (At(size), other.At(size));
            if (a != b)
            {
                return size;
            }

            // Neither function decreases: up to the next step of one of them they stay equal.
            bool Same(long index)
            {
                if (++comparisons > MostComparisons)
                {
                    throw new OverflowException("the sizes repeat too late to compare them");
                }

                var x = domain.Minimum + (index * domain.Step);
                return At(x) == a && other.At(x) == b;
            }

            i = FirstChange(i, last, Same);
        }

        return null;
    }

    /// <summary>An allowed input size for which the extent is below <paramref name="cells"/>, the smallest one, or null when there is none.</summary>
    public long? FirstBelow(long cells, SizeDomain domain) =>
        // An extent never decreases, so the smallest input gives the fewest cells.
        At(domain.Minimum) < cells && !(domain.Minimum > domain.Maximum) ? domain.Minimum : null;

    /// <summary>
    /// The remainders that the extent leaves when divided by <paramref name="modulus"/>, over all allowed sizes; null when they repeat too late to list them.
    /// </summary>
    public IReadOnlyCollection<long>? Remainders(long modulus, SizeDomain domain)
    {
        const int mostSizes = 10_000;
        if (modulus == 1)
        {
            return [0];
        }

        try
        {
            // From StableFrom on, a period that adds a multiple of the modulus brings the same remainders again.
            var repeats = Slope == 0 ? 1 : modulus / GreatestCommonDivisor(modulus, Slope);
            var end = checked(Math.Max(domain.Minimum, StableFrom) + LeastCommonMultiple(checked(Period * repeats), domain.Step));
            var found = new SortedSet<long>();
            var count = 0;
            foreach (var size in domain.UpTo(end))
            {
                if (++count > mostSizes)
                {
                    return null;
                }

                found.Add(At(size) % modulus);
                if (found.Count == modulus)
                {
                    break;
                }
            }

            return found;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    // The first index behind one for which the answer is no; last + 1 when there is none. Doubling, then halving steps.
    private static long FirstChange(long index, long last, Func<long, bool> same)
    {
        var (known, distance) = (index, 1L);
        while (known + distance <= last && same(known + distance))
        {
            known += distance;
            distance *= 2;
        }

        var end = Math.Min(known + distance, last + 1);
        while (end - known > 1)
        {
            var middle = known + ((end - known) / 2);
            (known, end) = same(middle) ? (middle, end) : (known, middle);
        }

        return end;
    }

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
