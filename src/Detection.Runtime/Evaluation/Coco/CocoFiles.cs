// COCO's files: annotations and results as JSON, read without the pixels.
using System.Collections.Immutable;
using System.Text.Json;

namespace Detection.Runtime;

/// <summary>Reads annotation and result files in COCO's format.</summary>
public static class CocoFiles
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads an annotation file: lists <c>images</c>, <c>categories</c> and <c>annotations</c>. Masks are not read; <c>area</c> tells the size class, the box's where it is absent.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DatasetException">It cannot be read or is not what it should be; the message says where.</exception>
    public static CocoGroundTruth ReadGroundTruth(string path)
    {
        var file = Read<Instances>(path);
        if (file.Images is not { } images || file.Categories is not { } categories)
        {
            throw new DatasetException($"{path}: has no list '{(file.Images is null ? "images" : "categories")}'; annotations in COCO's format have images, categories and annotations.");
        }
        var imageIds = images.Select(i => i.Id).ToImmutableArray();
        var known = imageIds.ToHashSet();
        if (known.Count != imageIds.Length)
        {
            throw new DatasetException($"{path}: image {imageIds.GroupBy(i => i).First(g => g.Count() > 1).Key} comes twice.");
        }
        if (categories.GroupBy(c => c.Id).FirstOrDefault(g => g.Count() > 1) is { } repeated)
        {
            throw new DatasetException($"{path}: category {repeated.Key} comes twice.");
        }
        var names = categories.ToDictionary(c => c.Id, c => c.Name ?? "");
        var objects = ImmutableArray.CreateBuilder<CocoObject>(file.Annotations?.Count ?? 0);
        foreach (var item in file.Annotations ?? [])
        {
            var problem = !known.Contains(item.ImageId) ? $"is of image {item.ImageId}, which the file does not list"
                : !names.ContainsKey(item.CategoryId) ? $"is of category {item.CategoryId}, which the file does not list"
                : item.Bbox is not { Length: 4 } ? "has no bbox of four numbers"
                : null;
            if (problem is not null)
            {
                throw new DatasetException($"{path}: annotation {item.Id} {problem}.");
            }
            var box = Box(item.Bbox!);
            objects.Add(new CocoObject(item.ImageId, item.CategoryId, box, item.Area ?? box.Area, item.Iscrowd == 1));
        }
        return new CocoGroundTruth(imageIds, [.. names.OrderBy(n => n.Key).Select(n => new CocoCategory(n.Key, n.Value))], objects.ToImmutable())
        {
            FileNames = images.Where(i => !string.IsNullOrEmpty(i.FileName)).ToImmutableDictionary(i => i.Id, i => i.FileName!),
        };
    }

    /// <summary>Reads a result file: a list of objects with <c>image_id</c>, <c>category_id</c>, <c>bbox</c> and <c>score</c>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DatasetException">It cannot be read or is not what it should be; the message says where.</exception>
    public static ImmutableArray<CocoDetection> ReadDetections(string path)
    {
        var items = Read<List<Result>>(path);
        var detections = ImmutableArray.CreateBuilder<CocoDetection>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            if (item?.Bbox is not { Length: 4 } box || item.ImageId is not { } image || item.CategoryId is not { } category || item.Score is not { } score)
            {
                throw new DatasetException($"{path}: detection {i} has not all of image_id, category_id, bbox of four numbers and score.");
            }
            detections.Add(new CocoDetection(image, category, Box(box), score));
        }
        return detections.MoveToImmutable();
    }

    private static CocoBox Box(double[] values) => new(values[0], values[1], values[2], values[3]);

    private static T Read<T>(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            return JsonSerializer.Deserialize<T>(stream, Options) ?? throw new DatasetException($"{path}: holds nothing.");
        }
        catch (JsonException e)
        {
            throw new DatasetException($"{path}: is no COCO JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: the file cannot be read: {e.Message}", e);
        }
    }

    private sealed record Instances(List<Image>? Images, List<Category>? Categories, List<Annotation>? Annotations);

    private sealed record Image(long Id, string? FileName);

    private sealed record Category(long Id, string? Name);

    private sealed record Annotation(long Id, long ImageId, long CategoryId, double[]? Bbox, double? Area, int Iscrowd);

    private sealed record Result(long? ImageId, long? CategoryId, double[]? Bbox, double? Score);
}
