// From images to the input tensor of a network. The per-image part is plain .NET and OpenCV, so that loader threads need not touch torch.
using OpenCvSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Turns images into network input, as a spec's <see cref="Preprocessing"/> says. Thread-safe.</summary>
public sealed class ImagePreprocessor
{
    private readonly InputSize input;
    private readonly Preprocessing preprocessing;

    // (pixel - mean) / std for each channel of the input and each of the 256 pixel values.
    private readonly float[][] values;

    // Byte of the pixel that each channel of the input comes from.
    private readonly int[] source;

    /// <summary>Creates the preprocessor of one input size.</summary>
    /// <exception cref="ArgumentException">The input has not 3 channels, or mean and std have not 3 values each, or a std is 0.</exception>
    public ImagePreprocessor(InputSize input, Preprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(preprocessing);
        if (input.Channels != 3 || preprocessing.Mean.Length != 3 || preprocessing.Std.Length != 3)
        {
            throw new ArgumentException(
                $"Images have 3 channels: input {input}, {preprocessing.Mean.Length} means, {preprocessing.Std.Length} standard deviations.");
        }
        if (input.Height < 1 || input.Width < 1)
        {
            throw new ArgumentException($"The input {input} has no pixels.", nameof(input));
        }
        if (preprocessing.Std.Any(std => std == 0 || !float.IsFinite(std)) || !preprocessing.Mean.All(float.IsFinite))
        {
            throw new ArgumentException("Means and standard deviations must be finite, and no standard deviation zero.", nameof(preprocessing));
        }
        this.input = input;
        this.preprocessing = preprocessing;
        source = preprocessing.Color == ColorOrder.Rgb ? [0, 1, 2] : [2, 1, 0];
        values = [.. preprocessing.Mean.Zip(preprocessing.Std, (mean, std) =>
            Enumerable.Range(0, 256).Select(pixel => (pixel - mean) / std).ToArray())];
    }

    /// <summary>Number of floats that one image becomes: 3 * height * width.</summary>
    public int Length => checked(3 * input.Height * input.Width);

    /// <summary>Writes one image as [3, H, W]; does not touch torch.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="destination"><see cref="Length"/> floats.</param>
    public void Write(RgbImage image, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        var pixels = Resize(image);
        var plane = input.Height * input.Width;
        for (var channel = 0; channel < 3; channel++)
        {
            var table = values[channel];
            var to = destination.Slice(channel * plane, plane);
            for (int i = 0, from = source[channel]; i < to.Length; i++, from += 3)
            {
                to[i] = table[pixels[from]];
            }
        }
    }

    /// <summary>The input tensor of a batch.</summary>
    /// <param name="images">At least one image, of any sizes.</param>
    /// <param name="device">Where the tensor is needed; the CPU when null.</param>
    /// <returns>[N, 3, H, W] float32; the caller (or its dispose scope) owns it.</returns>
    public Tensor ToTensor(IReadOnlyList<RgbImage> images, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfZero(images.Count, nameof(images));
        var batch = new float[checked(images.Count * Length)];
        for (var i = 0; i < images.Count; i++)
        {
            Write(images[i], batch.AsSpan(i * Length, Length));
        }
        return tensor(batch, [images.Count, 3, input.Height, input.Width], device: device);
    }

    private byte[] Resize(RgbImage image)
    {
        if (image.Width == input.Width && image.Height == input.Height)
        {
            return image.Pixels;
        }
        var resized = new RgbImage(input.Width, input.Height);
        image.Pinned(from => resized.Pinned(to => Cv2.Resize(from, to, new OpenCvSharp.Size(input.Width, input.Height), 0, 0, preprocessing.Interpolation switch
        {
            Interpolation.Nearest => InterpolationFlags.Nearest,
            Interpolation.Bilinear => InterpolationFlags.Linear,
            Interpolation.Bicubic => InterpolationFlags.Cubic,
            Interpolation.Area => InterpolationFlags.Area,
            _ => throw new InvalidOperationException($"Unknown interpolation {preprocessing.Interpolation}."),
        })));
        return resized.Pixels;
    }
}
