// Files that are either the old one or the whole new one, whatever happens while they are written.
namespace Detection.Runtime;

internal static class AtomicFile
{
    /// <summary>Writes beside <paramref name="path"/>, then renames over it; a failure leaves what was there.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="durable">Wait until the disk has it, so that it survives a power failure.</param>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    public static void Write(string path, Action<Stream> write, bool durable = true)
    {
        var full = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(full) ?? ".", $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(file);
                file.Flush(durable);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: the file cannot be written: " + e switch
            {
                DirectoryNotFoundException => "its folder does not exist.",
                UnauthorizedAccessException => "permission denied.",
                _ => e.Message,
            }, e);
        }
        finally
        {
            // There is none any more when all went well.
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }
}
