// Size and orientation of an image file without decoding it, after the check that the file is whole.
using System.Buffers.Binary;

namespace Detection.Runtime;

/// <summary>What the header of an image file says.</summary>
/// <param name="StoredWidth">Columns as stored.</param>
/// <param name="StoredHeight">Rows as stored.</param>
/// <param name="Orientation">The camera's orientation, 1 to 8 as in Exif; 1 is upright.</param>
/// <param name="IsJpeg">JPEG files can be decoded at a fraction of their size.</param>
internal readonly record struct ImageHeader(int StoredWidth, int StoredHeight, int Orientation, bool IsJpeg)
{
    /// <summary>Orientations 5 to 8 exchange rows and columns.</summary>
    public bool IsTurned => Orientation >= 5;

    /// <summary>Columns after the orientation is applied.</summary>
    public int Width => IsTurned ? StoredHeight : StoredWidth;

    /// <summary>Rows after the orientation is applied.</summary>
    public int Height => IsTurned ? StoredWidth : StoredHeight;

    /// <exception cref="ImageReadException">The content is truncated, damaged, too large or no image.</exception>
    public static ImageHeader Read(string name, ReadOnlySpan<byte> content, long maxPixels = RgbImage.DefaultMaxPixels)
    {
        ImageFileFormat.Check(name, content, maxPixels);
        var header = content switch
        {
            [0x89, ..] => new ImageHeader(
                BinaryPrimitives.ReadInt32BigEndian(content[16..]), BinaryPrimitives.ReadInt32BigEndian(content[20..]), 1, false),
            [0xFF, ..] => ReadJpeg(content),
            [(byte)'B', ..] => new ImageHeader(
                BinaryPrimitives.ReadInt32LittleEndian(content[18..]), Math.Abs(BinaryPrimitives.ReadInt32LittleEndian(content[22..])), 1, false),
            _ => ReadWebP(name, content),
        };
        return (long)header.StoredWidth * header.StoredHeight <= maxPixels
            ? header
            : throw new ImageReadException(name, $"{header.StoredWidth}x{header.StoredHeight} pixels are too many (limit {maxPixels}).");
    }

    /// <summary>A box of the stored image, in the upright one.</summary>
    public Box ToUpright(Box box)
    {
        float w = StoredWidth, h = StoredHeight;
        return Orientation switch
        {
            5 => new Box(box.Y1, box.X1, box.Y2, box.X2),
            6 => new Box(h - box.Y2, box.X1, h - box.Y1, box.X2),
            7 => new Box(h - box.Y2, w - box.X2, h - box.Y1, w - box.X1),
            8 => new Box(box.Y1, w - box.X2, box.Y2, w - box.X1),
            _ => box,
        };
    }

    // The file was checked: segments lie inside it, and a frame header comes before the pixels.
    private static ImageHeader ReadJpeg(ReadOnlySpan<byte> content)
    {
        var orientation = 1;
        for (var at = 2; ;)
        {
            if (content[at] != 0xFF || content[at + 1] is 0xFF)
            {
                at++;
                continue;
            }
            var code = content[at + 1];
            at += 2;
            if (code is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                continue;
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(content[at..]);
            if (code is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return new ImageHeader(
                    BinaryPrimitives.ReadUInt16BigEndian(content[(at + 5)..]), BinaryPrimitives.ReadUInt16BigEndian(content[(at + 3)..]), orientation, true);
            }
            if (code == 0xE1 && content[(at + 2)..(at + length)] is [(byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0, .. var tiff])
            {
                orientation = ReadOrientation(tiff);
            }
            at += length;
        }
    }

    // The first directory of a TIFF header; anything unexpected counts as upright, as decoders do.
    private static int ReadOrientation(ReadOnlySpan<byte> tiff)
    {
        const int OrientationTag = 0x0112, EntrySize = 12;
        if (tiff.Length < 14)
        {
            return 1;
        }
        var little = tiff[0] == (byte)'I';
        int Short(ReadOnlySpan<byte> bytes) => little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        var directory = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > (uint)(tiff.Length - 2))
        {
            return 1;
        }
        var entries = tiff[(int)directory..];
        var count = Short(entries);
        entries = entries[2..];
        for (var i = 0; i < count && entries.Length >= EntrySize; i++, entries = entries[EntrySize..])
        {
            if (Short(entries) == OrientationTag)
            {
                return Short(entries[8..]) is var value and >= 1 and <= 8 ? value : 1;
            }
        }
        return 1;
    }

    private static ImageHeader ReadWebP(string name, ReadOnlySpan<byte> content)
    {
        if (content.Length >= 30)
        {
            var chunk = content.Slice(12, 4);
            if (chunk.SequenceEqual("VP8 "u8))
            {
                return new ImageHeader(
                    BinaryPrimitives.ReadUInt16LittleEndian(content[26..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(content[28..]) & 0x3FFF, 1, false);
            }
            if (chunk.SequenceEqual("VP8L"u8))
            {
                var bits = BinaryPrimitives.ReadUInt32LittleEndian(content[21..]);
                return new ImageHeader((int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1, 1, false);
            }
            if (chunk.SequenceEqual("VP8X"u8))
            {
                return new ImageHeader(
                    (content[24] | content[25] << 8 | content[26] << 16) + 1, (content[27] | content[28] << 8 | content[29] << 16) + 1, 1, false);
            }
        }
        throw new ImageReadException(name, "the image is damaged (a WebP without a frame).");
    }
}
