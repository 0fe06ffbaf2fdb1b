// Part of the OpenCvSharp4 stand-in: the functions of native/drawing.inl.
// Each answers 0, or 1 after a C++ exception (see NativeMethods.Check).
using System.Runtime.InteropServices;

namespace OpenCvSharp.Internal;

internal static partial class NativeMethods
{
    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int draw_line(
        MatHandle m, in Point start, in Point end, in Scalar color, int thickness, int lineType, int shift);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int draw_arrow(
        MatHandle m, in Point start, in Point end, in Scalar color, int thickness, int lineType, int shift, double tip);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int draw_rectangle(
        MatHandle m, in Point corner, in Point opposite, in Scalar color, int thickness, int lineType, int shift);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int draw_rect(MatHandle m, in Rect rect, in Scalar color, int thickness, int lineType, int shift);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int draw_circle(
        MatHandle m, in Point center, int radius, in Scalar color, int thickness, int lineType, int shift);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int draw_ellipse(
        MatHandle m, in Point center, in Size axes, double angle, double start, double end, in Scalar color, int thickness, int lineType, int shift);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int draw_fill_poly(
        MatHandle m, Point* points, int* counts, int polygons, in Scalar color, int lineType, int shift, in Point offset);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int draw_fill_convex_poly(
        MatHandle m, Point* points, int count, in Scalar color, int lineType, int shift);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int draw_polylines(
        MatHandle m, Point* points, int* counts, int polygons, int closed, in Scalar color, int thickness, int lineType, int shift);

    [LibraryImport(OpenCvLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int draw_text(
        MatHandle m, string text, in Point origin, int font, double scale, in Scalar color, int thickness, int lineType, int bottomLeftOrigin);

    [LibraryImport(OpenCvLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int draw_text_size(string text, int font, double scale, int thickness, out int baseLine, out Size result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int draw_font_scale(int font, int pixels, int thickness, out double result);
}
