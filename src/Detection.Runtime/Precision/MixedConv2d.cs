// A convolution that computes in the format of its input and keeps its weights in 32-bit floats.
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Convolution of [N, C, H, W] in the format of its input. Its tensors are those of <c>Conv2d</c>: <c>weight</c> [out, in / groups, kernel height,
/// kernel width] and <c>bias</c> [out].
/// </summary>
public sealed class MixedConv2d : MixedLayer
{
    private readonly long[] steps;
    private readonly long[] border;
    private readonly long[] spread;
    private readonly long parts;

    /// <inheritdoc cref="MixedConv2d(long, long, ValueTuple{long, long}, Nullable{ValueTuple{long, long}}, Nullable{ValueTuple{long, long}}, Nullable{ValueTuple{long, long}}, long, bool)"/>
    public MixedConv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, long groups = 1, bool bias = true)
        : this(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding), (dilation, dilation), groups, bias)
    {
    }

    /// <summary>Creates the layer with freshly drawn weights.</summary>
    /// <param name="in_channels">Channels of the input.</param>
    /// <param name="out_channels">Channels of the output.</param>
    /// <param name="kernel_size">Window in cells: height, width.</param>
    /// <param name="stride">Distance of neighbouring windows; 1 when null.</param>
    /// <param name="padding">Zeros on each side; none when null.</param>
    /// <param name="dilation">Distance of neighbouring taps; 1 when null.</param>
    /// <param name="groups">Groups of channels that do not mix.</param>
    /// <param name="bias">Whether a learned constant is added.</param>
    public MixedConv2d(
        long in_channels, long out_channels, (long Height, long Width) kernel_size, (long Height, long Width)? stride = null, (long Height, long Width)? padding = null,
        (long Height, long Width)? dilation = null, long groups = 1, bool bias = true)
        : base(
            nameof(MixedConv2d), [out_channels, in_channels / groups, kernel_size.Height, kernel_size.Width],
            in_channels / groups * kernel_size.Height * kernel_size.Width, bias ? out_channels : null) =>
        (steps, border, spread, parts) = (Pair(stride, 1), Pair(padding, 0), Pair(dilation, 1), groups);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) =>
        MixedProducts.Conv2d(input, PrecisionPass.Weight(weight, input), PrecisionPass.Weight(bias, input), steps, border, spread, parts);
}
