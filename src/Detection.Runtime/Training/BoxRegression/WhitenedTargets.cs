// Targets without mean and correlation, and the way back.
using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Mean and covariance of box targets (tx, ty, tw, th), and the symmetric matrix that takes both away: T = V diag(1 / sqrt(D + 0.001)) Vᵀ for a covariance
/// V diag(D) Vᵀ, as in the code of R-CNN's bounding-box regression.
/// </summary>
/// <param name="Mean">[4] float64.</param>
/// <param name="Transform">[4, 4] T.</param>
/// <param name="Inverse">[4, 4] T⁻¹.</param>
public sealed record WhitenedTargets(Tensor Mean, Tensor Transform, Tensor Inverse)
{
    // Keeps a direction in which all targets are alike from becoming infinitely important.
    private const double Floor = 1e-3;

    /// <summary>Measures targets.</summary>
    /// <param name="targets">[n, 4], n from 1 on.</param>
    /// <returns>Tensors owned by the current dispose scope.</returns>
    public static WhitenedTargets Of(Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var values = targets.detach().cpu().to(ScalarType.Float64);
        var mean = values.mean([0]);
        var centred = values - mean;
        var (spread, directions) = linalg.eigh(centred.t().mm(centred) / values.shape[0]);
        var roots = (spread + Floor).sqrt();
        var transform = (directions / roots).mm(directions.t());
        var inverse = (directions * roots).mm(directions.t());
        scope.MoveToOuter([mean, transform, inverse]);
        return new WhitenedTargets(mean, transform, inverse);
    }
}
