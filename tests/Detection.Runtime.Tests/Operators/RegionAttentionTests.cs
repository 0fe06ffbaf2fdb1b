// Attention of regions to their image, against the formula written out.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class RegionAttentionTests
{
    [Fact]
    public void Each_cell_of_a_region_gets_what_it_finds_in_its_own_image()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        var queries = randn(5, 4, 2, 3, requires_grad: true);
        var keys = randn(3, 4, 4, 2, requires_grad: true);
        var values = randn(3, 6, 4, 2, requires_grad: true);
        // Not in the images' order, and none of image 1.
        float[] images = [2, 0, 2, 0, 0];
        var regions = zeros(5, 5);
        regions.select(1, 0).copy_(tensor(images));

        var expected = new Tensor[5];
        for (var r = 0; r < 5; r++)
        {
            var asked = queries[r].flatten(1).transpose(0, 1);
            var weights = (asked.matmul(keys[(int)images[r]].flatten(1)) / 2).softmax(1);
            expected[r] = weights.matmul(values[(int)images[r]].flatten(1).transpose(0, 1)).transpose(0, 1).reshape(6, 2, 3);
        }
        var actual = RegionAttention.Attend(queries, keys, values, regions);
        Assert.Equal([5L, 6, 2, 3], actual.shape);
        Assert.InRange(RegionCases.Difference(stack(expected).Floats(), actual.Floats()), 0, 1e-5);

        (stack(expected) * arange(36).view(6, 2, 3)).sum().backward();
        Tensor[] inputs = [queries, keys, values];
        float[][] gradients = [.. inputs.Select(input => input.grad!.clone().Floats())];
        foreach (var input in inputs)
        {
            input.grad!.zero_();
        }
        (RegionAttention.Attend(queries, keys, values, regions) * arange(36).view(6, 2, 3)).sum().backward();
        for (var i = 0; i < inputs.Length; i++)
        {
            Assert.InRange(RegionCases.Difference(gradients[i], inputs[i].grad!.Floats()), 0, 2e-3);
            Assert.Contains(gradients[i], value => value != 0);
        }
    }

    [Fact]
    public void No_regions_give_an_empty_result_and_mistakes_are_named()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0L, 6, 7, 7], RegionAttention.Attend(zeros(0, 4, 7, 7), zeros(2, 4, 14, 14), zeros(2, 6, 14, 14), zeros(0, 5)).shape);
        var error = Assert.Throws<ArgumentException>(() => RegionAttention.Attend(zeros(1, 5, 7, 7), zeros(2, 4, 14, 14), zeros(2, 6, 14, 14), zeros(1, 5)));
        Assert.StartsWith("Queries [1, 5, 7, 7], keys [2, 4, 14, 14], values [2, 6, 14, 14] and regions [1, 5] do not fit together", error.Message);
    }

    [Fact]
    public void A_whole_image_is_a_region()
    {
        using var scope = NewDisposeScope();
        var input = zeros(2, 3, 20, 30);
        Assert.Equal([0, 0, 0, 30, 20, 1, 0, 0, 30, 20], ImageRegions.Of(input).Floats());
        Assert.Equal([0, 0, 0, 29, 19, 1, 0, 0, 29, 19], ImageRegions.Of(input, BoxConvention.InclusiveEndingLate).Floats());
        Assert.Throws<ArgumentException>(() => ImageRegions.Of(zeros(3, 20, 30)));
    }
}
