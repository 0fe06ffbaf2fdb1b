// R-CNN's warp: where the pixels of a grown region go, and what they become.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public sealed class RegionWarpTests
{
    [Theory]
    // A region of 195 pixels in the middle grows to 228 (both corners are pixels): 227 / 228 rounds to all of the result.
    [InlineData(227, 16, 100, 295, 500, 84, 228, 0, 227)]
    // At the left border, pixels 0 to 194: it grows by 16 to the left, of which there is nothing.
    [InlineData(227, 16, 0, 195, 500, 0, 212, 16, 211)]
    // At the right border.
    [InlineData(227, 16, 305, 500, 500, 289, 211, 0, 210)]
    // Without context, the region's own pixels.
    [InlineData(24, 0, 3, 9, 64, 3, 6, 0, 24)]
    public void Pixels_go_where_the_published_code_puts_them(int size, int context, float low, float high, int pixels, int from, int count, int before, int shown)
    {
        var place = new RegionWarp(size, size, context).Place([low, low, high, high], pixels, pixels)!.Value;
        Assert.Equal(new RegionWarp.Stretch(from, count, before, shown), place.Columns);
        Assert.Equal(place.Columns, place.Rows);
    }

    [Fact]
    public void A_region_of_the_results_own_size_is_copied()
    {
        using var scope = NewDisposeScope();
        var image = arange(0, 2 * 8 * 8, dtype: ScalarType.Float32).view(1, 2, 8, 8);
        var warped = new RegionWarp(4, 3, Context: 0).Pool(image, tensor(new float[] { 0, 2, 1, 5, 5 }, [1, 5]));
        Assert.Equal([1, 2, 4, 3], warped.shape);
        Assert.Equal(HostValues.Floats(image[0].narrow(1, 1, 4).narrow(2, 2, 3)), HostValues.Floats(warped));
    }

    [Fact]
    public void What_lies_outside_the_image_is_zero_and_gradients_reach_what_is_shown()
    {
        using var scope = NewDisposeScope();
        var image = ones(1, 1, 8, 8).requires_grad_(true);
        // 4 pixels that become 8 of 16, between 4 of context on each side; the region is the corner of the image.
        var warped = new RegionWarp(16, 16, Context: 4).Pool(image, tensor(new float[] { 0, 0, 0, 4, 4 }, [1, 5]));
        var values = HostValues.Floats(warped);
        Assert.Equal(0, values[0]);
        Assert.Equal(1, values[16 * 15 + 15]);
        Assert.All(values, v => Assert.True(v is 0 or 1));
        warped.sum().backward();
        var gradient = HostValues.Floats(image.grad!);
        Assert.True(gradient[0] > 0);
        Assert.Equal(0, gradient[63]);
    }

    [Fact]
    public void A_square_region_keeps_its_aspect_and_regions_without_pixels_are_zero()
    {
        using var scope = NewDisposeScope();
        var warp = new RegionWarp(20, 20, Context: 2, Square: true);
        var place = warp.Place([10, 20, 14, 36], 64, 64)!.Value;
        Assert.Equal(place.Rows.Count, place.Columns.Count);
        Assert.Null(warp.Place([float.NaN, 0, 4, 4], 64, 64));
        Assert.Null(warp.Place([200, 200, 210, 210], 64, 64));
        Assert.Equal([0, 3, 20, 20], warp.Pool(ones(1, 3, 64, 64), zeros(0, 5)).shape);
        Assert.All(HostValues.Floats(warp.Pool(ones(1, 1, 8, 8), tensor(new float[] { 0, 90, 90, 99, 99 }, [1, 5]))), v => Assert.Equal(0, v));
        Assert.Throws<ArgumentException>(() => warp.Pool(ones(1, 3, 64, 64), tensor(new float[] { 1, 0, 0, 4, 4 }, [1, 5])));
        Assert.Throws<ArgumentException>(() => new RegionWarp(20, 20, Context: 10).Pool(ones(1, 3, 64, 64), zeros(1, 5)));
    }
}
