// torch.optim.Optimizer: what schedulers and training loops see of an optimiser.
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public abstract partial class Optimizer : IDisposable
        {
            protected IList<ParamGroup> _parameter_groups = new List<ParamGroup>();

            /// <summary>The parameter groups, as far as schedulers are concerned.</summary>
            public virtual IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;

            /// <summary>Fills all gradients with zeros.</summary>
            public abstract void zero_grad();

            /// <summary>Updates the parameters from their gradients, after calling <paramref name="closure"/> for the loss.</summary>
            public abstract Tensor? step(Func<Tensor>? closure = null);

            public abstract IEnumerable<Parameter> parameters();

            public abstract void add_param_group(ParamGroup param_group);

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing) { }

            /// <summary>An optimiser's options (one per group) and states (one per parameter, in order).</summary>
            public class StateDictionary
            {
                internal StateDictionary() { }

                public List<OptimizerOptions> Options { get; } = new();
                public List<OptimizerState> State { get; } = new();

                /// <summary>For each group, the indices of its parameters' states.</summary>
                public List<List<int>> StateIndexRef { get; } = new();
            }
        }

        public interface ILearningRateController
        {
            double LearningRate { get; set; }
            double InitialLearningRate { get; set; }
        }

        public interface IMomentum
        {
            double Momentum { get; set; }
        }

        public interface IBetas
        {
            (double, double) Betas { get; set; }
        }
    }
}
