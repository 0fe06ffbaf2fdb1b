// PyTorch checkpoints: from the unpickled description to tensors. PytorchZip.cs and PytorchLegacy.cs find the parts in the two file forms.
namespace Detection.Runtime;

/// <summary>
/// Reads files of <c>torch.save</c>, in the zip form and in the legacy form. Of pickle only what a dictionary of tensors needs is interpreted; a file that names
/// anything else is refused, and nothing in it is ever executed.
/// <para>
/// The tensors are looked for in the top-level dictionary; while that holds no tensor, in its entry <c>state_dict</c>, <c>model_state_dict</c>, <c>model</c>,
/// <c>module</c> or <c>weights</c> (the first that is a dictionary), at most four levels down. Every value of the dictionary found must be a tensor.
/// </para>
/// </summary>
public static class PytorchCheckpoint
{
    private const int MaxLevels = 4;
    private const int MaxDimensions = 64;

    private static readonly string[] Wrappers = ["state_dict", "model_state_dict", "model", "module", "weights"];

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="WeightFileException">The file cannot be read, is damaged, refers to globals that are not allowed or holds no state dict.</exception>
    public static WeightFile Read(string path)
    {
        var file = WeightFile.Read(path);
        return file.Format != WeightFileFormat.Safetensors ? file : throw new WeightFileException(path, "is a safetensors file, not a PyTorch checkpoint.");
    }

    /// <summary>The dictionary of tensors in an unpickled checkpoint, by the rule above.</summary>
    internal static IReadOnlyList<(string Name, TensorReference Tensor)> StateDict(string path, object? root)
    {
        var level = root as PickleMap
            ?? throw new WeightFileException(path, "does not hold a state dict: its content is not a dictionary.");
        for (var depth = 0; depth < MaxLevels && !level.Entries.Any(entry => entry.Value is TensorReference); depth++)
        {
            var inner = Wrappers.Select(level.Find).OfType<PickleMap>().FirstOrDefault();
            if (inner is null)
            {
                break;
            }
            level = inner;
        }
        if (level.Count == 0)
        {
            throw new WeightFileException(path, "holds an empty state dict.");
        }
        return
        [
            .. level.Entries.Select(entry => (entry.Key, entry.Value) switch
            {
                (string name, TensorReference tensor) => (name, tensor),
                _ => throw new WeightFileException(path, $"does not hold a state dict: '{entry.Key}' is not a named tensor."),
            }),
        ];
    }

    /// <summary>Describes the storage of a persistent id: ('storage', type, key, location, count[, view]).</summary>
    internal static StorageReference Storage(string path, PickleTuple id)
    {
        if (id.Items is not ["storage", PickleGlobal.StorageType type, string key, _, long count, .. var rest] || count < 0)
        {
            throw new WeightFileException(path, "the pickle has a persistent id that does not describe a storage.");
        }
        return rest switch
        {
            [] or [null] => new StorageReference(key, type.DataType, count, 0),
            [PickleTuple { Items: [string, long start, long viewed] }] when start >= 0 && viewed >= 0 && start <= count - viewed =>
                new StorageReference(key, type.DataType, viewed, start),
            _ => throw new WeightFileException(path, $"the storage '{key}' has a view that does not lie within it."),
        };
    }

    /// <summary>The tensors' bytes: slices of their storages where they are contiguous, copies where they are not.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="tensors">What the pickle describes.</param>
    /// <param name="storages">Bytes of each storage by key.</param>
    internal static IReadOnlyList<StoredTensor> Materialise(
        string path, IReadOnlyList<(string Name, TensorReference Tensor)> tensors, IReadOnlyDictionary<string, byte[]> storages)
    {
        // Views may share bytes, copies cost new ones: a small file must not ask for much memory.
        var budget = 2 * storages.Values.Sum(bytes => bytes.LongLength) + (1 << 20);
        var result = new List<StoredTensor>(tensors.Count);
        foreach (var (name, tensor) in tensors)
        {
            var all = storages[tensor.Storage.Key];
            var size = StoredDataTypes.Size(tensor.Storage.DataType);
            var bytes = CheckBounds(path, name, tensor, all.LongLength / size);
            var start = (tensor.Storage.Start + tensor.Offset) * size;
            ReadOnlyMemory<byte> content;
            if (bytes == 0)
            {
                content = ReadOnlyMemory<byte>.Empty;
            }
            else if (IsContiguous(tensor))
            {
                content = all.AsMemory((int)start, (int)bytes);
            }
            else
            {
                budget -= bytes;
                if (budget < 0)
                {
                    throw new WeightFileException(path, $"the tensor '{name}' and those before it repeat more data than the file holds.");
                }
                content = Gather(all, start, tensor, size, (int)bytes);
            }
            result.Add(new StoredTensor(name, tensor.Storage.DataType, [.. tensor.Shape], content));
        }
        return result;
    }

    // Number of bytes of the tensor, after checking that all its elements lie in its storage.
    private static long CheckBounds(string path, string name, TensorReference tensor, long storedElements)
    {
        var (shape, strides) = (tensor.Shape, tensor.Strides);
        var bytes = StoredDataTypes.ByteCount(shape, tensor.Storage.DataType);
        if (shape.Length != strides.Length || shape.Length > MaxDimensions || bytes is null || tensor.Offset < 0 || strides.Any(stride => stride < 0))
        {
            throw new WeightFileException(path, $"the tensor '{name}' has an impossible shape, stride or offset.");
        }
        if (tensor.Storage.Start > storedElements - tensor.Storage.Count)
        {
            throw new WeightFileException(path, $"the storage '{tensor.Storage.Key}' of the tensor '{name}' has fewer elements than the pickle says.");
        }
        Int128 last = tensor.Offset;
        for (var i = 0; i < shape.Length && bytes > 0; i++)
        {
            last += (Int128)(shape[i] - 1) * strides[i];
        }
        if (bytes > 0 && last >= tensor.Storage.Count)
        {
            throw new WeightFileException(path, $"the tensor '{name}' reaches outside its storage (element {last} of {tensor.Storage.Count}).");
        }
        if (bytes > (Int128)tensor.Storage.Count * StoredDataTypes.Size(tensor.Storage.DataType))
        {
            throw new WeightFileException(path, $"the tensor '{name}' has more elements than its storage (an expanded view); save a contiguous copy instead.");
        }
        return bytes.Value;
    }

    private static bool IsContiguous(TensorReference tensor)
    {
        long expected = 1;
        for (var i = tensor.Shape.Length - 1; i >= 0; i--)
        {
            if (tensor.Shape[i] != 1 && tensor.Strides[i] != expected)
            {
                return false;
            }
            expected *= tensor.Shape[i];
        }
        return true;
    }

    private static byte[] Gather(byte[] storage, long start, TensorReference tensor, int size, int bytes)
    {
        var result = new byte[bytes];
        var index = new long[tensor.Shape.Length];
        long element = 0;
        for (var at = 0; at < bytes; at += size)
        {
            storage.AsSpan((int)(start + element * size), size).CopyTo(result.AsSpan(at));
            for (var axis = index.Length - 1; axis >= 0; axis--)
            {
                element += tensor.Strides[axis];
                if (++index[axis] < tensor.Shape[axis])
                {
                    break;
                }
                element -= tensor.Strides[axis] * tensor.Shape[axis];
                index[axis] = 0;
            }
        }
        return result;
    }
}
