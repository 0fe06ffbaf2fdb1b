// A linear layer as two: the error is what the left-out singular values say, and a model loads a trained one's file.
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class TruncatedSvdTests
{
    private static readonly FactoredLayer Six = new("fc6", "fc6_first", "fc6_second");

    private sealed class Net : nn.Module<Tensor, Tensor>
    {
        private readonly (string Name, Linear Layer)[] layers;

        public Net(params (string Name, Linear Layer)[] layers)
            : base(nameof(Net))
        {
            this.layers = layers;
            foreach (var (name, layer) in layers)
            {
                register_module(name, layer);
            }
        }

        public override Tensor forward(Tensor input) => layers.Aggregate(input, (value, layer) => layer.Layer.call(value));
    }

    private static Net Full() => new(("fc6", nn.Linear(30, 20)), ("out", nn.Linear(20, 4)));

    private static Net Small(int rank) => new(("fc6_first", nn.Linear(30, rank, hasBias: false)), ("fc6_second", nn.Linear(rank, 20)), ("out", nn.Linear(20, 4)));

    [Theory]
    [InlineData(20)]
    [InlineData(7)]
    [InlineData(1)]
    public void The_error_is_the_tail_of_the_singular_values(int rank)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        random.manual_seed(6);
        using var full = Full();
        using var small = Small(rank);
        Safetensors.Write(folder["full"], full.state_dict().Select(entry => StoredTensor.From(entry.Key, entry.Value)), new Dictionary<string, string>());
        var report = Assert.Single(TruncatedSvd.Load(small, folder["full"], [Six]));
        Assert.Equal(rank, report.Rank);
        var (weight, state) = (full.state_dict()["fc6.weight"], small.state_dict());
        var product = state["fc6_second.weight"].matmul(state["fc6_first.weight"]);
        var tail = linalg.svdvals(weight).narrow(0, rank, 20 - rank).square().sum().sqrt().item<float>();
        Assert.Equal(tail, (product - weight).square().sum().sqrt().item<float>(), 1e-5f);
        Assert.Equal(tail / weight.square().sum().sqrt().item<float>(), report.RelativeError, 1e-5);
        Assert.Equal(full.state_dict()["fc6.bias"].Floats(), state["fc6_second.bias"].Floats());
        // Nothing of the same rank lies nearer, so the first row of the first layer is the direction that is stretched most.
        Assert.Equal(linalg.svdvals(weight)[0].item<float>(), state["fc6_first.weight"][0].square().sum().sqrt().item<float>(), 1e-5f);
        if (rank == 20)
        {
            var input = randn(5, 30);
            Assert.InRange(RegionCases.Difference(full.call(input).Floats(), small.call(input).Floats()), 0, 1e-5);
        }
    }

    [Fact]
    public void What_does_not_fit_is_named_and_nothing_is_loaded()
    {
        using var folder = new TemporaryFolder();
        using var full = Full();
        Safetensors.Write(folder["full"], full.state_dict().Select(entry => StoredTensor.From(entry.Key, entry.Value)), new Dictionary<string, string>());
        using var small = Small(7);
        var before = small.state_dict()["out.weight"].Floats();
        Assert.StartsWith("The trained weights have no tensor 'fc7.weight'.", Assert.Throws<ArgumentException>(
            () => TruncatedSvd.Load(small, folder["full"], [Six with { Layer = "fc7" }])).Message);
        Assert.StartsWith("The model with factored layers has no tensor 'a.weight'.", Assert.Throws<ArgumentException>(
            () => TruncatedSvd.Load(small, folder["full"], [Six with { First = "a" }])).Message);
        Assert.StartsWith("'fc6' [20, 30] does not become 'fc6_second' [20, 7] and 'fc6_first' [7, 30].", Assert.Throws<ArgumentException>(
            () => TruncatedSvd.Load(small, folder["full"], [Six with { First = "fc6_second", Second = "fc6_first" }])).Message);
        using var other = new Net(("fc6_first", nn.Linear(30, 7)), ("fc6_second", nn.Linear(7, 20)));
        var mismatch = Assert.Throws<WeightMismatchException>(() => TruncatedSvd.Load(other, folder["full"], [Six]));
        Assert.Equal(["fc6_first.bias"], mismatch.Missing.ToArray());
        Assert.Equal(["out.bias", "out.weight"], mismatch.Extra.ToArray());
        Assert.Equal(before, small.state_dict()["out.weight"].Floats());
    }
}
