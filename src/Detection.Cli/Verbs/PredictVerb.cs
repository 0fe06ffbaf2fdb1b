// detgen predict: runs a model on images, draws what a detector finds, ranks what a classifier sees.
using System.CommandLine;
using System.Globalization;
using Detection.Runtime;

namespace Detection.Cli;

internal sealed class PredictVerb : Verb
{
    private const int DefaultTopClasses = 5;

    private readonly Argument<string[]> images = new("IMAGES")
    {
        Arity = ArgumentArity.OneOrMore,
        Description = "Image files (PNG, JPEG, BMP, WebP), folders, or patterns such as 'photos/**/*.jpg'.",
    };

    private readonly Option<string> weights = new("--weights", "-w")
    {
        HelpName = "FILE",
        Required = true,
        Description = "Weights: a safetensors file or a PyTorch checkpoint.",
    };

    private readonly Option<string> folder = new("--out", "-o")
    {
        HelpName = "DIR",
        Description = "Folder for the pictures with boxes drawn and for detections.json; a detector needs it. A classifier writes classes.json there.",
    };

    private readonly Option<float?> threshold = CommonOptions.Number(
        "--threshold", "T", "Leave out objects whose score is not above this, from 0 to 1 unless support vector machines score; the spec's value when absent.");

    private readonly Option<float?> overlap = CommonOptions.Fraction(
        "--nms", "T", "Of two objects of a class that overlap (intersection over union) more than this, keep the better; the spec's value when absent.");

    private readonly Option<int?> top = CommonOptions.Count(
        "--top", "K", "At most so many objects for an image; for a classifier, so many classes (5 when absent).");

    private readonly Option<string> labels = new("--labels")
    {
        HelpName = "FILE",
        Description = "Names of the classes, one per line, instead of the model's.",
    };

    private readonly MultiScaleOptions multiScale = new();

    private readonly ProposalOptions proposals = new();

    private readonly Option<string?> precision = PrecisionChoice.Option();

    public PredictVerb(Session session)
        : base(session, "predict", "Find objects in images, or classify them.")
    {
        Arguments.Add(CommonOptions.Model);
        Arguments.Add(images);
        foreach (var option in new Option[] { weights, folder, threshold, overlap, top, labels }.Concat(multiScale.All).Append(proposals.Option).Append(precision).Append(CommonOptions.Device).Append(CommonOptions.Json))
        {
            Options.Add(option);
        }
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("predict ultraface-slim-320 --weights version-slim-320.pth --out found photos/", "faces in all photos of a folder"),
        ("predict my-refinedet --project Mine.csproj -w best.safetensors -o found --multi-scale '320,512:<96' photos/", "at two sizes, mirrored too; the larger for small objects"),
        ("predict raccoon-fast-rcnn -w best.safetensors -o found --proposals selective-search photos/", "in regions that a search finds"),
        ("predict squeezenet-1.0-classifier --weights squeezenet.safetensors cat.png", "what is in the picture"),
        ("predict my-detector --project Mine.csproj -w best.safetensors -o found --threshold 0.5 --json *.jpg", "your own model, for programs"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var models = Session.Models(parsed);
        var entry = models.Find(parsed.GetRequiredValue(CommonOptions.Model));
        var isDetector = entry.Card.Kind is ModelKind.OneStage or ModelKind.TwoStage;
        CheckUse(entry, isDetector, parsed, models);
        CheckThreshold(entry, parsed, models);
        var files = ImageFiles.Of(parsed.GetRequiredValue(images));
        var outFolder = parsed.GetValue(folder);
        CheckFolder(outFolder, files);
        var labelFile = parsed.GetValue(labels);
        var names = labelFile is null ? null : ClassLabels.Read(labelFile, models.Compile(entry).Classes.Count);
        var weightFile = parsed.GetRequiredValue(weights);
        var scales = multiScale.Read(parsed, entry, () => models.Compile(entry));
        var regions = proposals.Read(parsed, entry, () => models.Compile(entry));
        var options = new DetectOptions
        {
            ScoreThreshold = parsed.GetValue(threshold),
            NmsThreshold = parsed.GetValue(overlap),
            DetectionsPerImage = parsed.GetValue(top),
            AtOneSize = multiScale.AtOneSize(parsed),
        };
        using var predictor = Predictor.Create(
            entry, weightFile, DeviceChoice.Open(parsed.GetRequiredValue(CommonOptions.Device)), options,
            parsed.GetValue(top) ?? DefaultTopClasses, names, scales, parsed.GetValue(precision));
        if (outFolder is not null)
        {
            Directory.CreateDirectory(outFolder);
        }
        return Predict(predictor, entry, weightFile, files, outFolder, isDetector, regions, parsed.GetValue(CommonOptions.Json));
    }

    private void CheckUse(ModelEntry entry, bool isDetector, ParseResult parsed, ModelSet models)
    {
        if (entry.Card.Kind == ModelKind.Backbone)
        {
            var others = models.All.SelectMany(c => c.Models).Where(m => m.Card.Kind != ModelKind.Backbone).Select(m => m.Card.Name).Distinct();
            throw new UsageException(
                $"{entry.Card.Name} is a backbone: it gives feature maps and predicts nothing. To predict with: {string.Join(", ", others)}.");
        }
        if (isDetector && parsed.GetValue(folder) is null)
        {
            throw new UsageException($"{entry.Card.Name} is a detector and writes pictures: say where with --out DIR.");
        }
        if (!isDetector && new Option[] { threshold, overlap }.FirstOrDefault(o => parsed.GetResult(o) is not null) is { } misplaced)
        {
            throw new UsageException($"{entry.Card.Name} is a classifier, which has no {misplaced.Name}.");
        }
    }

    // Only support vector machines give scores beyond 0 and 1.
    private void CheckThreshold(ModelEntry entry, ParseResult parsed, ModelSet models)
    {
        if (parsed.GetValue(threshold) is { } least and not (>= 0 and <= 1) && models.Compile(entry).TwoStage is not { UsesMachines: true })
        {
            throw new UsageException($"--threshold {least.ToString(CultureInfo.InvariantCulture)}: must be a number between 0 and 1");
        }
    }

    private static void CheckFolder(string? outFolder, ImageFiles files)
    {
        if (outFolder is null)
        {
            return;
        }
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(outFolder));
        if (File.Exists(full))
        {
            throw new FailureException($"--out {outFolder}: is a file, not a folder.");
        }
        if (files.Files.FirstOrDefault(f => Path.GetDirectoryName(Path.GetFullPath(f)) == full) is { } image)
        {
            throw new UsageException($"--out {outFolder}: {image} lies there, and its picture would overwrite it; choose another folder.");
        }
    }

    private int Predict(Predictor predictor, ModelEntry entry, string weightFile, ImageFiles files, string? outFolder, bool isDetector, RegionSource? regions, bool asJson)
    {
        var predicted = new List<PredictedImage>();
        var failures = new List<ImageFailure>();
        foreach (var failure in files.Failures)
        {
            Fail(failure);
        }
        var run = new PredictionRun(
            predictor,
            isDetector ? new OutputNames(outFolder!) : null,
            image =>
            {
                predicted.Add(image);
                if (!asJson)
                {
                    Report(image);
                }
            },
            Fail,
            regions);
        var wasInterrupted = false;
        try
        {
            Terminal.WithProgress("predicting", files.Files.Count, asJson, step => run.Over(files.Files, step, Session.Interrupted));
        }
        catch (OperationCanceledException)
        {
            // What is done stays useful.
            wasInterrupted = true;
        }
        var document = new PredictionDocument(entry.Card.Name, weightFile, predicted, failures);
        if (outFolder is not null)
        {
            File.WriteAllText(Path.Combine(outFolder, isDetector ? "detections.json" : "classes.json"), Terminal.ToJson(document) + "\n");
        }
        if (asJson)
        {
            Terminal.Json(document);
        }
        if (wasInterrupted)
        {
            Terminal.Problem($"interrupted after {predicted.Count} of {Figures.Plural(files.Files.Count, "image")}.");
            return ExitCode.Interrupted;
        }
        return failures.Count == 0 ? ExitCode.Done : ExitCode.Failed;

        void Fail(ImageFailure failure)
        {
            failures.Add(failure);
            Terminal.Problem($"{failure.Image}: {failure.Problem}");
        }
    }

    private void Report(PredictedImage image)
    {
        var count = image.Detections is { } found ? $" {Figures.Plural(found.Count, "object")}" : "";
        Terminal.Line($"{image.Image}: {image.Width}x{image.Height}{count}{(image.Picture is null ? "" : $" -> {image.Picture}")}");
        foreach (var item in image.Detections ?? [])
        {
            var box = string.Join(' ', item.Box.Select(edge => MathF.Round(edge).ToString(CultureInfo.InvariantCulture)));
            Terminal.Line($"  {item.Name} {Figures.Score(item.Score)} {box}");
        }
        foreach (var item in image.Classes ?? [])
        {
            Terminal.Line($"  {item.Class} {item.Name} {Figures.Score(item.Probability)}");
        }
    }
}
