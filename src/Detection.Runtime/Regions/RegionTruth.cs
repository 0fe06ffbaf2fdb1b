// The labelled objects of images in pixels of the network's input: what anchors and regions are compared with.
namespace Detection.Runtime;

/// <summary>Objects in pixels, per image.</summary>
/// <param name="Boxes">4 n numbers, x1, y1, x2, y2 in pixels of the network's input.</param>
/// <param name="Classes">n foreground classes, counted from 0.</param>
/// <param name="Ignored">4 m numbers: objects too hard to see, over which an anchor or region is neither object nor background.</param>
public sealed record RegionTruth(IReadOnlyList<float[]> Boxes, IReadOnlyList<int[]> Classes, IReadOnlyList<float[]> Ignored)
{
    /// <summary>Objects of a batch in pixels.</summary>
    /// <param name="objects">Objects in fractions of their images.</param>
    /// <param name="images">The images.</param>
    /// <param name="convention">What corners mean: where they are pixels, the last pixel of a box is one pixel of the original image before its edge.</param>
    /// <exception cref="ArgumentException">There are not as many images.</exception>
    public static RegionTruth Of(GroundTruth objects, IReadOnlyList<BatchImage> images, BoxConvention convention)
    {
        ArgumentNullException.ThrowIfNull(objects);
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count != objects.Images)
        {
            throw new ArgumentException($"Objects of {objects.Images} images for {images.Count} images.", nameof(images));
        }
        var (boxes, classes, ignored) = (new List<float[]>(), new List<int[]>(), new List<float[]>());
        for (var i = 0; i < images.Count; i++)
        {
            var pixels = PixelBoxes.OfFractions(objects.Boxes[i], images[i], convention);
            var (own, hidden) = (new List<float>(), new List<float>());
            for (var at = 0; at < pixels.Length; at += 4)
            {
                (objects.Difficult?[i][at / 4] == true ? hidden : own).AddRange(pixels.AsSpan(at, 4));
            }
            boxes.Add([.. own]);
            ignored.Add([.. hidden]);
            classes.Add(objects.Difficult is { } difficult ? [.. objects.Classes[i].Where((_, o) => !difficult[i][o])] : objects.Classes[i]);
        }
        return new RegionTruth(boxes, classes, ignored);
    }

    /// <summary>Objects that all count.</summary>
    internal static RegionTruth Of(IReadOnlyList<float[]> boxes, IReadOnlyList<int[]> classes) => new(boxes, classes, [.. boxes.Select(_ => Array.Empty<float>())]);
}
