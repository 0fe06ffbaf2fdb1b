// Time that the calling thread computed: a bound on it holds on a busy machine too, where the clock on the wall runs on.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Detection.Spec.Tests.Fuzzing;

/// <summary>Processor time of the calling thread.</summary>
internal static class ThreadTime
{
    private const int ThreadClock = 3;

    public static TimeSpan Now => OperatingSystem.IsLinux() && Read(ThreadClock, out var time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / 100)
        : TimeSpan.FromSeconds(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int Read(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
