// Image files: what is encoded comes back, with the depth, channels and orientation that OpenCV documents.
using OpenCvSharp;
using Xunit;

namespace OpenCvSharp4.Tests;

public sealed class CodecTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("opencvsharp4-tests-").FullName;

    public static TheoryData<int> LosslessTypes => [0 /* 8UC1 */, 16 /* 8UC3 */, 24 /* 8UC4 */, 2 /* 16UC1 */, 18 /* 16UC3 */, 26 /* 16UC4 */];

    [Theory]
    [MemberData(nameof(LosslessTypes))]
    public void Png_gives_back_every_bit_when_read_unchanged(int type)
    {
        using Mat image = Rendered.Noise(13, 17, type);
        using Mat read = Cv2.ImDecode(image.ToBytes(".png"), ImreadModes.Unchanged);
        Assert.Equal(image.Type(), read.Type());
        Assert.Equal(0, Rendered.Distance(image, read));
    }

    [Theory]
    [InlineData(95, 8)]
    [InlineData(30, 40)]
    public void Jpeg_stays_close_to_a_smooth_image(int quality, double bound)
    {
        using Mat image = Rendered.Gradient(48, 64);
        byte[] bytes = image.ToBytes(".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, quality));
        using Mat read = Cv2.ImDecode(bytes, ImreadModes.Color);
        Assert.Equal(new Size(64, 48), read.Size());
        Assert.InRange(Rendered.Distance(image, read), 1, bound);
    }

    [Fact]
    public void A_lower_jpeg_quality_makes_a_smaller_file()
    {
        using Mat image = Rendered.Noise(64, 64, MatType.CV_8UC3);
        byte[] good = image.ToBytes(".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, 95));
        byte[] poor = image.ToBytes(".jpg", [(int)ImwriteFlags.JpegQuality, 20]);
        Assert.True(poor.Length < good.Length / 2, $"{poor.Length} and {good.Length} bytes");
    }

    [Theory]
    [InlineData(ImreadModes.Color, 16)]
    [InlineData(ImreadModes.Grayscale, 0)]
    [InlineData(ImreadModes.AnyDepth, 2)]
    [InlineData(ImreadModes.AnyDepth | ImreadModes.AnyColor, 18)]
    [InlineData(ImreadModes.Unchanged, 26)]
    public void The_mode_decides_depth_and_channels_of_a_16_bit_png_with_alpha(ImreadModes mode, int type)
    {
        using Mat image = Rendered.Noise(5, 4, MatType.CV_16UC4);
        using Mat read = Cv2.ImDecode(image.ToBytes(".png"), mode);
        Assert.Equal(MatType.FromInt32(type), read.Type());
    }

    [Fact]
    public void Reading_in_color_repeats_a_grey_image_in_three_channels()
    {
        using Mat image = Rendered.Noise(6, 7, MatType.CV_8UC1);
        using Mat read = Cv2.ImDecode(image.ToBytes(".png"), ImreadModes.Color);
        Mat[] channels = Cv2.Split(read);
        Assert.Equal(3, channels.Length);
        Assert.All(channels, c => Assert.Equal(0, Rendered.Distance(image, c)));
    }

    [Fact]
    public void Colours_are_blue_green_red()
    {
        // A binary PPM with one pixel, red 200, green 100, blue 50.
        byte[] ppm = [.. "P6 1 1 255\n"u8, 200, 100, 50];
        using Mat read = Cv2.ImDecode(ppm, ImreadModes.Color);
        Assert.Equal(new Vec3b(50, 100, 200), read.At<Vec3b>(0, 0));
    }

    [Theory]
    [InlineData(1, ImreadModes.Color, 32, 24)]
    [InlineData(6, ImreadModes.Color, 24, 32)]
    [InlineData(6, ImreadModes.Grayscale, 24, 32)]
    [InlineData(6, ImreadModes.Color | ImreadModes.IgnoreOrientation, 32, 24)]
    [InlineData(6, ImreadModes.Unchanged, 32, 24)]
    public void The_EXIF_orientation_is_applied_unless_it_is_to_be_ignored(byte orientation, ImreadModes mode, int width, int height)
    {
        using Mat image = Rendered.Gradient(24, 32);
        byte[] jpeg = WithOrientation(image.ToBytes(".jpg"), orientation);
        string path = Path.Combine(_folder, "photo.jpg");
        File.WriteAllBytes(path, jpeg);
        using Mat fromFile = Cv2.ImRead(path, mode);
        using Mat fromMemory = Cv2.ImDecode(jpeg, mode);
        Assert.Equal(new Size(width, height), fromFile.Size());
        Assert.Equal(new Size(width, height), fromMemory.Size());
    }

    [Fact]
    public void Orientation_six_turns_the_image_clockwise()
    {
        using Mat image = Rendered.Gradient(24, 32);
        byte[] jpeg = image.ToBytes(".jpg");
        using Mat plain = Cv2.ImDecode(jpeg, ImreadModes.Color);
        using Mat turned = Cv2.ImDecode(WithOrientation(jpeg, 6), ImreadModes.Color);
        using var expected = new Mat();
        Cv2.Rotate(plain, expected, RotateFlags.Rotate90Clockwise);
        Assert.Equal(0, Rendered.Distance(expected, turned));
    }

    [Fact]
    public void ImWrite_and_ImRead_work_on_paths_with_spaces_and_umlauts()
    {
        string path = Path.Combine(_folder, "grün und blau.png");
        using Mat image = Rendered.Gradient(10, 12);
        Assert.True(Cv2.ImWrite(path, image));
        using Mat read = Cv2.ImRead(path);
        Assert.Equal(0, Rendered.Distance(image, read));
    }

    [Fact]
    public void Streams_hold_the_same_bytes()
    {
        using Mat image = Rendered.Gradient(10, 12);
        using var stream = new MemoryStream();
        image.WriteToStream(stream, ".bmp");
        Assert.Equal(image.ToBytes(".bmp"), stream.ToArray());
        stream.Position = 0;
        using Mat read = Mat.FromStream(stream, ImreadModes.Color);
        Assert.Equal(0, Rendered.Distance(image, read));
    }

    [Fact]
    public void A_missing_file_is_an_empty_matrix()
    {
        using Mat read = Cv2.ImRead(Path.Combine(_folder, "none.png"));
        Assert.True(read.Empty());
    }

    [Fact]
    public void Bytes_that_are_no_image_are_an_empty_matrix()
    {
        using Mat read = Cv2.ImDecode("these bytes are not an image"u8, ImreadModes.Color);
        Assert.True(read.Empty());
    }

    [Fact]
    public void No_bytes_are_an_error() => Assert.Throws<ArgumentException>(() => Cv2.ImDecode([], ImreadModes.Color));

    [Fact]
    public void An_unknown_extension_is_an_exception_from_OpenCV()
    {
        using Mat image = Rendered.Gradient(4, 4);
        Assert.Throws<OpenCVException>(() => image.ToBytes(".nonsense"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Puts an APP1 segment with nothing but the orientation tag behind the start-of-image marker.</summary>
    private static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0, // little-endian TIFF header, directory at offset 8
            1, 0, // one entry: tag 0x0112, type SHORT, count 1, value
            0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0,
            0, 0, 0, 0, // no further directory
        ];
        int length = exif.Length + 2;
        return [.. jpeg[..2], 0xFF, 0xE1, (byte)(length >> 8), (byte)length, .. exif, .. jpeg[2..]];
    }
}
