// detgen propose: proposals of the images of a data set into a file, by selective search or by a detector, and how many objects they cover.
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Detection.Runtime;
using Detection.Spec.Compilation;
using TorchSharp;

namespace Detection.Cli;

internal sealed class ProposeVerb : Verb
{
    private const string Own = "own";

    private readonly Argument<string> source = new("SOURCE")
    {
        Description = $"{RegionSource.SelectiveSearchName}, or the name of a two-stage detector that proposes regions.",
    };

    private readonly Option<string> data = CommonOptions.Data();

    private readonly Option<string[]> splits = new("--split")
    {
        HelpName = "NAME",
        DefaultValueFactory = _ => ["train", "val"],
        Description = "A split of the data set, each with --split before it; train and val when absent. One file holds them all.",
    };

    private readonly Option<string> target = new("--out", "-o")
    {
        HelpName = "FILE",
        Required = true,
        Description = "The file (.safetensors): for each image a tensor [r, 5] of x1, y1, x2, y2 in pixels and a score, best first, under the image's file name.",
    };

    private readonly Option<int?> keep = CommonOptions.Count("--keep", "N", "Proposals of an image, at most; 2,000 when absent, or what the detector's spec says.");

    private readonly Option<string?> weights = new("--weights", "-w") { HelpName = "FILE", Description = "Weights of the detector." };

    private readonly Option<string> width = CommonOptions.Checked<string>(
        "--width", "N|own", "Selective search: columns that images are resized to; 500 when absent.", "must be a whole number of at least 1, or own",
        text => text == Own || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= 1) ? text : null!);

    private readonly Option<int?> scale = CommonOptions.Count(
        "--scale", "K", "Selective search: smallest scale of its first segments; 150 when absent. R-CNN's 50 finds two to four times as many regions in three times the time.");

    private readonly Option<int?> side = CommonOptions.Count("--min-side", "N", "Selective search: narrower and lower boxes are left out, in pixels of the resized image; 20 when absent.");

    private readonly Option<bool> quality = new("--quality") { Description = "Selective search: more colour spaces, scales and similarities; many times as long." };

    private readonly Option<long?> seed = CommonOptions.Seed("Selective search: seed of the order; 1 when absent.");

    public ProposeVerb(Session session)
        : base(session, "propose", "Propose regions in annotated images, for detectors that are given them, and tell how many objects they cover.")
    {
        Arguments.Add(source);
        foreach (var option in new Option[] { data, splits, target, keep, weights, width, scale, side, quality, seed, CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json })
        {
            Options.Add(option);
        }
    }

    private Option[] OfSearch => [width, scale, side, quality, seed];

    private Option[] OfDetector => [weights, CommonOptions.Device, CommonOptions.Threads];

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("propose selective-search --data raccoon --out proposals.safetensors", "of the splits train and val"),
        ("propose selective-search --data VOC2007 --split trainval --split test --scale 50 --out voc.safetensors", "with R-CNN's segments"),
        ("propose raccoon-faster-rcnn --weights run/best.safetensors --data raccoon --keep 300 --out proposals.safetensors", "those of a trained detector"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(source);
        var file = parsed.GetRequiredValue(target);
        if (!Path.GetExtension(file).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--out {file}: proposals are written as .safetensors.");
        }
        var isSearch = name == RegionSource.SelectiveSearchName;
        if ((isSearch ? OfDetector : OfSearch).FirstOrDefault(option => CommonOptions.IsGiven(parsed, option)) is { } misplaced)
        {
            throw new UsageException(isSearch ? $"{misplaced.Name} belongs to a detector; selective search has none." : $"{misplaced.Name} belongs to selective search, not to {name}.");
        }
        var (folder, parts) = (parsed.GetRequiredValue(data), parsed.GetRequiredValue(splits).Distinct(StringComparer.Ordinal).ToArray());
        using var proposer = isSearch ? OfSelectiveSearch(parsed) : OfModel(parsed, name);
        var datasets = parts.Select(part => (Name: part, Dataset: DetectionDatasets.Load(folder, part))).ToArray();
        var asJson = parsed.GetValue(CommonOptions.Json);
        var all = new ImageProposals { Origin = proposer.Origin };
        var documents = new List<SplitDocument>();
        foreach (var (part, dataset) in datasets)
        {
            foreach (var problem in dataset.Problems)
            {
                Terminal.Warning(problem.ToString());
            }
            var clock = Stopwatch.StartNew();
            StoredProposals? found = null;
            Terminal.WithProgress($"proposing in {part}", dataset.Samples.Length, asJson, step => found = proposer.Compute(dataset, new EachStep(step), Session.Interrupted));
            var seconds = clock.Elapsed.TotalSeconds;
            all.Add(dataset, found!);
            documents.Add(new SplitDocument(
                part, dataset.Samples.Length, found!.Scores.Sum(of => of.Length), seconds / Math.Max(1, dataset.Samples.Length), Recall(dataset, found)));
        }
        all.Write(file);
        var document = new Document(proposer.Origin, folder, file, documents);
        if (asJson)
        {
            Terminal.Json(document);
            return ExitCode.Done;
        }
        foreach (var split in documents)
        {
            Terminal.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{folder}, {split.Split}: {Figures.Plural(split.Proposals, "proposal")} of {Figures.Plural(split.Images, "image")}, {split.Proposals / (double)Math.Max(1, split.Images):0} of each, {split.SecondsPerImage:0.00} s an image"));
            foreach (var table in new ProposalDocument(split.Recall).ToTables())
            {
                Terminal.Show(table);
            }
        }
        Terminal.Line($"proposals: {file}");
        return ExitCode.Done;
    }

    private Proposer OfSelectiveSearch(ParseResult parsed)
    {
        var defaults = new SelectiveSearch();
        var search = defaults with
        {
            Width = parsed.GetValue(width) is not { } columns ? defaults.Width : columns == Own ? null : int.Parse(columns, CultureInfo.InvariantCulture),
            Quality = parsed.GetValue(quality),
            Scale = parsed.GetValue(scale) ?? defaults.Scale,
            MinimumSide = parsed.GetValue(side) ?? defaults.MinimumSide,
            Keep = parsed.GetValue(keep) ?? defaults.Keep,
            Seed = parsed.GetValue(seed) ?? defaults.Seed,
        };
        return new Proposer(RegionSource.Describe(search), search.Compute);
    }

    private Proposer OfModel(ParseResult parsed, string name)
    {
        var models = Session.Models(parsed);
        var entry = models.Find(name);
        if (entry.Card.Kind != ModelKind.TwoStage || models.Compile(entry).TwoStage is not { GivenRegions: null })
        {
            throw new UsageException($"{entry.Card.Name} proposes no regions; {RegionSource.SelectiveSearchName} does, and two-stage detectors with 'proposals' of their own.");
        }
        var file = parsed.GetValue(weights) ?? throw new UsageException($"{entry.Card.Name} proposes regions with --weights: give them too.");
        ComputeThreads.Set(parsed.GetValue(CommonOptions.Threads));
        var device = DeviceChoice.Open(parsed.GetRequiredValue(CommonOptions.Device));
        var module = entry.Create();
        try
        {
            WeightLoader.Load(module, file);
            module.eval();
            module.to(device);
            var detector = module as TwoStageDetector ?? throw new FailureException($"{entry.Card.Name}: its class {module.GetType()} does not propose regions.");
            var limits = detector.Head.Proposals!.Selection;
            var selection = parsed.GetValue(keep) is { } count ? limits with { Keep = count } : limits;
            return new Proposer(
                $"{entry.Card.Name}, {file}, at most {Figures.Count(selection.Keep)}",
                (dataset, progress, cancellation) => StoredProposals.Compute(detector, dataset, selection, progress, cancellation), module);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    private static IReadOnlyList<ProposalCountDocument> Recall(DetectionDataset dataset, StoredProposals proposals)
    {
        var objects = dataset.Samples.SelectMany((sample, i) => sample.Boxes.Where(box => !box.Crowd).Select(box => new LabelledObject(i, box.ClassIndex, box.Box, box.Difficult)));
        var found = proposals.Boxes.SelectMany((_, i) => proposals.BoxesOf(i).Select((box, k) => new ScoredDetection(i, 0, proposals.Scores[i][k], box)));
        return ProposalDocument.Of(new ProposalRecall().Evaluate(dataset.Samples.Length, [.. objects], [.. found])).Counts;
    }

    // What proposes, and what to free afterwards.
    private sealed record Proposer(
        string Origin, Func<DetectionDataset, IProgress<int>?, CancellationToken, StoredProposals> Compute, torch.nn.Module? Module = null) : IDisposable
    {
        public void Dispose() => Module?.Dispose();
    }

    private sealed record SplitDocument(string Split, int Images, int Proposals, double SecondsPerImage, IReadOnlyList<ProposalCountDocument> Recall);

    private sealed record Document(string Source, string Data, string File, IReadOnlyList<SplitDocument> Splits);
}
