// What a command line asks of a training, checked, before anything is done.
using Detection.Runtime;

namespace Detection.Cli;

/// <param name="Entry">The model.</param>
/// <param name="Recipe">Its training loop.</param>
/// <param name="Settings">What its spec says, with the seed of the command line.</param>
/// <param name="Data">The data set's folder.</param>
/// <param name="Split">The split to train on.</param>
/// <param name="ValidationSplit">The split to validate on.</param>
/// <param name="Output">Where everything is written.</param>
/// <param name="Device">Name of the device.</param>
internal sealed record TrainingRequest(
    ModelEntry Entry, ITrainingRecipe Recipe, TrainingSettings Settings, string Data, string Split, string ValidationSplit, string Output, string Device)
{
    public TrainingLength? Length { get; init; }

    public bool Resume { get; init; }

    /// <summary>Validations without progress after which the run ends; null for none.</summary>
    public int? Patience { get; init; }

    /// <summary>Weights to start from; null for fresh ones.</summary>
    public string? Weights { get; init; }

    /// <summary>Take those of <see cref="Weights"/> that fit, whatever model they are of.</summary>
    public bool TakesMatchingWeights { get; init; }

    /// <summary>Classes of <see cref="Weights"/>, and how they are called here, where these matter.</summary>
    public MatchingWeightOptions Matching { get; init; } = new();

    /// <summary>Learn and count difficult objects like any others.</summary>
    public bool IncludesDifficult { get; init; }

    /// <summary>Threads that decode and augment; null for the processors but one.</summary>
    public int? Workers { get; init; }

    /// <summary>What the model computes in; null for what its spec says.</summary>
    public string? Precision { get; init; }

    /// <summary>Where the regions come from that the detector is given; null for one that proposes its own.</summary>
    public RegionSource? Regions { get; init; }

    public bool AsJson { get; init; }

    /// <summary>The command line that goes on with this training.</summary>
    public required string ResumeCommand { get; init; }

    public string ReportFile => Path.Combine(Output, "report.html");

    /// <summary>Regions that were searched for this run.</summary>
    public string ProposalFile => Path.Combine(Output, "proposals.safetensors");

    public string PictureFolder => Path.Combine(Output, "pictures");
}

/// <summary>The document of <c>detgen train --json</c>.</summary>
/// <param name="Model">The model.</param>
/// <param name="Data">The data set.</param>
/// <param name="Iterations">Training steps done.</param>
/// <param name="Epochs">Passes over the training images.</param>
/// <param name="Seconds">Time of the training.</param>
/// <param name="BestIteration">Steps after which the weights that were evaluated had been reached.</param>
/// <param name="Scores">Scores of these weights on the validation images.</param>
/// <param name="BestWeights">These weights.</param>
/// <param name="FinalWeights">The weights at the end.</param>
/// <param name="Log">One row per report, as CSV.</param>
/// <param name="Curves">The log as a picture.</param>
/// <param name="Events">The log as event files for TensorBoard.</param>
/// <param name="StoppedEarly">Whether it ended before its planned length because validations got no better.</param>
/// <param name="Report">The page about all this.</param>
/// <param name="Problems">What was wrong with the data.</param>
/// <param name="Messages">What happened on the way.</param>
internal sealed record TrainingDocument(
    string Model, string Data, long Iterations, double Epochs, double Seconds, long? BestIteration, ScoresDocument Scores, string BestWeights,
    string FinalWeights, string Log, string Curves, string Events, bool StoppedEarly, string Report, IReadOnlyList<DataProblem> Problems, IReadOnlyList<string> Messages);
