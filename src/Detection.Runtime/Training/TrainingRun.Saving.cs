// Saving and restoring a run, and what to say when the disk refuses.
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

public sealed partial class TrainingRun
{
    // Two of these different: another run. The rest is told and may change the last bits.
    private static readonly string[] MustAgree = ["model", "spec", "seed", "data"];

    private Dictionary<string, string> Identity()
    {
        var card = (model as IModel)?.Card;
        return new Dictionary<string, string>
        {
            ["model"] = card?.Name ?? model.GetName(),
            ["spec"] = card?.SpecHash ?? "",
            ["seed"] = settings.Seed.ToString(CultureInfo.InvariantCulture),
            ["data"] = source.Fingerprint,
            ["threads"] = get_num_threads().ToString(CultureInfo.InvariantCulture),
            ["device"] = device.type.ToString(),
            ["length"] = Length.ToString(),
        };
    }

    private RunState Capture() => new()
    {
        Iteration = Iteration,
        Plan = plan,
        Seconds = Seconds,
        ValidationSeconds = validationSeconds,
        BestScore = best?.Score,
        BestIteration = best?.Iteration,
        ValidationsSinceBest = sinceBest,
        PendingLosses = losses.Values(),
        Model = RunSnapshot.OfModel(model),
        Average = average?.Capture() ?? [],
        Optimizer = RunSnapshot.OfOptimizer(optimizer),
        Random = RunSnapshot.OfGenerator(),
        Identity = Identity(),
    };

    private void Restore(RunState state)
    {
        RunSnapshot.Restore(model, state.Model);
        average?.Restore(state.Average);
        RunSnapshot.Restore(optimizer, state.Optimizer);
        RunSnapshot.RestoreGenerator(state.Random);
    }

    private void Resume(RunState state)
    {
        var identity = Identity();
        var others = identity.Where(entry => state.Identity.GetValueOrDefault(entry.Key) != entry.Value).ToArray();
        if (others.FirstOrDefault(entry => MustAgree.Contains(entry.Key)) is { Key: { } key } other)
        {
            throw new TrainingStoppedException(
                $"{options.OutputFolder} holds another run: {key} is {state.Identity.GetValueOrDefault(key, "not stated")} there and {other.Value} here.",
                state.Iteration);
        }
        foreach (var (name, value) in others.Where(entry => entry.Key is "threads" or "device"))
        {
            Tell($"The checkpoint was made with {name} {state.Identity.GetValueOrDefault(name)}, now it is {value}: the weights may differ in their last bits.");
        }
        try
        {
            Restore(state);
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException or EndOfStreamException)
        {
            throw new TrainingStoppedException(
                $"The checkpoint in {options.OutputFolder} is not of this model and optimiser: {e.Message}", state.Iteration, e);
        }
        Iteration = state.Iteration;
        secondsBefore = state.Seconds;
        validationSeconds = state.ValidationSeconds;
        best = state is { BestScore: { } score, BestIteration: { } at } ? (score, at) : null;
        sinceBest = state.ValidationsSinceBest;
        losses.Restore(state.PendingLosses);
        plan = ResumedPlan(state);
        revised = (Iteration, Seconds, plan.Iterations - Iteration);
        Tell(Invariant($"Resumed after {Iteration} of {plan.Iterations} steps."));
    }

    private TrainingPlan ResumedPlan(RunState state)
    {
        var known = state.Plan ?? throw new TrainingStoppedException($"The checkpoint in {options.OutputFolder} has no plan.", state.Iteration);
        if (Length.Unit == TrainingUnit.Seconds || PlannedIterations() == known.Iterations)
        {
            return known;
        }
        Tell(Invariant($"The run was planned for {known.Iterations} steps and now has {PlannedIterations()}: learning rates are those of the new length from here on."));
        return TrainingPlan.Of(PlannedIterations());
    }

    private void SaveCheckpoint()
    {
        RequireFiniteLosses();
        var state = Capture();
        savedAt = Seconds;
        try
        {
            store.Save(state);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (DiskErrors.IsFull(e))
            {
                TrySaveInPlaceOfPrevious(state);
            }
            throw Stopped("a checkpoint", e);
        }
    }

    // When this fails too, the last checkpoint stands, and the message says so.
    private void TrySaveInPlaceOfPrevious(RunState state)
    {
        try
        {
            store.SaveInPlaceOfPrevious(state);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private void SaveWeights(string path, double? score)
    {
        var metadata = (model as IModel)?.Card is { } card ? new Dictionary<string, string>(WeightMetadata.Of(card)) : [];
        metadata["iteration"] = Iteration.ToString(CultureInfo.InvariantCulture);
        if (score is { } map)
        {
            metadata["mean_average_precision"] = map.ToString("R", CultureInfo.InvariantCulture);
        }
        WithHandedOut(() =>
        {
            RunStateFile.WriteChecked(path, RunSnapshot.OfModel(model), metadata);
            return true;
        });
    }

    // What is validated and handed out is the average, where there is one, and box heads that predict plain targets.
    private T WithHandedOut<T>(Func<T> use)
    {
        IWeightExchange[] exchanges = [.. average is null ? [] : new IWeightExchange[] { average }, .. heads];
        foreach (var exchange in exchanges)
        {
            exchange.Exchange();
        }
        try
        {
            return use();
        }
        finally
        {
            foreach (var exchange in exchanges.Reverse())
            {
                exchange.Exchange();
            }
        }
    }

    private void DrawCurves() => AtomicFile.Write(CurvesFile, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(TrainingCurves.Draw(log!.Rows))), durable: false);

    // Everything that is written beside checkpoints: when it fails, the state is saved first, then the run stops.
    private void Writing(string what, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (log is not null && plan is not null && store.GoodIteration != Iteration)
            {
                var state = Capture();
                try
                {
                    store.Save(state);
                }
                catch (Exception second) when (second is IOException or UnauthorizedAccessException)
                {
                    TrySaveInPlaceOfPrevious(state);
                }
            }
            throw Stopped(what, e);
        }
    }

    private TrainingStoppedException Stopped(string what, Exception cause)
    {
        var reason = DiskErrors.IsFull(cause) ? $"The disk is full: {what} could not be written." : $"Writing {what} failed.";
        var advice = DiskErrors.IsFull(cause) ? "Make room and resume." : "Put it right and resume.";
        return new TrainingStoppedException($"{reason} {LastGood()} {advice} ({cause.Message})", store.GoodIteration, cause);
    }

    private string LastGood() => store.GoodIteration switch
    {
        null => "There is no checkpoint yet.",
        { } good when good == Iteration => Invariant($"Nothing is lost: the checkpoint of iteration {good} has all of the training."),
        { } good => Invariant($"The checkpoint of iteration {good} is good; resuming repeats the {Iteration - good} steps since, with the same result."),
    };
}

internal static class DiskErrors
{
    private const int NoSpace = 28;
    private const int OverQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Whether a failure, or what caused it, is a disk without room or a quota used up.</summary>
    public static bool IsFull(Exception failure)
    {
        for (var e = failure; e is not null; e = e.InnerException)
        {
            if (e is IOException && e.HResult is NoSpace or OverQuota or WindowsDiskFull or WindowsHandleDiskFull)
            {
                return true;
            }
        }
        return false;
    }
}
