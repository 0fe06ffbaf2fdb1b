// A convolution with TensorFlow's SAME padding, which torch knows for strides of one only.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Convolution of [N, C, H, W] to [N, out, ceil(H / stride), ceil(W / stride)], padded with zeros as TensorFlow's SAME does. Its tensors are those of
/// <c>Conv2d</c>: <c>weight</c> [out, in / groups, kernel height, kernel width] and <c>bias</c> [out], drawn alike.
/// </summary>
public sealed class SamePaddedConv2d : nn.Module<Tensor, Tensor>
{
    private readonly (long Height, long Width) step;
    private readonly (long Height, long Width) spread;
    private readonly long parts;

    /// <summary>Weights [out, in / groups, kernel height, kernel width].</summary>
    public Parameter weight { get; }

    /// <summary>Learned constants [out], or null.</summary>
    public Parameter? bias { get; }

    /// <inheritdoc cref="SamePaddedConv2d(long, long, ValueTuple{long, long}, Nullable{ValueTuple{long, long}}, Nullable{ValueTuple{long, long}}, long, bool)"/>
    public SamePaddedConv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long dilation = 1, long groups = 1, bool bias = true)
        : this(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (dilation, dilation), groups, bias)
    {
    }

    /// <summary>Creates the layer with freshly drawn weights.</summary>
    /// <param name="in_channels">Channels of the input.</param>
    /// <param name="out_channels">Channels of the output.</param>
    /// <param name="kernel_size">Window in cells: height, width.</param>
    /// <param name="stride">Distance of neighbouring windows; 1 when null.</param>
    /// <param name="dilation">Distance of neighbouring taps; 1 when null.</param>
    /// <param name="groups">Groups of channels that do not mix.</param>
    /// <param name="bias">Whether a learned constant is added.</param>
    public SamePaddedConv2d(
        long in_channels, long out_channels, (long Height, long Width) kernel_size, (long Height, long Width)? stride = null,
        (long Height, long Width)? dilation = null, long groups = 1, bool bias = true)
        : base(nameof(SamePaddedConv2d))
    {
        (step, spread, parts) = (stride ?? (1, 1), dilation ?? (1, 1), groups);
        weight = new Parameter(empty(out_channels, in_channels / groups, kernel_size.Height, kernel_size.Width));
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        register_parameter(nameof(weight), weight);
        if (bias)
        {
            var bound = 1 / Math.Sqrt(in_channels / groups * kernel_size.Height * kernel_size.Width);
            this.bias = new Parameter(empty(out_channels));
            nn.init.uniform_(this.bias, -bound, bound);
            register_parameter(nameof(bias), this.bias);
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => SamePadding.Convolve(input, PrecisionPass.Weight(weight, input), PrecisionPass.Weight(bias, input), step, spread, parts);
}
