// A detector on a data set: decode ahead on other threads, detect in batches, score.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>How to evaluate a detector.</summary>
public sealed record DetectorEvaluationOptions
{
    /// <summary>The rules of scoring.</summary>
    public VocAveragePrecision Rules { get; init; } = new();

    /// <summary>Overrides of the spec's thresholds; its batch size counts here too.</summary>
    public DetectOptions Detect { get; init; } = new();

    /// <summary>Regions of every image, for a detector that is given them (Fast R-CNN, R-CNN); null for one that proposes its own.</summary>
    public StoredProposals? Proposals { get; init; }

    /// <summary>Overrides <see cref="PostProcessing.PerImageOnAverage"/> of the detector's rules.</summary>
    public double? PerImageOnAverage { get; init; }

    /// <summary>Receives the number of images done, on the calling thread.</summary>
    public IProgress<int>? Progress { get; init; }

    /// <summary>Stops between two batches.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>What an evaluation found, image by image.</summary>
/// <param name="Scores">The scores.</param>
/// <param name="Detections">What was found in each sample, in their order; empty for one that could not be read.</param>
/// <param name="Problems">Images that could not be read; their objects count as not found.</param>
public sealed record DetectorEvaluationResult(
    DetectionScores Scores, ImmutableArray<ImageDetections> Detections, ImmutableArray<DataProblem> Problems)
{
    /// <summary>Where the rules ask for so many boxes of a class on average: each class's threshold, for this data set; null otherwise.</summary>
    public ImmutableArray<float>? ClassThresholds { get; init; }
}

/// <summary>Evaluates detectors.</summary>
public static class DetectorEvaluation
{
    /// <summary>Runs a detector over a data set and scores what it finds. Crowds count as difficult objects.</summary>
    /// <param name="detector">The detector, in evaluation mode.</param>
    /// <param name="dataset">Images and objects.</param>
    /// <param name="options">Thresholds and rules.</param>
    /// <exception cref="ArgumentException">The data set's classes are not the detector's; or proposals are of another number of images, or not for this detector.</exception>
    /// <exception cref="InvalidOperationException">The detector does not say which boxes entered suppression, which a number of boxes on average needs.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DetectorEvaluationResult Run(IDetector detector, DetectionDataset dataset, DetectorEvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(dataset);
        options ??= new DetectorEvaluationOptions();
        if (!detector.Card.ClassNames.IsEmpty && !detector.Card.ClassNames.SequenceEqual(dataset.ClassNames))
        {
            throw new ArgumentException(
                $"{detector.Card.Name} knows the classes {string.Join(", ", detector.Card.ClassNames)}; the data set has {string.Join(", ", dataset.ClassNames)}.",
                nameof(dataset));
        }
        var detect = Detecting(detector, dataset, options);
        var rules = RulesOf(detector, options);
        var thresholds = rules.PerImageOnAverage is { } perImage ? new AdaptiveThresholds(dataset.ClassNames.Length, perImage) : null;
        // Which boxes of all classes are the best of an image is only known behind the thresholds.
        var chosen = thresholds is null ? options.Detect : options.Detect with { KeepCandidateScores = true, DetectionsPerImage = int.MaxValue };
        var results = new ImageDetections[dataset.Samples.Length];
        var problems = ImmutableArray.CreateBuilder<DataProblem>();
        var batches = dataset.Samples.Chunk(options.Detect.BatchSize).ToArray();
        var ahead = batches.Length > 0 ? Task.Run(() => Decode(batches[0])) : null;
        var done = 0;
        for (var i = 0; i < batches.Length; i++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var images = ahead!.GetAwaiter().GetResult();
            var next = i + 1;
            ahead = next < batches.Length ? Task.Run(() => Decode(batches[next])) : null;
            var start = done;
            int[] readable = [.. Enumerable.Range(0, images.Length).Where(k => images[k].Image is not null)];
            var found = readable.Length == 0 ? [] : detect([.. readable.Select(k => images[k].Image!)], [.. readable.Select(k => start + k)], chosen);
            var position = 0;
            foreach (var (sample, (image, problem)) in batches[i].Zip(images))
            {
                results[done++] = image is null ? new ImageDetections(sample.Width, sample.Height, []) : found[position++];
                if (problem is not null)
                {
                    problems.Add(problem);
                }
            }
            foreach (var image in thresholds is null ? [] : found)
            {
                thresholds!.Add(image.Candidates ?? throw new InvalidOperationException(
                    $"{detector.GetType().Name} does not say which boxes enter suppression: no threshold can be found that leaves {rules.PerImageOnAverage} on average."));
            }
            options.Progress?.Report(done);
        }
        var perClass = thresholds?.For(done);
        if (perClass is { } least)
        {
            results = [.. results.Select(image => AdaptiveThresholds.Apply(image, least, rules.DetectionsPerImage))];
        }
        return new DetectorEvaluationResult(Score(dataset, results, options.Rules), [.. results], problems.ToImmutable()) { ClassThresholds = perClass };
    }

    private static PostProcessing RulesOf(IDetector detector, DetectorEvaluationOptions options)
    {
        var rules = options.Detect.Over(detector switch
        {
            TwoStageDetector twoStage => twoStage.Head.PostProcessing,
            OneStageDetector oneStage => oneStage.Head.PostProcessing,
            _ => new PostProcessing(),
        });
        return options.PerImageOnAverage is { } perImage ? rules with { PerImageOnAverage = perImage } : rules;
    }

    // The images, their numbers in the data set, and the options.
    private static Func<RgbImage[], int[], DetectOptions, IReadOnlyList<ImageDetections>> Detecting(IDetector detector, DetectionDataset dataset, DetectorEvaluationOptions options)
    {
        if (options.Proposals is not { } proposals)
        {
            return (images, _, chosen) => detector.Detect(images, chosen);
        }
        if (detector is not IRegionDetector ofRegions || proposals.Boxes.Length != dataset.Samples.Length)
        {
            throw new ArgumentException(
                detector is IRegionDetector ? $"Proposals of {proposals.Boxes.Length} images for {dataset.Samples.Length} images." : $"{detector.Card.Name} looks at no regions.",
                nameof(options));
        }
        return (images, places, chosen) => ofRegions.Detect(images, [.. places.Select(proposals.BoxesOf)], chosen);
    }

    /// <summary>Scores detections that are there already.</summary>
    /// <param name="dataset">Images and objects.</param>
    /// <param name="detections">What was found in each sample, in their order.</param>
    /// <param name="rules">The rules of scoring.</param>
    /// <exception cref="ArgumentException">There are not as many detections as samples.</exception>
    public static DetectionScores Score(DetectionDataset dataset, IReadOnlyList<ImageDetections> detections, VocAveragePrecision? rules = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(detections);
        var (objects, found) = Flatten(dataset, detections);
        return (rules ?? new VocAveragePrecision()).Evaluate(dataset.ClassNames, detections.Count, objects, found);
    }

    /// <summary>Objects and detections of all images in one list each; crowds are difficult objects.</summary>
    /// <exception cref="ArgumentException">There are not as many detections as samples.</exception>
    internal static (List<LabelledObject> Objects, List<ScoredDetection> Found) Flatten(DetectionDataset dataset, IReadOnlyList<ImageDetections> detections)
    {
        if (detections.Count != dataset.Samples.Length)
        {
            throw new ArgumentException($"{detections.Count} detections for {dataset.Samples.Length} images.", nameof(detections));
        }
        var objects = new List<LabelledObject>();
        var found = new List<ScoredDetection>();
        for (var i = 0; i < detections.Count; i++)
        {
            foreach (var box in dataset.Samples[i].Boxes)
            {
                objects.Add(new LabelledObject(i, box.ClassIndex, box.Box, box.Difficult || box.Crowd));
            }
            foreach (var item in detections[i].Objects)
            {
                found.Add(new ScoredDetection(i, item.ClassIndex, item.Score, item.Box));
            }
        }
        return (objects, found);
    }

    private static (RgbImage? Image, DataProblem? Problem)[] Decode(DataSample[] samples)
    {
        var images = new (RgbImage?, DataProblem?)[samples.Length];
        Parallel.For(0, samples.Length, i =>
        {
            try
            {
                images[i] = (RgbImage.Load(samples[i].ImagePath), null);
            }
            catch (ImageReadException e)
            {
                images[i] = (null, new DataProblem(samples[i].ImagePath, $"{e.Message} Nothing was detected in it.", Skipped: true));
            }
        });
        return images;
    }
}
