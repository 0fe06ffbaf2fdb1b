// What matching found, in the form in which the loss wants it: few positives, listed; everything else only counted and masked.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Targets of a batch. The tensors lie on the anchors' device and belong to the dispose scope in which they were made.</summary>
public sealed class MatchedTargets
{
    private readonly bool[] excluded;
    private readonly Device device;
    private readonly GroundTruth truth;
    private readonly (int Image, int Object)[] matches;
    private Tensor? excludedTensor;

    private MatchedTargets(
        GroundTruth truth, int anchors, bool[] excluded, int[] positives, int[] candidates, (int Image, int Object)[] matches, Device device)
    {
        (Images, Anchors, this.excluded, PositivesPerImage, CandidatesPerImage) = (truth.Images, anchors, excluded, positives, candidates);
        (this.truth, this.matches, this.device) = (truth, matches, device);
        Positives = positives.Sum();
    }

    /// <summary>N.</summary>
    public int Images { get; }

    /// <summary>A.</summary>
    public int Anchors { get; }

    /// <summary>P: anchors that stand for an object, in the whole batch.</summary>
    public int Positives { get; }

    /// <summary>[P] int64, positions of the positives among all N * A anchors, ascending.</summary>
    public required Tensor PositiveIndices { get; init; }

    /// <summary>[P] int64, foreground class of each positive, counted from 0.</summary>
    public required Tensor PositiveClasses { get; init; }

    /// <summary>[P, 4] float32, what the box outputs of the positives should be.</summary>
    public required Tensor DeltaTargets { get; init; }

    /// <summary>[P, 4] float32, the positives' objects, corner form, as fractions of the image.</summary>
    public required Tensor PositiveBoxes { get; init; }

    /// <summary>[P, 4] float32, the positives themselves, centre-size form, as fractions of the input.</summary>
    public required Tensor PositiveAnchors { get; init; }

    /// <summary>Per image, the number of positives.</summary>
    public IReadOnlyList<int> PositivesPerImage { get; }

    /// <summary>Per image, the number of anchors that are background.</summary>
    public IReadOnlyList<int> CandidatesPerImage { get; }

    /// <summary>[N, A] bool, true where an anchor is not background: positives and those that count for nothing. Made when first asked for, in the dispose scope of who asks; again behind it.</summary>
    public Tensor Excluded => excludedTensor is { IsInvalid: false } made ? made : excludedTensor = tensor(excluded, [Images, Anchors], device: device);

    /// <summary>Corners of all objects of an image as fractions of it, 4 numbers each.</summary>
    internal float[] ObjectsOf(int image) => truth.Boxes[image];

    /// <summary>Further labels of the positives' objects.</summary>
    /// <param name="name">Name of the label.</param>
    /// <param name="values">V: numbers per object.</param>
    /// <returns>[P, V] float32, NaN for what is not labelled.</returns>
    /// <exception cref="ArgumentException">The batch has no such label, or with another number of values.</exception>
    public Tensor LabelsOfPositives(string name, int values)
    {
        if (!truth.Labels.TryGetValue(name, out var perImage))
        {
            throw new ArgumentException($"The batch has no labels '{name}'; it has: {string.Join(", ", truth.Labels.Keys)}.", nameof(name));
        }
        var result = new float[matches.Length * values];
        for (var i = 0; i < matches.Length; i++)
        {
            var (image, found) = matches[i];
            if (perImage[image].Length != truth.Classes[image].Length * values)
            {
                throw new ArgumentException(
                    $"Image {image} has {perImage[image].Length} numbers of '{name}' for {truth.Classes[image].Length} objects; {values} each were expected.", nameof(values));
            }
            perImage[image].AsSpan(found * values, values).CopyTo(result.AsSpan(i * values));
        }
        return matches.Length == 0 ? zeros(0, values, device: device) : tensor(result, [matches.Length, values], device: device);
    }

    /// <summary>All anchors, [A, 4] for every image or [N, A, 4], centre-size form, with the columns that the coder asks for behind; the matcher's, not to be disposed.</summary>
    public required Tensor AllAnchors { get; init; }

    /// <summary>The same with some of the positives; the others count for nothing.</summary>
    /// <param name="positives">Which, counted from 0, ascending.</param>
    internal MatchedTargets Only(int[] positives)
    {
        if (positives.Length == Positives)
        {
            return this;
        }
        var (perImage, kept) = (new int[Images], new (int Image, int Object)[positives.Length]);
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i] = matches[positives[i]];
            perImage[kept[i].Image]++;
        }
        using var rows = Longs([.. positives.Select(i => (long)i)], device);
        return new MatchedTargets(truth, Anchors, excluded, perImage, [.. CandidatesPerImage], kept, device)
        {
            PositiveIndices = PositiveIndices.index_select(0, rows),
            PositiveClasses = PositiveClasses.index_select(0, rows),
            PositiveBoxes = PositiveBoxes.index_select(0, rows),
            PositiveAnchors = PositiveAnchors.index_select(0, rows),
            DeltaTargets = DeltaTargets.index_select(0, rows),
            AllAnchors = AllAnchors,
        };
    }

    /// <summary>Whether an anchor is background.</summary>
    internal bool IsBackground(int flat) => !excluded[flat];

    // Anchors [A, ...] for all images, or [N, A, ...].
    internal static MatchedTargets Create(Tensor centerSize, int anchors, GroundTruth truth, BoxCoder coder, int[][] assigned)
    {
        var total = checked(assigned.Length * anchors);
        var excluded = new bool[total];
        var (perImage, candidates) = (new int[assigned.Length], new int[assigned.Length]);
        for (var image = 0; image < assigned.Length; image++)
        {
            var of = excluded.AsSpan(image * anchors, anchors);
            var match = assigned[image];
            for (var i = 0; i < match.Length; i++)
            {
                of[i] = match[i] != -1;
                perImage[image] += match[i] >= 0 ? 1 : 0;
                candidates[image] += match[i] == -1 ? 1 : 0;
            }
        }
        var positives = perImage.Sum();
        var (indices, inImage, classes, boxes) = (new long[positives], new long[positives], new long[positives], new float[4 * positives]);
        var matches = new (int Image, int Object)[positives];
        var next = 0;
        for (var image = 0; image < assigned.Length; image++)
        {
            var match = assigned[image];
            for (var i = 0; i < match.Length; i++)
            {
                if (match[i] is >= 0 and var found)
                {
                    indices[next] = (long)image * anchors + i;
                    inImage[next] = i;
                    matches[next] = (image, found);
                    classes[next] = truth.Classes[image][found];
                    truth.Boxes[image].AsSpan(4 * found, 4).CopyTo(boxes.AsSpan(4 * next));
                    next++;
                }
            }
        }
        using var gradients = no_grad();
        var device = centerSize.device;
        var matchedAnchors = centerSize.dim() == 2
            ? centerSize.index_select(0, Longs(inImage, device))
            : centerSize.flatten(0, 1).index_select(0, Longs(indices, device));
        var matchedBoxes = positives == 0 ? zeros(0, 4, device: device) : tensor(boxes, [positives, 4], device: device);
        return new MatchedTargets(truth, anchors, excluded, perImage, candidates, matches, device)
        {
            PositiveIndices = Longs(indices, device),
            PositiveClasses = Longs(classes, device),
            PositiveBoxes = matchedBoxes,
            PositiveAnchors = matchedAnchors,
            DeltaTargets = coder.Encode(matchedBoxes, matchedAnchors),
            AllAnchors = centerSize,
        };
    }

    // TorchSharp does not take empty arrays everywhere.
    internal static Tensor Longs(long[] values, Device device) =>
        values.Length == 0 ? zeros(0, ScalarType.Int64, device) : tensor(values, device: device);
}
