// Distributions of initial weights that TorchSharp lacks, or has with mistakes: its trunc_normal_ takes mean and deviation in the wrong order, and its
// xavier_normal_ draws from a uniform distribution.
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Fills tensors in place, without gradients, from the generator that <c>manual_seed</c> seeds.</summary>
public static class InitialWeights
{
    // The probability that a normal value lies within two deviations of its mean.
    private const double WithinTwo = 0.954499736103642;

    /// <summary>Normal values of which none is further than two deviations from the mean: those beyond are drawn anew (TensorFlow's <c>truncated_normal_initializer</c>).</summary>
    /// <param name="tensor">Of any shape.</param>
    /// <param name="mean">Mean of the distribution.</param>
    /// <param name="std">Standard deviation before it is cut; afterwards it is 0.8796 of that.</param>
    public static void TruncatedNormal(Tensor tensor, double std, double mean = 0)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();

        // By the inverse of the distribution's integral; the clamp is for rounding alone.
        tensor.uniform_(-WithinTwo, WithinTwo).erfinv_().mul_(std * Math.Sqrt(2)).add_(mean).clamp_(mean - (2 * std), mean + (2 * std));
    }

    /// <summary>Normal values of mean 0 and variance gain² · 2 / (fan in + fan out) (Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010).</summary>
    /// <param name="tensor">[out, in, ...].</param>
    /// <param name="gain">Factor of the deviation.</param>
    /// <exception cref="ArgumentException">The tensor has fewer than two axes.</exception>
    public static void XavierNormal(Tensor tensor, double gain = 1)
    {
        if (tensor.dim() < 2)
        {
            throw new ArgumentException("fans need a tensor of at least two axes", nameof(tensor));
        }

        var window = tensor.numel() / (tensor.shape[0] * tensor.shape[1]);
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        tensor.normal_(0, gain * Math.Sqrt(2.0 / ((tensor.shape[0] + tensor.shape[1]) * window)));
    }
}
