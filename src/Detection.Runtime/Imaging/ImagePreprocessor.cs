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

    /// <summary>Size of an image as the network sees it, and the factors of its boxes.</summary>
    /// <param name="image">Any size.</param>
    public ResizedImage SizeOf(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return ResizedImage.Of(image.Width, image.Height, input, preprocessing);
    }

    /// <summary>Writes one image as [3, H, W] of the input's size; does not touch torch.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="destination"><see cref="Length"/> floats.</param>
    public void Write(RgbImage image, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        Write(image, input.Height, input.Width, destination, input.Height, input.Width);
    }

    /// <summary>Writes one image in its own size to the upper left of [3, rows, columns], zeros beside and below it; does not touch torch.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="size">What <see cref="SizeOf"/> says of it.</param>
    /// <param name="destination">3 * rows * columns floats.</param>
    /// <param name="rows">At least the image's height.</param>
    /// <param name="columns">At least the image's width.</param>
    /// <exception cref="ArgumentException">The image does not fit.</exception>
    public void Write(RgbImage image, ResizedImage size, Span<float> destination, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (size.Height > rows || size.Width > columns || destination.Length != 3L * rows * columns)
        {
            throw new ArgumentException($"An image of {size.Height} x {size.Width} does not fit into 3 x {rows} x {columns} in {destination.Length} values.", nameof(size));
        }
        if (size.Height < rows || size.Width < columns)
        {
            destination.Clear();
        }
        Write(image, size.Height, size.Width, destination, rows, columns);
    }

    /// <summary>The input tensor of a batch.</summary>
    /// <param name="images">At least one image, of any sizes.</param>
    /// <param name="device">Where the tensor is needed; the CPU when null.</param>
    /// <returns>[N, 3, H, W] float32; the caller (or its dispose scope) owns it.</returns>
    public Tensor ToTensor(IReadOnlyList<RgbImage> images, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        return ToTensor(images, _ => new ResizedImage(input.Height, input.Width, 1, 1), input.Height, input.Width, device);
    }

    /// <summary>The input tensor of images that keep their sizes, at the upper left of rows x columns.</summary>
    /// <param name="images">At least one image.</param>
    /// <param name="rows">At least the height of each as the network sees it.</param>
    /// <param name="columns">At least the width of each.</param>
    /// <param name="device">Where the tensor is needed; the CPU when null.</param>
    /// <returns>[N, 3, rows, columns] float32; the caller (or its dispose scope) owns it.</returns>
    /// <exception cref="ArgumentException">An image does not fit.</exception>
    public Tensor ToTensor(IReadOnlyList<RgbImage> images, int rows, int columns, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        return ToTensor(images, SizeOf, rows, columns, device);
    }

    private Tensor ToTensor(IReadOnlyList<RgbImage> images, Func<RgbImage, ResizedImage> size, int rows, int columns, Device? device)
    {
        ArgumentOutOfRangeException.ThrowIfZero(images.Count, nameof(images));
        var length = checked(3 * rows * columns);
        var batch = new float[checked(images.Count * length)];
        for (var i = 0; i < images.Count; i++)
        {
            Write(images[i], size(images[i]), batch.AsSpan(i * length, length), rows, columns);
        }
        return tensor(batch, [images.Count, 3, rows, columns], device: device);
    }

    private void Write(RgbImage image, int height, int width, Span<float> destination, int rows, int columns)
    {
        var pixels = Resize(image, height, width);
        for (var channel = 0; channel < 3; channel++)
        {
            var table = values[channel];
            for (int row = 0, from = source[channel]; row < height; row++)
            {
                var to = destination.Slice((channel * rows + row) * columns, width);
                for (var i = 0; i < to.Length; i++, from += 3)
                {
                    to[i] = table[pixels[from]];
                }
            }
        }
    }

    private byte[] Resize(RgbImage image, int height, int width)
    {
        if (image.Width == width && image.Height == height)
        {
            return image.Pixels;
        }
        var resized = new RgbImage(width, height);
        image.Pinned(from => resized.Pinned(to => Cv2.Resize(from, to, new OpenCvSharp.Size(width, height), 0, 0, preprocessing.Interpolation.ToOpenCv())));
        return resized.Pixels;
    }
}
