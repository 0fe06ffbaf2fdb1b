// What a spec says about training, and what one run adds to it.
using System.Collections.Immutable;
using System.Globalization;
using TorchSharp;

namespace Detection.Runtime;

/// <summary>In what the length of a run is given.</summary>
public enum TrainingUnit
{
    /// <summary>Passes over the training images.</summary>
    Epochs,

    /// <summary>Training steps.</summary>
    Iterations,

    /// <summary>
    /// Time from the first step to the end of the last validation. The number of steps is fixed from a short measurement at the start, which is then
    /// undone; it stands in the log, and a run of that many <see cref="Iterations"/> gives the same weights.
    /// </summary>
    Seconds,
}

/// <summary>How long to train.</summary>
/// <param name="Value">Number of <paramref name="Unit"/>.</param>
/// <param name="Unit">What is counted.</param>
public readonly record struct TrainingLength(double Value, TrainingUnit Unit)
{
    /// <summary>So many passes over the training images.</summary>
    public static TrainingLength OfEpochs(double epochs) => new(epochs, TrainingUnit.Epochs);

    /// <summary>So many training steps.</summary>
    public static TrainingLength OfIterations(long iterations) => new(iterations, TrainingUnit.Iterations);

    /// <summary>So much time.</summary>
    public static TrainingLength OfSeconds(double seconds) => new(seconds, TrainingUnit.Seconds);

    /// <summary>"60 epochs".</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture) + " " + Unit.ToString().ToLowerInvariant();
}

/// <summary>What a spec's <c>train:</c> section says about the run as a whole.</summary>
public sealed record TrainingSettings
{
    /// <summary>Images in a step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Seed of weights, order and augmentation.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>How long to train when the run does not say.</summary>
    public TrainingLength Length { get; init; } = TrainingLength.OfEpochs(60);

    /// <summary>How images are varied.</summary>
    public AugmentationSettings Augmentation { get; init; } = new();

    /// <summary>Labels that the data must give beside boxes and classes.</summary>
    public ImmutableArray<LabelRequest> Labels { get; init; } = [];

    /// <summary>End a run after so many validations in a row that were no better than the best one; null trains to the planned end.</summary>
    public int? Patience { get; init; }

    /// <summary>Validate after every so many epochs (and at the end).</summary>
    public int ValidateEvery { get; init; } = 1;
}

/// <summary>What one run adds to the settings of the spec.</summary>
public sealed record TrainingRunOptions
{
    /// <summary>Where checkpoints, weights, log and curves go; made when it is not there.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>
    /// Continue from the last good checkpoint in <see cref="OutputFolder"/>; start anew where there is none. Without it, checkpoints found there are an
    /// error, so that nobody's work is overwritten by accident.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>How long to train; what the spec says when null.</summary>
    public TrainingLength? Length { get; init; }

    /// <summary>Save a checkpoint after every so many iterations, or null.</summary>
    public int? CheckpointEveryIterations { get; init; }

    /// <summary>Save a checkpoint when the last is older than this (and after each validation, and at the end).</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Largest share of the time so far that validations may take in a run limited by time; a validation that would exceed it is left out.
    /// The last one is never left out.
    /// </summary>
    public double ValidationShare { get; init; } = 0.15;

    /// <summary>End the run after so many validations in a row that were no better than the best one; what the spec says when null.</summary>
    public int? Patience { get; init; }

    /// <summary>One row of the log, and one report, for so many iterations.</summary>
    public int ReportEvery { get; init; } = 10;

    /// <summary>Where batches go; the device of the model's weights when null.</summary>
    public torch.Device? Device { get; init; }

    /// <summary>Receives reports, on the training thread: it should return soon.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Receives one-line messages, such as which checkpoint was damaged; on the training thread.</summary>
    public Action<string>? Message { get; init; }

    /// <summary>Stops the run between two steps, after a checkpoint.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>What time is taken from; one that stands still for a while lets a run limited by time take turns with something else.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
