// YAML files on disk as one set of specs: what they say now, what changed since the last look, and what that touches.
using System.Collections.Immutable;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Lint;
using Detection.Spec.Resolution;

namespace Detection.Cli;

/// <summary>A file and everything that is wrong with it.</summary>
internal sealed record ValidatedFile(string Path, int Models, ImmutableArray<SpecDiagnostic> Diagnostics);

/// <summary>The specs of some files and folders.</summary>
/// <param name="paths">Files and folders; folders are searched with those below them.</param>
/// <param name="models">Where names are looked up that no file declares.</param>
internal sealed class SpecWorkspace(ImmutableArray<string> paths, ModelSet models)
{
    private readonly SortedDictionary<string, (string Text, ParsedSpec Spec)> files = new(StringComparer.Ordinal);
    private bool wasRead;

    /// <summary>The folders that hold, or may come to hold, files of the workspace.</summary>
    public IEnumerable<string> Folders => paths.Select(p => Directory.Exists(p) ? p : Path.GetDirectoryName(p) is { Length: > 0 } folder ? folder : ".").Distinct();

    /// <summary>The files as of the last <see cref="Refresh"/>.</summary>
    public IEnumerable<string> Files => files.Keys;

    /// <summary>Reads the files anew.</summary>
    /// <returns>The files to validate, those whose text changed and those that refer to them, and the files that are gone.</returns>
    /// <exception cref="FailureException">A path that was named does not exist, at the first reading.</exception>
    public (ImmutableArray<string> Affected, ImmutableArray<string> Gone) Refresh()
    {
        var found = new SortedSet<string>(paths.SelectMany(Expand), StringComparer.Ordinal);
        wasRead = true;
        var touched = new HashSet<string>(StringComparer.Ordinal);
        var changed = new SortedSet<string>(StringComparer.Ordinal);
        ImmutableArray<string> gone = [.. files.Keys.Where(f => !found.Contains(f))];
        foreach (var path in gone)
        {
            touched.UnionWith(NamesIn(files[path].Spec));
            files.Remove(path);
        }
        foreach (var path in found)
        {
            var known = files.TryGetValue(path, out var before);
            if (ReadText(path) is not { } text || (known && before.Text == text))
            {
                continue;
            }
            var spec = ParsedSpec.Parse(new SpecDocument(path, text));
            touched.UnionWith(NamesIn(spec));
            if (known)
            {
                touched.UnionWith(NamesIn(before.Spec));
            }
            files[path] = (text, spec);
            changed.Add(path);
        }
        changed.UnionWith(Dependants(touched));
        return ([.. changed], gone);
    }

    /// <summary>Compiles files with all specs of the workspace within reach.</summary>
    public ImmutableArray<ValidatedFile> Validate(IEnumerable<string> which)
    {
        var library = models.LibraryOver(files.Values.Select(f => f.Spec));
        return [.. which.Where(files.ContainsKey).Select(path => Validate(path, files[path].Spec, library))];
    }

    private static ValidatedFile Validate(string path, ParsedSpec spec, SpecLibrary library)
    {
        var result = SpecCompiler.Compile(spec, library);
        var diagnostics = new DiagnosticBag();
        foreach (var problem in result.Diagnostics.Concat(SpecLint.Run(result, library)))
        {
            diagnostics.Add(problem);
        }
        return new ValidatedFile(path, spec.Models.Length, diagnostics.ToImmutable());
    }

    // Files with a model that refers to one of the names, directly or not.
    private IEnumerable<string> Dependants(HashSet<string> names)
    {
        var open = new Queue<string>(names);
        var reached = new HashSet<string>(names, StringComparer.Ordinal);
        var dependants = new SortedSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out var name))
        {
            foreach (var (path, (_, spec)) in files)
            {
                foreach (var model in spec.Models.Where(m => m.References.Contains(name)))
                {
                    dependants.Add(path);
                    if (model.ModelName.Length > 0 && reached.Add(model.ModelName))
                    {
                        open.Enqueue(model.ModelName);
                    }
                }
            }
        }
        // Who shares a name with a changed file may have become, or ceased to be, the second of that name.
        return dependants.Concat(files.Where(f => NamesIn(f.Value.Spec).Any(names.Contains)).Select(f => f.Key));
    }

    private static IEnumerable<string> NamesIn(ParsedSpec spec) => spec.Models.Select(m => m.ModelName).Where(n => n.Length > 0);

    private IEnumerable<string> Expand(string path)
    {
        if (Directory.Exists(path))
        {
            // The facts map lies among specs and is none.
            return SpecFile.FilesBelow(path).Where(file => Path.GetFileName(file) != CheckVerb.MapName);
        }
        return File.Exists(path) ? [path] : wasRead ? [] : throw new FailureException($"{path}: there is no such file or folder.");
    }

    // Null while somebody else writes it: the next look will find it.
    private static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
