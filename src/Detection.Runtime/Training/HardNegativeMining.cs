// Of the many background anchors only those count that the network finds hardest, a fixed number for every positive.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Picks, image by image, the background anchors with the highest loss, at most <paramref name="Ratio"/> for every positive
/// (Liu et al., SSD, section 2.2, "Hard negative mining"). Nothing is copied to the host.
/// </summary>
/// <param name="Ratio">Negatives per positive of the same image.</param>
/// <param name="MinimumPerImage">Negatives of an image with few or no positives.</param>
public sealed record HardNegativeMining(double Ratio = 3, int MinimumPerImage = 0) : ExampleMining
{
    private protected override MinedExamples Choose(OneStageOutput output, MatchedTargets targets, ClassificationLoss loss, BoxCoder coder) =>
        new(targets, Select(output.ClassLogits, targets, loss));

    /// <summary>Chooses the negatives.</summary>
    /// <param name="classLogits">[N, A, K].</param>
    /// <param name="targets">What matching found.</param>
    /// <param name="loss">Ranks the candidates.</param>
    /// <returns>[M] int64, positions among all N * A anchors, image by image.</returns>
    /// <exception cref="ArgumentException">Outputs and targets are of different batches.</exception>
    public Tensor Select(Tensor classLogits, MatchedTargets targets, ClassificationLoss loss)
    {
        ArgumentNullException.ThrowIfNull(classLogits);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(loss);
        MultiBoxLoss.RequireFit(classLogits, targets);
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var counts = Counts(targets);
        var most = counts.Max();
        if (most == 0)
        {
            return MatchedTargets.Longs([], classLogits.device).MoveToOuterDisposeScope();
        }
        var losses = loss.OfBackground(classLogits.detach()).masked_fill_(targets.Excluded, float.NegativeInfinity);
        var (_, hardest) = losses.topk(most, 1, largest: true, sorted: true);
        if (targets.Images > 1)
        {
            hardest.add_(arange(0, (long)targets.Images * targets.Anchors, targets.Anchors, ScalarType.Int64, device: classLogits.device).unsqueeze(1));
        }
        return hardest.flatten().index_select(0, MatchedTargets.Longs(Kept(counts, most), classLogits.device)).MoveToOuterDisposeScope();
    }

    /// <summary>Per image, the number of negatives that are picked.</summary>
    internal int[] Counts(MatchedTargets targets)
    {
        var counts = new int[targets.Images];
        for (var i = 0; i < counts.Length; i++)
        {
            var wanted = Math.Max(MinimumPerImage, Ratio * targets.PositivesPerImage[i]);
            counts[i] = (int)Math.Min(wanted, targets.CandidatesPerImage[i]);
        }
        return counts;
    }

    // Rows of an [N, most] table, each of which keeps its first counts[row] entries.
    private static long[] Kept(int[] counts, int most)
    {
        var kept = new long[counts.Sum()];
        var next = 0;
        for (var row = 0; row < counts.Length; row++)
        {
            for (var i = 0; i < counts[row]; i++)
            {
                kept[next++] = (long)row * most + i;
            }
        }
        return kept;
    }
}
