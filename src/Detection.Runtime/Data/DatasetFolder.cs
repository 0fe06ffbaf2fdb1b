// Looking around in a data set's folder: which files are there, under which spelling, and lists that are read line by line.
namespace Detection.Runtime;

internal static class DatasetFolder
{
    private static readonly string[] ImageEndings = [".jpg", ".jpeg", ".png", ".bmp", ".webp"];

    /// <summary>The image files of a folder, not of its subfolders, in ordinal order; none when there is no such folder.</summary>
    public static string[] Images(string folder) => !Directory.Exists(folder)
        ? []
        : [.. Directory.EnumerateFiles(folder)
            .Where(file => ImageEndings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase) && !Path.GetFileName(file).StartsWith('.'))
            .Order(StringComparer.Ordinal)];

    /// <summary>The lines of a text file without those that are empty.</summary>
    /// <exception cref="DatasetException">The file cannot be read.</exception>
    public static string[] Lines(string file) => [.. ReadText(file).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    /// <summary>The text of a file.</summary>
    /// <exception cref="DatasetException">The file cannot be read.</exception>
    public static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{file}: the file cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The class names of classes.txt, one a line; null when there is no such file.</summary>
    public static string[]? ClassNames(string folder) => Path.Combine(folder, "classes.txt") is var file && File.Exists(file) ? Lines(file) : null;
}

/// <summary>Files of some folders by name, as an annotation may spell them: exactly, else without regard to case.</summary>
internal sealed class ImageIndex
{
    private readonly Dictionary<string, string> exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> anyCase = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="files">The files; of two with the same name the first counts.</param>
    /// <param name="key">The name of a file.</param>
    public ImageIndex(IEnumerable<string> files, Func<string, string?> key)
    {
        foreach (var file in files)
        {
            if (key(file) is { } name)
            {
                exact.TryAdd(name, file);
                anyCase.TryAdd(name, file);
            }
        }
    }

    public string? Find(string name) => exact.GetValueOrDefault(name) ?? anyCase.GetValueOrDefault(name);
}
