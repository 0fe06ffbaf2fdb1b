// From class logits to scores, for every kind of detector.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

internal static class ScoreActivations
{
    /// <summary>Scores of the foreground classes, [..., K] of logits [..., K] or, with background, [..., K + 1].</summary>
    public static Tensor Scores(this ScoreActivation activation, Tensor logits)
    {
        using var scope = NewDisposeScope();
        var scores = activation switch
        {
            ScoreActivation.Sigmoid => logits.sigmoid(),
            ScoreActivation.ClassSoftmax => logits.softmax(-1),
            ScoreActivation.SigmoidBackground => logits.narrow(-1, 1, logits.shape[^1] - 1).sigmoid(),
            _ => logits.softmax(-1).narrow(-1, 1, logits.shape[^1] - 1),
        };
        return scores.MoveToOuterDisposeScope();
    }
}
