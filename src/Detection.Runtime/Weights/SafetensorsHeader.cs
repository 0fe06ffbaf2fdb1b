// The JSON header of a safetensors file, checked in full before a byte of data is read.
using System.Collections.Immutable;
using System.Text.Json;

namespace Detection.Runtime;

internal sealed record SafetensorsEntry(string Name, StoredDataType DataType, ImmutableArray<long> Shape, long Begin, long End);

internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    public const string MetadataKey = "__metadata__";

    private static readonly Dictionary<string, StoredDataType> Types = new()
    {
        ["BOOL"] = StoredDataType.Bool,
        ["U8"] = StoredDataType.UInt8,
        ["I8"] = StoredDataType.Int8,
        ["I16"] = StoredDataType.Int16,
        ["I32"] = StoredDataType.Int32,
        ["I64"] = StoredDataType.Int64,
        ["F16"] = StoredDataType.Float16,
        ["BF16"] = StoredDataType.BFloat16,
        ["F32"] = StoredDataType.Float32,
        ["F64"] = StoredDataType.Float64,
    };

    public static string NameOf(StoredDataType type) => Types.First(entry => entry.Value == type).Key;

    /// <exception cref="WeightFileException">The header is not valid for a file with this many bytes of data.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long dataLength)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            var header = Parse(path, ref reader);
            Expect(path, !reader.Read(), "has something after its JSON object");
            CheckLayout(path, header.Entries, dataLength);
            return header;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new WeightFileException(path, $"the safetensors header is not valid JSON: {e.Message}", e);
        }
    }

    private static SafetensorsHeader Parse(string path, ref Utf8JsonReader reader)
    {
        Expect(path, reader.Read() && reader.TokenType == JsonTokenType.StartObject, "is not a JSON object");
        var entries = new List<SafetensorsEntry>();
        var names = new HashSet<string>();
        var metadata = WeightFile.NoMetadata;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            Expect(path, names.Add(name), $"has the key '{name}' twice");
            reader.Read();
            Expect(path, reader.TokenType == JsonTokenType.StartObject, $"has something other than an object under '{name}'");
            if (name == MetadataKey)
            {
                metadata = ParseMetadata(path, ref reader);
            }
            else
            {
                entries.Add(ParseEntry(path, name, ref reader));
            }
        }
        return new SafetensorsHeader(entries, metadata);
    }

    private static Dictionary<string, string> ParseMetadata(string path, ref Utf8JsonReader reader)
    {
        var metadata = new Dictionary<string, string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            Expect(path, reader.TokenType == JsonTokenType.String, $"has metadata '{key}' that is not text");
            Expect(path, metadata.TryAdd(key, reader.GetString()!), $"has the metadata key '{key}' twice");
        }
        return metadata;
    }

    private static SafetensorsEntry ParseEntry(string path, string name, ref Utf8JsonReader reader)
    {
        StoredDataType? type = null;
        ImmutableArray<long>? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = reader.GetString()!;
            reader.Read();
            switch (property)
            {
                case "dtype" when type is null && reader.TokenType == JsonTokenType.String:
                    var typeName = reader.GetString()!;
                    Expect(path, Types.TryGetValue(typeName, out var known), $"gives '{name}' the type '{typeName}', which is not supported");
                    type = known;
                    break;
                case "shape" when shape is null:
                    shape = ParseNumbers(path, name, property, ref reader);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ParseNumbers(path, name, property, ref reader);
                    break;
                default:
                    throw Invalid(path, $"has an unknown, repeated or wrong '{property}' for '{name}'");
            }
        }
        if (type is not { } dataType || shape is not { } extents || offsets is not { } range)
        {
            throw Invalid(path, $"lacks dtype, shape or data_offsets for '{name}'");
        }
        Expect(path, range.Length == 2 && range[0] <= range[1], $"has data_offsets for '{name}' that are no range");
        var bytes = StoredDataTypes.ByteCount(extents.AsSpan(), dataType);
        Expect(path, bytes == range[1] - range[0],
            $"gives '{name}' {range[1] - range[0]} bytes, but its shape [{string.Join(", ", extents)}] of {NameOf(dataType)} needs {bytes?.ToString() ?? "too many"}");
        Expect(path, bytes <= Array.MaxLength, $"has a tensor '{name}' of {bytes} bytes; tensors over 2 GB are not supported");
        return new SafetensorsEntry(name, dataType, extents, range[0], range[1]);
    }

    private static ImmutableArray<long> ParseNumbers(string path, string name, string property, ref Utf8JsonReader reader)
    {
        Expect(path, reader.TokenType == JsonTokenType.StartArray, $"has a {property} for '{name}' that is no list");
        var numbers = ImmutableArray.CreateBuilder<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(path, reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0
                && reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0, $"has a {property} for '{name}' that is not made of whole numbers from 0");
            numbers.Add(reader.GetInt64());
            Expect(path, numbers.Count <= 64, $"has a {property} for '{name}' with more than 64 numbers");
        }
        return numbers.ToImmutable();
    }

    /// <summary>The tensors must cover the data from its first to its last byte, each once.</summary>
    private static void CheckLayout(string path, IReadOnlyList<SafetensorsEntry> entries, long dataLength)
    {
        long end = 0;
        var before = "the start";
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.End > dataLength)
            {
                throw new WeightFileException(path,
                    $"the file is truncated, or its header is wrong: '{entry.Name}' ends at byte {entry.End} of the data, which has {dataLength}.");
            }
            Expect(path, entry.Begin >= end, $"lets '{entry.Name}' overlap {before}");
            Expect(path, entry.Begin == end, $"leaves a gap between {before} and '{entry.Name}'");
            end = entry.End;
            before = $"'{entry.Name}'";
        }
        Expect(path, end == dataLength, $"accounts for {end} bytes of data, but the file has {dataLength}");
    }

    private static void Expect(string path, bool condition, string otherwise)
    {
        if (!condition)
        {
            throw Invalid(path, otherwise);
        }
    }

    private static WeightFileException Invalid(string path, string problem) => new(path, $"the safetensors header {problem}.");
}
