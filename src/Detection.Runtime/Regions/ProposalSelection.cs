// From an RPN's outputs to the regions that the second stage sees.
using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>An image inside a batch, which may be padded to the right and below.</summary>
/// <param name="Height">Rows of the image as the network sees it, without padding.</param>
/// <param name="Width">Columns of the image as the network sees it, without padding.</param>
/// <param name="Scale">Pixels of the network's input for one of the original image; smallest sizes are in original pixels.</param>
public readonly record struct BatchImage(double Height, double Width, double Scale = 1);

/// <summary>Regions of a batch, grouped by image in the batch's order, within an image best score first.</summary>
/// <param name="Regions">[R, 5] image index, x1, y1, x2, y2.</param>
/// <param name="Scores">[R].</param>
/// <param name="Counts">Regions of each image.</param>
public sealed record Proposals(Tensor Regions, Tensor Scores, ImmutableArray<int> Counts) : IDisposable
{
    /// <summary>Frees both tensors.</summary>
    public void Dispose()
    {
        Regions.Dispose();
        Scores.Dispose();
    }

    /// <summary>Regions [R, 5] of boxes that are given per image.</summary>
    /// <param name="boxes">[n, 4] of each image.</param>
    /// <exception cref="ArgumentException">A shape is another.</exception>
    public static Tensor Batch(IReadOnlyList<Tensor> boxes)
    {
        using var scope = NewDisposeScope();
        var rows = new List<Tensor>();
        for (var i = 0; i < boxes.Count; i++)
        {
            if (boxes[i].shape is not [var count, 4])
            {
                throw new ArgumentException($"The boxes of image {i} have the shape [n, 4], not [{string.Join(", ", boxes[i].shape)}].", nameof(boxes));
            }
            rows.Add(cat([full([count, 1], (double)i, dtype: boxes[i].dtype, device: boxes[i].device), boxes[i]], 1));
        }
        return (rows.Count == 0 ? zeros(0, 5) : cat(rows, 0)).MoveToOuterDisposeScope();
    }
}

/// <summary>What makes a box of a region proposal network better than another.</summary>
public enum ProposalOrder
{
    /// <summary>Its objectness.</summary>
    Scores,

    /// <summary>Chance, the same for every image: what objectness is worth shows beside it (Ren et al., Faster R-CNN, Table 2, "no cls").</summary>
    Random,
}

/// <summary>
/// Decodes anchors, clips them to the image, drops small ones, and keeps the best before and after non-maximum suppression (Ren et al., Faster R-CNN,
/// section 3.3; the limits of its code in training: 12000 and 2000, when testing: 6000 and 300). Equal scores keep the anchors' order. A NaN score and
/// a box that is not finite are dropped. No gradient passes.
/// </summary>
public sealed record ProposalSelection
{
    /// <summary>How boxes are coded, and what corners mean in clipping, sizes and overlaps.</summary>
    public RegionBoxCoder Coder { get; init; } = new();

    /// <summary>Boxes narrower or lower than this many pixels of the original image are dropped.</summary>
    public double MinimumSize { get; init; } = 16;

    /// <summary>Best boxes of an image (of each level) that enter suppression; null for all.</summary>
    public int? Candidates { get; init; } = 6000;

    /// <summary>Intersection over union above which the worse box goes; null for no suppression.</summary>
    public double? NmsThreshold { get; init; } = 0.7;

    /// <summary>Best boxes of an image that are kept after it.</summary>
    public int Keep { get; init; } = 300;

    /// <summary>Whether anchors are clipped to the image before boxes are decoded from them (TensorFlow's detection API, when testing).</summary>
    public bool ClipAnchors { get; init; }

    /// <summary>
    /// Whether small boxes are dropped before the best candidates are taken (Faster R-CNN's code) or after (torchvision); the difference is that
    /// small boxes use up places among the candidates.
    /// </summary>
    public bool DropSmallFirst { get; init; } = true;

    /// <summary>Which boxes count as the best.</summary>
    public ProposalOrder Order { get; init; } = ProposalOrder.Scores;

    /// <summary>Whether anchors are moved by their deltas; regions are anchors otherwise, clipped to the image.</summary>
    public bool Moves { get; init; } = true;

    /// <summary>Selects every image's regions.</summary>
    /// <param name="anchors">[A, 4] x1, y1, x2, y2, the same for every image.</param>
    /// <param name="deltas">[N, A, 4] predictions, or null to keep the anchors as they are.</param>
    /// <param name="scores">[N, A]; any monotonous score.</param>
    /// <param name="images">The N images.</param>
    /// <param name="levels">Anchors of each level, in order: candidates are limited and suppressed per level. Null: one level.</param>
    /// <returns>Regions on the scores' device, owned by the current dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes or limits do not fit.</exception>
    public Proposals Select(Tensor anchors, Tensor? deltas, Tensor scores, IReadOnlyList<BatchImage> images, IReadOnlyList<long>? levels = null)
    {
        Check(anchors, deltas, scores, images, levels);
        using var none = no_grad();
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        var kept = new List<Tensor>();
        for (var i = 0; i < images.Count; i++)
        {
            using var round = NewDisposeScope();
            var (boxes, values) = SelectOne(anchors, deltas?.select(0, i), scores.select(0, i), images[i], levels);
            parts.Add(boxes.MoveToOuterDisposeScope());
            kept.Add(values.MoveToOuterDisposeScope());
        }
        var regions = Proposals.Batch(parts);
        var all = kept.Count == 0 ? zeros(0) : cat(kept, 0);
        return new Proposals(regions.MoveToOuterDisposeScope(), all.MoveToOuterDisposeScope(), [.. parts.Select(part => (int)part.shape[0])]);
    }

    private (Tensor Boxes, Tensor Scores) SelectOne(Tensor anchors, Tensor? deltas, Tensor scores, BatchImage image, IReadOnlyList<long>? levels)
    {
        using var scope = NewDisposeScope();
        scores = scores.detach().to(ScalarType.Float32);
        if (Order == ProposalOrder.Random)
        {
            // In the place of scores, so that it decides wherever they do. A score that is no number still drops its box.
            scores = where(scores.isnan(), scores, Draws(scores.shape[0]).to(scores.device));
        }
        if (ClipAnchors)
        {
            anchors = PixelBoxes.Clip(anchors.detach(), image, Coder.Convention);
        }
        var boxes = deltas is null || !Moves ? anchors.detach() : Coder.Decode(deltas.detach().to(ScalarType.Float32), anchors);
        var finite = boxes.isfinite().all(1).logical_and(scores.isnan().logical_not());
        boxes = PixelBoxes.Clip(boxes, image, Coder.Convention);
        var one = Coder.Convention == BoxConvention.Continuous ? 0 : 1;
        var large = (boxes.narrow(1, 2, 2) - boxes.narrow(1, 0, 2) + one).ge(MinimumSize * image.Scale).all(1).logical_and(finite);
        var (taken, groups) = (new List<Tensor>(), new List<Tensor>());
        long start = 0;
        foreach (var (count, level) in (levels ?? [anchors.shape[0]]).Select((count, level) => (count, level)))
        {
            var open = (DropSmallFirst ? large : finite).narrow(0, start, count).nonzero().flatten() + start;
            var order = open.index_select(0, scores.index_select(0, open).sort(0, descending: true, stable: true).Indices);
            if (Candidates is { } limit && order.shape[0] > limit)
            {
                order = order.narrow(0, 0, limit);
            }
            if (!DropSmallFirst)
            {
                order = order.index_select(0, large.index_select(0, order).nonzero().flatten());
            }
            taken.Add(order);
            groups.Add(full_like(order, level));
            start += count;
        }
        var chosen = cat(taken, 0);
        boxes = boxes.index_select(0, chosen);
        scores = scores.index_select(0, chosen);
        if (NmsThreshold is { } threshold)
        {
            var edges = PixelBoxes.Edges(boxes, Coder.Convention);
            chosen = groups.Count == 1
                ? NonMaximumSuppression.Keep(edges, scores, threshold)
                : NonMaximumSuppression.KeepPerClass(edges, scores, cat(groups, 0), threshold);
        }
        else
        {
            chosen = scores.sort(0, descending: true, stable: true).Indices;
        }
        if (chosen.shape[0] > Keep)
        {
            chosen = chosen.narrow(0, 0, Keep);
        }
        return scope.MoveToOuter(boxes.index_select(0, chosen), scores.index_select(0, chosen));
    }

    // The same for every image of a size, whatever else draws numbers.
    private static Tensor Draws(long count)
    {
        var random = new Random(0);
        float[] draws = [.. Enumerable.Range(0, (int)count).Select(_ => random.NextSingle())];
        return tensor(draws, [count]);
    }

    private void Check(Tensor anchors, Tensor? deltas, Tensor scores, IReadOnlyList<BatchImage> images, IReadOnlyList<long>? levels)
    {
        if (anchors.shape is not [var count, 4] || scores.shape is not [var n, var a] || a != count || n != images.Count
            || deltas is not null && (deltas.shape is not [var m, var b, 4] || m != n || b != count))
        {
            throw new ArgumentException(
                $"Anchors [{string.Join(", ", anchors.shape)}], deltas [{string.Join(", ", deltas?.shape ?? [])}], scores [{string.Join(", ", scores.shape)}]"
                + $" and {images.Count} images do not fit together: expected [A, 4], [N, A, 4], [N, A] and N.");
        }
        if (levels is not null && levels.Sum() != count)
        {
            throw new ArgumentException($"Levels of {string.Join(" + ", levels)} anchors, but {count} anchors.", nameof(levels));
        }
        if (Candidates is < 0 || Keep < 0 || !(MinimumSize >= 0) || NmsThreshold is { } t && !(t is >= 0 and <= 1))
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"Limits from 0 on and a threshold in 0..1, not {Candidates} candidates, {Keep} kept, smallest size {MinimumSize}, threshold {NmsThreshold}."));
        }
    }
}

/// <summary>Boxes in pixels under a convention.</summary>
internal static class PixelBoxes
{
    /// <summary>Corners moved into an image: to its edges, or to its first and last pixel.</summary>
    public static Tensor Clip(Tensor boxes, BatchImage image, BoxConvention convention)
    {
        var one = convention == BoxConvention.Continuous ? 0 : 1;
        return Boxes.Clip(boxes, image.Height - one, image.Width - one);
    }

    /// <summary>The same for boxes [R, B, 4] of several images, by the image index [R] of each row.</summary>
    public static Tensor Clip(Tensor boxes, Tensor owners, IReadOnlyList<BatchImage> images, BoxConvention convention)
    {
        var one = convention == BoxConvention.Continuous ? 0 : 1;
        using var scope = NewDisposeScope();
        float[] last = [.. images.SelectMany(image => new[] { (float)(image.Width - one), (float)(image.Height - one) })];
        var limits = tensor(last, [images.Count, 2], dtype: boxes.dtype, device: boxes.device).index_select(0, owners.to(ScalarType.Int64));
        return minimum(boxes.clamp_min(0), limits.repeat(1, 2).unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Boxes of an image in pixels; where corners are pixels, the last pixel of a box is one pixel of the original image before its edge.</summary>
    /// <param name="fractions">Edges in fractions of the image, four numbers a box.</param>
    /// <param name="image">The image.</param>
    /// <param name="convention">What corners mean.</param>
    public static float[] OfFractions(ReadOnlySpan<float> fractions, BatchImage image, BoxConvention convention)
    {
        var last = convention == BoxConvention.Continuous ? 0 : image.Scale;
        var pixels = new float[fractions.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (float)(fractions[i] * (i % 2 == 0 ? image.Width : image.Height) - (i % 4 >= 2 ? last : 0));
        }
        return pixels;
    }

    /// <summary>The edges of boxes: overlaps of inclusive boxes are those of edges one pixel further.</summary>
    public static Tensor Edges(Tensor boxes, BoxConvention convention)
    {
        if (convention == BoxConvention.Continuous)
        {
            return boxes.alias();
        }
        using var scope = NewDisposeScope();
        return cat([boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2) + 1], -1).MoveToOuterDisposeScope();
    }

    /// <summary>For each of the boxes its best overlap with an object and that object, the first of equals; (0, -1) where it overlaps none.</summary>
    /// <param name="boxes">Four numbers a box.</param>
    /// <param name="objects">Four numbers an object.</param>
    /// <param name="convention">What corners mean.</param>
    /// <param name="bestOfObject">Best overlap of each object with any box.</param>
    public static (float[] Overlap, int[] Object) Best(
        ReadOnlySpan<float> boxes, ReadOnlySpan<float> objects, BoxConvention convention, Span<float> bestOfObject)
    {
        var count = boxes.Length / 4;
        var (overlaps, owners) = (new float[count], new int[count]);
        Array.Fill(owners, -1);
        for (var o = 0; o < objects.Length / 4; o++)
        {
            for (var i = 0; i < count; i++)
            {
                var overlap = Overlap(boxes.Slice(4 * i, 4), objects.Slice(4 * o, 4), convention);
                bestOfObject[o] = Math.Max(bestOfObject[o], overlap);
                if (overlap > overlaps[i])
                {
                    (overlaps[i], owners[i]) = (overlap, o);
                }
            }
        }
        return (overlaps, owners);
    }

    /// <summary>Intersection over union of two boxes; 0 where one has no area or is not finite.</summary>
    public static float Overlap(ReadOnlySpan<float> a, ReadOnlySpan<float> b, BoxConvention convention)
    {
        var one = convention == BoxConvention.Continuous ? 0f : 1f;
        var width = Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]) + one;
        var height = Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]) + one;
        if (!(width > 0 && height > 0))
        {
            return 0;
        }
        var common = width * height;
        var union = (a[2] - a[0] + one) * (a[3] - a[1] + one) + (b[2] - b[0] + one) * (b[3] - b[1] + one) - common;
        return union > 0 ? common / union : 0;
    }
}
