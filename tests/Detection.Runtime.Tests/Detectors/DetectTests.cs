// Detect: thresholds and limits, batches, threads, and what it leaves behind (nothing).
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class DetectTests
{
    private static TinySsd Detector(ScoreActivation activation = ScoreActivation.Softmax)
    {
        random.manual_seed(7);
        var detector = new TinySsd(activation: activation);
        detector.eval();
        return detector;
    }

    private static void AssertSame(ImageDetections expected, ImageDetections actual)
    {
        Assert.Equal((expected.ImageWidth, expected.ImageHeight), (actual.ImageWidth, actual.ImageHeight));
        Assert.Equal(expected.Objects.Length, actual.Objects.Length);
        foreach (var (a, b) in expected.Objects.Zip(actual.Objects))
        {
            Assert.Equal(a.ClassName, b.ClassName);
            Assert.Equal(a.Score, b.Score, 1e-5f);
            Assert.Equal(a.Box.X1, b.Box.X1, 1e-3f);
            Assert.Equal(a.Box.Y1, b.Box.Y1, 1e-3f);
            Assert.Equal(a.Box.X2, b.Box.X2, 1e-3f);
            Assert.Equal(a.Box.Y2, b.Box.Y2, 1e-3f);
        }
    }

    [Fact]
    public void Detections_lie_in_the_original_image_ranked_and_named()
    {
        using var detector = Detector();
        var found = Assert.Single(detector.Detect([Images.Noise(1, 400, 300)]));
        Assert.NotEmpty(found.Objects);
        Assert.All(found.Objects, o =>
        {
            Assert.InRange(o.Box.X1, 0, 400);
            Assert.InRange(o.Box.X2, o.Box.X1, 400);
            Assert.InRange(o.Box.Y1, 0, 300);
            Assert.InRange(o.Box.Y2, o.Box.Y1, 300);
            Assert.InRange(o.Score, 0.3f, 1);
            Assert.Equal(detector.Card.ClassNames[o.ClassIndex], o.ClassName);
        });
        Assert.Equal(found.Objects.Select(o => o.Score).OrderDescending(), found.Objects.Select(o => o.Score));
        // Some box ends beyond the network's own 24 x 16 pixels.
        Assert.Contains(found.Objects, o => o.Box.X2 > 200);
    }

    [Theory]
    [InlineData(400, 200, new float[] { 250, 50, 350, 150 })]
    [InlineData(20, 1000, new float[] { 12.5f, 250, 17.5f, 750 })]
    public void Boxes_are_stretched_to_the_image_along_each_axis(int width, int height, float[] expected)
    {
        // Of two cells side by side, the right one's default box, a quarter of the input wide and half of it high, is sure of a dog.
        var head = new OneStageHead { Levels = [new AnchorLevel("only", [new AnchorShape(6, 8)])] };
        using var detector = new PlaybackDetector(Cards.Make(), head, () => new OneStageOutput(
            tensor(new float[] { 9, 0, 0, 0, 0, 9 }, [1, 2, 3]), zeros(1, 2, 4), [new FeatureSize(1, 2)]));
        detector.eval();
        var best = detector.Detect(new RgbImage(width, height)).Objects[0];
        Assert.Equal("dog", best.ClassName);
        Assert.Equal(Math.Exp(9) / (Math.Exp(9) + 2), best.Score, 1e-5);
        Assert.Equal(expected, new[] { best.Box.X1, best.Box.Y1, best.Box.X2, best.Box.Y2 });
    }

    [Fact]
    public void Options_override_the_specs_rules()
    {
        using var detector = Detector();
        RgbImage[] images = [Images.Noise(1)];
        ImageDetections Run(DetectOptions options) => detector.Detect(images, options)[0];
        Assert.Empty(Run(new() { ScoreThreshold = 1 }).Objects);
        Assert.Equal(2, Run(new() { DetectionsPerImage = 2 }).Objects.Length);
        var all = Run(new() { ScoreThreshold = 0, NmsThreshold = 1, DetectionsPerImage = int.MaxValue });
        // 4 x 6 cells, 2 shapes, 2 classes, minus boxes that lie outside the image.
        Assert.InRange(all.Objects.Length, 60, 96);
        Assert.True(Run(new() { ScoreThreshold = 0, NmsThreshold = 0, DetectionsPerImage = int.MaxValue }).Objects.Length < all.Objects.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => Run(new() { BatchSize = 0 }));
    }

    [Fact]
    public void Sigmoid_scores_have_no_background()
    {
        using var detector = Detector(ScoreActivation.Sigmoid);
        var found = detector.Detect([Images.Noise(1)])[0];
        Assert.Equal([0, 1, 2], found.Objects.Select(o => o.ClassIndex).Distinct().Order());
        Assert.Contains(found.Objects, o => o.ClassName == "class 2");
    }

    [Fact]
    public void A_background_with_a_sigmoid_of_its_own_is_no_class()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var detector = Detector(ScoreActivation.SigmoidBackground);
        var logits = TorchSharp.torch.randn(1, 8, 3);
        var scores = detector.Scores(new OneStageOutput(logits, TorchSharp.torch.zeros(1, 8, 4), [new FeatureSize(2, 2)]));
        Assert.Equal(logits.narrow(-1, 1, 2).sigmoid().Floats(), scores.Floats());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void A_batch_of_several_images_equals_one_by_one(int batchSize)
    {
        using var detector = Detector();
        RgbImage[] images = [.. Enumerable.Range(0, 5).Select(i => Images.Noise(i, 20 + 10 * i, 50 - 5 * i))];
        var together = detector.Detect(images, new() { BatchSize = batchSize });
        Assert.Equal(images.Length, together.Count);
        for (var i = 0; i < images.Length; i++)
        {
            AssertSame(detector.Detect([images[i]])[0], together[i]);
        }
    }

    [Fact]
    public void One_image_needs_no_list()
    {
        using var detector = Detector();
        AssertSame(detector.Detect([Images.Noise(4)])[0], detector.Detect(Images.Noise(4)));
    }

    [Fact]
    public void No_images_give_no_answers()
    {
        using var detector = Detector();
        Assert.Empty(detector.Detect([]));
    }

    [Fact]
    public void Threads_get_the_answers_of_their_own_images()
    {
        using var detector = Detector();
        RgbImage[] images = [.. Enumerable.Range(0, 6).Select(i => Images.Noise(i, 30 + i, 40))];
        ImageDetections[] expected = [.. images.Select(image => detector.Detect([image])[0])];
        var failures = new List<Exception>();
        Thread[] threads = [.. images.Select((image, i) => new Thread(() =>
        {
            try
            {
                for (var round = 0; round < 20; round++)
                {
                    AssertSame(expected[i], detector.Detect([image])[0]);
                }
            }
            catch (Exception e)
            {
                lock (failures)
                {
                    failures.Add(e);
                }
            }
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.Empty(failures);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gradient_mode_and_live_tensors_are_as_before(bool gradients)
    {
        using var detector = Detector();
        detector.Detect([Images.Noise(1)]);
        var before = Tensor.TotalCount;
        using (set_grad_enabled(gradients))
        {
            detector.Detect([Images.Noise(1), Images.Noise(2)]);
            Assert.Equal(gradients, is_grad_enabled());
            using (NewDisposeScope())
            {
                detector.Detect([Images.Noise(1)]);
                using var mine = ones(1);
                Assert.False(mine.IsInvalid);
            }
        }
        Assert.True(Tensor.TotalCount <= before, $"{Tensor.TotalCount - before} tensors stayed alive");
    }

    [Fact]
    public void Disposing_a_detector_frees_its_default_boxes()
    {
        var detector = Detector();
        detector.Detect([Images.Noise(1)]);
        var anchors = detector.DefaultBoxes.For([new FeatureSize(4, 6)], detector.Card.Input, CPU);
        detector.Dispose();
        Assert.True(anchors.IsInvalid);
    }

    [Fact]
    public void A_model_in_training_mode_is_refused()
    {
        using var detector = Detector();
        detector.train();
        Assert.Contains("training mode", Assert.Throws<InvalidOperationException>(() => detector.Detect([Images.Noise(1)])).Message);
        Assert.True(is_grad_enabled());
        detector.eval();
        detector.named_modules().Single(m => m.name == "stem.norm").module.train();
        Assert.Contains("a layer in training mode", Assert.Throws<InvalidOperationException>(() => detector.Detect([Images.Noise(1)])).Message);
    }

    [Fact]
    public void Decoded_boxes_and_scores_are_there_for_training_and_tests()
    {
        using var scope = NewDisposeScope();
        using var detector = Detector();
        var output = detector.call(randn(2, 3, 16, 24));
        Assert.Equal([2L, 48, 3], output.ClassLogits.shape);
        Assert.Equal([2L, 48, 4], detector.DecodeBoxes(output).shape);
        var wider = detector.call(zeros(1, 3, 16, 48));
        var boxes = detector.DecodeBoxes(wider, new InputSize(3, 16, 48));
        Assert.Equal([1L, 96, 4], boxes.shape);
        // The last box's anchor lies in the last column of 12.
        var anchor = detector.DefaultBoxes.For(wider.FeatureSizes, new InputSize(3, 16, 48), CPU)[95].Floats();
        Assert.Equal([11.5f / 12, 3.5f / 4, 10 / 48f, 8 / 16f], anchor);
        Assert.Equal([2L, 48, 2], detector.Scores(output).shape);
    }
}
