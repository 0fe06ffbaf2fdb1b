// A node of libtorch's autograd graph whose backward is managed code.
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>
/// The managed half of a ManagedNode. libtorch keeps it alive through a GCHandle until the graph lets the node go.
/// </summary>
internal sealed unsafe class CustomNode : IDisposable
{
    private static readonly ConcurrentDictionary<long, Exception> Failures = new();
    private static long _lastFailure;

    private readonly Func<torch.Tensor?[], IReadOnlyList<torch.Tensor?>> _backward;
    private readonly Action _release;
    private nint _owner;
    private nint _raw;

    /// <param name="backward">Takes the gradients of the outputs (null: undefined), gives those of the inputs.</param>
    /// <param name="release">The graph does not need the saved values any more.</param>
    internal CustomNode(Func<torch.Tensor?[], IReadOnlyList<torch.Tensor?>> backward, Action release)
    {
        _backward = backward;
        _release = release;
        var self = GCHandle.Alloc(this);
        _owner = Native.dg_node_new(&Backward, &Release, GCHandle.ToIntPtr(self));
        if (_owner == 0)
        {
            self.Free();
            Native.Throw();
        }
        _raw = Native.dg_node_raw(_owner);
    }

    /// <summary>The node itself, not owned; 0 once the graph is gone.</summary>
    internal nint Raw => _raw;

    /// <summary>Makes the inputs what the gradients flow on to.</summary>
    internal void Connect(List<torch.Tensor> inputs)
    {
        fixed (nint* handles = torch.autograd.Handles(inputs))
            Native.Check(Native.dg_node_connect(_owner, handles, inputs.Count));
        GC.KeepAlive(inputs);
    }

    /// <summary>Makes the outputs results of this node; the tensors returned are the recorded ones.</summary>
    internal List<torch.Tensor?> Wrap(
        List<torch.Tensor> inputs, List<torch.Tensor> constant, List<torch.Tensor> dirty, List<torch.Tensor> outputs)
    {
        NativeResult* results;
        int count;
        fixed (nint* i = torch.autograd.Handles(inputs), c = torch.autograd.Handles(constant),
            d = torch.autograd.Handles(dirty), o = torch.autograd.Handles(outputs))
        {
            count = Native.dg_node_wrap(_owner, i, inputs.Count, c, constant.Count, d, dirty.Count, o, outputs.Count, 1, &results);
        }
        GC.KeepAlive(inputs);
        GC.KeepAlive(constant);
        GC.KeepAlive(dirty);
        GC.KeepAlive(outputs);
        Native.Check(count);
        return [.. Aten.Collect(results, count)];
    }

    /// <summary>Gives up the reference under construction; from here on the graph alone keeps the node.</summary>
    public void Dispose()
    {
        var owner = Interlocked.Exchange(ref _owner, 0);
        if (owner != 0)
            Native.dg_node_release(owner);
    }

    internal static Exception? TakeFailure(long id) => id != 0 && Failures.TryRemove(id, out var failure) ? failure : null;

    [UnmanagedCallersOnly]
    private static long Backward(nint state, nint* gradients, int count, nint* results, int resultCount)
    {
        try
        {
            var inputs = new torch.Tensor?[count];
            for (var i = 0; i < count; i++)
                inputs[i] = gradients[i] == 0 ? null : new torch.Tensor(gradients[i]);
            var outputs = ((CustomNode)GCHandle.FromIntPtr(state).Target!)._backward(inputs);
            for (var i = 0; i < resultCount; i++)
                results[i] = outputs[i] is { IsInvalid: false } output ? Native.dg_tensor_alias(output.Handle) : 0;
            return 0;
        }
        catch (Exception failure)
        {
            // It must not cross native frames: the engine carries its number, and Native.Throw raises it again.
            var id = Interlocked.Increment(ref _lastFailure);
            Failures[id] = failure;
            return id;
        }
    }

    [UnmanagedCallersOnly]
    private static void Release(nint state, int last)
    {
        var handle = GCHandle.FromIntPtr(state);
        var node = (CustomNode)handle.Target!;
        if (last != 0)
        {
            node._raw = 0;
            handle.Free();
        }
        try
        {
            node._release();
        }
        catch (Exception)
        {
            // Called from a C++ destructor, possibly on the finaliser's thread: there is nobody to tell.
        }
    }
}
