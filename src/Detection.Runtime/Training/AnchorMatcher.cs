// Which anchor is responsible for which object. Runs on the host, where the labels are; what the loss needs goes to the device in a few small tensors.
using System.Buffers;

namespace Detection.Runtime;

/// <summary>Decides which anchors stand for which objects, which are background, and which count for nothing.</summary>
public abstract record AnchorMatcher
{
    /// <summary>An anchor that counts as background.</summary>
    private protected const int Background = -1;

    /// <summary>An anchor that counts for nothing.</summary>
    private protected const int Ignored = -2;

    // Below this many overlaps a second thread costs more than it saves, and it would fight libtorch's for the processor.
    private const long OverlapsWorthThreads = 4_000_000;

    /// <summary>Matches the objects of every image. An anchor whose object is difficult counts for nothing.</summary>
    /// <param name="anchors">The anchors, the same for every image.</param>
    /// <param name="truth">The objects, as fractions of the image like the anchors.</param>
    /// <param name="coder">How regression targets are coded.</param>
    /// <returns>Targets on the anchors' device, owned by the current dispose scope.</returns>
    public MatchedTargets Match(AnchorSet anchors, GroundTruth truth, BoxCoder coder)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(coder);
        return MatchedTargets.Create(anchors.CenterSize, anchors.Count, truth, coder, AssignAll(_ => anchors, anchors.Count, truth));
    }

    /// <summary>Matches the objects of every image with anchors of its own. What the first step took for background never is background here.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="truth">The objects, as fractions of the image like the anchors.</param>
    /// <param name="coder">How regression targets are coded.</param>
    /// <returns>Targets on the anchors' device, owned by the current dispose scope.</returns>
    public MatchedTargets Match(RefinedAnchors anchors, GroundTruth truth, BoxCoder coder)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(coder);
        if (anchors.PerImage.Count != truth.Images)
        {
            throw new ArgumentException($"Anchors of {anchors.PerImage.Count} images, objects of {truth.Images}.", nameof(truth));
        }
        var count = anchors.PerImage.Count == 0 ? 0 : anchors.PerImage[0].Count;
        var assigned = AssignAll(image => anchors.PerImage[image], count, truth);
        for (var image = 0; image < assigned.Length; image++)
        {
            for (var i = 0; i < count; i++)
            {
                if (assigned[image][i] == Background && anchors.Filtered[image * count + i])
                {
                    assigned[image][i] = Ignored;
                }
            }
        }
        return MatchedTargets.Create(anchors.CenterSize, count, truth, coder, assigned);
    }

    private int[][] AssignAll(Func<int, AnchorSet> anchors, int count, GroundTruth truth)
    {
        var assigned = new int[truth.Images][];
        void MatchImage(int image)
        {
            assigned[image] = Assign(anchors(image), truth.Boxes[image]);
            Ignore(assigned[image], truth.Difficult?[image]);
        }

        if (truth.Boxes.Sum(boxes => boxes.LongLength / 4) * count >= OverlapsWorthThreads)
        {
            Parallel.For(0, truth.Images, MatchImage);
        }
        else
        {
            for (var image = 0; image < truth.Images; image++)
            {
                MatchImage(image);
            }
        }
        return assigned;
    }

    // An anchor over a difficult object is neither the object nor background.
    private static void Ignore(int[] assigned, bool[]? difficult)
    {
        if (difficult is null || !difficult.Contains(true))
        {
            return;
        }
        for (var i = 0; i < assigned.Length; i++)
        {
            if (assigned[i] >= 0 && difficult[assigned[i]])
            {
                assigned[i] = Ignored;
            }
        }
    }

    /// <summary>For every anchor the number of its object, or <see cref="Background"/> or <see cref="Ignored"/>.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="boxes">Corners of one image's objects, four numbers each.</param>
    internal int[] Assign(AnchorSet anchors, ReadOnlySpan<float> boxes)
    {
        var objects = boxes.Length / 4;
        var result = new int[anchors.Count];
        if (objects == 0)
        {
            Array.Fill(result, Background);
            return result;
        }
        var rows = ArrayPool<float>.Shared.Rent(objects * anchors.Count);
        var best = ArrayPool<float>.Shared.Rent(anchors.Count);
        var bestAnchors = new (float Overlap, int Anchor)[objects];
        try
        {
            best.AsSpan(0, anchors.Count).Clear();
            for (var i = 0; i < objects; i++)
            {
                bestAnchors[i] = AnchorOverlaps.Update(
                    anchors, boxes.Slice(4 * i, 4), i, rows.AsSpan(i * anchors.Count, anchors.Count), best.AsSpan(0, anchors.Count), result);
            }
            Assign(anchors, boxes, new Overlaps(anchors.Count, rows, best, bestAnchors), result);
            return result;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(best);
            ArrayPool<float>.Shared.Return(rows);
        }
    }

    private protected abstract void Assign(AnchorSet anchors, ReadOnlySpan<float> boxes, Overlaps overlaps, int[] result);

    // Each anchor's best object stands in the result already.
    private protected static void ApplyThresholds(Overlaps overlaps, int[] result, double positive, double negative)
    {
        for (var i = 0; i < result.Length; i++)
        {
            var overlap = overlaps.Best[i];
            if (!(overlap >= positive))
            {
                result[i] = overlap < negative ? Background : Ignored;
            }
        }
    }

    private protected static void CheckThresholds(double positive, double negative)
    {
        if (!(positive is > 0 and <= 1) || !(negative >= 0 && negative <= positive))
        {
            throw new ArgumentException(
                FormattableString.Invariant($"Thresholds of matching: 0 <= negative <= positive <= 1 and positive > 0, not {negative} and {positive}."));
        }
    }

    /// <summary>What is known of an image's overlaps when anchors are assigned.</summary>
    /// <param name="Anchors">Number of anchors.</param>
    /// <param name="Rows">Overlaps of object i from i * Anchors.</param>
    /// <param name="Best">Best overlap of each anchor.</param>
    /// <param name="BestAnchors">Highest overlap of each object and the first anchor that has it, or -1.</param>
    private protected readonly record struct Overlaps(int Anchors, float[] Rows, float[] Best, (float Overlap, int Anchor)[] BestAnchors);
}

/// <summary>
/// Every anchor takes the object it overlaps most, from <paramref name="Positive"/> on; with <paramref name="ForceBest"/> every object also gets the
/// anchor that overlaps it most (Ren et al., Faster R-CNN, section 3.1.2; TensorFlow's and torchvision's matchers). Of two objects with the same
/// best anchor the later one gets it. An object that overlaps no anchor stays without.
/// </summary>
/// <param name="Positive">An anchor with at least this overlap stands for its object.</param>
/// <param name="Negative">An anchor below this overlap is background; between the two it counts for nothing.</param>
/// <param name="ForceBest">Every object gets its best anchor, however small the overlap.</param>
public sealed record ArgmaxMatcher(double Positive = 0.5, double Negative = 0.5, bool ForceBest = true) : AnchorMatcher
{
    private protected override void Assign(AnchorSet anchors, ReadOnlySpan<float> boxes, Overlaps overlaps, int[] result)
    {
        CheckThresholds(Positive, Negative);
        ApplyThresholds(overlaps, result, Positive, Negative);
        if (!ForceBest)
        {
            return;
        }
        for (var i = 0; i < overlaps.BestAnchors.Length; i++)
        {
            if (overlaps.BestAnchors[i].Anchor is >= 0 and var anchor)
            {
                result[anchor] = i;
            }
        }
    }
}

/// <summary>
/// First the best pair of object and anchor, then the best pair of those left, until every object has an anchor of its own; then every other anchor
/// takes the object it overlaps most, from <paramref name="Positive"/> on (Liu et al., SSD, section 2.2, and its code).
/// An object that overlaps no free anchor stays without.
/// </summary>
/// <param name="Positive">Of the anchors left, one with at least this overlap stands for its object.</param>
/// <param name="Negative">An anchor below this overlap is background; between the two it counts for nothing.</param>
public sealed record BipartiteMatcher(double Positive = 0.5, double Negative = 0.5) : AnchorMatcher
{
    private protected override void Assign(AnchorSet anchors, ReadOnlySpan<float> boxes, Overlaps overlaps, int[] result)
    {
        CheckThresholds(Positive, Negative);
        ApplyThresholds(overlaps, result, Positive, Negative);
        var candidates = overlaps.BestAnchors;
        var taken = new bool[overlaps.Anchors];
        for (var round = 0; round < candidates.Length; round++)
        {
            // The first anchor wins among equal overlaps, then the first object.
            var next = -1;
            for (var i = 0; i < candidates.Length; i++)
            {
                var (overlap, anchor) = candidates[i];
                if (anchor >= 0 && (next < 0 || overlap > candidates[next].Overlap
                    || overlap == candidates[next].Overlap && anchor < candidates[next].Anchor))
                {
                    next = i;
                }
            }
            if (next < 0)
            {
                return;
            }
            var chosen = candidates[next].Anchor;
            result[chosen] = next;
            taken[chosen] = true;
            candidates[next] = (0, -1);
            for (var i = 0; i < candidates.Length; i++)
            {
                if (candidates[i].Anchor == chosen)
                {
                    candidates[i] = AnchorOverlaps.Best(overlaps.Rows.AsSpan(i * overlaps.Anchors, overlaps.Anchors), taken);
                }
            }
        }
    }
}
