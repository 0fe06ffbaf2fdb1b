// Is an image file whole? Walks its structure (PNG chunks with checksums, JPEG segments to the end marker, BMP and WebP sizes) before decoding.
using System.Buffers.Binary;

namespace Detection.Runtime;

internal static class ImageFileFormat
{
    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <exception cref="ImageReadException">The content is not an image of a known format, is truncated or has too many pixels.</exception>
    public static void Check(string name, ReadOnlySpan<byte> content, long maxPixels)
    {
        var problem = content switch
        {
            [] => "the file is empty.",
            _ when content.StartsWith(PngSignature) => CheckPng(content, maxPixels),
            [0xFF, 0xD8, 0xFF, ..] => CheckJpeg(content, maxPixels),
            [(byte)'B', (byte)'M', ..] => CheckBmp(content, maxPixels),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => CheckWebP(content),
            _ when content.Length < PngSignature.Length && PngSignature.StartsWith(content) => "the image is truncated.",
            _ => "is not a PNG, JPEG, BMP or WebP image.",
        };
        if (problem is not null)
        {
            throw new ImageReadException(name, problem);
        }
    }

    /// <summary>
    /// A checked PNG without its colour profile, other content unchanged. OpenCV does not apply profiles, but libpng writes a warning to standard error
    /// about the most common one.
    /// </summary>
    public static byte[] WithoutColorProfile(byte[] content)
    {
        if (!content.AsSpan().StartsWith(PngSignature))
        {
            return content;
        }
        for (var at = PngSignature.Length; ;)
        {
            var size = 12 + BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(at));
            var type = content.AsSpan(at + 4, 4);
            if (type.SequenceEqual("iCCP"u8))
            {
                return [.. content.AsSpan(0, at), .. content.AsSpan(at + size)];
            }
            if (type.SequenceEqual("IDAT"u8) || type.SequenceEqual("IEND"u8))
            {
                return content;
            }
            at += size;
        }
    }

    private static string? CheckPng(ReadOnlySpan<byte> content, long maxPixels)
    {
        var at = PngSignature.Length;
        for (var first = true; ; first = false)
        {
            if (content.Length - at < 12)
            {
                return Truncated(content.Length);
            }
            var length = BinaryPrimitives.ReadUInt32BigEndian(content[at..]);
            if (length > (uint)(content.Length - at - 12))
            {
                return Truncated(content.Length);
            }
            var typeAndData = content.Slice(at + 4, 4 + (int)length);
            var type = typeAndData[..4];
            // A lower-case letter marks what a decoder need not understand.
            var isCritical = (type[0] & 0x20) == 0;
            if (isCritical && Crc32.Of(typeAndData) != BinaryPrimitives.ReadUInt32BigEndian(content[(at + 8 + (int)length)..]))
            {
                return $"the image is damaged (wrong checksum in the PNG chunk at byte {at}).";
            }
            if (first)
            {
                if (!type.SequenceEqual("IHDR"u8) || length != 13)
                {
                    return "the image is damaged (a PNG that does not begin with its header).";
                }
                var problem = CheckSize(
                    BinaryPrimitives.ReadUInt32BigEndian(typeAndData[4..]), BinaryPrimitives.ReadUInt32BigEndian(typeAndData[8..]), maxPixels);
                if (problem is not null)
                {
                    return problem;
                }
            }
            if (type.SequenceEqual("IEND"u8))
            {
                return null;
            }
            at += 12 + (int)length;
        }
    }

    private static string? CheckJpeg(ReadOnlySpan<byte> content, long maxPixels)
    {
        var at = 2;
        var sized = false;
        while (true)
        {
            // A marker is 0xFF, any number of further 0xFF, and a code.
            if (at + 1 >= content.Length)
            {
                return Truncated(content.Length);
            }
            if (content[at] != 0xFF)
            {
                // Some cameras leave bytes between segments; decoders pass over them.
                at++;
                continue;
            }
            var code = content[at + 1];
            if (code == 0xFF)
            {
                at++;
                continue;
            }
            at += 2;
            if (code == 0xD9)
            {
                return sized ? null : "the image is damaged (a JPEG without a frame).";
            }
            if (code is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                continue;
            }
            if (at + 2 > content.Length)
            {
                return Truncated(content.Length);
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(content[at..]);
            if (length < 2)
            {
                return $"the image is damaged (a JPEG segment of {length} bytes at byte {at}).";
            }
            if (at + length > content.Length)
            {
                return Truncated(content.Length);
            }
            var isFrame = code is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (isFrame && length >= 7)
            {
                sized = true;
                var problem = CheckSize(
                    BinaryPrimitives.ReadUInt16BigEndian(content[(at + 5)..]), BinaryPrimitives.ReadUInt16BigEndian(content[(at + 3)..]), maxPixels);
                if (problem is not null)
                {
                    return problem;
                }
            }
            at += length;
            if (code == 0xDA)
            {
                // Entropy-coded data: up to a marker that is neither a stuffed zero nor a restart.
                while (true)
                {
                    var next = content[at..].IndexOf((byte)0xFF);
                    if (next < 0 || at + next + 1 >= content.Length)
                    {
                        return Truncated(content.Length);
                    }
                    at += next;
                    if (content[at + 1] is not (0x00 or (>= 0xD0 and <= 0xD7)))
                    {
                        break;
                    }
                    at += 2;
                }
            }
        }
    }

    private static string? CheckBmp(ReadOnlySpan<byte> content, long maxPixels)
    {
        if (content.Length < 26)
        {
            return Truncated(content.Length);
        }
        var declared = BinaryPrimitives.ReadUInt32LittleEndian(content[2..]);
        var pixelsAt = BinaryPrimitives.ReadUInt32LittleEndian(content[10..]);
        var headerSize = BinaryPrimitives.ReadUInt32LittleEndian(content[14..]);
        if (headerSize < 40 || content.Length < 34)
        {
            return "is a BMP image of a kind that is not supported.";
        }
        var width = BinaryPrimitives.ReadInt32LittleEndian(content[18..]);
        var height = BinaryPrimitives.ReadInt32LittleEndian(content[22..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(content[28..]);
        var compression = BinaryPrimitives.ReadUInt32LittleEndian(content[30..]);
        if (width <= 0 || height is 0 or int.MinValue)
        {
            return "the image is damaged (a BMP without pixels).";
        }
        var bytes = ((long)width * bits + 31) / 32 * 4 * Math.Abs(height);
        var truncated = compression is 0 or 3 ? pixelsAt + bytes > content.Length : declared > content.Length;
        return CheckSize(width, Math.Abs(height), maxPixels) ?? (truncated ? Truncated(content.Length) : null);
    }

    // The pixel limit is checked after decoding: the format itself allows at most 2^28 pixels.
    private static string? CheckWebP(ReadOnlySpan<byte> content) =>
        8L + BinaryPrimitives.ReadUInt32LittleEndian(content[4..]) > content.Length ? Truncated(content.Length) : null;

    private static string? CheckSize(long width, long height, long maxPixels) => (width, height) switch
    {
        (0, _) or (_, 0) => $"the image is damaged (its header says {width}x{height} pixels).",
        _ when width * height > maxPixels => $"{width}x{height} pixels are too many (limit {maxPixels}).",
        _ => null,
    };

    private static string Truncated(int length) => $"the image is truncated (it ends after {length} bytes, before its end marker).";
}
