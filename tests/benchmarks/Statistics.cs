// Medians with their spread: what the timings of a shared machine are worth.
using System.Globalization;

namespace Detection.Benchmarks;

internal static class Statistics
{
    public static string Describe(IReadOnlyCollection<double> values, double scale = 1000, string unit = "ms") => string.Format(
        CultureInfo.InvariantCulture, "median {0:0.00} {3} ({1:0.00} to {2:0.00})", scale * At(values, 0.5), scale * At(values, 0.1), scale * At(values, 0.9), unit);

    /// <summary>Median of the ratios of neighbouring rounds, with the tenth and ninetieth percentile.</summary>
    public static string Ratio(IEnumerable<double> ours, IEnumerable<double> theirs)
    {
        double[] ratios = [.. ours.Zip(theirs, (a, b) => a / b)];
        return string.Format(CultureInfo.InvariantCulture, "median {0:0.000} ({1:0.000} to {2:0.000})", At(ratios, 0.5), At(ratios, 0.1), At(ratios, 0.9));
    }

    /// <summary>A quantile by the nearest rank.</summary>
    public static double At(IReadOnlyCollection<double> values, double quantile)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)Math.Round(quantile * (sorted.Length - 1))];
    }
}
