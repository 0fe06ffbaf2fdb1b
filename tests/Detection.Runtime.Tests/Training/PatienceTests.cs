// Stopping when validations get no better: after how many, also across an interruption, and what is left behind.
using Detection.Runtime.TrainingHost;
using TorchSharp;
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class PatienceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly int threads = torch.get_num_threads();

    public PatienceTests() => torch.set_num_threads(1);

    public void Dispose()
    {
        torch.set_num_threads(threads);
        folder.Dispose();
    }

    // Validations after every second step whose scores are given.
    private (TrainingOutcome Outcome, int Validations) Train(int? patience, Queue<double> scores, bool resume = false, int? stopAfter = null)
    {
        using var cancel = new CancellationTokenSource();
        var options = new TrainingRunOptions
        {
            OutputFolder = folder["run"],
            Length = TrainingLength.OfIterations(20),
            Patience = patience,
            Resume = resume,
            Cancellation = cancel.Token,
        };
        var (validations, steps) = (0, 0);
        using var model = SmallTraining.NewModel();
        using var run = new TrainingRun(SmallTraining.Settings, options, new RectangleBatches(batchesPerEpoch: 2), (_, _) =>
        {
            validations++;
            return new DetectionScores([new ClassAveragePrecision(0, "light", scores.Dequeue(), 1, 1, 0, 1)], 0.5, AveragePrecisionRule.Area, 1, 1);
        });
        var outcome = SmallTraining.Run(model, run, () =>
        {
            if (++steps == stopAfter)
            {
                cancel.Cancel();
            }
        });
        return (outcome, validations);
    }

    [Fact]
    public void A_run_ends_when_validations_are_no_better_for_long_enough()
    {
        var (outcome, validations) = Train(3, new([0.1, 0.5, 0.4, double.NaN, 0.5, 0.9]));
        Assert.Equal((TrainingEnd.StoppedEarly, 10L, 5), (outcome.End, outcome.Iterations, validations));
        Assert.Equal((0.5, 4L), (outcome.BestMeanAveragePrecision, outcome.BestIteration));
        Assert.Contains(outcome.Messages, message => message == "Stopped after 10 of 20 steps: 3 validations were no better than the one after 4.");
        Assert.True(File.Exists(outcome.BestWeightsFile));
        Assert.True(File.Exists(outcome.WeightsFile));
    }

    [Fact]
    public void Progress_starts_the_count_anew()
    {
        var (outcome, _) = Train(2, new([0.1, 0.1, 0.2, 0.1, 0.3, 0.1, 0.4, 0.1, 0.5, 0.1]));
        Assert.Equal((TrainingEnd.Completed, 20L), (outcome.End, outcome.Iterations));
    }

    [Fact]
    public void An_interruption_does_not_make_it_wait_longer()
    {
        var scores = new Queue<double>([0.5, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4]);
        Assert.Equal(TrainingEnd.Cancelled, Train(3, scores, stopAfter: 5).Outcome.End);
        var (outcome, validations) = Train(3, scores, resume: true);
        Assert.Equal((TrainingEnd.StoppedEarly, 8L, 2), (outcome.End, outcome.Iterations, validations));

        // Resumed once more, nothing is left to do; with more patience it goes on.
        (outcome, validations) = Train(3, scores, resume: true);
        Assert.Equal((TrainingEnd.StoppedEarly, 8L, 0), (outcome.End, outcome.Iterations, validations));
        Assert.Equal((TrainingEnd.StoppedEarly, 10L), Train(4, scores, resume: true).Outcome is var more ? (more.End, more.Iterations) : default);
    }

    [Fact]
    public void Patience_without_validation_makes_no_sense()
    {
        var options = new TrainingRunOptions { OutputFolder = folder["run"], Patience = 2 };
        Assert.Throws<ArgumentException>(() => new TrainingRun(SmallTraining.Settings, options, new RectangleBatches()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingRun(SmallTraining.Settings, options with { Patience = 0 }, new RectangleBatches(), SmallTraining.Validate));
    }
}
