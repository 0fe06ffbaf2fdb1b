// Image files: decoded and encoded by OpenCV, after a check that the file is whole (OpenCV paints what is missing grey and says nothing).
using System.Runtime.InteropServices;
using OpenCvSharp;

namespace Detection.Runtime;

/// <summary>An image file could not be read; the message names the file and says what is wrong with it.</summary>
public sealed class ImageReadException : Exception
{
    internal ImageReadException(string path, string problem, Exception? inner = null)
        : base($"{path}: {problem}", inner)
    {
        Path = path;
        Problem = problem;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is wrong, without the file's name.</summary>
    public string Problem { get; }
}

public sealed partial class RgbImage
{
    /// <summary>Images with more pixels than this are refused unless the caller allows more: 2^27, 400 MB as RGB.</summary>
    public const long DefaultMaxPixels = 1L << 27;

    // Files beyond this are not read into memory.
    private const long MaxFileBytes = 1L << 30;

    /// <summary>
    /// Reads a PNG, JPEG, BMP or WebP file. Greyscale and palettes become RGB, 16 bits become 8, alpha is dropped, and the orientation
    /// that a camera recorded is applied.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="maxPixels">Refuse images with more pixels.</param>
    /// <exception cref="ImageReadException">The file is missing, unreadable, truncated, damaged, too large or no image.</exception>
    public static RgbImage Load(string path, long maxPixels = DefaultMaxPixels)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Decode(path, ReadFile(path), maxPixels);
    }

    /// <summary>Decodes an image file's content; see <see cref="Load"/>.</summary>
    /// <param name="name">What messages call the image.</param>
    /// <param name="content">The file's bytes.</param>
    /// <param name="maxPixels">Refuse images with more pixels.</param>
    /// <exception cref="ImageReadException">The content is truncated, damaged, too large or no image.</exception>
    public static RgbImage Decode(string name, byte[] content, long maxPixels = DefaultMaxPixels)
    {
        ArgumentNullException.ThrowIfNull(content);
        ImageFileFormat.Check(name, content, maxPixels);
        try
        {
            using var decoded = Cv2.ImDecode(ImageFileFormat.WithoutColorProfile(content), ImreadModes.Color);
            if (decoded.Empty())
            {
                throw new ImageReadException(name, "the image is damaged and cannot be decoded.");
            }
            if ((long)decoded.Rows * decoded.Cols > maxPixels)
            {
                throw new ImageReadException(name, $"{decoded.Cols}x{decoded.Rows} pixels are too many (limit {maxPixels}).");
            }
            using var rgb = new Mat();
            Cv2.CvtColor(decoded, rgb, ColorConversionCodes.BGR2RGB);
            var pixels = new byte[checked(3 * rgb.Rows * rgb.Cols)];
            Marshal.Copy(rgb.Data, pixels, 0, pixels.Length);
            return new RgbImage(rgb.Cols, rgb.Rows, pixels);
        }
        catch (OpenCVException e)
        {
            throw new ImageReadException(name, $"the image cannot be decoded: {e.Message}", e);
        }
    }

    /// <summary>Writes a PNG or, for the endings .jpg and .jpeg, a JPEG of quality 95; the file appears complete or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="ArgumentException">The ending is neither .png, .jpg nor .jpeg.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        var ending = System.IO.Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".png" or ".jpg" or ".jpeg"))
        {
            throw new ArgumentException($"{path}: images are written as .png, .jpg or .jpeg.", nameof(path));
        }
        var content = Encode(ending);
        AtomicFile.Write(path, stream => stream.Write(content), durable: false);
    }

    /// <summary>The content of an image file: a PNG for .png, a JPEG of quality 95 for .jpg and .jpeg.</summary>
    internal byte[] Encode(string ending)
    {
        using var bgr = new Mat();
        Pinned(rgb => Cv2.CvtColor(rgb, bgr, ColorConversionCodes.RGB2BGR));
        Cv2.ImEncode(ending, bgr, out var content);
        return content;
    }

    /// <summary>Lends the pixels to OpenCV as an 8UC3 matrix without copying; the matrix is valid during the call alone.</summary>
    internal unsafe void Pinned(Action<Mat> use)
    {
        fixed (byte* start = Pixels)
        {
            using var mat = Mat.FromPixelData(Height, Width, MatType.CV_8UC3, (IntPtr)start);
            use(mat);
        }
    }

    internal static byte[] ReadFile(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new ImageReadException(path, "is a folder, not an image.");
            }
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > MaxFileBytes)
            {
                throw new ImageReadException(path, $"the file is too large ({file.Length} bytes, limit {MaxFileBytes}).");
            }
            var content = new byte[file.Length];
            file.ReadExactly(content);
            return content;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImageReadException(path, "there is no such file.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ImageReadException(path, "the file may not be read (permission denied).", e);
        }
        catch (IOException e)
        {
            throw new ImageReadException(path, $"the file cannot be read: {e.Message}", e);
        }
    }
}
