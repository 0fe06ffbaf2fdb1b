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

    private readonly Option<string?> protocol = new("--protocol")
    {
        HelpName = "coco|voc07|voc10",
        Description = "Score by the rules of eval-detections; area under the curve at IoU 0.5 when absent.",
    };

    private readonly Option<double?> perImageOnAverage = new("--per-image-on-average")
    {
        HelpName = "NUMBER",
        Description = "Boxes of a class that count, for an image, on average over the split: each class gets the threshold that leaves so many, as in R-CNN (40). What the spec says when absent.",
    };

    private readonly ProtocolOptions rules = new();

    private readonly MultiScaleOptions multiScale = new();

    private readonly ProposalOptions proposals = new();

    private readonly Option<string?> report = CommonOptions.Report();

    private readonly Option<string?> precision = PrecisionChoice.Option();

    public EvalVerb(Session session)
        : base(session, "eval", "Measure a detector on annotated images: average precision by class, mAP@0.5, speed.")
    {
        Arguments.Add(CommonOptions.Model);
        protocol.AcceptOnlyFromAmong("coco", "voc07", "voc10");
        Option[] options =
        [
            weights, data, split, protocol, perImageOnAverage, .. rules.All, .. multiScale.All, proposals.Option, report, CommonOptions.IncludeDifficult, precision, CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json,
        ];
        foreach (var option in options)
        {
            Options.Add(option);
        }
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("eval blood-cells-ssd --weights run/best.safetensors --data bccd", "on the split val"),
        ("eval blood-cells-ssd --weights run/best.safetensors --data bccd --protocol coco --report report", "by COCO's rules, with a page about it"),
        ("eval blood-cells-faster-rcnn --weights run/best.safetensors --data bccd --per-image-on-average 40", "with thresholds by class, as R-CNN was tested"),
        ("eval raccoon-fast-rcnn --weights run/best.safetensors --data raccoon --proposals run/proposals.safetensors", "in regions that are given"),
        ("eval my-detector --project Mine.csproj -w run/best.safetensors --data photos --split test --json", "your own model, for programs"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var models = Session.Models(parsed);
        var entry = models.Find(parsed.GetRequiredValue(CommonOptions.Model));
        if (entry.Card.Kind is not (ModelKind.OneStage or ModelKind.TwoStage))
        {
            throw new UsageException($"{entry.Card.Name} is no detector: it finds no objects that could be compared with annotations.");
        }
        var chosen = parsed.GetValue(protocol) is { } name ? rules.Read(name, parsed) : null;
        if (chosen is null && rules.All.FirstOrDefault(option => CommonOptions.IsGiven(parsed, option)) is { } misplaced)
        {
            throw new UsageException($"{misplaced.Name} belongs to a protocol: give --protocol too.");
        }
        if (parsed.GetValue(perImageOnAverage) is { } number && !(number > 0))
        {
            throw new UsageException($"--per-image-on-average is a number above 0, not {number.ToString(CultureInfo.InvariantCulture)}.");
        }
        var (folder, part, weightFile) = (parsed.GetRequiredValue(data), parsed.GetRequiredValue(split), parsed.GetRequiredValue(weights));
        var dataset = TrainingData.Load(folder, part, entry.Card, parsed.GetValue(CommonOptions.IncludeDifficult));
        var scales = multiScale.Read(parsed, entry, () => models.Compile(entry));
        var regions = proposals.Read(parsed, entry, () => models.Compile(entry));
        var device = DeviceChoice.Open(parsed.GetRequiredValue(CommonOptions.Device));
        ComputeThreads.Set(parsed.GetValue(CommonOptions.Threads));
        using var module = entry.Create();
        PrecisionChoice.Set(module, entry.Card, parsed.GetValue(precision));
        WeightLoader.Load(module, weightFile);
        module.eval();
        module.to(device);
        var detector = MultiScaleOptions.Around(
            module as IDetector ?? throw new FailureException($"{entry.Card.Name}: its class {module.GetType()} does not detect."), scales);

        if (parsed.GetValue(perImageOnAverage) is not null && scales is { Merging: not BoxMerging.ByRegion })
        {
            throw new UsageException("--per-image-on-average does not go with several sizes: merged boxes have entered suppression more than once.");
        }
        var asJson = parsed.GetValue(CommonOptions.Json);
        var given = regions?.For([(part, dataset)], null, Terminal, asJson, Session.Interrupted)[0];
        DetectorEvaluationResult? result = null;
        var clock = Stopwatch.StartNew();
        Terminal.WithProgress("evaluating", dataset.Samples.Length, asJson, step => result = DetectorEvaluation.Run(
            detector, dataset, new DetectorEvaluationOptions
            {
                Detect = new DetectOptions { AtOneSize = multiScale.AtOneSize(parsed) }, Progress = new EachStep(step), Cancellation = Session.Interrupted,
                PerImageOnAverage = parsed.GetValue(perImageOnAverage), Proposals = given,
            }));
        var document = new EvaluationDocument(
            entry.Card.Name, weightFile, folder, part, ScoresDocument.Of(result!.Scores), dataset.Samples.Length / clock.Elapsed.TotalSeconds,
            [.. dataset.Problems, .. result.Problems])
        {
            Proposals = regions?.Origin,
            ClassThresholds = result.ClassThresholds is { } least
                ? dataset.ClassNames.Zip(least, (name, threshold) => (name, threshold)).ToDictionary(p => p.name, p => float.IsFinite(p.threshold) ? p.threshold : (float?)null)
                : null,
        };
        var (annotations, found) = (AnnotationFiles.Of(dataset), ResultFiles.Of(result.Detections));
        var scores = chosen?.Score(annotations, found);
        if (asJson)
        {
            Terminal.Json<object>(scores is null ? document : document.By(chosen!.Name, scores.Document));
        }
        else
        {
            Report(document, result.Scores, scores);
        }
        if (parsed.GetValue(report) is { } target)
        {
            WriteReport(target, document, chosen, scores, result.Scores, annotations, found, dataset);
        }
        return ExitCode.Done;
    }

    private void WriteReport(
        string target, EvaluationDocument document, ScoringProtocol? chosen, ProtocolScores? scores, DetectionScores own, AnnotationFiles annotations,
        ResultFiles found, DetectionDataset dataset)
    {
        scores ??= new ProtocolScores(
            document, [], [(own.MeanAveragePrecision.ToString("0.000", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"mAP@{own.IouThreshold:0.##}"))]);
        chosen ??= new ScoringProtocol("area under the curve, one detection per object", own.IouThreshold, Inclusive: false, Errors: false);
        var page = chosen.WriteReport(
            target, $"{document.Model} on {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(document.Data)))}", annotations, found, scores,
            [.. dataset.Samples.Select(sample => sample.ImagePath)], ("model", document.Model), ("weights", document.Weights), ("data", document.Data),
            ("split", document.Split), ("regions", document.Proposals ?? "the model's own"), ("images per second", document.ImagesPerSecond.ToString("0.0", CultureInfo.InvariantCulture)));
        Terminal.ErrorLine($"report: {page}");
    }

    private void Report(EvaluationDocument document, DetectionScores scores, ProtocolScores? byProtocol)
    {
        foreach (var problem in document.Problems)
        {
            Terminal.Warning(problem.ToString());
        }
        foreach (var table in byProtocol?.Tables ?? [document.Scores.ToTable()])
        {
            Terminal.Show(table);
        }
        if (document.ClassThresholds is { } thresholds)
        {
            Terminal.Line("least scores: " + string.Join(", ", thresholds.Select(t => $"{t.Key} {t.Value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "any"}")));
        }
        Terminal.Line(
            $"{Figures.Plural(document.Scores.Images, "image")}, {Figures.Plural(document.Scores.Objects, "object")}, "
            + $"{Figures.Plural(document.Scores.Detections, "detection")}");
        Terminal.Line(string.Create(
            CultureInfo.InvariantCulture, $"{document.ImagesPerSecond:0.0} images/s with {Figures.Plural(torch.get_num_threads(), "thread")}, decoding included"));
        Terminal.Line(byProtocol is null ? scores.ToString() : string.Join(", ", byProtocol.Figures.Select(figure => $"{figure.Name} {figure.Value}")));
    }
}
