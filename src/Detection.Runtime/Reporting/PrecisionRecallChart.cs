// Precision-recall curves as SVG pictures: of all classes in one, of one class at several overlaps.
using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;

namespace Detection.Runtime;

internal static class PrecisionRecallChart
{
    // More corners than these draw nothing more.
    private const int MostPoints = 600;

    /// <summary>Draws the curves of all classes, in the colours that the classes have in pictures.</summary>
    /// <param name="curves">One curve per class; empty ones are left out.</param>
    public static XElement Draw(ImmutableArray<ImmutableArray<OperatingPoint>> curves)
    {
        var chart = new Chart("Precision over recall, one line per class", "recall", "precision");
        return chart.Draw(curves.Select((curve, i) => (curve, i)).Where(c => !c.curve.IsEmpty).Select(c => Line(chart, c.curve, Color(c.i), null)));
    }

    /// <summary>Draws the curves of one class at growing overlaps, with the point of the best balance on the first.</summary>
    /// <param name="name">The class.</param>
    /// <param name="classIndex">Its index, which gives the colour.</param>
    /// <param name="curves">An overlap with its curve each.</param>
    public static XElement DrawClass(string name, int classIndex, IReadOnlyList<(double Iou, IReadOnlyList<OperatingPoint> Curve)> curves)
    {
        string[] dashes = ["", "7 4", "2 4"];
        var heading = string.Create(CultureInfo.InvariantCulture, $"{name}   IoU {string.Join(", ", curves.Select((c, i) => $"{c.Iou:0.##} {(i == 0 ? "line" : i == 1 ? "dashes" : "dots")}"))}");
        var chart = new Chart($"Precision over recall of {name}", "recall", "precision") { Width = 460, Height = 320, Heading = heading };
        var lines = curves.Where(c => c.Curve.Count > 0).Select(c => (c.Curve, Place: curves.ToList().IndexOf(c)))
            .Select(c => Line(chart, c.Curve, Color(classIndex), dashes[c.Place] is { Length: > 0 } pattern ? pattern : null));
        var best = curves[0].Curve.Count == 0 ? (OperatingPoint?)null : curves[0].Curve.MaxBy(p => p.F1);
        return chart.Draw(
            lines,
            best is { } point
                ? chart.Dot(
                    point.Recall, point.Precision, Color(classIndex),
                    string.Create(CultureInfo.InvariantCulture, $"best F1 {point.F1:0.000} at score {point.Score:0.00}: recall {point.Recall:0.000}, precision {point.Precision:0.000}"))
                : null);
    }

    /// <summary>The colour of a class, as in drawings, for CSS and SVG.</summary>
    public static string Color(int classIndex)
    {
        var (red, green, blue) = DetectionDrawing.ColorOf(classIndex);
        return $"#{red:x2}{green:x2}{blue:x2}";
    }

    // From recall 0, at the precision of the best detections, to the last point.
    private static XElement Line(Chart chart, IReadOnlyList<OperatingPoint> curve, string color, string? dashes)
    {
        var stretch = (curve.Count + MostPoints - 1) / MostPoints;
        var kept = curve.Where((_, i) => i % stretch == 0 || i == curve.Count - 1);
        return chart.Curve(kept.Prepend(curve[0] with { Recall = 0 }).Select(p => (p.Recall, p.Precision)), color, dashes);
    }
}
