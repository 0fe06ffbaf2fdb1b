// Joining the levels' maps: the order of default boxes, who owns what, and maps that do not fit.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class OneStageOutputTests
{
    [Fact]
    public void Values_come_in_the_order_of_the_default_boxes()
    {
        // Each value names its batch, shape, class (or coordinate), row and column.
        Tensor Map(int shapes, int per, int height, int width) => tensor(
            [.. from n in Enumerable.Range(0, 2)
                from shape in Enumerable.Range(0, shapes)
                from k in Enumerable.Range(0, per)
                from y in Enumerable.Range(0, height)
                from x in Enumerable.Range(0, width)
                select (float)((((n * 10 + shape) * 10 + k) * 10 + y) * 10 + x)],
            [2, shapes * per, height, width]);
        using var output = OneStageOutput.Concatenate(3, [Map(2, 3, 3, 4), Map(1, 3, 1, 2)], [Map(2, 4, 3, 4), Map(1, 4, 1, 2)]);
        Assert.Equal([new FeatureSize(3, 4), new FeatureSize(1, 2)], output.FeatureSizes);
        Assert.Equal([2L, 26, 3], output.ClassLogits.shape);
        Assert.Equal([2L, 26, 4], output.BoxDeltas.shape);
        // Batch 1, first level, row 2, column 3, shape 1 is box (2 * 4 + 3) * 2 + 1.
        Assert.Equal([11023f, 11123, 11223], output.ClassLogits[1, 23].Floats());
        Assert.Equal([11023f, 11123, 11223, 11323], output.BoxDeltas[1, 23].Floats());
        // Second level, column 1.
        Assert.Equal([1f, 101, 201], output.ClassLogits[0, 25].Floats());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Maps_are_disposed_and_the_result_outlives_the_forward_pass(bool enclosing)
    {
        using var outer = enclosing ? NewDisposeScope() : null;
        OneStageOutput output;
        var before = Tensor.TotalCount;
        Tensor scores, deltas;
        using (NewDisposeScope())
        {
            (scores, deltas) = (zeros(1, 6, 2, 2), zeros(1, 8, 2, 2));
            output = OneStageOutput.Concatenate(3, [scores], [deltas]).MoveToOuterDisposeScope();
        }
        Assert.True(scores.IsInvalid && deltas.IsInvalid);
        Assert.False(output.ClassLogits.IsInvalid || output.BoxDeltas.IsInvalid);
        Assert.Equal(before + 2, Tensor.TotalCount);
        output.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Without_any_scope_the_caller_owns_the_result()
    {
        var before = Tensor.TotalCount;
        var output = OneStageOutput.Concatenate(3, [zeros(1, 6, 2, 2)], [zeros(1, 8, 2, 2)]);
        Assert.Equal(before + 2, Tensor.TotalCount);
        output.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Gradients_flow_through_although_the_maps_are_disposed()
    {
        using var scope = NewDisposeScope();
        var weight = ones(1, requires_grad: true);
        using var output = OneStageOutput.Concatenate(3, [ones(1, 6, 2, 2) * weight], [ones(1, 8, 2, 2) * weight]);
        (output.ClassLogits.sum() + output.BoxDeltas.sum()).backward();
        Assert.Equal(24 + 32, weight.grad!.item<float>());
    }

    [Theory]
    [InlineData(7, 8, 2)]
    [InlineData(6, 4, 2)]
    [InlineData(6, 8, 3)]
    public void Maps_that_do_not_fit_are_named(int scoreChannels, int deltaChannels, int deltaWidth)
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() =>
            OneStageOutput.Concatenate(3, [zeros(1, scoreChannels, 2, 2)], [zeros(1, deltaChannels, 2, deltaWidth)]));
        Assert.Contains($"[1, {scoreChannels}, 2, 2]", error.Message);
    }
}
