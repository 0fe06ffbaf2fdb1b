// Learning rates as tables.
using Xunit;

namespace Detection.Runtime.Tests;

public class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0, 0.0, 0.02)]
    [InlineData(69, 0.69, 0.02)]
    [InlineData(70, 0.7, 0.002)]
    [InlineData(89, 0.89, 0.002)]
    [InlineData(90, 0.9, 0.0002)]
    [InlineData(100, 1.0, 0.0002)]
    public void Steps_multiply_from_their_share_of_the_run_on(long iteration, double fraction, double expected) =>
        Assert.Equal(expected, new LearningRateSchedule(0.02, [new RateStep(0.9, 0.1), new RateStep(0.7, 0.1)]).RateAt(iteration, fraction), 1e-12);

    [Theory]
    [InlineData(79_999, 1e-3)]
    [InlineData(80_000, 1e-4)]
    [InlineData(100_000, 1e-5)]
    public void Steps_of_papers_stand_at_iterations(long iteration, double expected) =>
        Assert.Equal(
            expected,
            new LearningRateSchedule(1e-3, [new RateStep(80_000, 0.1, ScheduleUnit.Iterations), new RateStep(100_000, 0.1, ScheduleUnit.Iterations)])
                .RateAt(iteration, iteration / 120_000.0),
            1e-12);

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.01, 0.5)]
    [InlineData(0.015, 0.75)]
    [InlineData(0.02, 1.0)]
    [InlineData(0.5, 1.0)]
    public void Warm_up_rises_from_zero_over_its_share(double fraction, double expected) =>
        Assert.Equal(expected, new LearningRateSchedule(1, warmup: 0.02).RateAt(0, fraction), 1e-12);

    [Theory]
    [InlineData(0, 1.0 / 3 + 2.0 / 3 / 500)]
    [InlineData(249, 1.0 / 3 + 2.0 / 3 / 2)]
    [InlineData(499, 1.0)]
    [InlineData(500, 1.0)]
    public void Warm_up_counts_iterations_from_its_first_factor(long iteration, double expected) =>
        Assert.Equal(expected, new LearningRateSchedule(1, [], new RateWarmup(500, 1.0 / 3, ScheduleUnit.Iterations)).RateAt(iteration, 0), 1e-12);

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(0.5, 0.55)]
    [InlineData(1.0, 0.1)]
    public void Cosine_falls_to_its_final_factor(double fraction, double expected) =>
        Assert.Equal(expected, new LearningRateSchedule(1, decay: RateDecay.Cosine, final: 0.1).RateAt(0, fraction), 1e-12);

    [Fact]
    public void Numbers_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateSchedule(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateSchedule(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateSchedule(1, [new RateStep(1.5, 0.1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateSchedule(1, [new RateStep(0.5, -0.1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateSchedule(1, warmup: 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateSchedule(1, decay: RateDecay.Cosine, final: 2));
    }
}
