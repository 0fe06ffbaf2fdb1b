// Optimisers against PyTorch's trajectories; groups, states and saving.
using TorchSharp;
using TorchSharp.Modules;
using TorchSharpTests.NN;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests.Optim;

public class OptimizerTests
{
    private static readonly Dictionary<string, Func<IEnumerable<Parameter>, OptimizerHelper>> Makers = new()
    {
        ["SGD"] = p => optim.SGD(p, 0.05),
        ["SGD momentum decay nesterov"] = p => optim.SGD(p, 0.05, momentum: 0.9, weight_decay: 0.01, nesterov: true),
        ["SGD momentum dampening"] = p => optim.SGD(p, 0.05, momentum: 0.8, dampening: 0.3),
        ["SGD maximize"] = p => optim.SGD(p, 0.01, momentum: 0.9, maximize: true),
        ["RMSProp"] = p => optim.RMSProp(p, 0.01, alpha: 0.9, eps: 1.0),
        ["RMSProp momentum decay"] = p => optim.RMSProp(p, 0.01, alpha: 0.9, eps: 1e-3, weight_decay: 0.02, momentum: 0.9),
        ["RMSProp centered"] = p => optim.RMSProp(p, 0.01, alpha: 0.95, momentum: 0.5, centered: true),
        ["Adam"] = p => optim.Adam(p, 0.02, weight_decay: 0.1),
        ["Adam amsgrad"] = p => optim.Adam(p, 0.02, beta1: 0.8, beta2: 0.9, amsgrad: true),
        ["AdamW"] = p => optim.AdamW(p, 0.02, weight_decay: 0.1),
        ["Adagrad"] = p => optim.Adagrad(p, 0.1, lr_decay: 0.05, weight_decay: 0.02, initial_accumulator_value: 0.1),
    };

    public static TheoryData<string> Names => new(Makers.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Five_steps_follow_PyTorch(string name)
    {
        using var scope = NewDisposeScope();
        var parameters = Start();
        using var optimizer = Makers[name](parameters);
        for (var t = 0; t < 5; t++)
        {
            Step(optimizer, parameters, t);
            Numbers.AssertClose(Trajectories.All[name][t], nn.utils.parameters_to_vector(parameters));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_saved_optimizer_goes_on_as_if_never_interrupted(string name)
    {
        using var scope = NewDisposeScope();
        var straight = Start();
        using var whole = Makers[name](straight);
        for (var t = 0; t < 3; t++) Step(whole, straight, t);

        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true)) whole.save_state_dict(writer);
        var resumed = straight.Select(parameter => new Parameter(parameter.detach().clone())).ToArray();
        var copied = straight.Select(parameter => new Parameter(parameter.detach().clone())).ToArray();
        using var fromFile = Makers[name](resumed);
        stream.Position = 0;
        using (var reader = new BinaryReader(stream)) fromFile.load_state_dict(reader);
        using var fromState = Makers[name](copied);
        // TorchSharp 0.107 cannot copy the state of SGD without momentum, because there is none.
        if (name != "SGD") fromState.load_state_dict(whole.state_dict());

        for (var t = 3; t < 5; t++)
        {
            Step(whole, straight, t);
            Step(fromFile, resumed, t);
            Step(fromState, copied, t);
        }
        Assert.Equal(Flat(straight), Flat(resumed));
        Assert.Equal(Flat(straight), Flat(copied));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_step_leaves_no_tensors_behind(string name)
    {
        var parameters = Start();
        using var optimizer = Makers[name](parameters);
        Step(optimizer, parameters, 0);
        using var scope = NewDisposeScope();
        optimizer.step();
        Assert.Equal(0, scope.DisposablesCount);
        scope.Dispose();
        Step(optimizer, parameters, 1);
    }

    [Fact]
    public void Parameters_without_gradient_stay_and_keep_their_own_step_count()
    {
        using var scope = NewDisposeScope();
        var (early, late) = (new Parameter(ones(1)), new Parameter(ones(1)));
        using var optimizer = optim.Adam([early, late], 0.1);
        early.grad = ones(1);
        optimizer.step();
        Assert.Equal(1.0, late.item<float>());
        late.grad = ones(1);
        optimizer.step();
        // The first step of Adam has the size of the rate whatever the gradient, for the late one too.
        Assert.Equal(0.9, late.item<float>(), 5);
        Assert.Equal(0.8, early.item<float>(), 5);
    }

    [Fact]
    public void Parameters_beyond_one_batch_are_all_updated()
    {
        using var scope = NewDisposeScope();
        var parameters = Enumerable.Range(0, 5).Select(_ => new Parameter(ones(1 << 20 | 1))).ToArray();
        using var optimizer = optim.SGD(parameters, 0.5);
        foreach (var parameter in parameters) parameter.grad = ones(1 << 20 | 1);
        optimizer.step();
        Assert.All(parameters, parameter => Assert.Equal(0.5f * ((1 << 20) | 1), parameter.sum().item<float>()));
    }

    [Fact]
    public void Groups_have_options_of_their_own_and_inherit_the_rest()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (new Parameter(ones(1)), new Parameter(ones(1)));
        using var optimizer = optim.SGD(
            [new SGD.ParamGroup { Parameters = [first] }, new SGD.ParamGroup(
                [second], new SGD.Options { LearningRate = 0.5, weight_decay = 1 })],
            0.1, momentum: 0.9);
        Assert.Equal([0.1, 0.5], optimizer.ParamGroups.Select(group => group.LearningRate));
        Assert.All(optimizer.ParamGroups, group => Assert.Equal(0.9, ((optim.IMomentum)group).Momentum));
        first.grad = ones(1);
        second.grad = ones(1);
        optimizer.step();
        Assert.Equal(0.9, first.item<float>(), 6);
        Assert.Equal(0.0, second.item<float>(), 6);
        Assert.Equal(2, optimizer.parameters().Count());
        optimizer.add_param_group(new SGD.ParamGroup([new Parameter(ones(1))], lr: 2));
        Assert.Equal(3, optimizer.state_dict().State.Count);
    }

    [Fact]
    public void Zero_grad_clears_and_the_closure_gives_the_loss()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(1));
        using var optimizer = optim.SGD([parameter], 0.1);
        var loss = optimizer.step(() =>
        {
            var value = (parameter * 3).sum();
            value.backward();
            return value;
        });
        Assert.Equal(3f, loss!.item<float>());
        Assert.Equal(0.7, parameter.item<float>(), 6);
        optimizer.zero_grad();
        Assert.Equal(0f, parameter.grad!.item<float>());
        Assert.Null(optimizer.step());
    }

    [Fact]
    public void State_of_another_optimizer_is_refused()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        using var sgd = optim.SGD([new Parameter(ones(1))], 0.1);
        using var adam = optim.Adam([new Parameter(ones(1))]);
        sgd.save_state_dict(writer);
        stream.Position = 0;
        Assert.Throws<InvalidDataException>(() => adam.load_state_dict(new BinaryReader(stream)));
        using var two = optim.SGD([new Parameter(ones(1)), new Parameter(ones(1))], 0.1);
        stream.Position = 0;
        Assert.Throws<ArgumentException>(() => two.load_state_dict(new BinaryReader(stream)));
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        var none = Array.Empty<Parameter>();
        Assert.Throws<ArgumentException>(() => optim.SGD(none, -1));
        Assert.Throws<ArgumentException>(() => optim.SGD(none, 0.1, nesterov: true));
        Assert.Throws<ArgumentException>(() => optim.Adam(none, beta1: 1));
        Assert.Throws<ArgumentException>(() => optim.RMSProp(none, eps: -1));
    }

    private static Parameter[] Start() => [new(Numbers.Wave([2, 3], 0.8, 0.1)), new(Numbers.Wave([4], 0.5, 2.0))];

    private static void Step(OptimizerHelper optimizer, Parameter[] parameters, int t)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = (parameters[0] * (1 + 0.3 * t) - 0.5).pow(2).sum() + parameters[1].pow(3).sum() * 0.5;
        loss.backward();
        optimizer.step();
    }

    private static double[] Flat(Parameter[] parameters) => Numbers.Values(nn.utils.parameters_to_vector(parameters));
}
