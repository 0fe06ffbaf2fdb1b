// Losses of the last few steps, left on the device until they are asked for, so that a step need not wait for a GPU.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

internal sealed class LossBuffer : IDisposable
{
    private readonly List<float> read = [];
    private readonly List<Tensor> waiting = [];

    /// <summary>Number of steps.</summary>
    public int Count => read.Count / 3 + waiting.Count;

    public void Add(LossParts loss)
    {
        using var gradients = no_grad();
        waiting.Add(stack([loss.Total, loss.Classification, loss.Localisation]).DetachFromDisposeScope());
    }

    /// <summary>Three numbers per step: total, classification, localisation.</summary>
    public ImmutableArray<float> Values()
    {
        if (waiting.Count > 0)
        {
            using var scope = NewDisposeScope();
            var host = stack(waiting).to(ScalarType.Float32).cpu();
            read.AddRange(MemoryMarshal.Cast<byte, float>(host.bytes));
            ReleaseTensors();
        }
        return [.. read];
    }

    public void Clear()
    {
        ReleaseTensors();
        read.Clear();
    }

    public void Restore(ImmutableArray<float> values)
    {
        Clear();
        read.AddRange(values);
    }

    public void Dispose() => Clear();

    private void ReleaseTensors()
    {
        foreach (var tensor in waiting)
        {
            tensor.Dispose();
        }
        waiting.Clear();
    }
}
