// Part of the OpenCvSharp4 stand-in: Cv2. This file: reading, writing, decoding and encoding image files.
// Colours are in the order blue, green, red. Unless told to ignore it, reading applies a JPEG's EXIF orientation.
using OpenCvSharp.Internal;

namespace OpenCvSharp;

public static partial class Cv2
{
    /// <summary>Reads an image file; the matrix is empty where the file is missing or holds no image that OpenCV can read.</summary>
    public static Mat ImRead(string fileName, ImreadModes flags = ImreadModes.Color) => new(fileName, flags);

    /// <summary>Writes an image file in the format that the extension names.</summary>
    public static bool ImWrite(string fileName, Mat img, int[]? prms = null)
    {
        RequireText(fileName);
        ArgumentNullException.ThrowIfNull(img);
        unsafe
        {
            fixed (int* options = prms)
            {
                NativeMethods.Check(NativeMethods.codecs_imwrite(fileName, img.Handle, options, prms?.Length ?? 0, out int written));
                return written != 0;
            }
        }
    }

    public static bool ImWrite(string fileName, Mat img, params ImageEncodingParam[] prms) => ImWrite(fileName, img, Flat(prms));

    public static Mat ImDecode(Mat buf, ImreadModes flags)
    {
        ArgumentNullException.ThrowIfNull(buf);
        NativeMethods.Check(NativeMethods.codecs_imdecode_mat(buf.Handle, (int)flags, out MatHandle handle));
        return new Mat(handle);
    }

    public static Mat ImDecode(InputArray buf, ImreadModes flags)
    {
        NativeMethods.Check(NativeMethods.codecs_imdecode_mat(In(buf), (int)flags, out MatHandle handle));
        return new Mat(handle);
    }

    public static Mat ImDecode(byte[] buf, ImreadModes flags)
    {
        ArgumentNullException.ThrowIfNull(buf);
        return ImDecode(new ReadOnlySpan<byte>(buf), flags);
    }

    public static unsafe Mat ImDecode(ReadOnlySpan<byte> span, ImreadModes flags)
    {
        if (span.IsEmpty)
        {
            throw new ArgumentException("Empty span", nameof(span));
        }

        fixed (byte* bytes = span)
        {
            NativeMethods.Check(NativeMethods.codecs_imdecode(bytes, span.Length, (int)flags, out MatHandle handle));
            return new Mat(handle);
        }
    }

    public static unsafe bool ImEncode(string ext, InputArray img, out byte[] buf, int[]? prms = null)
    {
        RequireText(ext);
        fixed (int* options = prms)
        {
            NativeMethods.Check(NativeMethods.codecs_imencode(ext, In(img), options, prms?.Length ?? 0, out nint encoded, out int done));
            try
            {
                NativeMethods.codecs_bytes(encoded, out byte* bytes, out nuint length);
                buf = new ReadOnlySpan<byte>(bytes, checked((int)length)).ToArray();
                return done != 0;
            }
            finally
            {
                NativeMethods.codecs_bytes_delete(encoded);
            }
        }
    }

    public static void ImEncode(string ext, InputArray img, out byte[] buf, params ImageEncodingParam[] prms) =>
        ImEncode(ext, img, out buf, Flat(prms));

    public static bool HaveImageReader(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        NativeMethods.Check(NativeMethods.codecs_have_reader(fileName, out int result));
        return result != 0;
    }

    public static bool HaveImageWriter(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        NativeMethods.Check(NativeMethods.codecs_have_writer(fileName, out int result));
        return result != 0;
    }

    private static int[] Flat(ImageEncodingParam[] prms)
    {
        ArgumentNullException.ThrowIfNull(prms);
        return [.. prms.SelectMany(p => new[] { (int)p.EncodingId, p.Value })];
    }
}
