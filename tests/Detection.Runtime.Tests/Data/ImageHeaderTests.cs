// Sizes and orientations from headers agree with what decoding gives.
using OpenCvSharp;
using Xunit;
using static Detection.Runtime.Tests.SmallDatasets;

namespace Detection.Runtime.Tests;

public sealed class ImageHeaderTests
{
    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".bmp")]
    [InlineData(".webp")]
    public void The_header_has_the_size_of_the_image(string ending)
    {
        using var mat = new Mat(31, 57, MatType.CV_8UC3, new Scalar(1, 2, 3));
        Cv2.ImEncode(ending, mat, out var content);
        var header = ImageHeader.Read("image", content);
        Assert.Equal((57, 31, 1), (header.Width, header.Height, header.Orientation));
        Assert.Contains("too many", Assert.Throws<ImageReadException>(() => ImageHeader.Read("image", content, 57 * 31 - 1)).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_box_around_a_mark_stays_around_it_when_the_camera_turned_the_image(byte orientation)
    {
        var image = new RgbImage(80, 48);
        for (var (y, box) = (8, new Box(16, 8, 32, 16)); y < box.Y2; y++)
        {
            for (var x = 16; x < box.X2; x++)
            {
                image[x, y] = (255, 255, 255);
            }
        }
        using var folder = new TemporaryFolder();
        image.Save(folder["plain.jpg"]);
        foreach (var bigEndian in new[] { true, false })
        {
            var content = WithOrientation(File.ReadAllBytes(folder["plain.jpg"]), orientation, bigEndian);
            var header = ImageHeader.Read("image", content);
            var decoded = RgbImage.Decode("image", content);
            Assert.Equal((decoded.Width, decoded.Height), (header.Width, header.Height));
            if (header.IsTurned)
            {
                Assert.Equal(orientation, header.Orientation);
                Assert.Equal(BrightPart(decoded), header.ToUpright(new Box(16, 8, 32, 16)));
            }
        }
    }

    [Fact]
    public void Boxes_of_an_image_as_stored_are_turned_with_it_and_those_of_the_upright_one_are_not()
    {
        using var folder = new TemporaryFolder();
        Save(Noise(80, 48), folder.Path, "JPEGImages", "a.jpg");
        var file = Path.Combine(folder.Path, "JPEGImages", "a.jpg");
        File.WriteAllBytes(file, WithOrientation(File.ReadAllBytes(file), 6, true));
        List(folder.Path, "train", "a");
        WriteText(Annotation(80, 48, Object("dog", 16, 8, 32, 16)), folder.Path, "Annotations", "a.xml");
        var turned = DetectionDatasets.Load(folder.Path, "train");
        Assert.Equal((48, 80), (turned.Samples[0].Width, turned.Samples[0].Height));
        Assert.Equal(new Box(32, 16, 40, 32), turned.Samples[0].Boxes[0].Box);
        Assert.Contains("were turned upright with it (48x80)", Assert.Single(turned.Problems).Problem);
        WriteText(Annotation(48, 80, Object("dog", 16, 8, 32, 16)), folder.Path, "Annotations", "a.xml");
        var upright = DetectionDatasets.Load(folder.Path, "train");
        Assert.Equal(new Box(16, 8, 32, 16), upright.Samples[0].Boxes[0].Box);
        Assert.Empty(upright.Problems);
    }

    private static byte[] WithOrientation(byte[] jpeg, byte orientation, bool bigEndian)
    {
        byte[] tiff = bigEndian
            ? [.. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
            : [.. "II"u8, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
        byte[] payload = [.. "Exif"u8, 0, 0, .. tiff];
        return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(payload.Length + 2), .. payload, .. jpeg[2..]];
    }

    private static Box BrightPart(RgbImage image)
    {
        var bright = (
            from y in Enumerable.Range(0, image.Height)
            from x in Enumerable.Range(0, image.Width)
            where image[x, y].Red > 128
            select (X: x, Y: y)).ToList();
        return new Box(bright.Min(p => p.X), bright.Min(p => p.Y), bright.Max(p => p.X) + 1, bright.Max(p => p.Y) + 1);
    }
}
