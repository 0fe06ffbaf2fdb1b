// torch.autograd.Function: operations with a backward written in C#.
namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>
        /// A differentiable operation with its own backward. Derive from <see cref="SingleTensorFunction{T}"/> or
        /// <see cref="MultiTensorFunction{T}"/> and call its static apply, never forward itself.
        /// </summary>
        public abstract class Function<T> where T : Function<T>, new()
        {
            private static readonly T Instance = new();

            /// <summary>What errors call the function.</summary>
            public abstract string Name { get; }

            /// <summary>Runs forward without recording and puts one node into the graph for it.</summary>
            public static List<Tensor> apply_internal(params object[] vars)
            {
                var isTensor = Array.ConvertAll(vars, v => v is Tensor { IsInvalid: false });
                var inputs = vars.OfType<Tensor>().Where(t => !t.IsInvalid).ToList();
                var recorded = AutoGradMode.IsEnabled && inputs.Any(t => t.requires_grad);

                var context = new AutogradContext();
                if (!recorded)
                {
                    using (no_grad())
                        return Instance.forward_internal(context, vars);
                }

                var shapes = new List<(long[] Shape, ScalarType Type, Device Device)?>();
                using var node = new CustomNode(
                    gradients => Backward(context, Materialized(context, gradients, shapes), isTensor), context.Release);
                node.Connect(inputs);
                context.Node = node;

                List<Tensor> raw;
                using (no_grad())
                    raw = Instance.forward_internal(context, vars);
                var outputs = node.Wrap(inputs, context.NonDifferentiable, context.Dirty, raw);
                shapes.AddRange(outputs.Select(o => o is null ? null : ((long[], ScalarType, Device)?)(o.shape, o.dtype, o.device)));
                context.Keep(raw, outputs);
                return outputs!;
            }

            internal abstract List<Tensor> forward_internal(AutogradContext ctx, params object[] vars);

            internal abstract List<Tensor> backward_internal(AutogradContext ctx, List<Tensor> grad_outputs);

            // A gradient that nobody computed is a zero, unless the function asked to see it as null.
            private static List<Tensor> Materialized(
                AutogradContext context, Tensor?[] gradients, List<(long[] Shape, ScalarType Type, Device Device)?> shapes) =>
                [.. gradients.Select((g, i) =>
                    g is null && context.MaterializeGrads && shapes[i] is { } s ? zeros(s.Shape, s.Type, s.Device) : g!)];

            private static IReadOnlyList<Tensor?> Backward(AutogradContext context, List<Tensor> gradients, bool[] isTensor)
            {
                List<Tensor?> results = [.. Instance.backward_internal(context, gradients)];
                while (results.Count > isTensor.Length && results[^1] is null or { IsInvalid: true })
                    results.RemoveAt(results.Count - 1);
                if (results.Count != isTensor.Length)
                    throw new InvalidOperationException(
                        $"Function {Instance.Name} returned {results.Count} gradients for {isTensor.Length} inputs.");
                for (var i = 0; i < isTensor.Length; i++)
                    if (!isTensor[i] && results[i] is { IsInvalid: false })
                        throw new InvalidOperationException(
                            $"Function {Instance.Name} returned a gradient for input {i + 1}, which is no tensor.");
                return [.. results.Where((_, i) => isTensor[i])];
            }
        }

        /// <summary>A function with one tensor as its result.</summary>
        public abstract class SingleTensorFunction<T> : Function<T> where T : SingleTensorFunction<T>, new()
        {
            public static Tensor apply(params object[] vars) => apply_internal(vars)[0];

            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            internal sealed override List<Tensor> forward_internal(AutogradContext ctx, params object[] vars) => [forward(ctx, vars)];

            internal sealed override List<Tensor> backward_internal(AutogradContext ctx, List<Tensor> grad_outputs) =>
                backward(ctx, grad_outputs[0]);
        }

        /// <summary>A function with several tensors as its result.</summary>
        public abstract class MultiTensorFunction<T> : Function<T> where T : MultiTensorFunction<T>, new()
        {
            public static List<Tensor> apply(params object[] vars) => apply_internal(vars);

            public abstract List<Tensor> forward(AutogradContext ctx, params object[] vars);

            public abstract List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs);

            internal sealed override List<Tensor> forward_internal(AutogradContext ctx, params object[] vars) => forward(ctx, vars);

            internal sealed override List<Tensor> backward_internal(AutogradContext ctx, List<Tensor> grad_outputs) =>
                backward(ctx, grad_outputs);
        }
    }
}
