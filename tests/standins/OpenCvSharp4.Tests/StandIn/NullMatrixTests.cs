// A null matrix where one is read. OpenCvSharp passes it on, and OpenCV ends the process; the stand-in throws.
using OpenCvSharp;
using Xunit;

namespace OpenCvSharp4.Tests;

public class NullMatrixTests
{
    public static TheoryData<string, Action<Mat, Mat>> Functions { get; } = new()
    {
        { "CvtColor", (source, result) => Cv2.CvtColor(source, result, ColorConversionCodes.BGR2GRAY) },
        { "Flip", (source, result) => Cv2.Flip(source, result, FlipMode.X) },
        { "Resize", (source, result) => Cv2.Resize(source, result, new Size(2, 2)) },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_null_source_is_named(string function, Action<Mat, Mat> call)
    {
        Assert.NotEmpty(function);
        using var result = new Mat();
        Assert.Equal("src", Assert.Throws<ArgumentNullException>(() => call(null!, result)).ParamName);
    }
}
