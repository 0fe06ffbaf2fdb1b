// What a detector pays for its class scores: softmax with a background class, or a sigmoid per class without one.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Loss of the class logits of anchors.</summary>
public abstract record ClassificationLoss
{
    /// <summary>The loss that belongs to a head.</summary>
    public static ClassificationLoss For(ScoreActivation activation) =>
        activation == ScoreActivation.Sigmoid ? new SigmoidCrossEntropyLoss() : new SoftmaxCrossEntropyLoss();

    /// <summary>What each anchor would pay if it were background.</summary>
    /// <param name="logits">[..., K].</param>
    /// <returns>[...], larger where the network is surer to see an object.</returns>
    public abstract Tensor OfBackground(Tensor logits);

    /// <summary>The sum over anchors.</summary>
    /// <param name="logits">[M, K].</param>
    /// <param name="classes">[M] int64: foreground classes from 0, or -1 for background.</param>
    /// <returns>A scalar.</returns>
    public abstract Tensor Sum(Tensor logits, Tensor classes);
}

/// <summary>Cross entropy of a softmax over background (logit 0) and the foreground classes (Liu et al., SSD, equation 3).</summary>
public sealed record SoftmaxCrossEntropyLoss : ClassificationLoss
{
    /// <inheritdoc/>
    public override Tensor OfBackground(Tensor logits)
    {
        using var all = logits.log_softmax(-1);
        using var background = all.select(-1, 0);
        return background.neg();
    }

    /// <inheritdoc/>
    public override Tensor Sum(Tensor logits, Tensor classes)
    {
        using var labels = classes + 1;
        return nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.Sum);
    }
}

/// <summary>Cross entropy of a sigmoid per foreground class, summed over the classes; background is every class at 0.</summary>
public sealed record SigmoidCrossEntropyLoss : ClassificationLoss
{
    /// <inheritdoc/>
    public override Tensor OfBackground(Tensor logits)
    {
        using var each = logits.softplus();
        return each.sum(-1);
    }

    /// <inheritdoc/>
    public override Tensor Sum(Tensor logits, Tensor classes)
    {
        using var scope = NewDisposeScope();
        var columns = arange(logits.shape[1], ScalarType.Int64, logits.device);
        var targets = classes.unsqueeze(1).eq(columns).to_type(logits.dtype);
        return nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction: nn.Reduction.Sum).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// Cross entropy of a sigmoid per foreground class, weighed down where the network is sure already
/// (Lin et al., Focal Loss for Dense Object Detection, equation 5). It needs no mining: every background anchor counts.
/// </summary>
/// <param name="Alpha">Weight of the right class; the others have 1 - alpha.</param>
/// <param name="Gamma">How fast sure answers lose their weight; 0 leaves it.</param>
public sealed record FocalLoss(double Alpha = 0.25, double Gamma = 2) : ClassificationLoss
{
    /// <inheritdoc/>
    public override Tensor OfBackground(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return Each(logits, zeros_like(logits)).sum(-1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Sum(Tensor logits, Tensor classes)
    {
        using var scope = NewDisposeScope();
        var columns = arange(logits.shape[1], ScalarType.Int64, logits.device);
        var targets = classes.unsqueeze(1).eq(columns).to_type(logits.dtype);
        return Each(logits, targets).sum().MoveToOuterDisposeScope();
    }

    private Tensor Each(Tensor logits, Tensor targets)
    {
        var entropy = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction: nn.Reduction.None);
        var scores = logits.sigmoid();
        var wrong = scores + targets - scores * targets * 2;
        return (targets * (2 * Alpha - 1) + (1 - Alpha)) * wrong.pow(Gamma) * entropy;
    }
}
