// Annotations and detections that lie in files, whoever made them: COCO's JSON or Pascal VOC's XML and result files, in one form for every protocol.
using System.Collections.Immutable;
using System.Globalization;
using System.Xml;

namespace Detection.Runtime;

/// <summary>A box of a file, both as edges and as corner and extent: the file has one of them, and computing it back from the other would lose its last digit.</summary>
/// <param name="Extent">Corner and extent.</param>
/// <param name="Edges">Edges.</param>
public readonly record struct FileBox(CocoBox Extent, BoxEdges Edges)
{
    /// <summary>A box given by corner and extent.</summary>
    public static FileBox Of(CocoBox box) => new(box, new BoxEdges(box.X, box.Y, box.X + box.Width, box.Y + box.Height));

    /// <summary>A box given by its edges.</summary>
    public static FileBox Of(BoxEdges box) => new(new CocoBox(box.X1, box.Y1, box.X2 - box.X1, box.Y2 - box.Y1), box);
}

/// <summary>An annotated object of a file.</summary>
/// <param name="Image">Position of its image.</param>
/// <param name="Class">Position of its class.</param>
/// <param name="Box">Its box.</param>
/// <param name="Area">Area in square pixels that tells its size class; of its mask where the file knows it.</param>
/// <param name="Difficult">Marked as difficult (VOC).</param>
/// <param name="Crowd">Marked as a crowd (COCO).</param>
public readonly record struct FileObject(int Image, int Class, FileBox Box, double Area, bool Difficult, bool Crowd);

/// <summary>The annotations of files: image names, classes and objects.</summary>
/// <param name="ImageNames">Names of the images: VOC's file names without ending, COCO's numbers.</param>
/// <param name="Classes">The classes; VOC's are numbered from 1 in ordinal order.</param>
/// <param name="Objects">The objects.</param>
public sealed record AnnotationFiles(ImmutableArray<string> ImageNames, ImmutableArray<CocoCategory> Classes, ImmutableArray<FileObject> Objects)
{
    /// <summary>Reads a COCO annotation file, or a folder of Pascal VOC annotations.</summary>
    /// <param name="path">A JSON file; or a folder with <c>Annotations/*.xml</c>, or of the XML files themselves.</param>
    /// <param name="split">For a VOC folder: the list in <c>ImageSets/Main</c> that names the images; all annotated ones when null.</param>
    /// <exception cref="DatasetException">Something cannot be read; the message names the file.</exception>
    public static AnnotationFiles Read(string path, string? split = null) =>
        Directory.Exists(path) ? ReadVoc(path, split)
        : File.Exists(path) ? ReadCoco(path)
        : throw new DatasetException($"{path}: there is no such file or folder.");

    /// <summary>File names of the images, as the annotations have them, with their endings where they are known; empty when there are none.</summary>
    public ImmutableArray<string> FileNames { get; init; } = [];

    /// <summary>The annotations of a data set in memory.</summary>
    /// <param name="dataset">The data set; images are called by their files.</param>
    public static AnnotationFiles Of(DetectionDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new AnnotationFiles(
            [.. dataset.Samples.Select(sample => Path.GetFileNameWithoutExtension(sample.ImagePath))],
            [.. dataset.ClassNames.Select((name, i) => new CocoCategory(dataset.ClassIds?.GetValueOrDefault(name, i + 1) ?? i + 1, name))],
            [
                .. from numbered in dataset.Samples.Select((sample, i) => (sample, i))
                   from box in numbered.sample.Boxes
                   let place = FileBox.Of((BoxEdges)box.Box)
                   select new FileObject(numbered.i, box.ClassIndex, place, box.Area ?? place.Extent.Area, box.Difficult, box.Crowd),
            ]) { FileNames = [.. dataset.Samples.Select(sample => sample.ImagePath)] };
    }

    /// <summary>The image files in a folder, or in those that data sets keep theirs in, below it.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>One path per image, null where there is no such file.</returns>
    /// <exception cref="DatasetException">There is no such folder.</exception>
    public ImmutableArray<string?> FindImages(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetException($"{folder}: there is no such folder.");
        }
        string[] folders = [folder, Path.Combine(folder, "JPEGImages"), Path.Combine(folder, "images")];
        string[] files = [.. folders.SelectMany(DatasetFolder.Images)];
        var (byFile, byName) = (new ImageIndex(files, Path.GetFileName), new ImageIndex(files, Path.GetFileNameWithoutExtension));
        return [.. ImageNames.Select((name, i) => (FileNames.IsEmpty ? null : byFile.Find(Path.GetFileName(FileNames[i]))) ?? byName.Find(name))];
    }

    /// <summary>As COCO's protocol takes it; difficult objects count as crowds do.</summary>
    public CocoGroundTruth ToCoco() => new(
        [.. ImageNames.Select((_, i) => (long)i)], Classes, [.. Objects.Select(o => new CocoObject(o.Image, Classes[o.Class].Id, o.Box.Extent, o.Area, o.Crowd || o.Difficult))]);

    /// <summary>As VOC's protocol takes it; crowds count as difficult objects do.</summary>
    /// <param name="includeCrowds">Whether crowds are there at all.</param>
    public IReadOnlyList<LabelledObject> ToVoc(bool includeCrowds = true) => [.. Objects.Where(o => includeCrowds || !o.Crowd).Select(o => new LabelledObject(o.Image, o.Class, o.Box.Edges, o.Difficult || o.Crowd))];

    private static AnnotationFiles ReadCoco(string path)
    {
        var truth = CocoFiles.ReadGroundTruth(path);
        var images = truth.ImageIds.Order().ToImmutableArray();
        var places = images.Select((id, i) => (id, i)).ToDictionary(e => e.id, e => e.i);
        var classes = truth.Categories.Select((c, i) => (c.Id, i)).ToDictionary(e => e.Id, e => e.i);
        return new AnnotationFiles(
            [.. images.Select(id => id.ToString(CultureInfo.InvariantCulture))], truth.Categories,
            [.. truth.Objects.Select(o => new FileObject(places[o.ImageId], classes[o.CategoryId], FileBox.Of(o.Box), o.Area, false, o.Crowd))])
        {
            FileNames = [.. images.Select(id => truth.FileNames.GetValueOrDefault(id, ""))],
        };
    }

    private static AnnotationFiles ReadVoc(string folder, string? split)
    {
        var annotations = Directory.Exists(VocFolder.Annotations(folder)) ? VocFolder.Annotations(folder) : folder;
        var names = split is null
            ? [.. Directory.EnumerateFiles(annotations, "*.xml").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)]
            : Listed(Path.Combine(VocFolder.ImageSets(folder), split + ".txt"));
        if (names.Length == 0)
        {
            throw new DatasetException($"{annotations}: there are no annotations (*.xml).");
        }
        var found = new List<(int Image, AnnotatedObject Object)>();
        for (var i = 0; i < names.Length; i++)
        {
            var file = Path.Combine(annotations, names[i] + ".xml");
            try
            {
                found.AddRange(VocFolder.ReadXml(file).Objects.Select(o => (i, o)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException or FormatException)
            {
                throw new DatasetException($"{file}: the file cannot be read: {e.Message}", e);
            }
        }
        var classes = found.Select(f => f.Object.ClassName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return new AnnotationFiles(
            [.. names],
            [.. classes.Select((name, i) => new CocoCategory(i + 1, name))],
            [.. found.Select(f =>
            {
                var o = f.Object;
                var box = FileBox.Of(new BoxEdges(o.X1, o.Y1, o.X2, o.Y2));
                return new FileObject(f.Image, Array.BinarySearch(classes, o.ClassName, StringComparer.Ordinal), box, box.Extent.Area, o.Difficult, o.Crowd);
            })]);
    }

    private static string[] Listed(string file)
    {
        if (!File.Exists(file))
        {
            throw new DatasetException($"{file}: there is no such list of images.");
        }
        return [.. DatasetFolder.Lines(file).Select(line => line.Split([' ', '\t'], 2)[0]).Distinct(StringComparer.Ordinal)];
    }
}

/// <summary>A detection of a file.</summary>
/// <param name="Image">Position of its image.</param>
/// <param name="Class">Position of its class.</param>
/// <param name="Score">Higher comes first.</param>
/// <param name="Box">Its box.</param>
public readonly record struct FileDetection(int Image, int Class, double Score, FileBox Box);

/// <summary>The detections of files, in their order.</summary>
/// <param name="Detections">The detections.</param>
/// <param name="OfOtherClasses">Number of those left out because the annotations do not know their class.</param>
public sealed record ResultFiles(ImmutableArray<FileDetection> Detections, int OfOtherClasses)
{
    /// <summary>
    /// Reads a COCO result file (<c>*.json</c>), or Pascal VOC result files: one text file per class, whose name ends in the class
    /// (<c>comp4_det_test_cat.txt</c>), a line per detection: image, score, and the edges left, top, right, bottom.
    /// </summary>
    /// <param name="path">The file, or a folder of VOC result files.</param>
    /// <param name="annotations">The images and classes.</param>
    /// <exception cref="DatasetException">Something cannot be read or does not fit the annotations; the message names file and line.</exception>
    public static ResultFiles Read(string path, AnnotationFiles annotations)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        var images = annotations.ImageNames.Select((name, i) => (name, i)).ToDictionary(e => e.name, e => e.i, StringComparer.Ordinal);
        if (Directory.Exists(path))
        {
            string[] files = [.. Directory.EnumerateFiles(path, "*.txt").Order(StringComparer.Ordinal)];
            return files.Length == 0
                ? throw new DatasetException($"{path}: there are no result files (*.txt).")
                : ReadVoc(files, annotations, images);
        }
        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: there is no such file or folder.");
        }
        return Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) ? ReadCoco(path, annotations, images) : ReadVoc([path], annotations, images);
    }

    /// <summary>Detections in memory.</summary>
    /// <param name="detections">What was found in each image, in their order.</param>
    public static ResultFiles Of(IReadOnlyList<ImageDetections> detections)
    {
        ArgumentNullException.ThrowIfNull(detections);
        return new ResultFiles(
            [.. detections.SelectMany((image, i) => image.Objects.Select(o => new FileDetection(i, o.ClassIndex, o.Score, FileBox.Of((BoxEdges)o.Box))))], 0);
    }

    /// <summary>As COCO's protocol takes them.</summary>
    /// <param name="annotations">The images and classes.</param>
    public IReadOnlyList<CocoDetection> ToCoco(AnnotationFiles annotations) =>
        [.. Detections.Select(d => new CocoDetection(d.Image, annotations.Classes[d.Class].Id, d.Box.Extent, d.Score))];

    /// <summary>As VOC's protocol takes them.</summary>
    public IReadOnlyList<ScoredDetection> ToVoc() => [.. Detections.Select(d => new ScoredDetection(d.Image, d.Class, d.Score, d.Box.Edges))];

    private static ResultFiles ReadCoco(string path, AnnotationFiles annotations, Dictionary<string, int> images)
    {
        var classes = annotations.Classes.Select((c, i) => (c.Id, i)).ToDictionary(e => e.Id, e => e.i);
        var others = 0;
        var places = new Dictionary<long, int>();
        var found = ImmutableArray.CreateBuilder<FileDetection>();
        foreach (var item in CocoFiles.ReadDetections(path))
        {
            if (!places.TryGetValue(item.ImageId, out var image))
            {
                var name = item.ImageId.ToString(CultureInfo.InvariantCulture);
                image = images.TryGetValue(name, out var place) ? place : throw new DatasetException($"{path}: there are detections in image {name}, which the annotations do not list.");
                places.Add(item.ImageId, image);
            }
            if (classes.TryGetValue(item.CategoryId, out var index))
            {
                found.Add(new FileDetection(image, index, item.Score, FileBox.Of(item.Box)));
            }
            else
            {
                others++;
            }
        }
        return new ResultFiles(found.ToImmutable(), others);
    }

    private static ResultFiles ReadVoc(string[] files, AnnotationFiles annotations, Dictionary<string, int> images)
    {
        var found = ImmutableArray.CreateBuilder<FileDetection>();
        var others = 0;
        foreach (var file in files)
        {
            var index = ClassOf(Path.GetFileNameWithoutExtension(file), annotations.Classes);
            var number = 0;
            foreach (var line in File.ReadLines(file))
            {
                number++;
                if (string.IsNullOrWhiteSpace(line))
                {
                    continue;
                }
                if (index < 0)
                {
                    others++;
                    continue;
                }
                var (name, score, edges) = ReadLine(file, number, line);
                if (!images.TryGetValue(name, out var image))
                {
                    throw new DatasetException($"{file}: line {number} is of image '{name}', which the annotations do not list.");
                }
                found.Add(new FileDetection(image, index, score, FileBox.Of(edges)));
            }
        }
        return new ResultFiles(found.ToImmutable(), others);
    }

    /// <summary>Reads a line of a VOC result file: image, score, left, top, right, bottom.</summary>
    /// <exception cref="DatasetException">It is something else; the message names file and line.</exception>
    internal static (string Image, double Score, BoxEdges Edges) ReadLine(string file, int number, string line)
    {
        var parts = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var values = new double[5];
        for (var i = 0; i < 5; i++)
        {
            if (parts.Length != 6 || !double.TryParse(parts[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]) || double.IsNaN(values[i]))
            {
                throw new DatasetException($"{file}: line {number} is not an image's name, a score and four edges: '{line}'.");
            }
        }
        return (parts[0], values[0], new BoxEdges(values[1], values[2], values[3], values[4]));
    }

    // A class's name may hold underscores itself: the longest that fits.
    private static int ClassOf(string fileName, ImmutableArray<CocoCategory> classes)
    {
        var best = -1;
        for (var i = 0; i < classes.Length; i++)
        {
            var name = classes[i].Name;
            if ((fileName == name || fileName.EndsWith("_" + name, StringComparison.Ordinal)) && (best < 0 || name.Length > classes[best].Name.Length))
            {
                best = i;
            }
        }
        return best;
    }
}
