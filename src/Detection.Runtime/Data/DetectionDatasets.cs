// The way into data on disk: recognises the format of a folder, reads one split and says what was taken and why.
namespace Detection.Runtime;

/// <summary>Loads data sets from folders.</summary>
public static class DetectionDatasets
{
    /// <summary>
    /// Reads one split of a folder. Formats are looked for in the order VOC, COCO, YOLO. Every image file is read once and checked to be whole,
    /// without decoding it; those that are not are left out and reported, as are boxes that cannot be used.
    /// </summary>
    /// <param name="folder">The data set.</param>
    /// <param name="split">Name of the split, as in <c>train</c> or <c>val</c>.</param>
    /// <param name="classNames">
    /// The classes in the order of the model's outputs; objects of other classes are left out and reported. When null: those that the folder
    /// declares (classes.txt, categories, names), else those that its annotations use, in ordinal order.
    /// </param>
    /// <param name="format">Read this format; recognised when null.</param>
    /// <exception cref="DatasetException">
    /// There is no data set that could be used; the message names the file, or lists what was looked for.
    /// </exception>
    public static DetectionDataset Load(string folder, string split, IReadOnlyList<string>? classNames = null, DatasetFormat? format = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(split);
        if (!Directory.Exists(folder))
        {
            throw new DatasetException($"{folder}: there is no such folder.");
        }
        var (found, origin) = Recognize(folder, split, format);
        if (classNames is { Count: 0 } || classNames?.Distinct(StringComparer.Ordinal).Count() < classNames?.Count)
        {
            throw new ArgumentException("Class names are at least one and differ.", nameof(classNames));
        }
        var names = classNames ?? [.. found.ClassNames.Distinct(StringComparer.Ordinal)];
        if (found.Images.Count == 0 && found.Problems.Count == 0)
        {
            throw new DatasetException($"{folder}: the split '{split}' has no images ({origin}).");
        }
        if (names.Count == 0)
        {
            throw new DatasetException($"{folder}: the annotations name no class ({origin}).");
        }
        var dataset = DatasetAssembly.Build(found, names, origin);
        if (dataset.Samples.IsEmpty)
        {
            throw new DatasetException($"{folder}: none of the images of the split '{split}' can be used ({origin}); the first problem: {dataset.Problems[0]}");
        }
        if (dataset.Samples.All(sample => sample.Boxes.IsEmpty) && dataset.Problems.FirstOrDefault(problem => problem.Boxes > 0) is { } first)
        {
            throw new DatasetException($"{folder}: none of the boxes of the split '{split}' can be used ({origin}); the first problem: {first}");
        }
        return dataset;
    }

    private static (AnnotatedFolder Found, string Origin) Recognize(string folder, string split, DatasetFormat? format)
    {
        if ((format is null or DatasetFormat.Voc) && Directory.Exists(VocFolder.Annotations(folder)) && Directory.Exists(VocFolder.ImageSets(folder)))
        {
            if (File.Exists(Path.Combine(VocFolder.ImageSets(folder), split + ".txt")))
            {
                return (VocFolder.Read(folder, split), $"VOC: Annotations and ImageSets/Main/{split}.txt are there");
            }
            if (format == DatasetFormat.Voc || !HasOther(folder, split))
            {
                throw new DatasetException($"{folder}: a VOC folder without the split '{split}': {OtherSplits(folder, split)}");
            }
        }
        if (format is null or DatasetFormat.Coco)
        {
            var file = CocoJson.Candidates(split).FirstOrDefault(candidate => File.Exists(Path.Combine(folder, candidate)));
            if (file is not null)
            {
                return (CocoJson.Read(folder, split, Path.Combine(folder, file)), $"COCO: {file} is there");
            }
        }
        if ((format is null or DatasetFormat.Yolo) && YoloFolder.Find(folder, split) is var (images, where))
        {
            return (YoloFolder.Read(folder, images), $"YOLO: {where} are there");
        }
        throw new DatasetException($"""
            {folder}: no data set with a split '{split}' was recognised. Looked for
              VOC:  Annotations/, JPEGImages/ and ImageSets/Main/{split}.txt
              COCO: {string.Join(" or ", CocoJson.Candidates(split))}
              YOLO: {string.Join(" or ", YoloFolder.Candidates(split))}, with labels/ likewise and classes.txt or data.yaml
            """);
    }

    private static bool HasOther(string folder, string split) =>
        CocoJson.Candidates(split).Any(candidate => File.Exists(Path.Combine(folder, candidate))) || YoloFolder.Find(folder, split) is not null;

    private static string OtherSplits(string folder, string split)
    {
        var lists = Directory.EnumerateFiles(VocFolder.ImageSets(folder), "*.txt");
        string[] splits = [.. lists.Select(list => Path.GetFileNameWithoutExtension(list)).Order(StringComparer.Ordinal)];
        return NameSuggestions.For(split, splits) switch
        {
            [var close, ..] => $"did you mean '{close}'?",
            _ when splits.Length == 0 => "ImageSets/Main has no lists at all.",
            _ => $"there are {string.Join(", ", splits)}.",
        };
    }
}
