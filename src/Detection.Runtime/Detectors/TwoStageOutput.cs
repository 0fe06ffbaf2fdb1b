// What a whole pass of a two-stage detector gives: scored boxes of every region and class.
using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Scored boxes of the R regions of a batch, grouped by image in the batch's order.</summary>
/// <param name="Regions">[R, 5] image index, x1, y1, x2, y2 in pixels of the network's input: what the last stage saw.</param>
/// <param name="Scores">[R, K] without background: in 0..1, or any real numbers where support vector machines give them.</param>
/// <param name="Boxes">[R, K, 4] x1, y1, x2, y2 in pixels of the network's input, inside their image; the same for every class where there is one box for all.</param>
/// <param name="Counts">Regions of each image.</param>
public sealed record TwoStageOutput(Tensor Regions, Tensor Scores, Tensor Boxes, ImmutableArray<int> Counts) : IDisposable
{
    /// <summary>Hands the tensors to the dispose scope outside the current one (or to nobody, where there is none).</summary>
    /// <returns>This output.</returns>
    public TwoStageOutput MoveToOuterDisposeScope()
    {
        Regions.MoveToOuterDisposeScope();
        Scores.MoveToOuterDisposeScope();
        Boxes.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>Takes the tensors out of every dispose scope; the caller disposes them.</summary>
    /// <returns>This output.</returns>
    public TwoStageOutput DetachFromDisposeScope()
    {
        Regions.DetachFromDisposeScope();
        Scores.DetachFromDisposeScope();
        Boxes.DetachFromDisposeScope();
        return this;
    }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Regions.Dispose();
        Scores.Dispose();
        Boxes.Dispose();
    }
}
