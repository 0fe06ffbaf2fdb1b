// The data set that needs nothing: images drawn by us, with exact boxes, in a VOC folder like any other set.
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Detection.Runtime;

/// <summary>
/// Rendered images of balls, fish, flowers, houses and stars, varied in size, shape, colour, direction, light and noise, overlapping and amid
/// clutter: a fair test of a detector without anybody's photos. Image i of a seed is always the same.
/// </summary>
public static class RenderedDataset
{
    // Every fourth image is for validation.
    private const int ValidationStep = 4;

    /// <summary>ball, fish, flower, house, star.</summary>
    public static ImmutableArray<string> ClassNames { get; } = ["ball", "fish", "flower", "house", "star"];

    /// <summary>Draws one image.</summary>
    /// <param name="index">Number of the image, from 0.</param>
    /// <param name="seed">Seed of the data set.</param>
    /// <param name="width">Columns, at least 32.</param>
    /// <param name="height">Rows, at least 32.</param>
    /// <returns>The image and its objects; boxes are tight around what would be seen of a thing if nothing lay on top of it.</returns>
    public static (RgbImage Image, ImmutableArray<GroundTruthBox> Boxes) Render(int index, long seed, int width = 320, int height = 240)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 32);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 32);
        return RenderedScene.Draw(width, height, new RandomStream(seed, index));
    }

    /// <summary>
    /// Writes a VOC folder: JPEGImages, Annotations, ImageSets/Main with the splits train, val (every fourth image) and trainval, classes.txt.
    /// The lists of the splits come last, so that an interrupted folder has none.
    /// </summary>
    /// <param name="folder">Is created where it is missing; files of the same names are replaced.</param>
    /// <param name="images">Number of images, at least 1.</param>
    /// <param name="seed">Seed of the data set.</param>
    /// <param name="width">Columns, at least 32.</param>
    /// <param name="height">Rows, at least 32.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(string folder, int images, long seed, int width = 320, int height = 240)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 32);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 32);
        string Subfolder(params string[] parts) => Directory.CreateDirectory(Path.Combine([folder, .. parts])).FullName;
        var (pictures, annotations, lists) = (Subfolder("JPEGImages"), Subfolder("Annotations"), Subfolder("ImageSets", "Main"));
        try
        {
            Parallel.For(0, images, index =>
            {
                var (image, boxes) = Render(index, seed, width, height);
                var name = NameOf(index);
                image.Save(Path.Combine(pictures, name + ".jpg"));
                WriteText(Path.Combine(annotations, name + ".xml"), Annotation(name, image, boxes));
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is IOException))
        {
            // A full disk stops every thread with the same words.
            throw new IOException(e.InnerExceptions[0].Message, e);
        }
        WriteText(Path.Combine(folder, "classes.txt"), string.Concat(ClassNames.Select(name => name + "\n")));
        foreach (var (split, chosen) in new (string, Func<int, bool>)[]
        {
            ("trainval", _ => true),
            ("train", index => index % ValidationStep != ValidationStep - 1),
            ("val", index => index % ValidationStep == ValidationStep - 1),
        })
        {
            WriteText(Path.Combine(lists, split + ".txt"), string.Concat(Enumerable.Range(0, images).Where(chosen).Select(index => NameOf(index) + "\n")));
        }
    }

    private static string NameOf(int index) => index.ToString("000000", CultureInfo.InvariantCulture);

    private static void WriteText(string file, string text) => AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(text)), durable: false);

    private static string Annotation(string name, RgbImage image, ImmutableArray<GroundTruthBox> boxes)
    {
        var objects = boxes.Select(box => FormattableString.Invariant($"""
              <object>
                <name>{ClassNames[box.ClassIndex]}</name>
                <difficult>{(box.Difficult ? 1 : 0)}</difficult>
                <bndbox><xmin>{box.Box.X1}</xmin><ymin>{box.Box.Y1}</ymin><xmax>{box.Box.X2}</xmax><ymax>{box.Box.Y2}</ymax></bndbox>
              </object>

            """));
        return FormattableString.Invariant($"""
            <annotation>
              <filename>{name}.jpg</filename>
              <size><width>{image.Width}</width><height>{image.Height}</height><depth>3</depth></size>
            {string.Concat(objects)}</annotation>

            """);
    }
}
