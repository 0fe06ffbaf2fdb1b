// --labels: names of classes from a file, one per line.
namespace Detection.Cli;

internal static class ClassLabels
{
    /// <summary>Reads a label file; blank lines at its end do not count.</summary>
    /// <param name="path">The file.</param>
    /// <param name="classes">Classes of the model.</param>
    /// <exception cref="FailureException">The file cannot be read or has another number of labels.</exception>
    public static IReadOnlyList<string> Read(string path, int classes)
    {
        var labels = Read(path);
        return labels.Count == classes
            ? labels
            : throw new FailureException(
                $"{path}: {Figures.Plural(labels.Count, "label")}, but the model tells apart {Figures.Plural(classes, "class", "classes")}.");
    }

    /// <summary>Reads a label file of any number of labels.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FailureException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllText(path).TrimEnd().Split('\n');
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FailureException($"{path}: there is no such file.", inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailureException($"{path}: the labels cannot be read: {e.Message}", inner: e);
        }
        return [.. lines.Select(line => line.Trim())];
    }
}
