// Where tests find files: assets beside the test assembly, shared data beside the repository.
using Xunit;

namespace Detection.Runtime.Tests;

internal static class RepositoryFiles
{
    public static string Asset(string name) => Path.Combine(AppContext.BaseDirectory, "Assets", name);

    /// <summary>A file under ../shared beside the repository; skips the test when it is not there.</summary>
    public static string Shared(string relative)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Detection.Gen.sln")))
        {
            folder = folder.Parent;
        }
        var path = folder?.Parent is { } parent ? Path.Combine(parent.FullName, "shared", relative) : null;
        Skip.If(!File.Exists(path), $"../shared/{relative} is not there");
        return path!;
    }
}

/// <summary>A folder of its own for a test's files, deleted afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("detection-tests-");

    public string Path => folder.FullName;

    public string this[string name] => System.IO.Path.Combine(folder.FullName, name);

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(this[name], content);
        return this[name];
    }

    public void Dispose() => folder.Delete(recursive: true);
}
