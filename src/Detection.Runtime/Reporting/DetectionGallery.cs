// Validation images with what was found in them, drawn as vectors over a reduced copy that lies inside the page.
using System.Globalization;
using System.Xml.Linq;
using OpenCvSharp;
using static Detection.Runtime.HtmlPage;

namespace Detection.Runtime;

internal static class DetectionGallery
{
    // Longest side of the copies in the page, in pixels.
    private const int Side = 560;

    /// <summary>Positions of samples spread evenly over a data set.</summary>
    public static IEnumerable<int> Choose(DetectionDataset dataset, int count)
    {
        var total = dataset.Samples.Length;
        count = Math.Min(count, total);
        return Enumerable.Range(0, count).Select(i => (int)((2L * i + 1) * total / (2L * count)));
    }

    /// <summary>One image; null when its file can no longer be read.</summary>
    /// <param name="sample">The image and its objects.</param>
    /// <param name="found">The detections to show.</param>
    public static XElement? Figure(DataSample sample, ImageDetections found)
    {
        RgbImage reduced;
        try
        {
            reduced = ImageReduction.Load(sample.ImagePath, Fit, InterpolationFlags.Area);
        }
        catch (ImageReadException)
        {
            // The evaluation has reported it.
            return null;
        }
        var unit = Math.Max(sample.Width, sample.Height) / 100.0;
        return Element(
            "figure",
            Shape(
                "svg",
                new XAttribute("viewBox", $"0 0 {sample.Width} {sample.Height}"),
                new XAttribute("font-family", "system-ui, sans-serif"),
                new XAttribute("font-size", Text(2.9 * unit)),
                Shape(
                    "image",
                    new XAttribute("width", sample.Width),
                    new XAttribute("height", sample.Height),
                    new XAttribute("href", "data:image/jpeg;base64," + Convert.ToBase64String(reduced.Encode(".jpg")))),
                sample.Boxes.Select(box => Rectangle(box.Box, "#ffffff", 0.45 * unit, $"{Text(1.4 * unit)} {Text(0.9 * unit)}")),
                found.Objects.Reverse().SelectMany(item => Object(item, unit))),
            Element("figcaption", Path.GetFileName(sample.ImagePath)));
    }

    private static (int Width, int Height) Fit(int width, int height)
    {
        var scale = Math.Min(1.0, (double)Side / Math.Max(width, height));
        return (Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
    }

    private static IEnumerable<XElement> Object(DetectedObject found, double unit)
    {
        var color = PrecisionRecallChart.Color(found.ClassIndex);
        yield return Rectangle(found.Box, color, 0.55 * unit, null);
        var text = string.Create(CultureInfo.InvariantCulture, $"{found.ClassName} {found.Score:0.00}");
        // Dark edges keep the letters readable on every image.
        yield return Shape(
            "text",
            new XAttribute("x", Text(found.Box.X1 + 0.8 * unit)),
            new XAttribute("y", Text(found.Box.Y1 > 3.5 * unit ? found.Box.Y1 - 0.8 * unit : found.Box.Y1 + 3.2 * unit)),
            new XAttribute("fill", color),
            new XAttribute("stroke", "#000000"),
            new XAttribute("stroke-width", Text(0.6 * unit)),
            new XAttribute("paint-order", "stroke"),
            text);
    }

    private static XElement Rectangle(Box box, string color, double thickness, string? dashes) => Shape(
        "rect",
        new XAttribute("x", Text(box.X1)),
        new XAttribute("y", Text(box.Y1)),
        new XAttribute("width", Text(box.Width)),
        new XAttribute("height", Text(box.Height)),
        new XAttribute("fill", "none"),
        new XAttribute("stroke", color),
        new XAttribute("stroke-width", Text(thickness)),
        dashes is null ? null : new XAttribute("stroke-dasharray", dashes));

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
