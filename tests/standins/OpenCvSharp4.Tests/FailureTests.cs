// Wrong use ends in exceptions that say what is wrong, on every thread.
using OpenCvSharp;
using Xunit;

namespace OpenCvSharp4.Tests;

public class FailureTests
{
    [Fact]
    public void An_exception_in_OpenCV_carries_its_message_and_place()
    {
        using var image = new Mat(2, 2, MatType.CV_8UC1, Scalar.All(0));
        using var result = new Mat();
        var error = Assert.Throws<OpenCVException>(() => Cv2.CvtColor(image, result, ColorConversionCodes.BGR2GRAY));
        Assert.Contains("scn", error.Message, StringComparison.Ordinal); // the number of source channels
        Assert.Contains("color", error.FileName, StringComparison.Ordinal);
        Assert.True(error.Line > 0);
    }

    [Fact]
    public void Sizes_that_do_not_match_are_named()
    {
        using var a = new Mat(2, 2, MatType.CV_8UC1, Scalar.All(0));
        using var b = new Mat(3, 2, MatType.CV_8UC1, Scalar.All(0));
        using var result = new Mat();
        var error = Assert.Throws<OpenCVException>(() => Cv2.Add(a, b, result));
        Assert.Equal(ErrorCode.StsUnmatchedSizes, error.Status);
    }

    [Fact]
    public void A_region_outside_the_matrix_is_refused()
    {
        using var image = new Mat(4, 4, MatType.CV_8UC1);
        Assert.Throws<OpenCVException>(() => image[new Rect(2, 2, 3, 3)]);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(2, 0)]
    [InlineData(-1, 2)]
    public void A_region_without_pixels_is_refused(int width, int height)
    {
        using var image = new Mat(4, 4, MatType.CV_8UC1);
        Assert.Throws<ArgumentException>(() => image[new Rect(1, 1, width, height)]);
        Assert.Throws<ArgumentException>(() => image.SubMat(1, 1 + height, 1, 1 + width));
    }

    [Fact]
    public void A_matrix_larger_than_memory_is_an_exception() =>
        Assert.Throws<OpenCVException>(() => new Mat(2_000_000_000, 2_000_000, MatType.CV_64FC4));

    [Fact]
    public void Null_arguments_are_refused()
    {
        using var image = new Mat(1, 1, MatType.CV_8UC1, Scalar.All(0));
        InputArray none = null!;
        Assert.Equal("src", Assert.Throws<ArgumentNullException>(() => Cv2.Flip(none, image, FlipMode.X)).ParamName);
        Assert.Throws<ArgumentNullException>(() => Cv2.Flip(image, (Mat)null!, FlipMode.X));
        Assert.Throws<ArgumentNullException>(() => Cv2.ImRead(""));
    }

    [Fact]
    public void A_null_mask_is_no_mask()
    {
        using var image = new Mat(2, 2, MatType.CV_8UC1, Scalar.All(6));
        Mat mask = null!;
        Assert.Equal(6, Cv2.Mean(image, mask).Val0);
    }

    [Fact]
    public void Each_thread_gets_its_own_answer_and_its_own_exception()
    {
        Parallel.For(0, 400, i =>
        {
            using Mat image = Rendered.Gradient(20 + (i % 7), 30);
            using Mat read = Cv2.ImDecode(image.ToBytes(".png"), ImreadModes.Color);
            Assert.Equal(0, Rendered.Distance(image, read));
            using Mat small = image.Resize(new Size(10, 5 + (i % 3)));
            Assert.Equal(5 + (i % 3), small.Rows);
            if (i % 2 == 0)
            {
                var color = Assert.Throws<OpenCVException>(() => image.CvtColor(ColorConversionCodes.GRAY2BGR));
                Assert.Contains("scn", color.Message, StringComparison.Ordinal);
            }
            else
            {
                var region = Assert.Throws<OpenCVException>(() => image[new Rect(0, 0, 31, 1)]);
                Assert.Contains("colRange", region.Message, StringComparison.Ordinal);
            }
        });
    }
}
