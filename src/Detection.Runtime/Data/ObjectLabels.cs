// Labels of objects beside class and box: how data sets hold them, and how augmentation carries them along.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>Further numbers of an annotated object.</summary>
/// <param name="IsOfImage">Coordinates x, y, x, y, ... in pixels of the original image; plain numbers otherwise.</param>
/// <param name="Values">The numbers; NaN for what is not labelled.</param>
public sealed record ObjectLabel(bool IsOfImage, ImmutableArray<float> Values);

/// <summary>Labels that a detector trains on.</summary>
/// <param name="Name">Name of the label in the data.</param>
/// <param name="Kind">What its numbers stand for.</param>
/// <param name="Values">V: numbers per object.</param>
public sealed record LabelRequest(string Name, RegressionKind Kind, int Values)
{
    /// <summary>
    /// For points: which point each one becomes when the image is mirrored left to right, counted from 0 ("left eye" becomes "right eye");
    /// empty when all stay what they are.
    /// </summary>
    public ImmutableArray<int> Mirror { get; init; } = [];

    /// <summary>The numbers of an object in a view, NaN where the object has no such label.</summary>
    /// <param name="label">The label, or null.</param>
    /// <param name="width">Width of the image in pixels.</param>
    /// <param name="height">Height of the image in pixels.</param>
    /// <param name="view">What is shown of the image.</param>
    internal IEnumerable<float> See(ObjectLabel? label, int width, int height, AugmentedView view)
    {
        if (label is null || label.Values.Length != Values || label.IsOfImage != (Kind != RegressionKind.Plain))
        {
            return Enumerable.Repeat(float.NaN, Values);
        }
        if (Kind == RegressionKind.Plain)
        {
            return label.Values;
        }
        var seen = new float[Values];
        for (var i = 0; i + 1 < Values; i += 2)
        {
            var to = view.FlipsHorizontally && !Mirror.IsEmpty ? Mirror[i / 2] * 2 : i;
            (seen[to], seen[to + 1]) = view.See((double)label.Values[i] / width, (double)label.Values[i + 1] / height);
        }
        return Kind == RegressionKind.Box
            ? [Math.Min(seen[0], seen[2]), Math.Min(seen[1], seen[3]), Math.Max(seen[0], seen[2]), Math.Max(seen[1], seen[3])]
            : seen;
    }
}
