// Cv2's functions against values computed by hand or by their definition.
using OpenCvSharp;
using Xunit;

namespace OpenCvSharp4.Tests;

public class FunctionTests
{
    public static TheoryData<InterpolationFlags, int, byte[]> Resized => new()
    {
        // The row 0, 80, 160, 240 at half size: nearest takes pixels 0 and 2; the mean of two is both the area and, sampled
        // at the centre between two pixels, the linear answer.
        { InterpolationFlags.Nearest, 2, [0, 160] },
        { InterpolationFlags.Area, 2, [40, 200] },
        { InterpolationFlags.Linear, 2, [40, 200] },

        // At double size, linear samples lie at -1/4, 1/4, 3/4, ... of the pixels, clamped at the ends.
        { InterpolationFlags.Nearest, 8, [0, 0, 80, 80, 160, 160, 240, 240] },
        { InterpolationFlags.Linear, 8, [0, 20, 60, 100, 140, 180, 220, 240] },
    };

    [Theory]
    [MemberData(nameof(Resized))]
    public void Resize_samples_as_documented(InterpolationFlags interpolation, int width, byte[] expected)
    {
        using Mat row = Mat.FromPixelData(1, 4, MatType.CV_8UC1, new byte[] { 0, 80, 160, 240 });
        using var resized = new Mat();
        Cv2.Resize(row, resized, new Size(width, 1), 0, 0, interpolation);
        Assert.True(resized.GetArray(out byte[] read));
        Assert.Equal(expected, read);
    }

    [Fact]
    public void Resize_takes_factors_where_the_size_is_empty()
    {
        using Mat image = Rendered.Gradient(10, 20);
        using Mat half = image.Resize(default, 0.5, 0.5);
        Assert.Equal(new Size(10, 5), half.Size());
    }

    public static TheoryData<ColorConversionCodes, byte[]> Converted => new()
    {
        { ColorConversionCodes.BGR2RGB, [200, 100, 50] },
        { ColorConversionCodes.BGR2GRAY, [124] }, // 0.114 * 50 + 0.587 * 100 + 0.299 * 200 = 124.2
        { ColorConversionCodes.RGB2GRAY, [96] }, // 0.299 * 50 + 0.587 * 100 + 0.114 * 200 = 96.45
        { ColorConversionCodes.BGR2BGRA, [50, 100, 200, 255] },
        { ColorConversionCodes.BGR2RGBA, [200, 100, 50, 255] },
        { ColorConversionCodes.BGR2HSV, [10, 191, 200] }, // hue 20 degrees, halved; saturation 150 / 200 of 255; value 200
    };

    [Theory]
    [MemberData(nameof(Converted))]
    public void CvtColor_follows_the_formulas(ColorConversionCodes code, byte[] expected)
    {
        using var pixel = new Mat(1, 1, MatType.CV_8UC3, new Scalar(50, 100, 200));
        using Mat converted = pixel.CvtColor(code);
        using Mat flat = converted.Reshape(1);
        Assert.True(flat.GetArray(out byte[] read));
        Assert.Equal(expected, read);
    }

    [Theory]
    [InlineData(FlipMode.Y, new byte[] { 2, 1, 4, 3 })]
    [InlineData(FlipMode.X, new byte[] { 3, 4, 1, 2 })]
    [InlineData(FlipMode.XY, new byte[] { 4, 3, 2, 1 })]
    public void Flip_mirrors(FlipMode mode, byte[] expected)
    {
        using Mat image = Mat.FromPixelData(2, 2, MatType.CV_8UC1, new byte[] { 1, 2, 3, 4 });
        using var flipped = new Mat();
        Cv2.Flip(image, flipped, mode);
        Assert.True(flipped.GetArray(out byte[] read));
        Assert.Equal(expected, read);
    }

    [Fact]
    public void Arithmetic_saturates_and_takes_scalars()
    {
        using Mat image = Mat.FromPixelData(1, 3, MatType.CV_8UC1, new byte[] { 10, 100, 250 });
        using var result = new Mat();
        Cv2.Add(image, new Scalar(10), result);
        Assert.Equal([20, 110, 255], Bytes(result));
        Cv2.Subtract(image, new Scalar(50), result);
        Assert.Equal([0, 50, 200], Bytes(result));
        Cv2.Multiply(image, 2.0, result);
        Assert.Equal([20, 200, 255], Bytes(result));
        Cv2.AddWeighted(image, 0.5, image, 0.5, 1, result);
        Assert.Equal([11, 101, 251], Bytes(result));
        Cv2.Absdiff(image, new Scalar(100), result);
        Assert.Equal([90, 0, 150], Bytes(result));
    }

    [Fact]
    public void A_scalar_works_on_each_of_three_channels()
    {
        using var image = new Mat(2, 2, MatType.CV_32FC3, new Scalar(10, 20, 30));
        using var result = new Mat();
        Cv2.Subtract(image, new Scalar(1, 2, 3), result);
        Assert.Equal(new Vec3f(9, 18, 27), result.At<Vec3f>(1, 1));
    }

    [Fact]
    public void Merge_undoes_Split()
    {
        using Mat image = Rendered.Noise(4, 5, MatType.CV_8UC3);
        Mat[] channels = Cv2.Split(image);
        Assert.Equal(image.At<Vec3b>(2, 3).Item1, channels[1].At<byte>(2, 3));
        using var merged = new Mat();
        Cv2.Merge(channels, merged);
        Assert.Equal(0, Rendered.Distance(image, merged));
    }

    [Fact]
    public void MinMaxLoc_Mean_Sum_and_Norm_measure()
    {
        using Mat image = Mat.FromPixelData(2, 2, MatType.CV_32FC1, new[] { 3f, -4f, 1f, 2f });
        Cv2.MinMaxLoc(image, out double low, out double high, out Point lowAt, out Point highAt);
        Assert.Equal((-4.0, 3.0, new Point(1, 0), new Point(0, 0)), (low, high, lowAt, highAt));
        Assert.Equal((0.5, 2.0), (Cv2.Mean(image).Val0, Cv2.Sum(image).Val0));
        Assert.Equal((10.0, 4.0), (Cv2.Norm(image, NormTypes.L1), Cv2.Norm(image, NormTypes.INF)));
        Assert.Equal(Math.Sqrt(30), Cv2.Norm(image), 6);
    }

    [Fact]
    public void CopyMakeBorder_pads_with_the_value()
    {
        using var image = new Mat(1, 1, MatType.CV_8UC1, Scalar.All(5));
        using var padded = new Mat();
        Cv2.CopyMakeBorder(image, padded, 0, 1, 1, 0, BorderTypes.Constant, Scalar.All(9));
        Assert.Equal([9, 5, 9, 9], Bytes(padded));
    }

    [Theory]
    [InlineData(ThresholdTypes.Binary, new byte[] { 0, 0, 255 })]
    [InlineData(ThresholdTypes.BinaryInv, new byte[] { 255, 255, 0 })]
    [InlineData(ThresholdTypes.Tozero, new byte[] { 0, 0, 101 })]
    public void Threshold_keeps_what_is_above(ThresholdTypes type, byte[] expected)
    {
        using Mat image = Mat.FromPixelData(1, 3, MatType.CV_8UC1, new byte[] { 7, 100, 101 });
        using var result = new Mat();
        Assert.Equal(100, Cv2.Threshold(image, result, 100, 255, type));
        Assert.Equal(expected, Bytes(result));
    }

    [Fact]
    public void WarpAffine_moves_pixels()
    {
        using Mat image = Mat.FromPixelData(1, 3, MatType.CV_8UC1, new byte[] { 1, 2, 3 });
        using Mat<double> shift = Mat.FromArray(new double[,] { { 1, 0, 1 }, { 0, 1, 0 } });
        using var moved = new Mat();
        Cv2.WarpAffine(image, moved, shift, new Size(3, 1), borderValue: Scalar.All(8));
        Assert.Equal([8, 1, 2], Bytes(moved));
    }

    [Fact]
    public void GetRotationMatrix2D_turns_counter_clockwise_around_the_centre()
    {
        using Mat matrix = Cv2.GetRotationMatrix2D(new Point2f(10, 20), 90, 1);
        Assert.True(matrix.GetArray(out double[] m));
        Assert.Equal((10.0, 20.0), (Math.Round((m[0] * 10) + (m[1] * 20) + m[2], 9), Math.Round((m[3] * 10) + (m[4] * 20) + m[5], 9)));
        Assert.Equal((10.0, 19.0), (Math.Round((m[0] * 11) + (m[1] * 20) + m[2], 9), Math.Round((m[3] * 11) + (m[4] * 20) + m[5], 9)));
    }

    [Fact]
    public void Blurs_keep_a_constant_and_spread_a_point()
    {
        using var image = new Mat(9, 9, MatType.CV_32FC1, Scalar.All(0));
        image.Set(4, 4, 9f);
        using var blurred = new Mat();
        Cv2.Blur(image, blurred, new Size(3, 3));
        Assert.Equal((1f, 1f, 0f), (MathF.Round(blurred.At<float>(4, 4), 5), MathF.Round(blurred.At<float>(3, 5), 5), blurred.At<float>(2, 4)));
        Cv2.GaussianBlur(image, blurred, new Size(5, 5), 1);
        Assert.Equal(9, Cv2.Sum(blurred).Val0, 4);
        Assert.True(blurred.At<float>(4, 4) > blurred.At<float>(4, 5) && blurred.At<float>(4, 5) > blurred.At<float>(4, 6));
    }

    [Fact]
    public void A_seed_fixes_the_random_numbers()
    {
        using var first = new Mat(50, 50, MatType.CV_32FC1);
        using var second = new Mat(50, 50, MatType.CV_32FC1);
        Cv2.SetTheRNG(42);
        Cv2.Randn(first, new Scalar(3), new Scalar(2));
        Cv2.SetTheRNG(42);
        Cv2.Randn(second, new Scalar(3), new Scalar(2));
        Assert.Equal(0, Rendered.Distance(first, second));
        Cv2.MeanStdDev(first, out Scalar mean, out Scalar deviation);
        Assert.InRange(mean.Val0, 2.8, 3.2);
        Assert.InRange(deviation.Val0, 1.9, 2.1);
        Cv2.Randu(first, new Scalar(-1), new Scalar(1));
        Cv2.MinMaxLoc(first, out double low, out double high);
        Assert.InRange(low, -1, -0.9);
        Assert.InRange(high, 0.9, 1);
    }

    private static byte[] Bytes(Mat image) => image.GetArray(out byte[] read) ? read : throw new InvalidOperationException();
}
