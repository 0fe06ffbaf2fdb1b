// TensorFlow's SAME padding at run time: for layers whose padding is not the same on both sides, or changes with the size of their input.
// There are ceil(size / stride) windows; the zeros that this takes are split evenly, and an odd one goes to the bottom or right.
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Convolution and poolings with TensorFlow's SAME padding, and the padding itself.</summary>
public static class SamePadding
{
    /// <summary>Cells that SAME adds along one axis.</summary>
    /// <param name="size">Cells of the input.</param>
    /// <param name="kernel">Cells of the window.</param>
    /// <param name="stride">Distance of neighbouring windows.</param>
    /// <param name="dilation">Distance of neighbouring taps.</param>
    /// <returns>Cells before the first and behind the last.</returns>
    public static (long Before, long After) Of(long size, long kernel, long stride, long dilation = 1)
    {
        var windows = (size + stride - 1) / stride;
        var total = Math.Max(((windows - 1) * stride) + ((kernel - 1) * dilation) + 1 - size, 0);
        return (total / 2, total - (total / 2));
    }

    /// <inheritdoc cref="MaxPool(Tensor, ValueTuple{long, long}, ValueTuple{long, long})"/>
    public static Tensor MaxPool(Tensor input, long kernel, long stride) => MaxPool(input, (kernel, kernel), (stride, stride));

    /// <summary>Largest value of each window; padding is never the largest.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="kernel">Window: height, width.</param>
    /// <param name="stride">Distance of neighbouring windows: vertical, horizontal.</param>
    /// <returns>[N, C, ceil(H / stride), ceil(W / stride)].</returns>
    public static Tensor MaxPool(Tensor input, (long Height, long Width) kernel, (long Vertical, long Horizontal) stride) => Pool(
        input, kernel, stride, padding => nn.functional.max_pool2d(input, kernel, stride: stride, padding: padding, ceil_mode: true));

    /// <inheritdoc cref="AvgPool(Tensor, ValueTuple{long, long}, ValueTuple{long, long})"/>
    public static Tensor AvgPool(Tensor input, long kernel, long stride) => AvgPool(input, (kernel, kernel), (stride, stride));

    /// <summary>Mean over the cells of each window that belong to the input; padding is not counted.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="kernel">Window: height, width.</param>
    /// <param name="stride">Distance of neighbouring windows: vertical, horizontal.</param>
    /// <returns>[N, C, ceil(H / stride), ceil(W / stride)].</returns>
    public static Tensor AvgPool(Tensor input, (long Height, long Width) kernel, (long Vertical, long Horizontal) stride) => Pool(
        input, kernel, stride,
        padding => nn.functional.avg_pool2d(input, kernel, stride: stride, padding: padding, ceil_mode: true, count_include_pad: false));

    /// <summary>A convolution; zeros are copied around the input only where plain padding cannot do it.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="weight">[out, C / groups, kernel height, kernel width].</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="stride">Distance of neighbouring windows: vertical, horizontal.</param>
    /// <param name="dilation">Distance of neighbouring taps: vertical, horizontal.</param>
    /// <param name="groups">Groups of channels that do not mix.</param>
    /// <returns>[N, out, ceil(H / stride), ceil(W / stride)].</returns>
    public static Tensor Convolve(
        Tensor input, Tensor weight, Tensor? bias, (long Vertical, long Horizontal) stride, (long Vertical, long Horizontal) dilation, long groups)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(weight);
        var (top, bottom) = Of(input.shape[2], weight.shape[2], stride.Vertical, dilation.Vertical);
        var (left, right) = Of(input.shape[3], weight.shape[3], stride.Horizontal, dilation.Horizontal);
        if (top == bottom && left == right)
        {
            return Convolve(input, top, left);
        }

        using var padded = nn.functional.pad(input, [left, right, top, bottom]);
        return Convolve(padded, 0, 0);

        Tensor Convolve(Tensor from, long vertical, long horizontal) => MixedProducts.Conv2d(
            from, weight, bias, strides: [stride.Vertical, stride.Horizontal], padding: [vertical, horizontal],
            dilation: [dilation.Vertical, dilation.Horizontal], groups: groups);
    }

    // Partial windows do what padding at the bottom and right would do, so nothing is copied. Only windows of even size in steps of one need
    // their first position moved by one cell: padding one more on both sides and leaving the first result out does that.
    private static Tensor Pool(
        Tensor input, (long Height, long Width) kernel, (long Vertical, long Horizontal) stride, Func<(long, long), Tensor> pooled)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (top, bottom) = Of(input.shape[2], kernel.Height, stride.Vertical);
        var (left, right) = Of(input.shape[3], kernel.Width, stride.Horizontal);
        var (moveDown, moveRight) = (stride.Vertical == 1 && bottom > top, stride.Horizontal == 1 && right > left);
        var result = pooled((moveDown ? bottom : top, moveRight ? right : left));
        if (!moveDown && !moveRight)
        {
            return result;
        }

        using (result)
        {
            using var below = result.slice(2, moveDown ? 1 : 0, result.shape[2], 1);
            return below.slice(3, moveRight ? 1 : 0, result.shape[3], 1);
        }
    }
}
