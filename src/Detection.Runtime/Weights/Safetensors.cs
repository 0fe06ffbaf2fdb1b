// The safetensors format: eight bytes of header length, a JSON header, raw tensors. Reads what is valid to the last byte and nothing else.
using System.Buffers.Binary;
using System.Text.Json;

namespace Detection.Runtime;

/// <summary>Reads and writes safetensors files (format: github.com/huggingface/safetensors).</summary>
public static class Safetensors
{
    /// <summary>Longest header that is read, as in the reference implementation.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="WeightFileException">
    /// The file cannot be read, or is not valid: header too long or no JSON, keys twice, unknown types, offsets outside the file, overlaps or gaps, sizes
    /// that do not fit shapes.
    /// </exception>
    public static WeightFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = WeightFile.Open(path);
        return Read(path, file);
    }

    /// <summary>Writes a file atomically: it appears complete or not at all. Element order is by type size and name.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">Tensors with distinct names.</param>
    /// <param name="metadata">Texts for the header, or null.</param>
    /// <param name="durable">Wait until the disk has it, so that it survives a power failure.</param>
    /// <exception cref="ArgumentException">Two tensors have the same name, or a name is reserved.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<StoredTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null, bool durable = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // Wide types first, so that every tensor is aligned to its element.
        StoredTensor[] ordered =
        [
            .. tensors.OrderByDescending(t => StoredDataTypes.Size(t.DataType)).ThenBy(t => t.Name, StringComparer.Ordinal),
        ];
        var header = Header(ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in ordered)
            {
                stream.Write(tensor.Bytes.Span);
            }
        }, durable);
    }

    internal static WeightFile Read(string path, FileStream file)
    {
        var total = file.Length;
        if (total < 8)
        {
            throw new WeightFileException(path, $"the file is truncated ({total} bytes; a safetensors file has at least 8).");
        }
        Span<byte> lengthBytes = stackalloc byte[8];
        WeightFile.ReadExactly(path, file, lengthBytes);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (headerLength > MaxHeaderBytes)
        {
            throw new WeightFileException(path, $"the safetensors header would be {headerLength} bytes long (limit {MaxHeaderBytes}).");
        }
        if (headerLength > (ulong)(total - 8))
        {
            throw new WeightFileException(path, $"the file is truncated (header of {headerLength} bytes, file of {total}).");
        }
        var headerBytes = new byte[headerLength];
        WeightFile.ReadExactly(path, file, headerBytes);
        var header = SafetensorsHeader.Parse(path, headerBytes, total - 8 - (long)headerLength);
        var tensors = new Dictionary<string, StoredTensor>(header.Entries.Count);
        // In the order of the data, which has no gaps.
        foreach (var entry in header.Entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            var bytes = new byte[entry.End - entry.Begin];
            WeightFile.ReadExactly(path, file, bytes);
            tensors.Add(entry.Name, new StoredTensor(entry.Name, entry.DataType, entry.Shape, bytes));
        }
        return new WeightFile(path, WeightFileFormat.Safetensors, [.. header.Entries.Select(e => tensors[e.Name])], header.Metadata);
    }

    private static byte[] Header(IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }
                json.WriteEndObject();
            }
            var names = new HashSet<string> { SafetensorsHeader.MetadataKey };
            long offset = 0;
            foreach (var tensor in tensors)
            {
                if (!names.Add(tensor.Name))
                {
                    throw new ArgumentException($"The name '{tensor.Name}' is reserved or occurs twice.", nameof(tensors));
                }
                if (StoredDataTypes.ByteCount(tensor.Shape.AsSpan(), tensor.DataType) != tensor.Bytes.Length)
                {
                    throw new ArgumentException($"'{tensor.Name}' has {tensor.Bytes.Length} bytes, which do not fit its shape.", nameof(tensors));
                }
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", SafetensorsHeader.NameOf(tensor.DataType));
                json.WriteStartArray("shape");
                foreach (var extent in tensor.Shape)
                {
                    json.WriteNumberValue(extent);
                }
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Bytes.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }
        return buffer.ToArray();
    }
}
