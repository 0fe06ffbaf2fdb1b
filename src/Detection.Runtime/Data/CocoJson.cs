// COCO annotations: one JSON file per split, images in any of the usual folders beside it.
using System.Text.Json;

namespace Detection.Runtime;

/// <summary>Reads COCO's instances files; bbox is [x, y, width, height] in pixels.</summary>
internal static class CocoJson
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Where a split's annotations may lie, relative to the folder.</summary>
    public static string[] Candidates(string split) =>
        [$"coco/instances_{split}.json", $"annotations/instances_{split}.json", $"{split}/_annotations.coco.json"];

    public static AnnotatedFolder Read(string folder, string split, string file)
    {
        var content = Parse(file);
        var categories = content.Categories ?? throw Malformed(file, "has no list 'categories'.");
        var images = content.Images ?? throw Malformed(file, "has no list 'images'.");
        if (categories.Contains(null!) || images.Contains(null!) || content.Annotations?.Contains(null!) == true)
        {
            throw Malformed(file, "one of its lists holds null.");
        }
        var names = new Dictionary<long, string>();
        foreach (var category in categories)
        {
            if (string.IsNullOrWhiteSpace(category.Name) || !names.TryAdd(category.Id, category.Name))
            {
                throw Malformed(file, $"category {category.Id} has no name or comes twice.");
            }
        }
        var problems = new List<DataProblem>();
        var objects = images.GroupBy(image => image.Id).ToDictionary(group => group.Key, _ => new List<AnnotatedObject>());
        if (objects.Count != images.Count)
        {
            throw Malformed(file, "two images have the same id.");
        }
        foreach (var annotation in content.Annotations ?? [])
        {
            var problem = !objects.TryGetValue(annotation.ImageId, out var list) ? $"is of image {annotation.ImageId}, which the file does not list"
                : annotation.Bbox is not { Count: 4 } ? "has no bbox of four numbers"
                : !names.ContainsKey(annotation.CategoryId) ? $"is of category {annotation.CategoryId}, which the file does not list"
                : null;
            if (problem is not null)
            {
                problems.Add(new DataProblem(file, $"annotation {annotation.Id} {problem}; it is left out.", Skipped: true, Boxes: 1));
                continue;
            }
            var box = annotation.Bbox!;
            list!.Add(new AnnotatedObject(names[annotation.CategoryId], box[0], box[1], box[0] + box[2], box[1] + box[3]) 
            {
                Crowd = annotation.Iscrowd == 1,
                Area = annotation.Area,
                Labels = Labels(annotation),
            });
        }
        string[] usual = ["images", $"images/{split}", split, "JPEGImages"];
        string[] folders = [Path.GetDirectoryName(file)!, folder, .. usual.Select(place => Path.Combine(folder, place))];
        folders = [.. folders.Distinct(StringComparer.Ordinal)];
        var index = new ImageIndex(folders.SelectMany(DatasetFolder.Images), Path.GetFileName);
        var annotated = new List<AnnotatedImage>();
        foreach (var image in images)
        {
            var name = image.FileName ?? "";
            var path = folders.Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists) ?? index.Find(Path.GetFileName(name));
            if (path is null)
            {
                var searched = string.Join(", ", folders);
                problems.Add(new DataProblem(
                    file, $"lists the image '{name}', which lies in none of the folders searched ({searched}); it is left out.", Skipped: true));
                continue;
            }
            annotated.Add(new AnnotatedImage($"{file} ({name})", path, objects[image.Id]) { Width = image.Width, Height = image.Height, Id = image.Id });
        }
        return new AnnotatedFolder(annotated, [.. names.OrderBy(entry => entry.Key).Select(entry => entry.Value).Distinct(StringComparer.Ordinal)], problems)
        {
            ClassIds = names.GroupBy(entry => entry.Value, entry => entry.Key).ToDictionary(group => group.Key, group => group.Min()),
        };
    }

    private static Instances Parse(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            return JsonSerializer.Deserialize<Instances>(stream, Options) ?? throw Malformed(file, "holds nothing.");
        }
        catch (JsonException e)
        {
            throw new DatasetException(FormattableString.Invariant($"{file}: is no COCO JSON: {e.Message}"), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{file}: the file cannot be read: {e.Message}", e);
        }
    }

    private static DatasetException Malformed(string file, string problem) => new($"{file}: {problem}");

    private sealed record Instances(List<Category>? Categories, List<Image>? Images, List<Annotation>? Annotations);

    private sealed record Category(long Id, string? Name);

    private sealed record Image(long Id, string? FileName, int Width, int Height);

    // Keypoints are triples x, y, v, where v = 0 says that the point is not labelled. 'points' and 'values' are our own: further labels by name.
    private static Dictionary<string, ObjectLabel>? Labels(Annotation annotation)
    {
        var labels = new Dictionary<string, ObjectLabel>(StringComparer.Ordinal);
        if (annotation.Keypoints is { Count: > 0 } keypoints && keypoints.Count % 3 == 0)
        {
            var points = new float[keypoints.Count / 3 * 2];
            for (var i = 0; i < points.Length / 2; i++)
            {
                var isLabelled = keypoints[3 * i + 2] > 0;
                points[2 * i] = isLabelled ? (float)keypoints[3 * i] : float.NaN;
                points[2 * i + 1] = isLabelled ? (float)keypoints[3 * i + 1] : float.NaN;
            }
            labels["keypoints"] = new ObjectLabel(IsOfImage: true, [.. points]);
        }
        foreach (var (name, values) in annotation.Points ?? [])
        {
            labels[name] = new ObjectLabel(IsOfImage: true, [.. Floats(values)]);
        }
        foreach (var (name, values) in annotation.Values ?? [])
        {
            labels[name] = new ObjectLabel(IsOfImage: false, [.. Floats(values)]);
        }
        return labels.Count == 0 ? null : labels;
    }

    private static IEnumerable<float> Floats(List<double?>? values) => (values ?? []).Select(value => (float)(value ?? double.NaN));

    private sealed record Annotation(long Id, long ImageId, long CategoryId, List<double>? Bbox, double? Area, int Iscrowd)
    {
        public List<double>? Keypoints { get; init; }

        public Dictionary<string, List<double?>?>? Points { get; init; }

        public Dictionary<string, List<double?>?>? Values { get; init; }
    }
}
