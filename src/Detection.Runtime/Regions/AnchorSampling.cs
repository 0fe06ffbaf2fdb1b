// Which anchors an RPN learns from in an image, drawn at random but the same for the same seed.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>The anchors of a batch that count in the RPN's loss.</summary>
/// <param name="Positive">[P] int64 rows image * A + anchor that stand for objects, image by image.</param>
/// <param name="Negative">[Q] int64 rows that stand for background, image by image.</param>
/// <param name="Boxes">[P, 4] the objects of the positive ones, in pixels.</param>
/// <param name="Anchors">[P, 4] the positive anchors, in pixels.</param>
public sealed record AnchorSample(Tensor Positive, Tensor Negative, Tensor Boxes, Tensor Anchors);

/// <summary>
/// Draws anchors of each image, at most half of them positive (Ren et al., Faster R-CNN, sections 3.1.2 and 3.1.3, and its code). Positive are the anchors
/// whose overlap with an object is at least <see cref="Positive"/>, and for each object those with its greatest overlap, all of equals; negative are the
/// others below <see cref="Negative"/>, unless they overlap an ignored object as much. An object that overlaps no anchor stays without; an image without
/// objects gives negatives only.
/// </summary>
public sealed record AnchorSampling
{
    /// <summary>Anchors of an image; fewer where there are not enough.</summary>
    public int PerImage { get; init; } = 256;

    /// <summary>Largest share of positives; what is missing of them is filled up with negatives.</summary>
    public double PositiveFraction { get; init; } = 0.5;

    /// <summary>Overlap from which an anchor is positive.</summary>
    public double Positive { get; init; } = 0.7;

    /// <summary>Overlap below which an anchor is negative; between the two it counts for nothing.</summary>
    public double Negative { get; init; } = 0.3;

    /// <summary>Only anchors that lie inside of the image by no more than this many pixels outside count; null for all anchors.</summary>
    public double? AllowedBorder { get; init; } = 0;

    /// <summary>What corners mean.</summary>
    public BoxConvention Convention { get; init; } = BoxConvention.Continuous;

    /// <summary>Draws for every image of a batch.</summary>
    /// <param name="anchors">[A, 4] x1, y1, x2, y2 in pixels.</param>
    /// <param name="truth">Per image 4 n numbers, x1, y1, x2, y2 in pixels of the network's input.</param>
    /// <param name="images">The images.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="step">Which draw of the run this is; another step draws others.</param>
    /// <returns>Tensors on the anchors' device, owned by the current dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes or settings do not fit.</exception>
    public AnchorSample Draw(Tensor anchors, IReadOnlyList<float[]> truth, IReadOnlyList<BatchImage> images, long seed, long step)
    {
        ArgumentNullException.ThrowIfNull(truth);
        return Draw(anchors, RegionTruth.Of(truth, []), images, seed, step, null);
    }

    /// <summary>Draws for the images of one size of a training step.</summary>
    /// <param name="anchors">[A, 4] x1, y1, x2, y2 in pixels.</param>
    /// <param name="group">The images.</param>
    /// <returns>Tensors on the anchors' device, owned by the current dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes or settings do not fit.</exception>
    public AnchorSample Draw(Tensor anchors, TrainingGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return Draw(anchors, group.Truth(Convention), group.Sizes, group.Seed, group.Step, group.Places);
    }

    private AnchorSample Draw(Tensor anchors, RegionTruth truth, IReadOnlyList<BatchImage> images, long seed, long step, IReadOnlyList<int>? places)
    {
        Sampling.Check(PerImage, PositiveFraction, truth.Boxes, images.Count);
        if (anchors.shape is not [var count, 4])
        {
            throw new ArgumentException($"Anchors have the shape [A, 4], not [{string.Join(", ", anchors.shape)}].", nameof(anchors));
        }
        if (!(Positive is > 0 and <= 1) || !(Negative >= 0 && Negative <= Positive))
        {
            throw new ArgumentException(
                FormattableString.Invariant($"Thresholds: 0 <= negative <= positive <= 1 and positive > 0, not {Negative} and {Positive}."));
        }
        var values = HostValues.Floats(anchors);
        var (positive, negative, boxes, own) = (new List<long>(), new List<long>(), new List<float>(), new List<float>());
        for (var i = 0; i < images.Count; i++)
        {
            var objects = truth.Boxes[i];
            var labels = Label(values, objects, truth.Ignored[i], images[i], out var owners);
            var random = new RandomStream(seed, step, places?[i] ?? i);
            var drawn = Sampling.Choose(labels, 1, (int)(PerImage * PositiveFraction), ref random);
            foreach (var anchor in drawn)
            {
                positive.Add(i * count + anchor);
                boxes.AddRange(objects.AsSpan(4 * owners[anchor], 4));
                own.AddRange(values.AsSpan(4 * anchor, 4));
            }
            negative.AddRange(Sampling.Choose(labels, 0, PerImage - drawn.Length, ref random).Select(anchor => i * count + anchor));
        }
        return new AnchorSample(
            tensor([.. positive], [positive.Count], device: anchors.device), tensor([.. negative], [negative.Count], device: anchors.device),
            tensor([.. boxes], [positive.Count, 4], device: anchors.device), tensor([.. own], [positive.Count, 4], device: anchors.device));
    }

    // 1 for positive, 0 for negative, -1 for neither.
    private int[] Label(float[] anchors, float[] objects, float[] ignored, BatchImage image, out int[] owners)
    {
        var best = new float[objects.Length / 4];
        var inside = Enumerable.Range(0, anchors.Length / 4).Where(i => IsInside(anchors.AsSpan(4 * i, 4), image)).ToArray();
        float[] compact = [.. inside.SelectMany(i => anchors.AsSpan(4 * i, 4).ToArray())];
        var (overlaps, compactOwners) = PixelBoxes.Best(compact, objects, Convention, best);
        var hidden = PixelBoxes.Best(compact, ignored, Convention, new float[ignored.Length / 4]).Overlap;
        var labels = new int[anchors.Length / 4];
        owners = new int[anchors.Length / 4];
        Array.Fill(labels, -1);
        for (var k = 0; k < inside.Length; k++)
        {
            owners[inside[k]] = compactOwners[k];
            labels[inside[k]] = overlaps[k] >= Positive ? 1 : overlaps[k] < Negative && hidden[k] < Negative ? 0 : -1;
            for (var o = 0; o < best.Length && labels[inside[k]] != 1; o++)
            {
                if (best[o] > 0 && PixelBoxes.Overlap(compact.AsSpan(4 * k, 4), objects.AsSpan(4 * o, 4), Convention) == best[o])
                {
                    labels[inside[k]] = 1;
                }
            }
        }
        return labels;
    }

    private bool IsInside(ReadOnlySpan<float> anchor, BatchImage image)
    {
        var one = Convention == BoxConvention.Continuous ? 0 : 1;
        return AllowedBorder is not { } border
            || anchor[0] >= -border && anchor[1] >= -border && anchor[2] <= image.Width - one + border && anchor[3] <= image.Height - one + border;
    }
}

/// <summary>What both draws share.</summary>
internal static class Sampling
{
    /// <summary>Indices with a label, at most so many, drawn without putting back, in rising order.</summary>
    public static int[] Choose(ReadOnlySpan<int> labels, int label, int most, ref RandomStream random)
    {
        var found = new List<int>();
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == label)
            {
                found.Add(i);
            }
        }
        if (found.Count > most)
        {
            for (var i = 0; i < most; i++)
            {
                var j = i + random.Below(found.Count - i);
                (found[i], found[j]) = (found[j], found[i]);
            }
            found.RemoveRange(most, found.Count - most);
            found.Sort();
        }
        return [.. found];
    }

    public static void Check(int perImage, double fraction, IReadOnlyList<float[]> truth, int images)
    {
        if (perImage < 0 || !(fraction is >= 0 and <= 1))
        {
            throw new ArgumentException(FormattableString.Invariant($"A number from 0 on and a share in 0..1 are drawn, not {perImage} and {fraction}."));
        }
        if (truth.Count != images || truth.Any(boxes => boxes.Length % 4 != 0))
        {
            throw new ArgumentException($"Objects of {truth.Count} images with four numbers each are expected to be those of {images} images.", nameof(truth));
        }
    }
}
