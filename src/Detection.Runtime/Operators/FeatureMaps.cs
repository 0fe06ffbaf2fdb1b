// Functions of feature maps that torch has under no name, or under several.
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Functions of feature maps [N, C, H, W].</summary>
public static class FeatureMaps
{
    /// <summary>x·tanh(log(1 + exp(x))) of any shape (Misra 2019).</summary>
    public static Tensor Mish(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);

        // tanh(log(1 + e)) = e (e + 2) / (e (e + 2) + 2); from 20 on it is 1 to the last digit, and e would overflow later on.
        using var bounded = input.clamp(max: 20);
        using var e = bounded.exp();
        using var shifted = e + 2;
        using var numerator = e * shifted;
        using var denominator = numerator + 2;
        using var share = numerator / denominator;
        return input * share;
    }

    /// <summary>Resamples a map to the height and width of another.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="lateral">[N, D, H', W'].</param>
    /// <param name="mode">Nearest or bilinear.</param>
    /// <returns>[N, C, H', W'].</returns>
    public static Tensor ResizeLike(Tensor input, Tensor lateral, InterpolationMode mode)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(lateral);
        long[] size = [lateral.shape[2], lateral.shape[3]];
        return mode == InterpolationMode.Nearest
            ? nn.functional.interpolate(input, size: size, mode: mode)
            : nn.functional.interpolate(input, size: size, mode: mode, align_corners: false);
    }

    /// <summary>Puts each block of cells on top of each other.</summary>
    /// <param name="input">[N, C, H, W], both sides multiples of <paramref name="block"/>.</param>
    /// <param name="block">Side of a block in cells.</param>
    /// <param name="byCell">
    /// Whether channels of one place in the block lie together, as in TensorFlow's <c>space_to_depth</c>; otherwise those of one input channel do, as in PyTorch's <c>pixel_unshuffle</c>.
    /// </param>
    /// <returns>[N, C block², H / block, W / block].</returns>
    public static Tensor SpaceToDepth(Tensor input, long block, bool byCell = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        var shape = input.shape;
        using var blocks = input.reshape(shape[0], shape[1], shape[2] / block, block, shape[3] / block, block);
        using var ordered = byCell ? blocks.permute(0, 3, 5, 1, 2, 4) : blocks.permute(0, 1, 3, 5, 2, 4);
        return ordered.reshape(shape[0], shape[1] * block * block, shape[2] / block, shape[3] / block);
    }

    /// <summary>Deals the channels of each group out over all groups (Zhang et al., ShuffleNet, section 3.1).</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="groups">Groups; they divide C.</param>
    /// <returns>[N, C, H, W]: channel j of group i comes to place j·groups + i.</returns>
    public static Tensor ShuffleChannels(Tensor input, long groups)
    {
        ArgumentNullException.ThrowIfNull(input);
        var shape = input.shape;
        using var grouped = input.reshape(shape[0], groups, shape[1] / groups, shape[2], shape[3]);
        using var dealt = grouped.transpose(1, 2);
        return dealt.reshape(shape);
    }
}
