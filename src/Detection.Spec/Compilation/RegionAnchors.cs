// Anchors of region proposal networks, as the three known codes make them. They agree in nothing: base, rounding, meaning of a ratio, centre.
using System.Collections.Immutable;
using Detection.Spec.Graphs;

namespace Detection.Spec.Compilation;

/// <summary>Computes the anchors of a cell.</summary>
internal static class RegionAnchors
{
    /// <summary>The anchors of a cell: ratio by ratio, within a ratio size by size, as in all three codes.</summary>
    /// <param name="kind"><c>caffe</c>, <c>tensorflow</c> or <c>torchvision</c>.</param>
    /// <param name="sizes">Sides of square anchors in pixels.</param>
    /// <param name="ratios">Height / width; width / height for TensorFlow.</param>
    /// <param name="basis">Side of Caffe's base.</param>
    public static ImmutableArray<RegionAnchor> Of(string kind, IEnumerable<double> sizes, IEnumerable<double> ratios, long basis) =>
    [
        .. ratios.SelectMany(ratio => sizes.Select(size => kind switch
        {
            "caffe" => Caffe(size, ratio, basis),
            "tensorflow" => About(size * Math.Sqrt(ratio) / 2, size / Math.Sqrt(ratio) / 2),
            _ => About(Math.Round(size / Math.Sqrt(ratio) / 2), Math.Round(size * Math.Sqrt(ratio) / 2)),
        })),
    ];

    // A base of whole pixels 0 .. b - 1: sides of the ratio rounded first, then scaled (py-faster-rcnn, generate_anchors.py).
    private static RegionAnchor Caffe(double size, double ratio, long basis)
    {
        var width = Math.Round(Math.Sqrt(basis * basis / ratio));
        var height = Math.Round(width * ratio);
        var (middle, scale) = ((basis - 1) / 2.0, size / basis);
        var (halfWidth, halfHeight) = (((width * scale) - 1) / 2, ((height * scale) - 1) / 2);
        return new RegionAnchor(middle - halfWidth, middle - halfHeight, middle + halfWidth, middle + halfHeight);
    }

    private static RegionAnchor About(double halfWidth, double halfHeight) => new(-halfWidth, -halfHeight, halfWidth, halfHeight);
}
