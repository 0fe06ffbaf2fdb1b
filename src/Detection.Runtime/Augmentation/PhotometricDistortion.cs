// SSD's colour changes: brightness, contrast, saturation and hue, each with its own coin (Howard 2013; released SSD code).
using OpenCvSharp;

namespace Detection.Runtime;

/// <summary>
/// SSD's photometric distortion. Contrast comes before or after saturation and hue, by the toss of a coin. Pixels are 0..255 and are
/// clipped after every step; hue and saturation are those of 8-bit HSV.
/// </summary>
public sealed record PhotometricDistortion
{
    /// <summary>Probability of each of the four changes.</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>Added to all channels: up to this much, either sign.</summary>
    public double Brightness { get; init; } = 32;

    /// <summary>All channels are multiplied by a factor in [1 - this, 1 + this].</summary>
    public double Contrast { get; init; } = 0.5;

    /// <summary>The saturation is multiplied by a factor in [1 - this, 1 + this].</summary>
    public double Saturation { get; init; } = 0.5;

    /// <summary>The hue turns by up to this much of the circle of 180, either sign.</summary>
    public double Hue { get; init; } = 18;

    internal void Check()
    {
        AugmentationSettings.Require(AugmentationSettings.IsProbability(Probability), nameof(Probability), Probability, "lies between 0 and 1");
        AugmentationSettings.Require(Brightness is >= 0 and <= 255, nameof(Brightness), Brightness, "lies between 0 and 255");
        AugmentationSettings.Require(Contrast is >= 0 and <= 1, nameof(Contrast), Contrast, "lies between 0 and 1");
        AugmentationSettings.Require(Saturation is >= 0 and <= 1, nameof(Saturation), Saturation, "lies between 0 and 1");
        AugmentationSettings.Require(Hue is >= 0 and <= 90, nameof(Hue), Hue, "lies between 0 and 90");
    }

    internal ColorChange Draw(ref RandomStream random)
    {
        var brightness = Either(ref random, 0, Brightness);
        var contrast = Either(ref random, 1, Contrast);
        var saturation = Either(ref random, 1, Saturation);
        var hue = (int)Math.Round(Either(ref random, 0, Hue));
        return new ColorChange(brightness, contrast, saturation, hue, ContrastFirst: random.Chance(0.5));
    }

    // Takes two numbers from the stream whatever the coin says, so that every change keeps its numbers when a setting changes.
    private double Either(ref RandomStream random, double neutral, double range)
    {
        var changes = random.Chance(Probability);
        var value = random.Between(neutral - range, neutral + range);
        return changes ? value : neutral;
    }
}

/// <summary>One drawn photometric distortion.</summary>
internal readonly record struct ColorChange(double Brightness, double Contrast, double Saturation, int Hue, bool ContrastFirst)
{
    public static ColorChange None { get; } = new(0, 1, 1, 0, true);

    /// <summary>Changes an 8UC3 matrix of red, green and blue in place.</summary>
    public void Apply(Mat rgb)
    {
        var turns = Saturation != 1 || Hue != 0;
        Table(rgb, Brightness, ContrastFirst || !turns ? Contrast : 1);
        if (turns)
        {
            Cv2.CvtColor(rgb, rgb, ColorConversionCodes.RGB2HSV);
            TurnHue(rgb);
            Cv2.CvtColor(rgb, rgb, ColorConversionCodes.HSV2RGB);
            if (!ContrastFirst)
            {
                Table(rgb, 0, Contrast);
            }
        }
    }

    private static void Table(Mat rgb, double brightness, double contrast)
    {
        if (brightness == 0 && contrast == 1)
        {
            return;
        }
        var table = new byte[256];
        for (var pixel = 0; pixel < 256; pixel++)
        {
            table[pixel] = Clip(Clip(pixel + brightness) * contrast);
        }
        Cv2.LUT(rgb, table, rgb);
    }

    private unsafe void TurnHue(Mat hsv)
    {
        Span<byte> hues = stackalloc byte[256];
        Span<byte> saturations = stackalloc byte[256];
        for (var i = 0; i < 256; i++)
        {
            hues[i] = (byte)((i + Hue + 180) % 180);
            saturations[i] = Clip(i * Saturation);
        }
        for (var row = 0; row < hsv.Rows; row++)
        {
            var pixels = new Span<byte>((void*)hsv.Ptr(row), 3 * hsv.Cols);
            for (var i = 0; i < pixels.Length; i += 3)
            {
                pixels[i] = hues[pixels[i]];
                pixels[i + 1] = saturations[pixels[i + 1]];
            }
        }
    }

    private static byte Clip(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}
