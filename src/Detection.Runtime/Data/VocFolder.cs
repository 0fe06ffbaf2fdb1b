// Pascal VOC folders: Annotations/*.xml beside JPEGImages, and lists of names in ImageSets/Main.
using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Detection.Runtime;

/// <summary>
/// Reads a VOC folder. Numbers are taken as edges in pixels, as today's annotation tools write them (and COCO conversions of VOC data do);
/// the original devkit counts pixels from 1, both ends included, which differs by one pixel at the left and top.
/// </summary>
internal static class VocFolder
{
    public static string Annotations(string folder) => Path.Combine(folder, "Annotations");

    public static string ImageSets(string folder) => Path.Combine(folder, "ImageSets", "Main");

    public static AnnotatedFolder Read(string folder, string split)
    {
        var images = new ImageIndex(DatasetFolder.Images(Path.Combine(folder, "JPEGImages")), Path.GetFileNameWithoutExtension);
        var annotated = new List<AnnotatedImage>();
        var problems = new List<DataProblem>();
        var list = Path.Combine(ImageSets(folder), split + ".txt");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in DatasetFolder.Lines(list))
        {
            // Lists of one class have 1, 0 or -1 behind the name.
            var name = images.Find(line) is null ? line.Split([' ', '\t'], 2)[0] : line;
            if (!names.Add(name))
            {
                problems.Add(new DataProblem(list, $"lists '{name}' more than once; it counts once.", Skipped: false));
                continue;
            }
            var file = Path.Combine(Annotations(folder), name + ".xml");
            try
            {
                var (image, size, objects) = ReadXml(file);
                var path = images.Find(name) ?? images.Find(Path.GetFileNameWithoutExtension(image));
                if (path is null)
                {
                    problems.Add(new DataProblem(
                        file, $"has no image '{name}' in JPEGImages (.jpg, .jpeg, .png, .bmp or .webp); it is left out.", Skipped: true));
                    continue;
                }
                annotated.Add(new AnnotatedImage(file, path, objects) { Width = size.Width, Height = size.Height });
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException or FormatException)
            {
                var reason = e is FileNotFoundException ? $"is listed in {split}.txt, but there is no such file." : $"the file cannot be read: {e.Message}";
                problems.Add(new DataProblem(file, $"{reason} The image is left out.", Skipped: true));
            }
        }
        return new AnnotatedFolder(annotated, DatasetFolder.ClassNames(folder) ?? UsedNames(folder), problems);
    }

    // All files, not those of the split alone: splits must agree on the classes.
    private static string[] UsedNames(string folder)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Annotations(folder), "*.xml"))
        {
            try
            {
                names.UnionWith(ReadXml(file).Objects.Select(found => found.ClassName));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException or FormatException)
            {
                // Reported where the split lists it.
            }
        }
        return [.. names];
    }

    /// <summary>Reads one annotation file.</summary>
    internal static (string Image, (int Width, int Height) Size, List<AnnotatedObject> Objects) ReadXml(string file)
    {
        using var text = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        var cautious = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 1 << 26 };
        using var reader = XmlReader.Create(text, cautious);
        var root = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
        if (root.Name.LocalName != "annotation")
        {
            throw new FormatException($"its outermost element is <{root.Name.LocalName}>, not <annotation>.");
        }
        var objects = new List<AnnotatedObject>();
        foreach (var element in root.Elements("object"))
        {
            var name = element.Element("name")?.Value.Trim();
            if (string.IsNullOrEmpty(name) || element.Element("bndbox") is not { } box)
            {
                throw new FormatException($"line {((IXmlLineInfo)element).LineNumber}: an object needs <name> and <bndbox>.");
            }
            objects.Add(new AnnotatedObject(name, Number(box, "xmin"), Number(box, "ymin"), Number(box, "xmax"), Number(box, "ymax"))
            {
                Difficult = element.Element("difficult")?.Value.Trim() == "1",
            });
        }
        var size = root.Element("size");
        return (root.Element("filename")?.Value.Trim() ?? "", (Pixels(size?.Element("width")), Pixels(size?.Element("height"))), objects);
    }

    private static double Number(XElement box, string name)
    {
        var element = box.Element(name) ?? throw new FormatException($"line {((IXmlLineInfo)box).LineNumber}: <bndbox> needs <{name}>.");
        return double.TryParse(element.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"line {((IXmlLineInfo)element).LineNumber}: <{name}> holds '{element.Value}', not a number.");
    }

    // Tools write 0 for a size they do not know; the image says it anyway.
    private static int Pixels(XElement? element) =>
        double.TryParse(element?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 1 and < int.MaxValue ? (int)value : 0;
}
