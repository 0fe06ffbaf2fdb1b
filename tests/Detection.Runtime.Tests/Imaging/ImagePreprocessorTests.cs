// From images to input tensors: channel order, normalisation, resizing, batches.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class ImagePreprocessorTests
{
    private static RgbImage Plain(int width, int height, byte red, byte green, byte blue)
    {
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i += 3)
        {
            (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = (red, green, blue);
        }
        return image;
    }

    [Theory]
    [InlineData(ColorOrder.Rgb, 10, 20, 30)]
    [InlineData(ColorOrder.Bgr, 30, 20, 10)]
    public void Channels_come_in_the_order_of_the_spec_and_mean_and_std_follow_it(ColorOrder order, float first, float second, float third)
    {
        var preprocessor = new ImagePreprocessor(new InputSize(3, 2, 2), new Preprocessing { Color = order, Mean = [1, 2, 3], Std = [2, 4, 8] });
        var values = new float[preprocessor.Length];
        preprocessor.Write(Plain(2, 2, 10, 20, 30), values);
        Assert.Equal(Enumerable.Repeat((first - 1) / 2, 4).Concat(Enumerable.Repeat((second - 2) / 4, 4)).Concat(Enumerable.Repeat((third - 3) / 8, 4)), values);
    }

    [Fact]
    public void Rows_and_columns_keep_their_places()
    {
        var image = new RgbImage(3, 2) { [2, 1] = (9, 8, 7) };
        using var input = new ImagePreprocessor(new InputSize(3, 2, 3), new Preprocessing()).ToTensor([image]);
        Assert.Equal([1L, 3, 2, 3], input.shape);
        Assert.Equal(9, input[0, 0, 1, 2].item<float>());
        Assert.Equal(7, input[0, 2, 1, 2].item<float>());
        Assert.Equal(24, input.sum().item<float>());
    }

    [Theory]
    [InlineData(Interpolation.Nearest)]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Bicubic)]
    [InlineData(Interpolation.Area)]
    public void A_plain_image_stays_plain_in_any_size(Interpolation interpolation)
    {
        var preprocessor = new ImagePreprocessor(new InputSize(3, 7, 5), new Preprocessing { Interpolation = interpolation });
        foreach (var (width, height) in new[] { (1, 1), (5, 7), (50, 3), (200, 300) })
        {
            using var input = preprocessor.ToTensor([Plain(width, height, 100, 150, 200)]);
            Assert.Equal(100, input[0, 0].min().item<float>());
            Assert.Equal(100, input[0, 0].max().item<float>());
            Assert.Equal(200, input[0, 2].min().item<float>());
        }
    }

    [Fact]
    public void Bilinear_resizing_interpolates_between_pixel_centres()
    {
        var image = new RgbImage(2, 1) { [0, 0] = (0, 0, 0), [1, 0] = (100, 100, 100) };
        using var input = new ImagePreprocessor(new InputSize(3, 1, 4), new Preprocessing()).ToTensor([image]);
        Assert.Equal([0f, 25, 75, 100], input[0, 0].Floats());
    }

    [Fact]
    public void Images_of_different_sizes_make_one_batch()
    {
        var preprocessor = new ImagePreprocessor(new InputSize(3, 4, 4), new Preprocessing());
        using var batch = preprocessor.ToTensor([Images.Noise(1, 9, 5), Images.Noise(2, 4, 4)]);
        using var second = preprocessor.ToTensor([Images.Noise(2, 4, 4)]);
        Assert.Equal([2L, 3, 4, 4], batch.shape);
        Assert.Equal(second.Floats(), batch[1].Floats());
    }

    [Fact]
    public void Impossible_declarations_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ImagePreprocessor(new InputSize(1, 4, 4), new Preprocessing()));
        Assert.Throws<ArgumentException>(() => new ImagePreprocessor(new InputSize(3, 4, 4), new Preprocessing { Std = [1, 0, 1] }));
        Assert.Throws<ArgumentException>(() => new ImagePreprocessor(new InputSize(3, 4, 4), new Preprocessing { Mean = [1] }));
        Assert.Throws<ArgumentException>(() => new ImagePreprocessor(new InputSize(3, 0, 4), new Preprocessing()));
    }

    [SkippableFact]
    public void A_photo_becomes_nearly_what_UltraFaces_reference_was_fed()
    {
        // The reference resized with PIL, which smooths when shrinking; the mean difference is small all the same.
        var expected = Npz.Read(RepositoryFiles.Shared("weights/ultraface_slim_320/reference_outputs.npz"), "astronaut_input");
        var image = RgbImage.Load(RepositoryFiles.Shared("data/photos/astronaut.png"));
        using var input = new ImagePreprocessor(UltraFace.Card.Input, UltraFace.Card.Preprocessing).ToTensor([image]);
        using var reference = tensor(expected.Values, expected.Shape);
        Assert.True((input - reference).abs().mean().item<float>() < 0.05f);
    }
}
