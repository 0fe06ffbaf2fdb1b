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
        var result = SpecCompiler.Compile(spec, models.LibraryOver([spec, .. neighbours]));
        if (!result.Models.IsEmpty && !result.Diagnostics.Any(d => d.IsError))
        {
            const int most = 20;
            throw new FailureException(
                $"{path} spans a grid of {Figures.Plural(result.Models.Length, "model")}; name one of them, within a project: "
                + string.Join(", ", result.Models.Take(most).Select(m => m.Spec.ModelName)) + (result.Models.Length > most ? ", ..." : ""));
        }
        return SpecProblem.ModelOf(result, warn);
    }

    /// <summary>Parses the YAML files of a folder and of those below it, build outputs left out; names begin as the folder was given.</summary>
    public static IEnumerable<ParsedSpec> ParseFolder(string folder) => FilesBelow(folder).Select(Parse);

    /// <summary>The YAML files of a folder and of those below it, in the order of their names; hidden folders and build outputs are left out.</summary>
    public static IEnumerable<string> FilesBelow(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Where(IsPath).Order(StringComparer.Ordinal))
        {
            yield return Path.Combine(folder == "." ? "" : folder, Path.GetFileName(file));
        }
        foreach (var below in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(below);
            if (name.StartsWith('.') || name is "bin" or "obj")
            {
                continue;
            }
            foreach (var file in FilesBelow(Path.Combine(folder == "." ? "" : folder, name)))
            {
                yield return file;
            }
        }
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
