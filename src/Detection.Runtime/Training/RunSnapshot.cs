// From a live model and optimiser to bytes and back, exactly.
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

internal static class RunSnapshot
{
    public static IReadOnlyList<StoredTensor> OfModel(nn.Module model) => [.. model.state_dict().Select(entry => StoredTensor.From(entry.Key, entry.Value))];

    public static ReadOnlyMemory<byte> OfOptimizer(OptimizerHelper optimizer)
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            optimizer.save_state_dict(writer);
        }
        return stream.ToArray();
    }

    public static ReadOnlyMemory<byte> OfGenerator()
    {
        using var state = get_rng_state();
        return state.bytes.ToArray();
    }

    /// <exception cref="ArgumentException">The tensors are not those of the model.</exception>
    public static void Restore(nn.Module model, IReadOnlyList<StoredTensor> tensors)
    {
        using var gradients = no_grad();
        var state = model.state_dict();
        if (tensors.Count != state.Count)
        {
            throw new ArgumentException($"{tensors.Count} tensors for a model of {state.Count}.", nameof(tensors));
        }
        foreach (var stored in tensors)
        {
            if (!state.TryGetValue(stored.Name, out var target) || !stored.Shape.AsSpan().SequenceEqual(target.shape)
                || StoredDataTypes.ToTorch(stored.DataType) != target.dtype)
            {
                throw new ArgumentException($"The model has no {stored.DataType} tensor '{stored.Name}' of the shape [{string.Join(", ", stored.Shape)}].", nameof(tensors));
            }
            using var source = stored.ToTensor();
            target.copy_(source);
        }
    }

    public static void Restore(OptimizerHelper optimizer, ReadOnlyMemory<byte> content)
    {
        using var scope = NewDisposeScope();
        using var reader = new BinaryReader(new MemoryStream(content.ToArray()));
        optimizer.load_state_dict(reader);
        // TorchSharp makes the optimiser's tensors in the current scope; they must outlive it.
        scope.Detach(scope.DisposablesView);
    }

    public static void RestoreGenerator(ReadOnlyMemory<byte> content)
    {
        using var state = tensor(content.ToArray(), dtype: ScalarType.Byte);
        set_rng_state(state);
    }
}
