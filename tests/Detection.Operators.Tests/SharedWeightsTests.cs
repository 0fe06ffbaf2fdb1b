// Weights that several nodes use: stored once, changed for all, and every node computes what its own layers with those weights would.
using Detection.Operators.Models;
using Detection.Runtime.Tests;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Detection.Operators.Tests;

public sealed class SharedWeightsTests
{
    [Fact]
    public void The_state_dict_has_each_tensor_once_under_the_key_of_its_owner()
    {
        using var model = new SharedWeights();

        var prefixes = model.state_dict().Keys.Select(k => string.Join('.', k.Split('.')[..^1])).Distinct().Order(StringComparer.Ordinal);

        string[] unit = ["conv", "expand", "norm", "reduce"];
        string[] expected =
        [
            "stem", "fine", "up", "two.a", "branch",
            .. new[] { "branch.unit_1", "branch.unit_2", "branch.unit_3", "chain_1", "chain_2", "chain_3", "own", "part.unit_3" }.SelectMany(u => unit.Select(n => $"{u}.{n}")),
            "branch.unit_1.shortcut", "chain_1.shortcut", "part", "part.unit_2.expand", "part.unit_2.reduce",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), prefixes);
        Assert.Equal(model.named_parameters().Select(p => p.name).Distinct().Count(), model.named_parameters().Count());
    }

    [Theory]
    [InlineData(18, 26)]
    [InlineData(13, 31)]
    public void Every_node_computes_with_the_weights_of_its_owner(long height, long width)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = new SharedWeights();
        model.eval();
        var w = new Reference(model.state_dict());
        var input = rand(1, 4, height, width);
        var result = model.call(input);

        var stem = w.Conv("stem", input, padding: 1);
        var fine = w.Conv("fine", stem, padding: 1);
        var coarse = w.Conv("fine", stem, stride: 2, padding: 1);
        Close(coarse, result.Coarse);
        Close(w.Conv("fine", functional.pad(stem, [1 - (width % 2 == 0 ? 1 : 0), 1, 1 - (height % 2 == 0 ? 1 : 0), 1]), stride: 2), result.Same);
        var again = w.Conv("fine", coarse, padding: 1);
        Close(again, result.Again);
        Close(functional.conv_transpose2d(fine, w["up.weight"], w["up.bias"], strides: [2, 2]), result.Up);
        Close(functional.conv_transpose2d(coarse, w["up.weight"], w["up.bias"], strides: [3, 3], output_padding: [2, 2]), result.UpOdd);
        Close(w.Stage(stem, 2, "branch.unit_1", "branch.unit_2", "branch.unit_3", "branch"), result.Cls);
        Close(w.Stage(fine, 2, "branch.unit_1", "branch.unit_2", "branch.unit_3", "branch"), result.ClsAgain);
        Close(w.Stage(stem, 1, "branch.unit_1", "branch.unit_2", "branch.unit_3", "branch"), result.Loc);
        var chain = w.Unit(stem, 2, "chain_1");
        Close(w.Unit(w.Unit(chain, 1, "chain_2"), 1, "chain_3"), result.Chain);
        var own = w.Unit(w.Unit(w.Unit(stem, 1, "chain_1"), 1, "chain_2"), 1, "own");
        Close(own, result.Own);
        var second = w.Unit(w.Unit(stem, 1, "branch.unit_1"), 1, "part.unit_2", kernels: "branch.unit_2");
        Close(w.Conv("part", w.Unit(second, 1, "part.unit_3")), result.Part);
        Close(w.Twice(stem), result.Two);
        Close(w.Twice(coarse), result.TwoAgain);
    }

    [Fact]
    public void A_gradient_of_one_branch_reaches_the_weights_of_its_owner()
    {
        using var scope = NewDisposeScope();
        using var model = new SharedWeights();
        model.call(rand(2, 4, 18, 26)).Loc.square().mean().backward();

        // Without a stride the branch needs no shortcut, which is its owner's alone.
        Assert.All(
            model.named_parameters().Where(p => !p.name.Contains("shortcut", StringComparison.Ordinal)),
            p => Assert.Equal(p.name.StartsWith("stem.", StringComparison.Ordinal) || p.name.StartsWith("cls.", StringComparison.Ordinal), p.parameter.grad is not null));
    }

    [Fact]
    public void Weights_stay_shared_when_the_model_is_moved_loaded_and_saved()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var other = new SharedWeights();
        using var model = new SharedWeights();
        model.to(ScalarType.Float64);
        other.to(ScalarType.Float64);
        model.load_state_dict(other.state_dict().ToDictionary(e => e.Key, e => e.Value.clone()));
        model.eval();
        other.eval();
        var input = rand([1, 4, 18, 26], ScalarType.Float64);
        var (mine, theirs) = (model.call(input), other.call(input));

        Assert.Equal(theirs.Loc.data<double>().ToArray(), mine.Loc.data<double>().ToArray());
        Assert.Equal(theirs.Part.data<double>().ToArray(), mine.Part.data<double>().ToArray());

        model.state_dict()["fine.weight"].zero_();
        model.state_dict()["fine.bias"].zero_();
        var changed = model.call(input);
        Assert.All(new[] { changed.Coarse, changed.Same, changed.Again }, map => Assert.Equal(0, map.abs().max().item<double>()));
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var worst = (expected - actual).abs().max().item<float>();
        Assert.True(worst < 1e-5, $"off by {worst}");
    }

    // The blocks of shared-weights.yaml, written down a second time.
    private sealed class Reference(Dictionary<string, Tensor> state)
    {
        public Tensor this[string key] => state[key];

        public Tensor Conv(string key, Tensor x, long stride = 1, long padding = 0, long dilation = 1) => functional.conv2d(
            x, state[key + ".weight"], state.GetValueOrDefault(key + ".bias"), strides: [stride, stride], padding: [padding, padding], dilation: [dilation, dilation]);

        public Tensor Unit(Tensor x, long stride, string key, string? kernels = null)
        {
            var norm = (kernels ?? key) + ".norm.";
            var y = Conv((kernels ?? key) + ".conv", Conv(key + ".reduce", x), stride, padding: 1);
            y = functional.batch_norm(y, state[norm + "running_mean"], state[norm + "running_var"], state[norm + "weight"], state[norm + "bias"], eps: 1e-3);
            y = Conv(key + ".expand", y.relu());
            return y + (state.ContainsKey(key + ".shortcut.weight") && stride != 1 ? Conv(key + ".shortcut", x, stride) : x);
        }

        public Tensor Stage(Tensor x, long stride, string first, string second, string third, string last) =>
            Conv(last, Unit(Unit(Unit(x, stride, first), 1, second), 1, third));

        public Tensor Twice(Tensor x) => Conv("two.a", Conv("two.a", Conv("two.a", x, padding: 1), padding: 1), padding: 2, dilation: 2);
    }
}
