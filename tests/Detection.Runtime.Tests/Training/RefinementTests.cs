// Two steps: what the first filters and moves, what the second matches against it, and that nothing of the second's loss reaches the first.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public sealed class RefinementTests
{
    // Two anchors of 8 x 8 pixels side by side in an input of 24 x 16.
    private static PlaybackDetector Detector(AnchorRefinement refinement, Tensor objectness, Tensor first, Tensor logits, Tensor deltas) => new(
        Cards.Make(),
        new OneStageHead { Levels = [new AnchorLevel("only", [new AnchorShape(6, 8)])], Coder = new CornerBoxCoder(1), Refinement = refinement },
        () => Output(objectness, first, logits, deltas));

    private static OneStageOutput Output(Tensor objectness, Tensor first, Tensor logits, Tensor deltas) =>
        new(logits, deltas, [new FeatureSize(1, 2)], null, new AnchorRefinementOutput(objectness, first));

    private static float[] Rounded(Tensor values) => [.. values.Floats().Select(v => MathF.Round(v, 5) + 0f)];

    [Fact]
    public void The_second_step_decodes_against_the_boxes_of_the_first()
    {
        using var scope = NewDisposeScope();
        // The first step moves the left box a quarter of its width to the right and makes the right one twice as high.
        var first = tensor(new[] { 0.25f, 0, 0.25f, 0, 0, -0.5f, 0, 0.5f }, [1, 2, 4]);
        var second = tensor(new[] { 0f, 0, 1, 0, 0, 0, 0, -0.5f }, [1, 2, 4]);
        var output = Output(zeros(1, 2, 2), first, zeros(1, 2, 3), second);
        using var cascade = Detector(new AnchorRefinement(), zeros(1), zeros(1), zeros(1), zeros(1));
        using var single = Detector(new AnchorRefinement(Cascade: false), zeros(1), zeros(1), zeros(1), zeros(1));

        // Left: (0.125..0.375) -> (0.1875..0.4375) -> right edge a width further. Right: (0.25..0.75) high -> (0..1) -> bottom half its height up.
        Assert.Equal([0.1875f, 0.25f, 0.6875f, 0.75f, 0.625f, 0, 0.875f, 0.5f], Rounded(cascade.DecodeBoxes(output)));
        Assert.Equal([0.125f, 0.25f, 0.625f, 0.75f, 0.625f, 0.25f, 0.875f, 0.5f], Rounded(single.DecodeBoxes(output)));
    }

    [Theory]
    [InlineData(0.99, new[] { 0f, 0, 0.33333f, 0.33333f })]
    [InlineData(1, new[] { 0.33333f, 0.33333f, 0.33333f, 0.33333f })]
    public void What_the_first_step_takes_for_background_finds_nothing(double threshold, float[] expected)
    {
        using var scope = NewDisposeScope();
        var objectness = tensor(new[] { 5f, 0, 4, 0 }, [1, 2, 2]);
        using var detector = Detector(new AnchorRefinement(threshold), zeros(1), zeros(1), zeros(1), zeros(1));

        // Background is 0.9933 sure of the left box and 0.982 of the right one.
        Assert.Equal(expected, Rounded(detector.Scores(Output(objectness, zeros(1, 2, 4), zeros(1, 2, 3), zeros(1, 2, 4)))));
    }

    [Fact]
    public void Matching_is_against_the_refined_boxes_and_filtered_background_is_no_background()
    {
        using var scope = NewDisposeScope();
        // An object over nothing at first; the left box of the second image moves onto it. Both right boxes are filtered, and the left one of the first image.
        var first = tensor(new[] { 0f, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0 }, [2, 2, 4]);
        var objectness = tensor(new[] { 9f, 0, 9, 0, 9, 0, 9, 0 }, [2, 2, 2]);
        var output = Output(objectness, first, zeros(2, 2, 3), zeros(2, 2, 4));
        using var detector = Detector(new AnchorRefinement(), zeros(1), zeros(1), zeros(1), zeros(1));
        var truth = new GroundTruth([[], [0.375f, 0.25f, 0.625f, 0.75f]], [[], [1]]);

        var targets = new ArgmaxMatcher(ForceBest: false).Match(detector.RefinedAnchorsFor(output), truth, detector.Head.Coder);

        Assert.Equal([2L], targets.PositiveIndices.Longs());
        Assert.Equal([0f, 0, 0, 0], Rounded(targets.DeltaTargets));
        Assert.Equal([0, 0], targets.CandidatesPerImage);
        using var kept = Detector(new AnchorRefinement(1), zeros(1), zeros(1), zeros(1), zeros(1));
        Assert.Equal([2, 1], new ArgmaxMatcher(ForceBest: false).Match(kept.RefinedAnchorsFor(output), truth, kept.Head.Coder).CandidatesPerImage);
    }

    [Fact]
    public void The_second_steps_loss_moves_the_second_step_alone()
    {
        using var scope = NewDisposeScope();
        Tensor[] outputs = [zeros(1, 2, 2), zeros(1, 2, 4), zeros(1, 2, 3), ones(1, 2, 4)];
        var (objectness, first, logits, deltas) = (outputs[0].requires_grad_(), outputs[1].requires_grad_(), outputs[2].requires_grad_(), outputs[3].requires_grad_());
        var output = Output(objectness, first, logits, deltas);
        using var detector = Detector(new AnchorRefinement(), zeros(1), zeros(1), zeros(1), zeros(1));
        var truth = new GroundTruth([[0.125f, 0.25f, 0.375f, 0.75f]], [[0]]);
        var targets = new ArgmaxMatcher().Match(detector.RefinedAnchorsFor(output), truth, detector.Head.Coder);

        var second = new MultiBoxLoss(new GeneralizedIouBoxLoss(), coder: detector.Head.Coder).Compute(output, targets, new HardNegativeMining());
        second.Total.backward();
        Assert.True(objectness.grad is null && first.grad is null);
        Assert.True(logits.grad!.abs().sum().item<float>() > 0 && deltas.grad!.abs().sum().item<float>() > 0);

        var ofFirst = new ArgmaxMatcher().Match(detector.AnchorsFor(output), truth.AsOneClass(), detector.Head.Coder);
        var firstPart = new MultiBoxLoss(new SmoothL1BoxLoss()).Compute(output.Refinement!.AsOutput(output.FeatureSizes), ofFirst, new HardNegativeMining());
        var both = LossParts.Sum(firstPart, second);
        Assert.Equal(firstPart.Total.item<float>() + second.Total.item<float>(), both.Total.item<float>(), 1e-5);
        firstPart.Total.backward();
        Assert.True(objectness.grad!.abs().sum().item<float>() > 0);
    }
}
