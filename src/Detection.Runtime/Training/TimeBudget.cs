// How many steps fit into a time: pure arithmetic on measured times, so that it can be tested without a clock.
namespace Detection.Runtime;

/// <summary>How a run limited by time is getting on.</summary>
/// <param name="Iteration">Steps done.</param>
/// <param name="Planned">Steps of the present plan.</param>
/// <param name="Elapsed">Seconds gone, validations included.</param>
/// <param name="PerStep">Seconds of a step now, what happens between two steps included, validations not.</param>
/// <param name="PerEpoch">Steps from one possible validation to the next.</param>
/// <param name="LastValidation">Seconds of the last validation; 0 before the first.</param>
internal readonly record struct RunPace(long Iteration, long Planned, double Elapsed, double PerStep, long PerEpoch, double LastValidation);

/// <summary>A new length of a plan.</summary>
/// <param name="Iterations">Steps of the whole run.</param>
/// <param name="Anew">So little is done that the plan, and with it the schedule of the learning rate, may begin anew.</param>
internal readonly record struct PlanRevision(long Iterations, bool Anew);

/// <summary>Plans a run that is limited by time.</summary>
/// <param name="Seconds">The limit.</param>
/// <param name="ValidationShare">Largest share of the time so far that validations may take.</param>
/// <param name="Validates">Whether there are validation images.</param>
internal sealed record TimeBudget(double Seconds, double ValidationShare, bool Validates)
{
    private const int WarmupSteps = 2;
    private const int FewestSteps = 6;

    // The measurement takes this share of the time. Where steps are slow, or another program takes the machine, it ends with fewer steps.
    private const double MeasuringShare = 0.02;
    private const double LongMeasuringShare = 0.1;
    private const double LongestMeasuringShare = 0.25;
    private const int FewestSlowSteps = WarmupSteps + 3;

    // A plan is left alone as long as it ends between these shares of the limit: a run of an undisturbed machine is repeatable by its step count.
    private const double Early = 0.85;
    private const double Late = 1.04;

    // What the plan aims at; the rest is for checkpoints.
    private const double Aim = 0.97;

    // What is ahead grows or shrinks by at most this factor at a time: a machine that stutters must not throw the schedule about.
    private const double LargestChange = 2;

    // With less than this share of the new plan done, nothing of the schedule has been gone through yet that would be worth keeping.
    private const double Beginning = 0.1;

    // Looks at the plan: after so many steps, or a share of the time, or a share of the steps left.
    private const int LookInterval = 20;
    private const double LookShare = 0.02;
    private const double LookPart = 1.0 / 3;

    // Before a validation was timed: the share of the time that validations are taken to need.
    private double UnknownShare => Validates ? ValidationShare * 0.7 : 0;

    /// <summary>Whether enough steps were measured.</summary>
    /// <param name="steps">Seconds of each step, the slow first ones included.</param>
    public bool IsMeasured(IReadOnlyList<double> steps)
    {
        var share = steps.Sum() / Seconds;
        return steps.Count >= FewestSteps && share >= MeasuringShare
            || steps.Count >= FewestSlowSteps && share >= LongMeasuringShare
            || steps.Count > WarmupSteps && share >= LongestMeasuringShare;
    }

    /// <summary>Number of steps that fit into what is left of the time.</summary>
    /// <param name="steps">Seconds of each measured step.</param>
    /// <param name="elapsed">Seconds gone.</param>
    public long Plan(IReadOnlyList<double> steps, double elapsed) =>
        Math.Max(1, (long)((Aim * Seconds - elapsed) * (1 - UnknownShare) / RecentSteps.Median(steps.Skip(WarmupSteps))));

    /// <summary>Whether it is time to look at the plan again.</summary>
    /// <param name="steps">Steps since the last look.</param>
    /// <param name="seconds">Seconds since the last look.</param>
    /// <param name="left">Steps that were left at the last look.</param>
    public bool MayRevise(long steps, double seconds, long left) =>
        steps >= LookInterval || seconds >= LookShare * Seconds || steps >= Math.Max(1, left * LookPart);

    /// <summary>When the run would end as planned, in seconds from its start.</summary>
    public double End(RunPace pace) =>
        pace.Elapsed + (pace.Planned - pace.Iteration) * pace.PerStep / (1 - ShareOfValidations(pace)) + pace.LastValidation;

    /// <summary>A new number of steps where the present one would end far too early or too late; null where it may stay.</summary>
    public PlanRevision? Revise(RunPace pace)
    {
        var left = pace.Planned - pace.Iteration;
        if (left < 1 || !(pace.PerStep > 0))
        {
            return null;
        }
        if (pace.Elapsed >= Seconds)
        {
            return left > 1 ? new PlanRevision(pace.Iteration + 1, false) : null;
        }
        if (End(pace) is var end && end >= Early * Seconds && end <= Late * Seconds)
        {
            return null;
        }
        var fits = (Aim * Seconds - pace.Elapsed - pace.LastValidation) * (1 - ShareOfValidations(pace)) / pace.PerStep;
        if (fits > left && pace.Iteration < Beginning * (pace.Iteration + fits))
        {
            return new PlanRevision(pace.Iteration + (long)fits, true);
        }
        var next = Math.Max(1, (long)Math.Clamp(fits, left / LargestChange, left * LargestChange));
        return next == left ? null : new PlanRevision(pace.Iteration + next, false);
    }

    /// <summary>Whether another validation may be made now.</summary>
    /// <param name="elapsed">Seconds gone.</param>
    /// <param name="validating">Seconds of them spent on validation.</param>
    /// <param name="lastValidation">Seconds of the last one; 0 before the first.</param>
    public bool AllowsValidation(double elapsed, double validating, double lastValidation) =>
        validating + lastValidation <= ValidationShare * elapsed && elapsed + 2 * lastValidation < Seconds;

    // Of the time ahead. After every epoch, as long as that keeps within the share that validations may have.
    private double ShareOfValidations(RunPace pace) => pace.LastValidation <= 0
        ? UnknownShare
        : Math.Min(ValidationShare, pace.LastValidation / (pace.LastValidation + pace.PerEpoch * pace.PerStep));
}

/// <summary>Times of the newest steps.</summary>
internal sealed class RecentSteps
{
    private const int Kept = 21;
    private const int Fewest = 3;

    private readonly Queue<double> steps = new();
    private double between;
    private long count;

    /// <summary>Takes over a step.</summary>
    /// <param name="step">Seconds from asking for its batch to its report.</param>
    public void Add(double step)
    {
        steps.Enqueue(step);
        count++;
        if (steps.Count > Kept)
        {
            steps.Dequeue();
        }
    }

    /// <summary>Takes over what happened between two steps, such as a checkpoint; validations do not count.</summary>
    public void AddBetween(double seconds) => between += seconds;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        steps.Clear();
        (between, count) = (0, 0);
    }

    /// <summary>
    /// Seconds of a step now: the median of the newest ones, so that one that was held up does not count, and the mean of what lies between steps, as
    /// that is rare and large. Null while there are too few.
    /// </summary>
    public double? PerStep => steps.Count < Fewest ? null : Median(steps) + between / count;

    /// <summary>The middle one of some numbers, or the mean of the middle two.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
