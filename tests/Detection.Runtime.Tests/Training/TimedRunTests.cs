// Runs limited by time on machines whose speed changes; the clock is the test's, so that each case goes the same way every time.
using Detection.Runtime.TrainingHost;
using TorchSharp;
using Xunit;

namespace Detection.Runtime.Tests;

public class TimedRunTests
{
    private const double Limit = 120;
    private const double Step = 0.1;

    private sealed record Run(long Iterations, double Seconds, IReadOnlyList<string> Messages, IReadOnlyList<double> Rates)
    {
        public int Revisions => Messages.Count(message => message.Contains("speed has changed"));
    }

    // stepSeconds: the time of the step that begins at a time; validation: seconds of one.
    private static Run Train(Func<double, int, double> stepSeconds, double validation = 0)
    {
        using var folder = new TemporaryFolder();
        var clock = new ManualClock();
        var (start, messages, rates) = (clock.GetTimestamp(), new List<string>(), new List<double>());
        using var model = SmallTraining.NewModel();
        using var optimizer = torch.optim.SGD(model.parameters(), 0.1);
        ModelValidation validate = (_, _) =>
        {
            clock.Advance(validation);
            return new DetectionScores([], 0.5, AveragePrecisionRule.Area, 1, 0);
        };
        using var run = new TrainingRun(
            SmallTraining.Settings,
            new TrainingRunOptions
            {
                OutputFolder = folder["run"],
                Length = TrainingLength.OfSeconds(Limit),
                Clock = clock,
                Message = messages.Add,
                CheckpointInterval = TimeSpan.FromDays(1),
            },
            new RectangleBatches(batchSize: 1), validation > 0 ? validate : null);
        run.Begin(model, optimizer, new LearningRateSchedule(0.1, [new RateStep(0.7, 0.1)]));
        using var zero = torch.zeros(1).sum();
        for (var step = 0; run.Next() is not null; step++)
        {
            rates.Add(run.LearningRate);
            clock.Advance(stepSeconds(clock.GetElapsedTime(start).TotalSeconds, step));
            run.Report(new LossParts(zero, zero, zero, 0));
        }
        var outcome = run.Finish();
        return new Run(outcome.Iterations, outcome.Elapsed.TotalSeconds, messages, [.. rates.TakeLast((int)outcome.Iterations)]);
    }

    private static void AssertEndsInTime(Run run) => Assert.InRange(run.Seconds, 0.85 * Limit, 1.04 * Limit);

    [Fact]
    public void A_steady_machine_needs_no_revision()
    {
        var run = Train((_, _) => Step);
        AssertEndsInTime(run);
        Assert.Equal(0, run.Revisions);
        Assert.InRange(run.Iterations, 1100, 1170);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(3)]
    [InlineData(25)]
    public void Validations_are_part_of_the_time_however_long_they_are(double validation)
    {
        var run = Train((_, _) => Step, validation);
        AssertEndsInTime(run);
        Assert.InRange(run.Revisions, 0, 3);
    }

    [Theory]
    [InlineData(7, 5.0)]
    [InlineData(40, 60.0)]
    public void Steps_that_are_held_up_now_and_then_change_no_plan_needlessly(int every, double factor)
    {
        var run = Train((_, step) => step % every == every - 1 ? factor * Step : Step);
        Assert.InRange(run.Seconds, 0.8 * Limit, 1.05 * Limit);
        Assert.InRange(run.Revisions, 0, 8);
    }

    [Theory]
    [InlineData(14)]
    [InlineData(29)]
    public void A_machine_that_was_busy_at_the_beginning_gets_the_steps_it_has_time_for(double busy)
    {
        // Each step takes 40 times as long until the other program ends: the measurement alone would promise a few dozen steps.
        var run = Train((now, _) => now < busy ? 40 * Step : Step);
        AssertEndsInTime(run);
        Assert.True(run.Iterations > 0.9 * (Limit * 0.97 - busy) / Step, $"{run.Iterations} steps");
        // The schedule is that of the run as it became: the rate drops at 70 % of its steps.
        Assert.Equal(0.7, (double)run.Rates.Count(rate => rate > 0.05) / run.Rates.Count, 0.05);
    }

    [Theory]
    [InlineData(5.0)]
    [InlineData(0.2)]
    public void A_machine_that_changes_its_speed_for_good_halfway_ends_in_time(double factor)
    {
        var run = Train((now, _) => now < Limit / 2 ? Step : factor * Step, validation: 0.4);
        AssertEndsInTime(run);
        Assert.True(run.Revisions >= 1);
        Assert.InRange(run.Rates.Count(rate => rate > 0.05), 1, run.Rates.Count - 1);
    }

    [Fact]
    public void A_machine_that_hangs_for_a_while_loses_that_time_and_no_more()
    {
        var run = Train((now, step) => step == 300 ? 30 : Step);
        AssertEndsInTime(run);
        Assert.InRange(run.Iterations, 780, 900);
    }
}
