// RMSProp as TensorFlow computes it: epsilon inside the root, mean squares that begin at 1, the learning rate inside the momentum.
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace Detection.Runtime;

/// <summary>
/// ms = decay * ms + (1 - decay) * g²; step = momentum * step + rate * g / sqrt(ms + epsilon); weights -= step
/// (Hinton's lecture 6e; tf.train.RMSPropOptimizer). PyTorch's form adds epsilon to the root and begins at 0.
/// </summary>
public sealed class TensorFlowRmsProp : OptimizerHelper
{
    /// <summary>Creates the optimiser.</summary>
    /// <param name="groups">Groups, see <see cref="ParameterGroups.Split"/>.</param>
    /// <param name="learningRate">Base rate, which the groups' are multiples of.</param>
    /// <param name="decay">Share of the mean square that is kept.</param>
    /// <param name="momentum">Share of the last step that is kept.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public TensorFlowRmsProp(IEnumerable<ParameterShare> groups, double learningRate, double decay = 0.9, double momentum = 0, double epsilon = 1e-10)
    {
        ArgumentNullException.ThrowIfNull(groups);
        _defaults = new Options { LearningRate = learningRate, InitialLearningRate = learningRate, Decay = decay, Momentum = momentum, Epsilon = epsilon };
        foreach (var share in groups)
        {
            var rate = learningRate * share.Rate;
            add_param_group(new ParamGroup
            {
                Parameters = [.. share.Parameters],
                Options = new Options
                {
                    LearningRate = rate, InitialLearningRate = rate, Decay = decay, Momentum = momentum, Epsilon = epsilon, WeightDecay = share.WeightDecay,
                },
            });
        }
    }

    /// <inheritdoc/>
    public override void add_param_group(ParamGroup param_group)
    {
        ArgumentNullException.ThrowIfNull(param_group);
        _parameter_groups.Add(param_group);
        foreach (var parameter in param_group.Parameters)
        {
            var state = new State(parameter);
            state.Initialize(param_group.Options);
            _state[parameter.Handle] = state;
        }
    }

    /// <inheritdoc/>
    public override Tensor step(Func<Tensor>? closure = null) => _step<ParamGroup>(
        group =>
        {
            var options = (Options)group.Options;
            var rate = options.LearningRate!.Value;
            foreach (var parameter in group.Parameters)
            {
                if (parameter.grad is not { } given)
                {
                    continue;
                }
                using var scope = NewDisposeScope();
                var state = (State)_state[parameter.Handle];
                var gradient = options.WeightDecay == 0 ? given : given + parameter * options.WeightDecay;
                state.MeanSquare.mul_(options.Decay).addcmul_(gradient, gradient, 1 - options.Decay);
                state.Step.mul_(options.Momentum).add_(gradient / (state.MeanSquare + options.Epsilon).sqrt_(), alpha: rate);
                parameter.sub_(state.Step);
            }
        },
        closure!)!;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var parameter in parameters())
            {
                ((State)_state[parameter.Handle]).Dispose();
            }
        }
        base.Dispose(disposing);
    }

    private sealed class Options : OptimizerOptions
    {
        public double Decay { get; set; }

        public double Momentum { get; set; }

        public double Epsilon { get; set; }

        public double WeightDecay { get; set; }

        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            foreach (var value in new[] { Decay, Momentum, Epsilon, WeightDecay })
            {
                writer.Write(value);
            }
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            (Decay, Momentum, Epsilon, WeightDecay) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        }

        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var other = (Options)source;
            (Decay, Momentum, Epsilon, WeightDecay) = (other.Decay, other.Momentum, other.Epsilon, other.WeightDecay);
        }
    }

    private sealed class State(Parameter parameter) : OptimizerState(parameter), IDisposable
    {
        public Tensor MeanSquare { get; } = ones_like(parameter).detach().DetachFromDisposeScope();

        public Tensor Step { get; } = zeros_like(parameter).detach().DetachFromDisposeScope();

        public void Dispose()
        {
            MeanSquare.Dispose();
            Step.Dispose();
        }

        public override void Initialize(OptimizerOptions options)
        {
            MeanSquare.fill_(1);
            Step.zero_();
        }

        public override void SaveStateDict(BinaryWriter writer)
        {
            MeanSquare.Save(writer);
            Step.Save(writer);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            MeanSquare.Load(reader);
            Step.Load(reader);
        }

        public override void LoadStateDict(OptimizerState source)
        {
            var other = (State)source;
            MeanSquare.copy_(other.MeanSquare);
            Step.copy_(other.Step);
        }
    }
}
