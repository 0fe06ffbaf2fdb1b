// Work of the region kernels on the thread pool: never inside libtorch's threads, and never more threads than libtorch was told to use.
using static TorchSharp.torch;

namespace Detection.Runtime;

internal static class RegionThreads
{
    // Below this many multiply-adds or comparisons a second thread costs more than it saves.
    private const long WorthThreads = 200_000;

    /// <summary>Number of threads used for this much work.</summary>
    public static int Count(long operations) =>
        operations < WorthThreads ? 1 : Math.Max(1, Math.Min(Environment.ProcessorCount, get_num_threads()));

    /// <summary>Runs a body for 0 .. count - 1, on several threads when the work is worth it.</summary>
    public static void For(int count, long operations, Action<int> body)
    {
        var threads = Math.Min(Count(operations), count);
        if (threads <= 1)
        {
            for (var i = 0; i < count; i++)
            {
                body(i);
            }
            return;
        }
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
    }
}
