// Waits for changes in folders. Events only wake it up: what changed is found by reading, so that neither an editor that saves by
// renaming a second file, nor a burst of events, nor a lost one makes a difference.
namespace Detection.Cli;

internal sealed class SpecWatch : IDisposable
{
    // Editors write, rename and delete in a row; one look behind the row is enough.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    // Folders on a network may send no events at all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly List<FileSystemWatcher> watchers = [];
    private readonly ManualResetEventSlim woken = new();

    public SpecWatch(IEnumerable<string> folders)
    {
        foreach (var folder in folders.Where(Directory.Exists))
        {
            var watcher = new FileSystemWatcher(folder)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += Wake;
            watcher.Created += Wake;
            watcher.Deleted += Wake;
            watcher.Renamed += Wake;
            watcher.Error += (_, _) => woken.Set();
            watcher.EnableRaisingEvents = true;
            watchers.Add(watcher);
        }
    }

    /// <summary>Returns when something may have changed.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public void Wait(CancellationToken interrupted)
    {
        woken.Wait(Patience, interrupted);
        do
        {
            woken.Reset();
        }
        while (woken.Wait(Quiet, interrupted));
    }

    public void Dispose()
    {
        foreach (var watcher in watchers)
        {
            watcher.Dispose();
        }
        woken.Dispose();
    }

    private void Wake(object sender, FileSystemEventArgs change)
    {
        if (SpecFile.IsPath(change.FullPath) || change is RenamedEventArgs || change.ChangeType is WatcherChangeTypes.Created or WatcherChangeTypes.Deleted)
        {
            woken.Set();
        }
    }
}
