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

    [Fact]
    public void Measuring_ends_after_a_share_of_the_time_or_when_steps_are_slow()
    {
        var budget = new TimeBudget(100, 0.15, Validates: false);
        Assert.False(budget.IsMeasured([3, 0.5, 0.5]));
        Assert.False(budget.IsMeasured([0.1, 0.1, 0.1, 0.1, 0.1, 0.1]));
        Assert.True(budget.IsMeasured([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]));
        Assert.True(budget.IsMeasured([6, 3, 3]));
    }

    [Fact]
    public void The_plan_fills_what_is_left_of_the_time_without_counting_slow_first_steps()
    {
        // 97 s aimed at, 7 s gone, 0.1 s a step.
        Assert.Equal(900, new TimeBudget(100, 0.15, Validates: false).Plan([3, 1, 0.1, 0.1, 0.1], 7), 1.0);
        Assert.InRange(new TimeBudget(100, 0.15, Validates: true).Plan([3, 1, 0.1, 0.1, 0.1], 7), 780, 830);
    }

    [Theory]
    [InlineData(500, 1000, 50, 0.1, null)]
    [InlineData(500, 1000, 50, 0.104, null)]
    [InlineData(500, 1000, 50, 0.2, 735L)]
    [InlineData(500, 1000, 50, 0.05, 1440L)]
    [InlineData(995, 1000, 99, 5.0, null)]
    [InlineData(500, 1000, 130, 0.1, 501L)]
    public void A_plan_is_revised_when_it_would_end_far_from_the_limit(long iteration, long planned, double elapsed, double perStep, long? expected) =>
        Assert.Equal(expected, new TimeBudget(100, 0.15, Validates: false).Revise(iteration, planned, elapsed, perStep, 0));

    [Fact]
    public void Validations_keep_within_their_share()
    {
        var budget = new TimeBudget(100, 0.15, Validates: true);
        Assert.True(budget.AllowsValidation(elapsed: 20, validating: 1, lastValidation: 1));
        Assert.False(budget.AllowsValidation(elapsed: 10, validating: 1, lastValidation: 1));
        Assert.False(budget.AllowsValidation(elapsed: 97, validating: 1, lastValidation: 2));
    }
}
