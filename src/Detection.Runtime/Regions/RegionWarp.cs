// R-CNN's crop: a region of the image itself, with some context around it, warped to a fixed size.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Warps regions of images to one size (Girshick et al., Rich feature hierarchies, section 2.1 and appendix A; rbgirshick/rcnn, rcnn_im_crop.m). A region grows about its
/// centre so that in the result it is surrounded by <paramref name="Context"/> pixels of what lies around it, its corners become whole pixels, and what of it lies in the
/// image is interpolated between pixels, without smoothing, to its share of the result. The rest is 0: the mean, where the mean was subtracted before.
/// </summary>
/// <remarks>
/// Corners are edges (<see cref="BoxConvention.Continuous"/>). No regions give an empty result; one with a coordinate that is not finite, or wholly outside the image,
/// gives zeros. Differentiable in the image. It runs region by region: the network behind it costs far more.
/// </remarks>
/// <param name="Height">Rows of the result.</param>
/// <param name="Width">Columns of the result.</param>
/// <param name="Context">Pixels of the result around the region.</param>
/// <param name="Square">Whether a region first becomes the smallest square about it, so that nothing is distorted.</param>
public sealed record RegionWarp(int Height, int Width, int Context = 16, bool Square = false)
{
    /// <summary>Warps every region.</summary>
    /// <param name="images">[N, C, H, W], floating point.</param>
    /// <param name="regions">[R, 5] image index, x1, y1, x2, y2 in pixels of the images.</param>
    /// <returns>[R, C, Height, Width] on the images' device.</returns>
    /// <exception cref="ArgumentException">A shape, size or image index does not fit.</exception>
    public Tensor Pool(Tensor images, Tensor regions)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(regions);
        if (Height < 1 || Width < 1 || Context < 0 || 2 * Context >= Math.Min(Height, Width))
        {
            throw new ArgumentException($"{Height} x {Width} pixels leave no room for a region between {Context} pixels of context on each side.");
        }
        if (images.shape is not [var count, var channels, > 0, > 0] || regions.shape is not [_, 5])
        {
            throw new ArgumentException(
                $"Images have the shape [N, C, H, W] and regions [R, 5], not [{string.Join(", ", images.shape)}] and [{string.Join(", ", regions.shape)}].", nameof(regions));
        }
        using var scope = NewDisposeScope();
        var rows = HostValues.Floats(regions);
        var result = new Tensor[rows.Length / 5];
        for (var i = 0; i < result.Length; i++)
        {
            var row = rows.AsSpan(5 * i, 5);
            if (!(row[0] >= 0 && row[0] < count))
            {
                throw new ArgumentException(FormattableString.Invariant($"Region {i} names image {row[0]}; there are {count}."), nameof(regions));
            }
            result[i] = Warp(images.select(0, (long)row[0]), Place(row[1..], (int)images.shape[2], (int)images.shape[3]));
        }
        var whole = result.Length == 0 ? zeros([0, channels, Height, Width], images.dtype, images.device) : stack(result, 0);
        return whole.MoveToOuterDisposeScope();
    }

    // [C, Height, Width].
    private Tensor Warp(Tensor image, (Stretch Rows, Stretch Columns)? place)
    {
        var channels = image.shape[0];
        if (place is not var (rows, columns))
        {
            return zeros([channels, Height, Width], image.dtype, image.device);
        }
        using var scope = NewDisposeScope();
        var window = image.narrow(1, rows.From, rows.Count).narrow(2, columns.From, columns.Count).unsqueeze(0);
        var shown = nn.functional.interpolate(window, [rows.Shown, columns.Shown], mode: InterpolationMode.Bilinear, align_corners: false).squeeze(0);
        long[] around = [columns.Before, Width - columns.Before - columns.Shown, rows.Before, Height - rows.Before - rows.Shown];
        return (around.All(p => p == 0) ? shown : nn.functional.pad(shown, around)).MoveToOuterDisposeScope();
    }

    /// <summary>Which pixels of an image are shown where; null for none.</summary>
    internal (Stretch Rows, Stretch Columns)? Place(ReadOnlySpan<float> box, int imageHeight, int imageWidth)
    {
        var (width, height) = (((double)box[2] - box[0]) / 2, ((double)box[3] - box[1]) / 2);
        var (x, y) = (box[0] + width, box[1] + height);
        if (Square)
        {
            width = height = Math.Max(width, height);
        }
        return Along(y, height, Height, imageHeight) is { } rows && Along(x, width, Width, imageWidth) is { } columns ? (rows, columns) : null;
    }

    private Stretch? Along(double centre, double half, int size, int pixels)
    {
        if (!double.IsFinite(centre) || !double.IsFinite(half))
        {
            return null;
        }
        // Without context the region's own pixels; with it the rounded corners of the grown region, both of them pixels, which numbers from 1 round as Matlab does.
        var grown = half * size / (size - 2.0 * Context);
        var first = Context == 0 ? Round(centre - half + 1) - 1 : Round(centre - grown + 1) - 1;
        var last = Context == 0 ? Round(centre + half) - 1 : Round(centre + grown + 1) - 1;
        var whole = last - first + 1;
        var (from, to) = (Math.Max(first, 0), Math.Min(last, pixels - 1));
        if (whole < 1 || to < from)
        {
            return null;
        }
        var scale = size / whole;
        var before = (int)Round((from - first) * scale);
        var shown = Math.Min((int)Round((to - from + 1) * scale), size - before);
        return shown < 1 ? null : new Stretch((int)from, (int)(to - from + 1), before, shown);
    }

    private static double Round(double value) => Math.Round(value, MidpointRounding.AwayFromZero);

    /// <summary>Pixels of an image along an axis, and where they go.</summary>
    /// <param name="From">First pixel.</param>
    /// <param name="Count">Number of pixels.</param>
    /// <param name="Before">Pixels of the result before them.</param>
    /// <param name="Shown">Pixels of the result that they become.</param>
    internal readonly record struct Stretch(int From, int Count, int Before, int Shown);
}
