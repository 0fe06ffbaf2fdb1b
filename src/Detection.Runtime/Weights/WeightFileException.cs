// The one exception of everything that reads weights.
namespace Detection.Runtime;

/// <summary>A weight file is missing, unreadable, damaged, hostile or does not fit the model; the message names it and says what is wrong.</summary>
public class WeightFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public WeightFileException(string path, string problem, Exception? inner = null)
        : base($"{path}: {problem}", inner)
    {
        Path = path;
        Problem = problem;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is wrong, without the file's name.</summary>
    public string Problem { get; }
}
