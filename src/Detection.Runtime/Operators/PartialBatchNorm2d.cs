// Batch normalisation with a learned factor but no constant, or the other way round: TensorFlow's slim models leave the factor out.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Batch normalisation of [N, C, H, W] over N, H and W. Its tensors are those of <c>BatchNorm2d</c>: <c>weight</c> and <c>bias</c> [C] as far as it
/// learns them, <c>running_mean</c>, <c>running_var</c> and <c>num_batches_tracked</c>.
/// </summary>
public sealed class PartialBatchNorm2d : nn.Module<Tensor, Tensor>
{
    private readonly Tensor running_mean;
    private readonly Tensor running_var;
    private readonly Tensor num_batches_tracked;
    private readonly double epsilon;
    private readonly double newShare;

    /// <summary>Learned factors [C], or null.</summary>
    public Parameter? weight { get; }

    /// <summary>Learned constants [C], or null.</summary>
    public Parameter? bias { get; }

    /// <summary>Creates the layer: factor 1, constant 0, mean 0, variance 1.</summary>
    /// <param name="features">C.</param>
    /// <param name="scale">Whether a factor for each channel is learned.</param>
    /// <param name="shift">Whether a constant for each channel is learned.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="momentum">Weight of a new batch in the running statistics.</param>
    public PartialBatchNorm2d(long features, bool scale, bool shift, double eps = 1e-5, double momentum = 0.1)
        : base(nameof(PartialBatchNorm2d))
    {
        (epsilon, newShare) = (eps, momentum);
        if (scale)
        {
            weight = new Parameter(ones(features));
            register_parameter(nameof(weight), weight);
        }

        if (shift)
        {
            bias = new Parameter(zeros(features));
            register_parameter(nameof(bias), bias);
        }

        register_buffer(nameof(running_mean), running_mean = zeros(features));
        register_buffer(nameof(running_var), running_var = ones(features));
        register_buffer(nameof(num_batches_tracked), num_batches_tracked = zeros([], ScalarType.Int64));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (training)
        {
            using var gradients = no_grad();
            num_batches_tracked.add_(1);
        }

        return nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training, newShare, epsilon);
    }
}
