// Event files for TensorBoard, read back by a reader that shares nothing with the writer: framing, checksums and messages by their definitions.
using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class EventFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static TrainingLogRow Row(long iteration, double? score) => new(iteration, iteration / 10.0, 1, 0.02, 3.5, 2.25, 1.25, score);

    private static DetectionScores Scores(double cat) => new(
        [new ClassAveragePrecision(0, "cat", cat, 3, 2, 1, 0.5), new ClassAveragePrecision(1, "dog", double.NaN, 0, 0, 0, double.NaN)],
        0.5, AveragePrecisionRule.Area, 1, 3);

    [Fact]
    public void Rows_come_back_with_their_steps_and_tags()
    {
        var clock = new StandingClock();
        string path;
        using (var events = EventFile.Begin(folder["tb"], 0, clock))
        {
            events.Append(Row(10, null), null);
            events.Append(Row(20, 0.75), Scores(0.75));
            path = events.Path;
        }
        Assert.Contains("tfevents", Path.GetFileName(path));
        var read = EventReader.Read(path);
        Assert.Equal("brain.Event:2", read[0].Version);
        Assert.All(read, e => Assert.Equal(1_700_000_000.25, e.WallTime));
        Assert.Equal([0L, 10, 20], read.Select(e => e.Step));
        Assert.Equal(
            new Dictionary<string, float> { ["loss/total"] = 3.5f, ["loss/classes"] = 2.25f, ["loss/boxes"] = 1.25f, ["learning_rate"] = 0.02f, ["epochs"] = 1 },
            read[1].Scalars);
        Assert.Equal((0.75f, 0.75f, 7), (read[2].Scalars["validation/mAP"], read[2].Scalars["validation_AP/cat"], read[2].Scalars.Count));
    }

    [Fact]
    public void A_run_that_goes_on_writes_another_file_that_voids_what_came_after_its_checkpoint()
    {
        var clock = new StandingClock();
        EventFile.Begin(folder["tb"], 0, clock).Dispose();
        EventFile.Begin(folder["tb"], 12, clock).Dispose();
        string[] files = [.. Directory.GetFiles(folder["tb"]).Order(StringComparer.Ordinal)];
        Assert.Equal(2, files.Length);
        var started = EventReader.Read(files[1])[1];
        Assert.Equal((13L, 1), (started.Step, started.SessionStatus));
        Assert.Single(EventReader.Read(files[0]));
    }

    // Of RFC 3720, appendix B.4.
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AAu)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 0x62A8AB43u)]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", 0x46DD794Eu)]
    public void Checksums_are_those_of_the_standard(string bytes, uint crc)
    {
        var data = Convert.FromHexString(bytes);
        Assert.Equal(crc, EventReader.Crc32C(data));
        Assert.Equal(((crc >> 15) | (crc << 17)) + 0xA282EAD8u, EventFile.MaskedChecksum(data));
    }

    [Fact]
    public void A_changed_byte_is_noticed()
    {
        string path;
        using (var events = EventFile.Begin(folder["tb"], 0, TimeProvider.System))
        {
            events.Append(Row(1, null), null);
            path = events.Path;
        }
        var content = File.ReadAllBytes(path);
        content[^10] ^= 1;
        File.WriteAllBytes(path, content);
        Assert.Throws<InvalidDataException>(() => EventReader.Read(path));
    }
}

/// <summary>A clock that stands still.</summary>
file sealed class StandingClock : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250);
}

/// <summary>An event as read.</summary>
internal sealed record ReadEvent(double WallTime, long Step, string? Version, int? SessionStatus, IReadOnlyDictionary<string, float> Scalars);

/// <summary>Reads event files by hand: no protobuf library, checksums bit by bit.</summary>
internal static class EventReader
{
    public static IReadOnlyList<ReadEvent> Read(string path)
    {
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        var events = new List<ReadEvent>();
        while (rest.Length > 0)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            Check(rest[..8], rest[8..]);
            Check(rest.Slice(12, length), rest[(12 + length)..]);
            events.Add(Event(rest.Slice(12, length)));
            rest = rest[(16 + length)..];
        }
        return events;
    }

    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0x82F63B78u);
            }
        }
        return ~crc;
    }

    private static void Check(ReadOnlySpan<byte> data, ReadOnlySpan<byte> masked)
    {
        var rotated = BinaryPrimitives.ReadUInt32LittleEndian(masked) - 0xA282EAD8u;
        if (((rotated >> 17) | (rotated << 15)) != Crc32C(data))
        {
            throw new InvalidDataException("A checksum is wrong.");
        }
    }

    private static ReadEvent Event(ReadOnlySpan<byte> message)
    {
        var read = new ReadEvent(0, 0, null, null, new Dictionary<string, float>());
        while (message.Length > 0)
        {
            var (field, number, bytes) = Next(ref message);
            read = field switch
            {
                1 => read with { WallTime = BitConverter.Int64BitsToDouble((long)number) },
                2 => read with { Step = (long)number },
                3 => read with { Version = Encoding.UTF8.GetString(bytes) },
                5 => read with { Scalars = Summary(bytes) },
                7 => read with { SessionStatus = (int)Next(ref bytes).Number },
                _ => throw new InvalidDataException($"field {field}"),
            };
        }
        return read;
    }

    private static Dictionary<string, float> Summary(ReadOnlySpan<byte> message)
    {
        var scalars = new Dictionary<string, float>();
        while (message.Length > 0)
        {
            var value = Next(ref message).Bytes;
            var (tag, simple) = ("", float.NaN);
            while (value.Length > 0)
            {
                var (field, number, bytes) = Next(ref value);
                (tag, simple) = field == 1 ? (Encoding.UTF8.GetString(bytes), simple) : (tag, BitConverter.UInt32BitsToSingle((uint)number));
            }
            scalars.Add(tag, simple);
        }
        return scalars;
    }

    // A field with its content: a number for the wire types 0, 1 and 5, bytes for 2.
    private static Field Next(ref ReadOnlySpan<byte> message)
    {
        var key = Varint(ref message);
        var size = (key & 7) switch { 0 => 0, 1 => 8, 5 => 4, 2 => (int)Varint(ref message), var other => throw new InvalidDataException($"wire type {other}") };
        if ((key & 7) == 0)
        {
            return new Field((int)(key >> 3), Varint(ref message), default);
        }
        var content = message[..size];
        message = message[size..];
        return new Field(
            (int)(key >> 3),
            (key & 7) switch { 1 => BinaryPrimitives.ReadUInt64LittleEndian(content), 5 => BinaryPrimitives.ReadUInt32LittleEndian(content), _ => 0 },
            content);
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        var (value, shift) = (0UL, 0);
        while (true)
        {
            var next = message[0];
            message = message[1..];
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return value;
            }
            shift += 7;
        }
    }

    private readonly ref struct Field(int field, ulong number, ReadOnlySpan<byte> bytes)
    {
        public ReadOnlySpan<byte> Bytes { get; } = bytes;

        public ulong Number => number;

        public void Deconstruct(out int of, out ulong value, out ReadOnlySpan<byte> content)
        {
            of = field;
            value = number;
            content = Bytes;
        }
    }
}
