// Transposed convolutions: each input value spreads the kernel over the output.
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public abstract class ConvolutionTranspose : Convolution
{
    protected ConvolutionTranspose(
        string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding, Padding? padding_type,
        long[] dilation, bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode, Device? device = null,
        ScalarType? dtype = null)
        : base(
            name, in_channels, out_channels, kernel_size, stride, padding, padding_type, dilation, transposed, output_padding, groups, bias,
            padding_mode, device, dtype)
    {
    }

    public override Tensor forward(Tensor input) => forward(input, null);

    /// <summary>Forward to a wanted output size: with a stride, several sizes are possible.</summary>
    public abstract Tensor forward(Tensor input, long[]? output_size);

    /// <summary>The output padding that leads to <paramref name="output_size"/>, given with or without [N, C].</summary>
    /// <exception cref="ArgumentException">No output padding leads there.</exception>
    protected long[] _output_padding(
        Tensor input, long[]? output_size, long[] kernel_size, long[] stride, long[] padding, long[] dilation, long num_spatial_dims)
    {
        if (output_size is null) return output_padding;
        var spatial = (int)num_spatial_dims;
        var leading = (int)input.ndim - spatial;
        if (output_size.Length == leading + spatial) output_size = output_size[leading..];
        if (output_size.Length != spatial) throw new ArgumentException(
            $"{GetName()}: output_size must have {spatial} or {leading + spatial} elements, it has {output_size.Length}.",
            nameof(output_size));

        var extra = new long[spatial];
        for (var d = 0; d < spatial; d++)
        {
            var smallest = (input.size(d + leading) - 1) * stride[d] - 2 * padding[d] + dilation[d] * (kernel_size[d] - 1) + 1;
            extra[d] = output_size[d] - smallest;
            if (extra[d] < 0 || extra[d] >= stride[d]) throw new ArgumentException(
                $"{GetName()}: an output size of {output_size[d]} is not reachable in dimension {d},"
                    + $" {smallest} to {smallest + stride[d] - 1} is.", nameof(output_size));
        }
        return extra;
    }
}

/// <summary>Transposed convolution over [N, C, H, W].</summary>
public sealed class ConvTranspose2d : ConvolutionTranspose
{
    internal ConvTranspose2d(
        long in_channels, long out_channels, (long, long) kernel_size, (long, long) stride, (long, long) padding, (long, long) dilation,
        (long, long) output_padding, long groups = 1, bool bias = true, PaddingModes padding_mode = PaddingModes.Zeros,
        Device? device = null, ScalarType? dtype = null)
        : base(
            nameof(ConvTranspose2d), in_channels, out_channels, [kernel_size.Item1, kernel_size.Item2], [stride.Item1, stride.Item2],
            [padding.Item1, padding.Item2], null, [dilation.Item1, dilation.Item2], true, [output_padding.Item1, output_padding.Item2],
            groups, bias, padding_mode, device, dtype)
    {
    }

    public override Tensor forward(Tensor input, long[]? output_size)
    {
        try
        {
            var extra = output_size is null ? output_padding : _output_padding(
                input, output_size, kernel_size, stride, padding!, dilation, 2);
            return Aten.Call("aten::conv_transpose2d.input", input, _weight, _bias, stride, padding, extra, groups, dilation);
        }
        catch (ExternalException) when (Misfits(input, 2))
        {
            throw Misfit(2);
        }
    }
}
