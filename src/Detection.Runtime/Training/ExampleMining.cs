// Which of the anchors that matching left in the game the loss is of: the kinds of mining share this contract.
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Chooses the anchors that count, by how hard the network finds them.</summary>
public abstract record ExampleMining
{
    /// <summary>Chooses the anchors of a batch. Needs no gradients and gives none.</summary>
    /// <param name="output">Outputs of the forward pass.</param>
    /// <param name="targets">What matching found.</param>
    /// <param name="loss">Ranks the candidates.</param>
    /// <param name="coder">How boxes are coded.</param>
    /// <exception cref="ArgumentException">Outputs and targets are of different batches.</exception>
    internal MinedExamples Mine(OneStageOutput output, MatchedTargets targets, ClassificationLoss loss, BoxCoder coder) => Choose(output, targets, loss, coder);

    private protected abstract MinedExamples Choose(OneStageOutput output, MatchedTargets targets, ClassificationLoss loss, BoxCoder coder);
}

/// <summary>The anchors that count.</summary>
/// <param name="Targets">Those that stand for objects.</param>
/// <param name="Negatives">[M] int64, positions of background anchors among all N * A, image by image.</param>
internal readonly record struct MinedExamples(MatchedTargets Targets, Tensor Negatives);
