// Convolutions and fully connected layers of bfloat16 add up in 32-bit floats: a sum of thousands of products in bfloat16 itself would stop growing, since
// 256 + 1 is 256 there. Graphics cards and processors with instructions for it do so; libtorch's kernels for other processors do not.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Products of values and weights in the format of the values, summed in 32-bit floats.</summary>
public static class MixedProducts
{
    // More ones than bfloat16 can count to.
    private const int Ones = 1024;

    private static readonly Lazy<bool> ConvolutionIsExact = new(() => Counts(static () =>
    {
        using var image = ones(1, Ones, 2, 2, ScalarType.BFloat16);
        using var kernel = ones(1, Ones, 1, 1, ScalarType.BFloat16);
        return nn.functional.conv2d(image, kernel);
    }));

    private static readonly Lazy<bool> LinearIsExact = new(() => Counts(static () =>
    {
        using var vector = ones(2, Ones, ScalarType.BFloat16);
        using var weight = ones(1, Ones, ScalarType.BFloat16);
        return nn.functional.linear(vector, weight);
    }));

    /// <summary>A convolution.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="weight">[out, C / groups, kernel height, kernel width], in the format of the input.</param>
    /// <param name="bias">[out], in the format of the input; may be absent.</param>
    /// <param name="strides">Distance of neighbouring windows: vertical, horizontal.</param>
    /// <param name="padding">Zeros on each side: vertical, horizontal.</param>
    /// <param name="dilation">Distance of neighbouring taps: vertical, horizontal.</param>
    /// <param name="groups">Groups of channels that do not mix.</param>
    public static Tensor Conv2d(Tensor input, Tensor weight, Tensor? bias, long[] strides, long[] padding, long[] dilation, long groups)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(weight);
        if (!SumsInBfloat16(input, ConvolutionIsExact))
        {
            return nn.functional.conv2d(input, weight, bias, strides, padding, dilation, groups);
        }

        using var scope = NewDisposeScope();
        using var exact = nn.functional.conv2d(Widened(input), Widened(weight), bias is null ? null : Widened(bias), strides, padding, dilation, groups);
        return exact.to(ScalarType.BFloat16).MoveToOuterDisposeScope();
    }

    /// <summary>A fully connected layer.</summary>
    /// <param name="input">[N, in].</param>
    /// <param name="weight">[out, in], in the format of the input.</param>
    /// <param name="bias">[out], in the format of the input; may be absent.</param>
    public static Tensor Linear(Tensor input, Tensor weight, Tensor? bias)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(weight);
        if (!SumsInBfloat16(input, LinearIsExact))
        {
            return nn.functional.linear(input, weight, bias);
        }

        using var scope = NewDisposeScope();
        using var exact = nn.functional.linear(Widened(input), Widened(weight), bias is null ? null : Widened(bias));
        return exact.to(ScalarType.BFloat16).MoveToOuterDisposeScope();
    }

    private static bool SumsInBfloat16(Tensor input, Lazy<bool> isExact) => input.dtype == ScalarType.BFloat16 && input.device_type == DeviceType.CPU && !isExact.Value;

    private static Tensor Widened(Tensor tensor) => tensor.to(ScalarType.Float32);

    private static bool Counts(Func<Tensor> sum)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var counted = sum().to(ScalarType.Float32);
        return counted.flatten()[0].item<float>() == Ones;
    }
}
