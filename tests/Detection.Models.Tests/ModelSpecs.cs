// The specs of the repository's families, compiled once for all tests that ask.
using System.Collections.Concurrent;
using Detection.Spec.Compilation;
using Detection.Spec.Resolution;

namespace Detection.Models.Tests;

internal static class ModelSpecs
{
    private static readonly ConcurrentDictionary<string, CompilationResult> Results = new(StringComparer.Ordinal);

    /// <summary>The folder of Detection.Gen.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every spec below the families' folders.</summary>
    public static SpecLibrary Library { get; } = SpecLibrary.Parse(
        Directory.EnumerateDirectories(Path.Combine(Root, "models"))
            .SelectMany(family => Directory.EnumerateFiles(family, "*.yaml", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(file => new SpecDocument(Path.GetRelativePath(Root, file).Replace('\\', '/'), File.ReadAllText(file))));

    /// <summary>The model of a name.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it does not compile.</exception>
    public static CompiledModel Compile(string name)
    {
        var result = Results.GetOrAdd(name, n => SpecCompiler.Compile(
            Library.Find(n) ?? throw new InvalidOperationException($"There is no spec '{n}' below models/."), Library));
        return result.Model ?? throw new InvalidOperationException(string.Join(Environment.NewLine, result.Diagnostics));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Detection.Gen.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No Detection.Gen.sln above {AppContext.BaseDirectory}.");
        }
        return folder.FullName;
    }
}
