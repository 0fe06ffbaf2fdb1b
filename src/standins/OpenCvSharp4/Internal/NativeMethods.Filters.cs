// Part of the OpenCvSharp4 stand-in: the functions of native/filters.inl.
// Each answers 0, or 1 after a C++ exception (see NativeMethods.Check).
using System.Runtime.InteropServices;

namespace OpenCvSharp.Internal;

internal static partial class NativeMethods
{
    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int imgproc_resize(MatHandle m, MatHandle result, in Size size, double fx, double fy, int interpolation);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int imgproc_cvt_color(MatHandle m, MatHandle result, int code, int channels);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int imgproc_gaussian_blur(
        MatHandle m, MatHandle result, in Size kernel, double sigmaX, double sigmaY, int border);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int imgproc_blur(MatHandle m, MatHandle result, in Size kernel, in Point anchor, int border);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int imgproc_threshold(
        MatHandle m, MatHandle result, double threshold, double high, int type, out double used);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int imgproc_equalize_hist(MatHandle m, MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int imgproc_warp_affine(
        MatHandle m, MatHandle result, MatHandle matrix, in Size size, int flags, int border, in Scalar value);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int imgproc_warp_perspective(
        MatHandle m, MatHandle result, MatHandle matrix, in Size size, int flags, int border, in Scalar value);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int imgproc_rotation_matrix(in Point2f center, double angle, double scale, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int imgproc_affine_transform(Point2f* start, Point2f* end, out MatHandle result);
}
