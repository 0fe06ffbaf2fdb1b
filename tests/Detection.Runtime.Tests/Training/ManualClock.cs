// A clock that a test sets.
namespace Detection.Runtime.Tests;

internal sealed class ManualClock : TimeProvider
{
    private long ticks = 1000;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public void Advance(double seconds) => Interlocked.Add(ref ticks, (long)Math.Round(seconds * TimeSpan.TicksPerSecond));
}
