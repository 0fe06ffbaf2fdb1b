// Draws detections into a copy of an image: a frame and a label per object, one colour per class.
using OpenCvSharp;

namespace Detection.Runtime;

/// <summary>Draws detections.</summary>
public static class DetectionDrawing
{
    private const HersheyFonts Font = HersheyFonts.HersheySimplex;

    /// <summary>A copy of the image with a frame, class name and score for every object; better scores lie on top.</summary>
    /// <param name="image">The image that the detections are of.</param>
    /// <param name="detections">What was found in it.</param>
    public static RgbImage Draw(RgbImage image, ImageDetections detections)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(detections);
        var drawn = new RgbImage(image.Width, image.Height, (byte[])image.Pixels.Clone());
        // Frames and letters that stay readable on a thumbnail and on a 20-megapixel photo.
        var scale = Math.Max(1.0, Math.Min(image.Width, image.Height) / 600.0);
        drawn.Pinned(mat =>
        {
            foreach (var found in detections.Objects.Reverse())
            {
                DrawObject(mat, found, scale);
            }
        });
        return drawn;
    }

    /// <summary>A copy of the image with a frame and a label for every box; the first ones lie on top.</summary>
    internal static RgbImage Draw(RgbImage image, IEnumerable<(Box Box, int ClassIndex, string Label)> boxes)
    {
        var drawn = new RgbImage(image.Width, image.Height, (byte[])image.Pixels.Clone());
        var scale = Math.Max(1.0, Math.Min(image.Width, image.Height) / 600.0);
        drawn.Pinned(mat =>
        {
            foreach (var (box, classIndex, label) in boxes.Reverse())
            {
                DrawBox(mat, box, classIndex, label, [], scale);
            }
        });
        return drawn;
    }

    /// <summary>The colour of a class, as red, green and blue: hues a golden angle apart, so that neighbours differ clearly.</summary>
    /// <param name="classIndex">Class, counted from 0.</param>
    public static (byte Red, byte Green, byte Blue) ColorOf(int classIndex)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(classIndex);
        const double GoldenAngle = 0.61803398874989485;
        var hue = 6 * ((0.33 + classIndex * GoldenAngle) % 1);
        // Every third class is a little darker: hues alone come close to each other from a dozen classes on.
        var value = 255 - 45 * (classIndex % 3);
        double Channel(double shift)
        {
            var k = (shift + hue) % 6;
            return value - value * 0.85 * Math.Max(0, Math.Min(Math.Min(k, 4 - k), 1));
        }
        return ((byte)Channel(5), (byte)Channel(3), (byte)Channel(1));
    }

    private static void DrawObject(Mat mat, DetectedObject found, double scale) =>
        DrawBox(mat, found.Box, found.ClassIndex, FormattableString.Invariant($"{found.ClassName} {found.Score:0.00}"), found.Extras, scale);

    private static void DrawBox(Mat mat, Box box, int classIndex, string text, IEnumerable<RegressedValues> extras, double scale)
    {
        var (red, green, blue) = ColorOf(classIndex);
        var color = new Scalar(red, green, blue);
        var thickness = (int)Math.Round(2 * scale);
        var (x1, y1) = ((int)Math.Round(box.X1), (int)Math.Round(box.Y1));
        var (x2, y2) = ((int)Math.Round(box.X2), (int)Math.Round(box.Y2));
        Cv2.Rectangle(mat, new Point(x1, y1), new Point(x2, y2), color, thickness);

        foreach (var extra in extras)
        {
            DrawExtra(mat, extra, color, scale);
        }

        var label = Ascii(text);
        var size = Cv2.GetTextSize(label, Font, 0.5 * scale, Math.Max(1, thickness / 2), out var baseline);
        var height = size.Height + baseline + thickness;
        // Above the box; inside it where the image ends.
        var bottom = y1 - height >= 0 ? y1 : y1 + height;
        var left = Math.Max(0, Math.Min(x1, mat.Cols - size.Width - 2 * thickness));
        Cv2.Rectangle(mat, new Point(left, bottom - height), new Point(left + size.Width + 2 * thickness, bottom), color, -1);
        var ink = 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? new Scalar(0, 0, 0) : new Scalar(255, 255, 255);
        Cv2.PutText(mat, label, new Point(left + thickness, bottom - baseline), Font, 0.5 * scale, ink, Math.Max(1, thickness / 2), LineTypes.AntiAlias);
    }

    // Points as discs, a second box as a thin frame; plain numbers stand in the JSON alone.
    private static void DrawExtra(Mat mat, RegressedValues extra, Scalar color, double scale)
    {
        if (extra.Kind == RegressionKind.Plain || extra.Values.Any(value => !float.IsFinite(value)))
        {
            return;
        }
        Point At(int i) => new((int)Math.Round(Math.Clamp(extra.Values[i], -1e6, 1e6)), (int)Math.Round(Math.Clamp(extra.Values[i + 1], -1e6, 1e6)));
        if (extra.Kind == RegressionKind.Box)
        {
            Cv2.Rectangle(mat, At(0), At(2), color, Math.Max(1, (int)Math.Round(scale)));
            return;
        }
        for (var i = 0; i + 1 < extra.Values.Length; i += 2)
        {
            Cv2.Circle(mat, At(i), (int)Math.Round(3 * scale), color, -1, LineTypes.AntiAlias);
        }
    }

    // OpenCV's letters are ASCII.
    private static string Ascii(string text) => string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
