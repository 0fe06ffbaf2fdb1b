// A renamed file survives a power failure only when its folder is written out too. .NET has no call for that.
using System.Runtime.InteropServices;

namespace Detection.Runtime;

internal static partial class DurableFolder
{
    private const int ReadOnly = 0;

    /// <summary>Waits until the disk has the folder's entries. Nothing to do on Windows, where renames are journalled.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">The disk reports an error.</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"{path}: the folder cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.", Marshal.GetLastPInvokeError());
        }
        try
        {
            // Some file systems (network, FUSE) cannot do it, and say so: EINVAL. Then there is nothing more to wait for.
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() is var error and not 22)
            {
                throw new IOException($"{path}: the folder cannot be written: {Marshal.GetPInvokeErrorMessage(error)}.", error);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
