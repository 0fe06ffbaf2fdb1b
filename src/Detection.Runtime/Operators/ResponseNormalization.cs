// Local response normalisation (Krizhevsky et al. 2012, section 3.3) as Caffe's LRN layer and PyTorch's LocalResponseNorm define it:
// alpha is divided by the number of neighbours, and neighbours beyond the edge count as zeros.
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>x / (k + alpha·m)^beta, with m the mean of the squares around x.</summary>
public static class ResponseNormalization
{
    /// <summary>Over neighbouring channels at the same cell: Caffe's ACROSS_CHANNELS, PyTorch's <c>LocalResponseNorm</c>.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="size">Channels in the mean; odd.</param>
    /// <param name="alpha">Factor of the mean.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="k">Added to the scaled mean.</param>
    public static Tensor AcrossChannels(Tensor input, long size, double alpha, double beta, double k)
    {
        ArgumentNullException.ThrowIfNull(input);
        var shape = input.shape;
        using var squares = input.square();

        // Channels as rows of a picture whose columns are the cells: a mean over channels is a pooling of one column.
        using var rows = squares.view(shape[0], 1, shape[1], shape[2] * shape[3]);
        using var means = nn.functional.avg_pool2d(rows, (size, 1L), stride: (1L, 1L), padding: (size / 2, 0L));
        using var shaped = means.view(shape);
        return Divided(input, shaped, alpha, beta, k);
    }

    /// <summary>Over the cells of a square around each cell, in the same channel: Caffe's WITHIN_CHANNEL, whose k is always 1.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="size">Side of the square in cells; odd.</param>
    /// <param name="alpha">Factor of the mean.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="k">Added to the scaled mean.</param>
    public static Tensor WithinChannel(Tensor input, long size, double alpha, double beta, double k)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var squares = input.square();
        using var means = nn.functional.avg_pool2d(squares, size, stride: 1, padding: size / 2);
        return Divided(input, means, alpha, beta, k);
    }

    private static Tensor Divided(Tensor input, Tensor means, double alpha, double beta, double k)
    {
        using var scaled = means * alpha;
        using var shifted = scaled + k;
        using var divisor = shifted.pow(beta);
        return input / divisor;
    }
}
