// torch.Tensor: gradients.
namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>True when operations on the tensor are recorded for differentiation.</summary>
        public bool requires_grad
        {
            get => Meta().RequiresGrad;
            set
            {
                Native.Check(Native.dg_tensor_set_requires_grad(Handle, value ? 1 : 0));
                GC.KeepAlive(this);
            }
        }

        /// <summary>The accumulated gradient, or null. Each reading makes a new managed owner.</summary>
        public unsafe Tensor? grad
        {
            get
            {
                nint gradient;
                Native.Check(Native.dg_tensor_grad(Handle, &gradient));
                GC.KeepAlive(this);
                return gradient == 0 ? null : new Tensor(gradient);
            }
            set
            {
                Native.Check(Native.dg_tensor_set_grad(Handle, value?.Handle ?? 0));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>Keeps the gradient of a tensor that is no leaf.</summary>
        public void retain_grad() => Aten.CallVoid("aten::retain_grad", this);

        /// <summary>Computes the gradients of this tensor with respect to the leaves of its graph, and adds them there.</summary>
        public void backward() => autograd.backward([this], null, false);

        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}
