// The whole image as a region: what image-wide context is pooled from.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Regions that cover whole images.</summary>
public static class ImageRegions
{
    /// <summary>One region per image that covers it.</summary>
    /// <param name="input">[N, C, H, W], the network's input.</param>
    /// <param name="convention">What corners mean: edges, or first and last pixel.</param>
    /// <returns>[N, 5] image index, 0, 0, W, H; or 0, 0, W - 1, H - 1 where corners are pixels. On the input's device.</returns>
    /// <exception cref="ArgumentException">The input has another shape.</exception>
    public static Tensor Of(Tensor input, BoxConvention convention = BoxConvention.Continuous)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.shape is not [var images, _, var height, var width])
        {
            throw new ArgumentException($"Images have the shape [N, C, H, W], not [{string.Join(", ", input.shape)}].", nameof(input));
        }
        var one = convention == BoxConvention.Continuous ? 0 : 1;
        var rows = new float[5 * images];
        for (var i = 0; i < images; i++)
        {
            (rows[5 * i], rows[5 * i + 3], rows[5 * i + 4]) = (i, width - one, height - one);
        }
        return tensor(rows, [images, 5], device: input.device);
    }
}
