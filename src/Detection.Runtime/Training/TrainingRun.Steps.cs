// A run that is divided into steps: each a run of its own, in a folder of its own, that is resumed by itself.
using System.Globalization;
using static TorchSharp.torch;

namespace Detection.Runtime;

public sealed partial class TrainingRun
{
    /// <summary>
    /// Keeps the weights that the training begins with, or reads back those that it began with when resuming. To be called before the first step.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <exception cref="TrainingStoppedException">The folder holds another training, or the file cannot be written, or is damaged.</exception>
    public StartingWeights KeepStart(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        RequireNotBegun();
        var path = Path.Combine(options.OutputFolder, "start.safetensors");
        if (!options.Resume && File.Exists(path))
        {
            throw new TrainingStoppedException($"{options.OutputFolder} holds an earlier training: resume it, or choose another folder.", lastGoodIteration: null);
        }
        if (options.Resume && File.Exists(path))
        {
            try
            {
                return new StartingWeights(RunStateFile.ReadChecked(path).Tensors);
            }
            catch (WeightFileException e)
            {
                throw new TrainingStoppedException($"The weights that the training began with are lost: {e.Message} Start it anew in another folder.", null, e);
            }
        }
        var tensors = StartingWeights.Of(model);
        Writing("the weights that the training begins with", () =>
        {
            Directory.CreateDirectory(options.OutputFolder);
            RunStateFile.WriteChecked(path, tensors, new Dictionary<string, string>());
        });
        return new StartingWeights(tensors);
    }

    /// <summary>
    /// The run of a step. A resumed training opens all its steps again: one that was done before restores its last weights and ends at once.
    /// </summary>
    /// <param name="step">Which step.</param>
    /// <returns>A run to begin; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">This run has begun itself, or its batches come from elsewhere than a <see cref="BatchLoaderSource"/>.</exception>
    /// <exception cref="ArgumentException">The share makes no sense.</exception>
    public TrainingRun Step(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentException.ThrowIfNullOrEmpty(step.Name);
        RequireNotBegun();
        if (!(step.Share is > 0 and <= 1))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The share of a step lies between 0 and 1: {step.Share}."), nameof(step));
        }
        var ofStep = settings with { BatchSize = step.BatchSize ?? settings.BatchSize };
        var value = Length.Value * step.Share;
        Tell($"Step {step.Name}.");
        return new TrainingRun(
            ofStep,
            options with
            {
                OutputFolder = step.IsLast ? options.OutputFolder : Path.Combine(options.OutputFolder, step.Name),
                Length = new TrainingLength(Length.Unit == TrainingUnit.Iterations ? Math.Max(1, Math.Round(value)) : value, Length.Unit),
            },
            Loader().For(ofStep, step.Proposals ?? Loader().Proposals),
            step.IsLast ? validation : null);
    }

    /// <summary>
    /// Proposals of all training images, from a file of the output folder or, where there is none or a damaged one, from a model.
    /// </summary>
    /// <param name="name">Name of the file, without ending.</param>
    /// <param name="model">The model; in evaluation mode while it proposes.</param>
    /// <param name="selection">The limits; those of the model's head when null.</param>
    /// <returns>The proposals; null when the run was cancelled meanwhile.</returns>
    /// <exception cref="InvalidOperationException">This run has begun itself, or its batches come from elsewhere than a <see cref="BatchLoaderSource"/>.</exception>
    /// <exception cref="TrainingStoppedException">The file cannot be written.</exception>
    public StoredProposals? Proposals(string name, TwoStageDetector model, ProposalSelection? selection = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(model);
        RequireNotBegun();
        var loader = Loader();
        var path = Path.Combine(options.OutputFolder, name + ".safetensors");
        // Which images they are of, and which weights proposed them.
        var data = $"{loader.Fingerprint}, {RunStateFile.Checksum(RunSnapshot.OfModel(model), new Dictionary<string, string>())}, {selection ?? model.Head.Proposals?.Selection}";
        if (options.Resume && File.Exists(path))
        {
            try
            {
                return StoredProposals.Read(path, data);
            }
            catch (WeightFileException e)
            {
                Tell($"{e.Message} The proposals are computed again.");
            }
        }
        try
        {
            var computed = TrainingModes.Evaluating(model, () => StoredProposals.Compute(model, loader.Dataset, selection, cancellation: options.Cancellation));
            Writing("the proposals", () => computed.Write(path, data));
            return computed;
        }
        catch (OperationCanceledException) when (options.Cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private BatchLoaderSource Loader() => source as BatchLoaderSource
        ?? throw new InvalidOperationException($"A training in steps takes its batches from a {nameof(BatchLoaderSource)}, not from a {source.GetType().Name}.");

    private void RequireNotBegun()
    {
        if (model is not null)
        {
            throw new InvalidOperationException("A run that has begun is not divided into steps.");
        }
    }
}
