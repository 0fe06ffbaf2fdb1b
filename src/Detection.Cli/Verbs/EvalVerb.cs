// detgen eval: a detector's average precision on a data set.
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Detection.Runtime;
using TorchSharp;

namespace Detection.Cli;

internal sealed class EvalVerb : Verb
{
    private readonly Option<string> weights = new("--weights", "-w")
    {
        HelpName = "FILE",
        Required = true,
        Description = "Weights: a safetensors file or a PyTorch checkpoint.",
    };

    private readonly Option<string> data = CommonOptions.Data();

    private readonly Option<string> split = new("--split")
    {
        HelpName = "NAME",
        DefaultValueFactory = _ => "val",
        Description = "Split of the data set to evaluate on.",
    };

    public EvalVerb(Session session)
        : base(session, "eval", "Measure a detector on annotated images: average precision by class, mAP@0.5, speed.")
    {
        Arguments.Add(CommonOptions.Model);
        foreach (var option in new Option[] { weights, data, split, CommonOptions.IncludeDifficult, CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json })
        {
            Options.Add(option);
        }
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("eval blood-cells-ssd --weights run/best.safetensors --data bccd", "on the split val"),
        ("eval my-detector --project Mine.csproj -w run/best.safetensors --data photos --split test --json", "your own model, for programs"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var entry = Session.Models(parsed).Find(parsed.GetRequiredValue(CommonOptions.Model));
        if (entry.Card.Kind is not (ModelKind.OneStage or ModelKind.TwoStage))
        {
            throw new UsageException($"{entry.Card.Name} is no detector: it finds no objects that could be compared with annotations.");
        }
        var (folder, part, weightFile) = (parsed.GetRequiredValue(data), parsed.GetRequiredValue(split), parsed.GetRequiredValue(weights));
        var dataset = TrainingData.Load(folder, part, entry.Card, parsed.GetValue(CommonOptions.IncludeDifficult));
        var device = DeviceChoice.Open(parsed.GetRequiredValue(CommonOptions.Device));
        ComputeThreads.Set(parsed.GetValue(CommonOptions.Threads));
        using var module = entry.Create();
        WeightLoader.Load(module, weightFile);
        module.eval();
        module.to(device);
        if (module is not IDetector detector)
        {
            throw new FailureException($"{entry.Card.Name}: its class {module.GetType()} does not detect.");
        }

        var asJson = parsed.GetValue(CommonOptions.Json);
        DetectorEvaluationResult? result = null;
        var clock = Stopwatch.StartNew();
        Terminal.WithProgress("evaluating", dataset.Samples.Length, asJson, step => result = DetectorEvaluation.Run(
            detector, dataset, new DetectorEvaluationOptions { Progress = new Steps(step), Cancellation = Session.Interrupted }));
        var document = new EvaluationDocument(
            entry.Card.Name, weightFile, folder, part, ScoresDocument.Of(result!.Scores), dataset.Samples.Length / clock.Elapsed.TotalSeconds,
            [.. dataset.Problems, .. result.Problems]);
        if (asJson)
        {
            Terminal.Json(document);
        }
        else
        {
            Report(document, result.Scores);
        }
        return ExitCode.Done;
    }

    private void Report(EvaluationDocument document, DetectionScores scores)
    {
        foreach (var problem in document.Problems)
        {
            Terminal.Warning(problem.ToString());
        }
        Terminal.Show(document.Scores.ToTable());
        Terminal.Line(
            $"{Figures.Plural(document.Scores.Images, "image")}, {Figures.Plural(document.Scores.Objects, "object")}, "
            + $"{Figures.Plural(document.Scores.Detections, "detection")}");
        Terminal.Line(string.Create(
            CultureInfo.InvariantCulture, $"{document.ImagesPerSecond:0.0} images/s with {Figures.Plural(torch.get_num_threads(), "thread")}, decoding included"));
        Terminal.Line(scores.ToString());
    }

    // The evaluation tells how many images are done; the bar wants to be told of each.
    private sealed class Steps(Action step) : IProgress<int>
    {
        private int told;

        public void Report(int value)
        {
            for (; told < value; told++)
            {
                step();
            }
        }
    }
}
