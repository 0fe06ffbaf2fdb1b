// What numbers alone do not show: modes, state, errors, in-place forms, initial values, gradient limits.
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharpTests.NN;

public class LayerBehaviourTests
{
    [Fact]
    public void Convolution_names_the_channels_it_expects()
    {
        using var conv = Conv2d(3, 4, 3);
        var error = Assert.Throws<ArgumentException>(() => conv.call(zeros(1, 2, 5, 5)));
        Assert.Contains("3 channels to Conv2d", error.Message);
        Assert.Throws<ArgumentException>(() => conv.call(zeros(5, 5)));
        Assert.Equal([4L, 3L, 3L], conv.call(zeros(3, 5, 5)).shape);
    }

    [Fact]
    public void Same_padding_refuses_strides()
        => Assert.Throws<ArgumentException>(() => Conv2d(1, 1, 3, Padding.Same, stride: 2));

    [Fact]
    public void Transposed_convolution_reaches_only_sizes_within_its_stride()
    {
        using var layer = ConvTranspose2d(1, 1, 3, stride: 2, padding: 1);
        Assert.Equal([1L, 1L, 6L, 5L], layer.forward(zeros(1, 1, 3, 3), [1, 1, 6, 5]).shape);
        Assert.Throws<ArgumentException>(() => layer.forward(zeros(1, 1, 3, 3), [7, 5]));
    }

    [Fact]
    public void Batch_norm_learns_statistics_in_training_and_uses_them_in_evaluation()
    {
        using var norm = BatchNorm2d(1, momentum: 0.5);
        var batch = tensor(new float[] { 1, 3, 5, 7 }, [1, 1, 2, 2]);
        norm.call(batch);
        Assert.Equal(1L, norm.num_batches_tracked!.item<long>());
        Assert.Equal([2.0], Numbers.Values(norm.running_mean!));
        Numbers.AssertClose([0.5 + 0.5 * 20 / 3], Numbers.Values(norm.running_var!), 1e-6);
        norm.eval();
        norm.call(batch);
        Assert.Equal(1L, norm.num_batches_tracked!.item<long>());
        norm.reset_running_stats();
        Assert.Equal([0.0], Numbers.Values(norm.running_mean!));
        Numbers.AssertClose([1, 3, 5, 7], Numbers.Values(norm.call(batch)), 1e-4);
    }

    [Fact]
    public void Batch_norm_refuses_other_dimensions()
    {
        using var norm = BatchNorm2d(2);
        Assert.Throws<ArgumentException>(() => norm.call(zeros(1, 2, 3)));
    }

    [Fact]
    public void Dropout_scales_what_it_keeps_and_rests_in_evaluation()
    {
        random.manual_seed(1);
        using var dropout = Dropout(0.25);
        var values = Numbers.Values(dropout.call(ones(4000)));
        Assert.All(values, value => Assert.True(value == 0 || Math.Abs(value - 1 / 0.75) < 1e-6));
        Assert.InRange(values.Count(value => value == 0), 850, 1150);
        dropout.eval();
        Assert.All(Numbers.Values(dropout.call(ones(100))), value => Assert.Equal(1, value));
    }

    [Fact]
    public void Dropout2d_drops_whole_channels()
    {
        random.manual_seed(1);
        using var dropout = Dropout2d();
        var sums = Numbers.Values(dropout.call(ones(1, 200, 3, 3)).sum(new long[] { 0, 2, 3 }));
        Assert.All(sums, sum => Assert.True(sum is 0 or 18));
        Assert.InRange(sums.Count(sum => sum == 0), 60, 140);
    }

    [Fact]
    public void In_place_activations_change_the_input_and_return_a_handle_of_their_own()
    {
        var input = tensor(new float[] { -1, 2 });
        using (var output = ReLU(inplace: true).call(input)) Assert.Equal([0.0, 2.0], Numbers.Values(output));
        Assert.Equal([0.0, 2.0], Numbers.Values(input));
    }

    [Fact]
    public void Max_pooling_tells_where_the_maxima_were()
    {
        var (values, indices) = MaxPool2d(2).forward_with_indices(Numbers.Wave([1, 1, 2, 4]));
        var flat = Numbers.Values(Numbers.Wave([1, 1, 2, 4]));
        Assert.Equal(Numbers.Values(indices).Select(index => flat[(int)index]), Numbers.Values(values));
        Assert.Equal([1L, 1L, 1L, 2L], F.adaptive_max_pool2d_with_indices(zeros(1, 1, 4, 4), [1, 2]).Indices.shape);
    }

    [Fact]
    public void One_hot_needs_whole_numbers()
    {
        Assert.Equal([0.0, 1.0, 0.0, 1.0, 0.0, 0.0], Numbers.Values(F.one_hot(tensor(new long[] { 1, 0 }), 3)));
        Assert.Throws<ArgumentException>(() => F.one_hot(zeros(2)));
    }

    [Fact]
    public void Interpolation_refuses_what_does_not_fit()
    {
        using var x = zeros(1, 1, 4, 4);
        Assert.Throws<ExternalException>(() => F.interpolate(x));
        Assert.Throws<ExternalException>(() => F.interpolate(x, [2, 2], [2.0, 2.0]));
        Assert.Throws<ExternalException>(() => F.interpolate(x, [2, 2], align_corners: true));
        Assert.Throws<ExternalException>(() => F.interpolate(x, [2], mode: InterpolationMode.Linear));
        Assert.Throws<ExternalException>(() => F.interpolate(x, [2, 2], mode: InterpolationMode.Trilinear));
    }

    [Fact]
    public void Losses_refuse_targets_of_another_shape()
        => Assert.Throws<ExternalException>(() => BCEWithLogitsLoss().call(zeros(2, 2), zeros(4)));

    [Theory]
    [InlineData(64, 3, 3, 3)]
    [InlineData(32, 16, 1, 1)]
    public void Convolutions_start_uniform_within_the_fan_in_bound(long outputs, long inputs, long height, long width)
    {
        random.manual_seed(3);
        using var conv = Conv2d(inputs, outputs, (height, width));
        var bound = 1 / Math.Sqrt(inputs * height * width);
        AssertUniform(Numbers.Values(conv.weight), bound);
        Assert.All(Numbers.Values(conv.bias!), value => Assert.InRange(value, -bound, bound));
        Assert.NotEqual(0, Numbers.Values(conv.bias!).Max());
    }

    [Fact]
    public void Linear_starts_uniform_within_the_fan_in_bound()
    {
        random.manual_seed(3);
        using var linear = Linear(25, 40);
        AssertUniform(Numbers.Values(linear.weight), 0.2);
        Assert.All(Numbers.Values(linear.bias!), value => Assert.InRange(value, -0.2, 0.2));
    }

    [Fact]
    public void Normalisation_starts_as_the_identity()
    {
        foreach (var layer in new Module[] { BatchNorm2d(3), LayerNorm(3) })
        {
            Assert.Equal([1.0, 1.0, 1.0], Numbers.Values(layer.get_parameter("weight")!));
            Assert.Equal([0.0, 0.0, 0.0], Numbers.Values(layer.get_parameter("bias")!));
        }
    }

    private static void AssertUniform(double[] values, double bound)
    {
        Assert.All(values, value => Assert.InRange(value, -bound, bound));
        Assert.InRange(values.Max(), 0.9 * bound, bound);
        Assert.InRange(values.Average(value => value * value), 0.8 * bound * bound / 3, 1.2 * bound * bound / 3);
    }
}
