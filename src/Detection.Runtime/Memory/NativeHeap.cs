// Lets the C library keep the memory that tensors free, instead of handing each large block back to the system and faulting its pages in anew
// a millisecond later. A .NET process meets this more than others: its own reservations keep the C heap from growing in one piece.
using System.Runtime.InteropServices;

namespace Detection.Runtime;

/// <summary>Settings of the C library's allocator, on glibc only.</summary>
public static partial class NativeHeap
{
    // Parameters of mallopt, from malloc.h.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;

    private static readonly Lazy<bool> Applied = new(Apply);

    /// <summary>
    /// Keeps freed memory for the next tensors; training and prediction take and free the same large blocks in every step. Called by
    /// <see cref="TrainingRun"/> and by the command line; has no effect the second time, on other C libraries, or where the
    /// environment tunes the allocator itself (<c>MALLOC_*_</c>, <c>GLIBC_TUNABLES</c>, or another allocator in <c>LD_PRELOAD</c>).
    /// </summary>
    /// <returns>Whether the settings are in force.</returns>
    public static bool KeepFreedMemory() => Applied.Value;

    private static bool Apply()
    {
        if (!OperatingSystem.IsLinux() || IsTunedByEnvironment())
        {
            return false;
        }

        try
        {
            const int MiB = 1 << 20;
            return SetOption(MapThreshold, 32 * MiB) == 1 && SetOption(TrimThreshold, int.MaxValue) == 1 && SetOption(TopPad, 64 * MiB) == 1;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Not glibc.
            return false;
        }
    }

    private static bool IsTunedByEnvironment() => new[]
    {
        "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_MMAP_MAX_", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES", "LD_PRELOAD",
    }.Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int parameter, int value);
}
