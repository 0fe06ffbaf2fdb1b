// Mining against sorting, image by image, and at its corners.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class HardNegativeMiningTests
{
    private const int Anchors = 60;

    private static MatchedTargets Targets(params float[][] boxes)
    {
        random.manual_seed(3);
        var anchors = AnchorSet.Of(rand(Anchors, 4) * 0.5 + 0.25);
        return new ArgmaxMatcher(0.5, 0.4).Match(anchors, new GroundTruth(boxes, [.. boxes.Select(b => new int[b.Length / 4])]), new CenterSizeBoxCoder());
    }

    private static MatchedTargets Mixed() =>
        Targets([0.3f, 0.3f, 0.7f, 0.7f, 0.1f, 0.1f, 0.4f, 0.5f], [], [0.2f, 0.4f, 0.9f, 0.8f]);

    private static long[] Sorted(Tensor logits, MatchedTargets targets, double ratio, int minimum)
    {
        var losses = (-logits.log_softmax(-1).select(-1, 0)).Floats();
        return
        [
            .. Enumerable.Range(0, targets.Images).SelectMany(image => Enumerable.Range(image * Anchors, Anchors)
                .Where(targets.IsBackground).OrderByDescending(i => losses[i])
                .Take((int)Math.Max(minimum, ratio * targets.PositivesPerImage[image])).Select(i => (long)i)),
        ];
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(1, 0)]
    [InlineData(0.5, 0)]
    [InlineData(2.5, 0)]
    [InlineData(0, 0)]
    [InlineData(3, 4)]
    [InlineData(1000, 0)]
    public void The_hardest_background_anchors_of_each_image_are_taken(double ratio, int minimum)
    {
        using var scope = NewDisposeScope();
        var targets = Mixed();
        var logits = randn(3, Anchors, 4);
        var taken = new HardNegativeMining(ratio, minimum).Select(logits, targets, new SoftmaxCrossEntropyLoss());
        Assert.Equal(Sorted(logits, targets, ratio, minimum), taken.Longs());
    }

    [Fact]
    public void Without_positives_nothing_is_taken()
    {
        using var scope = NewDisposeScope();
        Assert.Empty(new HardNegativeMining().Select(randn(2, Anchors, 3), Targets([], []), new SoftmaxCrossEntropyLoss()).Longs());
    }

    [Fact]
    public void Positives_and_ignored_anchors_are_never_taken()
    {
        using var scope = NewDisposeScope();
        var targets = Mixed();
        var taken = new HardNegativeMining(1000).Select(randn(3, Anchors, 3), targets, new SigmoidCrossEntropyLoss()).Longs();
        Assert.All(taken, i => Assert.True(targets.IsBackground((int)i)));
        Assert.True(targets.CandidatesPerImage.Sum() + targets.Positives < 3 * Anchors, "some anchors are ignored");
    }

    [Fact]
    public void Outputs_of_another_batch_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => new HardNegativeMining().Select(randn(2, Anchors, 3), Mixed(), new SoftmaxCrossEntropyLoss()));
    }
}
