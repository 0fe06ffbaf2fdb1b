// What a checkpoint's pickle can hold for us: plain values, and descriptions of storages and tensors. Nothing here has behaviour of its own.
namespace Detection.Runtime;

internal sealed record PickleTuple(object?[] Items);

/// <summary>A dict or an OrderedDict, in order of insertion; keys are texts, integers or booleans.</summary>
internal sealed class PickleMap
{
    private readonly Dictionary<object, object?> values = [];

    public IEnumerable<KeyValuePair<object, object?>> Entries => values;

    public int Count => values.Count;

    public object? this[object key]
    {
        set => values[key] = value;
    }

    public object? Find(string key) => values.GetValueOrDefault(key);
}

/// <summary>The globals a checkpoint may name.</summary>
internal abstract record PickleGlobal
{
    /// <summary><c>collections.OrderedDict</c>.</summary>
    internal sealed record OrderedDictType : PickleGlobal;

    /// <summary><c>torch.Size</c>.</summary>
    internal sealed record SizeType : PickleGlobal;

    /// <summary><c>torch._utils._rebuild_tensor</c> and <c>_rebuild_tensor_v2</c>: the same first four arguments.</summary>
    internal sealed record RebuildTensor : PickleGlobal;

    /// <summary><c>torch._utils._rebuild_parameter</c>.</summary>
    internal sealed record RebuildParameter : PickleGlobal;

    /// <summary><c>torch.FloatStorage</c> and its like.</summary>
    internal sealed record StorageType(StoredDataType DataType) : PickleGlobal;

    /// <summary><c>torch.float32</c> and its like, as a value.</summary>
    internal sealed record DataTypeValue(StoredDataType DataType) : PickleGlobal;

    private static readonly Dictionary<string, PickleGlobal> Allowed = new()
    {
        ["collections.OrderedDict"] = new OrderedDictType(),
        ["torch.Size"] = new SizeType(),
        ["torch._utils._rebuild_tensor"] = new RebuildTensor(),
        ["torch._utils._rebuild_tensor_v2"] = new RebuildTensor(),
        ["torch._utils._rebuild_parameter"] = new RebuildParameter(),
        ["torch.BoolStorage"] = new StorageType(StoredDataType.Bool),
        ["torch.ByteStorage"] = new StorageType(StoredDataType.UInt8),
        ["torch.CharStorage"] = new StorageType(StoredDataType.Int8),
        ["torch.ShortStorage"] = new StorageType(StoredDataType.Int16),
        ["torch.IntStorage"] = new StorageType(StoredDataType.Int32),
        ["torch.LongStorage"] = new StorageType(StoredDataType.Int64),
        ["torch.HalfStorage"] = new StorageType(StoredDataType.Float16),
        ["torch.BFloat16Storage"] = new StorageType(StoredDataType.BFloat16),
        ["torch.FloatStorage"] = new StorageType(StoredDataType.Float32),
        ["torch.DoubleStorage"] = new StorageType(StoredDataType.Float64),
        ["torch.bool"] = new DataTypeValue(StoredDataType.Bool),
        ["torch.uint8"] = new DataTypeValue(StoredDataType.UInt8),
        ["torch.int8"] = new DataTypeValue(StoredDataType.Int8),
        ["torch.int16"] = new DataTypeValue(StoredDataType.Int16),
        ["torch.int32"] = new DataTypeValue(StoredDataType.Int32),
        ["torch.int64"] = new DataTypeValue(StoredDataType.Int64),
        ["torch.float16"] = new DataTypeValue(StoredDataType.Float16),
        ["torch.bfloat16"] = new DataTypeValue(StoredDataType.BFloat16),
        ["torch.float32"] = new DataTypeValue(StoredDataType.Float32),
        ["torch.float64"] = new DataTypeValue(StoredDataType.Float64),
    };

    /// <summary>The meaning of a global, or null when it is not allowed.</summary>
    public static PickleGlobal? Find(string module, string name) => Allowed.GetValueOrDefault($"{module}.{name}");
}

/// <summary>A storage that the pickle refers to; its bytes lie elsewhere in the file.</summary>
/// <param name="Key">Its key.</param>
/// <param name="DataType">Type of its elements.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="Start">First element within the storage <paramref name="Key"/> (views of the legacy format).</param>
internal sealed record StorageReference(string Key, StoredDataType DataType, long Count, long Start);

/// <summary>A tensor as a view of a storage.</summary>
internal sealed record TensorReference(StorageReference Storage, long Offset, long[] Shape, long[] Strides);
