// Bytes of a pickle with its position, never reading past the end and never allocating more than there is to read.
using System.Text;

namespace Detection.Runtime;

internal sealed class PickleSource(string path, Stream stream, long length)
{
    private const int MaxLine = 1024;

    private readonly byte[] buffer = new byte[1 << 16];
    private int next;
    private int filled;

    public string Path { get; } = path;

    /// <summary>Bytes consumed so far.</summary>
    public long Position { get; private set; }

    public long Remaining => length - Position;

    public WeightFileException Error(string problem) => new(Path, problem);

    public byte ReadByte()
    {
        if (next == filled)
        {
            Fill();
        }
        Position++;
        return buffer[next++];
    }

    /// <summary>Reads <paramref name="count"/> bytes after checking that the file has them.</summary>
    public byte[] ReadBytes(long count, string what)
    {
        if (count < 0 || count > Remaining || count > Array.MaxLength)
        {
            throw Error($"the file is truncated or damaged: {what} at byte {Position} would take {count} bytes, {Remaining} are left.");
        }
        var bytes = new byte[count];
        ReadExactly(bytes);
        return bytes;
    }

    public void ReadExactly(Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            if (next == filled)
            {
                Fill();
            }
            var part = Math.Min(destination.Length, filled - next);
            buffer.AsSpan(next, part).CopyTo(destination);
            destination = destination[part..];
            next += part;
            Position += part;
        }
    }

    /// <summary>Text up to a line feed.</summary>
    public string ReadLine()
    {
        var line = new List<byte>();
        for (byte b; (b = ReadByte()) != '\n'; line.Add(b))
        {
            if (line.Count == MaxLine)
            {
                throw Error($"the pickle has a line of more than {MaxLine} bytes at byte {Position}.");
            }
        }
        return Decode([.. line]);
    }

    public string Decode(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (ArgumentException e)
        {
            throw new WeightFileException(Path, $"the pickle has text before byte {Position} that is not UTF-8.", e);
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private void Fill()
    {
        if (Remaining <= 0)
        {
            throw Error($"the file is truncated: it ends in the middle of its content (byte {Position}).");
        }
        next = 0;
        try
        {
            filled = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, Remaining));
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            filled = 0;
            throw new WeightFileException(Path, $"the file cannot be read: {e.Message}", e);
        }
        if (filled == 0)
        {
            throw Error($"the file is truncated: it ends in the middle of its content (byte {Position}).");
        }
    }
}
