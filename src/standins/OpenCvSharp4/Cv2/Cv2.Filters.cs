// Part of the OpenCvSharp4 stand-in: Cv2. This file: resizing, colour conversion, filters and warps.
using OpenCvSharp.Internal;
using static OpenCvSharp.Internal.NativeMethods;

namespace OpenCvSharp;

public static partial class Cv2
{
    /// <summary>Scales to <paramref name="dsize"/>, or by the factors where that is empty.</summary>
    public static void Resize(
        InputArray src, OutputArray dst, Size dsize, double fx = 0, double fy = 0, InterpolationFlags interpolation = InterpolationFlags.Linear) =>
        Check(imgproc_resize(In(src), Out(dst), dsize, fx, fy, (int)interpolation));

    public static void CvtColor(InputArray src, OutputArray dst, ColorConversionCodes code, int dstCn = 0) =>
        Check(imgproc_cvt_color(In(src), Out(dst), (int)code, dstCn));

    public static void GaussianBlur(
        InputArray src, OutputArray dst, Size ksize, double sigmaX, double sigmaY = 0, BorderTypes borderType = BorderTypes.Default) =>
        Check(imgproc_gaussian_blur(In(src), Out(dst), ksize, sigmaX, sigmaY, (int)borderType));

    public static void Blur(InputArray src, OutputArray dst, Size ksize, Point? anchor = null, BorderTypes borderType = BorderTypes.Default) =>
        Check(imgproc_blur(In(src), Out(dst), ksize, anchor ?? new Point(-1, -1), (int)borderType));

    /// <summary>Answers the threshold used, which Otsu and Triangle compute.</summary>
    public static double Threshold(InputArray src, OutputArray dst, double thresh, double maxval, ThresholdTypes type)
    {
        Check(imgproc_threshold(In(src), Out(dst), thresh, maxval, (int)type, out double used));
        return used;
    }

    public static void EqualizeHist(InputArray src, OutputArray dst) => Check(imgproc_equalize_hist(In(src), Out(dst)));

    public static void WarpAffine(
        InputArray src,
        OutputArray dst,
        InputArray m,
        Size dsize,
        InterpolationFlags flags = InterpolationFlags.Linear,
        BorderTypes borderMode = BorderTypes.Constant,
        Scalar? borderValue = null) =>
        Check(imgproc_warp_affine(In(src), Out(dst), In(m), dsize, (int)flags, (int)borderMode, borderValue ?? default));

    public static void WarpPerspective(
        InputArray src,
        OutputArray dst,
        InputArray m,
        Size dsize,
        InterpolationFlags flags = InterpolationFlags.Linear,
        BorderTypes borderMode = BorderTypes.Constant,
        Scalar? borderValue = null) =>
        Check(imgproc_warp_perspective(In(src), Out(dst), In(m), dsize, (int)flags, (int)borderMode, borderValue ?? default));

    /// <summary>The 2 x 3 matrix of a rotation around a point, counter-clockwise in degrees, with a scale.</summary>
    public static Mat GetRotationMatrix2D(Point2f center, double angle, double scale)
    {
        Check(imgproc_rotation_matrix(center, angle, scale, out MatHandle handle));
        return new Mat(handle);
    }

    /// <summary>The 2 x 3 matrix that maps three points to three others.</summary>
    public static unsafe Mat GetAffineTransform(IEnumerable<Point2f> src, IEnumerable<Point2f> dst)
    {
        Point2f[] from = [.. src], to = [.. dst];
        if (from.Length < 3 || to.Length < 3)
        {
            throw new ArgumentException("Three points and their images define an affine map.", from.Length < 3 ? nameof(src) : nameof(dst));
        }

        fixed (Point2f* f = from)
        fixed (Point2f* t = to)
        {
            Check(imgproc_affine_transform(f, t, out MatHandle handle));
            return new Mat(handle);
        }
    }
}
