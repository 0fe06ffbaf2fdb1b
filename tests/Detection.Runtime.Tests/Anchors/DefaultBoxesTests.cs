// Default boxes: order, steps, clipping, the cache, and the priors of a real detector.
using System.Collections.Immutable;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class DefaultBoxesTests
{
    private static readonly InputSize Input = new(3, 100, 200);

    [Fact]
    public void Order_is_rows_columns_shapes()
    {
        ImmutableArray<AnchorLevel> levels = [new("a", [new(20, 10), new(40, 30)])];
        var boxes = DefaultBoxes.Generate(levels, [new FeatureSize(1, 2)], Input, clip: false);
        Assert.Equal([0.25f, 0.5f, 0.1f, 0.1f, 0.25f, 0.5f, 0.2f, 0.3f, 0.75f, 0.5f, 0.1f, 0.1f, 0.75f, 0.5f, 0.2f, 0.3f], boxes);
    }

    [Fact]
    public void A_step_and_offset_place_the_centres_in_pixels()
    {
        ImmutableArray<AnchorLevel> levels = [new("a", [new(20, 10)], Step: 8, Offset: 0.25)];
        var boxes = DefaultBoxes.Generate(levels, [new FeatureSize(2, 2)], Input, clip: false);
        Assert.Equal([2 / 200f, 2 / 100f, 0.1f, 0.1f], boxes[..4]);
        Assert.Equal([10 / 200f, 10 / 100f, 0.1f, 0.1f], boxes[12..]);
    }

    [Fact]
    public void Clipping_clamps_sizes_and_centres()
    {
        ImmutableArray<AnchorLevel> levels = [new("a", [new(300, 150)], Step: 150, Offset: 1)];
        Assert.Equal([0.75f, 1, 1, 1], DefaultBoxes.Generate(levels, [new FeatureSize(1, 1)], Input, clip: true));
        Assert.Equal([0.75f, 1.5f, 1.5f, 1.5f], DefaultBoxes.Generate(levels, [new FeatureSize(1, 1)], Input, clip: false));
    }

    [Fact]
    public void Feature_sizes_must_match_the_levels() =>
        Assert.Throws<ArgumentException>(() => DefaultBoxes.Generate([new("a", [new(1, 1)])], [], Input, clip: false));

    [Fact]
    public void Same_sizes_give_the_same_tensor_from_all_threads_and_no_scope_takes_it()
    {
        var boxes = new DefaultBoxes([new("a", [new(20, 10)])], clip: false);
        var tensors = new Tensor[8];
        Thread[] threads = [.. tensors.Select((_, i) => new Thread(() =>
        {
            using var scope = NewDisposeScope();
            tensors[i] = boxes.For([new FeatureSize(5, 4)], Input, CPU);
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.All(tensors, t => Assert.Same(tensors[0], t));
        Assert.False(tensors[0].IsInvalid);
        Assert.Equal([20L, 4], tensors[0].shape);
        Assert.NotSame(tensors[0], boxes.For([new FeatureSize(4, 5)], Input, CPU));
    }

    [SkippableFact]
    public void Priors_of_UltraFace_agree_with_its_reference()
    {
        var expected = Npz.Read(RepositoryFiles.Shared("weights/ultraface_slim_320/reference_outputs.npz"), "priors_cxcywh");
        var boxes = DefaultBoxes.Generate(UltraFace.Head.Levels, UltraFace.FeatureSizes, UltraFace.Card.Input, clip: true);
        Assert.Equal([4420L, 4], expected.Shape);
        Assert.Equal(expected.Values.Length, boxes.Length);
        for (var i = 0; i < boxes.Length; i++)
        {
            Assert.Equal(expected.Values[i], boxes[i], 1e-6f);
        }
    }
}
