// What a custom function's forward leaves for its backward.
namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>
        /// Carries tensors and values from forward to backward. Tensors are saved such that a later change in place is noticed,
        /// and are let go when the graph is.
        /// </summary>
        public class AutogradContext : IDisposable
        {
            private readonly Lock _lock = new();
            private readonly Dictionary<string, object> _data = [];
            private readonly List<nint> _saved = [];
            private List<Tensor> _toSave = [];
            private bool _released;

            internal AutogradContext()
            {
            }

            public bool MaterializeGrads { get; private set; } = true;

            internal CustomNode? Node { get; set; }

            internal List<Tensor> Dirty { get; private set; } = [];

            internal List<Tensor> NonDifferentiable { get; private set; } = [];

            /// <summary>Keeps tensors for backward; call it at most once, from forward.</summary>
            public void save_for_backward(List<Tensor> tensors) => _toSave = tensors;

            /// <summary>Keeps a value that is no tensor.</summary>
            public void save_data(string key, object value) => _data[key] = value;

            public object? get_data(string key) => _data.GetValueOrDefault(key);

            /// <summary>Says which inputs forward changed in place.</summary>
            public void mark_dirty(List<Tensor> tensors) => Dirty = [.. tensors];

            /// <summary>Says which outputs have no gradient.</summary>
            public void mark_non_differentiable(List<Tensor> tensors) => NonDifferentiable = [.. tensors];

            /// <summary>Whether an undefined gradient reaches backward as zeros (the default) or as null.</summary>
            public void set_materialize_grads(bool value) => MaterializeGrads = value;

            /// <summary>The tensors of save_for_backward, as new managed owners.</summary>
            public unsafe List<Tensor> get_saved_variables()
            {
                lock (_lock)
                {
                    if (_released)
                        throw new InvalidOperationException(
                            "The saved tensors were let go with the graph; pass retain_graph to go through it a second time.");
                    var tensors = new List<Tensor>();
                    foreach (var saved in _saved)
                    {
                        nint tensor = 0;
                        if (saved != 0)
                            Native.Check(Native.dg_saved_unpack(saved, Node?.Raw ?? 0, &tensor));
                        tensors.Add(tensor == 0 ? null! : new Tensor(tensor));
                    }
                    return tensors;
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (disposing)
                    Release();
            }

            /// <summary>Turns what forward asked to keep into variables that libtorch watches.</summary>
            internal void Keep(List<Tensor> raw, List<Tensor?> outputs)
            {
                lock (_lock)
                {
                    foreach (var tensor in _toSave)
                    {
                        // An output is saved as the recorded one, so that libtorch knows it as the node's own.
                        var at = raw.FindIndex(r => ReferenceEquals(r, tensor));
                        var kept = at >= 0 ? outputs[at] : tensor;
                        _saved.Add(kept is null or { IsInvalid: true } ? 0 : Native.Check(Native.dg_saved_new(kept.Handle, Node!.Raw)));
                    }
                    _toSave = [];
                }
            }

            internal void Release()
            {
                lock (_lock)
                {
                    _released = true;
                    foreach (var saved in _saved)
                        if (saved != 0)
                            Native.dg_saved_release(saved);
                    _saved.Clear();
                }
            }
        }
    }
}
