// Small data sets written for a test: images of noise with VOC, COCO or YOLO annotations.
using System.Globalization;

namespace Detection.Runtime.Tests;

internal static class SmallDatasets
{
    public static string Save(RgbImage image, params string[] path)
    {
        var file = Path.Combine(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        image.Save(file);
        return file;
    }

    public static string WriteText(string text, params string[] path)
    {
        var file = Path.Combine(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    public static RgbImage Noise(int width, int height, int seed = 1)
    {
        var image = new RgbImage(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    public static string Object(string name, double x1, double y1, double x2, double y2, bool difficult = false)
    {
        var box = FormattableString.Invariant($"<xmin>{x1}</xmin><ymin>{y1}</ymin><xmax>{x2}</xmax><ymax>{y2}</ymax>");
        return $"<object><name>{name}</name><difficult>{(difficult ? 1 : 0)}</difficult><bndbox>{box}</bndbox></object>";
    }

    public static string Annotation(int width, int height, params string[] objects) =>
        $"<annotation><size><width>{width}</width><height>{height}</height><depth>3</depth></size>{string.Concat(objects)}</annotation>";

    /// <summary>One image of a VOC folder, and its name at the end of a split's list.</summary>
    public static void AddVoc(string folder, string split, string name, RgbImage image, params string[] objects)
    {
        Save(image, folder, "JPEGImages", name + ".png");
        WriteText(Annotation(image.Width, image.Height, objects), folder, "Annotations", name + ".xml");
        List(folder, split, name);
    }

    public static void List(string folder, string split, string name)
    {
        Directory.CreateDirectory(Path.Combine(folder, "ImageSets", "Main"));
        File.AppendAllText(Path.Combine(folder, "ImageSets", "Main", split + ".txt"), name + "\n");
    }

    /// <summary>A data set of so many small images, each with up to three boxes, in a VOC folder.</summary>
    public static DetectionDataset WriteVoc(string folder, int images, int width = 40, int height = 30)
    {
        var random = new Random(images);
        for (var i = 0; i < images; i++)
        {
            var objects = Enumerable.Range(0, i % 4).Select(_ =>
            {
                var (x, y) = (random.Next(width - 12), random.Next(height - 12));
                return Object(random.Next(2) == 0 ? "cat" : "dog", x, y, x + random.Next(2, 12), y + random.Next(2, 12));
            });
            AddVoc(folder, "train", i.ToString("000", CultureInfo.InvariantCulture), Noise(width, height, i), [.. objects]);
        }
        return DetectionDatasets.Load(folder, "train", ["cat", "dog"]);
    }
}
