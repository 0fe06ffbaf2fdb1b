// Base of generated one-stage detectors: what the generated forward pass leaves open, from images to detections.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Base of generated one-stage detectors.</summary>
public abstract class OneStageDetector : nn.Module<Tensor, OneStageOutput>, IDetector
{
    private readonly ImagePreprocessor preprocessor;

    /// <summary>Creates the detector's framework-independent part; the derived class registers the layers.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="card">Constants of the spec.</param>
    /// <param name="head">Anchors, coding and post-processing.</param>
    protected OneStageDetector(string name, ModelCard card, OneStageHead head)
        : base(name)
    {
        Card = card;
        Head = head;
        DefaultBoxes = new DefaultBoxes(head.Levels, head.ClipAnchors, head.Coder.NeedsCells);
        preprocessor = new ImagePreprocessor(card.Input, card.Preprocessing);
    }

    /// <inheritdoc/>
    public ModelCard Card { get; }

    /// <summary>Anchors, coding and post-processing.</summary>
    public OneStageHead Head { get; }

    /// <summary>The default boxes, cached per feature sizes and device.</summary>
    public DefaultBoxes DefaultBoxes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ImageDetections> Detect(IReadOnlyList<RgbImage> images, DetectOptions? options = null) =>
        Head.MultiScale is { } settings && options is not { AtOneSize: true }
            ? new MultiScaleTest(this, settings).Detect(images, options)
            : Detect(images, Card.Input, options);

    /// <summary>Finds objects with an input of another size than the one that the model was declared for; see <see cref="IDetector.Detect"/>.</summary>
    /// <param name="images">Images of any sizes.</param>
    /// <param name="input">A size that the spec allows; images are brought to it.</param>
    /// <param name="options">Overrides of the spec's thresholds.</param>
    /// <returns>One entry per image, in order, boxes in pixels of the original image.</returns>
    public IReadOnlyList<ImageDetections> Detect(IReadOnlyList<RgbImage> images, InputSize input, DetectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(input);
        var sized = input == Card.Input ? preprocessor : new ImagePreprocessor(input, Card.Preprocessing);
        options ??= new DetectOptions();
        var rules = options.Over(Head.PostProcessing);
        var results = new List<ImageDetections>(images.Count);
        foreach (var batch in images.Chunk(options.BatchSize))
        {
            using var scope = InferenceScope.Enter(this);
            var output = call(sized.ToTensor(batch, InferenceScope.DeviceOf(this)));
            results.AddRange(OneStageDecoder.Decode(this, output, input, rules, batch, options.KeepCandidateScores));
        }
        return results;
    }

    /// <summary>Boxes that raw outputs stand for.</summary>
    /// <param name="output">Outputs of the forward pass.</param>
    /// <param name="input">Size of the pass's input where it was not <see cref="ModelCard.Input"/>.</param>
    /// <returns>[N, A, 4] corner form as fractions of the input's width and height, not clipped.</returns>
    public Tensor DecodeBoxes(OneStageOutput output, InputSize? input = null)
    {
        using var scope = NewDisposeScope();
        return Head.Coder.Decode(output.BoxDeltas, AnchorsOf(output, input)).MoveToOuterDisposeScope();
    }

    /// <summary>What the outputs of the last step are coded against: the default boxes, or those that the first of two steps made of them.</summary>
    /// <param name="output">Outputs of the forward pass.</param>
    /// <param name="input">Size of the pass's input where it was not <see cref="ModelCard.Input"/>.</param>
    /// <returns>
    /// [A, 4] centre-size form as fractions of the input, shared and not to be changed; [N, A, 4], without a gradient, from a cascade of two steps.
    /// </returns>
    public Tensor AnchorsOf(OneStageOutput output, InputSize? input = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        var boxes = DefaultBoxes.For(output.FeatureSizes, input ?? Card.Input, output.BoxDeltas.device);
        if (Head.Refinement is not { Cascade: true } || output.Refinement is not { } first)
        {
            return boxes;
        }
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var corners = Head.Coder.Decode(first.Deltas.detach(), boxes);
        var (low, high) = (corners.narrow(-1, 0, 2), corners.narrow(-1, 2, 2));
        return cat([(low + high) * 0.5, high - low], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Which default boxes the first of two steps takes for background, so that they count for nothing in the second.</summary>
    /// <param name="output">Outputs of the forward pass.</param>
    /// <returns>[N, A] bool; null for a detector that filters none.</returns>
    public Tensor? FilteredAnchors(OneStageOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (Head.Refinement is not { FilterThreshold: < 1 } refinement || output.Refinement is not { } first)
        {
            return null;
        }
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        return first.ObjectnessLogits.detach().softmax(-1).select(-1, 1).lt(1 - refinement.FilterThreshold).MoveToOuterDisposeScope();
    }

    /// <summary>Scores that raw outputs stand for.</summary>
    /// <param name="output">Outputs of the forward pass.</param>
    /// <returns>[N, A, classes without background] in 0..1.</returns>
    public Tensor Scores(OneStageOutput output)
    {
        using var scope = NewDisposeScope();
        var scores = Head.ScoreActivation.Scores(output.ClassLogits);
        if (Head.HasObjectness && output.Objectness is { } objectness)
        {
            scores *= objectness.sigmoid();
        }
        if (FilteredAnchors(output) is { } filtered)
        {
            scores = scores.masked_fill(filtered.unsqueeze(-1), 0);
        }
        return scores.MoveToOuterDisposeScope();
    }

    /// <summary>Frees the layers and the cached default boxes.</summary>
    /// <param name="disposing">False when called by a finaliser.</param>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            DefaultBoxes.Dispose();
        }
        base.Dispose(disposing);
    }
}
