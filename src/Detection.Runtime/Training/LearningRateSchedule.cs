// The learning rate as a pure function of the position in the run: what was done before does not matter, so a resumed run continues exactly.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>In what a position of a schedule is measured.</summary>
public enum ScheduleUnit
{
    /// <summary>Shares of the whole run, 0..1.</summary>
    Fraction,

    /// <summary>Training steps from the start, as in papers ("x0.1 at 80k").</summary>
    Iterations,
}

/// <summary>A drop of the learning rate.</summary>
/// <param name="At">From here on; fraction of the run or number of iterations.</param>
/// <param name="Factor">What the rate is multiplied with, on top of earlier steps.</param>
/// <param name="Unit">What <paramref name="At"/> counts.</param>
public readonly record struct RateStep(double At, double Factor, ScheduleUnit Unit = ScheduleUnit.Fraction);

/// <summary>A linear rise at the start of a run.</summary>
/// <param name="Length">How long; fraction of the run or number of iterations.</param>
/// <param name="From">Factor of the very first iteration.</param>
/// <param name="Unit">What <paramref name="Length"/> counts.</param>
public readonly record struct RateWarmup(double Length, double From = 0, ScheduleUnit Unit = ScheduleUnit.Fraction);

/// <summary>How a schedule falls beside its steps.</summary>
public enum RateDecay
{
    /// <summary>Only by its steps.</summary>
    None,

    /// <summary>Along half a cosine over the run, from the base rate to a final one (Loshchilov and Hutter, SGDR, equation 5, without restarts).</summary>
    Cosine,
}

/// <summary>A fall by the same factor over equal stretches of a run.</summary>
/// <param name="Factor">What the rate is multiplied with over each.</param>
/// <param name="Every">Length of a stretch; fraction of the run or number of iterations.</param>
/// <param name="Unit">What <paramref name="Every"/> counts.</param>
/// <param name="Staircase">Whether the rate falls at the end of each stretch; evenly otherwise.</param>
public readonly record struct ExponentialDecay(double Factor, double Every, ScheduleUnit Unit = ScheduleUnit.Iterations, bool Staircase = true);

/// <summary>The learning rate over a run: a base rate, times warm-up, times steps, times decay.</summary>
public sealed class LearningRateSchedule
{
    /// <summary>Creates a schedule.</summary>
    /// <param name="rate">Base rate.</param>
    /// <param name="steps">Drops; order does not matter.</param>
    /// <param name="warmup">Fraction of the run in which the rate rises linearly from 0; use the other constructor for more.</param>
    /// <param name="decay">Decay beside the steps.</param>
    /// <param name="final">Factor at the end of a cosine.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number makes no sense.</exception>
    public LearningRateSchedule(double rate, IEnumerable<RateStep>? steps = null, double warmup = 0, RateDecay decay = RateDecay.None, double final = 0)
        : this(rate, steps, new RateWarmup(warmup), decay, final)
    {
    }

    /// <summary>Creates a schedule.</summary>
    /// <param name="rate">Base rate.</param>
    /// <param name="steps">Drops; order does not matter.</param>
    /// <param name="warmup">Rise at the start.</param>
    /// <param name="decay">Decay beside the steps.</param>
    /// <param name="final">Factor at the end of a cosine.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number makes no sense.</exception>
    /// <param name="exponential">Exponential decay on top, or null.</param>
    public LearningRateSchedule(
        double rate, IEnumerable<RateStep>? steps, RateWarmup warmup, RateDecay decay = RateDecay.None, double final = 0, ExponentialDecay? exponential = null)
    {
        if (exponential is { } fall)
        {
            RequirePosition(fall.Every, fall.Unit, nameof(exponential));
            Require(fall.Every > 0, nameof(exponential), fall.Every);
            Require(fall.Factor is > 0 and < double.PositiveInfinity, nameof(exponential), fall.Factor);
        }
        Exponential = exponential;
        Require(rate is >= 0 and < double.PositiveInfinity, nameof(rate), rate);
        Require(final is >= 0 and <= 1, nameof(final), final);
        Require(warmup.From is >= 0 and <= 1, nameof(warmup), warmup.From);
        RequirePosition(warmup.Length, warmup.Unit, nameof(warmup));
        (BaseRate, Warmup, Decay, FinalFactor, Steps) = (rate, warmup, decay, final, [.. steps ?? []]);
        foreach (var step in Steps)
        {
            RequirePosition(step.At, step.Unit, nameof(steps));
            Require(step.Factor is >= 0 and < double.PositiveInfinity, nameof(steps), step.Factor);
        }
    }

    /// <summary>The rate before any factor.</summary>
    public double BaseRate { get; }

    /// <summary>Drops.</summary>
    public ImmutableArray<RateStep> Steps { get; }

    /// <summary>Rise at the start.</summary>
    public RateWarmup Warmup { get; }

    /// <summary>Decay beside the steps.</summary>
    public RateDecay Decay { get; }

    /// <summary>Exponential decay on top, or null.</summary>
    public ExponentialDecay? Exponential { get; }

    /// <summary>Factor at the end of a cosine.</summary>
    public double FinalFactor { get; }

    /// <summary>The rate of one training step.</summary>
    /// <param name="iteration">Steps done before it.</param>
    /// <param name="fraction">Share of the run done before it, 0..1.</param>
    public double RateAt(long iteration, double fraction)
    {
        var factor = Rise(iteration, fraction);
        foreach (var step in Steps)
        {
            if (Position(step.Unit, iteration, fraction) >= step.At)
            {
                factor *= step.Factor;
            }
        }
        if (Decay == RateDecay.Cosine)
        {
            factor *= FinalFactor + (1 - FinalFactor) * 0.5 * (1 + Math.Cos(Math.PI * Math.Clamp(fraction, 0, 1)));
        }
        if (Exponential is { } fall)
        {
            var stretches = Position(fall.Unit, iteration, fraction) / fall.Every;
            factor *= Math.Pow(fall.Factor, fall.Staircase ? Math.Floor(stretches) : stretches);
        }
        return BaseRate * factor;
    }

    // The first step of a rise from 0 would do nothing; it takes the rate of its own end.
    private double Rise(long iteration, double fraction)
    {
        var position = Position(Warmup.Unit, iteration, fraction);
        if (position >= Warmup.Length)
        {
            return 1;
        }
        if (Warmup.Unit == ScheduleUnit.Iterations)
        {
            position++;
        }
        return Math.Min(1, Warmup.From + (1 - Warmup.From) * position / Warmup.Length);
    }

    private static double Position(ScheduleUnit unit, long iteration, double fraction) => unit == ScheduleUnit.Fraction ? fraction : iteration;

    private static void RequirePosition(double at, ScheduleUnit unit, string name) =>
        Require(at >= 0 && (unit == ScheduleUnit.Iterations ? at < double.PositiveInfinity : at <= 1), name, at);

    private static void Require(bool condition, string name, double value)
    {
        if (!condition)
        {
            throw new ArgumentOutOfRangeException(name, value, "Out of the range that makes sense here.");
        }
    }
}
