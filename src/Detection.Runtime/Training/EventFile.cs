// The log of a run as a TensorBoard event file: records of TensorFlow's framing, each an Event message (tensorflow/core/util/event.proto).
using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;

namespace Detection.Runtime;

/// <summary>
/// An event file that grows by scalars. A run that goes on after an interruption writes another file into the same folder; its first event tells TensorBoard to
/// forget what the checkpoint had not seen.
/// </summary>
internal sealed class EventFile : IDisposable
{
    // Numbers of the fields in Event, Summary, Summary.Value and SessionLog.
    private const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5, SessionLog = 7;
    private const int SummaryValue = 1, Tag = 1, SimpleValue = 2;
    private const int SessionStatus = 1, SessionStart = 1;

    private readonly FileStream file;
    private readonly TimeProvider clock;

    private EventFile(FileStream file, TimeProvider clock) => (this.file, this.clock) = (file, clock);

    /// <summary>The file's path.</summary>
    public string Path => file.Name;

    /// <summary>Begins a file in a folder, beside those that are there.</summary>
    /// <param name="folder">The folder; made when it is not there.</param>
    /// <param name="iterations">Training steps that the files there count up to; later ones are void.</param>
    /// <param name="clock">What time is taken from.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static EventFile Begin(string folder, long iterations, TimeProvider clock)
    {
        Directory.CreateDirectory(folder);
        // TensorBoard reads the files of a folder in the order of their names.
        for (var seconds = clock.GetUtcNow().ToUnixTimeSeconds(); ; seconds++)
        {
            var path = System.IO.Path.Combine(folder, FormattableString.Invariant($"events.out.tfevents.{seconds:D10}.detgen"));
            if (File.Exists(path))
            {
                continue;
            }
            var events = new EventFile(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0), clock);
            events.Write(0, FileVersion, content => content.WriteString("brain.Event:2"));
            if (iterations > 0)
            {
                events.Write(iterations + 1, SessionLog, content => content.WriteBytes(Message(log =>
                {
                    log.WriteTag(SessionStatus, WireFormat.WireType.Varint);
                    log.WriteEnum(SessionStart);
                })));
            }
            return events;
        }
    }

    /// <summary>Appends a row of the log and, where there was a validation, its scores.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Append(TrainingLogRow row, DetectionScores? scores)
    {
        var scalars = new List<(string Tag, double Value)>
        {
            ("loss/total", row.Loss),
            ("loss/classes", row.ClassificationLoss),
            ("loss/boxes", row.LocalisationLoss),
            ("learning_rate", row.LearningRate),
            ("epochs", row.Epochs),
        };
        if (row.MeanAveragePrecision is { } score)
        {
            scalars.Add(("validation/mAP", score));
        }
        scalars.AddRange((scores?.Classes ?? []).Where(c => !double.IsNaN(c.AveragePrecision)).Select(c => ($"validation_AP/{c.ClassName}", c.AveragePrecision)));
        Write(row.Iteration, Summary, content => content.WriteBytes(Message(summary =>
        {
            foreach (var (tag, value) in scalars)
            {
                summary.WriteTag(SummaryValue, WireFormat.WireType.LengthDelimited);
                summary.WriteBytes(Message(one =>
                {
                    one.WriteTag(Tag, WireFormat.WireType.LengthDelimited);
                    one.WriteString(tag);
                    one.WriteTag(SimpleValue, WireFormat.WireType.Fixed32);
                    one.WriteFloat((float)value);
                }));
            }
        })));
    }

    public void Dispose() => file.Dispose();

    /// <summary>TensorFlow's checksum: CRC-32C, rotated and shifted so that checksums of data that holds checksums are none of theirs.</summary>
    internal static uint MaskedChecksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }

    private void Write(long step, int what, Action<CodedOutputStream> content)
    {
        var data = Message(message =>
        {
            message.WriteTag(WallTime, WireFormat.WireType.Fixed64);
            message.WriteDouble(clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
            message.WriteTag(Step, WireFormat.WireType.Varint);
            message.WriteInt64(step);
            message.WriteTag(what, WireFormat.WireType.LengthDelimited);
            content(message);
        }).Span;
        // Length, its checksum, the message, its checksum: in one piece, so that a reader never sees half a record for long.
        var record = new byte[data.Length + 16];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedChecksum(record.AsSpan(0, 8)));
        data.CopyTo(record.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Length), MaskedChecksum(data));
        file.Write(record);
    }

    private static ByteString Message(Action<CodedOutputStream> content)
    {
        using var stream = new MemoryStream();
        using (var coded = new CodedOutputStream(stream, leaveOpen: true))
        {
            content(coded);
        }
        return ByteString.CopyFrom(stream.ToArray());
    }
}
