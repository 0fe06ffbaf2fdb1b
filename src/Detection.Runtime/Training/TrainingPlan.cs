// How far a run has come, as a function of its iteration alone. A run limited by time has a plan too, so that its schedule does not hang on the clock.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Runtime;

/// <summary>A point of a plan: after so many iterations, this share of the run is done.</summary>
internal readonly record struct PlanKnot(long Iteration, double Fraction);

/// <summary>Iterations of a run and the share of it that each has behind it: straight lines between knots, the last of which is the end.</summary>
internal sealed record TrainingPlan(ImmutableArray<PlanKnot> Knots)
{
    public long Iterations => Knots[^1].Iteration;

    public bool WasRevised => Knots.Length > 2;

    public static TrainingPlan Of(long iterations) => new([new PlanKnot(0, 0), new PlanKnot(Math.Max(iterations, 0), 1)]);

    public double Fraction(long iteration)
    {
        for (var i = Knots.Length - 1; i > 0; i--)
        {
            var (from, to) = (Knots[i - 1], Knots[i]);
            if (iteration >= from.Iteration)
            {
                return iteration >= to.Iteration
                    ? to.Fraction
                    : from.Fraction + (to.Fraction - from.Fraction) * (iteration - from.Iteration) / (to.Iteration - from.Iteration);
            }
        }
        return 0;
    }

    /// <summary>Keeps what is behind and stretches or shortens what is ahead.</summary>
    public TrainingPlan Revise(long now, long iterations) => new(
    [
        .. Knots.Where(knot => knot.Iteration < now),
        new PlanKnot(now, Fraction(now)),
        new PlanKnot(Math.Max(iterations, now + 1), 1),
    ]);

    public override string ToString() => string.Join(' ', Knots.Select(knot =>
        string.Create(CultureInfo.InvariantCulture, $"{knot.Iteration}:{knot.Fraction:R}")));

    /// <exception cref="FormatException">The text is not one of <see cref="ToString"/>.</exception>
    public static TrainingPlan Parse(string text)
    {
        ImmutableArray<PlanKnot> knots =
        [
            .. text.Split(' ').Select(part => part.Split(':') is [var iteration, var fraction]
                ? new PlanKnot(long.Parse(iteration, CultureInfo.InvariantCulture), double.Parse(fraction, CultureInfo.InvariantCulture))
                : throw new FormatException($"'{text}' is not a plan.")),
        ];
        return knots.Length >= 2 ? new TrainingPlan(knots) : throw new FormatException($"'{text}' is not a plan.");
    }
}
