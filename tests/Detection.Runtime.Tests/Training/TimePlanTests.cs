// Plans of runs, and how many steps fit into a time; no clock.
using Xunit;

namespace Detection.Runtime.Tests;

public class TimePlanTests
{
    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(25, 0.25)]
    [InlineData(100, 1.0)]
    [InlineData(120, 1.0)]
    public void A_plan_is_a_straight_line(long iteration, double expected) => Assert.Equal(expected, TrainingPlan.Of(100).Fraction(iteration));

    [Theory]
    [InlineData(39, 0.39)]
    [InlineData(40, 0.4)]
    [InlineData(50, 0.7)]
    [InlineData(60, 1.0)]
    public void A_revised_plan_keeps_what_is_behind_and_bends_what_is_ahead(long iteration, double expected) =>
        Assert.Equal(expected, TrainingPlan.Of(100).Revise(40, 60).Fraction(iteration), 1e-12);

    [Fact]
    public void A_plan_survives_as_text_to_the_last_bit()
    {
        var plan = TrainingPlan.Of(997).Revise(331, 1201).Revise(700, 1100);
        var read = TrainingPlan.Parse(plan.ToString());
        Assert.Equal(plan.Knots.ToArray(), read.Knots.ToArray());
        Assert.Throws<FormatException>(() => TrainingPlan.Parse("1:2:3 4"));
        Assert.Throws<FormatException>(() => TrainingPlan.Parse("0:0"));
    }

    [Theory]
    [InlineData(false, new[] { 3, 0.5, 0.5 })]
    [InlineData(false, new[] { 0.1, 0.1, 0.1, 0.1, 0.1, 0.1 })]
    [InlineData(true, new[] { 0.5, 0.5, 0.5, 0.5, 0.5, 0.5 })]
    [InlineData(false, new[] { 6, 3, 3.0 })]
    [InlineData(true, new[] { 6, 3, 3, 3, 3.0 })]
    [InlineData(true, new[] { 10, 10, 10.0 })]
    public void Measuring_ends_after_a_share_of_the_time_and_with_fewer_steps_where_they_are_slow(bool expected, double[] steps) =>
        Assert.Equal(expected, new TimeBudget(100, 0.15, Validates: false).IsMeasured(steps));

    [Fact]
    public void The_plan_fills_what_is_left_of_the_time_without_counting_slow_steps()
    {
        // 97 s aimed at, 7 s gone, 0.1 s a step.
        Assert.Equal(900, new TimeBudget(100, 0.15, Validates: false).Plan([3, 1, 0.1, 2, 0.1, 0.1], 7), 1.0);
        Assert.InRange(new TimeBudget(100, 0.15, Validates: true).Plan([3, 1, 0.1, 0.1, 0.1], 7), 780, 830);
    }

    [Theory]
    [InlineData(500, 1000, 50, 0.1, null, false)]
    [InlineData(500, 1000, 50, 0.104, null, false)]
    [InlineData(500, 1000, 50, 0.2, 750L, false)]     // 235 would fit: at most by half at a time
    [InlineData(750, 1000, 50, 0.3, 906L, false)]
    [InlineData(500, 1000, 50, 0.05, 1440L, false)]
    [InlineData(500, 1000, 50, 0.025, 1500L, false)]  // 1,880 would fit: at most double at a time
    [InlineData(500, 1000, 50, 0.01, 5200L, true)]
    [InlineData(3, 9, 12, 0.1, 853L, true)]           // the measurement was wrong by far, and next to nothing has been done
    [InlineData(995, 1000, 99, 5.0, 997L, false)]
    [InlineData(500, 1000, 130, 0.1, 501L, false)]
    [InlineData(999, 1000, 130, 0.1, null, false)]
    public void A_plan_is_revised_when_it_would_end_far_from_the_limit(
        long iteration, long planned, double elapsed, double perStep, long? expected, bool anew)
    {
        var revision = new TimeBudget(100, 0.15, Validates: false).Revise(new RunPace(iteration, planned, elapsed, perStep, 30, 0));
        Assert.Equal(expected is { } iterations ? new PlanRevision(iterations, anew) : null, revision);
    }

    [Fact]
    public void Validations_to_come_are_part_of_the_time_ahead()
    {
        var budget = new TimeBudget(100, 0.15, Validates: true);
        var pace = new RunPace(100, 500, 50, 0.1, PerEpoch: 30, LastValidation: 0.3);
        // 400 steps of 0.1 s are ten elevenths of the time ahead, as 0.3 s of validation follow each 3 s of steps; the last one comes on top.
        Assert.Equal(50 + (400 * 0.1 * 1.1) + 0.3, budget.End(pace), 1e-9);
        // Long ones are left out until they keep within their share.
        Assert.Equal(50 + (400 * 0.1 / 0.85) + 3, budget.End(pace with { LastValidation = 3 }), 1e-9);
        Assert.Equal(50 + (400 * 0.1), new TimeBudget(100, 0.15, Validates: false).End(pace with { LastValidation = 0 }), 1e-9);
    }

    [Theory]
    [InlineData(20, 0.1, 1000, true)]
    [InlineData(19, 0.1, 1000, false)]
    [InlineData(4, 2.0, 1000, true)]
    [InlineData(3, 0.1, 9, true)]
    [InlineData(2, 0.1, 9, false)]
    public void A_plan_is_looked_at_after_steps_after_time_and_when_few_steps_are_left(long steps, double seconds, long left, bool expected) =>
        Assert.Equal(expected, new TimeBudget(100, 0.15, Validates: false).MayRevise(steps, seconds, left));

    [Fact]
    public void A_step_that_was_held_up_does_not_change_the_pace()
    {
        var recent = new RecentSteps();
        recent.Add(0.1);
        recent.Add(0.1);
        Assert.Null(recent.PerStep);
        recent.Add(30);
        Assert.Equal(0.1, recent.PerStep!.Value, 1e-12);
        // A machine that has become slower does, once most of the newest steps were slow.
        for (var i = 0; i < 21; i++)
        {
            recent.Add(0.4);
        }
        recent.AddBetween(2.4);
        Assert.Equal(0.4 + (2.4 / 24), recent.PerStep!.Value, 1e-12);
    }

    [Fact]
    public void Validations_keep_within_their_share()
    {
        var budget = new TimeBudget(100, 0.15, Validates: true);
        Assert.True(budget.AllowsValidation(elapsed: 20, validating: 1, lastValidation: 1));
        Assert.False(budget.AllowsValidation(elapsed: 10, validating: 1, lastValidation: 1));
        Assert.False(budget.AllowsValidation(elapsed: 97, validating: 1, lastValidation: 2));
    }
}
