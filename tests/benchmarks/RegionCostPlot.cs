// Seconds against the number of regions, both logarithmic, as an SVG file.
using System.Globalization;
using System.Xml.Linq;

namespace Detection.Benchmarks;

internal static class RegionCostPlot
{
    private const int Width = 760, Height = 440, Left = 60, Right = 20, Top = 64, Bottom = 48;
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly string[] Colours = ["#c2412d", "#2f6fb5", "#3c8d40", "#8a5ab8"];

    /// <summary>Writes the plot: a line for each network over its regions, dashed where the whole image is added.</summary>
    public static void Write(string path, int[] counts, IReadOnlyList<(string Title, double Image, double[] Seconds)> curves)
    {
        var all = curves.SelectMany(c => c.Seconds.Concat(c.Seconds.Select(s => s + c.Image))).ToArray();
        var (low, high) = ((int)Math.Floor(Math.Log10(all.Min())), (int)Math.Ceiling(Math.Log10(all.Max())));
        double X(double count) => Left + Math.Log(count / counts[0]) / Math.Log((double)counts[^1] / counts[0]) * (Width - Left - Right);
        double Y(double seconds) => Height - Bottom - (Math.Log10(seconds) - low) / (high - low) * (Height - Top - Bottom);
        XElement Curve(IEnumerable<double> seconds, string colour, bool dashed) => Shape(
            "polyline", ("points", string.Join(' ', counts.Zip(seconds, (n, s) => $"{Number(X(n))},{Number(Y(s))}"))), ("fill", "none"), ("stroke", colour),
            ("stroke-width", dashed ? "1.5" : "2.5"), ("stroke-dasharray", dashed ? "6 4" : "none"));
        XElement Line(double x1, double y1, double x2, double y2) => Shape(
            "line", ("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)), ("stroke", "#dde3ea"));
        double[] decades = [.. Enumerable.Range(low, high - low + 1).Select(e => Math.Pow(10, e))];
        var picture = Shape("svg", ("viewBox", $"0 0 {Width} {Height}"), ("role", "img"), ("font-family", "system-ui, sans-serif"), ("font-size", "12"));
        picture.Add(
            new XElement(Svg + "title", "Seconds against the number of regions"),
            Shape("rect", ("width", $"{Width}"), ("height", $"{Height}"), ("fill", "#ffffff")),
            Text(Left, 22, "start", "Seconds of the regions alone; dashed: with the whole image", "#1c2430", 15),
            curves.SelectMany((c, i) => new[]
            {
                Shape("rect", ("x", Number(Left + 180 * i)), ("y", "36"), ("width", "11"), ("height", "11"), ("fill", Colours[i])),
                Text(Left + 180 * i + 16, 46, "start", c.Title),
            }),
            decades.SelectMany(d => new[] { Line(Left, Y(d), Width - Right, Y(d)), Text(Left - 8, Y(d) + 4, "end", d.ToString("0.####", CultureInfo.InvariantCulture)) }),
            counts.SelectMany(n => new[] { Line(X(n), Top, X(n), Height - Bottom), Text(X(n), Height - Bottom + 18, "middle", n.ToString("#,0", CultureInfo.InvariantCulture)) }),
            Text((Left + Width - Right) / 2.0, Height - 8, "middle", "regions"),
            curves.SelectMany((c, i) => new[] { Curve(c.Seconds, Colours[i], dashed: false), Curve(c.Seconds.Select(s => s + c.Image), Colours[i], dashed: true) }));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, picture + "\n");
    }

    private static XElement Text(double x, double y, string anchor, string text, string colour = "#5d6b7c", int size = 12)
    {
        var shape = Shape("text", ("x", Number(x)), ("y", Number(y)), ("text-anchor", anchor), ("fill", colour), ("font-size", $"{size}"));
        shape.Add(text);
        return shape;
    }

    private static XElement Shape(string name, params (string Name, string Value)[] attributes) =>
        new(Svg + name, attributes.Select(a => new XAttribute(a.Name, a.Value)));

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
