// One drawn augmentation of one image: what part of it is shown, mirrored how, in which colours; drawing and applying are separate.
using OpenCvSharp;

namespace Detection.Runtime;

/// <summary>What is done to one image.</summary>
/// <param name="Window">The part that is shown.</param>
/// <param name="FlipsHorizontally">Mirrored left and right.</param>
/// <param name="FlipsVertically">Mirrored top and bottom.</param>
/// <param name="Colors">Change of colours, of the image alone and not of what surrounds it.</param>
internal readonly record struct AugmentedView(ViewWindow Window, bool FlipsHorizontally, bool FlipsVertically, ColorChange Colors)
{
    /// <summary>How pixels are interpolated; as the model's card says when null.</summary>
    public Interpolation? Interpolation { get; init; }

    /// <summary>Draws the augmentation of the image at a position of an epoch.</summary>
    /// <param name="settings">What is drawn from.</param>
    /// <param name="boxes">The objects, in fractions of the image.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="position">Position in the epoch.</param>
    public static AugmentedView Draw(AugmentationSettings settings, ReadOnlySpan<ViewBox> boxes, long seed, int epoch, int position) =>
        DrawnAugmentation.Draw(settings, boxes, seed, epoch, position).View;

    /// <summary>The boxes that the view shows, in fractions of it.</summary>
    public ViewBox[] See(ReadOnlySpan<ViewBox> boxes)
    {
        var seen = Window.See(boxes);
        for (var i = 0; i < seen.Length; i++)
        {
            seen[i] = FlipsHorizontally ? seen[i].FlippedHorizontally() : seen[i];
            seen[i] = FlipsVertically ? seen[i].FlippedVertically() : seen[i];
        }
        return seen;
    }

    /// <summary>The preprocessing of the image at a position of an epoch: with a shorter side drawn, where the settings vary it.</summary>
    public static Preprocessing Sized(AugmentationSettings settings, Preprocessing card, long seed, int epoch, int position)
    {
        var random = new RandomStream(seed, epoch, position, DrawnAugmentation.ShortSideStream);
        return settings.ShortSide?.Draw(card, ref random) ?? card;
    }

    /// <summary>What the view shows of boxes that stand for nothing, such as proposals: cut to it, without those that it does not show.</summary>
    /// <param name="boxes">Four numbers a box, in pixels of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="height">Rows of the image.</param>
    /// <returns>Four numbers a box, in fractions of the view.</returns>
    public float[] SeeParts(ReadOnlySpan<float> boxes, int width, int height)
    {
        var seen = new List<float>(boxes.Length);
        for (var at = 0; at < boxes.Length; at += 4)
        {
            var (x1, y1) = See((double)boxes[at] / width, (double)boxes[at + 1] / height);
            var (x2, y2) = See((double)boxes[at + 2] / width, (double)boxes[at + 3] / height);
            var (left, right) = (Math.Clamp(Math.Min(x1, x2), 0, 1), Math.Clamp(Math.Max(x1, x2), 0, 1));
            var (top, bottom) = (Math.Clamp(Math.Min(y1, y2), 0, 1), Math.Clamp(Math.Max(y1, y2), 0, 1));
            if (right > left && bottom > top)
            {
                seen.AddRange([left, top, right, bottom]);
            }
        }
        return [.. seen];
    }

    /// <summary>A point of the image, both in fractions, in fractions of the view; it may lie outside.</summary>
    public (float X, float Y) See(double x, double y)
    {
        var (inX, inY) = ((x - Window.X1) / Window.Width, (y - Window.Y1) / Window.Height);
        return ((float)(FlipsHorizontally ? 1 - inX : inX), (float)(FlipsVertically ? 1 - inY : inY));
    }

    /// <summary>Draws the view.</summary>
    /// <param name="image">The image, in any size.</param>
    /// <param name="target">Is filled with the view.</param>
    /// <param name="fill">Red, green and blue around the image.</param>
    /// <param name="interpolation">How pixels are interpolated.</param>
    public void Render(RgbImage image, RgbImage target, Scalar fill, InterpolationFlags interpolation)
    {
        var view = this;
        image.Pinned(from => target.Pinned(to => view.Render(from, to, fill, interpolation)));
    }

    private void Render(Mat image, Mat target, Scalar fill, InterpolationFlags interpolation)
    {
        var (fromX, columns, toX, width) = Cut(Window.X1, Window.X2, image.Cols, target.Cols);
        var (fromY, rows, toY, height) = Cut(Window.Y1, Window.Y2, image.Rows, target.Rows);
        if (width < target.Cols || height < target.Rows)
        {
            target.SetTo(fill);
        }
        using var part = new Mat(image, new Rect(fromX, fromY, columns, rows));
        using var place = new Mat(target, new Rect(toX, toY, width, height));
        if (columns == width && rows == height)
        {
            part.CopyTo(place);
        }
        else
        {
            Cv2.Resize(part, place, new Size(width, height), 0, 0, interpolation);
        }
        if (Colors != ColorChange.None)
        {
            Colors.Apply(place);
        }
        if (FlipsHorizontally || FlipsVertically)
        {
            Cv2.Flip(target, target, FlipsHorizontally ? (FlipsVertically ? FlipMode.XY : FlipMode.Y) : FlipMode.X);
        }
    }

    // The pixels of the image that a window shows along one axis, and those of the target that they become.
    private static (int From, int Count, int To, int Extent) Cut(double low, double high, int source, int target)
    {
        var from = Math.Clamp((int)Math.Round(Math.Max(0, low) * source), 0, source - 1);
        var until = Math.Clamp((int)Math.Round(Math.Min(1, high) * source), from + 1, source);
        var scale = target / (high - low);
        var to = Math.Clamp((int)Math.Round((Math.Max(0, low) - low) * scale), 0, target - 1);
        var end = Math.Clamp((int)Math.Round((Math.Min(1, high) - low) * scale), to + 1, target);
        return (from, until - from, to, end - to);
    }
}

internal static class InterpolationKinds
{
    /// <summary>OpenCV's name of an interpolation.</summary>
    public static InterpolationFlags ToOpenCv(this Interpolation interpolation) => interpolation switch
    {
        Interpolation.Nearest => InterpolationFlags.Nearest,
        Interpolation.Bilinear => InterpolationFlags.Linear,
        Interpolation.Bicubic => InterpolationFlags.Cubic,
        Interpolation.Area => InterpolationFlags.Area,
        Interpolation.Lanczos => InterpolationFlags.Lanczos4,
        _ => throw new ArgumentOutOfRangeException(nameof(interpolation), interpolation, "Unknown interpolation."),
    };
}
