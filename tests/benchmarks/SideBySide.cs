// Two sides by turns in one run: what ours took, what the peer took and their ratio, as a row of a Markdown table.
using System.Diagnostics;
using System.Globalization;

namespace Detection.Benchmarks;

internal static class SideBySide
{
    public const string Header = "| what | ours | peer | ours / peer |\n| --- | --- | --- | --- |";

    /// <summary>Times both sides and prints a row; the side that goes first changes with every round.</summary>
    /// <param name="what">First cell of the row.</param>
    /// <param name="rounds">Rounds that count; one that does not goes before them, in which libraries build what they keep.</param>
    /// <param name="ours">A unit of our work.</param>
    /// <param name="peer">Null where there is none.</param>
    /// <param name="command">The same unit's name to the peer.</param>
    public static void Time(string what, int rounds, Action ours, PythonPeer? peer, string command)
    {
        var (own, other) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var first = round % 2 == 0 ? peer?.Seconds(command) : null;
            var seconds = Seconds(ours);
            var theirs = first ?? peer?.Seconds(command);
            if (round >= 0)
            {
                own.Add(seconds);
                other.AddRange(theirs is { } value ? [value] : []);
            }
        }
        Console.WriteLine(Row(what, own, other, "s"));
    }

    /// <summary>Times several of our own by turns.</summary>
    /// <returns>The seconds of each, in their order.</returns>
    public static IReadOnlyList<double>[] Alternate(int rounds, params Action[] units)
    {
        var seconds = units.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < units.Length; i++)
            {
                seconds[i].Add(Seconds(units[i]));
            }
        }
        return seconds;
    }

    /// <summary>A row of medians with their spread, the tenth and the ninetieth percentile, and of the ratios of neighbouring rounds.</summary>
    public static string Row(string what, IReadOnlyCollection<double> ours, IReadOnlyCollection<double> theirs, string unit) => theirs.Count == 0
        ? $"| {what} | {Cell(ours, unit)} | no peer | |"
        : $"| {what} | {Cell(ours, unit)} | {Cell(theirs, unit)} | {Statistics.Ratio(ours, theirs).Replace("median ", "", StringComparison.Ordinal)} |";

    /// <summary>A median with its spread.</summary>
    public static string Cell(IReadOnlyCollection<double> values, string unit) => string.Format(
        CultureInfo.InvariantCulture, values.Count == 1 ? "{0} {3}" : "{0} {3} ({1} to {2})",
        Figure(Statistics.At(values, 0.5)), Figure(Statistics.At(values, 0.1)), Figure(Statistics.At(values, 0.9)), unit);

    /// <summary>Three digits.</summary>
    public static string Figure(double value) => value switch
    {
        0 => "0",
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.00", CultureInfo.InvariantCulture),
        >= 0.1 => value.ToString("0.000", CultureInfo.InvariantCulture),
        _ => value.ToString("0.0000", CultureInfo.InvariantCulture),
    };

    private static double Seconds(Action unit)
    {
        var watch = Stopwatch.StartNew();
        unit();
        return watch.Elapsed.TotalSeconds;
    }
}
