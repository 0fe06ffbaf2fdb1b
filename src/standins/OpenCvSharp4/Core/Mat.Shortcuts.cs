// Part of the OpenCvSharp4 stand-in: Mat. This file: Cv2's functions as methods; those that make an image answer a new one.
namespace OpenCvSharp;

public partial class Mat
{
    public Mat Resize(Size dsize, double fx = 0, double fy = 0, InterpolationFlags interpolation = InterpolationFlags.Linear) =>
        New(dst => Cv2.Resize(this, dst, dsize, fx, fy, interpolation));

    public Mat CvtColor(ColorConversionCodes code, int dstCn = 0) => New(dst => Cv2.CvtColor(this, dst, code, dstCn));

    public Mat Flip(FlipMode flipCode) => New(dst => Cv2.Flip(this, dst, flipCode));

    public Mat GaussianBlur(Size ksize, double sigmaX, double sigmaY = 0, BorderTypes borderType = BorderTypes.Default) =>
        New(dst => Cv2.GaussianBlur(this, dst, ksize, sigmaX, sigmaY, borderType));

    public Mat Threshold(double thresh, double maxval, ThresholdTypes type) => New(dst => Cv2.Threshold(this, dst, thresh, maxval, type));

    public Mat CopyMakeBorder(int top, int bottom, int left, int right, BorderTypes borderType, Scalar? value = null) =>
        New(dst => Cv2.CopyMakeBorder(this, dst, top, bottom, left, right, borderType, value));

    public Mat[] Split() => Cv2.Split(this);

    public Scalar Mean(InputArray? mask = null) => Cv2.Mean(this, mask);

    public Scalar Sum() => Cv2.Sum(this);

    public int CountNonZero() => Cv2.CountNonZero(this);

    public void Line(Point pt1, Point pt2, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Cv2.Line(this, pt1, pt2, color, thickness, lineType, shift);

    public void Rectangle(Rect rect, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Cv2.Rectangle(this, rect, color, thickness, lineType, shift);

    public void Rectangle(Point pt1, Point pt2, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Cv2.Rectangle(this, pt1, pt2, color, thickness, lineType, shift);

    public void Circle(Point center, int radius, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Cv2.Circle(this, center, radius, color, thickness, lineType, shift);

    public void PutText(
        string text,
        Point org,
        HersheyFonts fontFace,
        double fontScale,
        Scalar color,
        int thickness = 1,
        LineTypes lineType = LineTypes.Link8,
        bool bottomLeftOrigin = false) => Cv2.PutText(this, text, org, fontFace, fontScale, color, thickness, lineType, bottomLeftOrigin);

    private static Mat New(Action<Mat> fill)
    {
        var result = new Mat();
        try
        {
            fill(result);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
