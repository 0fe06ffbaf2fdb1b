// The form of torch.save before PyTorch 1.6: five pickles (magic number, version, system, content, storage keys), then each storage's bytes.
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Detection.Runtime;

internal static class PytorchLegacy
{
    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private const long Version = 1001;

    /// <exception cref="WeightFileException">The file is damaged or refers to what is not allowed.</exception>
    public static WeightFile Read(string path, FileStream file)
    {
        var source = new PickleSource(path, file, file.Length);
        if (new RestrictedUnpickler(source).Load() is not BigInteger magic || magic != Magic)
        {
            throw source.Error("is a pickle, but not a PyTorch checkpoint.");
        }
        if (new RestrictedUnpickler(source).Load() is not Version)
        {
            throw source.Error("is a PyTorch checkpoint of an unknown version.");
        }
        if (new RestrictedUnpickler(source).Load() is not PickleMap system || system.Find("little_endian") is not true)
        {
            throw source.Error("was written on a big-endian machine, which is not supported.");
        }
        var known = new Dictionary<string, (StoredDataType Type, long Needed)>();
        var root = new RestrictedUnpickler(source, id =>
        {
            var reference = PytorchCheckpoint.Storage(path, id);
            var before = known.GetValueOrDefault(reference.Key, (Type: reference.DataType, Needed: 0));
            if (before.Type != reference.DataType)
            {
                throw source.Error($"the storage '{reference.Key}' has two types.");
            }
            known[reference.Key] = (reference.DataType, Math.Max(before.Needed, reference.Start + reference.Count));
            return reference;
        }).Load();
        var keys = new RestrictedUnpickler(source).Load() as List<object?> ?? throw source.Error("lacks the list of its storages.");
        var storages = new Dictionary<string, byte[]>();
        foreach (var item in keys)
        {
            if (item is not string key || !known.TryGetValue(key, out var storage))
            {
                throw source.Error($"lists a storage '{item}' that its pickle does not have.");
            }
            var count = BinaryPrimitives.ReadInt64LittleEndian(source.ReadBytes(8, "a storage's length"));
            var size = StoredDataTypes.Size(storage.Type);
            if (count < storage.Needed || count > source.Remaining / size)
            {
                throw source.Error($"is truncated or damaged: the storage '{key}' would have {count} elements, the pickle needs {storage.Needed}.");
            }
            if (!storages.TryAdd(key, source.ReadBytes(count * size, "a storage")))
            {
                throw source.Error($"lists the storage '{key}' twice.");
            }
        }
        if (source.Remaining != 0)
        {
            throw source.Error($"has {source.Remaining} bytes after its last storage.");
        }
        if (known.Keys.FirstOrDefault(key => !storages.ContainsKey(key)) is { } lacking)
        {
            throw source.Error($"lacks the storage '{lacking}'.");
        }
        var tensors = PytorchCheckpoint.StateDict(path, root);
        return new WeightFile(path, WeightFileFormat.PytorchLegacy, PytorchCheckpoint.Materialise(path, tensors, storages), WeightFile.NoMetadata);
    }
}
