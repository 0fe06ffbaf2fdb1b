// How many steps fit into a time: pure arithmetic on measured times, so that it can be tested without a clock.
namespace Detection.Runtime;

/// <summary>Plans a run that is limited by time.</summary>
/// <param name="Seconds">The limit.</param>
/// <param name="ValidationShare">Largest share of the time so far that validations may take.</param>
/// <param name="Validates">Whether there are validation images.</param>
internal sealed record TimeBudget(double Seconds, double ValidationShare, bool Validates)
{
    private const int WarmupSteps = 2;
    private const int FewestSteps = 6;

    // The measurement takes this share of the time, at most MostShare where steps are slow.
    private const double MeasuringShare = 0.02;
    private const double MostShare = 0.1;

    // A plan is left alone as long as it ends between these shares of the limit: a run of an undisturbed machine is repeatable by its step count.
    private const double Early = 0.85;
    private const double Late = 1.04;

    // What the plan aims at; the rest is for the last validation and checkpoints.
    private const double Aim = 0.97;

    /// <summary>Whether enough steps were measured.</summary>
    /// <param name="steps">Seconds of each step, the slow first ones included.</param>
    public bool IsMeasured(IReadOnlyList<double> steps)
    {
        var spent = steps.Sum();
        return steps.Count > WarmupSteps && (spent >= MostShare * Seconds || steps.Count >= FewestSteps && spent >= MeasuringShare * Seconds);
    }

    /// <summary>Number of steps that fit into what is left of the time.</summary>
    /// <param name="steps">Seconds of each measured step.</param>
    /// <param name="elapsed">Seconds gone.</param>
    public long Plan(IReadOnlyList<double> steps, double elapsed)
    {
        var perStep = steps.Skip(WarmupSteps).Average();
        return Math.Max(1, (long)((Aim * Seconds - elapsed) * TrainingTimeShare / perStep));
    }

    /// <summary>A new number of steps where the present one would end far too early or too late; null where it may stay.</summary>
    /// <param name="iteration">Steps done.</param>
    /// <param name="planned">Steps of the present plan.</param>
    /// <param name="elapsed">Seconds gone, validations included.</param>
    /// <param name="perStep">Seconds of a recent step, nothing else included.</param>
    /// <param name="lastValidation">Seconds of the last validation; 0 before the first.</param>
    public long? Revise(long iteration, long planned, double elapsed, double perStep, double lastValidation)
    {
        var left = planned - iteration;
        if (left < 10 || perStep <= 0)
        {
            return null;
        }
        var end = elapsed + left * perStep + lastValidation;
        if (end >= Early * Seconds && end <= Late * Seconds)
        {
            return null;
        }
        var fits = (Aim * Seconds - elapsed - lastValidation) * TrainingTimeShare / perStep;
        return iteration + Math.Max(1, (long)fits);
    }

    /// <summary>Whether another validation may be made now.</summary>
    /// <param name="elapsed">Seconds gone.</param>
    /// <param name="validating">Seconds of them spent on validation.</param>
    /// <param name="lastValidation">Seconds of the last one; 0 before the first.</param>
    public bool AllowsValidation(double elapsed, double validating, double lastValidation) =>
        validating + lastValidation <= ValidationShare * elapsed && elapsed + 2 * lastValidation < Seconds;

    private double TrainingTimeShare => Validates ? 1 - ValidationShare * 0.7 : 1;
}
