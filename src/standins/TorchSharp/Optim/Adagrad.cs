// Adagrad (Duchi et al. 2011).
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public class Adagrad : OptimizerHelper
{
    public Adagrad(
        IEnumerable<Parameter> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0,
        double initial_accumulator_value = 0, double eps = 1e-10)
        : this([new ParamGroup { Parameters = parameters }], lr, lr_decay, weight_decay, initial_accumulator_value, eps)
    {
    }

    public Adagrad(
        IEnumerable<ParamGroup> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0,
        double initial_accumulator_value = 0, double eps = 1e-10)
    {
        if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
        if (eps < 0) throw new ArgumentException($"Invalid ε: {eps}");
        if (lr_decay < 0) throw new ArgumentException($"Invalid lr_decay value: {lr_decay}");
        if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
        if (initial_accumulator_value < 0) throw new ArgumentException($"Invalid initial_accumulator_value: {initial_accumulator_value}");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            lr_decay = lr_decay,
            weight_decay = weight_decay,
            initial_accumulator_value = initial_accumulator_value,
            eps = eps,
        };
        foreach (var group in parameters) add_param_group(group);
    }

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        var defaults = (Options)_defaults;
        var options = (Options)(param_group.Options ??= new Options());
        options.LearningRate ??= defaults.LearningRate;
        options.lr_decay ??= defaults.lr_decay;
        options.eps ??= defaults.eps;
        options.weight_decay ??= defaults.weight_decay;
        options.initial_accumulator_value ??= defaults.initial_accumulator_value;
        Adopt(param_group, parameter => new State(parameter));
    }

    public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(group =>
    {
        var options = group.Options;
        InBatches<State>(group, (parameters, gradients, states) => Apply(options, parameters, gradients, states));
    }, closure);

    private static void Apply(Options options, Tensor[] parameters, Tensor[] gradients, State[] states)
    {
        var decay = options.weight_decay!.Value;
        foreach (var state in states) state.step++;
        if (decay != 0) gradients = Aten.CallMany("aten::_foreach_add.List", gradients, parameters, AtenArg.Named("alpha", decay));
        var rate = options.LearningRate!.Value / (1 + (states[0].step - 1) * options.lr_decay!.Value);
        var sums = Array.ConvertAll(states, state => state.sum!);
        Aten.CallVoid("aten::_foreach_addcmul_.Scalar", sums, gradients, gradients);
        var deviations = Aten.CallMany("aten::_foreach_sqrt", sums);
        Aten.CallVoid("aten::_foreach_add_.Scalar", deviations, options.eps!.Value);
        Aten.CallVoid("aten::_foreach_addcdiv_.Scalar", parameters, gradients, deviations, -rate);
    }

    public sealed class State : OptimizerState, IDisposable
    {
        public long step;
        public Tensor? sum;

        public State(Parameter parameter) : base(parameter) { }

        internal override long StepsTaken => step;

        public void Dispose() => Release();

        internal override void Release() => sum?.Dispose();

        public override void Initialize(OptimizerOptions options)
        {
            Release();
            step = 0;
            sum = Aten.Call("aten::full_like", _parameter, ((Options)options).initial_accumulator_value!.Value).DetachFromDisposeScope();
        }

        public override void to(Device device) => MoveTo(ref sum, device);

        public override void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(step);
            sum!.Save(writer);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            step = reader.ReadInt64();
            sum!.Load(reader);
        }

        public override void LoadStateDict(OptimizerState source)
        {
            step = ((State)source).step;
            CopyFrom(ref sum, ((State)source).sum);
        }

        public override bool ApproximatelyEquals(OptimizerState other)
            => other is State state && step == state.step && Close(sum, state.sum);
    }

    public class Options : OptimizerOptions
    {
        public double? lr_decay;
        public double? initial_accumulator_value;
        public double? eps;
        public double? weight_decay;

        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            writer.Write(lr_decay!.Value);
            writer.Write(initial_accumulator_value!.Value);
            writer.Write(eps!.Value);
            writer.Write(weight_decay!.Value);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            lr_decay = reader.ReadDouble();
            initial_accumulator_value = reader.ReadDouble();
            eps = reader.ReadDouble();
            weight_decay = reader.ReadDouble();
        }

        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var other = (Options)source;
            (lr_decay, initial_accumulator_value) = (other.lr_decay, other.initial_accumulator_value);
            (eps, weight_decay) = (other.eps, other.weight_decay);
        }
    }

    public class ParamGroup : ParamGroup<Options>
    {
        public ParamGroup() { }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

        public ParamGroup(
            IEnumerable<Parameter> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0,
            double initial_accumulator_value = 0, double eps = 1e-10)
            : base(
                parameters,
                new Options
                {
                    LearningRate = lr,
                    lr_decay = lr_decay,
                    weight_decay = weight_decay,
                    initial_accumulator_value = initial_accumulator_value,
                    eps = eps,
                })
        {
        }
    }
}
