// The boxes of one category, image by image, in the order in which COCO's protocol goes through them.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>Objects and detections of one category. Those of image i lie from its start to the next one's.</summary>
internal sealed class CocoCategoryData
{
    private CocoCategoryData(int images)
    {
        ObjectStart = new int[images + 1];
        DetectionStart = new int[images + 1];
    }

    public int[] ObjectStart { get; }

    public CocoObject[] Objects { get; private set; } = [];

    public int[] DetectionStart { get; }

    /// <summary>Within an image by falling score, equal ones in the order of the file.</summary>
    public CocoDetection[] Detections { get; private set; } = [];

    /// <summary>Place of each detection among those of its image.</summary>
    public int[] Rank { get; private set; } = [];

    /// <summary>Positions of the detections by falling score over all images, equal ones in the order of images.</summary>
    public int[] ByScore { get; private set; } = [];

    /// <summary>Splits boxes by category; images in the order of their numbers.</summary>
    public static CocoCategoryData[] Split(
        CocoGroundTruth truth, IReadOnlyList<CocoDetection> detections, ImmutableArray<CocoCategory> categories, bool useCategories)
    {
        var imageIds = truth.ImageIds.Distinct().Order().ToArray();
        var images = new Dictionary<long, int>(imageIds.Length);
        for (var i = 0; i < imageIds.Length; i++)
        {
            images.Add(imageIds[i], i);
        }
        // Without categories, boxes of an image stand in the order of their categories' numbers first.
        var order = truth.Categories.Select(c => c.Id).Distinct().Order().Select((id, position) => (id, position)).ToDictionary(e => e.id, e => e.position);
        var groups = new (List<(int Image, CocoObject Value)> Objects, List<(int Image, CocoDetection Value)> Detections)[order.Count];
        for (var k = 0; k < groups.Length; k++)
        {
            groups[k] = ([], []);
        }
        foreach (var item in truth.Objects)
        {
            if (!order.TryGetValue(item.CategoryId, out var k))
            {
                throw new ArgumentException($"An object of image {item.ImageId} is of category {item.CategoryId}, which is not listed.", nameof(truth));
            }
            groups[k].Objects.Add((Image(images, item.ImageId, "object"), item));
        }
        foreach (var item in detections)
        {
            var image = Image(images, item.ImageId, "detection");
            if (double.IsNaN(item.Score))
            {
                throw new ArgumentException($"A detection in image {item.ImageId} has a score that is not a number.", nameof(detections));
            }
            if (order.TryGetValue(item.CategoryId, out var k))
            {
                groups[k].Detections.Add((image, item));
            }
        }
        if (useCategories)
        {
            var parts = new CocoCategoryData[categories.Length];
            Parallel.For(0, parts.Length, k => parts[k] = new CocoCategoryData(imageIds.Length).Fill(groups[order[categories[k].Id]].Objects, groups[order[categories[k].Id]].Detections));
            return parts;
        }
        return [new CocoCategoryData(imageIds.Length).Fill([.. groups.SelectMany(g => g.Objects)], [.. groups.SelectMany(g => g.Detections)])];
    }

    private static int Image(Dictionary<long, int> images, long id, string what) =>
        images.TryGetValue(id, out var image) ? image : throw new ArgumentException($"There is {(what == "object" ? "an" : "a")} {what} in image {id}, which is not listed.");

    private CocoCategoryData Fill(List<(int Image, CocoObject Value)> objects, List<(int Image, CocoDetection Value)> detections)
    {
        Objects = Distribute(objects, ObjectStart);
        Detections = Distribute(detections, DetectionStart);
        Rank = new int[Detections.Length];
        for (var i = 0; i + 1 < DetectionStart.Length; i++)
        {
            var (start, length) = (DetectionStart[i], DetectionStart[i + 1] - DetectionStart[i]);
            var sorted = SortedByScore(Detections.AsSpan(start, length)).Select(p => Detections[start + p]).ToArray();
            sorted.CopyTo(Detections, start);
            for (var r = 0; r < length; r++)
            {
                Rank[start + r] = r;
            }
        }
        ByScore = SortedByScore(Detections);
        return this;
    }

    private static T[] Distribute<T>(List<(int Image, T Value)> items, int[] start)
    {
        foreach (var (image, _) in items)
        {
            start[image + 1]++;
        }
        for (var i = 1; i < start.Length; i++)
        {
            start[i] += start[i - 1];
        }
        var next = start.AsSpan(0, start.Length - 1).ToArray();
        var values = new T[items.Count];
        foreach (var (image, value) in items)
        {
            values[next[image]++] = value;
        }
        return values;
    }

    private static int[] SortedByScore(ReadOnlySpan<CocoDetection> detections)
    {
        var keys = new (double Negative, int Position)[detections.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (-detections[i].Score, i);
        }
        Array.Sort(keys, static (a, b) => a.Negative.CompareTo(b.Negative) is var way && way != 0 ? way : a.Position.CompareTo(b.Position));
        return Array.ConvertAll(keys, static k => k.Position);
    }
}
