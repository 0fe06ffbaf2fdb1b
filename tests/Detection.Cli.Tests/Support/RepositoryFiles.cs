// Where tests find files: the repository around the test assembly, shared data beside the repository.
using Xunit;

namespace Detection.Cli.Tests;

internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    /// <summary>A file under ../shared beside the repository; skips the test when it is not there.</summary>
    public static string Shared(string relative)
    {
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(Root, "..", "shared", relative));
        Skip.IfNot(System.IO.Path.Exists(path), $"{relative} is not in ../shared beside the repository.");
        return path;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Detection.Gen.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No Detection.Gen.sln above {AppContext.BaseDirectory}.");
        }
        return folder.FullName;
    }
}
