// Runs: the same twice, the same when interrupted at any step, and what stops them.
using Detection.Runtime.TrainingHost;
using TorchSharp;
using Xunit;
using Xunit.Abstractions;

namespace Detection.Runtime.Tests;

public sealed class TrainingRunTests : IDisposable
{
    private readonly ITestOutputHelper output;
    private readonly int threads = torch.get_num_threads();

    // More threads than one only wait for each other in a model this small.
    public TrainingRunTests(ITestOutputHelper output)
    {
        this.output = output;
        torch.set_num_threads(1);
    }

    public void Dispose() => torch.set_num_threads(threads);

    private sealed record Trained(TrainingOutcome Outcome, byte[] Weights, IReadOnlyList<TrainingLogRow> Log);

    private static Trained Train(
        string folder, long iterations, bool resume = false, int? stopAfter = null, ModelValidation? validate = null, TrainingLength? length = null,
        IBatchSource? source = null, Action? afterStep = null, Action<string, RunState>? write = null, Action<string>? message = null,
        IProgress<TrainingProgress>? progress = null, TrainingSettings? settings = null, TimeProvider? clock = null)
    {
        using var cancel = new CancellationTokenSource();
        var options = new TrainingRunOptions
        {
            OutputFolder = folder,
            Resume = resume,
            Length = length ?? TrainingLength.OfIterations(iterations),
            Cancellation = cancel.Token,
            Message = message,
            Progress = progress,
            ReportEvery = 4,
            Clock = clock ?? TimeProvider.System,
        };
        using var model = SmallTraining.NewModel();
        using var run = new TrainingRun(settings ?? SmallTraining.Settings, options, source ?? new RectangleBatches(), validate ?? SmallTraining.Validate, write);
        var steps = 0;
        var outcome = SmallTraining.Run(model, run, () =>
        {
            afterStep?.Invoke();
            if (++steps == stopAfter)
            {
                cancel.Cancel();
            }
        });
        return new Trained(outcome, File.ReadAllBytes(outcome.WeightsFile), [.. TrainingLog.Read(outcome.LogFile)]);
    }

    private static IEnumerable<object> WithoutTime(IEnumerable<TrainingLogRow> rows) => rows.Select(row => row with { Seconds = 0 });

    [Fact]
    public void The_same_seed_gives_the_same_losses_and_weights()
    {
        using var folder = new TemporaryFolder();
        var (first, second) = (Train(folder["a"], 30), Train(folder["b"], 30));
        Assert.Equal(first.Weights, second.Weights);
        Assert.Equal(WithoutTime(first.Log), WithoutTime(second.Log));
        Assert.Equal(TrainingEnd.Completed, first.Outcome.End);
    }

    [Fact]
    public void Training_lowers_the_loss_and_finds_rectangles()
    {
        using var folder = new TemporaryFolder();
        var log = Train(folder["a"], 300).Log;
        Assert.True(log[^1].Loss < 0.6 * log[0].Loss, $"{log[0].Loss} -> {log[^1].Loss}");
    }

    [Fact]
    public void Interrupted_after_any_step_a_run_ends_in_the_same_weights_and_log()
    {
        using var folder = new TemporaryFolder();
        var whole = Train(folder["whole"], 26);
        for (var step = 1; step < 26; step++)
        {
            var interrupted = Train(folder[$"{step}"], 26, stopAfter: step);
            Assert.Equal((TrainingEnd.Cancelled, step), (interrupted.Outcome.End, interrupted.Outcome.Iterations));
            var resumed = Train(folder[$"{step}"], 26, resume: true);
            Assert.Equal(whole.Weights, resumed.Weights);
            Assert.Equal(whole.Log.Select(r => r.MeanAveragePrecision), resumed.Log.Where(r => whole.Log.Any(w => w.Iteration == r.Iteration)).Select(r => r.MeanAveragePrecision));
            Assert.Equal(File.ReadAllBytes(whole.Outcome.BestWeightsFile!), File.ReadAllBytes(resumed.Outcome.BestWeightsFile!));
            Assert.Equal((whole.Outcome.BestIteration, whole.Outcome.BestMeanAveragePrecision), (resumed.Outcome.BestIteration, resumed.Outcome.BestMeanAveragePrecision));
        }
    }

    [Fact]
    public void The_best_weights_are_those_of_the_best_validation()
    {
        using var folder = new TemporaryFolder();
        var scores = new List<double>();
        var trained = Train(folder["a"], 60, validate: (model, token) =>
        {
            Assert.All(model.modules(), module => Assert.False(module.training));
            var score = SmallTraining.Validate(model, token);
            scores.Add(score.MeanAveragePrecision);
            return score;
        });
        Assert.Equal(5, scores.Count);
        Assert.Equal(scores.Max(), trained.Outcome.BestMeanAveragePrecision);
        Assert.Equal(12 * (scores.IndexOf(scores.Max()) + 1), trained.Outcome.BestIteration);
        using var model = new SmallSsd();
        WeightLoader.Load(model, trained.Outcome.BestWeightsFile!);
        Assert.Equal(scores.Max(), SmallTraining.Validate(model, default).MeanAveragePrecision);
    }

    [Fact]
    public void A_frozen_part_stays_in_evaluation_mode_through_validations()
    {
        using var folder = new TemporaryFolder();
        using var model = SmallTraining.NewModel();
        model.train();
        var norm = model.named_modules().First(entry => entry.name == "norm").module;
        norm.eval();
        TrainingModes.Validate(model, (m, _) =>
        {
            Assert.False(m.training);
            return new DetectionScores([], 0.5, AveragePrecisionRule.Area, 0, 0);
        }, default);
        Assert.True(model.training);
        Assert.All(model.named_modules().Where(e => e.module != model), entry => Assert.Equal(entry.name != "norm", entry.module.training));
    }

    [Fact]
    public void An_earlier_run_is_not_overwritten()
    {
        using var folder = new TemporaryFolder();
        var before = Train(folder["a"], 5);
        Assert.Contains("resume", Assert.Throws<TrainingStoppedException>(() => Train(folder["a"], 5)).Message);
        Assert.Equal(before.Weights, File.ReadAllBytes(before.Outcome.WeightsFile));
    }

    [Fact]
    public void A_run_on_other_data_or_with_another_seed_is_not_resumed()
    {
        using var folder = new TemporaryFolder();
        Train(folder["a"], 5);
        Assert.Contains("data", Assert.Throws<TrainingStoppedException>(() => Train(folder["a"], 9, resume: true, source: new RectangleBatches(13))).Message);
        Assert.Contains("seed", Assert.Throws<TrainingStoppedException>(
            () => Train(folder["a"], 9, resume: true, settings: SmallTraining.Settings with { Seed = 99 })).Message);
    }

    [Fact]
    public void A_finished_run_can_be_made_longer_and_is_told_so()
    {
        using var folder = new TemporaryFolder();
        Train(folder["a"], 5);
        var messages = new List<string>();
        Assert.Equal(9, Train(folder["a"], 9, resume: true, message: messages.Add).Outcome.Iterations);
        Assert.Contains(messages, m => m.Contains("planned for 5"));
        var again = Train(folder["a"], 9, resume: true).Outcome;
        Assert.Equal(9, again.Iterations);
        Assert.NotNull(again.FinalScores);
    }

    [Fact]
    public void A_damaged_checkpoint_changes_the_way_and_not_the_end()
    {
        using var folder = new TemporaryFolder();
        var whole = Train(folder["whole"], 40);
        Train(folder["a"], 40, stopAfter: 30);
        var last = Path.Combine(folder["a"], "checkpoints", "last.safetensors");
        var bytes = File.ReadAllBytes(last);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(last, bytes);
        var messages = new List<string>();
        var resumed = Train(folder["a"], 40, resume: true, message: messages.Add);
        Assert.Equal(whole.Weights, resumed.Weights);
        Assert.Contains(messages, m => m.Contains("last.safetensors") && m.Contains("damaged"));
        Assert.Contains(resumed.Outcome.Messages, m => m.Contains("damaged"));
    }

    [Fact]
    public void A_run_limited_by_time_measures_plans_and_can_be_repeated_by_its_steps()
    {
        using var folder = new TemporaryFolder();
        var messages = new List<string>();
        var clock = new ManualClock();
        var timed = Train(
            folder["timed"], 0, length: TrainingLength.OfSeconds(10), message: messages.Add, clock: clock, afterStep: () => clock.Advance(0.1));
        Assert.InRange(timed.Outcome.Elapsed.TotalSeconds, 8.5, 10.4);
        Assert.Contains("were measured and undone", Assert.Single(messages));
        Assert.Contains($"A run of {timed.Outcome.Iterations} iterations", messages[0]);
        Assert.Equal(timed.Weights, Train(folder["counted"], timed.Outcome.Iterations).Weights);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run_before_it_is_saved()
    {
        using var folder = new TemporaryFolder();
        var steps = 0;
        var error = Assert.Throws<TrainingStoppedException>(() =>
        {
            using var model = SmallTraining.NewModel();
            using var run = new TrainingRun(
                SmallTraining.Settings, new TrainingRunOptions { OutputFolder = folder["a"], CheckpointEveryIterations = 2 }, new RectangleBatches());
            SmallTraining.Run(model, run, () =>
            {
                if (++steps == 5)
                {
                    using var off = torch.no_grad();
                    model.parameters().First().fill_(float.NaN);
                }
            });
        });
        Assert.Contains("finite", error.Message);
        Assert.Equal(4, error.LastGoodIteration);
        using var folderOfGood = new TemporaryFolder();
        Assert.Equal(4, new CheckpointStore(folder["a"]).Load(_ => { })!.Iteration);
    }

    [Theory]
    [InlineData(28)]
    [InlineData(unchecked((int)0x80070070))]
    public void A_full_disk_stops_with_a_message_and_everything_saved_when_the_previous_checkpoint_makes_room(int code)
    {
        using var folder = new TemporaryFolder();
        var previous = Path.Combine(folder["a"], "checkpoints", "previous.safetensors");
        void Write(string path, RunState state)
        {
            if (state.Iteration > 20 && File.Exists(previous))
            {
                throw new IOException($"{path}: cannot be written", new IOException("No space left on device", code));
            }
            RunStateFile.Write(path, state);
        }
        var error = Assert.Throws<TrainingStoppedException>(() => Train(folder["a"], 40, write: Write));
        Assert.Contains("disk is full", error.Message);
        Assert.Contains("Nothing is lost", error.Message);
        Assert.Equal(24, error.LastGoodIteration);
        Assert.Equal(Train(folder["whole"], 40).Weights, Train(folder["a"], 40, resume: true).Weights);
    }

    [Fact]
    public void A_disk_full_to_the_last_byte_leaves_the_last_good_checkpoint()
    {
        using var folder = new TemporaryFolder();
        void Write(string path, RunState state)
        {
            if (state.Iteration > 20)
            {
                throw new IOException("No space left on device", 28);
            }
            RunStateFile.Write(path, state);
        }
        var error = Assert.Throws<TrainingStoppedException>(() => Train(folder["a"], 40, write: Write));
        Assert.Contains("iteration 12", error.Message);
        Assert.Contains("repeats the 12 steps", error.Message);
        Assert.Equal(Train(folder["whole"], 40).Weights, Train(folder["a"], 40, resume: true).Weights);
    }

    [Fact]
    public void A_log_that_cannot_be_written_stops_the_run_with_everything_saved()
    {
        using var folder = new TemporaryFolder();
        var steps = 0;
        var error = Assert.Throws<TrainingStoppedException>(() => Train(folder["a"], 40, afterStep: () =>
        {
            if (++steps == 30)
            {
                // The curves are drawn after the next validation; a folder in their place cannot be replaced.
                File.Delete(Path.Combine(folder["a"], "curves.svg"));
                Directory.CreateDirectory(Path.Combine(folder["a"], "curves.svg", "x"));
            }
        }));
        Assert.Contains("curves", error.Message);
        Assert.Equal(36, error.LastGoodIteration);
        Directory.Delete(Path.Combine(folder["a"], "curves.svg"), recursive: true);
        Assert.Equal(Train(folder["whole"], 40).Weights, Train(folder["a"], 40, resume: true).Weights);
    }

    [Fact]
    public void Progress_is_reported_with_loss_speed_and_time_left()
    {
        using var folder = new TemporaryFolder();
        var reports = new List<TrainingProgress>();
        Train(folder["a"], 24, progress: new Recorder(reports));
        Assert.Equal([4, 8, 12, 16, 20, 24], reports.Select(r => (int)r.Iteration));
        Assert.All(reports, r => Assert.True(r.ImagesPerSecond > 0 && r.Latest!.Loss > 0 && r.Remaining >= TimeSpan.Zero && r.Iterations == 24));
        Assert.Equal([12, 24], reports.Where(r => r.Validation is not null).Select(r => (int)r.Iteration));
        Assert.Equal(1, reports[^1].Fraction);
        Assert.Equal(2, reports[^1].Epochs);
    }

    [Fact]
    public void Rates_of_groups_follow_the_schedule()
    {
        using var folder = new TemporaryFolder();
        using var model = SmallTraining.NewModel();
        using var optimizer = torch.optim.SGD(ParameterGroups.ForSgd(model, 0.1, biasRate: 2), 0.1);
        using var run = new TrainingRun(
            SmallTraining.Settings, new TrainingRunOptions { OutputFolder = folder["a"], Length = TrainingLength.OfIterations(4) }, new RectangleBatches());
        run.Begin(model, optimizer, new LearningRateSchedule(0.1, [new RateStep(0.5, 0.1)]));
        var rates = new List<string>();
        while (run.Next() is not null)
        {
            rates.Add(string.Join(' ', optimizer.ParamGroups.Select(group => group.LearningRate.ToString("0.###"))));
            using var zero = torch.zeros(1).sum();
            run.Report(new LossParts(zero, zero, zero, 0));
        }
        Assert.Equal(["0.1 0.1 0.2", "0.1 0.1 0.2", "0.01 0.01 0.02", "0.01 0.01 0.02"], rates);
    }

    [Fact]
    public void Calls_out_of_order_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var model = SmallTraining.NewModel();
        using var optimizer = torch.optim.SGD(model.parameters(), 0.1);
        using var run = new TrainingRun(SmallTraining.Settings, new TrainingRunOptions { OutputFolder = folder["a"] }, new RectangleBatches());
        Assert.Throws<InvalidOperationException>(() => run.Next());
        Assert.Throws<InvalidOperationException>(() => run.Finish());
        run.Begin(model, optimizer, new LearningRateSchedule(0.1));
        Assert.Throws<InvalidOperationException>(() => run.Begin(model, optimizer, new LearningRateSchedule(0.1)));
        Assert.NotNull(run.Next());
        Assert.Throws<InvalidOperationException>(() => run.Next());
    }

    [Fact]
    public void Memory_stays_flat()
    {
        // DETECTION_MEMORY_STEPS=2000 with DOTNET_TieredCompilation=0 compares step 200 with step 2,000: otherwise the code that the just-in-time compiler
        // makes anew in the first thousand steps is most of what is seen. The same of a shipped detector is the benchmark training-memory.
        const int First = 200;
        var steps = int.TryParse(Environment.GetEnvironmentVariable("DETECTION_MEMORY_STEPS"), out var wanted) && wanted > First ? wanted : 300;
        using var folder = new TemporaryFolder();
        var done = 0;
        var resident = new Dictionary<int, long>();
        var live = new HashSet<long>();
        Train(folder["a"], steps, validate: (m, t) => SmallTraining.Validate(m, t), afterStep: () =>
        {
            done++;
            if (done % First == 0 || done == steps)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                resident[done] = Environment.WorkingSet;
                output.WriteLine($"step {done}: resident set {resident[done] / 1024} KB, managed heap {GC.GetTotalMemory(false) / 1024} KB");
            }
            if (done > 50)
            {
                live.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
            }
        });
        var growth = resident[steps] - resident[First];
        output.WriteLine($"resident set: {resident[First] / 1024} KB after step {First}, {resident[steps] / 1024} KB after step {steps}");
        Assert.True(growth < 8 << 20, $"the resident set grew by {growth / 1024} KB from step {First} to {steps}");
        // Losses wait in groups of four, and a step holds its own tensors; more would be a leak.
        Assert.True(live.Max() - live.Min() < 20, $"{live.Min()} to {live.Max()} live tensors");
    }

    private sealed class Recorder(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }
}
