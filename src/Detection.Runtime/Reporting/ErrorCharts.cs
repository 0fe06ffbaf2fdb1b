// What the errors of a detector are, as pictures: trends over the number of false positives and of detections, after Hoiem et al.; recall over overlap.
using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;

namespace Detection.Runtime;

internal static class ErrorCharts
{
    /// <summary>Colours of correct detections and of each kind of error, with their names.</summary>
    public static IReadOnlyList<(string Color, string Text)> Kinds { get; } =
        [("#3a8f5c", "correct"), ("#2463c5", "place"), ("#d9a21b", "similar"), ("#7a3e9d", "other"), ("#c0453a", "background")];

    /// <summary>The colour of a kind of error.</summary>
    public static string Color(ErrorKind kind) => Kinds[(int)kind + 1].Color;

    /// <summary>Its name.</summary>
    public static string Name(ErrorKind kind) => Kinds[(int)kind + 1].Text;

    /// <summary>Shares of each kind among the first false positives; null where there are fewer than 25.</summary>
    /// <param name="name">The class.</param>
    /// <param name="trend">The first 25, 50 ... false positives.</param>
    public static XElement? ByErrors(string name, ImmutableArray<ErrorTrend> trend) => Stacked(
        new Chart($"{name}: kinds of the first false positives", "false positives", "share") { Heading = $"{name}: kinds of false positives", Legend = [.. Kinds.Skip(1)] },
        [.. trend.Select(t => (t.Errors.Total.ToString(CultureInfo.InvariantCulture), Shares(t.Errors, null)))], first: 1);

    /// <summary>Shares of correct detections and of each kind of error among the best detections; null for a class without objects.</summary>
    /// <param name="name">The class.</param>
    /// <param name="trend">The best detections: 1/8, 1/4 ... 8 times as many as objects.</param>
    public static XElement? ByDetections(string name, ImmutableArray<ErrorTrend> trend)
    {
        string[] places = ["1/8", "1/4", "1/2", "1", "2", "4", "8"];
        return Stacked(
            new Chart($"{name}: the best detections", "detections in numbers of objects", "share") { Heading = $"{name}: the best detections", Legend = Kinds },
            [.. trend.Select((t, i) => (places[i], t)).Where(e => e.t.Detections > 0).Select(e => (e.Item1, Shares(e.t.Errors, e.t.Correct)))], first: 0);
    }

    /// <summary>Recall over overlap, one line per number of proposals of an image.</summary>
    /// <param name="scores">The recalls.</param>
    public static XElement RecallOverIou(ImmutableArray<ProposalScores> scores)
    {
        string[] colors = ["#8fb3e6", "#5b8fd9", "#2463c5", "#123c7d"];
        var chart = new Chart("Recall over overlap, whatever the class", "IoU", "recall")
        {
            XTicks = [.. Enumerable.Range(0, 6).Select(i => new Tick(i / 5.0, (0.5 + i / 10.0).ToString("0.0", CultureInfo.InvariantCulture)))],
            Legend = [.. scores.Select((s, i) => (
                colors[i % colors.Length], string.Create(CultureInfo.InvariantCulture, $"best {s.Proposals}: AR {s.AverageRecall:0.000}")))],
        };
        return chart.Draw(scores.Where(s => !double.IsNaN(s.AverageRecall)).Select((s, i) => chart.Curve(
            ProposalRecall.Thresholds.Zip(s.Recalls, (iou, recall) => (2 * (iou - 0.5), recall)), colors[i % colors.Length])));
    }

    private static double[] Shares(ErrorCounts errors, int? correct)
    {
        double total = Math.Max(1, errors.Total + (correct ?? 0));
        return [(correct ?? 0) / total, errors.Localization / total, errors.Similar / total, errors.Other / total, errors.Background / total];
    }

    private static XElement? Stacked(Chart chart, (string Tick, double[] Shares)[] columns, int first)
    {
        if (columns.Length == 0)
        {
            return null;
        }
        // One column is drawn as wide as the axis.
        var places = columns.Length == 1 ? [columns[0], columns[0]] : columns;
        double At(int i) => (double)i / (places.Length - 1);
        chart = chart with
        {
            Width = 460,
            Height = 300,
            XTicks = columns.Length == 1 ? [new Tick(0.5, columns[0].Tick)] : [.. columns.Select((c, i) => new Tick(At(i), c.Tick))],
        };
        return chart.Draw(Enumerable.Range(first, 5 - first).Select(kind => chart.Band(
            [.. places.Select((c, i) => (At(i), c.Shares.Take(kind).Sum(), c.Shares.Take(kind + 1).Sum()))], Kinds[kind].Color)));
    }
}
