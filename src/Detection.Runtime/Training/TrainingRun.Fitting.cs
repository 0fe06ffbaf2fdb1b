// What comes behind a run's last step of the optimiser: fits to the network's features, each kept in a file, and the end of the whole.
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

public sealed partial class TrainingRun
{
    private const string FittingFormat = "detection-gen-fitting";

    private TimeSpan fittingTime;

    /// <summary>
    /// Fits something to the features of a trained network, or reads back what an earlier run fitted to the same network, images and regions when resuming.
    /// </summary>
    /// <param name="model">The model; in evaluation mode meanwhile.</param>
    /// <param name="fitting">What is fitted.</param>
    /// <param name="proposals">Regions of every image; those that the data give when null.</param>
    /// <returns>Whether it is done; false when the run was cancelled meanwhile.</returns>
    /// <exception cref="InvalidOperationException">
    /// This run has begun itself, its batches come from elsewhere than a <see cref="BatchLoaderSource"/>, or there are no regions.
    /// </exception>
    /// <exception cref="TrainingStoppedException">The file cannot be written.</exception>
    public bool Fit(TwoStageDetector model, RegionFitting fitting, StoredProposals? proposals = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(fitting);
        RequireNotBegun();
        if (options.Cancellation.IsCancellationRequested)
        {
            return false;
        }
        var loader = Loader();
        var regions = proposals ?? loader.Proposals ?? throw new InvalidOperationException(
            $"{model.Card.Name} learns from regions that the data give: name them in {nameof(BatchLoaderOptions)}.{nameof(BatchLoaderOptions.Proposals)}.");
        var path = Path.Combine(options.OutputFolder, fitting.Name + ".safetensors");
        var tensors = fitting.TensorsOf(model);
        var identity = $"{loader.Fingerprint}, {regions.Checksum}, {settings.Seed.ToString(CultureInfo.InvariantCulture)}, {NetworkChecksum(model, tensors.Values)}, {fitting.Settings}";
        if (options.Resume && File.Exists(path) && ReadBack(path, identity, tensors))
        {
            return true;
        }
        Tell($"Fitting {fitting.Name}.");
        var checkpoint = new FittingCheckpoint(
            Path.Combine(options.OutputFolder, fitting.Name + ".partial.safetensors"), identity, options.CheckpointInterval, options.Clock,
            write => Writing($"how far the fit {fitting.Name} has come", write), Tell) { IsResumed = options.Resume };
        var start = options.Clock.GetTimestamp();
        try
        {
            var data = new FittingData(loader.Dataset, regions, settings.Seed) { Message = Tell, Cancellation = options.Cancellation, Checkpoint = checkpoint };
            TrainingModes.Evaluating(model, () =>
            {
                using var gradients = no_grad();
                fitting.Fit(model, data);
                return true;
            });
        }
        catch (OperationCanceledException) when (options.Cancellation.IsCancellationRequested)
        {
            return false;
        }
        fittingTime += options.Clock.GetElapsedTime(start);
        Writing($"what was fitted, {fitting.Name},", () =>
        {
            Directory.CreateDirectory(options.OutputFolder);
            RunStateFile.WriteChecked(
                path, [.. tensors.Select(entry => StoredTensor.From(entry.Key, entry.Value))], new Dictionary<string, string> { ["format"] = FittingFormat, ["data"] = identity });
            checkpoint.Remove();
        });
        return true;
    }

    /// <summary>Validates the model that several steps and fits made, and writes its weights into the output folder.</summary>
    /// <param name="model">The model.</param>
    /// <param name="outcome">What came out of the last step.</param>
    /// <exception cref="TrainingStoppedException">A file cannot be written.</exception>
    public TrainingOutcome Conclude(nn.Module model, TrainingOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(outcome);
        RequireNotBegun();
        DetectionScores? scores = null;
        try
        {
            scores = validation is null ? null : TrainingModes.Validate(model, validation, options.Cancellation);
        }
        catch (OperationCanceledException) when (options.Cancellation.IsCancellationRequested)
        {
            return outcome with { End = TrainingEnd.Cancelled };
        }
        var metadata = (model as IModel)?.Card is { } card ? new Dictionary<string, string>(WeightMetadata.Of(card)) : [];
        metadata["iteration"] = outcome.Iterations.ToString(CultureInfo.InvariantCulture);
        var score = scores is { MeanAveragePrecision: var map } && !double.IsNaN(map) ? map : (double?)null;
        if (score is { } value)
        {
            metadata["mean_average_precision"] = value.ToString("R", CultureInfo.InvariantCulture);
        }
        Writing("the weights", () => RunStateFile.WriteChecked(WeightsFile, RunSnapshot.OfModel(model), metadata));
        if (score is not null)
        {
            Writing("the best weights", () => RunStateFile.WriteChecked(BestWeightsFile, RunSnapshot.OfModel(model), metadata));
        }
        return outcome with
        {
            Elapsed = outcome.Elapsed + fittingTime,
            FinalScores = scores,
            BestMeanAveragePrecision = score,
            BestIteration = score is null ? null : outcome.Iterations,
            WeightsFile = WeightsFile,
            BestWeightsFile = score is null ? null : BestWeightsFile,
            Messages = [.. outcome.Messages, .. messages],
        };
    }

    // Of all that the fit does not change: where something was fitted before and is now fitted anew, the file of the first time still holds.
    private static string NetworkChecksum(TwoStageDetector model, IEnumerable<Tensor> fitted)
    {
        var own = fitted.ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var state = model.state_dict().Where(entry => !own.Contains(entry.Value)).Select(entry => StoredTensor.From(entry.Key, entry.Value)).ToArray();
        return RunStateFile.Checksum(state, new Dictionary<string, string>());
    }

    private bool ReadBack(string path, string identity, IReadOnlyDictionary<string, Tensor> tensors)
    {
        try
        {
            var file = RunStateFile.ReadChecked(path);
            if (file.Metadata.GetValueOrDefault("format") != FittingFormat || file.Metadata.GetValueOrDefault("data") != identity)
            {
                throw new WeightFileException(path, "was fitted to another network, or to other images.");
            }
            using var gradients = no_grad();
            foreach (var stored in file.Tensors)
            {
                using var source = stored.ToTensor();
                tensors[stored.Name].copy_(source);
            }
            return true;
        }
        catch (WeightFileException e)
        {
            Tell($"{e.Message} It is fitted again.");
            return false;
        }
    }
}
