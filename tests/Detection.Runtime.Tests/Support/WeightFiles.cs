// Weight files made by hand, valid and not: safetensors from a header text, checkpoints from pickle opcodes.
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Detection.Runtime.Tests;

internal static class WeightFiles
{
    /// <summary>A safetensors file with this header and this many bytes of data 0, 1, 2...</summary>
    public static byte[] Safetensors(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. Enumerable.Range(0, dataBytes).Select(i => (byte)i)];
    }

    /// <summary>A checkpoint in the zip form.</summary>
    public static byte[] Zip(byte[] pickle, params (string Name, byte[] Content)[] others) => Archive(
        CompressionLevel.NoCompression, [("archive/data.pkl", pickle), .. others.Select(o => ("archive/" + o.Name, o.Content)), ("archive/version", "3\n"u8.ToArray())]);

    public static byte[] Archive(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = archive.CreateEntry(name, level).Open();
                stream.Write(content);
            }
        }
        return memory.ToArray();
    }

    /// <summary>A checkpoint in the legacy form, up to the content pickle.</summary>
    public static byte[] Legacy(byte[] pickle, params byte[] rest) =>
    [
        .. Pickle().Raw(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19).Stop(), // magic number
        .. Pickle().Raw((byte)'M', 0xe9, 0x03).Stop(), // version 1001
        .. Pickle().Raw((byte)'}').Text("little_endian").Raw(0x88, (byte)'s').Stop(),
        .. pickle,
        .. rest,
    ];

    public static PickleBuilder Pickle() => new();
}

/// <summary>Writes pickle opcodes.</summary>
internal sealed class PickleBuilder
{
    private readonly List<byte> bytes = [0x80, 2];

    public PickleBuilder Raw(params byte[] opcodes)
    {
        bytes.AddRange(opcodes);
        return this;
    }

    public PickleBuilder Op(char opcode) => Raw((byte)opcode);

    public PickleBuilder Repeat(char opcode, int count) => Raw([.. Enumerable.Repeat((byte)opcode, count)]);

    public PickleBuilder Global(string module, string name) => Raw([(byte)'c', .. Encoding.UTF8.GetBytes($"{module}\n{name}\n")]);

    public PickleBuilder Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return Raw([(byte)'X', .. BitConverter.GetBytes(utf8.Length), .. utf8]);
    }

    public PickleBuilder Integer(long value) => Raw([0x8a, 8, .. BitConverter.GetBytes(value)]);

    public PickleBuilder Tuple(params long[] values)
    {
        Op('(');
        foreach (var value in values)
        {
            Integer(value);
        }
        return Op('t');
    }

    /// <summary>A persistent id of a float storage.</summary>
    public PickleBuilder Storage(string key, long count) =>
        Op('(').Text("storage").Global("torch", "FloatStorage").Text(key).Text("cpu").Integer(count).Op('t').Op('Q');

    /// <summary>A persistent id of a view of a float storage, as the legacy form has it.</summary>
    public PickleBuilder StorageView(string key, long count, long start, long viewed) =>
        Op('(').Text("storage").Global("torch", "FloatStorage").Text(key).Text("cpu").Integer(count)
            .Op('(').Text("view").Integer(start).Integer(viewed).Op('t').Op('t').Op('Q');

    /// <summary>A dictionary with one tensor: 'w', a view of a float storage.</summary>
    public PickleBuilder StateDict(string key, long count, long offset, long[] shape, long[] strides) =>
        Op('}').Text("w").Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage(key, count).Integer(offset).Tuple(shape).Tuple(strides)
            .Raw(0x89).Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R').Op('s');

    public byte[] Stop() => [.. bytes, (byte)'.'];
}
