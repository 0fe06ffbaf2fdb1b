// Image files: what is read, what is written, and what is refused with which words.
using OpenCvSharp;
using Xunit;

namespace Detection.Runtime.Tests;

public class RgbImageTests
{
    private static byte[] Encode(string ending, MatType type, Scalar color, params ImageEncodingParam[] parameters)
    {
        using var mat = new Mat(20, 30, type, color);
        Cv2.ImEncode(ending, mat, out var content, parameters);
        return content;
    }

    [Fact]
    public void A_png_survives_saving_and_loading_to_the_last_bit()
    {
        using var folder = new TemporaryFolder();
        var image = Images.Noise(1);
        image.Save(folder["noise.png"]);
        var loaded = RgbImage.Load(folder["noise.png"]);
        Assert.Equal((image.Width, image.Height), (loaded.Width, loaded.Height));
        Assert.Equal(image.Pixels, loaded.Pixels);
    }

    [Theory]
    [InlineData("plain.jpg")]
    [InlineData("plain.jpeg")]
    [InlineData("PLAIN.JPG")]
    public void A_jpeg_is_close(string name)
    {
        using var folder = new TemporaryFolder();
        var image = new RgbImage(16, 16);
        for (var i = 0; i < image.Pixels.Length; i += 3)
        {
            (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = (200, 100, 50);
        }
        image.Save(folder[name]);
        var (red, green, blue) = RgbImage.Load(folder[name])[8, 8];
        Assert.InRange(red, 197, 203);
        Assert.InRange(green, 97, 103);
        Assert.InRange(blue, 47, 53);
    }

    [Fact]
    public void Other_endings_are_not_written() =>
        Assert.Throws<ArgumentException>(() => Images.Noise(1).Save("noise.gif"));

    [Fact]
    public void Grey_alpha_and_deep_pixels_become_8_bit_rgb()
    {
        Assert.Equal((77, 77, 77), RgbImage.Decode("grey", Encode(".png", MatType.CV_8UC1, new Scalar(77)))[3, 3]);
        Assert.Equal((30, 20, 10), RgbImage.Decode("alpha", Encode(".png", MatType.CV_8UC4, new Scalar(10, 20, 30, 128)))[3, 3]);
        Assert.Equal((3, 2, 1), RgbImage.Decode("deep", Encode(".png", MatType.CV_16UC3, new Scalar(256, 512, 768)))[3, 3]);
        Assert.Equal((30, 20, 10), RgbImage.Decode("bmp", Encode(".bmp", MatType.CV_8UC3, new Scalar(10, 20, 30)))[3, 3]);
    }

    [SkippableTheory]
    [InlineData("astronaut.png", 512, 512)]
    [InlineData("camera.png", 512, 512)]
    [InlineData("rocket.jpg", 640, 427)]
    public void Photos_load(string name, int width, int height)
    {
        var image = RgbImage.Load(RepositoryFiles.Shared("data/photos/" + name));
        Assert.Equal((width, height), (image.Width, image.Height));
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".bmp")]
    public void A_truncated_image_is_refused_wherever_it_was_cut(string ending)
    {
        var random = new Random(5);
        using var mat = new Mat(20, 30, MatType.CV_8UC3);
        for (var i = 0; i < 600; i++)
        {
            mat.Set(i / 30, i % 30, new Vec3b((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)));
        }
        Cv2.ImEncode(ending, mat, out var whole);
        RgbImage.Decode("whole", whole);
        for (var length = 1; length < whole.Length; length += 7)
        {
            var error = Assert.Throws<ImageReadException>(() => RgbImage.Decode("cut", whole[..length]));
            Assert.StartsWith("cut: ", error.Message);
        }
        Assert.Contains("truncated", Assert.Throws<ImageReadException>(() => RgbImage.Decode("cut", whole[..^5])).Message);
    }

    [Fact]
    public void A_truncated_progressive_jpeg_is_refused()
    {
        using var mat = new Mat(64, 64, MatType.CV_8UC3, new Scalar(1, 2, 3));
        Cv2.Randu(mat, new Scalar(0, 0, 0), new Scalar(255, 255, 255));
        Cv2.ImEncode(".jpg", mat, out var whole, new ImageEncodingParam(ImwriteFlags.JpegProgressive, 1));
        RgbImage.Decode("whole", whole);
        Assert.Contains("truncated", Assert.Throws<ImageReadException>(() => RgbImage.Decode("cut", whole[..(whole.Length * 2 / 3)])).Message);
    }

    [Fact]
    public void A_thumbnails_end_marker_does_not_make_a_truncated_jpeg_whole()
    {
        var whole = Encode(".jpg", MatType.CV_8UC3, new Scalar(1, 2, 3));
        // An application segment that holds a complete JPEG, as cameras write it.
        byte[] segment = [0xFF, 0xE1, (byte)((whole.Length + 2) >> 8), (byte)(whole.Length + 2), .. whole];
        byte[] withThumbnail = [.. whole[..2], .. segment, .. whole[2..]];
        RgbImage.Decode("whole", withThumbnail);
        Assert.Contains("truncated", Assert.Throws<ImageReadException>(() => RgbImage.Decode("cut", withThumbnail[..^40])).Message);
    }

    [Fact]
    public void A_png_with_a_flipped_bit_is_refused()
    {
        var damaged = Encode(".png", MatType.CV_8UC3, new Scalar(1, 2, 3));
        damaged[damaged.Length / 2] ^= 4;
        Assert.Contains("damaged", Assert.Throws<ImageReadException>(() => RgbImage.Decode("photo.png", damaged)).Message);
    }

    [Fact]
    public void Bytes_between_a_jpegs_segments_and_damaged_remarks_of_a_png_do_not_matter()
    {
        var jpeg = Encode(".jpg", MatType.CV_8UC3, new Scalar(1, 2, 3));
        Assert.Equal(30, RgbImage.Decode("jpeg", [.. jpeg[..2], .. jpeg[2..20], 0, 0, 0, .. jpeg[20..]]).Width);
        var png = Encode(".png", MatType.CV_8UC3, new Scalar(1, 2, 3));
        byte[] remark = [0, 0, 0, 3, .. "tEXt"u8, 1, 2, 3, 0, 0, 0, 0];
        Assert.Equal(30, RgbImage.Decode("png", [.. png[..33], .. remark, .. png[33..]]).Width);
    }

    [Fact]
    public void A_colour_profile_is_left_out_and_the_pixels_stay()
    {
        var png = Encode(".png", MatType.CV_8UC3, new Scalar(10, 20, 30));
        byte[] profile = [0, 0, 0, 4, .. "iCCP"u8, (byte)'x', 0, 0, 0];
        profile = [.. profile, .. BitConverter.GetBytes(Crc32.Of(profile.AsSpan(4))).Reverse()];
        byte[] with = [.. png[..33], .. profile, .. png[33..]];
        Assert.Equal(png, ImageFileFormat.WithoutColorProfile(with));
        Assert.Equal(png, ImageFileFormat.WithoutColorProfile(png));
        Assert.Equal((30, 20, 10), RgbImage.Decode("photo", with)[3, 3]);
    }

    [Fact]
    public void Too_many_pixels_are_refused_before_decoding()
    {
        var error = Assert.Throws<ImageReadException>(() => RgbImage.Decode("big", Encode(".png", MatType.CV_8UC3, new Scalar(1)), maxPixels: 599));
        Assert.Contains("30x20 pixels are too many (limit 599)", error.Message);
        Assert.Contains("too many", Assert.Throws<ImageReadException>(() => RgbImage.Decode("big", Encode(".jpg", MatType.CV_8UC3, new Scalar(1)), 599)).Message);
        // A header alone that promises 4 billion pixels.
        byte[] bomb = [0x89, .. "PNG\r\n\x1a\n"u8, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 8, 2, 0, 0, 0];
        bomb = [.. bomb, .. BitConverter.GetBytes(Crc32.Of(bomb.AsSpan(12))).Reverse()];
        Assert.Contains("65535x65535 pixels are too many", Assert.Throws<ImageReadException>(() => RgbImage.Decode("bomb", bomb)).Message);
    }

    [Fact]
    public void Files_that_are_missing_empty_folders_or_no_images_are_named()
    {
        using var folder = new TemporaryFolder();
        void Refused(string path, string problem)
        {
            var error = Assert.Throws<ImageReadException>(() => RgbImage.Load(path));
            Assert.Equal(path, error.Path);
            Assert.Contains(path, error.Message);
            Assert.Contains(problem, error.Message);
        }
        Refused(folder["nothing.png"], "no such file");
        Refused(System.IO.Path.Combine(folder["nowhere"], "a.png"), "no such file");
        Refused(folder.Path, "is a folder");
        Refused(folder.Write("empty.png", []), "empty");
        Refused(folder.Write("text.png", "I am no image"u8.ToArray()), "is not a PNG, JPEG, BMP or WebP image");
    }
}
