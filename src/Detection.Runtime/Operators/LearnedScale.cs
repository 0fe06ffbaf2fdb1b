// A learned factor: one for all values (FCOS's scale of a level), or one for each channel (Caffe's Scale layer without bias).
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>y = weight·x. Its only tensor is <c>weight</c>: a number, or [C].</summary>
public sealed class LearnedScale : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;

    /// <summary>Creates the layer.</summary>
    /// <param name="channels">C of [N, C, H, W] or [N, C] for a factor each; null for one factor.</param>
    /// <param name="scale">What each factor begins with.</param>
    public LearnedScale(long? channels = null, double scale = 1)
        : base(nameof(LearnedScale))
    {
        weight = new Parameter(full(channels is { } count ? [count] : [], (float)scale));
        register_parameter(nameof(weight), weight);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var factor = PrecisionPass.Weight(weight, input);
        if (weight.dim() == 0 || input.dim() <= 2)
        {
            return input * factor;
        }

        using var factors = factor.view(1, -1, 1, 1);
        return input * factors;
    }
}
