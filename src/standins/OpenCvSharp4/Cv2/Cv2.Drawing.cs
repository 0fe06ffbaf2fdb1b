// Part of the OpenCvSharp4 stand-in: Cv2. This file: lines, shapes and text. A negative thickness fills.
using static OpenCvSharp.Internal.NativeMethods;

namespace OpenCvSharp;

public static partial class Cv2
{
    public static void Line(
        InputOutputArray img, Point pt1, Point pt2, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Check(draw_line(Out(img), pt1, pt2, color, thickness, (int)lineType, shift));

    public static void Line(
        InputOutputArray img,
        int pt1X,
        int pt1Y,
        int pt2X,
        int pt2Y,
        Scalar color,
        int thickness = 1,
        LineTypes lineType = LineTypes.Link8,
        int shift = 0) => Line(img, new Point(pt1X, pt1Y), new Point(pt2X, pt2Y), color, thickness, lineType, shift);

    public static void ArrowedLine(
        InputOutputArray img,
        Point pt1,
        Point pt2,
        Scalar color,
        int thickness = 1,
        LineTypes lineType = LineTypes.Link8,
        int shift = 0,
        double tipLength = 0.1) => Check(draw_arrow(Out(img), pt1, pt2, color, thickness, (int)lineType, shift, tipLength));

    /// <summary>Both corners belong to the rectangle.</summary>
    public static void Rectangle(
        InputOutputArray img, Point pt1, Point pt2, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Check(draw_rectangle(Out(img), pt1, pt2, color, thickness, (int)lineType, shift));

    /// <summary>The last row and column drawn are those before Bottom and Right.</summary>
    public static void Rectangle(
        InputOutputArray img, Rect rect, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Check(draw_rect(Out(img), rect, color, thickness, (int)lineType, shift));

    public static void Rectangle(
        Mat img, Rect rect, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Rectangle((InputOutputArray)img, rect, color, thickness, lineType, shift);

    public static void Rectangle(
        Mat img, Point pt1, Point pt2, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Rectangle((InputOutputArray)img, pt1, pt2, color, thickness, lineType, shift);

    public static void Circle(
        InputOutputArray img, Point center, int radius, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Check(draw_circle(Out(img), center, radius, color, thickness, (int)lineType, shift));

    public static void Circle(
        InputOutputArray img,
        int centerX,
        int centerY,
        int radius,
        Scalar color,
        int thickness = 1,
        LineTypes lineType = LineTypes.Link8,
        int shift = 0) => Circle(img, new Point(centerX, centerY), radius, color, thickness, lineType, shift);

    public static void Ellipse(
        InputOutputArray img,
        Point center,
        Size axes,
        double angle,
        double startAngle,
        double endAngle,
        Scalar color,
        int thickness = 1,
        LineTypes lineType = LineTypes.Link8,
        int shift = 0) => Check(draw_ellipse(Out(img), center, axes, angle, startAngle, endAngle, color, thickness, (int)lineType, shift));

    public static unsafe void FillPoly(
        Mat img, IEnumerable<IEnumerable<Point>> pts, Scalar color, LineTypes lineType = LineTypes.Link8, int shift = 0, Point? offset = null)
    {
        (Point[] points, int[] counts) = Flat(pts);
        fixed (Point* p = points)
        fixed (int* c = counts)
        {
            Check(draw_fill_poly(Out(img), p, c, counts.Length, color, (int)lineType, shift, offset ?? default));
        }
    }

    public static unsafe void FillConvexPoly(
        Mat img, IEnumerable<Point> pts, Scalar color, LineTypes lineType = LineTypes.Link8, int shift = 0)
    {
        ArgumentNullException.ThrowIfNull(pts);
        Point[] points = [.. pts];
        fixed (Point* p = points)
        {
            Check(draw_fill_convex_poly(Out(img), p, points.Length, color, (int)lineType, shift));
        }
    }

    public static unsafe void Polylines(
        Mat img,
        IEnumerable<IEnumerable<Point>> pts,
        bool isClosed,
        Scalar color,
        int thickness = 1,
        LineTypes lineType = LineTypes.Link8,
        int shift = 0)
    {
        (Point[] points, int[] counts) = Flat(pts);
        fixed (Point* p = points)
        fixed (int* c = counts)
        {
            Check(draw_polylines(Out(img), p, c, counts.Length, isClosed ? 1 : 0, color, thickness, (int)lineType, shift));
        }
    }

    /// <summary>Draws text (ASCII; other characters appear as question marks) from the bottom-left corner <paramref name="org"/>.</summary>
    public static void PutText(
        InputOutputArray img,
        string text,
        Point org,
        HersheyFonts fontFace,
        double fontScale,
        Scalar color,
        int thickness = 1,
        LineTypes lineType = LineTypes.Link8,
        bool bottomLeftOrigin = false)
    {
        RequireText(text);
        Check(draw_text(Out(img), text, org, (int)fontFace, fontScale, color, thickness, (int)lineType, bottomLeftOrigin ? 1 : 0));
    }

    /// <summary>Size of the text in pixels, and in <paramref name="baseLine"/> what lies below its base line.</summary>
    public static Size GetTextSize(string text, HersheyFonts fontFace, double fontScale, int thickness, out int baseLine)
    {
        RequireText(text);
        Check(draw_text_size(text, (int)fontFace, fontScale, thickness, out baseLine, out Size size));
        return size;
    }

    public static double GetFontScaleFromHeight(HersheyFonts fontFace, int pixelHeight, int thickness = 1)
    {
        Check(draw_font_scale((int)fontFace, pixelHeight, thickness, out double scale));
        return scale;
    }

    private static (Point[] Points, int[] Counts) Flat(IEnumerable<IEnumerable<Point>> polygons)
    {
        ArgumentNullException.ThrowIfNull(polygons);
        Point[][] all = [.. polygons.Select(p => p.ToArray())];
        return ([.. all.SelectMany(p => p)], [.. all.Select(p => p.Length)]);
    }
}
