// RMSProp (Hinton's lecture 6; centred form of Graves 2013), in PyTorch's form: epsilon is added after the root.
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

public class RMSProp : OptimizerHelper, IMomentum
{
    public RMSProp(
        IEnumerable<Parameter> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0,
        double momentum = 0.0, bool centered = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, alpha, eps, weight_decay, momentum, centered, maximize)
    {
    }

    public RMSProp(
        IEnumerable<ParamGroup> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0,
        double momentum = 0.0, bool centered = false, bool maximize = false)
    {
        if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
        if (eps < 0) throw new ArgumentException($"Invalid ε: {eps}");
        if (alpha < 0) throw new ArgumentException($"Invalid alpha: {alpha}");
        if (momentum < 0) throw new ArgumentException($"Invalid momentum value: {momentum}");
        if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            alpha = alpha,
            eps = eps,
            weight_decay = weight_decay,
            momentum = momentum,
            centered = centered,
            maximize = maximize,
        };
        foreach (var group in parameters) add_param_group(group);
    }

    public double Momentum
    {
        get => ((Options)_defaults).momentum!.Value;
        set => ((Options)_defaults).momentum = value;
    }

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        var defaults = (Options)_defaults;
        var options = (Options)(param_group.Options ??= new Options());
        options.LearningRate ??= defaults.LearningRate;
        options.alpha ??= defaults.alpha;
        options.eps ??= defaults.eps;
        options.weight_decay ??= defaults.weight_decay;
        options.momentum ??= defaults.momentum;
        options.centered ??= defaults.centered;
        options.maximize ??= defaults.maximize;
        Adopt(param_group, parameter => new State(parameter));
    }

    public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(group =>
    {
        var options = group.Options;
        InBatches<State>(group, (parameters, gradients, states) => Apply(options, parameters, gradients, states));
    }, closure);

    private static void Apply(Options options, Tensor[] parameters, Tensor[] gradients, State[] states)
    {
        var rate = options.LearningRate!.Value;
        var alpha = options.alpha!.Value;
        var decay = options.weight_decay!.Value;
        foreach (var state in states) state.step++;
        if (options.maximize!.Value) gradients = Aten.CallMany("aten::_foreach_neg", gradients);
        if (decay != 0) gradients = Aten.CallMany("aten::_foreach_add.List", gradients, parameters, AtenArg.Named("alpha", decay));

        var squares = Array.ConvertAll(states, state => state.square_avg!);
        Aten.CallVoid("aten::_foreach_mul_.Scalar", squares, alpha);
        Aten.CallVoid("aten::_foreach_addcmul_.Scalar", squares, gradients, gradients, 1 - alpha);
        Tensor[] deviations;
        if (options.centered!.Value)
        {
            var means = Array.ConvertAll(states, state => state.GradientAverage());
            Aten.CallVoid("aten::_foreach_mul_.Scalar", means, alpha);
            Aten.CallVoid("aten::_foreach_add_.List", means, gradients, AtenArg.Named("alpha", 1 - alpha));
            deviations = Aten.CallMany("aten::_foreach_addcmul.Scalar", squares, means, means, -1.0);
            Aten.CallVoid("aten::_foreach_sqrt_", deviations);
        }
        else
        {
            deviations = Aten.CallMany("aten::_foreach_sqrt", squares);
        }
        Aten.CallVoid("aten::_foreach_add_.Scalar", deviations, options.eps!.Value);

        var momentum = options.momentum!.Value;
        if (momentum > 0)
        {
            var velocities = Array.ConvertAll(states, state => state.Velocity());
            Aten.CallVoid("aten::_foreach_mul_.Scalar", velocities, momentum);
            Aten.CallVoid("aten::_foreach_addcdiv_.Scalar", velocities, gradients, deviations);
            Aten.CallVoid("aten::_foreach_add_.List", parameters, velocities, AtenArg.Named("alpha", -rate));
        }
        else
        {
            Aten.CallVoid("aten::_foreach_addcdiv_.Scalar", parameters, gradients, deviations, -rate);
        }
    }

    public sealed class State : OptimizerState, IDisposable
    {
        public long step;
        public Tensor? square_avg;
        public Tensor? momentum_buffer;
        public Tensor? grad_avg;

        public State(Parameter parameter) : base(parameter) { }

        // Made when first needed: plain RMSProp keeps one number per weight, not three.
        internal Tensor Velocity() => momentum_buffer ??= Zeros();

        internal Tensor GradientAverage() => grad_avg ??= Zeros();

        public void Dispose() => Release();

        internal override void Release()
        {
            square_avg?.Dispose();
            momentum_buffer?.Dispose();
            grad_avg?.Dispose();
        }

        public override void Initialize(OptimizerOptions options)
        {
            Release();
            step = 0;
            square_avg = Zeros();
            momentum_buffer = null;
            grad_avg = null;
        }

        public override void to(Device device)
        {
            MoveTo(ref square_avg, device);
            MoveTo(ref momentum_buffer, device);
            MoveTo(ref grad_avg, device);
        }

        public override void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(step);
            square_avg!.Save(writer);
            SaveConditionalStateTensor(writer, momentum_buffer);
            SaveConditionalStateTensor(writer, grad_avg);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            step = reader.ReadInt64();
            square_avg!.Load(reader);
            LoadConditionalStateTensor(reader, ref momentum_buffer, _parameter.device);
            LoadConditionalStateTensor(reader, ref grad_avg, _parameter.device);
        }

        public override void LoadStateDict(OptimizerState source)
        {
            var other = (State)source;
            step = other.step;
            CopyFrom(ref square_avg, other.square_avg);
            CopyFrom(ref momentum_buffer, other.momentum_buffer);
            CopyFrom(ref grad_avg, other.grad_avg);
        }

        public override bool ApproximatelyEquals(OptimizerState other) => other is State state && step == state.step
            && Close(square_avg, state.square_avg) && Close(momentum_buffer, state.momentum_buffer) && Close(grad_avg, state.grad_avg);
    }

    public class Options : OptimizerOptions
    {
        public bool? maximize;
        public double? momentum;
        public double? alpha;
        public double? eps;
        public double? weight_decay;
        public bool? centered;

        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            writer.Write(maximize!.Value);
            writer.Write(momentum!.Value);
            writer.Write(alpha!.Value);
            writer.Write(eps!.Value);
            writer.Write(weight_decay!.Value);
            writer.Write(centered!.Value);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            maximize = reader.ReadBoolean();
            momentum = reader.ReadDouble();
            alpha = reader.ReadDouble();
            eps = reader.ReadDouble();
            weight_decay = reader.ReadDouble();
            centered = reader.ReadBoolean();
        }

        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var other = (Options)source;
            (maximize, centered) = (other.maximize, other.centered);
            (momentum, alpha, eps, weight_decay) = (other.momentum, other.alpha, other.eps, other.weight_decay);
        }
    }

    public class ParamGroup : ParamGroup<Options>, IMomentum
    {
        public ParamGroup() { }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

        public ParamGroup(
            IEnumerable<Parameter> parameters, double lr = 1e-3, double eps = 1e-8, double alpha = 0.99, double weight_decay = 0,
            double momentum = 0.0, bool centered = false)
            : base(
                parameters,
                new Options
                {
                    LearningRate = lr,
                    eps = eps,
                    alpha = alpha,
                    weight_decay = weight_decay,
                    momentum = momentum,
                    centered = centered,
                })
        {
        }

        public double Momentum
        {
            get => Options.momentum!.Value;
            set => Options.momentum = value;
        }
    }
}
