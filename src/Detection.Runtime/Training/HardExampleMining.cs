// The hard example miner of TensorFlow's detection API: objects' anchors compete with the background's, and near copies of a box count once.
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Picks, image by image, the anchors with the highest classification loss, those of objects and of background alike: predicted boxes are visited by falling
/// loss, and one that overlaps a picked one by more than <paramref name="Overlap"/> is left out, as in non-maximum suppression (Shrivastava et al., OHEM,
/// arXiv 1604.03540, section 4.2). Of the picked background only the hardest count, at most <paramref name="Ratio"/> for every picked anchor of an object
/// (Huang et al., Speed/accuracy trade-offs, arXiv 1611.10012 v3, section 3.6.3). What the loss is divided by does not change.
/// </summary>
/// <param name="Ratio">Background anchors per picked anchor of an object, in the same image.</param>
/// <param name="MinimumPerImage">Background anchors of an image with few or no objects.</param>
/// <param name="MostPerImage">Anchors that are picked at most.</param>
/// <param name="Overlap">Intersection over union above which the easier of two predicted boxes is left out.</param>
public sealed record HardExampleMining(double Ratio = 3, int MinimumPerImage = 0, int MostPerImage = 3000, double Overlap = 0.99) : ExampleMining
{
    private protected override MinedExamples Choose(OneStageOutput output, MatchedTargets targets, ClassificationLoss loss, BoxCoder coder)
    {
        MultiBoxLoss.RequireFit(output.ClassLogits, targets);
        using var gradients = no_grad();
        var (positives, negatives) = Pick(output, targets, loss, coder);
        return new MinedExamples(targets.Only(positives), MatchedTargets.Longs(negatives, output.ClassLogits.device));
    }

    private (int[] Positives, long[] Negatives) Pick(OneStageOutput output, MatchedTargets targets, ClassificationLoss loss, BoxCoder coder)
    {
        using var scope = NewDisposeScope();
        var positives = Host<long>(targets.PositiveIndices);
        var losses = Host<float>(Losses(output.ClassLogits.detach(), targets, loss).to(ScalarType.Float32));
        var boxes = Host<float>(coder.Decode(output.BoxDeltas.detach(), targets.AllAnchors).to(ScalarType.Float32));
        var (kept, negatives) = (new List<int>(), new List<long>());
        for (int image = 0, first = 0; image < targets.Images; image++)
        {
            var rows = positives.AsSpan(first, targets.PositivesPerImage[image]);
            Pick(image, first, rows, losses, boxes, targets, kept, negatives);
            first += rows.Length;
        }
        kept.Sort();
        return ([.. kept], [.. negatives]);
    }

    // Positives by their numbers among all of the batch, background by its positions among all anchors.
    private void Pick(
        int image, int firstPositive, ReadOnlySpan<long> positives, ReadOnlySpan<float> losses, ReadOnlySpan<float> boxes, MatchedTargets targets,
        List<int> keptPositives, List<long> keptNegatives)
    {
        var start = image * targets.Anchors;
        var picked = NmsKernel.Keep(
            boxes.Slice(4 * start, 4 * targets.Anchors), losses.Slice(start, targets.Anchors), NonMaximumSuppression.NotAbove(Overlap), MostPerImage);
        var (objects, background) = (0, new List<long>());
        foreach (var anchor in picked)
        {
            var flat = start + anchor;
            if (positives.BinarySearch((long)flat) is >= 0 and var found)
            {
                keptPositives.Add(firstPositive + found);
                objects++;
            }
            else if (targets.IsBackground(flat))
            {
                background.Add(flat);
            }
        }
        keptNegatives.AddRange(background.Take((int)Math.Max(MinimumPerImage, Ratio * objects)));
    }

    // [N * A]: what each anchor pays; nothing where it counts for nothing.
    private static Tensor Losses(Tensor logits, MatchedTargets targets, ClassificationLoss loss)
    {
        var all = loss.OfBackground(logits).masked_fill_(targets.Excluded, 0).flatten();
        if (targets.Positives > 0)
        {
            all.index_copy_(0, targets.PositiveIndices, loss.Each(logits.flatten(0, 1).index_select(0, targets.PositiveIndices), targets.PositiveClasses));
        }
        return all;
    }

    private static T[] Host<T>(Tensor values)
        where T : unmanaged
    {
        var host = values.cpu().contiguous();
        return host.numel() == 0 ? [] : MemoryMarshal.Cast<byte, T>(host.bytes).ToArray();
    }
}
