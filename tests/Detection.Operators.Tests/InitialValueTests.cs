// What layers of a fresh module hold: of each distribution its mean, deviation and bounds, of each bias its value.
using Detection.Operators.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Operators.Tests;

public sealed class InitialValueTests(InitialValueTests.Fresh fresh) : IClassFixture<InitialValueTests.Fresh>
{
    // Each has thousands of values, so that both are known to a percent or less.
    [Theory]
    [InlineData("byDefault", 0.5, 0.02)]
    [InlineData("wider", 0.5, 0.1)]
    [InlineData("truncated", 0, 0.05 * 0.87962566)]
    [InlineData("truncatedAround", 2, 0.05 * 0.87962566)]
    [InlineData("withoutBias", 0.5, 0.02)]
    [InlineData("narrow.first", 0, 0.3)]
    [InlineData("wide.first", 0, 0.3)]
    [InlineData("wide.second", 0, 0.6)]
    [InlineData("steep.first", 0, 0.6)]
    [InlineData("steep.second", 0, 1.2)]
    [InlineData("patched.first", 0, 0.01)]
    [InlineData("outer.conv", 0.5, 0.02)]
    public void Normal_weights_have_the_mean_and_deviation_of_the_spec(string layer, double mean, double deviation) => Close(layer, mean, deviation);

    // Variances by the papers: 2 / (fan in + fan out), 1 / fan in, 2 / ((1 + slope^2) fan).
    [Theory]
    [InlineData("xavierUniform", 2.0 / ((64 + 192) * 9))]
    [InlineData("xavierNormal", 2.0 / ((192 + 64) * 9))]
    [InlineData("xavierCaffe", 1.0 / (64 * 9))]
    [InlineData("xavierOut", 1.0 / (64 * 9))]
    [InlineData("kaimingUniform", 2.0 / (64 * 9))]
    [InlineData("kaimingNormal", 2.0 / (192 * 9))]
    [InlineData("kaimingOut", 2.0 / (192 * 9))]
    [InlineData("kaimingAverage", 2.0 / (1.25 * 128 * 9))]
    public void A_variance_is_divided_by_the_connections_of_the_mode(string layer, double variance) => Close(layer, 0, Math.Sqrt(variance));

    [Theory]
    [InlineData("uniform", 0.03, 0.0299)]
    [InlineData("truncated", 0.1, 0.0985)]
    [InlineData("xavierUniform", 0.05103104, 0.0509)]
    public void No_value_lies_beyond_the_bound_and_some_come_near(string layer, double bound, double near)
    {
        var largest = fresh["" + layer + ".weight"].abs().max().item<float>();

        Assert.InRange(largest, near, bound + 1e-6);
    }

    // A uniform distribution of the same deviation would end at the root of 3.
    [Theory]
    [InlineData("xavierNormal")]
    [InlineData("xavierOut")]
    [InlineData("kaimingNormal")]
    public void A_normal_distribution_has_values_beyond_three_deviations(string layer)
    {
        var weight = fresh[layer + ".weight"];

        Assert.True(weight.abs().max().item<float>() > 3 * weight.std().item<float>());
    }

    [Theory]
    [InlineData("constant.weight", 0.25)]
    [InlineData("constant.bias", 0)]
    [InlineData("byDefault.bias", 0)]
    [InlineData("uniform.bias", -1)]
    [InlineData("xavierUniform.bias", 0)]
    [InlineData("same.weight", 0.5)]
    [InlineData("same.bias", 3)]
    [InlineData("up.bias", -4.59511985013459)]
    [InlineData("norm.weight", 0.5)]
    [InlineData("norm.bias", 0.125)]
    [InlineData("norm.running_var", 1)]
    [InlineData("shift.bias", -2)]
    [InlineData("wide.second.bias", 7)]
    [InlineData("outer.norm.weight", 1)]
    [InlineData("init.bias", 0.5)]
    public void A_constant_fills_its_tensor(string tensor, double value)
    {
        var values = fresh[tensor];

        Assert.Equal((float)value, values.min().item<float>());
        Assert.Equal((float)value, values.max().item<float>());
    }

    [Fact]
    public void Factors_of_a_normalisation_are_drawn_around_their_mean() => Assert.InRange(fresh["drawn.weight"].mean().item<float>(), 0.98, 1.02);

    [Fact]
    public void Two_fresh_modules_of_one_seed_begin_alike_and_of_others_not()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        using var first = new InitialValues();
        manual_seed(7);
        using var second = new InitialValues();
        using var third = new InitialValues();

        Assert.Equal(first.state_dict()["truncated.weight"].data<float>().ToArray(), second.state_dict()["truncated.weight"].data<float>().ToArray());
        Assert.NotEqual(first.state_dict()["truncated.weight"].data<float>().ToArray(), third.state_dict()["truncated.weight"].data<float>().ToArray());
    }

    [Fact]
    public void All_of_them_are_trained_as_before()
    {
        using var model = new InitialValues();

        Assert.All(model.parameters(), p => Assert.True(p.requires_grad && p.is_leaf));
    }

    private void Close(string layer, double mean, double deviation)
    {
        var weight = fresh[layer + ".weight"];
        var count = weight.numel();

        // Five deviations of the estimates.
        Assert.InRange(weight.mean().item<float>(), mean - (5 * deviation / Math.Sqrt(count)), mean + (5 * deviation / Math.Sqrt(count)));
        Assert.InRange(weight.std().item<float>(), deviation * (1 - (5 / Math.Sqrt(2 * count))), deviation * (1 + (5 / Math.Sqrt(2 * count))));
    }

    public sealed class Fresh : IDisposable
    {
        private readonly InitialValues model;
        private readonly Dictionary<string, Tensor> tensors;

        public Fresh()
        {
            manual_seed(1);
            model = new InitialValues();
            tensors = model.state_dict().ToDictionary(t => t.Key, t => t.Value.detach());
        }

        public Tensor this[string key] => tensors[key];

        public void Dispose() => model.Dispose();
    }
}
