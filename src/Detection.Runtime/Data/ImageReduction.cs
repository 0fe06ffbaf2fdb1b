// Decodes an image file straight to the size that training works on, without holding a large image longer than needed.
using OpenCvSharp;

namespace Detection.Runtime;

internal static class ImageReduction
{
    // Four threads that decode 100 megapixels each would take gigabytes; images this large take turns.
    private const long LargePixels = 1L << 24;
    private const long LargeBytes = 1L << 24;
    private static readonly Lock LargeImageTurn = new();

    /// <summary>Reads an image file and scales it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">The size wanted for an image of given width and height.</param>
    /// <param name="interpolation">How pixels are interpolated.</param>
    /// <exception cref="ImageReadException">The file is missing, unreadable, truncated, damaged, too large or no image.</exception>
    public static RgbImage Load(string path, Func<int, int, (int Width, int Height)> size, InterpolationFlags interpolation)
    {
        if (new FileInfo(path) is { Exists: true, Length: > LargeBytes })
        {
            lock (LargeImageTurn)
            {
                return ReadAndDecode(path, size, interpolation);
            }
        }
        return ReadAndDecode(path, size, interpolation);
    }

    private static RgbImage ReadAndDecode(string path, Func<int, int, (int Width, int Height)> size, InterpolationFlags interpolation)
    {
        var content = RgbImage.ReadFile(path);
        var header = ImageHeader.Read(path, content);
        var (width, height) = size(header.Width, header.Height);
        if ((long)header.Width * header.Height < LargePixels)
        {
            return Decode(path, content, header, width, height, interpolation);
        }
        lock (LargeImageTurn)
        {
            return Decode(path, content, header, width, height, interpolation);
        }
    }

    private static RgbImage Decode(string path, byte[] content, ImageHeader header, int width, int height, InterpolationFlags interpolation)
    {
        try
        {
            using var decoded = Cv2.ImDecode(ImageFileFormat.WithoutColorProfile(content), Mode(header, width, height));
            if (decoded.Empty())
            {
                throw new ImageReadException(path, "the image is damaged and cannot be decoded.");
            }
            var image = new RgbImage(width, height);
            image.Pinned(rgb =>
            {
                if (decoded.Cols != width || decoded.Rows != height)
                {
                    Cv2.Resize(decoded, rgb, new Size(width, height), 0, 0, interpolation);
                    Cv2.CvtColor(rgb, rgb, ColorConversionCodes.BGR2RGB);
                }
                else
                {
                    Cv2.CvtColor(decoded, rgb, ColorConversionCodes.BGR2RGB);
                }
            });
            return image;
        }
        catch (OpenCVException e)
        {
            throw new ImageReadException(path, $"the image cannot be decoded: {e.Message}", e);
        }
    }

    // A JPEG decodes at a half, a quarter or an eighth in a fraction of the time and memory; twice the wanted size is left, so that the
    // resizing that follows still decides how the result looks.
    private static ImreadModes Mode(ImageHeader header, int width, int height)
    {
        bool Suffices(int divisor) => header.IsJpeg && header.Width / divisor >= 2 * width && header.Height / divisor >= 2 * height;
        return Suffices(8) ? ImreadModes.ReducedColor8 : Suffices(4) ? ImreadModes.ReducedColor4 : Suffices(2) ? ImreadModes.ReducedColor2 : ImreadModes.Color;
    }
}
