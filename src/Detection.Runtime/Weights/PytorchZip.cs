// The form of torch.save since PyTorch 1.6: an uncompressed zip archive with the pickle (data.pkl) and one entry per storage (data/KEY).
using System.IO.Compression;

namespace Detection.Runtime;

internal static class PytorchZip
{
    // data.pkl of a state dict has about 150 bytes per tensor.
    private const long MaxPickleBytes = 1L << 28;

    /// <exception cref="WeightFileException">The file is damaged or refers to what is not allowed.</exception>
    public static WeightFile Read(string path, FileStream file)
    {
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            return Read(path, file.Length, archive);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new WeightFileException(path, $"the zip archive is truncated or damaged: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new WeightFileException(path, $"the file cannot be read: {e.Message}", e);
        }
    }

    private static WeightFile Read(string path, long fileLength, ZipArchive archive)
    {
        var entries = new Dictionary<string, ZipArchiveEntry>();
        foreach (var entry in archive.Entries)
        {
            if (!entries.TryAdd(entry.FullName, entry))
            {
                throw new WeightFileException(path, $"the zip archive has two entries '{entry.FullName}'.");
            }
        }
        var pickle = entries.Keys.Where(name => name.EndsWith("/data.pkl", StringComparison.Ordinal) && name.Count(c => c == '/') == 1).ToArray() switch
        {
            [var only] => entries[only],
            [] => throw new WeightFileException(path, "is a zip archive, but not a PyTorch checkpoint (it has no data.pkl)."),
            _ => throw new WeightFileException(path, "the zip archive has several data.pkl."),
        };
        var folder = pickle.FullName[..^"data.pkl".Length];
        if (entries.ContainsKey(folder + "constants.pkl"))
        {
            throw new WeightFileException(path, "is a TorchScript archive; save the module's state_dict() with torch.save instead.");
        }
        if (entries.TryGetValue(folder + "byteorder", out var order) && ReadStored(path, order, fileLength, 16).AsSpan() is not [(byte)'l', ..])
        {
            throw new WeightFileException(path, "was written on a big-endian machine, which is not supported.");
        }
        var program = ReadStored(path, pickle, fileLength, MaxPickleBytes);
        var storages = new Dictionary<string, byte[]>();
        var root = new RestrictedUnpickler(new PickleSource(path, new MemoryStream(program), program.Length), id =>
        {
            var reference = PytorchCheckpoint.Storage(path, id);
            var needed = (Int128)(reference.Start + reference.Count) * StoredDataTypes.Size(reference.DataType);
            if (!storages.TryGetValue(reference.Key, out var content))
            {
                if (!entries.TryGetValue($"{folder}data/{reference.Key}", out var entry))
                {
                    throw new WeightFileException(path, $"lacks the storage '{reference.Key}'.");
                }
                // Entries that share bytes of the file could otherwise ask for many times its size.
                var left = fileLength - storages.Values.Sum(bytes => bytes.LongLength);
                storages.Add(reference.Key, content = ReadStored(path, entry, left, Array.MaxLength));
            }
            return needed <= content.Length
                ? reference
                : throw new WeightFileException(path, $"the storage '{reference.Key}' has {content.Length} bytes, the pickle needs {needed}.");
        }).Load();
        var tensors = PytorchCheckpoint.StateDict(path, root);
        return new WeightFile(path, WeightFileFormat.PytorchZip, PytorchCheckpoint.Materialise(path, tensors, storages), WeightFile.NoMetadata);
    }

    /// <summary>An entry's bytes. torch.save compresses nothing, so an entry cannot be larger than the file that holds it.</summary>
    private static byte[] ReadStored(string path, ZipArchiveEntry entry, long left, long limit)
    {
        if (entry.Length != entry.CompressedLength)
        {
            throw new WeightFileException(path, $"the entry '{entry.FullName}' is compressed, which torch.save never does.");
        }
        if (entry.Length > Math.Min(left, limit))
        {
            throw new WeightFileException(path, $"the entry '{entry.FullName}' has {entry.Length} bytes, more than allowed ({Math.Min(left, limit)}).");
        }
        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return Crc32.Of(bytes) == entry.Crc32
            ? bytes
            : throw new WeightFileException(path, $"the entry '{entry.FullName}' is damaged (wrong checksum).");
    }
}
