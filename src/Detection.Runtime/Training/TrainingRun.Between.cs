// What happens between two steps: log, validation, checkpoints, the end; and the measurement at the start of a run limited by time.
using System.Globalization;
using static TorchSharp.torch;

namespace Detection.Runtime;

public sealed partial class TrainingRun
{
    private readonly List<double> measured = [];
    private RunState? beforeMeasuring;
    private double stepStart;
    private (long Iteration, double Seconds) reported;
    private readonly RecentSteps recent = new();
    private (long Iteration, double Seconds, long Left) revised;
    private double savedAt;
    private double validationSeconds;
    private double lastValidationSeconds;
    private (long Iteration, DetectionScores Scores)? lastScores;
    private (double Score, long Iteration)? best;

    // Validations since the best one.
    private int sinceBest;

    private bool IsMeasuring => beforeMeasuring is not null;

    private TimeBudget Budget => new(Length.Value, options.ValidationShare, validation is not null);

    private void BetweenSteps()
    {
        var isLast = Iteration >= plan!.Iterations || HasLostPatience;
        var isEpochEnd = Iteration > 0 && Iteration % source.BatchesPerEpoch == 0;
        var isNew = losses.Count > 0;
        DetectionScores? scores = null;
        // At the end also when nothing is new: a run resumed after its last step still owes its scores.
        if (validation is not null && lastScores?.Iteration != Iteration && !HasLostPatience
            && (isLast || isNew && isEpochEnd && Iteration / source.BatchesPerEpoch % settings.ValidateEvery == 0 && MayValidate()))
        {
            RequireFiniteLosses();
            scores = Validate();
        }
        if (isNew && (isLast || scores is not null || losses.Count >= options.ReportEvery))
        {
            AddRow(scores);
        }
        if (scores is not null)
        {
            KeepBest(scores);
            Writing("the curves", DrawCurves);
        }
        if (options.Cancellation.IsCancellationRequested && !(isLast && (scores is not null || validation is null)))
        {
            end = TrainingEnd.Cancelled;
        }
        else if (isLast)
        {
            end = Iteration >= plan.Iterations ? TrainingEnd.Completed : TrainingEnd.StoppedEarly;
        }
        else if (HasLostPatience)
        {
            end = TrainingEnd.StoppedEarly;
            Tell(Invariant($"Stopped after {Iteration} of {plan.Iterations} steps: {sinceBest} validations were no better than the one after {best?.Iteration ?? 0}."));
        }
        if (scores is not null || isNew && (end is not null || IsCheckpointDue()))
        {
            SaveCheckpoint();
        }
        if (end is null && Length.Unit == TrainingUnit.Seconds && Budget.MayRevise(Iteration - revised.Iteration, Seconds - revised.Seconds, revised.Left))
        {
            RevisePlan();
        }
    }

    private bool HasLostPatience => (options.Patience ?? settings.Patience) is { } patience && sinceBest >= patience;

    private bool IsCheckpointDue() =>
        options.CheckpointEveryIterations is { } every && Iteration % every == 0
        || Seconds - savedAt >= options.CheckpointInterval.TotalSeconds;

    private bool MayValidate() => Length.Unit != TrainingUnit.Seconds || Budget.AllowsValidation(Seconds, validationSeconds, lastValidationSeconds);

    // Null when it was cancelled.
    private DetectionScores? Validate()
    {
        var start = Seconds;
        DetectionScores scores;
        try
        {
            scores = WithHandedOut(() => TrainingModes.Validate(model, validation!, options.Cancellation));
        }
        catch (OperationCanceledException) when (options.Cancellation.IsCancellationRequested)
        {
            return null;
        }
        lastValidationSeconds = Seconds - start;
        validationSeconds += lastValidationSeconds;
        lastScores = (Iteration, scores);
        return scores;
    }

    private void KeepBest(DetectionScores scores)
    {
        var score = scores.MeanAveragePrecision;
        sinceBest++;
        if (double.IsNaN(score) || best is { } before && score <= before.Score)
        {
            return;
        }
        (best, sinceBest) = ((score, Iteration), 0);
        Writing("the best weights", () => SaveWeights(BestWeightsFile, score));
    }

    private void RequireFiniteLosses()
    {
        if (losses.Values().All(float.IsFinite))
        {
            return;
        }
        throw new TrainingStoppedException(
            $"The loss is no longer a finite number after {Iteration} steps. {LastGood()} Try a lower learning rate, a warm-up, or a limit on gradients ('clip').",
            store.GoodIteration);
    }

    private void AddRow(DetectionScores? scores)
    {
        RequireFiniteLosses();
        var values = losses.Values();
        var (total, classes, boxes) = (0.0, 0.0, 0.0);
        for (var i = 0; i < values.Length; i += 3)
        {
            (total, classes, boxes) = (total + values[i], classes + values[i + 1], boxes + values[i + 2]);
        }
        var steps = values.Length / 3;
        losses.Clear();
        var score = scores?.MeanAveragePrecision;
        var row = new TrainingLogRow(
            Iteration, Epochs, Seconds, LearningRate, total / steps, classes / steps, boxes / steps, score is { } map && !double.IsNaN(map) ? map : null);
        Writing("the log", () =>
        {
            log!.Append(row);
            events!.Append(row, scores);
        });
        Report(row, scores);
    }

    private void Report(TrainingLogRow row, DetectionScores? scores)
    {
        var (now, fraction) = (Seconds, plan!.Fraction(Iteration));
        var past = Math.Max(now - reported.Seconds - (scores is null ? 0 : lastValidationSeconds), 1e-9);
        options.Progress?.Report(new TrainingProgress
        {
            Iteration = Iteration,
            Iterations = plan.Iterations,
            Epochs = Epochs,
            Fraction = fraction,
            Elapsed = TimeSpan.FromSeconds(now),
            Remaining = Iteration == 0 ? null : TimeSpan.FromSeconds(now / Iteration * (plan.Iterations - Iteration)),
            ImagesPerSecond = (Iteration - reported.Iteration) * settings.BatchSize / past,
            Latest = row,
            Validation = scores,
            BestMeanAveragePrecision = scores is { MeanAveragePrecision: var score } && !(score <= best?.Score) && !double.IsNaN(score) ? score : best?.Score,
        });
        reported = (Iteration, now);
    }

    private void StartMeasuring()
    {
        beforeMeasuring = Capture();
        stepStart = -1;
        measured.Clear();
    }

    // A run limited by time does a few steps, puts everything back as it was, and then knows how many steps it has time for.
    private void MeasureStep()
    {
        var now = Seconds;
        if (stepStart >= 0)
        {
            measured.Add(now - stepStart);
        }
        stepStart = now;
        if (!Budget.IsMeasured(measured))
        {
            return;
        }
        StopMeasuring();
        plan = TrainingPlan.Of(Budget.Plan(measured, Seconds));
        Tell(string.Create(CultureInfo.InvariantCulture,
            $"{measured.Count} steps were measured and undone: {plan.Iterations} steps fit into {Length}. A run of {plan.Iterations} iterations gives the same weights."));
        measured.Clear();
        reported = (0, Seconds);
        SaveCheckpoint();
        revised = (0, Seconds, plan.Iterations);
    }

    private void StopMeasuring()
    {
        if (beforeMeasuring is { } state)
        {
            Restore(state);
            beforeMeasuring = null;
            batches?.Dispose();
            batches = null;
        }
    }

    private void RevisePlan()
    {
        revised = (Iteration, Seconds, plan!.Iterations - Iteration);
        if (recent.PerStep is not { } perStep)
        {
            return;
        }
        var pace = new RunPace(Iteration, plan.Iterations, Seconds, perStep, (long)source.BatchesPerEpoch * settings.ValidateEvery, lastValidationSeconds);
        if (Budget.Revise(pace) is { } revision && revision.Iterations != plan.Iterations)
        {
            Tell(string.Create(CultureInfo.InvariantCulture,
                $"After {Iteration} of {plan.Iterations} steps the speed has changed: the run now ends after {revision.Iterations}."));
            plan = revision.Anew ? TrainingPlan.Of(revision.Iterations) : plan.Revise(Iteration, revision.Iterations);
            SaveCheckpoint();
            revised = (Iteration, Seconds, plan.Iterations - Iteration);
        }
    }
}
