// What surrounds the training step: which batch is next, when to validate, save and stop, and how to go on after a crash.
using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// A run of training. The loop itself is the caller's:
/// <code>
/// run.Begin(model, optimizer, schedule);
/// while (run.Next() is { } batch)
/// {
///     using var scope = torch.NewDisposeScope();
///     ... forward, loss, backward, step ...
///     run.Report(loss);
/// }
/// return run.Finish();
/// </code>
/// The state after a step depends on seed, data, model, number of threads and the planned number of steps alone. Killed at any moment, a run that is
/// resumed ends in the same weights as one that was not.
/// </summary>
public sealed partial class TrainingRun : IDisposable
{
    private readonly TrainingSettings settings;
    private readonly TrainingRunOptions options;
    private readonly IBatchSource source;
    private readonly ModelValidation? validation;
    private readonly List<string> messages = [];
    private readonly LossBuffer losses = new();
    private readonly CheckpointStore store;

    private nn.Module model = null!;
    private OptimizerHelper optimizer = null!;
    private WeightAverage? average;
    private IReadOnlyList<NormalizedBoxHead> heads = [];
    private LearningRateSchedule schedule = null!;
    private (optim.ILearningRateController Group, double Factor)[] groups = [];
    private Device device = CPU;
    private TrainingLog? log;
    private EventFile? events;
    private IEnumerator<HostBatch>? batches;
    private TrainingBatch? current;
    private TrainingPlan? plan;
    private TrainingEnd? end;
    private bool awaitsReport;
    private double secondsBefore;
    private long? began;

    // When the present step began, its wait for the batch included; negative where it is not to be measured.
    private double stepAsked = -1;

    /// <summary>Prepares a run; nothing is written yet.</summary>
    /// <param name="settings">What the spec says.</param>
    /// <param name="options">What this run adds.</param>
    /// <param name="source">Training batches.</param>
    /// <param name="validation">Scores the model between epochs; null trains without.</param>
    /// <exception cref="ArgumentException">There are no batches, or an option makes no sense.</exception>
    public TrainingRun(TrainingSettings settings, TrainingRunOptions options, IBatchSource source, ModelValidation? validation = null)
        : this(settings, options, source, validation, null)
    {
    }

    internal TrainingRun(
        TrainingSettings settings, TrainingRunOptions options, IBatchSource source, ModelValidation? validation, Action<string, RunState>? write)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(options.OutputFolder);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ReportEvery, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.ValidateEvery, 1);
        if (options.Patience is { } patience)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1, nameof(options));
            if (validation is null)
            {
                throw new ArgumentException("Patience counts validations, and there is none.", nameof(options));
            }
        }
        Length = options.Length ?? settings.Length;
        if (!(Length.Value > 0 && Length.Value < long.MaxValue / 2))
        {
            throw new ArgumentException($"A run of {Length} makes no sense.", nameof(options));
        }
        if (source.BatchesPerEpoch < 1)
        {
            throw new ArgumentException("There are no images to train on.", nameof(source));
        }
        (this.settings, this.options, this.source, this.validation) = (settings, options, source, validation);
        store = new CheckpointStore(options.OutputFolder, write);
    }

    /// <summary>How long the run is.</summary>
    public TrainingLength Length { get; }

    /// <summary>Training steps done.</summary>
    public long Iteration { get; private set; }

    /// <summary>Training steps of the whole run; null while the first steps of a run limited by time are measured.</summary>
    public long? Iterations => plan?.Iterations;

    /// <summary>Passes over the training images done, with fraction.</summary>
    public double Epochs => (double)Iteration / source.BatchesPerEpoch;

    /// <summary>Rate of the present step.</summary>
    public double LearningRate { get; private set; }

    /// <summary>Time spent, earlier parts of a resumed run included.</summary>
    public TimeSpan Elapsed => TimeSpan.FromSeconds(Seconds);

    private double Seconds => secondsBefore + (began is { } start ? options.Clock.GetElapsedTime(start).TotalSeconds : 0);

    private string WeightsFile => Path.Combine(options.OutputFolder, "final.safetensors");

    private string BestWeightsFile => Path.Combine(options.OutputFolder, "best.safetensors");

    private string LogFile => Path.Combine(options.OutputFolder, "log.csv");

    private string EventFolder => Path.Combine(options.OutputFolder, "tensorboard");

    private string CurvesFile => Path.Combine(options.OutputFolder, "curves.svg");

    /// <summary>Takes model and optimiser over; restores the last good checkpoint when resuming, otherwise seeds torch and saves the first one.</summary>
    /// <param name="model">The model, on its device.</param>
    /// <param name="optimizer">Its optimiser; the rates of its groups are relative to the schedule's base rate.</param>
    /// <param name="schedule">The learning rate.</param>
    /// <param name="average">An average of the weights that is validated and saved in their place; the caller updates it after each step.</param>
    /// <param name="heads">Box heads that learn normalised targets; they are validated and saved as heads that predict plain ones.</param>
    /// <exception cref="TrainingStoppedException">
    /// The folder holds another run, or its checkpoints are all damaged, or it cannot be written.
    /// </exception>
    public void Begin(
        nn.Module model, OptimizerHelper optimizer, LearningRateSchedule schedule, WeightAverage? average = null, IReadOnlyList<NormalizedBoxHead>? heads = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(schedule);
        if (this.model is not null)
        {
            throw new InvalidOperationException("The run has begun already.");
        }
        (this.model, this.optimizer, this.schedule, this.average, this.heads) = (model, optimizer, schedule, average, heads ?? []);
        device = options.Device ?? model.parameters().FirstOrDefault()?.device ?? CPU;
        groups = [.. optimizer.ParamGroups.Select(group => (group, schedule.BaseRate > 0 ? group.LearningRate / schedule.BaseRate : 1))];
        Writing("the output folder", store.Prepare);
        if (store.HasAny && !options.Resume)
        {
            throw new TrainingStoppedException(
                $"{options.OutputFolder} holds checkpoints of an earlier run: resume it, or choose another folder.", lastGoodIteration: null);
        }
        NativeHeap.KeepFreedMemory();
        began = options.Clock.GetTimestamp();
        if (options.Resume && store.Load(Tell) is { } state)
        {
            Resume(state);
        }
        else
        {
            random.manual_seed(settings.Seed);
            plan = Length.Unit == TrainingUnit.Seconds ? null : TrainingPlan.Of(PlannedIterations());
        }
        model.train();
        Writing("the log", () =>
        {
            log = TrainingLog.Open(LogFile, Iteration);
            events = EventFile.Begin(EventFolder, Iteration, options.Clock);
        });
        if (plan is null)
        {
            StartMeasuring();
        }
        else
        {
            SaveCheckpoint();
        }
        reported = (Iteration, Seconds);
    }

    /// <summary>
    /// The next batch, or null when the run is over. Between two steps it validates, saves and sets the learning rate, so it may take a while.
    /// The batch's tensor is valid until the next call.
    /// </summary>
    /// <exception cref="TrainingStoppedException">Full disk, or the loss is no longer finite.</exception>
    public TrainingBatch? Next()
    {
        if (log is null)
        {
            throw new InvalidOperationException("The run has not begun.");
        }
        if (awaitsReport)
        {
            throw new InvalidOperationException("The step before was not reported.");
        }
        ReleaseBatch();
        var arrived = Seconds;
        var validatingBefore = validationSeconds;
        if (IsMeasuring)
        {
            if (options.Cancellation.IsCancellationRequested)
            {
                end = TrainingEnd.Cancelled;
                StopMeasuring();
            }
            else
            {
                MeasureStep();
            }
        }
        else if (end is null)
        {
            if (stepAsked >= 0)
            {
                recent.Add(arrived - stepAsked);
            }
            BetweenSteps();
        }
        var asked = Seconds;
        if (!IsMeasuring && stepAsked >= 0)
        {
            recent.AddBetween(asked - arrived - (validationSeconds - validatingBefore));
        }
        if (end is null && !TakeBatch())
        {
            // Cancelled while waiting for the loader: between two steps, where a checkpoint is whole.
            end = TrainingEnd.Cancelled;
            StopMeasuring();
            if (plan is not null)
            {
                SaveCheckpoint();
            }
        }
        if (end is not null)
        {
            return null;
        }
        LearningRate = schedule.RateAt(IsMeasuring ? 0 : Iteration, IsMeasuring ? 0 : plan!.Fraction(Iteration));
        foreach (var (group, factor) in groups)
        {
            group.LearningRate = LearningRate * factor;
        }
        awaitsReport = true;
        stepAsked = IsMeasuring ? -1 : asked;
        return current;
    }

    /// <summary>Tells the run that a step is done.</summary>
    /// <param name="loss">The step's loss; its tensors are read, not kept.</param>
    public void Report(LossParts loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (!awaitsReport)
        {
            throw new InvalidOperationException("There is no step to report.");
        }
        awaitsReport = false;
        if (!IsMeasuring)
        {
            losses.Add(loss);
            Iteration++;
        }
    }

    /// <summary>Writes weights and curves, and says what came out.</summary>
    /// <exception cref="TrainingStoppedException">A file cannot be written.</exception>
    public TrainingOutcome Finish()
    {
        if (end is not { } reason)
        {
            throw new InvalidOperationException("The run is not over.");
        }
        ReleaseBatch();
        Writing("the weights", () => SaveWeights(WeightsFile, null));
        Writing("the curves", DrawCurves);
        return new TrainingOutcome
        {
            End = reason,
            Iterations = Iteration,
            Epochs = Epochs,
            Elapsed = Elapsed,
            FinalScores = lastScores is { } scores && scores.Iteration == Iteration ? scores.Scores : null,
            BestMeanAveragePrecision = best?.Score,
            BestIteration = best?.Iteration,
            WeightsFile = WeightsFile,
            BestWeightsFile = best is null ? null : BestWeightsFile,
            LogFile = LogFile,
            CurvesFile = CurvesFile,
            EventFolder = EventFolder,
            Messages = [.. messages],
        };
    }

    /// <summary>Frees the present batch, closes the log and stops the loader.</summary>
    public void Dispose()
    {
        ReleaseBatch();
        batches?.Dispose();
        batches = null;
        losses.Dispose();
        log?.Dispose();
        events?.Dispose();
    }

    private long PlannedIterations() => Length.Unit == TrainingUnit.Iterations
        ? (long)Length.Value
        : (long)Math.Ceiling(Length.Value * source.BatchesPerEpoch);

    private bool TakeBatch()
    {
        try
        {
            current = NextBatch();
            return true;
        }
        catch (OperationCanceledException) when (options.Cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private TrainingBatch NextBatch()
    {
        // While measuring, the batches of the first epoch are used and not counted.
        var position = IsMeasuring ? measured.Count : Iteration;
        for (var attempt = 0; ; attempt++)
        {
            batches ??= source.Epoch((int)(position / source.BatchesPerEpoch), (int)(position % source.BatchesPerEpoch), options.Cancellation)
                .GetEnumerator();
            if (batches.MoveNext())
            {
                break;
            }
            batches.Dispose();
            batches = null;
            if (attempt > 0)
            {
                throw new InvalidOperationException($"The source promised {source.BatchesPerEpoch} batches per epoch and delivered fewer.");
            }
        }
        using var host = batches.Current;
        var objects = new GroundTruth(host.Boxes, host.Classes, host.Labels, host.Difficult);
        return new TrainingBatch(objects, TrainingGroup.Of(host, objects, settings.Seed, position, device));
    }

    private void ReleaseBatch()
    {
        current?.Dispose();
        current = null;
    }

    private void Tell(string message)
    {
        messages.Add(message);
        options.Message?.Invoke(message);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
