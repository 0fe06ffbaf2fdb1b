// Part of the OpenCvSharp4 stand-in: one option of an image encoder, such as the JPEG quality.
namespace OpenCvSharp;

public record ImageEncodingParam
{
    public ImageEncodingParam(ImwriteFlags id, int value)
    {
        EncodingId = id;
        Value = value;
    }

    public ImwriteFlags EncodingId { get; }

    public int Value { get; }
}
