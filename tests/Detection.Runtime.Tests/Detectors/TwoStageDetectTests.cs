// Two-stage detection from images to boxes: sizes, batches, given proposals, cascades, head layouts, conventions.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class TwoStageDetectTests
{
    private static readonly ModelCard KeepsAspect = Cards.Make("tiny-two-stage", ModelKind.TwoStage, 32, 48) with
    {
        PadToMultipleOf = 8,
        Preprocessing = new Preprocessing { Mean = [127, 127, 127], Std = [64, 64, 64], ShortSide = 32, LongSide = 60 },
    };

    private static TinyTwoStage Detector(TinyTwoStageOptions? options = null)
    {
        random.manual_seed(7);
        var detector = new TinyTwoStage(options);
        detector.eval();
        return detector;
    }

    private static void AssertSame(ImageDetections expected, ImageDetections actual)
    {
        Assert.Equal((expected.ImageWidth, expected.ImageHeight), (actual.ImageWidth, actual.ImageHeight));
        Assert.Equal(expected.Objects.Length, actual.Objects.Length);
        foreach (var (a, b) in expected.Objects.Zip(actual.Objects))
        {
            Assert.Equal((a.ClassIndex, a.ClassName), (b.ClassIndex, b.ClassName));
            Assert.Equal(a.Score, b.Score, 1e-5f);
            Assert.InRange(RegionCases.Difference([a.Box.X1, a.Box.Y1, a.Box.X2, a.Box.Y2], [b.Box.X1, b.Box.Y1, b.Box.X2, b.Box.Y2]), 0, 1e-2);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_of_different_sizes_in_one_call_get_what_each_gets_alone(bool keepsAspect)
    {
        using var detector = Detector(new TinyTwoStageOptions { Card = keepsAspect ? KeepsAspect : Cards.Make(kind: ModelKind.TwoStage, height: 32, width: 48) });
        // Of one input size 1 and 3, and 0 and 5 (46 and 48 columns, padded); 2 is limited by its longer side, 4 stands upright.
        (int Width, int Height)[] sizes = [(46, 32), (80, 64), (300, 100), (40, 32), (60, 90), (96, 64)];
        RgbImage[] images = [.. sizes.Select((size, i) => Images.Noise(i, size.Width, size.Height))];
        foreach (var batchSize in new[] { 6, 4 })
        {
            var together = detector.Detect(images, new() { BatchSize = batchSize });
            for (var i = 0; i < images.Length; i++)
            {
                AssertSame(detector.Detect([images[i]])[0], together[i]);
            }
        }
        Assert.All(detector.Detect(images), found => Assert.NotEmpty(found.Objects));
    }

    [Fact]
    public void Detections_lie_in_the_original_image_ranked_and_named()
    {
        using var detector = Detector(new TinyTwoStageOptions { Card = KeepsAspect });
        var found = Assert.Single(detector.Detect([Images.Noise(1, 400, 300)]));
        Assert.NotEmpty(found.Objects);
        Assert.All(found.Objects, o =>
        {
            Assert.InRange(o.Box.X1, 0, 400);
            Assert.InRange(o.Box.X2, o.Box.X1, 400);
            Assert.InRange(o.Box.Y1, 0, 300);
            Assert.InRange(o.Box.Y2, o.Box.Y1, 300);
            Assert.InRange(o.Score, 0.2f, 1);
            Assert.Equal(detector.Card.ClassNames[o.ClassIndex], o.ClassName);
        });
        Assert.Equal(found.Objects.Select(o => o.Score).OrderDescending(), found.Objects.Select(o => o.Score));
        Assert.Contains(found.Objects, o => o.Box.X2 > 100);
    }

    [Fact]
    public void No_images_and_no_proposals_give_no_objects()
    {
        using var detector = Detector();
        Assert.Empty(detector.Detect([]));
        using var strict = Detector(new TinyTwoStageOptions { Selection = new ProposalSelection { MinimumSize = 1000 } });
        Assert.All(strict.Detect([Images.Noise(1), Images.Noise(2)]), found => Assert.Empty(found.Objects));
        Assert.Empty(detector.Detect([Images.Noise(1)], [[]])[0].Objects);
    }

    [Fact]
    public void Given_proposals_replace_the_detectors_own()
    {
        using var detector = Detector(new TinyTwoStageOptions { Card = KeepsAspect });
        RgbImage[] images = [Images.Noise(1, 80, 64), Images.Noise(2, 60, 90)];
        Box[] first = [new(8, 8, 40, 48), new(0, 0, 80, 64)];
        var found = detector.Detect(images, [first, []], new() { ScoreThreshold = 0 });
        Assert.NotEmpty(found[0].Objects);
        Assert.Empty(found[1].Objects);
        AssertSame(detector.Detect([images[0]], [first], new() { ScoreThreshold = 0 })[0], found[0]);
        using var without = Detector(new TinyTwoStageOptions { ProposesRegions = false });
        Assert.NotEmpty(without.Detect(images, [first, first], new() { ScoreThreshold = 0 })[1].Objects);
        Assert.StartsWith(
            "tiny-two-stage proposes no regions", Assert.Throws<InvalidOperationException>(() => without.Detect([images[0]])).Message);
        Assert.Throws<InvalidOperationException>(() => without.call(zeros(1, 3, 32, 48)));
        Assert.StartsWith("Proposals of 1 images for 2 images.", Assert.Throws<ArgumentException>(() => without.Detect(images, [first])).Message);
    }

    /// <summary>Every number by hand: 100 x 50 pixels become 40 x 20, so that one pixel of the input is 2.5 of the image.</summary>
    [Theory]
    // Corners are pixels: the proposal's last pixel 59 is at 23.6; it comes back with its last edge.
    [InlineData(BoxConvention.Inclusive, 20f, 10f, 60f, 40f, 8f, 4f, 23.6f, 15.6f)]
    [InlineData(BoxConvention.Continuous, 20f, 10f, 60f, 40f, 8f, 4f, 24f, 16f)]
    public void Proposals_and_boxes_are_scaled_in_the_convention_of_the_coder(
        BoxConvention convention, float x1, float y1, float x2, float y2, params float[] asked)
    {
        var card = Cards.Make(kind: ModelKind.TwoStage) with { Preprocessing = new Preprocessing { ShortSide = 20, LongSide = 45 } };
        var head = new TwoStageHead { Stages = [new RegionStage("only", new RegionBoxCoder { Convention = convention })] };
        using var detector = new PlaybackTwoStage(card, head, _ => new RegionOutput(tensor(new float[] { 0, 0, 5 }, [1, 3]), zeros(1, 4)));
        detector.eval();
        var found = detector.Detect([new RgbImage(100, 50)], [[new Box(x1, y1, x2, y2)]], new() { ScoreThreshold = 0.5f })[0];
        Assert.Equal([1L, 3, 20, 40], detector.Inputs.Single());
        Assert.InRange(RegionCases.Difference([0, .. asked], detector.Asked.Single()), 0, 1e-5);
        var only = Assert.Single(found.Objects);
        Assert.Equal("dog", only.ClassName);
        Assert.InRange(RegionCases.Difference([x1, y1, x2, y2], [only.Box.X1, only.Box.Y1, only.Box.X2, only.Box.Y2]), 0, 1e-4);
    }

    [Fact]
    public void Overlaps_of_detections_are_those_of_pixels_where_corners_are_pixels()
    {
        // Ten pixels wide each, nine in common: 0.818 of 110 pixels; between corners it would be 8 x 9 of 90: 0.8.
        var head = new TwoStageHead { Stages = [new RegionStage("only", new RegionBoxCoder { Convention = BoxConvention.Inclusive })] };
        using var detector = new PlaybackTwoStage(
            Cards.Make(kind: ModelKind.TwoStage, height: 50, width: 100), head, _ => new RegionOutput(tensor(new float[] { 0, 5, 0, 0, 4, 0 }, [2, 3]), null));
        detector.eval();
        ImageDetections Run(float threshold) => detector.Detect(
            [new RgbImage(100, 50)], [[new Box(0, 0, 10, 10), new Box(1, 0, 11, 10)]], new() { ScoreThreshold = 0.5f, NmsThreshold = threshold })[0];
        Assert.Single(Run(0.81f).Objects);
        Assert.Equal(2, Run(0.82f).Objects.Length);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(0)]
    public void Heads_of_every_layout_are_decoded(int channels)
    {
        using var scope = NewDisposeScope();
        using var detector = Detector(new TinyTwoStageOptions { BoxChannels = channels });
        var input = randn(2, 3, 32, 48);
        var output = detector.call(input);
        var count = output.Counts.Sum();
        Assert.True(output.Counts.All(c => c > 0));
        Assert.Equal([[count, 5], [count, 2], [count, 2, 4]], [output.Regions.shape, output.Scores.shape, output.Boxes.shape]);
        var features = detector.Extract(input);
        var raw = detector.Classify(0, features, output.Regions);
        Assert.Equal(raw.ClassLogits.softmax(1).narrow(1, 1, 2).Floats(), output.Scores.Floats());
        var boxes = raw.BoxDeltas is { } deltas
            ? new RegionTargets(detector.Head.Stages[0].Coder, 2).Decode(deltas, output.Regions)
            : output.Regions.narrow(1, 1, 4).unsqueeze(1).expand(-1, 2, 4);
        Assert.Equal(Boxes.Clip(boxes, 31, 47).Floats(), output.Boxes.Floats());
    }

    [Fact]
    public void Each_class_may_have_a_box_of_its_own_without_background()
    {
        using var scope = NewDisposeScope();
        using var detector = Detector(new TinyTwoStageOptions { Activation = ScoreActivation.Sigmoid, BoxChannels = 8, Layout = ObjectnessLayout.Sigmoid });
        var output = detector.call(randn(1, 3, 32, 48));
        // Two classes with a box each are eight channels as well.
        Assert.Equal(2, output.Scores.shape[1]);
        Assert.NotEqual(output.Boxes.select(1, 0).Floats(), output.Boxes.select(1, 1).Floats());
    }

    [Fact]
    public void A_cascade_sees_the_boxes_of_the_stage_before_and_may_average_all_stages()
    {
        using var scope = NewDisposeScope();
        using var detector = Detector(new TinyTwoStageOptions { Stages = 3, BoxChannels = 4 });
        var input = randn(2, 3, 32, 48);
        BatchImage[] images = [new(32, 48), new(30, 40)];
        var output = detector.Infer(input, images);
        var features = detector.Extract(input);
        var regions = detector.Propose(features, images).Regions;
        for (var stage = 0; stage < 2; stage++)
        {
            var boxes = new RegionTargets(detector.Head.Stages[stage].Coder, 2).Decode(detector.Classify(stage, features, regions).BoxDeltas!, regions).select(1, 0);
            var owners = regions.select(1, 0);
            var inFirst = Boxes.Clip(boxes, 31, 47);
            var inSecond = Boxes.Clip(boxes, 29, 39);
            regions = cat([owners.unsqueeze(1), where(owners.eq(0).unsqueeze(1), inFirst, inSecond)], 1);
        }
        Assert.InRange(RegionCases.Difference(regions.Floats(), output.Regions.Floats()), 0, 1e-4);
        Assert.InRange(RegionCases.Difference(detector.Classify(2, features, regions).ClassLogits.softmax(1).narrow(1, 1, 2).Floats(), output.Scores.Floats()), 0, 1e-5);

        using var averaging = Detector(new TinyTwoStageOptions { Stages = 3, BoxChannels = 4, AverageStages = true });
        var mean = stack(Enumerable.Range(0, 3).Select(stage => detector.Classify(stage, features, regions).ClassLogits.softmax(1))).mean([0]).narrow(1, 1, 2);
        Assert.InRange(RegionCases.Difference(mean.Floats(), averaging.Infer(input, images).Scores.Floats()), 0, 1e-5);
    }

    [Fact]
    public void The_next_stage_sees_the_box_of_the_best_class_where_each_has_one()
    {
        using var scope = NewDisposeScope();
        // Region 0 is a dog, region 1 a cat; boxes of background, cat and dog move by 0, a half and a whole width.
        var logits = tensor(new float[] { 9, 0, 1, 0, 5, 1 }, [2, 3]);
        float[] moves = [0, 0, 0, 0, 0.5f, 0, 0, 0, 1, 0, 0, 0];
        var head = new TwoStageHead { Stages = [new("first", new RegionBoxCoder()), new("second", new RegionBoxCoder())] };
        using var detector = new PlaybackTwoStage(
            Cards.Make(kind: ModelKind.TwoStage), head, _ => new RegionOutput(logits.alias(), tensor([.. moves, .. moves], [2, 12])));
        detector.Infer(zeros(1, 3, 50, 50), [new BatchImage(50, 50)], tensor(new float[] { 0, 0, 0, 10, 10, 0, 30, 0, 40, 10 }, [2, 5]));
        Assert.Equal([0, 10, 0, 20, 10, 0, 35, 0, 45, 10], detector.Asked[1]);
    }

    [Fact]
    public void A_model_in_training_mode_is_refused()
    {
        using var detector = Detector();
        detector.train();
        Assert.Contains("training mode", Assert.Throws<InvalidOperationException>(() => detector.Detect([Images.Noise(1)])).Message);
    }

    [Fact]
    public void Gradient_mode_and_live_tensors_are_as_before()
    {
        using var detector = Detector(new TinyTwoStageOptions { Stages = 2, AverageStages = true, BoxChannels = 4 });
        RgbImage[] images = [Images.Noise(1), Images.Noise(2)];
        detector.Detect(images);
        var before = Tensor.TotalCount;
        detector.Detect(images);
        detector.Detect(images, [[new Box(0, 0, 9, 9)], []]);
        using (var input = zeros(1, 3, 32, 48))
        using (detector.call(input))
        {
        }
        Assert.True(is_grad_enabled());
        Assert.True(Tensor.TotalCount <= before, $"{Tensor.TotalCount - before} tensors stayed alive");
    }

    [Fact]
    public void Disposing_a_detector_frees_its_anchors()
    {
        var detector = Detector();
        using var features = detector.Extract(zeros(1, 3, 32, 48));
        var anchors = detector.AnchorsFor(features.Proposals!);
        Assert.Same(anchors, detector.AnchorsFor(features.Proposals!));
        detector.Dispose();
        Assert.True(anchors.IsInvalid);
    }
}
