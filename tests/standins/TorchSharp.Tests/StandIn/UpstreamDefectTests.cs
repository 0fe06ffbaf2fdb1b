// Where TorchSharp 0.107 itself is wrong and the stand-in follows PyTorch. On the real package these tests fail;
// what must run on both does not rely on the functions named here.
using TorchSharp;
using TorchSharp.Modules;
using TorchSharpTests.NN;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharpTests.StandIn;

public class UpstreamDefectTests
{
    [Fact]
    public void Group_norm_starts_as_the_identity()
    {
        using var norm = GroupNorm(1, 3);
        Assert.Equal([1.0, 1.0, 1.0], Numbers.Values(norm.weight));
        Assert.Equal([0.0, 0.0, 0.0], Numbers.Values(norm.bias!));
    }

    [Fact]
    public void Truncated_normal_values_are_centred_and_stay_inside()
    {
        random.manual_seed(7);
        var values = Numbers.Values(init.trunc_normal_(empty(5000), mean: 0.1, std: 0.2, a: -0.1, b: 0.3));
        Assert.All(values, value => Assert.InRange(value, -0.1000001, 0.3000001));
        Assert.InRange(values.Average(), 0.09, 0.11);
        // A normal distribution cut at one standard deviation keeps 0.54 of its deviation.
        Assert.InRange(Math.Sqrt(values.Average(value => (value - 0.1) * (value - 0.1))), 0.2 * 0.52, 0.2 * 0.56);
    }

    [Fact]
    public void Xavier_normal_values_go_beyond_the_uniform_bound()
    {
        random.manual_seed(7);
        var deviation = 2 * Math.Sqrt(2.0 / 150);
        var values = Numbers.Values(init.xavier_normal_(empty(100, 50), gain: 2));
        Assert.InRange(Math.Sqrt(values.Average(value => value * value)), 0.95 * deviation, 1.05 * deviation);
        Assert.Contains(values, value => Math.Abs(value) > 2 * deviation);
    }

    [Fact]
    public void Zero_grad_of_an_optimizer_leaves_no_tensors_behind()
    {
        var parameter = new Parameter(ones(2));
        parameter.grad = ones(2);
        using var optimizer = optim.SGD([parameter], 0.1);
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        Assert.Equal(0, scope.DisposablesCount);
        Assert.Equal([0.0, 0.0], Numbers.Values(parameter.grad!));
    }

    [Fact]
    public void State_of_plain_SGD_can_be_copied()
    {
        var (one, other) = (new Parameter(ones(1)), new Parameter(ones(1)));
        using var source = optim.SGD([one], 0.25);
        using var target = optim.SGD([other], 0.5);
        target.load_state_dict(source.state_dict());
        Assert.Equal(0.25, target.ParamGroups.Single().LearningRate);
    }
}
