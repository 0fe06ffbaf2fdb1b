// The allocator's settings: taken on glibc, and left alone where the environment has its own.
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class NativeHeapTests
{
    [SkippableFact]
    public void Freed_memory_is_kept_on_glibc()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && File.Exists("/lib64/ld-linux-x86-64.so.2"), "The C library is not glibc.");
        var tuned = new[] { "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_MMAP_MAX_", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES", "LD_PRELOAD" }
            .Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));
        Assert.Equal(!tuned, NativeHeap.KeepFreedMemory());
    }
}
