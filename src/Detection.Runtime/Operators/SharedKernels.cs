// Convolutions with the weights of another layer and a stride, padding and dilation of their own: branches that run the same kernels at different
// resolutions. The weights are looked up for each pass, since a layer gets new ones when it is moved to another device.
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Convolutions with the <c>weight</c> and <c>bias</c> of a layer that is someone else's.</summary>
public static class SharedKernels
{
    /// <summary>A convolution.</summary>
    /// <param name="owner">The layer that has the weights.</param>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="stride">Distance of neighbouring windows.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">Distance of neighbouring taps.</param>
    /// <param name="groups">Groups of channels that do not mix.</param>
    public static Tensor Conv2d(
        nn.Module owner, Tensor input, (long Height, long Width) stride, (long Height, long Width) padding, (long Height, long Width) dilation, long groups)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return MixedProducts.Conv2d(
            input, Weight(owner, input), PrecisionPass.Weight(owner.get_parameter("bias"), input), strides: [stride.Height, stride.Width], padding: [padding.Height, padding.Width],
            dilation: [dilation.Height, dilation.Width], groups: groups);
    }

    /// <summary>A convolution padded as TensorFlow's SAME does.</summary>
    /// <param name="owner">The layer that has the weights.</param>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="stride">Distance of neighbouring windows.</param>
    /// <param name="dilation">Distance of neighbouring taps.</param>
    /// <param name="groups">Groups of channels that do not mix.</param>
    public static Tensor SamePaddedConv2d(
        nn.Module owner, Tensor input, (long Height, long Width) stride, (long Height, long Width) dilation, long groups)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return SamePadding.Convolve(input, Weight(owner, input), PrecisionPass.Weight(owner.get_parameter("bias"), input), stride, dilation, groups);
    }

    /// <summary>A transposed convolution.</summary>
    /// <param name="owner">The layer that has the weights.</param>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="stride">Distance of the windows of neighbouring cells.</param>
    /// <param name="padding">Cells cut off on each side.</param>
    /// <param name="outputPadding">Cells added at the bottom and right.</param>
    /// <param name="groups">Groups of channels that do not mix.</param>
    public static Tensor ConvTranspose2d(
        nn.Module owner, Tensor input, (long Height, long Width) stride, (long Height, long Width) padding, (long Height, long Width) outputPadding, long groups)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return nn.functional.conv_transpose2d(
            input, Weight(owner, input), PrecisionPass.Weight(owner.get_parameter("bias"), input), strides: [stride.Height, stride.Width], padding: [padding.Height, padding.Width],
            output_padding: [outputPadding.Height, outputPadding.Width], groups: groups);
    }

    private static Tensor Weight(nn.Module owner, Tensor input) => PrecisionPass.Weight(owner.get_parameter("weight"), input)
        ?? throw new ArgumentException($"The module {owner.GetName()} has no parameter 'weight' to share.", nameof(owner));
}
