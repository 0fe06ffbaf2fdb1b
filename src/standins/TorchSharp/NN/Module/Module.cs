// The base of all modules: lifetime, mode and the tree walk. Registration, enumeration, moving and state dictionaries
// are the other parts of this class.
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A tree node that owns parameters, buffers and sub-modules.</summary>
        /// <remarks>
        /// Everything lives on the managed side: there is no native module behind it, so a module needs no finalizer;
        /// its tensors have their own.
        /// </remarks>
        public partial class Module : IDisposable
        {
            protected DeviceType _deviceType = DeviceType.CPU;
            protected int _deviceIndex = -1;
            protected string? name;

            protected OrderedDict<string, Module> _internal_submodules = new();
            protected OrderedDict<string, (Tensor, bool)> _internal_buffers = new();
            protected OrderedDict<string, Parameter> _internal_params = new();

            private bool _training = true;
            private bool _areComponentsRegistered;

            protected Module(string name)
            {
                this.name = name;
            }

            internal bool IsDisposed { get; private set; }

            /// <summary>Whether the module is in training mode (it starts so).</summary>
            public virtual bool training => _training;

            /// <summary>Sets training or evaluation mode here and in all sub-modules.</summary>
            public virtual void train(bool train = true)
            {
                _training = train;
                foreach (var (_, child) in named_children()) child.train(train);
            }

            /// <summary>Sets evaluation mode here and in all sub-modules.</summary>
            public virtual void eval() => train(false);

            /// <summary>Calls <paramref name="fn"/> on every sub-module, children first, then on this module.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (var (_, child) in _internal_submodules) child.apply(fn);
                fn(this);
                return this;
            }

            /// <summary>Drops the gradients of all parameters, or fills them with zeros.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var (_, parameter) in named_parameters())
                {
                    using var grad = parameter.grad;
                    if (grad is null) continue;
                    if (set_to_none) parameter.grad = null;
                    else grad.zero_();
                }
            }

            public virtual string GetName() => string.IsNullOrEmpty(name) ? GetType().Name : name;

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes buffers, parameters and sub-modules.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || IsDisposed) return;
                IsDisposed = true;
                foreach (var (_, (buffer, _)) in _internal_buffers) DisposeOwned(buffer);
                foreach (var (_, parameter) in named_parameters(false)) DisposeOwned(parameter);
                foreach (var (_, child) in named_children()) child.Dispose();
            }

            private static void DisposeOwned(Tensor tensor)
            {
                if (tensor.IsInvalid) return;
                tensor.DetachFromDisposeScope().Dispose();
            }

            /// <summary>The device and element type to create tensors with when the caller names none.</summary>
            protected static (Device device, ScalarType dtype) GetDefaultDeviceAndType(Device? device = null, ScalarType? dtype = null)
                => (device ?? get_default_device(), dtype ?? get_default_dtype());
        }
    }
}
