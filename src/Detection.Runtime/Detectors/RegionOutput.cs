// Raw outputs of a network over regions.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Raw outputs of one stage for R regions of a batch.</summary>
/// <param name="ClassLogits">[R, K + 1] with background first, or [R, K] where each class has a sigmoid.</param>
/// <param name="BoxDeltas">[R, 4 B] boxes coded against the regions, laid out as <see cref="RegionTargets"/> says; null for a stage that moves no box.</param>
public sealed record RegionOutput(Tensor ClassLogits, Tensor? BoxDeltas) : IDisposable
{
    /// <summary>Hands the tensors to the dispose scope outside the current one (or to nobody, where there is none).</summary>
    /// <returns>This output.</returns>
    public RegionOutput MoveToOuterDisposeScope()
    {
        ClassLogits.MoveToOuterDisposeScope();
        BoxDeltas?.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>Takes the tensors out of every dispose scope; the caller disposes them.</summary>
    /// <returns>This output.</returns>
    public RegionOutput DetachFromDisposeScope()
    {
        ClassLogits.DetachFromDisposeScope();
        BoxDeltas?.DetachFromDisposeScope();
        return this;
    }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        ClassLogits.Dispose();
        BoxDeltas?.Dispose();
    }
}
