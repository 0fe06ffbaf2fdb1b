// Parameters that share options, and what is remembered per group and per parameter.
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

public class ParamGroup : ILearningRateController
{
    public IEnumerable<Parameter> Parameters { get; set; } = [];

    /// <summary>Options that are not set here are taken over from the optimiser.</summary>
    public OptimizerOptions Options { get; set; } = null!;

    public double LearningRate
    {
        get => Options.LearningRate!.Value;
        set => Options.LearningRate = value;
    }

    public double InitialLearningRate
    {
        get => Options.InitialLearningRate;
        set => Options.InitialLearningRate = value;
    }
}

public class ParamGroup<TOptions> : ParamGroup where TOptions : OptimizerOptions
{
    public ParamGroup() { }

    public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
    {
        Parameters = parameters;
        base.Options = options!;
    }

    public new TOptions Options
    {
        get => (TOptions)base.Options;
        set => base.Options = value;
    }
}

public class OptimizerOptions
{
    public double? LearningRate { get; set; }
    public double InitialLearningRate { get; set; }

    public virtual void SaveStateDict(BinaryWriter writer)
    {
        writer.Write(InitialLearningRate);
        writer.Write(LearningRate!.Value);
    }

    public virtual void LoadStateDict(BinaryReader reader)
    {
        InitialLearningRate = reader.ReadDouble();
        LearningRate = reader.ReadDouble();
    }

    public virtual void LoadStateDict(OptimizerOptions source)
    {
        InitialLearningRate = source.InitialLearningRate;
        LearningRate = source.LearningRate;
    }
}

public abstract class OptimizerState
{
    protected Parameter _parameter;

    protected OptimizerState(Parameter parameter) => _parameter = parameter;

    // Parameters updated together must have taken equally many steps when the rule depends on the count.
    internal virtual long StepsTaken => 0;

    public abstract void SaveStateDict(BinaryWriter writer);

    public abstract void LoadStateDict(BinaryReader reader);

    public abstract void LoadStateDict(OptimizerState source);

    public abstract void Initialize(OptimizerOptions options);

    public virtual bool ApproximatelyEquals(OptimizerState other) => false;

    public virtual void to(Device device) { }

    internal virtual void Release() { }

    protected static void LoadConditionalStateTensor(BinaryReader reader, ref Tensor? result, Device device)
    {
        var present = reader.ReadBoolean();
        result?.Dispose();
        result = present ? Own(TensorExtensionMethods.Load(reader), device) : null;
    }

    protected static void SaveConditionalStateTensor(BinaryWriter writer, Tensor? tensor)
    {
        writer.Write(tensor is not null);
        tensor?.Save(writer);
    }

    private protected Tensor Zeros() => Aten.Call("aten::zeros_like", _parameter).DetachFromDisposeScope();

    // State outlives the scope it was made in.
    private static Tensor Own(Tensor tensor, Device device) => tensor.to(device).DetachFromDisposeScope();

    private protected static void MoveTo(ref Tensor? tensor, Device device)
    {
        if (tensor is null) return;
        var moved = Own(tensor, device);
        if (!ReferenceEquals(moved, tensor)) tensor.Dispose();
        tensor = moved;
    }

    private protected void CopyFrom(ref Tensor? tensor, Tensor? source)
    {
        tensor?.Dispose();
        tensor = source?.to(_parameter.device, copy: true).DetachFromDisposeScope();
    }

    private protected static bool Close(Tensor? one, Tensor? other)
        => one is null || other is null ? one is null && other is null : one.allclose(other);
}
