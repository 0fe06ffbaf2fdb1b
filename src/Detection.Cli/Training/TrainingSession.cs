// One training from the command line: data, run, evaluation of the best weights, report.
using System.Collections.Immutable;
using System.Diagnostics;
using Detection.Runtime;
using TorchSharp;

namespace Detection.Cli;

/// <param name="request">What to do.</param>
/// <param name="terminal">Where it shows.</param>
/// <param name="interrupted">Stops between two steps, after a checkpoint.</param>
internal sealed class TrainingSession(TrainingRequest request, Terminal terminal, CancellationToken interrupted)
{
    // Between two lines where there is no display.
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private readonly DateTimeOffset began = DateTimeOffset.Now;

    private ModelCard Card => request.Entry.Card;

    /// <summary>Trains, evaluates, reports.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        var training = TrainingData.Load(request.Data, request.Split, Card, request.IncludesDifficult);
        var validation = TrainingData.Load(request.Data, request.ValidationSplit, Card, request.IncludesDifficult);
        Introduce(training, validation);

        torch.random.manual_seed(request.Settings.Seed);
        using var module = request.Entry.Create();
        if (module is not IDetector detector)
        {
            throw new FailureException($"{Card.Name}: its class {module.GetType()} is no detector.");
        }
        PrecisionChoice.Set(module, Card, request.Precision);
        if (request.Weights is { } weights)
        {
            StartFrom(module, weights);
        }
        module.to(DeviceChoice.Open(request.Device));
        var given = request.Regions?.For(
            [(request.Split, training), (request.ValidationSplit, validation)], request.ProposalFile, terminal, request.AsJson, interrupted);

        var source = new BatchLoaderSource(training, Card, request.Settings, request.Workers, new BatchLoaderOptions { Proposals = given?[0] });
        var outcome = Train(module, source, validation, given?[1]);
        if (outcome.End == TrainingEnd.Cancelled)
        {
            terminal.Problem($"interrupted after {Figures.Plural(outcome.Iterations, "iteration")}; nothing is lost. Go on with:");
            terminal.ErrorLine($"  {request.ResumeCommand}");
            return ExitCode.Interrupted;
        }

        var best = outcome.BestWeightsFile ?? outcome.WeightsFile;
        WeightLoader.Load(module, best);
        module.eval();
        var evaluation = DetectorEvaluation.Run(detector, validation, new DetectorEvaluationOptions { Proposals = given?[1], Cancellation = interrupted });
        ImmutableArray<DataProblem> problems = [.. training.Problems, .. source.Problems, .. validation.Problems, .. evaluation.Problems];
        WriteReport(training, validation, outcome, evaluation, problems);
        Conclude(outcome, evaluation.Scores, best, problems);
        return ExitCode.Done;
    }

    private void StartFrom(torch.nn.Module model, string weights)
    {
        if (request.TakesMatchingWeights)
        {
            Say(WeightLoader.LoadMatching(model, weights, request.Matching).ToString());
            return;
        }
        try
        {
            WeightLoader.Load(model, weights);
        }
        catch (WeightMismatchException e)
        {
            throw new FailureException($"{e.Message.TrimEnd()}{Environment.NewLine}  To take what fits by name and shape, add --partial.", inner: e);
        }
    }

    // Lines about the course of things: results alone go to standard output when a program reads it.
    private void Say(string line)
    {
        if (request.AsJson)
        {
            terminal.ErrorLine(line);
        }
        else
        {
            terminal.Line(line);
        }
    }

    private void Introduce(DetectionDataset training, DetectionDataset validation)
    {
        Say($"{Card.Name}: {Figures.Plural(Card.Parameters, "parameter")}, input {Card.Input}, batches of {request.Settings.BatchSize}, "
            + $"{request.Length ?? request.Settings.Length}, {Figures.Plural(torch.get_num_threads(), "thread")}");
        Say($"{request.Data}: {training.Origin}");
        Say($"  {request.Split}: {training.Summarize()}");
        Say($"  {request.ValidationSplit}: {validation.Summarize()}");
        DataProblem[] problems = [.. training.Problems, .. validation.Problems];
        if (problems.Length > 0)
        {
            terminal.Warning($"{Figures.Plural(problems.Length, "problem")} in the data, listed in the report; the first: {problems[0]}");
        }
        if (TrainingData.ClassesWithoutObjects(training) is { Count: > 0 } absent)
        {
            terminal.Warning($"the training images have no {string.Join(", no ", absent)}: what the model has no example of it cannot learn.");
        }
    }

    private TrainingOutcome Train(torch.nn.Module model, BatchLoaderSource source, DetectionDataset validation, StoredProposals? given)
    {
        var display = new TrainingDisplay($"{Card.Name} on {request.Data}");
        TrainingOutcome? outcome = null;
        terminal.WithDisplay(display.Render, request.AsJson, redraw =>
        {
            var sinceLine = new Stopwatch();
            var options = new TrainingRunOptions
            {
                OutputFolder = request.Output,
                Resume = request.Resume,
                Patience = request.Patience,
                Length = request.Length,
                Progress = new Reports(progress =>
                {
                    display.Update(progress);
                    redraw?.Invoke();
                    var isWorthALine = !sinceLine.IsRunning || sinceLine.Elapsed >= LineInterval || progress.Validation is not null;
                    if (redraw is null && isWorthALine)
                    {
                        Say(TrainingDisplay.Line(progress));
                        sinceLine.Restart();
                    }
                }),
                Message = message =>
                {
                    display.Tell(message);
                    redraw?.Invoke();
                    if (redraw is null)
                    {
                        Say(message);
                    }
                },
                Cancellation = interrupted,
            };
            using var run = new TrainingRun(request.Settings, options, source, Validate);
            outcome = request.Recipe.Run(model, run);
        });
        return outcome!;

        DetectionScores Validate(torch.nn.Module trained, CancellationToken cancellation) =>
            DetectorEvaluation.Run(
                (IDetector)trained, validation, new DetectorEvaluationOptions { Detect = new DetectOptions { AtOneSize = true }, Proposals = given, Cancellation = cancellation }).Scores;
    }

    private void WriteReport(
        DetectionDataset training, DetectionDataset validation, TrainingOutcome outcome, DetectorEvaluationResult evaluation,
        ImmutableArray<DataProblem> problems)
    {
        var report = new TrainingReport
        {
            Card = Card,
            Validation = validation,
            Evaluation = evaluation,
            Outcome = outcome,
            DataName = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Data))),
            Problems = problems,
            Settings =
            [
                ("model", Card.Name),
                ("spec hash", Card.SpecHash),
                ("input", Card.Input.ToString()),
                ("multiply-adds", Figures.Count(Card.MultiplyAdds)),
                ("classes", string.Join(", ", Card.ClassNames)),
                ("data", training.Origin),
                ("training images", $"{Figures.Count(training.Samples.Length)} with {Figures.Plural(training.CountBoxes().Sum(), "box", "boxes")}"),
                ("validation images", Figures.Count(validation.Samples.Length)),
                ("length", (request.Length ?? request.Settings.Length).ToString()),
                ("batch", request.Settings.BatchSize.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ("seed", request.Settings.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ("regions", request.Regions?.Origin ?? "the model's own"),
                ("started from", request.Weights ?? "random weights"),
                ("best weights after", outcome.BestIteration is { } at ? Figures.Plural(at, "step") : "the last step"),
                ("messages", outcome.Messages.IsEmpty ? "none" : string.Join(" ", outcome.Messages)),
            ],
            Environment = RunEnvironment.Describe(request.Device, began),
        };
        report.Write(request.ReportFile);
        Directory.CreateDirectory(request.PictureFolder);
        var names = new OutputNames(request.PictureFolder);
        foreach (var (name, picture) in report.DrawPictures())
        {
            picture.Save(names.For(name));
        }
    }

    private void Conclude(TrainingOutcome outcome, DetectionScores scores, string best, ImmutableArray<DataProblem> problems)
    {
        var document = new TrainingDocument(
            Card.Name, request.Data, outcome.Iterations, outcome.Epochs, outcome.Elapsed.TotalSeconds, outcome.BestIteration, ScoresDocument.Of(scores),
            best, outcome.WeightsFile, outcome.LogFile, outcome.CurvesFile, outcome.EventFolder, outcome.End == TrainingEnd.StoppedEarly, request.ReportFile, problems, outcome.Messages);
        if (request.AsJson)
        {
            terminal.Json(document);
            return;
        }
        terminal.Line(
            $"trained {Figures.Plural(outcome.Iterations, "iteration")} in {TrainingDisplay.Time(outcome.Elapsed)}; "
            + (outcome.BestIteration is { } at ? $"the best weights are those after {Figures.Count(at)}" : "no validation has found anything"));
        terminal.Show(document.Scores.ToTable());
        terminal.Line($"weights: {best}");
        terminal.Line($"report: {request.ReportFile}");
        terminal.Line(scores.ToString());
    }

    // Progress<T> would report on another thread.
    private sealed class Reports(Action<TrainingProgress> take) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => take(value);
    }
}
