// What all optimisers share: groups, states, batches of parameters, and saving.
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

public abstract class OptimizerHelper : Optimizer
{
    // Parameters are updated several at a time, because small ones cost more in calls than in arithmetic. The bound keeps
    // what a batch touches within a processor's cache; on a GPU only the memory for temporary copies counts (256 MB).
    private const long BatchElements = 1 << 16;
    private const long BatchElementsOnDevice = 1 << 26;

    protected OptimizerOptions _defaults = null!;
    protected OrderedDict<IntPtr, OptimizerState> _state = new();

    public override IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

    public override void add_param_group(ParamGroup param_group) => _parameter_groups.Add(param_group);

    // The parameters are listed once: a lazy sequence would walk the module tree at every step.
    private protected void Adopt(ParamGroup group, Func<Parameter, OptimizerState> makeState)
    {
        var listed = group.Parameters as Parameter[] ?? group.Parameters.ToArray();
        group.Parameters = listed;
        group.Options.InitialLearningRate = group.LearningRate;
        _parameter_groups.Add(group);
        foreach (var parameter in listed)
        {
            var state = makeState(parameter);
            state.Initialize(group.Options);
            _state[parameter.Handle] = state;
        }
    }

    public override void zero_grad()
    {
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var gradients = new List<Tensor>();
        foreach (var parameter in parameters())
        {
            if (parameter.grad is { } gradient) gradients.Add(gradient);
        }
        if (gradients.Count > 0) Aten.CallVoid("aten::_foreach_zero_", gradients);
    }

    /// <summary>Calls the closure, then <paramref name="body"/> for every group, outside of autograd.</summary>
    protected Tensor? _step<T>(Action<T> body, Func<Tensor>? loss_closure = null) where T : ParamGroup
    {
        Tensor? loss = null;
        if (loss_closure is not null)
        {
            using var withGrad = torch.enable_grad();
            loss = loss_closure();
        }
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        foreach (var group in _parameter_groups) body((T)group);
        return loss;
    }

    private protected delegate void Update<TState>(Tensor[] parameters, Tensor[] gradients, TState[] states) where TState : OptimizerState;

    /// <summary>Gives the parameters that have a gradient to <paramref name="update"/>, batch by batch.</summary>
    private protected void InBatches<TState>(ParamGroup group, Update<TState> update) where TState : OptimizerState
    {
        var parameters = new List<Tensor>();
        var gradients = new List<Tensor>();
        var states = new List<TState>();
        long elements = 0, steps = 0;
        foreach (var parameter in group.Parameters)
        {
            if (parameter.grad is not { } gradient) continue;
            var state = (TState)_state[parameter.handle];
            var size = parameter.numel();
            var bound = parameter.is_cuda ? BatchElementsOnDevice : BatchElements;
            if (parameters.Count > 0 && (elements + size > bound || state.StepsTaken != steps)) Flush();
            steps = state.StepsTaken;
            elements += size;
            parameters.Add(parameter);
            gradients.Add(gradient);
            states.Add(state);
        }
        if (parameters.Count > 0) Flush();

        void Flush()
        {
            using var scope = torch.NewDisposeScope();
            update(parameters.ToArray(), gradients.ToArray(), states.ToArray());
            parameters.Clear();
            gradients.Clear();
            states.Clear();
            elements = 0;
        }
    }

    public virtual StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (var group in _parameter_groups)
        {
            dictionary.Options.Add(group.Options);
            var indices = new List<int>();
            dictionary.StateIndexRef.Add(indices);
            foreach (var parameter in group.Parameters)
            {
                indices.Add(dictionary.State.Count);
                dictionary.State.Add(_state[parameter.Handle]);
            }
        }
        return dictionary;
    }

    /// <exception cref="ArgumentException">Another number of groups or of parameters.</exception>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        var own = this.state_dict();
        RequireSameCounts(own, state_dict.Options.Count, state_dict.State.Count);
        for (var i = 0; i < own.Options.Count; i++)
        {
            if (!ReferenceEquals(own.Options[i], state_dict.Options[i])) own.Options[i].LoadStateDict(state_dict.Options[i]);
        }
        for (var i = 0; i < own.State.Count; i++)
        {
            if (!ReferenceEquals(own.State[i], state_dict.State[i])) own.State[i].LoadStateDict(state_dict.State[i]);
        }
    }

    public void save_state_dict(string location)
    {
        using var stream = File.Create(location);
        using var writer = new BinaryWriter(stream);
        save_state_dict(writer);
    }

    public void load_state_dict(string location)
    {
        using var stream = File.OpenRead(location);
        using var reader = new BinaryReader(stream);
        load_state_dict(reader);
    }

    /// <summary>The optimiser's name, the counts of groups and states, then each of them.</summary>
    public void save_state_dict(BinaryWriter writer)
    {
        var own = state_dict();
        writer.Write(GetType().Name);
        writer.Write7BitEncodedInt64(own.Options.Count);
        writer.Write7BitEncodedInt64(own.State.Count);
        foreach (var options in own.Options) options.SaveStateDict(writer);
        foreach (var state in own.State) state.SaveStateDict(writer);
    }

    /// <exception cref="InvalidDataException">Another optimiser's state.</exception>
    /// <exception cref="ArgumentException">Another number of groups or of parameters.</exception>
    public void load_state_dict(BinaryReader reader)
    {
        var kind = reader.ReadString();
        if (kind != GetType().Name) throw new InvalidDataException($"The stream holds the state of {kind}, not of {GetType().Name}.");
        var own = state_dict();
        var groups = reader.Read7BitEncodedInt64();
        RequireSameCounts(own, groups, reader.Read7BitEncodedInt64());
        using var noGrad = torch.no_grad();
        foreach (var options in own.Options) options.LoadStateDict(reader);
        foreach (var state in own.State) state.LoadStateDict(reader);
    }

    private static void RequireSameCounts(StateDictionary own, long groups, long states)
    {
        if (groups != own.Options.Count) throw new ArgumentException(
            $"Invalid optimizer state -- different number of parameter groups: {groups} instead of {own.Options.Count}.");
        if (states != own.State.Count) throw new ArgumentException(
            $"Invalid optimizer state -- different number of states: {states} instead of {own.State.Count}.");
    }

    public void to(Device device)
    {
        foreach (var (_, state) in _state) state.to(device);
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        foreach (var (_, state) in _state) state.Release();
        _state.Clear();
    }
}
