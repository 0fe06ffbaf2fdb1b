// How large an image becomes for a network, and by which factors its boxes grow.
namespace Detection.Runtime;

/// <summary>An image as a network sees it, without padding.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="ScaleY">Pixels of the network's input for one of the original image, along y.</param>
/// <param name="ScaleX">The same along x.</param>
public readonly record struct ResizedImage(int Height, int Width, double ScaleY, double ScaleX)
{
    /// <summary>The image in a batch; the scale of smallest sizes is the geometric mean of both axes.</summary>
    public BatchImage InBatch => new(Height, Width, ScaleX == ScaleY ? ScaleX : Math.Sqrt(ScaleX * ScaleY));

    /// <summary>Rows and columns of an input that holds this image and is a multiple of a number.</summary>
    /// <param name="multiple">From 1 on.</param>
    public (int Height, int Width) PaddedTo(int multiple) =>
        ((Height + multiple - 1) / multiple * multiple, (Width + multiple - 1) / multiple * multiple);

    /// <summary>Size and factors of an image.</summary>
    /// <param name="width">Columns of the original image.</param>
    /// <param name="height">Rows of the original image.</param>
    /// <param name="input">The network's input.</param>
    /// <param name="preprocessing">Whether and how the aspect ratio is kept.</param>
    /// <exception cref="ArgumentException">A side makes no sense.</exception>
    public static ResizedImage Of(int width, int height, InputSize input, Preprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(preprocessing);
        if (preprocessing.ShortSide is not { } shortSide)
        {
            return new ResizedImage(input.Height, input.Width, (double)input.Height / height, (double)input.Width / width);
        }
        var longSide = preprocessing.LongSide ?? int.MaxValue;
        if (shortSide < 1 || longSide < shortSide)
        {
            throw new ArgumentException($"A shorter side of {shortSide} and a longer one of at most {longSide} pixels make no sense.", nameof(preprocessing));
        }
        return preprocessing.Rounding == SizeRounding.Nearest
            ? Nearest(width, height, shortSide, longSide)
            : Down(width, height, shortSide, longSide);
    }

    private static ResizedImage Nearest(int width, int height, int shortSide, int longSide)
    {
        var scale = (double)shortSide / Math.Min(width, height);
        if (Math.Round(scale * Math.Max(width, height)) > longSide)
        {
            scale = (double)longSide / Math.Max(width, height);
        }
        return new ResizedImage(Math.Max(1, (int)Math.Round(scale * height)), Math.Max(1, (int)Math.Round(scale * width)), scale, scale);
    }

    // The order of operations decides whether 375 rows become 799 or 800.
    private static ResizedImage Down(int width, int height, int shortSide, int longSide)
    {
        var scale = Math.Min(1f / Math.Min(width, height) * shortSide, 1f / Math.Max(width, height) * longSide);
        var (rows, columns) = (Math.Max(1, (int)Math.Floor(height * (double)scale)), Math.Max(1, (int)Math.Floor(width * (double)scale)));
        return new ResizedImage(rows, columns, (double)rows / height, (double)columns / width);
    }
}
