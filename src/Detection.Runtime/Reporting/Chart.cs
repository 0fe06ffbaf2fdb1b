// A chart as SVG: axes with ticks, lines, stacked bands, a legend. Charts of the reports are drawn with it.
using System.Globalization;
using System.Xml.Linq;
using static Detection.Runtime.HtmlPage;

namespace Detection.Runtime;

/// <summary>A tick of an axis.</summary>
/// <param name="At">Where, in 0..1 of the axis.</param>
/// <param name="Text">What stands there.</param>
internal readonly record struct Tick(double At, string Text);

/// <summary>The frame of a chart; both axes go from 0 to 1.</summary>
/// <param name="Title">What a pointer over the chart tells, and a reader without eyes hears.</param>
/// <param name="XLabel">Below the horizontal axis.</param>
/// <param name="YLabel">Beside the vertical axis.</param>
internal sealed record Chart(string Title, string XLabel, string YLabel)
{
    private const int Left = 52;
    private const int Right = 16;
    private const int Bottom = 44;
    private const string Soft = "#5d6b7c";
    private const string Grid = "#dde3ea";

    /// <summary>Width in units of the picture.</summary>
    public int Width { get; init; } = 640;

    /// <summary>Height, likewise.</summary>
    public int Height { get; init; } = 380;

    /// <summary>Stands above the axes; leaves no room when null.</summary>
    public string? Heading { get; init; }

    /// <summary>Ticks of the horizontal axis: 0, 0.2 ... 1.</summary>
    public IReadOnlyList<Tick> XTicks { get; init; } = Fifths;

    /// <summary>Ticks of the vertical axis: 0, 0.2 ... 1.</summary>
    public IReadOnlyList<Tick> YTicks { get; init; } = Fifths;

    /// <summary>Colours with what they stand for, in a row above the axes.</summary>
    public IReadOnlyList<(string Color, string Text)> Legend { get; init; } = [];

    private static Tick[] Fifths { get; } = [.. Enumerable.Range(0, 6).Select(i => new Tick(i / 5.0, (i / 5.0).ToString("0.0", CultureInfo.InvariantCulture)))];

    private int Top => 12 + (Heading is null ? 0 : 22) + (Legend.Count == 0 ? 0 : 24);

    /// <summary>The chart with what is drawn into it.</summary>
    public XElement Draw(params object?[] content) => Shape(
        "svg",
        new XAttribute("viewBox", $"0 0 {Width} {Height}"),
        new XAttribute("role", "img"),
        new XAttribute("font-family", "system-ui, sans-serif"),
        new XAttribute("font-size", 12),
        Shape("title", Title),
        Heading is null ? null : Label(Left, 22, "start", Heading, "#1c2430", 15),
        Entries(),
        YTicks.SelectMany(tick => new[] { Line(X(0), Y(tick.At), X(1), Y(tick.At)), Label(Left - 8, Y(tick.At) + 4, "end", tick.Text) }),
        XTicks.SelectMany(tick => new[] { Line(X(tick.At), Y(0), X(tick.At), Y(1)), Label(X(tick.At), Height - Bottom + 18, "middle", tick.Text) }),
        Label((Left + Width - Right) / 2.0, Height - 6, "middle", XLabel),
        Turned(Label(14, (Top + Height - Bottom) / 2.0, "middle", YLabel)),
        content);

    /// <summary>A line through points in 0..1 of both axes.</summary>
    public XElement Curve(IEnumerable<(double X, double Y)> points, string color, string? dashes = null) => Shape(
        "polyline",
        new XAttribute("points", Points(points)),
        new XAttribute("fill", "none"),
        new XAttribute("stroke", color),
        new XAttribute("stroke-width", 2.5),
        new XAttribute("stroke-linejoin", "round"),
        dashes is null ? null : new XAttribute("stroke-dasharray", dashes));

    /// <summary>The area between two lines over the same horizontal places.</summary>
    public XElement Band(IReadOnlyList<(double X, double Low, double High)> points, string color) => Shape(
        "polygon",
        new XAttribute("points", Points(points.Select(p => (p.X, p.High)).Concat(points.Reverse().Select(p => (p.X, p.Low))))),
        new XAttribute("fill", color),
        new XAttribute("stroke", "#ffffff"),
        new XAttribute("stroke-width", 0.8));

    /// <summary>A dot with a text for the pointer.</summary>
    public XElement Dot(double x, double y, string color, string text) => Shape(
        "circle",
        new XAttribute("cx", Text(X(x))), new XAttribute("cy", Text(Y(y))), new XAttribute("r", 3.5), new XAttribute("fill", color), Shape("title", text));

    private IEnumerable<XElement> Entries()
    {
        double at = Left;
        foreach (var (color, text) in Legend)
        {
            var y = Heading is null ? 12 : 34;
            yield return Shape(
                "rect", new XAttribute("x", Text(at)), new XAttribute("y", y), new XAttribute("width", 11), new XAttribute("height", 11),
                new XAttribute("rx", 2), new XAttribute("fill", color));
            yield return Label(at + 16, y + 10, "start", text);
            // Letters of this size are about 6.4 wide; there is nothing here to measure them with.
            at += 34 + 6.4 * text.Length;
        }
    }

    private static XElement Line(double x1, double y1, double x2, double y2) => Shape(
        "line",
        new XAttribute("x1", Text(x1)), new XAttribute("y1", Text(y1)), new XAttribute("x2", Text(x2)), new XAttribute("y2", Text(y2)),
        new XAttribute("stroke", Grid));

    private static XElement Label(double x, double y, string anchor, string text, string color = Soft, int size = 12) => Shape(
        "text",
        new XAttribute("x", Text(x)), new XAttribute("y", Text(y)), new XAttribute("text-anchor", anchor), new XAttribute("fill", color),
        new XAttribute("font-size", size), text);

    private XElement Turned(XElement label)
    {
        label.SetAttributeValue("transform", $"rotate(-90 14 {Text((Top + Height - Bottom) / 2.0)})");
        return label;
    }

    private string Points(IEnumerable<(double X, double Y)> points) => string.Join(' ', points.Select(p => $"{Text(X(p.X))},{Text(Y(p.Y))}"));

    private double X(double at) => Left + at * (Width - Left - Right);

    private double Y(double at) => Height - Bottom - at * (Height - Top - Bottom);

    private static string Text(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
