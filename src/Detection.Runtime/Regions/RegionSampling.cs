// Which proposals the second stage learns from, and what each should answer.
using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>The regions of a batch that the second stage is trained on; within an image first those of objects, then background.</summary>
/// <param name="Regions">[R, 5] image index, x1, y1, x2, y2.</param>
/// <param name="Labels">[R] int64: 0 for background, 1 + class for an object.</param>
/// <param name="Boxes">[R, 4] the object of each region; the region itself for background.</param>
/// <param name="Counts">Regions of each image.</param>
public sealed record RegionSample(Tensor Regions, Tensor Labels, Tensor Boxes, ImmutableArray<int> Counts)
{
    /// <summary>Some of the regions.</summary>
    /// <param name="rows">[S] int64 rows, rising.</param>
    /// <returns>Tensors owned by the current dispose scope.</returns>
    public RegionSample Part(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var scope = NewDisposeScope();
        var counts = new int[Counts.Length];
        var regions = Regions.index_select(0, rows);
        foreach (var image in HostValues.Longs(regions.select(1, 0)))
        {
            counts[image]++;
        }
        var (labels, boxes) = scope.MoveToOuter(Labels.index_select(0, rows), Boxes.index_select(0, rows));
        return new RegionSample(regions.MoveToOuterDisposeScope(), labels, boxes, [.. counts]);
    }
}

/// <summary>
/// Draws proposals of each image (Girshick, Fast R-CNN, section 2.3, and Faster R-CNN's code). A region whose best overlap with an object is at least
/// <see cref="Foreground"/> stands for it; one with an overlap from <see cref="BackgroundLow"/> up to, not including, <see cref="BackgroundHigh"/> is background,
/// unless it overlaps an ignored object by <see cref="BackgroundHigh"/> or more.
/// </summary>
public sealed record RegionSampling
{
    /// <summary>Every region that is an object or background, for the choice of hard ones: nothing is drawn.</summary>
    public static RegionSampling Everything { get; } = new() { PerImage = int.MaxValue, ForegroundFraction = 1 };

    /// <summary>Regions of an image: 128 of one image, or 64 of each of two; fewer where there are not enough.</summary>
    public int PerImage { get; init; } = 128;

    /// <summary>Largest share of regions of objects, rounded to the nearest number; what is missing is filled up with background.</summary>
    public double ForegroundFraction { get; init; } = 0.25;

    /// <summary>Overlap from which a region stands for its object.</summary>
    public double Foreground { get; init; } = 0.5;

    /// <summary>Overlap below which a region may be background.</summary>
    public double BackgroundHigh { get; init; } = 0.5;

    /// <summary>Overlap from which a region may be background: 0.1 in Fast R-CNN, 0 in Faster R-CNN; 0 takes regions of images without objects, too.</summary>
    public double BackgroundLow { get; init; }

    /// <summary>Whether the objects' own boxes are added to the proposals.</summary>
    public bool AppendTruth { get; init; } = true;

    /// <summary>What corners mean.</summary>
    public BoxConvention Convention { get; init; } = BoxConvention.Continuous;

    /// <summary>Draws for every image of a batch.</summary>
    /// <param name="regions">[R, 5] proposals: image index, x1, y1, x2, y2.</param>
    /// <param name="truth">Per image 4 n numbers, x1, y1, x2, y2 in pixels of the network's input.</param>
    /// <param name="classes">Per image n foreground classes, counted from 0.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="step">Which draw of the run this is; another step draws others.</param>
    /// <returns>Tensors on the regions' device, owned by the current dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes or settings do not fit.</exception>
    public RegionSample Draw(Tensor regions, IReadOnlyList<float[]> truth, IReadOnlyList<int[]> classes, long seed, long step)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(classes);
        return Draw(regions, RegionTruth.Of(truth, classes), seed, step, null);
    }

    /// <summary>Draws for the images of one size of a training step.</summary>
    /// <param name="regions">[R, 5] proposals: image index, x1, y1, x2, y2.</param>
    /// <param name="group">The images.</param>
    /// <returns>Tensors on the regions' device, owned by the current dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes or settings do not fit.</exception>
    public RegionSample Draw(Tensor regions, TrainingGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return Draw(regions, group.Truth(Convention), group.Seed, group.Step, group.Places);
    }

    internal RegionSample Draw(Tensor regions, RegionTruth objects, long seed, long step, IReadOnlyList<int>? places)
    {
        var (truth, classes) = (objects.Boxes, objects.Classes);
        Sampling.Check(PerImage, ForegroundFraction, truth, classes.Count);
        Check(regions, truth, classes);
        var proposals = ByImage(HostValues.Floats(regions), truth.Count);
        var (rows, labels, boxes, counts) = (new List<float>(), new List<long>(), new List<float>(), new List<int>());
        for (var i = 0; i < truth.Count; i++)
        {
            float[] candidates = AppendTruth ? [.. proposals[i], .. truth[i]] : [.. proposals[i]];
            var (overlaps, owners) = PixelBoxes.Best(candidates, truth[i], Convention, new float[classes[i].Length]);
            var hidden = PixelBoxes.Best(candidates, objects.Ignored[i], Convention, new float[objects.Ignored[i].Length / 4]).Overlap;
            int[] kinds = [.. overlaps.Select((o, k) => o >= Foreground ? 1 : o >= BackgroundLow && o < BackgroundHigh && hidden[k] < BackgroundHigh ? 0 : -1)];
            var random = new RandomStream(seed, step, places?[i] ?? i);
            var most = (int)Math.Round(PerImage * ForegroundFraction, MidpointRounding.AwayFromZero);
            var foreground = Sampling.Choose(kinds, 1, most, ref random);
            var background = Sampling.Choose(kinds, 0, PerImage - foreground.Length, ref random);
            foreach (var region in foreground.Concat(background))
            {
                var box = candidates.AsSpan(4 * region, 4);
                var isObject = kinds[region] == 1;
                rows.Add(i);
                rows.AddRange(box);
                labels.Add(isObject ? 1 + classes[i][owners[region]] : 0);
                boxes.AddRange(isObject ? truth[i].AsSpan(4 * owners[region], 4) : box);
            }
            counts.Add(foreground.Length + background.Length);
        }
        return new RegionSample(
            tensor([.. rows], [labels.Count, 5], device: regions.device), tensor([.. labels], [labels.Count], device: regions.device),
            tensor([.. boxes], [labels.Count, 4], device: regions.device), [.. counts]);
    }

    private void Check(Tensor regions, IReadOnlyList<float[]> truth, IReadOnlyList<int[]> classes)
    {
        if (regions.shape is not [_, 5])
        {
            throw new ArgumentException($"Regions have the shape [R, 5] (image index, x1, y1, x2, y2), not [{string.Join(", ", regions.shape)}].", nameof(regions));
        }
        for (var i = 0; i < truth.Count; i++)
        {
            if (truth[i].Length != 4 * classes[i].Length)
            {
                throw new ArgumentException($"Image {i} has {truth[i].Length} coordinates for {classes[i].Length} objects.", nameof(truth));
            }
        }
        if (!(Foreground is > 0 and <= 1 && BackgroundLow >= 0 && BackgroundLow <= BackgroundHigh && BackgroundHigh <= Foreground))
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"Overlaps: 0 <= background low <= background high <= foreground <= 1, not {BackgroundLow}, {BackgroundHigh} and {Foreground}."));
        }
    }

    private static List<float>[] ByImage(float[] regions, int images)
    {
        var result = Enumerable.Range(0, images).Select(_ => new List<float>()).ToArray();
        for (var i = 0; i < regions.Length; i += 5)
        {
            if (!(regions[i] >= 0 && regions[i] < images))
            {
                throw new ArgumentException(FormattableString.Invariant($"Region {i / 5} names image {regions[i]}; there are {images}."));
            }
            result[(int)regions[i]].AddRange(regions.AsSpan(i + 1, 4));
        }
        return result;
    }
}

/// <summary>
/// Box targets of sampled regions, and which of a head's outputs are compared with them. How a head is laid out follows from its channels: 4, one box for
/// all classes; 8 with one background box before it (R-FCN's code); 4 K, one for each class; 4 (K + 1), with a background box first that is never used.
/// </summary>
/// <param name="Coder">How boxes are coded; Fast R-CNN normalises with means 0 and deviations 0.1, 0.1, 0.2, 0.2.</param>
/// <param name="Classes">Foreground classes K.</param>
public sealed record RegionTargets(RegionBoxCoder Coder, int Classes)
{
    /// <summary>How targets of each class are normalised in training, on top of the coder; null for not at all.</summary>
    public ClassNormalization? Normalization { get; init; }

    /// <summary>Targets of the regions that stand for objects.</summary>
    /// <param name="sample">The regions.</param>
    /// <returns>[F] int64 rows of these regions, and [F, 4] their targets.</returns>
    public (Tensor Rows, Tensor Targets) Of(RegionSample sample)
    {
        using var scope = NewDisposeScope();
        var rows = sample.Labels.gt(0).nonzero().flatten();
        var regions = sample.Regions.index_select(0, rows).narrow(1, 1, 4);
        var targets = Coder.Encode(sample.Boxes.index_select(0, rows), regions);
        if (Normalization is { } normalization)
        {
            targets = normalization.Normalize(targets, sample.Labels.index_select(0, rows) - 1);
        }
        return scope.MoveToOuter(rows, targets);
    }

    /// <summary>The boxes that a head predicts for some regions' own classes; differentiable.</summary>
    /// <param name="predictions">[R, 4 B] outputs of the box head.</param>
    /// <param name="rows">[F] int64 regions.</param>
    /// <param name="labels">[R] int64, 1 + class for the regions in question.</param>
    /// <returns>[F, 4].</returns>
    /// <exception cref="ArgumentException">The number of channels is none of those above.</exception>
    public Tensor Predicted(Tensor predictions, Tensor rows, Tensor labels)
    {
        var (boxes, perClass, background) = Layout(predictions);
        using var scope = NewDisposeScope();
        var own = predictions.index_select(0, rows).view(-1, boxes, 4);
        var column = perClass ? labels.index_select(0, rows) - (background ? 0 : 1) : full_like(rows, background ? 1 : 0);
        return own.gather(1, column.view(-1, 1, 1).expand(-1, 1, 4)).squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>Boxes of every class that a head predicts.</summary>
    /// <param name="predictions">[R, 4 B] outputs of the box head.</param>
    /// <param name="regions">[R, 5] image index, x1, y1, x2, y2.</param>
    /// <returns>[R, K, 4] x1, y1, x2, y2, not clipped; the same box for every class where there is one for all.</returns>
    /// <exception cref="ArgumentException">The number of channels is none of those above.</exception>
    public Tensor Decode(Tensor predictions, Tensor regions)
    {
        var (boxes, perClass, background) = Layout(predictions);
        using var scope = NewDisposeScope();
        var deltas = predictions.view(-1, boxes, 4).narrow(1, background ? 1 : 0, perClass ? Classes : 1);
        var decoded = Coder.Decode(deltas, regions.narrow(1, 1, 4).unsqueeze(1));
        return decoded.expand(-1, Classes, 4).MoveToOuterDisposeScope();
    }

    private (long Boxes, bool PerClass, bool Background) Layout(Tensor predictions)
    {
        if (predictions.shape is [_, var channels])
        {
            // With one class, 4 and 8 channels mean the same either way.
            var layout = channels == 4 ? (1L, false, false) : channels == 4L * Classes ? (Classes, true, false)
                : channels == 4L * (Classes + 1) ? (Classes + 1, true, true) : channels == 8 ? (2L, false, true) : default;
            if (layout != default)
            {
                return layout;
            }
        }
        throw new ArgumentException(
            $"Box outputs of {Classes} classes have the shape [R, n] with n = 4, 8, {4 * Classes} or {4 * (Classes + 1)}, not [{string.Join(", ", predictions.shape)}].",
            nameof(predictions));
    }
}
