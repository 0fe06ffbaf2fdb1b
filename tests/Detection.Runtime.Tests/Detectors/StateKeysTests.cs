// State keys of generated modules: dotted keys, nested overrides, clashes.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class StateKeysTests
{
    private static readonly string[] Expected =
    [
        "base_net.0.0.0.weight", "base_net.0.0.1.bias", "base_net.0.0.1.num_batches_tracked", "base_net.0.0.1.running_mean",
        "base_net.0.0.1.running_var", "base_net.0.0.1.weight", "base_net.0.1.0.weight", "base_net.0.1.1.bias", "base_net.0.1.1.num_batches_tracked",
        "base_net.0.1.1.running_mean", "base_net.0.1.1.running_var", "base_net.0.1.1.weight", "boxes.bias", "boxes.weight", "scores.bias", "scores.weight",
    ];

    private sealed class Owner : nn.Module
    {
        public Owner()
            : base(nameof(Owner))
        {
            register_parameter("scale", nn.Parameter(ones(2)));
            register_buffer("steps", zeros(1));
            register_buffer("scratch", zeros(1), persistent: false);
            register_module("first", nn.Linear(1, 1));
            register_module("second", nn.Linear(1, 1));
        }

        public Func<string, string> Keys { get; init; } = child => child;

        public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null) =>
            StateKeys.Collect(this, destination, prefix, Keys);
    }

    [Fact]
    public void Nested_overrides_compose_into_dotted_keys()
    {
        using var model = new TinySsd();
        Assert.Equal(Expected, model.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Expected.Select(k => "model." + k), model.state_dict(prefix: "model").Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_tensors_are_the_modules_own()
    {
        using var model = new TinySsd();
        using var gradients = no_grad();
        model.state_dict()["boxes.bias"].fill_(5);
        Assert.Equal(5, model.named_parameters().Single(p => p.name == "boxes.bias").parameter[0].item<float>());
    }

    [Fact]
    public void A_plain_state_dict_can_be_loaded_back()
    {
        using var model = new TinySsd();
        var copies = model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone().detach());
        var (missing, unexpected) = model.load_state_dict(copies);
        Assert.Empty(missing);
        Assert.Empty(unexpected);
    }

    [Fact]
    public void Own_parameters_and_persistent_buffers_keep_their_names()
    {
        using var owner = new Owner { Keys = child => child == "first" ? "" : "a.b" };
        Assert.Equal(["a.b.bias", "a.b.weight", "bias", "scale", "steps", "weight"], owner.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Entries_are_added_to_a_given_dictionary()
    {
        using var owner = new Owner();
        using var other = ones(1);
        var destination = new Dictionary<string, Tensor> { ["other"] = other };
        Assert.Same(destination, owner.state_dict(destination, "x"));
        Assert.Equal(["other", "x.first.bias", "x.first.weight", "x.scale", "x.second.bias", "x.second.weight", "x.steps"], destination.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Two_children_with_one_key_are_an_error()
    {
        using var owner = new Owner { Keys = _ => "same" };
        Assert.Contains("'same.weight'", Assert.Throws<InvalidOperationException>(() => owner.state_dict()).Message);
    }
}
