// How an image becomes the input of a network, as the spec declares it.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>Order of the colour channels of a network's input.</summary>
public enum ColorOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red (networks that began in Caffe or OpenCV).</summary>
    Bgr,
}

/// <summary>How an image is brought to the size of the input.</summary>
public enum ImageResize
{
    /// <summary>To exactly the input's height and width; the aspect ratio is not kept (SSD).</summary>
    Stretch,
}

/// <summary>How the sides of an image that keeps its aspect ratio become whole numbers of pixels.</summary>
public enum SizeRounding
{
    /// <summary>To the nearest number, halves to even (Fast and Faster R-CNN's code); boxes scale by the factor before rounding, the same along both axes.</summary>
    Nearest,

    /// <summary>Downwards, from a factor in single precision (torchvision); boxes scale by the sizes that come out, along each axis.</summary>
    Down,
}

/// <summary>How pixels between pixels are computed.</summary>
public enum Interpolation
{
    /// <summary>The nearest pixel.</summary>
    Nearest,

    /// <summary>Bilinear between pixel centres, without smoothing when shrinking.</summary>
    Bilinear,

    /// <summary>Bicubic between pixel centres, without smoothing when shrinking.</summary>
    Bicubic,

    /// <summary>The mean of the covered area when shrinking; bilinear when enlarging.</summary>
    Area,

    /// <summary>Lanczos over 8 x 8 pixels, without smoothing when shrinking.</summary>
    Lanczos,
}

/// <summary>
/// Steps from an image to the input tensor: resize, order the channels, then <c>(pixel - mean) / std</c> with pixels in 0..255.
/// </summary>
public sealed record Preprocessing
{
    /// <summary>Order of the channels of the input.</summary>
    public ColorOrder Color { get; init; } = ColorOrder.Rgb;

    /// <summary>How the image reaches the input's size, where <see cref="ShortSide"/> does not keep its aspect ratio.</summary>
    public ImageResize Resize { get; init; } = ImageResize.Stretch;

    /// <summary>
    /// Pixels of the shorter side, whatever the input's size: the image keeps its aspect ratio (Girshick, Fast R-CNN, section 3). Null: all images get the input's size.
    /// </summary>
    public int? ShortSide { get; init; }

    /// <summary>Pixels that the longer side does not exceed; where it would, the shorter side is less than <see cref="ShortSide"/>. Null for no limit.</summary>
    public int? LongSide { get; init; }

    /// <summary>How sides become whole numbers where the aspect ratio is kept.</summary>
    public SizeRounding Rounding { get; init; } = SizeRounding.Nearest;

    /// <summary>How pixels are interpolated when resizing.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>Subtracted from each channel, in the order of <see cref="Color"/>; pixels 0..255.</summary>
    public ImmutableArray<float> Mean { get; init; } = [0, 0, 0];

    /// <summary>Divides each channel after the mean is subtracted, in the order of <see cref="Color"/>.</summary>
    public ImmutableArray<float> Std { get; init; } = [1, 1, 1];
}
