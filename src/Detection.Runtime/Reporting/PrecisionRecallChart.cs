// The precision-recall curves of all classes as one SVG picture.
using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using static Detection.Runtime.HtmlPage;

namespace Detection.Runtime;

internal static class PrecisionRecallChart
{
    private const int Width = 640;
    private const int Height = 380;
    private const int Left = 52;
    private const int Right = 16;
    private const int Top = 12;
    private const int Bottom = 44;

    /// <summary>Draws the curves, in the colours that the classes have in pictures.</summary>
    /// <param name="curves">One curve per class; empty ones are left out.</param>
    public static XElement Draw(ImmutableArray<ImmutableArray<OperatingPoint>> curves) => Shape(
        "svg",
        new XAttribute("viewBox", $"0 0 {Width} {Height}"),
        new XAttribute("role", "img"),
        new XAttribute("font-family", "system-ui, sans-serif"),
        new XAttribute("font-size", 12),
        Shape("title", "Precision over recall, one line per class"),
        Enumerable.Range(0, 6).SelectMany(i => GridLines(i / 5.0)),
        Label((Left + Width - Right) / 2, Height - 6, "middle", "recall"),
        new XElement(Label(14, (Top + Height - Bottom) / 2, "middle", "precision")).Rotated(14, (Top + Height - Bottom) / 2),
        curves.Select((curve, i) => (curve, i)).Where(c => !c.curve.IsEmpty).Select(c => Curve(c.curve, c.i)));

    private static IEnumerable<XElement> GridLines(double value)
    {
        yield return Line(X(value), Y(0), X(value), Y(1));
        yield return Line(X(0), Y(value), X(1), Y(value));
        yield return Label(X(value), Height - Bottom + 18, "middle", value.ToString("0.0", CultureInfo.InvariantCulture));
        yield return Label(Left - 8, Y(value) + 4, "end", value.ToString("0.0", CultureInfo.InvariantCulture));
    }

    // From recall 0, at the precision of the best detections, to the last point.
    private static XElement Curve(ImmutableArray<OperatingPoint> curve, int classIndex) => Shape(
        "polyline",
        new XAttribute("points", string.Join(' ', curve.Prepend(curve[0] with { Recall = 0 }).Select(p => $"{Text(X(p.Recall))},{Text(Y(p.Precision))}"))),
        new XAttribute("fill", "none"),
        new XAttribute("stroke", Color(classIndex)),
        new XAttribute("stroke-width", 2.5),
        new XAttribute("stroke-linejoin", "round"));

    private static XElement Line(double x1, double y1, double x2, double y2) => Shape(
        "line",
        new XAttribute("x1", Text(x1)), new XAttribute("y1", Text(y1)), new XAttribute("x2", Text(x2)), new XAttribute("y2", Text(y2)),
        new XAttribute("stroke", "#dde3ea"));

    private static XElement Label(double x, double y, string anchor, string text) => Shape(
        "text",
        new XAttribute("x", Text(x)), new XAttribute("y", Text(y)), new XAttribute("text-anchor", anchor), new XAttribute("fill", "#5d6b7c"), text);

    private static XElement Rotated(this XElement element, double x, double y)
    {
        element.SetAttributeValue("transform", $"rotate(-90 {Text(x)} {Text(y)})");
        return element;
    }

    /// <summary>The colour of a class, as in drawings, for CSS and SVG.</summary>
    public static string Color(int classIndex)
    {
        var (red, green, blue) = DetectionDrawing.ColorOf(classIndex);
        return $"#{red:x2}{green:x2}{blue:x2}";
    }

    private static double X(double recall) => Left + recall * (Width - Left - Right);

    private static double Y(double precision) => Height - Bottom - precision * (Height - Top - Bottom);

    private static string Text(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
