// Operators whose C# stands in the project: the generated classes run it, with the attributes and tensors that the spec declares.
using Detection.Operators.Models;
using Detection.Operators.Models.Pooling;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Detection.Operators.Tests;

public sealed class CustomOperatorTests
{
    [Fact]
    public void The_state_dict_has_the_declared_tensors_under_the_keys_of_the_nodes()
    {
        using var model = new CustomOperators();

        Assert.Equal(
            [
                "gate.bias", "gate.weight", "more.guided.weight", "most.guided.weight", "pooled.power", "stem.shift", "stem.weight", "strips.gain", "twice.shift", "twice.weight", "units_1.conv.shift", "units_1.conv.weight",
                "units_2.conv.shift", "units_2.conv.weight", "wide.conv.shift", "wide.conv.weight",
            ],
            model.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Equal([24, 6], model.state_dict()["most.guided.weight"].shape);
        Assert.Equal([8, 6, 3, 3], model.state_dict()["stem.weight"].shape);
        Assert.DoesNotContain("strips.gain", model.named_parameters().Select(p => p.name));
    }

    [Fact]
    public void Tensors_begin_with_what_is_declared()
    {
        using var pool = new GeneralizedMean(4);
        using var strips = new StripPool(8, parts: 4);
        using var conv = new CoordConv(4, 8);

        Assert.Equal(3, pool.state_dict()["power"].item<float>());
        Assert.Equal([0.25f, 0.25f], strips.state_dict()["gain"].data<float>().ToArray());
        Assert.Equal(0, conv.state_dict()["shift"].abs().sum().item<float>());
        Assert.True(conv.state_dict()["weight"].std().item<float>() > 0.01f);
    }

    [Theory]
    [InlineData(18, 26)]
    [InlineData(13, 31)]
    public void The_model_computes_what_its_operators_do_in_its_order(long height, long width)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = new CustomOperators();
        var weights = model.state_dict();
        foreach (var (key, tensor) in weights.Where(w => w.Key.EndsWith("shift", StringComparison.Ordinal)))
        {
            tensor.uniform_(-1, 1);
        }

        var input = rand(2, 4, height, width);
        var result = model.call(input);

        Tensor Coord(string key, Tensor x, double begin = -1, long stride = 1)
        {
            var rows = arange(x.shape[2]).to(float32).mul((1 - begin) / (x.shape[2] - 1)).add(begin).view(1, 1, -1, 1) + zeros(2, 1, 1, x.shape[3]);
            var columns = arange(x.shape[3]).to(float32).mul((1 - begin) / (x.shape[3] - 1)).add(begin).view(1, 1, 1, -1) + zeros(2, 1, x.shape[2], 1);
            return functional.conv2d(cat([x, rows, columns], 1), weights[key + ".weight"], weights[key + ".shift"], strides: [stride, stride], padding: [1L, 1L]);
        }

        var stem = Coord("stem", input, begin: 0);
        Tensor Guided(string key, Tensor map, Tensor guide) =>
            cat([map * weights[key + ".weight"].sum(1).sigmoid().view(1, -1, 1, 1) * guide.mean([1], keepdim: true), guide], 1);

        var units = functional.relu(Coord("units_2.conv", functional.relu(Coord("units_1.conv", stem, stride: 2))));
        var wide = functional.relu(Coord("wide.conv", units));
        var twice = Coord("twice", wide);
        var rows = ((height / 2 * 3) + 1) / 2;
        var strips = functional.interpolate(stem.slice(1, 0, 4, 1) + stem.slice(1, 4, 8, 1), [rows, width], mode: InterpolationMode.Nearest) * 0.5;
        var pooled = strips.clamp_min(1e-6).pow(3).mean([2, 3]).pow(1.0 / 3);
        var gate = functional.linear(pooled, weights["gate.weight"], weights["gate.bias"]);
        Close(strips, result.Fine);
        Close(Coord("twice", twice) * gate.unsqueeze(-1).unsqueeze(-1), result.Deep);
        Close(Guided("most.guided", Guided("more.guided", twice, wide), wide), result.Guided);
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.allclose(actual, rtol: 1e-4, atol: 1e-4), (expected - actual).abs().max().item<float>().ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
