// IMAGES on the command line: files, folders and patterns become a list of files, each once.
using System.Text.RegularExpressions;

namespace Detection.Cli;

/// <summary>The files that arguments stand for, and the arguments that stand for none.</summary>
/// <param name="Files">Paths, in the order of the arguments; in folders and patterns by name.</param>
/// <param name="Failures">Arguments without a file.</param>
internal sealed record ImageFiles(IReadOnlyList<string> Files, IReadOnlyList<ImageFailure> Failures)
{
    private static readonly string[] Endings = [".png", ".jpg", ".jpeg", ".bmp", ".webp"];

    /// <summary>Finds the files. A file named outright is taken whatever its ending; whether it is an image shows when it is read.</summary>
    public static ImageFiles Of(IEnumerable<string> arguments)
    {
        var files = new List<string>();
        var failures = new List<ImageFailure>();
        foreach (var argument in arguments)
        {
            // A name with a star or a bracket that exists is a name.
            if (File.Exists(argument))
            {
                files.Add(argument);
            }
            else if (Directory.Exists(argument))
            {
                AddOrFail(argument, In(argument, SearchOption.TopDirectoryOnly), "the folder holds no images.");
            }
            else if (argument.AsSpan().ContainsAny('*', '?'))
            {
                AddOrFail(argument, Matching(argument), "no image matches.");
            }
            else
            {
                failures.Add(new ImageFailure(argument, "there is no such file."));
            }
        }
        return new ImageFiles([.. files.DistinctBy(Path.GetFullPath)], failures);

        void AddOrFail(string argument, IEnumerable<string> found, string otherwise)
        {
            var before = files.Count;
            files.AddRange(found);
            if (files.Count == before)
            {
                failures.Add(new ImageFailure(argument, otherwise));
            }
        }
    }

    // Like a shell: * and ? stay within one name, ** spans folders.
    private static IEnumerable<string> Matching(string pattern)
    {
        var segments = pattern.Split('/', Path.DirectorySeparatorChar);
        var fixedPart = string.Join('/', segments[..^1].TakeWhile(s => !s.AsSpan().ContainsAny('*', '?')));
        var folder = fixedPart.Length == 0 ? pattern.StartsWith('/') ? "/" : "." : fixedPart;
        if (!Directory.Exists(folder))
        {
            return [];
        }
        var expression = Regex.Escape(pattern).Replace(@"\*\*/", "(?:.*/)?").Replace(@"\*\*", ".*").Replace(@"\*", "[^/]*").Replace(@"\?", "[^/]");
        var matcher = new Regex($"^{expression}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        var fixedSegments = fixedPart.Length == 0 ? 0 : fixedPart.Split('/').Length;
        var isDeep = segments.Length - 1 > fixedSegments || segments[^1].Contains("**", StringComparison.Ordinal);
        return In(folder, isDeep ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
            .Select(file => folder == "." && !pattern.StartsWith('.') ? Path.GetRelativePath(".", file) : file)
            .Where(file => matcher.IsMatch(file.Replace(Path.DirectorySeparatorChar, '/')));
    }

    private static IEnumerable<string> In(string folder, SearchOption depth) => Directory.EnumerateFiles(folder, "*", depth)
        .Where(file => Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal);
}

/// <summary>An image that nothing could be predicted for.</summary>
/// <param name="Image">Its path, as given.</param>
/// <param name="Problem">Why.</param>
internal sealed record ImageFailure(string Image, string Problem);
