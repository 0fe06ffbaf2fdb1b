// YOLO folders: images, and beside them text files with a line per object: class index, centre, width and height as fractions.
using System.Globalization;

namespace Detection.Runtime;

/// <summary>Reads YOLO folders in the layouts that are about.</summary>
internal static class YoloFolder
{
    /// <summary>Where a split's images may lie: folders and lists of files, relative to the folder.</summary>
    public static string[] Candidates(string split) => [$"images/{split}/", $"{split}/images/", $"{split}.txt (beside images/)"];

    /// <summary>The image files of a split and where they were found; null when the folder has none of the layouts.</summary>
    public static (string[] Images, string Where)? Find(string folder, string split)
    {
        // Roboflow writes "valid" where others write "val".
        string[] spellings = split == "val" ? ["val", "valid"] : [split];
        foreach (var name in spellings)
        {
            foreach (var (images, labels) in new[] { ($"images/{name}", $"labels/{name}"), ($"{name}/images", $"{name}/labels") })
            {
                if (Directory.Exists(Path.Combine(folder, images)) && Directory.Exists(Path.Combine(folder, labels)))
                {
                    return (DatasetFolder.Images(Path.Combine(folder, images)), $"{images} and {labels}");
                }
            }
            var list = Path.Combine(folder, name + ".txt");
            if (Directory.Exists(Path.Combine(folder, "images")) && Directory.Exists(Path.Combine(folder, "labels")) && File.Exists(list))
            {
                return ([.. DatasetFolder.Lines(list).Select(line => Resolve(folder, line))], $"images, labels and {name}.txt");
            }
        }
        return null;
    }

    public static AnnotatedFolder Read(string folder, IReadOnlyList<string> images)
    {
        var names = YoloNames.Read(folder);
        var problems = new List<DataProblem>();
        var annotated = new List<AnnotatedImage>();
        foreach (var image in images)
        {
            var file = LabelFile(image);
            // YOLO's rule: an image of background alone needs no file.
            var objects = File.Exists(file) ? ReadLabels(file, names, problems) : [];
            annotated.Add(new AnnotatedImage(file, image, objects) { InFractions = true });
        }
        return new AnnotatedFolder(annotated, names, problems);
    }

    // Lists name files relative to the folder, to its images or with a path of their own, and sometimes without an ending.
    private static string Resolve(string folder, string line)
    {
        string[] places = [Path.Combine(folder, line), Path.Combine(folder, "images", line)];
        return places.FirstOrDefault(File.Exists)
            ?? places.SelectMany(place => new[] { ".jpg", ".png", ".jpeg", ".JPG" }, (place, ending) => place + ending).FirstOrDefault(File.Exists)
            ?? places[0];
    }

    // The last folder called images becomes labels.
    private static string LabelFile(string image)
    {
        var parts = image.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        var at = Array.LastIndexOf(parts, "images", parts.Length - 2);
        if (at >= 0)
        {
            parts[at] = "labels";
        }
        return Path.ChangeExtension(string.Join(Path.DirectorySeparatorChar, parts), ".txt");
    }

    private static List<AnnotatedObject> ReadLabels(string file, IReadOnlyList<string> names, List<DataProblem> problems)
    {
        var objects = new List<AnnotatedObject>();
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new DataProblem(file, $"the file cannot be read: {e.Message} The image counts as one without objects.", Skipped: true));
            return objects;
        }
        for (var i = 0; i < lines.Length; i++)
        {
            var fields = lines[i].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (fields.Length == 0)
            {
                continue;
            }
            var numbers = fields.Select(Number).ToArray();
            // A sixth number is a confidence that some tools add; more are a polygon.
            if (numbers.Length is not (5 or 6) || numbers.Any(double.IsNaN) || numbers[0] != Math.Floor(numbers[0]) || numbers[0] is < 0 or > 1e6)
            {
                problems.Add(new DataProblem(
                    file, $"line {i + 1}: '{lines[i].Trim()}' is not a class index and a box (centre x, centre y, width, height); it is left out.",
                    Skipped: true, Boxes: 1));
                continue;
            }
            var index = (int)numbers[0];
            var (x, y, width, height) = (numbers[1], numbers[2], numbers[3], numbers[4]);
            var name = index < names.Count ? names[index] : index.ToString(CultureInfo.InvariantCulture);
            objects.Add(new AnnotatedObject(name, x - width / 2, y - height / 2, x + width / 2, y + height / 2));
        }
        return objects;
    }

    private static double Number(string field) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
}
