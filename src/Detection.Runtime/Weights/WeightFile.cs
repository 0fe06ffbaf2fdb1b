// A file of weights, whatever its format: tensors by name, read whole and checked before anything is done with them.
using System.Collections.ObjectModel;

namespace Detection.Runtime;

/// <summary>Formats of weight files.</summary>
public enum WeightFileFormat
{
    /// <summary>A JSON header and raw bytes.</summary>
    Safetensors,

    /// <summary>What <c>torch.save</c> writes since PyTorch 1.6.</summary>
    PytorchZip,

    /// <summary>What <c>torch.save</c> wrote before: pickles followed by raw bytes.</summary>
    PytorchLegacy,
}

/// <summary>The content of a weight file.</summary>
/// <param name="Path">Where it was read from.</param>
/// <param name="Format">Its format, recognised by content.</param>
/// <param name="Tensors">The tensors, in the file's order; names are unique.</param>
/// <param name="Metadata">Texts stored beside the tensors; only safetensors files have any.</param>
public sealed record WeightFile(
    string Path, WeightFileFormat Format, IReadOnlyList<StoredTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    internal static readonly IReadOnlyDictionary<string, string> NoMetadata = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Reads a safetensors or PyTorch file; the content decides which, not the ending.</summary>
    /// <exception cref="WeightFileException">The file cannot be read or is not a valid weight file.</exception>
    public static WeightFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = Open(path);
        Span<byte> start = stackalloc byte[9];
        var length = Reading(path, file, (stream, buffer) => stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false), start);
        file.Position = 0;
        return start[..length] switch
        {
            [] => throw new WeightFileException(path, "the file is empty."),
            // Eight bytes of length, then a JSON object. The lengths 0x280 and 0x04034b50 look like the other formats' beginnings, which have no brace there.
            [_, _, _, _, _, _, _, _, (byte)'{'] => Safetensors.Read(path, file),
            [(byte)'P', (byte)'K', 3, 4, ..] => PytorchZip.Read(path, file),
            [0x80, < 6, ..] => PytorchLegacy.Read(path, file),
            { Length: < 9 } => throw new WeightFileException(path, $"the file is truncated ({length} bytes)."),
            _ => throw new WeightFileException(path, "is neither a safetensors file nor a PyTorch checkpoint."),
        };
    }

    internal static FileStream Open(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new WeightFileException(path, "is a folder, not a weight file.");
            }
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new WeightFileException(path, "there is no such file.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new WeightFileException(path, "the file may not be read (permission denied).", e);
        }
        catch (IOException e)
        {
            throw new WeightFileException(path, $"the file cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads exactly as many bytes as the buffer holds.</summary>
    internal static void ReadExactly(string path, Stream file, Span<byte> buffer) => Reading(path, file, (stream, to) =>
    {
        stream.ReadExactly(to);
        return to.Length;
    }, buffer);

    private static int Reading(string path, Stream file, Func<Stream, Span<byte>, int> read, Span<byte> buffer)
    {
        try
        {
            return read(file, buffer);
        }
        catch (EndOfStreamException e)
        {
            throw new WeightFileException(path, "the file is truncated.", e);
        }
        catch (IOException e)
        {
            throw new WeightFileException(path, $"the file cannot be read: {e.Message}", e);
        }
    }
}
