// Images that keep their aspect ratio: sizes, factors, padding.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class ImageSizingTests
{
    private static readonly InputSize Input = new(3, 600, 1000);

    [Theory]
    [InlineData(500, 375, 800, 600, 1.6)]
    [InlineData(375, 500, 600, 800, 1.6)]
    // 600 / 333 * 500 = 900.9 stays below the limit; 2 to 1 does not.
    [InlineData(500, 333, 901, 600, 600.0 / 333)]
    [InlineData(800, 400, 1000, 500, 1.25)]
    [InlineData(1, 1, 600, 600, 600)]
    [InlineData(5000, 1, 1000, 1, 0.2)]
    public void The_short_side_is_scaled_unless_the_long_side_would_exceed_its_limit(int width, int height, int newWidth, int newHeight, double scale)
    {
        var size = ResizedImage.Of(width, height, Input, new Preprocessing { ShortSide = 600, LongSide = 1000 });
        Assert.Equal((newWidth, newHeight), (size.Width, size.Height));
        Assert.Equal((scale, scale), (size.ScaleX, size.ScaleY));
        Assert.Equal(new BatchImage(newHeight, newWidth, scale), size.InBatch);
    }

    /// <summary>Sizes that torchvision 0.14 gives (GeneralizedRCNNTransform, 800 and 1333).</summary>
    [Theory]
    [InlineData(640, 480, 1066, 800)]
    [InlineData(500, 375, 1066, 799)]
    [InlineData(640, 427, 1199, 799)]
    [InlineData(500, 333, 1201, 799)]
    [InlineData(700, 100, 1332, 190)]
    public void Rounding_down_gives_the_sizes_of_torchvision(int width, int height, int newWidth, int newHeight)
    {
        var size = ResizedImage.Of(width, height, Input, new Preprocessing { ShortSide = 800, LongSide = 1333, Rounding = SizeRounding.Down });
        Assert.Equal((newWidth, newHeight), (size.Width, size.Height));
        Assert.Equal(((double)newWidth / width, (double)newHeight / height), (size.ScaleX, size.ScaleY));
    }

    [Fact]
    public void Without_a_short_side_every_image_gets_the_inputs_size()
    {
        Assert.Equal(new ResizedImage(600, 1000, 3, 2), ResizedImage.Of(500, 200, Input, new Preprocessing()));
        Assert.Equal(Math.Sqrt(6), ResizedImage.Of(500, 200, Input, new Preprocessing()).InBatch.Scale);
        Assert.Throws<ArgumentException>(() => ResizedImage.Of(5, 5, Input, new Preprocessing { ShortSide = 600, LongSide = 500 }));
    }

    [Fact]
    public void Padding_is_zeros_at_the_bottom_and_to_the_right()
    {
        Assert.Equal((64, 96), new ResizedImage(33, 96, 1, 1).PaddedTo(32));
        var preprocessor = new ImagePreprocessor(new InputSize(3, 8, 8), new Preprocessing { ShortSide = 3, Mean = [100, 0, 0] });
        var image = Images.Noise(1, 5, 3);
        using var scope = NewDisposeScope();
        var padded = preprocessor.ToTensor([image, Images.Noise(2, 3, 4)], 4, 8);
        Assert.Equal([2L, 3, 4, 8], padded.shape);
        var alone = preprocessor.ToTensor([image], 3, 5);
        Assert.Equal(alone[0].Floats(), padded[0].narrow(1, 0, 3).narrow(2, 0, 5).Floats());
        Assert.Equal(alone.sum().item<float>(), padded[0].sum().item<float>(), 1e-2f);
        Assert.Equal(0, padded[0].narrow(1, 3, 1).abs().sum().item<float>());
        Assert.Throws<ArgumentException>(() => preprocessor.ToTensor([image], 2, 8));
    }
}
