// Right, wrong and missed detections as pictures: cut out of their images with what lies around them, drawn over as vectors.
using System.Globalization;
using System.Xml.Linq;
using OpenCvSharp;
using static Detection.Runtime.HtmlPage;

namespace Detection.Runtime;

/// <summary>One picture of a gallery.</summary>
/// <param name="Image">Position of the image.</param>
/// <param name="Focus">What the picture is about.</param>
/// <param name="ClassIndex">Class of that.</param>
/// <param name="Found">Boxes of detections to draw, in colour.</param>
/// <param name="Truth">Boxes of objects to draw, dashed.</param>
/// <param name="Caption">What stands below.</param>
/// <param name="Tag">A word with its colour above the caption; null for none.</param>
internal sealed record GalleryItem(
    int Image, BoxEdges Focus, int ClassIndex, IReadOnlyList<BoxEdges> Found, IReadOnlyList<BoxEdges> Truth, string Caption, (string Text, string Color)? Tag = null);

internal static class EvaluationGallery
{
    // Longest side of a cut-out in the page, in pixels.
    private const int Side = 300;

    // How much is shown beside the box, on each side, in sides of it; and how much of the image at least.
    private const double Margin = 0.45;
    private const double SmallestShare = 0.18;

    /// <summary>Takes items of all classes in turn, each class's in its own order.</summary>
    /// <param name="items">The items, the more telling ones first.</param>
    /// <param name="count">How many are wanted.</param>
    public static IReadOnlyList<GalleryItem> Choose(IEnumerable<GalleryItem> items, int count) =>
    [
        .. items.GroupBy(item => item.ClassIndex)
            .SelectMany(group => group.Select((item, rank) => (item, rank)))
            .OrderBy(entry => entry.rank).ThenBy(entry => entry.item.ClassIndex)
            .Take(count).Select(entry => entry.item),
    ];

    /// <summary>The pictures, in the order of the items; those whose image cannot be read are left out.</summary>
    /// <param name="items">The items.</param>
    /// <param name="files">Image files by position; null where there is none.</param>
    public static IReadOnlyList<XElement> Figures(IReadOnlyList<GalleryItem> items, IReadOnlyList<string?> files)
    {
        var figures = new XElement?[items.Count];
        // An image is decoded once, however many pictures are cut out of it.
        Parallel.ForEach(items.Select((item, i) => (item, i)).GroupBy(entry => entry.item.Image), group =>
        {
            if (files[group.Key] is not { } path || Load(path) is not { } image)
            {
                return;
            }
            foreach (var (item, i) in group)
            {
                figures[i] = Figure(item, image, path);
            }
        });
        return [.. figures.OfType<XElement>()];
    }

    private static RgbImage? Load(string path)
    {
        try
        {
            return RgbImage.Load(path);
        }
        catch (ImageReadException)
        {
            // Detections in it were scored from files; the picture is all that is lost.
            return null;
        }
    }

    private static XElement Figure(GalleryItem item, RgbImage image, string path)
    {
        var part = Around(item.Focus, image.Width, image.Height);
        var unit = Math.Max(part.Width, part.Height) / 100.0;
        var color = PrecisionRecallChart.Color(item.ClassIndex);
        return Element(
            "figure",
            Shape(
                "svg",
                new XAttribute("viewBox", $"{part.X} {part.Y} {part.Width} {part.Height}"),
                Shape(
                    "image",
                    new XAttribute("x", part.X), new XAttribute("y", part.Y), new XAttribute("width", part.Width), new XAttribute("height", part.Height),
                    new XAttribute("href", "data:image/jpeg;base64," + Convert.ToBase64String(Cut(image, part).Encode(".jpg")))),
                item.Truth.SelectMany(box => new[]
                {
                    // Dark below the dashes: they show on white images too.
                    Rectangle(box, "#000000", 0.9 * unit, null, 0.45),
                    Rectangle(box, "#ffffff", 0.9 * unit, $"{Text(2.4 * unit)} {Text(1.6 * unit)}", 1),
                }),
                item.Found.SelectMany(box => new[] { Rectangle(box, "#000000", 1.8 * unit, null, 0.35), Rectangle(box, color, 1.1 * unit, null, 1) })),
            Element(
                "figcaption",
                item.Tag is { } tag ? Styled("span", "tag", new XAttribute("style", $"background: {tag.Color}"), tag.Text) : null,
                item.Caption,
                new XElement(Html + "br"),
                Path.GetFileName(path)));
    }

    private static Rect Around(BoxEdges box, int width, int height)
    {
        double Half(double extent, int whole) => Math.Max(extent * (0.5 + Margin), SmallestShare * whole / 2);
        var (x, y) = ((box.X1 + box.X2) / 2, (box.Y1 + box.Y2) / 2);
        // Not flatter than 2:1, so that pictures stand well in rows.
        var (halfWidth, halfHeight) = (Half(box.X2 - box.X1, width), Half(box.Y2 - box.Y1, height));
        (halfWidth, halfHeight) = (Math.Max(halfWidth, halfHeight / 1.4), Math.Max(halfHeight, halfWidth / 1.6));
        var (left, top) = (Math.Clamp((int)Math.Floor(x - halfWidth), 0, width - 1), Math.Clamp((int)Math.Floor(y - halfHeight), 0, height - 1));
        var (right, bottom) = (Math.Clamp((int)Math.Ceiling(x + halfWidth), left + 1, width), Math.Clamp((int)Math.Ceiling(y + halfHeight), top + 1, height));
        return new Rect(left, top, right - left, bottom - top);
    }

    private static RgbImage Cut(RgbImage image, Rect part)
    {
        var scale = Math.Min(1.0, (double)Side / Math.Max(part.Width, part.Height));
        var cut = new RgbImage(Math.Max(1, (int)Math.Round(part.Width * scale)), Math.Max(1, (int)Math.Round(part.Height * scale)));
        image.Pinned(from => cut.Pinned(to =>
        {
            using var region = new Mat(from, part);
            Cv2.Resize(region, to, new Size(cut.Width, cut.Height), 0, 0, InterpolationFlags.Area);
        }));
        return cut;
    }

    private static XElement Rectangle(BoxEdges box, string color, double thickness, string? dashes, double opacity) => Shape(
        "rect",
        new XAttribute("x", Text(box.X1)), new XAttribute("y", Text(box.Y1)),
        new XAttribute("width", Text(Math.Max(0, box.X2 - box.X1))), new XAttribute("height", Text(Math.Max(0, box.Y2 - box.Y1))),
        new XAttribute("fill", "none"), new XAttribute("stroke", color), new XAttribute("stroke-width", Text(thickness)),
        opacity == 1 ? null : new XAttribute("stroke-opacity", Text(opacity)),
        dashes is null ? null : new XAttribute("stroke-dasharray", dashes));

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
