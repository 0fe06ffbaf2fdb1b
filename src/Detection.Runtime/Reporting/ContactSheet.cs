// Augmentations of several images on one page: a row for each image, a column for each step.
using System.Collections.Immutable;
using System.Text;
using static Detection.Runtime.HtmlPage;

namespace Detection.Runtime;

/// <summary>A picture of a contact sheet.</summary>
/// <param name="Step">The step.</param>
/// <param name="Drawn">What was drawn for it.</param>
/// <param name="File">File name of the picture, beside the page.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Boxes">Objects that are left.</param>
public sealed record ContactPicture(string Step, string Drawn, string File, int Width, int Height, int Boxes);

/// <summary>Pages of augmented images.</summary>
public static class ContactSheet
{
    /// <summary>Writes augmented images: a JPEG file for each step, and <c>index.html</c> with all of them.</summary>
    /// <param name="folder">The folder; made when it is not there. Files of the same names are replaced.</param>
    /// <param name="title">Heading of the page.</param>
    /// <param name="samples">The images, see <see cref="AugmentationPreview"/>.</param>
    /// <returns>The pictures of each image.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static ImmutableArray<(string ImagePath, ImmutableArray<ContactPicture> Pictures)> Write(string folder, string title, IEnumerable<AugmentedSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        Directory.CreateDirectory(folder);
        var rows = ImmutableArray.CreateBuilder<(string, ImmutableArray<ContactPicture>)>();
        foreach (var sample in samples)
        {
            var pictures = ImmutableArray.CreateBuilder<ContactPicture>();
            foreach (var step in sample.Steps)
            {
                var file = FormattableString.Invariant($"{rows.Count + 1:D3}-{pictures.Count}-{step.Name}.jpg");
                step.Picture.Save(Path.Combine(folder, file));
                pictures.Add(new ContactPicture(step.Name, step.Drawn, file, step.Picture.Width, step.Picture.Height, step.Boxes));
            }
            rows.Add((sample.ImagePath, pictures.ToImmutable()));
        }
        var page = Encoding.UTF8.GetBytes(Text(
            title,
            Element("h1", title),
            rows.Select(row => Section(
                Path.GetFileName(row.Item1),
                Styled("div", "steps", row.Item2.Select(picture => Element(
                    "figure",
                    Element(
                        "img", new System.Xml.Linq.XAttribute("src", picture.File), new System.Xml.Linq.XAttribute("alt", picture.Step),
                        new System.Xml.Linq.XAttribute("width", picture.Width), new System.Xml.Linq.XAttribute("height", picture.Height)),
                    Element(
                        "figcaption", Element("b", picture.Step), FormattableString.Invariant($" {picture.Drawn}; {picture.Boxes} {(picture.Boxes == 1 ? "object" : "objects")}")))))))));
        AtomicFile.Write(Path.Combine(folder, "index.html"), stream => stream.Write(page), durable: false);
        return rows.ToImmutable();
    }
}
