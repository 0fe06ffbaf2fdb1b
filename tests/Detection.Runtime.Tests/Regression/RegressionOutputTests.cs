// Further regressions: coders by hand and back, losses of what is labelled, detections that keep them through suppression.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public sealed class RegressionOutputTests
{
    [Fact]
    public void Points_are_offsets_from_the_centre_in_sizes_of_the_box()
    {
        using var scope = NewDisposeScope();
        var anchor = tensor(new[] { 0.5f, 0.4f, 0.2f, 0.1f }).unsqueeze(0);
        var points = tensor(new[] { 0.6f, 0.4f, 0.5f, 0.3f }).unsqueeze(0);

        var coded = new PointRegressionCoder(0.1).Encode(points, anchor);

        Assert.Equal([5f, 0, 0, -10], coded.Floats().Select(v => MathF.Round(v, 4)));
        Assert.Equal(points.Floats(), new PointRegressionCoder(0.1).Decode(coded, anchor).Floats().Select(v => MathF.Round(v, 6)));
    }

    public static TheoryData<RegressionCoder> Coders =>
        [new PlainRegressionCoder(), new PointRegressionCoder(0.1), new PointRegressionCoder(2), new BoxRegressionCoder(new CenterSizeBoxCoder()), new BoxRegressionCoder(new CornerBoxCoder())];

    [Theory]
    [MemberData(nameof(Coders))]
    public void Decoding_undoes_coding(RegressionCoder coder)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        var low = rand(50, 2);
        var values = cat([low, low + 0.05 + rand(50, 2)], 1);
        var anchors = cat([rand(50, 2), 0.1 + rand(50, 2)], 1);

        var back = coder.Decode(coder.Encode(values, anchors), anchors);

        Assert.True((back - values).abs().max().item<float>() < 1e-5);
    }

    [Theory]
    [InlineData(0, 0.5 * 0.25)]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.5 * 0.25)]
    public void A_loss_counts_what_is_labelled_for_each_object_that_has_a_label(int kind, double perNumber)
    {
        using var scope = NewDisposeScope();
        ValueLoss values = kind switch { 0 => new SmoothL1ValueLoss(1), 1 => new L1ValueLoss(), _ => new L2ValueLoss() };
        var loss = new RegressionLoss(new RegressionOutput("depth", 3, new PlainRegressionCoder()), values, Label: "far");
        var outputs = zeros(2, 2, 3, requires_grad: true);
        var targets = Match(new Dictionary<string, float[][]> { ["far"] = [[0.5f, float.NaN, -0.5f], [float.NaN, float.NaN, float.NaN]] });

        var result = loss.Compute(outputs, targets);
        result.backward();

        // Two numbers are labelled, of one object of two.
        Assert.Equal(2 * perNumber, result.item<float>(), 1e-6);
        Assert.Equal(4, outputs.grad!.Floats().Count(g => g != 0) + outputs.grad!.Floats().Count(g => Math.Abs(g) > 0));
        Assert.All(outputs.grad!.Floats(), g => Assert.True(float.IsFinite(g)));
    }

    [Fact]
    public void A_batch_in_which_nothing_is_labelled_costs_nothing()
    {
        using var scope = NewDisposeScope();
        var loss = new RegressionLoss(new RegressionOutput("depth", 1, new PlainRegressionCoder()), new L2ValueLoss());
        var outputs = zeros(2, 2, 1, requires_grad: true);

        var result = loss.Compute(outputs, Match(new Dictionary<string, float[][]> { ["depth"] = [[float.NaN], [float.NaN]] }));
        result.backward();

        Assert.Equal(0, result.item<float>());
        Assert.All(outputs.grad!.Floats(), g => Assert.Equal(0, g));
    }

    [Fact]
    public void A_batch_without_the_label_says_what_it_has()
    {
        using var scope = NewDisposeScope();
        var loss = new RegressionLoss(new RegressionOutput("depth", 1, new PlainRegressionCoder()), new L2ValueLoss());

        var problem = Assert.Throws<ArgumentException>(() => loss.Compute(zeros(2, 2, 1), Match(new Dictionary<string, float[][]> { ["width"] = [[1], [1]] })));

        Assert.Contains("The batch has no labels 'depth'; it has: width.", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detection_keeps_its_own_numbers_through_suppression_in_pixels_of_the_image()
    {
        // Two cells side by side; the right one sees a dog better, and a copy of the left one's is suppressed.
        var head = new OneStageHead
        {
            Levels = [new AnchorLevel("only", [new AnchorShape(6, 8), new AnchorShape(6, 8)])],
            Extras =
            [
                new RegressionOutput("eyes", 2, new PointRegressionCoder(1)), new RegressionOutput("depth", 1, new PlainRegressionCoder()),
                new RegressionOutput("body", 4, new BoxRegressionCoder(new CenterSizeBoxCoder())),
            ],
            PostProcessing = new PostProcessing { ScoreThreshold = 0.3f },
        };
        using var detector = new PlaybackDetector(Cards.Make(), head, () => new OneStageOutput(
            tensor(new float[] { 0, 2, 0, 0, 1, 0, 9, 0, 0, 0, 0, 5 }, [1, 4, 3]), zeros(1, 4, 4), [new FeatureSize(1, 2)],
            [tensor(new[] { 0.5f, 0, 9, 9, 9, 9, 0, -0.25f }, [1, 4, 2]), tensor(new float[] { 1, 2, 3, 4 }, [1, 4, 1]), zeros(1, 4, 4)]));
        detector.eval();

        var found = Assert.Single(detector.Detect([Images.Noise(1, 400, 200)])).Objects;

        Assert.Equal(["dog", "cat"], found.Select(o => o.ClassName));
        // Centre (300, 100), box 100 x 100: a quarter of its height above the centre; the cat's half its width to the right of (100, 100).
        Assert.Equal([300f, 75], found[0].Extra("eyes").Values.Select(v => MathF.Round(v, 3)));
        Assert.Equal([150f, 100], found[1].Extra("eyes").Values.Select(v => MathF.Round(v, 3)));
        Assert.Equal([4f], found[0].Extra("depth").Values.ToArray());
        Assert.Equal([50f, 50, 150, 150], found[1].Extra("body").Values.Select(v => MathF.Round(v, 3)));
        Assert.Equal("There is no regression head 'nose'; there are: eyes, depth, body.", Assert.Throws<KeyNotFoundException>(() => found[0].Extra("nose")).Message);
    }

    // Two images, one object each, which the first of two anchors stands for.
    private static MatchedTargets Match(IReadOnlyDictionary<string, float[][]> labels) => new ArgmaxMatcher().Match(
        AnchorSet.Of(tensor(new[] { 0.25f, 0.25f, 0.2f, 0.2f, 0.75f, 0.75f, 0.2f, 0.2f }, [2, 4])),
        new GroundTruth([[0.15f, 0.15f, 0.35f, 0.35f], [0.15f, 0.15f, 0.35f, 0.35f]], [[0], [0]], labels), new CenterSizeBoxCoder());
}
