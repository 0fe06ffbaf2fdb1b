// What a run tells while it goes on, and at its end.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>A report of a run.</summary>
public sealed record TrainingProgress
{
    /// <summary>Training steps done.</summary>
    public required long Iteration { get; init; }

    /// <summary>Training steps of the whole run, or null before it is known.</summary>
    public long? Iterations { get; init; }

    /// <summary>Passes over the training images done, with fraction.</summary>
    public required double Epochs { get; init; }

    /// <summary>Share of the run done, 0..1.</summary>
    public required double Fraction { get; init; }

    /// <summary>Time spent, earlier parts of a resumed run included.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Estimate of the time left, or null before it can be told.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Images per second since the last report.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>The newest row of the log; null before the first.</summary>
    public TrainingLogRow? Latest { get; init; }

    /// <summary>Scores of a validation that has just ended; null in other reports.</summary>
    public DetectionScores? Validation { get; init; }

    /// <summary>Best mean average precision so far, or null.</summary>
    public double? BestMeanAveragePrecision { get; init; }
}

/// <summary>Why a run ended.</summary>
public enum TrainingEnd
{
    /// <summary>It did all it was asked to.</summary>
    Completed,

    /// <summary>Validations had stopped getting better for as long as it was asked to wait, see <see cref="TrainingRunOptions.Patience"/>.</summary>
    StoppedEarly,

    /// <summary>It was cancelled; a checkpoint was saved, and the run can be resumed.</summary>
    Cancelled,
}

/// <summary>What came out of a run.</summary>
public sealed record TrainingOutcome
{
    /// <summary>Why it ended.</summary>
    public required TrainingEnd End { get; init; }

    /// <summary>Training steps done.</summary>
    public required long Iterations { get; init; }

    /// <summary>Passes over the training images done, with fraction.</summary>
    public required double Epochs { get; init; }

    /// <summary>Time spent, earlier parts of a resumed run included.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Scores of the weights at the end; null without validation images.</summary>
    public DetectionScores? FinalScores { get; init; }

    /// <summary>Best mean average precision of a validation, or null.</summary>
    public double? BestMeanAveragePrecision { get; init; }

    /// <summary>Training steps after which it was reached, or null.</summary>
    public long? BestIteration { get; init; }

    /// <summary>Weights at the end.</summary>
    public required string WeightsFile { get; init; }

    /// <summary>Weights of the best validation, or null without validation images.</summary>
    public string? BestWeightsFile { get; init; }

    /// <summary>The log, one row per report.</summary>
    public required string LogFile { get; init; }

    /// <summary>The curves drawn from the log.</summary>
    public required string CurvesFile { get; init; }

    /// <summary>Event files for TensorBoard, one for each part of an interrupted run.</summary>
    public required string EventFolder { get; init; }

    /// <summary>What happened on the way that a user should know, such as a damaged checkpoint that was passed over.</summary>
    public ImmutableArray<string> Messages { get; init; } = [];
}

/// <summary>A run could not go on. The message says why, what is safe, and what to do.</summary>
public sealed class TrainingStoppedException : Exception
{
    internal TrainingStoppedException(string message, long? lastGoodIteration, Exception? inner = null)
        : base(message, inner) => LastGoodIteration = lastGoodIteration;

    /// <summary>Training steps in the newest good checkpoint; null where there is none.</summary>
    public long? LastGoodIteration { get; }
}
