// detgen train: trains a detector by the loop that was generated from its spec.
using System.CommandLine;
using Detection.Runtime;

namespace Detection.Cli;

internal sealed class TrainVerb : Verb
{
    private readonly Option<string> data = CommonOptions.Data();

    private readonly Option<string> folder = new("--out", "-o")
    {
        HelpName = "DIR",
        Required = true,
        Description = "Folder for checkpoints, weights, log.csv, curves.svg, TensorBoard event files, pictures and report.html.",
    };

    private readonly Option<string> split = Split("--split", "train", "Split of the data set to train on.");

    private readonly Option<string> validationSplit = Split("--val-split", "val", "Split to validate on; the best weights are those with the best score there.");

    private readonly Option<int?> seconds = CommonOptions.Count("--seconds", "N", "Train so long, validations included.");

    private readonly Option<int?> epochs = CommonOptions.Count("--epochs", "N", "Train for so many passes over the images; what the spec says when absent.");

    private readonly Option<int?> iterations = CommonOptions.Count("--iterations", "N", "Train for so many steps.");

    private readonly Option<int?> patience = CommonOptions.Count("--patience", "N", "Stop after so many validations in a row that were no better than the best one.");

    private readonly Option<bool> resume = new("--resume") { Description = "Go on from the last good checkpoint in --out; start where there is none." };

    private readonly Option<string> weights = new("--weights", "-w") { HelpName = "FILE", Description = "Start from these weights instead of random ones." };

    private readonly Option<bool> partial = new("--partial")
    {
        Description = "Take those of --weights that fit by name and shape, and rows of classes that both know: from a model of other classes, or another spec.",
    };

    private readonly Option<string?> weightClasses = new("--weights-classes")
    {
        HelpName = "FILE",
        Description = "With --partial: names of the classes that --weights tell apart, one per line, where the file does not say.",
    };

    private readonly Option<string[]> renamedClasses = new("--rename-class")
    {
        HelpName = "OLD=NEW",
        Description = "With --partial: a class of --weights and what this model calls it; can be given several times. COCO's and VOC's names are known.",
    };

    private readonly Option<long?> seed = CommonOptions.Seed("Seed of weights, order and augmentation; the spec's when absent.");

    private readonly Option<int?> workers = CommonOptions.Count(
        "--workers", "N", "Threads that decode and augment; the processors but one when absent. Changes no result.");

    private readonly Option<string?> precision = PrecisionChoice.Option();

    private readonly ProposalOptions proposals = new(trains: true);

    public TrainVerb(Session session)
        : base(session, "train", "Train a detector on annotated images, by the loop generated from its spec.")
    {
        Arguments.Add(CommonOptions.Model);
        foreach (var option in new Option[]
        {
            data, folder, split, validationSplit, seconds, epochs, iterations, patience, resume, weights, partial, weightClasses, renamedClasses, proposals.Option, CommonOptions.IncludeDifficult, seed, workers, precision, CommonOptions.Threads, CommonOptions.Device,
            CommonOptions.Json,
        })
        {
            Options.Add(option);
        }
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("train blood-cells-ssd --data bccd --out run", "as long as the spec says"),
        ("train blood-cells-ssd --data bccd --out run --seconds 420", "for seven minutes"),
        ("train blood-cells-ssd --data bccd --out run --seconds 420 --resume", "go on after an interruption"),
        ("train blood-cells-ssd --data bccd --out run --weights shapes/best.safetensors --partial", "start from a model of other classes"),
        ("train my-voc-ssd --data VOC2007 --out run --weights ssd-coco.pth --partial --weights-classes coco.txt", "rows of the classes that both know"),
        ("train raccoon-fast-rcnn --data raccoon --out run --proposals selective-search", "a detector that looks at given regions"),
        ("train my-detector --project Mine.csproj --data photos --out run", "your own model"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var models = Session.Models(parsed);
        var entry = models.Find(parsed.GetRequiredValue(CommonOptions.Model));
        if (entry.CreateTraining is not { } create)
        {
            var others = models.All.SelectMany(c => c.Models).Where(m => m.CreateTraining is not null).Select(m => m.Card.Name).Distinct();
            throw new UsageException(
                $"{entry.Card.Name} cannot be trained: its spec has no 'train:' section. With one: {string.Join(", ", others)}.");
        }
        var length = Length(parsed);
        if (parsed.GetValue(partial) && parsed.GetValue(weights) is null)
        {
            throw new UsageException("--partial says how to take --weights: give them too.");
        }
        if (!parsed.GetValue(partial) && new Option[] { weightClasses, renamedClasses }.FirstOrDefault(o => CommonOptions.IsGiven(parsed, o)) is { } misplaced)
        {
            throw new UsageException($"{misplaced.Name} says which classes --partial takes: give it too.");
        }
        var regions = proposals.Read(parsed, entry, () => models.Compile(entry));
        ComputeThreads.Set(parsed.GetValue(CommonOptions.Threads));
        var recipe = create();
        return new TrainingSession(
            new TrainingRequest(
                entry, recipe, recipe.Settings with { Seed = parsed.GetValue(seed) ?? recipe.Settings.Seed }, parsed.GetRequiredValue(data),
                parsed.GetRequiredValue(split), parsed.GetRequiredValue(validationSplit), parsed.GetRequiredValue(folder),
                parsed.GetRequiredValue(CommonOptions.Device))
            {
                Length = length,
                Patience = parsed.GetValue(patience),
                Resume = parsed.GetValue(resume),
                Weights = parsed.GetValue(weights),
                IncludesDifficult = parsed.GetValue(CommonOptions.IncludeDifficult),
                TakesMatchingWeights = parsed.GetValue(partial),
                Matching = Matching(parsed),
                Workers = parsed.GetValue(workers),
                Precision = parsed.GetValue(precision),
                Regions = regions,
                AsJson = parsed.GetValue(CommonOptions.Json),
                ResumeCommand = ResumeCommand(parsed),
            },
            Terminal, Session.Interrupted).Run();
    }

    private MatchingWeightOptions Matching(ParseResult parsed)
    {
        var renames = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in parsed.GetValue(renamedClasses) ?? [])
        {
            if (text.Split('=') is not [{ Length: > 0 } old, { Length: > 0 } name] || !renames.TryAdd(old, name))
            {
                throw new UsageException($"--rename-class {text}: must be OLD=NEW, once for each class.");
            }
        }
        return new MatchingWeightOptions
        {
            FileClasses = parsed.GetValue(weightClasses) is { } file ? ClassLabels.Read(file) : null,
            ClassRenames = renames,
        };
    }

    private TrainingLength? Length(ParseResult parsed)
    {
        TrainingLength?[] given =
        [
            parsed.GetValue(seconds) is { } s ? TrainingLength.OfSeconds(s) : null,
            parsed.GetValue(epochs) is { } e ? TrainingLength.OfEpochs(e) : null,
            parsed.GetValue(iterations) is { } i ? TrainingLength.OfIterations(i) : null,
        ];
        return given.Count(length => length is not null) < 2
            ? given.FirstOrDefault(length => length is not null)
            : throw new UsageException("--seconds, --epochs and --iterations each say how long to train: give one of them.");
    }

    private string ResumeCommand(ParseResult parsed)
    {
        var words = parsed.Tokens.Select(token => token.Value.All(c => char.IsLetterOrDigit(c) || "-_./:,=+@%".Contains(c, StringComparison.Ordinal))
            ? token.Value
            : $"'{token.Value.Replace("'", "'\\''", StringComparison.Ordinal)}'");
        return $"detgen {string.Join(' ', words)}{(parsed.GetValue(resume) ? "" : " --resume")}";
    }

    private static Option<string> Split(string name, string value, string description) => new(name)
    {
        HelpName = "NAME",
        DefaultValueFactory = _ => value,
        Description = description,
    };
}
