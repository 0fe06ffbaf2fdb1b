// --threads: how many threads libtorch computes with.
using Detection.Runtime;
using TorchSharp;

namespace Detection.Cli;

internal static class ComputeThreads
{
    /// <summary>Sets the number; without one it is that of the processors, for libtorch may start with a single thread.</summary>
    public static void Set(int? threads)
    {
        NativeHeap.KeepFreedMemory();
        var wanted = threads ?? Environment.ProcessorCount;
        if (torch.get_num_threads() != wanted)
        {
            torch.set_num_threads(wanted);
        }
    }
}
