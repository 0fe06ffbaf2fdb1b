// What a module owns: names, order, state dictionaries, modes, moving, disposing, hooks.
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharpTests.NN;

public class ModuleTests
{
    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly Conv2d conv = Conv2d(2, 3, 1);
        private readonly BatchNorm2d norm = BatchNorm2d(3);
        public readonly Tensor scale = ones(3);
        public readonly Parameter offset = new(zeros(3));

        public Block() : base(nameof(Block)) => RegisterComponents();

        public override Tensor forward(Tensor input) => norm.call(conv.call(input));
    }

    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Sequential stem = Sequential(("first", Linear(2, 2)), ("act", ReLU()));
        private readonly ModuleList<Linear> heads = new(Linear(2, 1), Linear(2, 3));
        private readonly ModuleDict<Module> extras = ModuleDict(("a", (Module)Linear(2, 1, hasBias: false)), ("b", BatchNorm2d(1)));
        private readonly ParameterList weights = new(new Parameter(zeros(1)), new Parameter(zeros(2)));

        public Net() : base(nameof(Net)) => RegisterComponents();

        public override Tensor forward(Tensor input) => heads[1].call(stem.call(input));
    }

    [Fact]
    public void State_dict_lists_parameters_before_buffers_under_their_fields_names()
    {
        using var block = new Block();
        var keys = block.state_dict().Keys.ToList();
        Assert.Equal(["conv.bias", "conv.weight", "norm.bias", "norm.weight", "offset"], keys.Take(5).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["norm.num_batches_tracked", "norm.running_mean", "norm.running_var", "scale"],
            keys.Skip(5).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Containers_name_their_modules_by_key_or_position()
    {
        using var net = new Net();
        Assert.Equal(
            ["extras.a.weight", "extras.b.bias", "extras.b.num_batches_tracked", "extras.b.running_mean", "extras.b.running_var",
                "extras.b.weight", "heads.0.bias", "heads.0.weight", "heads.1.bias", "heads.1.weight", "stem.first.bias",
                "stem.first.weight", "weights.0", "weights.1"],
            net.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["stem", "heads", "extras", "weights"], net.named_children().Select(child => child.name));
        Assert.Contains("stem.act", net.named_modules().Select(module => module.name));
        Assert.True(net.has_parameter("heads.1.weight"));
        Assert.False(net.has_parameter("heads.2.weight"));
        Assert.Equal([3L, 2L], net.get_parameter("heads.1.weight")!.shape);
    }

    [Fact]
    public void Sequential_runs_in_order_slices_and_disposes_intermediates()
    {
        using var scope = NewDisposeScope();
        var sequential = Sequential(ReLU(), Identity(), Flatten(0));
        using var input = Numbers.Wave([2, 3]);
        var before = scope.DisposablesCount;
        var output = sequential.call(input);
        Assert.Equal(before + 1, scope.DisposablesCount);
        Assert.Equal([6L], output.shape);
        Assert.Equal(["1", "2"], sequential[(1, null)].named_children().Select(child => child.name));
        Assert.Equal(2, sequential[..2].Count);
        Assert.IsType<Identity>(sequential[1]);
        Assert.Equal(["0", "1", "2", "last"], sequential.append("last", Sigmoid()).named_children().Select(child => child.name));
    }

    [Fact]
    public void A_shared_parameter_is_listed_once()
    {
        using var linear = Linear(2, 2);
        using var twice = Sequential(linear, linear);
        Assert.Equal(["0.weight", "0.bias"], twice.named_parameters().Select(parameter => parameter.name));
    }

    [Fact]
    public void Load_state_dict_copies_values_and_is_strict_about_names()
    {
        using var source = new Block();
        using var target = new Block();
        var values = source.state_dict();
        target.load_state_dict(values);
        foreach (var (key, value) in target.state_dict()) Assert.Equal(Numbers.Values(values[key]), Numbers.Values(value));

        values.Remove("scale");
        values["other"] = zeros(1);
        Assert.Throws<InvalidOperationException>(() => target.load_state_dict(values));
        var (missing, unexpected) = target.load_state_dict(values, strict: false);
        Assert.Equal(["scale"], missing);
        Assert.Equal(["other"], unexpected);
        target.load_state_dict(values, skip: ["scale", "other"]);
    }

    [Fact]
    public void Saved_weights_load_into_another_instance()
    {
        using var source = Numbers.Filled(new Block());
        using var target = new Block();
        using var stream = new MemoryStream();
        source.save(stream);
        var loaded = new Dictionary<string, bool>();
        target.load(new MemoryStream(stream.ToArray()), loadedParameters: loaded);
        Assert.All(loaded, entry => Assert.True(entry.Value));
        var values = source.state_dict();
        foreach (var (key, value) in target.state_dict()) Assert.Equal(Numbers.Values(values[key]), Numbers.Values(value));

        using var other = Linear(2, 2);
        Assert.Throws<ArgumentException>(() => other.load(new MemoryStream(stream.ToArray())));
        other.load(new MemoryStream(stream.ToArray()), strict: false);
        Assert.Throws<FileNotFoundException>(() => other.load("no such file"));
    }

    [Fact]
    public void Skipped_entries_are_neither_saved_nor_loaded()
    {
        using var source = Numbers.Filled(Linear(2, 2));
        using var target = Linear(2, 2);
        var bias = Numbers.Values(target.bias!);
        using var stream = new MemoryStream();
        source.save(stream);
        target.load(new MemoryStream(stream.ToArray()), skip: ["bias"]);
        Assert.Equal(bias, Numbers.Values(target.bias!));
        Assert.Equal(Numbers.Values(source.weight), Numbers.Values(target.weight));

        using var part = new MemoryStream();
        source.save(part, ["bias"]);
        Assert.Throws<ArgumentException>(() => target.load(new MemoryStream(part.ToArray())));
    }

    [Fact]
    public void Train_and_eval_reach_all_sub_modules()
    {
        using var net = new Net();
        Assert.True(net.training);
        net.eval();
        Assert.All(net.modules(), module => Assert.False(module.training));
        net.train();
        Assert.All(net.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void Apply_visits_children_before_their_parent()
    {
        using var net = new Net();
        var visited = new List<Module>();
        net.apply(visited.Add);
        Assert.Same(net, visited[^1]);
        Assert.InRange(visited.FindIndex(module => module is ReLU), 0, visited.FindIndex(module => module is Sequential) - 1);
    }

    [Fact]
    public void To_changes_floating_tensors_and_keeps_the_members_in_step()
    {
        using var block = new Block();
        block.offset.grad = ones(3);
        block.to(ScalarType.Float64);
        Assert.Equal(ScalarType.Float64, block.offset.dtype);
        Assert.Equal(ScalarType.Float64, block.scale.dtype);
        Assert.Equal(ScalarType.Float64, block.offset.grad!.dtype);
        Assert.Equal(ScalarType.Int64, block.get_buffer("norm.num_batches_tracked")!.dtype);
        using var output = block.call(Numbers.Wave([2, 2, 2, 2]).to(ScalarType.Float64));
        Assert.Equal(ScalarType.Float64, output.dtype);
        Assert.All(block.parameters(), parameter => Assert.True(parameter.requires_grad && parameter.is_leaf));
        Assert.Throws<ArgumentException>(() => block.to(ScalarType.Int64));
    }

    [Fact]
    public void To_moves_parameters_and_buffers_to_another_device()
    {
        using var scope = NewDisposeScope();
        using var block = new Block();
        block.to(DeviceType.META);
        Assert.All(block.state_dict().Values, tensor => Assert.Equal(DeviceType.META, tensor.device_type));
        Assert.Equal(DeviceType.META, block.scale.device_type);
    }

    [Fact]
    public void Zero_grad_drops_or_clears_gradients()
    {
        using var linear = Linear(2, 1);
        linear.call(ones(1, 2)).sum().backward();
        linear.zero_grad(set_to_none: false);
        Assert.Equal([0.0, 0.0], Numbers.Values(linear.weight.grad!));
        linear.zero_grad();
        Assert.Null(linear.weight.grad);
    }

    [Fact]
    public void Dispose_ends_the_life_of_all_that_is_owned()
    {
        var block = new Block();
        var owned = block.parameters().Cast<Tensor>().Concat(block.buffers()).ToList();
        block.Dispose();
        Assert.Equal(9, owned.Count);
        Assert.All(owned, tensor => Assert.True(tensor.IsInvalid));
    }

    [Fact]
    public void Parameters_survive_the_scope_in_which_a_module_was_made()
    {
        Linear linear;
        using (NewDisposeScope()) linear = Linear(2, 2);
        Assert.All(linear.parameters(), parameter => Assert.False(parameter.IsInvalid));
        linear.Dispose();
    }

    [Fact]
    public void Registration_refuses_doubles_dots_and_nulls()
    {
        using var block = new Block();
        Assert.Throws<InvalidOperationException>(() => block.register_parameter("offset", new Parameter(zeros(1))));
        Assert.Throws<InvalidOperationException>(() => block.register_module("conv", ReLU()));
        Assert.Throws<ArgumentException>(() => block.register_module("a.b", ReLU()));
        Assert.Throws<ArgumentNullException>(() => block.register_buffer("none", null!));
        using var relu = ReLU();
        Assert.Throws<InvalidOperationException>(() => relu.register_buffer("b", zeros(1)));
    }

    [Fact]
    public void Hooks_see_and_replace_values_until_removed()
    {
        using var scope = NewDisposeScope();
        var linear = Linear(2, 2, hasBias: false);
        var seen = new List<string>();
        var before = linear.register_forward_pre_hook((module, input) => { seen.Add("pre"); return input * 2; });
        var after = linear.register_forward_hook((module, input, output) => { seen.Add("post"); return output + 1; });
        linear.register_forward_hook((Module module) => seen.Add(module.GetName()));
        var x = ones(1, 2);
        var plain = Numbers.Values(linear.forward(x));
        Numbers.AssertClose(Array.ConvertAll(plain, value => 2 * value + 1), Numbers.Values(linear.call(x)), 1e-6);
        Assert.Equal(["pre", "post", "Linear"], seen);
        before.remove();
        after.remove();
        Assert.Equal(plain, Numbers.Values(linear.call(x)));
    }
}
