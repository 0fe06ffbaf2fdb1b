// torch.autograd: gradients of given outputs with respect to given inputs.
namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>The gradients of the sum of outputs with respect to inputs; null for an unused input that is allowed.</summary>
        public static unsafe IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var (outs, ins, grads) = (Handles(outputs), Handles(inputs), Handles(grad_outputs));
            NativeResult* results;
            int count;
            fixed (nint* o = outs, i = ins, g = grads)
            {
                count = Native.dg_grad(o, outs.Length, i, ins.Length, g, grads.Length,
                    retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, &results);
            }
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            Native.Check(count);
            return Aten.Collect(results, count).ToList();
        }

        /// <summary>Adds the gradients of tensors to the leaves of their graph, or to the inputs named.</summary>
        public static unsafe void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null)
        {
            var (roots, grads, ins) = (Handles(tensors), Handles(grad_tensors), Handles(inputs));
            int code;
            fixed (nint* r = roots, g = grads, i = ins)
            {
                code = Native.dg_backward(r, roots.Length, g, grads.Length,
                    retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0, i, ins.Length);
            }
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
            Native.Check(code);
        }

        public static void backward(
            Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(
            Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        public static AnomalyMode detect_anomaly(bool check_nan = true) => new(true, check_nan);

        public static AnomalyMode set_detect_anomaly(bool mode, bool check_nan = true) => new(mode, check_nan);

        internal static nint[] Handles(IEnumerable<Tensor?>? tensors) =>
            tensors is null ? [] : [.. tensors.Select(t => t is null ? 0 : t.Handle)];
    }
}
