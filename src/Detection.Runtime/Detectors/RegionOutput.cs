// Raw outputs of a network over regions.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Raw outputs of one stage for R regions of a batch.</summary>
/// <param name="ClassLogits">[R, K + 1] with background first, or [R, K] where each class has a sigmoid.</param>
/// <param name="BoxDeltas">[R, 4 B] boxes coded against the regions, laid out as <see cref="RegionTargets"/> says; null for a stage that moves no box.</param>
public sealed record RegionOutput(Tensor ClassLogits, Tensor? BoxDeltas) : IDisposable
{
    /// <summary>[R, K] values of support vector machines; null where the detector has none.</summary>
    public Tensor? MachineScores { get; init; }

    /// <summary>[R, D] what the head of scores takes; null where nothing is fitted to it after training.</summary>
    public Tensor? ScoreFeatures { get; init; }

    /// <summary>[R, D'] what the head of boxes takes; null where nothing is fitted to it after training.</summary>
    public Tensor? BoxFeatures { get; init; }

    private Tensor?[] Optional => [BoxDeltas, MachineScores, ScoreFeatures, BoxFeatures];

    /// <summary>The same without boxes, for a loss of classes alone.</summary>
    public RegionOutput WithoutBoxes() => this with { BoxDeltas = null };

    /// <summary>Frees the features, which only what is fitted to them needs.</summary>
    internal RegionOutput WithoutFeatures()
    {
        ScoreFeatures?.Dispose();
        BoxFeatures?.Dispose();
        return this with { ScoreFeatures = null, BoxFeatures = null };
    }

    /// <summary>The outputs of more regions, one part after the other; owned by the current dispose scope.</summary>
    internal static RegionOutput Concatenate(IReadOnlyList<RegionOutput> parts)
    {
        Tensor? Join(Func<RegionOutput, Tensor?> of) => of(parts[0]) is null ? null : cat([.. parts.Select(part => of(part)!)], 0);
        return new RegionOutput(Join(part => part.ClassLogits)!, Join(part => part.BoxDeltas))
        {
            MachineScores = Join(part => part.MachineScores), ScoreFeatures = Join(part => part.ScoreFeatures), BoxFeatures = Join(part => part.BoxFeatures),
        };
    }

    /// <summary>Hands the tensors to the dispose scope outside the current one (or to nobody, where there is none).</summary>
    /// <returns>This output.</returns>
    public RegionOutput MoveToOuterDisposeScope()
    {
        ClassLogits.MoveToOuterDisposeScope();
        foreach (var tensor in Optional)
        {
            tensor?.MoveToOuterDisposeScope();
        }
        return this;
    }

    /// <summary>Takes the tensors out of every dispose scope; the caller disposes them.</summary>
    /// <returns>This output.</returns>
    public RegionOutput DetachFromDisposeScope()
    {
        ClassLogits.DetachFromDisposeScope();
        foreach (var tensor in Optional)
        {
            tensor?.DetachFromDisposeScope();
        }
        return this;
    }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        ClassLogits.Dispose();
        foreach (var tensor in Optional)
        {
            tensor?.Dispose();
        }
    }
}
