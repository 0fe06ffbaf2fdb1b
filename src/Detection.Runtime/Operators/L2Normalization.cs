// The normalisation of SSD's conv4_3 (Liu et al., SSD, section 3.1; ParseNet): each cell's channels to one length, then a learned factor.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>y = weight·x / sqrt(sum of x² over channels + eps), for each cell of [N, C, H, W]. Its only tensor is <c>weight</c> [C].</summary>
public sealed class L2Normalization : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly double epsilon;

    /// <summary>Creates the layer.</summary>
    /// <param name="channels">C.</param>
    /// <param name="scale">What each factor begins with.</param>
    /// <param name="eps">Added to the sum of squares.</param>
    public L2Normalization(long channels, double scale, double eps = 1e-10)
        : base(nameof(L2Normalization))
    {
        epsilon = eps;
        weight = new Parameter(full([channels], (float)scale));
        register_parameter(nameof(weight), weight);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var squares = input.square();
        using var sum = squares.sum(1, keepdim: true);
        using var shifted = sum + epsilon;
        using var length = shifted.sqrt();
        using var unit = input / length;
        using var factors = weight.view(1, -1, 1, 1);
        return unit * factors;
    }
}
