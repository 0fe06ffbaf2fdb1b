// Numbers as the command line shows them, the same in every culture.
using System.Globalization;

namespace Detection.Cli;

internal static class Figures
{
    /// <summary>A count with thousands separated: 3,206,976.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A size or stride without needless digits: 8, 0.5.</summary>
    public static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>A value per axis, height before width, once where both agree: 8 or 8x4.</summary>
    public static string PerAxis(double height, double width) => height == width ? Number(height) : $"{Number(height)}x{Number(width)}";

    /// <summary>A score or probability: 0.998.</summary>
    public static string Score(float value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>"1 image", "2 images".</summary>
    public static string Plural(long count, string one, string? many = null) => count == 1 ? $"1 {one}" : $"{Count(count)} {many ?? one + "s"}";

    /// <summary>The name of an enumeration value as specs and JSON write it: oneStage.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
