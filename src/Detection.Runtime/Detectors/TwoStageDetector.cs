// Base of generated two-stage detectors: what the generated networks over images and over regions leave open, from images to detections.
using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Base of generated two-stage detectors (Girshick, Fast R-CNN; Ren et al., Faster R-CNN). The derived class says what runs once per image
/// (<see cref="Extract"/>) and what runs once per region (<see cref="Classify"/>).
/// </summary>
public abstract class TwoStageDetector : nn.Module<Tensor, TwoStageOutput>, IRegionDetector
{
    private readonly ImagePreprocessor preprocessor;
    private readonly DeviceTensors<string> anchors = new();

    /// <summary>Creates the part that is not generated; the derived class registers the layers.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="card">Constants of the spec.</param>
    /// <param name="head">Proposals, stages and post-processing.</param>
    /// <exception cref="ArgumentException">The head has no stage.</exception>
    protected TwoStageDetector(string name, ModelCard card, TwoStageHead head)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(head);
        if (head.Stages.IsDefaultOrEmpty)
        {
            throw new ArgumentException($"{card.Name} has no network over regions.", nameof(head));
        }
        Card = card;
        Head = head;
        preprocessor = new ImagePreprocessor(card.Input, card.Preprocessing);
    }

    /// <inheritdoc/>
    public ModelCard Card { get; }

    /// <summary>Proposals, stages and post-processing.</summary>
    public TwoStageHead Head { get; }

    /// <summary>The machines that score regions; null where the network's own scores count.</summary>
    public virtual SupportVectorMachines? Machines => null;

    /// <summary>The networks over images.</summary>
    /// <param name="images">[N, 3, H, W].</param>
    /// <returns>Feature maps and the proposals' raw outputs, owned by the caller or its dispose scope.</returns>
    public abstract ImageFeatures Extract(Tensor images);

    /// <summary>A network over regions.</summary>
    /// <param name="stage">Which of <see cref="TwoStageHead.Stages"/>.</param>
    /// <param name="features">What <see cref="Extract"/> gave.</param>
    /// <param name="regions">[R, 5] image index, x1, y1, x2, y2 in pixels of the network's input; R may be 0.</param>
    /// <returns>Raw outputs for the R regions, owned by the caller or its dispose scope.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stage.</exception>
    public abstract RegionOutput Classify(int stage, ImageFeatures features, Tensor regions);

    /// <summary>The anchors that proposals are coded against, cached per feature sizes and device.</summary>
    /// <param name="output">Outputs of the region proposal network.</param>
    /// <returns>[A, 4] x1, y1, x2, y2 in pixels of the network's input, by level, row, column, anchor. Shared: not to be disposed or changed.</returns>
    /// <exception cref="InvalidOperationException">The detector proposes no regions.</exception>
    /// <exception cref="ArgumentException">There are not as many feature maps as levels.</exception>
    public Tensor AnchorsFor(ProposalOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var levels = RequireProposals().Levels;
        if (output.FeatureSizes.Count != levels.Length)
        {
            throw new ArgumentException($"{output.FeatureSizes.Count} feature maps for {levels.Length} levels of anchors.", nameof(output));
        }
        // Levels that divide the input stand above a first one whose stride divides every input (the compiler checks that).
        var (height, width) = (output.FeatureSizes[0].Height * levels[0].Stride, output.FeatureSizes[0].Width * levels[0].Stride);
        return anchors.For(
            string.Join(' ', output.FeatureSizes), output.Deltas.device, 4,
            () => [.. levels.Zip(output.FeatureSizes, (level, size) => level.Over(size, height, width)).SelectMany(boxes => boxes)]);
    }

    /// <summary>Regions of every image; no gradient passes.</summary>
    /// <param name="features">What <see cref="Extract"/> gave.</param>
    /// <param name="images">The images, without padding.</param>
    /// <param name="selection">Limits of another phase, such as training; those of the head when null.</param>
    /// <returns>Regions, owned by the current dispose scope.</returns>
    /// <exception cref="InvalidOperationException">The detector proposes no regions.</exception>
    public Proposals Propose(ImageFeatures features, IReadOnlyList<BatchImage> images, ProposalSelection? selection = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        var head = RequireProposals();
        var output = features.Proposals ?? throw new InvalidOperationException($"{Card.Name} gave no outputs to propose regions from.");
        long[]? counts = head.Levels.Length == 1
            ? null
            : [.. head.Levels.Zip(output.FeatureSizes, (level, size) => (long)size.Height * size.Width * level.Anchors.Length)];
        return (selection ?? head.Selection).Select(AnchorsFor(output), output.Deltas, output.Objectness, images, counts);
    }

    /// <summary>The regions of the next stage of a cascade: the box of each region's best class, inside its image. No gradient passes.</summary>
    /// <param name="stage">The stage that gave the outputs.</param>
    /// <param name="output">Its outputs.</param>
    /// <param name="regions">[R, 5] the regions they are of.</param>
    /// <param name="images">The images, without padding.</param>
    /// <returns>[R, 5], owned by the current dispose scope.</returns>
    public Tensor Refine(int stage, RegionOutput output, Tensor regions, IReadOnlyList<BatchImage> images)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(regions);
        return StageDecoder.Next(Head, stage, output, images, regions);
    }

    /// <summary>Proposes regions, and finds no objects in them. The model must be in evaluation mode.</summary>
    /// <param name="images">Images of any sizes.</param>
    /// <param name="selection">Limits of another phase, such as training; those of the head when null.</param>
    /// <param name="batchSize">Images that go through the network at once.</param>
    /// <returns>Regions of each image, best first: edges in pixels of the original image, and any monotonous score.</returns>
    /// <exception cref="InvalidOperationException">The model is in training mode, or it proposes no regions.</exception>
    public IReadOnlyList<ImmutableArray<ProposedRegion>> Propose(IReadOnlyList<RgbImage> images, ProposalSelection? selection = null, int batchSize = 8)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        RequireProposals();
        var convention = (selection ?? RequireProposals().Selection).Coder.Convention;
        return InGroups(preprocessor, images, batchSize, (input, _, batch, sizes) =>
            StageDecoder.InOriginals(Propose(Extract(input), [.. sizes.Select(size => size.InBatch)], selection), batch, sizes, convention));
    }

    /// <summary>A whole pass over images of the input's full size: features, proposals, all stages.</summary>
    /// <param name="input">[N, 3, H, W].</param>
    /// <returns>Scored boxes, owned by the caller or its dispose scope.</returns>
    /// <exception cref="InvalidOperationException">The detector proposes no regions.</exception>
    public override TwoStageOutput forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Infer(input, [.. Enumerable.Repeat(new BatchImage(input.shape[2], input.shape[3]), (int)input.shape[0])]);
    }

    /// <summary>A whole pass over images that may be padded, on proposals of the detector's own or on given regions.</summary>
    /// <param name="input">[N, 3, H, W].</param>
    /// <param name="images">The N images, without padding.</param>
    /// <param name="regions">[R, 5] regions, grouped by image; what the detector proposes when null.</param>
    /// <param name="selection">Limits of the proposals; those of the head when null.</param>
    /// <returns>Scored boxes, owned by the caller or its dispose scope.</returns>
    /// <exception cref="InvalidOperationException">There are no regions: the detector proposes none, and none are given.</exception>
    public TwoStageOutput Infer(Tensor input, IReadOnlyList<BatchImage> images, Tensor? regions = null, ProposalSelection? selection = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(images);
        if (regions is null)
        {
            RequireProposals();
        }
        using var scope = NewDisposeScope();
        var features = Extract(input);
        return StageDecoder.Run(this, features, images, regions ?? Propose(features, images, selection).Regions).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model is in training mode, or it proposes no regions.</exception>
    public IReadOnlyList<ImageDetections> Detect(IReadOnlyList<RgbImage> images, DetectOptions? options = null)
    {
        RequireProposals();
        return DetectIn(images, null, options);
    }

    /// <summary>
    /// Finds objects in given regions, and proposes none. May be called from several threads at once. The model must be in evaluation mode.
    /// </summary>
    /// <param name="images">Images of any sizes; none gives an empty answer.</param>
    /// <param name="proposals">Regions of each image, in pixels of the original image.</param>
    /// <param name="options">Overrides of the spec's thresholds.</param>
    /// <returns>One entry per image, in order, boxes in pixels of the original image.</returns>
    /// <exception cref="ArgumentException">There is not one list of proposals for each image.</exception>
    /// <exception cref="InvalidOperationException">The model is in training mode.</exception>
    public IReadOnlyList<ImageDetections> Detect(
        IReadOnlyList<RgbImage> images, IReadOnlyList<IReadOnlyList<Box>> proposals, DetectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(proposals);
        if (images is not null && proposals.Count != images.Count)
        {
            throw new ArgumentException($"Proposals of {proposals.Count} images for {images.Count} images.", nameof(proposals));
        }
        return DetectIn(images!, proposals, options);
    }

    /// <summary>Frees the layers and the cached anchors.</summary>
    /// <param name="disposing">False when called by a finaliser.</param>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            anchors.Dispose();
        }
        base.Dispose(disposing);
    }

    private ProposalHead RequireProposals() => Head.Proposals
        ?? throw new InvalidOperationException($"{Card.Name} proposes no regions: give them to Detect, or regions to Infer.");

    private IReadOnlyList<ImageDetections> DetectIn(IReadOnlyList<RgbImage> images, IReadOnlyList<IReadOnlyList<Box>>? proposals, DetectOptions? options) =>
        Head.MultiScale is { } settings && options is not { AtOneSize: true }
            ? new MultiScaleTest(this, settings).Detect(images, proposals, options)
            : DetectAt(preprocessor, images, proposals, options ?? new DetectOptions());

    /// <summary>Detections with images that another preprocessor brings to their size.</summary>
    internal IReadOnlyList<ImageDetections> DetectAt(
        ImagePreprocessor sized, IReadOnlyList<RgbImage> images, IReadOnlyList<IReadOnlyList<Box>>? proposals, DetectOptions options)
    {
        ArgumentNullException.ThrowIfNull(images);
        var rules = options.Over(Head.PostProcessing);
        var candidates = CandidatesAt(sized, images, proposals, rules.ScoreThreshold, options.BatchSize);
        return [.. images.Zip(candidates, (image, boxes) => StageDecoder.Selected(image, boxes, rules, Card, options.KeepCandidateScores))];
    }

    /// <summary>All scored boxes of images above a score, in pixels of the originals, with images that a preprocessor brings to their size.</summary>
    internal IReadOnlyList<List<ScoredBox>> CandidatesAt(
        ImagePreprocessor sized, IReadOnlyList<RgbImage> images, IReadOnlyList<IReadOnlyList<Box>>? proposals, float scoreThreshold, int batchSize)
    {
        var convention = Head.Stages[^1].Coder.Convention;
        return InGroups(sized, images, batchSize, (input, members, batch, sizes) =>
        {
            var regions = proposals is null
                ? null
                : StageDecoder.Regions([.. members.Select(i => proposals[i])], sizes, Head.Stages[0].Coder.Convention, input.device);
            var output = Infer(input, [.. sizes.Select(size => size.InBatch)], regions);
            return StageDecoder.Candidates(output, batch, sizes, convention, scoreThreshold);
        });
    }

    /// <summary>What brings an image to one of several sizes: sides of the input, or a shorter side with a most for the longer one where images keep their aspect ratio.</summary>
    internal ImagePreprocessor PreprocessorOf(TestScale scale, InputSize input) => Card.Preprocessing.ShortSide is null
        ? new ImagePreprocessor(input, Card.Preprocessing)
        : new ImagePreprocessor(Card.Input, Card.Preprocessing with { ShortSide = scale.Shorter, LongSide = scale.Longer });

    /// <summary>What the last stage says of regions of an image, in pixels of the original. The model must be in evaluation mode.</summary>
    internal T LookAt<T>(RgbImage image, IReadOnlyList<Box> regions, Func<RegionOutput, T> read) => InGroups<T>(preprocessor, [image], 1, (input, _, _, sizes) =>
    {
        var rows = StageDecoder.Regions([regions], sizes, Head.Stages[^1].Coder.Convention, input.device);
        return [read(StageDecoder.Classify(this, Head.Stages.Length - 1, Extract(input), rows, keepsFeatures: true))];
    })[0];

    // Images that fill the same input go together; others would change what padding does to a result.
    private T[] InGroups<T>(
        ImagePreprocessor sized, IReadOnlyList<RgbImage> images, int batchSize, Func<Tensor, int[], RgbImage[], ResizedImage[], IReadOnlyList<T>> pass)
    {
        var results = new T[images.Count];
        foreach (var places in Enumerable.Range(0, images.Count).Chunk(batchSize))
        {
            foreach (var group in places.GroupBy(i => InputOf(sized.SizeOf(images[i]))))
            {
                using var scope = InferenceScope.Enter(this);
                int[] members = [.. group];
                RgbImage[] batch = [.. members.Select(i => images[i])];
                var input = sized.ToTensor(batch, group.Key.Height, group.Key.Width, InferenceScope.DeviceOf(this));
                var found = pass(input, members, batch, [.. batch.Select(sized.SizeOf)]);
                for (var i = 0; i < members.Length; i++)
                {
                    results[members[i]] = found[i];
                }
            }
        }
        return results;
    }

    // Without an aspect ratio to keep, the input's size is the spec's, multiple or not.
    private (int Height, int Width) InputOf(ResizedImage size) =>
        Card.Preprocessing.ShortSide is null ? (size.Height, size.Width) : size.PaddedTo(Card.PadToMultipleOf);
}
