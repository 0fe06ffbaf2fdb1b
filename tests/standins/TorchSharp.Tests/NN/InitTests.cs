// torch.nn.init: distributions, gains and fans; torch.nn.utils: gradient limits and parameter vectors.
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharpTests.NN;

public class InitTests
{
    public InitTests() => random.manual_seed(7);

    [Theory]
    [InlineData(init.NonlinearityType.Linear, 0, 1)]
    [InlineData(init.NonlinearityType.Tanh, 0, 1.6666666666666667)]
    [InlineData(init.NonlinearityType.ReLU, 0, 1.4142135623730951)]
    [InlineData(init.NonlinearityType.LeakyReLU, 2, 0.63245553203367588)]
    public void Gain_depends_on_the_nonlinearity(init.NonlinearityType kind, double parameter, double expected)
        => Assert.Equal(expected, init.calculate_gain(kind, parameter), 12);

    [Fact]
    public void Fans_count_the_receptive_field()
    {
        Assert.Equal((27L, 72L), init.CalculateFanInAndFanOut(empty(8, 3, 3, 3)));
        Assert.Equal((3L, 8L), init.CalculateFanInAndFanOut(empty(8, 3)));
        Assert.Throws<ArgumentException>(() => init.CalculateFanInAndFanOut(empty(8)));
    }

    [Fact]
    public void Normal_schemes_have_their_standard_deviations()
    {
        AssertNormal(
            init.kaiming_normal_(empty(100, 50), mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU), Math.Sqrt(2.0 / 50));
        AssertNormal(
            init.kaiming_normal_(empty(100, 50), mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU),
            Math.Sqrt(2.0 / 100));
        AssertNormal(init.normal_(empty(5000), 0, 0.01), 0.01);
    }

    [Fact]
    public void Uniform_schemes_have_their_bounds()
    {
        AssertBound(init.kaiming_uniform_(empty(100, 50), nonlinearity: init.NonlinearityType.ReLU), Math.Sqrt(6.0 / 50));
        AssertBound(init.xavier_uniform_(empty(100, 50)), Math.Sqrt(6.0 / 150));
        AssertBound(init.uniform_(empty(5000), -0.3, 0.3), 0.3);
    }

    [Theory]
    [InlineData(6, 4)]
    [InlineData(4, 6)]
    public void Orthogonal_rows_or_columns(long rows, long columns)
    {
        using var matrix = init.orthogonal_(empty(rows, columns), gain: 2);
        using var product = rows <= columns ? matrix.matmul(matrix.t()) : matrix.t().matmul(matrix);
        Numbers.AssertClose(Numbers.Values(eye(Math.Min(rows, columns)) * 4), Numbers.Values(product), 1e-5);
    }

    [Fact]
    public void Constants_fill_and_leave_no_trace_in_autograd()
    {
        using var parameter = new Parameter(zeros(2));
        init.constant_(parameter, 0.5);
        Assert.Equal([0.5, 0.5], Numbers.Values(parameter));
        Assert.True(parameter.is_leaf);
        Assert.Equal([1.0, 1.0], Numbers.Values(init.ones_(parameter)));
        Assert.Equal([0.0, 0.0], Numbers.Values(init.zeros_(parameter)));
        Assert.Equal([1.0, 0.0, 0.0, 1.0], Numbers.Values(init.eye_(empty(2, 2))));
    }

    [Theory]
    [InlineData(2.0, 1.0, 5.0, 0.2)]
    [InlineData(2.0, 10.0, 5.0, 1.0)]
    [InlineData(1.0, 3.5, 7.0, 0.5)]
    [InlineData(double.PositiveInfinity, 2.0, 4.0, 0.5)]
    public void Clipping_scales_all_gradients_by_their_joint_norm(double order, double limit, double norm, double factor)
    {
        using var first = WithGradient(3, 0);
        using var second = WithGradient(0, -4);
        using var without = new Parameter(zeros(1));
        Assert.Equal(norm, nn.utils.clip_grad_norm_([first, without, second], limit, order), 5);
        Numbers.AssertClose([3 * factor, 0], Numbers.Values(first.grad!), 1e-5);
        Numbers.AssertClose([0, -4 * factor], Numbers.Values(second.grad!), 1e-5);
    }

    [Fact]
    public void Clipping_by_value_clamps_each_element()
    {
        using var parameter = WithGradient(3, -0.5f);
        nn.utils.clip_grad_value_([parameter], 1);
        Assert.Equal([1.0, -0.5], Numbers.Values(parameter.grad!));
    }

    [Fact]
    public void Parameters_become_a_vector_and_come_back()
    {
        using var linear = Numbers.Filled(Linear(2, 3));
        using var vector = nn.utils.parameters_to_vector(linear.parameters());
        Assert.Equal([9L], vector.shape);
        using var other = Linear(2, 3);
        nn.utils.vector_to_parameters(vector.detach(), other.parameters());
        Assert.Equal(Numbers.Values(linear.weight), Numbers.Values(other.weight));
        Assert.Equal(Numbers.Values(linear.bias!), Numbers.Values(other.bias!));
        Assert.Throws<ExternalException>(() => nn.utils.vector_to_parameters(zeros(8), other.parameters()));
    }

    private static Parameter WithGradient(float first, float second)
    {
        var parameter = new Parameter(zeros(2));
        parameter.grad = tensor(new[] { first, second });
        return parameter;
    }

    private static void AssertNormal(Tensor filled, double deviation)
    {
        var values = Numbers.Values(filled);
        Assert.InRange(Math.Sqrt(values.Average(value => value * value)), 0.95 * deviation, 1.05 * deviation);
        // Unlike a uniform distribution of the same variance, a normal one goes beyond two deviations.
        Assert.Contains(values, value => Math.Abs(value) > 2 * deviation);
    }

    private static void AssertBound(Tensor filled, double bound)
    {
        var values = Numbers.Values(filled);
        Assert.InRange(values.Max(), 0.95 * bound, bound);
        Assert.InRange(values.Min(), -bound, -0.95 * bound);
    }
}
