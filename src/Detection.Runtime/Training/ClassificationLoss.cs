// What a detector pays for its class scores: softmax with a background class, or a sigmoid per class with or without one.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Loss of the class logits of anchors.</summary>
public abstract record ClassificationLoss
{
    /// <summary>The loss that belongs to a head.</summary>
    public static ClassificationLoss For(ScoreActivation activation) => activation switch
    {
        ScoreActivation.Sigmoid => new SigmoidCrossEntropyLoss(),
        ScoreActivation.ClassSoftmax => new SoftmaxCrossEntropyLoss(HasBackground: false),
        ScoreActivation.SigmoidBackground => new SigmoidCrossEntropyLoss(HasBackground: true),
        _ => new SoftmaxCrossEntropyLoss(),
    };

    /// <summary>What each anchor would pay if it were background.</summary>
    /// <param name="logits">[..., K].</param>
    /// <returns>[...], larger where the network is surer to see an object.</returns>
    public abstract Tensor OfBackground(Tensor logits);

    /// <summary>What each anchor pays.</summary>
    /// <param name="logits">[M, K].</param>
    /// <param name="classes">[M] int64: foreground classes from 0, or -1 for background.</param>
    /// <returns>[M].</returns>
    public abstract Tensor Each(Tensor logits, Tensor classes);

    /// <summary>The sum over anchors.</summary>
    /// <param name="logits">[M, K].</param>
    /// <param name="classes">[M] int64: foreground classes from 0, or -1 for background.</param>
    /// <returns>A scalar.</returns>
    public Tensor Sum(Tensor logits, Tensor classes)
    {
        using var each = Each(logits, classes);
        return each.sum();
    }

    // [M, K]: 1 at the column of each anchor's class, counted from the first class behind `before` others.
    private protected static Tensor OneHot(Tensor logits, Tensor classes, int before)
    {
        using var columns = arange(-before, logits.shape[1] - before, ScalarType.Int64, logits.device);
        using var rows = classes.unsqueeze(1);
        using var equal = rows.eq(columns);
        return equal.to_type(logits.dtype);
    }
}

/// <summary>Cross entropy of a softmax over background (logit 0) and the foreground classes (Liu et al., SSD, equation 3), or over the foreground classes alone.</summary>
/// <param name="HasBackground">Whether logit 0 is the background's.</param>
public sealed record SoftmaxCrossEntropyLoss(bool HasBackground = true) : ClassificationLoss
{
    /// <inheritdoc/>
    public override Tensor OfBackground(Tensor logits)
    {
        if (!HasBackground)
        {
            throw new NotSupportedException("A softmax over the foreground classes alone knows no background: objectness does.");
        }
        using var all = logits.log_softmax(-1);
        using var background = all.select(-1, 0);
        return background.neg();
    }

    /// <inheritdoc/>
    public override Tensor Each(Tensor logits, Tensor classes)
    {
        using var labels = classes + (HasBackground ? 1 : 0);
        return nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.None);
    }
}

/// <summary>
/// Cross entropy of a sigmoid per class, summed over the classes. Background is every class at 0, or, where it has a column of its own, that one at 1 and
/// all others at 0.
/// </summary>
/// <param name="HasBackground">Whether logit 0 is the background's.</param>
public sealed record SigmoidCrossEntropyLoss(bool HasBackground = false) : ClassificationLoss
{
    /// <inheritdoc/>
    public override Tensor OfBackground(Tensor logits)
    {
        using var scope = NewDisposeScope();
        var each = logits.softplus().sum(-1);

        // softplus(-x) = softplus(x) - x.
        return (HasBackground ? each - logits.select(-1, 0) : each).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Each(Tensor logits, Tensor classes)
    {
        using var scope = NewDisposeScope();
        var targets = OneHot(logits, classes, before: HasBackground ? 1 : 0);
        return nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction: nn.Reduction.None).sum(-1).MoveToOuterDisposeScope();
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
        return Weighed(logits, zeros_like(logits)).sum(-1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Each(Tensor logits, Tensor classes)
    {
        using var scope = NewDisposeScope();
        return Weighed(logits, OneHot(logits, classes, before: 0)).sum(-1).MoveToOuterDisposeScope();
    }

    private Tensor Weighed(Tensor logits, Tensor targets)
    {
        var entropy = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction: nn.Reduction.None);
        var scores = logits.sigmoid();
        var wrong = scores + targets - scores * targets * 2;
        return (targets * (2 * Alpha - 1) + (1 - Alpha)) * wrong.pow(Gamma) * entropy;
    }
}
