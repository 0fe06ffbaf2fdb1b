// Reads arrays of a NumPy .npz file: a zip of .npy files, each a short header and raw little-endian values.
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Detection.Runtime.Tests;

internal sealed record NpyArray(long[] Shape, float[] Values);

internal static partial class Npz
{
    public static NpyArray Read(string path, string name)
    {
        using var archive = ZipFile.OpenRead(path);
        using var stream = archive.GetEntry(name + ".npy")!.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var bytes = memory.ToArray();
        var headerLength = BitConverter.ToUInt16(bytes, 8);
        var header = Encoding.ASCII.GetString(bytes, 10, headerLength);
        if (!header.Contains("'<f4'") || header.Contains("True"))
        {
            throw new InvalidDataException($"{path}: {name} is not a row-major float32 array.");
        }
        long[] shape = [.. Extents().Match(header).Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(long.Parse)];
        return new NpyArray(shape, MemoryMarshal.Cast<byte, float>(bytes.AsSpan(10 + headerLength)).ToArray());
    }

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex Extents();
}
