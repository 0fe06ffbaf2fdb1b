// A spec as a path on the command line: compiled with its neighbours in the folder and the catalogues' specs within reach.
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;

namespace Detection.Cli;

internal static class SpecFile
{
    private static readonly string[] Endings = [".yaml", ".yml"];

    /// <summary>Whether an argument names a file and not a model.</summary>
    public static bool IsPath(string argument) => Endings.Contains(Path.GetExtension(argument), StringComparer.OrdinalIgnoreCase);

    /// <summary>Compiles the spec at <paramref name="path"/>; diagnostics name files as the path was given.</summary>
    /// <exception cref="FailureException">The file cannot be read or does not compile.</exception>
    public static CompiledModel Compile(string path, ModelSet models, Action<SpecDiagnostic> warn)
    {
        var spec = Parse(path);
        var folder = Path.GetDirectoryName(path) ?? "";
        var neighbours = Directory.EnumerateFiles(folder.Length == 0 ? "." : folder)
            .Where(file => IsPath(file) && Path.GetFullPath(file) != Path.GetFullPath(path))
            .Order(StringComparer.Ordinal)
            .Select(file => Parse(Path.Combine(folder, Path.GetFileName(file))));
        return SpecProblem.ModelOf(SpecCompiler.Compile(spec, models.LibraryOver([spec, .. neighbours])), warn);
    }

    private static ParsedSpec Parse(string path)
    {
        try
        {
            return ParsedSpec.Parse(new SpecDocument(path, File.ReadAllText(path)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FailureException($"{path}: there is no such file.", inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailureException($"{path}: the file cannot be read: {e.Message}", inner: e);
        }
    }
}
