// What a difference of two numbers costs: the shared arithmetic of box losses and of further regression heads.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Loss of single numbers.</summary>
public abstract record ValueLoss
{
    /// <summary>The sum over all numbers.</summary>
    /// <param name="outputs">Any shape.</param>
    /// <param name="targets">The same shape.</param>
    /// <returns>A scalar.</returns>
    public abstract Tensor Sum(Tensor outputs, Tensor targets);

    /// <summary>What each number costs.</summary>
    /// <param name="outputs">Any shape.</param>
    /// <param name="targets">The same shape.</param>
    /// <returns>The same shape.</returns>
    public abstract Tensor OfEach(Tensor outputs, Tensor targets);
}

/// <summary>
/// Quadratic up to <paramref name="Beta"/>, linear beyond: 0.5 x² / beta, |x| - 0.5 beta (Girshick, Fast R-CNN, equation 3, where beta is 1;
/// "sigma" of other codes is 1 / sqrt(beta)).
/// </summary>
/// <param name="Beta">Where the loss becomes linear; 0 gives |x|.</param>
public sealed record SmoothL1ValueLoss(double Beta = 1) : ValueLoss
{
    /// <inheritdoc/>
    public override Tensor Sum(Tensor outputs, Tensor targets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Beta);
        return nn.functional.smooth_l1_loss(outputs, targets, nn.Reduction.Sum, Beta);
    }

    /// <inheritdoc/>
    public override Tensor OfEach(Tensor outputs, Tensor targets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Beta);
        return nn.functional.smooth_l1_loss(outputs, targets, nn.Reduction.None, Beta);
    }
}

/// <summary>|x|.</summary>
public sealed record L1ValueLoss : ValueLoss
{
    /// <inheritdoc/>
    public override Tensor Sum(Tensor outputs, Tensor targets) => nn.functional.l1_loss(outputs, targets, nn.Reduction.Sum);

    /// <inheritdoc/>
    public override Tensor OfEach(Tensor outputs, Tensor targets) => nn.functional.l1_loss(outputs, targets, nn.Reduction.None);
}

/// <summary>0.5 x², so that its gradient is x.</summary>
public sealed record L2ValueLoss : ValueLoss
{
    /// <inheritdoc/>
    public override Tensor Sum(Tensor outputs, Tensor targets)
    {
        using var squares = nn.functional.mse_loss(outputs, targets, nn.Reduction.Sum);
        return squares * 0.5;
    }

    /// <inheritdoc/>
    public override Tensor OfEach(Tensor outputs, Tensor targets)
    {
        using var squares = nn.functional.mse_loss(outputs, targets, nn.Reduction.None);
        return squares * 0.5;
    }
}
