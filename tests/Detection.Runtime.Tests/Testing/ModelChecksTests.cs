// The checks that generated tests are made of find what they are there to find.
using Detection.Runtime.Testing;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class ModelChecksTests
{
    [Fact]
    public void A_model_that_is_saved_and_loaded_is_as_before()
    {
        using var model = new ConvBlock(3, 8);
        using var input = ones(1, 3, 9, 9);
        model.eval();
        using var before = model.call(input);
        Assert.Empty(ModelChecks.TensorsLostBySaving(model, Cards.Make()));
        using var after = model.call(input);
        Assert.Equal(before.Floats(), after.Floats());
    }

    [Fact]
    public void A_tensor_that_loading_does_not_reach_is_named_though_it_was_0_before()
    {
        using var model = new Forgetful();
        Assert.Equal(["layer.bias"], ModelChecks.TensorsLostBySaving(model, Cards.Make()));
    }

    // Shows a copy of its bias from the second time on, so that nothing loaded arrives.
    private sealed class Forgetful : nn.Module<Tensor, Tensor>
    {
        private readonly Linear layer = nn.Linear(2, 2);
        private int shown;

        public Forgetful()
            : base(nameof(Forgetful))
        {
            register_module("layer", layer);
            using var gradients = no_grad();
            layer.bias!.zero_();
        }

        public override Tensor forward(Tensor input) => layer.call(input);

        public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
        {
            var state = base.state_dict(destination, prefix);
            if (shown++ > 0)
            {
                state["layer.bias"] = state["layer.bias"].detach().clone();
            }
            return state;
        }
    }
}
