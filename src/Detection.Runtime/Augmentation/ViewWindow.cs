// The geometry of augmentation: a window onto an image in fractions of its size, and what it does to boxes.
namespace Detection.Runtime;

/// <summary>An object during augmentation: corners as fractions of the current view.</summary>
internal readonly record struct ViewBox(double X1, double Y1, double X2, double Y2, int ClassIndex, bool Difficult)
{
    /// <summary>The object's place among those of its image.</summary>
    public int Source { get; init; }

    public double Area => (X2 - X1) * (Y2 - Y1);

    public ViewBox FlippedHorizontally() => this with { X1 = 1 - X2, X2 = 1 - X1 };

    public ViewBox FlippedVertically() => this with { Y1 = 1 - Y2, Y2 = 1 - Y1 };
}

/// <summary>
/// What is shown of an image, in fractions of its width and height: (0, 0, 1, 1) is all of it; a part of the window outside that shows the
/// fill colour.
/// </summary>
internal readonly record struct ViewWindow(double X1, double Y1, double X2, double Y2)
{
    public static ViewWindow Whole { get; } = new(0, 0, 1, 1);

    public double Width => X2 - X1;

    public double Height => Y2 - Y1;

    /// <summary>A window that is given in fractions of this one, in fractions of the image.</summary>
    public ViewWindow Part(ViewWindow inner) =>
        new(X1 + inner.X1 * Width, Y1 + inner.Y1 * Height, X1 + inner.X2 * Width, Y1 + inner.Y2 * Height);

    public bool HasCentreOf(ViewBox box)
    {
        var (x, y) = ((box.X1 + box.X2) / 2, (box.Y1 + box.Y2) / 2);
        return x > X1 && x < X2 && y > Y1 && y < Y2;
    }

    public double Iou(ViewBox box)
    {
        var width = Math.Min(X2, box.X2) - Math.Max(X1, box.X1);
        var height = Math.Min(Y2, box.Y2) - Math.Max(Y1, box.Y1);
        var common = Math.Max(0, width) * Math.Max(0, height);
        return common / (Width * Height + box.Area - common);
    }

    /// <summary>
    /// The boxes whose centre lies in the window, cut to it, in fractions of it.
    /// </summary>
    public ViewBox[] See(ReadOnlySpan<ViewBox> boxes)
    {
        var seen = new List<ViewBox>(boxes.Length);
        foreach (var box in boxes)
        {
            if (!HasCentreOf(box))
            {
                continue;
            }
            var cut = box with
            {
                X1 = Math.Max(0, (box.X1 - X1) / Width),
                Y1 = Math.Max(0, (box.Y1 - Y1) / Height),
                X2 = Math.Min(1, (box.X2 - X1) / Width),
                Y2 = Math.Min(1, (box.Y2 - Y1) / Height),
            };
            if (cut.X2 > cut.X1 && cut.Y2 > cut.Y1)
            {
                seen.Add(cut);
            }
        }
        return [.. seen];
    }

    /// <summary>
    /// The window with those edges that lie inside the image moved to the nearest edge of a pixel, so that pixels and boxes agree exactly.
    /// </summary>
    public ViewWindow SnapTo(int width, int height)
    {
        var (x1, x2) = Snap(X1, X2, width);
        var (y1, y2) = Snap(Y1, Y2, height);
        return new ViewWindow(x1, y1, x2, y2);
    }

    private static (double Low, double High) Snap(double low, double high, int pixels)
    {
        var (first, last) = (Nearest(low, pixels), Nearest(high, pixels));
        if (last - first < 1.0 / pixels)
        {
            // A window narrower than a pixel shows that pixel.
            var pixel = Math.Clamp(Math.Floor((low + high) / 2 * pixels), 0, pixels - 1);
            return (pixel / pixels, (pixel + 1) / pixels);
        }
        return (first, last);
    }

    private static double Nearest(double edge, int pixels) => edge is > 0 and < 1 ? Math.Round(edge * pixels) / pixels : edge;
}
