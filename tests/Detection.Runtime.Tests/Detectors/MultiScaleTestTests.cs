// A detector at several sizes: one size is the detector itself, mirrored images give mirrored detections, filters and limits hold.
using TorchSharp;
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class MultiScaleTestTests
{
    private static MultiScaleSettings Settings(string scales, bool flip = true, BoxMerging merging = BoxMerging.Voting) =>
        new() { Scales = [.. scales.Split(',').Select(text => TestScale.Parse(text)!)], Flip = flip, Merging = merging };

    private static TinySsd Detector()
    {
        torch.random.manual_seed(5);
        var detector = new TinySsd();
        detector.eval();
        return detector;
    }

    [Fact]
    public void One_size_without_mirroring_finds_what_the_detector_finds()
    {
        using var detector = Detector();
        RgbImage[] images = [Images.Noise(1), Images.Noise(2, 24, 70)];
        var expected = detector.Detect(images, new InputSize(3, 24, 24));
        // A group of one: nothing overlaps itself more than the group asks for, once suppression has gone over it.
        var actual = new MultiScaleTest(detector, Settings("24", flip: false) with { GroupIou = 1 }).Detect(images);
        static IEnumerable<string> Sorted(ImageDetections found) => found.Objects.Select(o => $"{o.ClassIndex} {o.Score:R} {o.Box}").Order(StringComparer.Ordinal);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(Sorted(pair.First), Sorted(pair.Second)));
        Assert.Contains(expected, e => e.Objects.Length > 0);
    }

    [Theory]
    [InlineData(BoxMerging.Voting)]
    [InlineData(BoxMerging.SoftVoting)]
    public void A_mirrored_image_gives_mirrored_detections(BoxMerging merging)
    {
        using var detector = Detector();
        var test = new MultiScaleTest(detector, Settings("24,32,40x24", merging: merging));
        // So many that no limit cuts between equal scores.
        var options = new DetectOptions { DetectionsPerImage = 100_000, CandidatesPerClass = 100_000 };
        RgbImage image = Images.Noise(3, 41, 30), mirrored = MultiScaleTest.Mirrored(image);
        var (first, second) = (test.Detect(image, options).Objects, test.Detect(mirrored, options).Objects);
        Assert.NotEmpty(first);
        Assert.Equal(first.Length, second.Length);
        var there = first.Select(o => (o.ClassIndex, o.Score, Box: new Box(image.Width - o.Box.X2, o.Box.Y1, image.Width - o.Box.X1, o.Box.Y2))).ToList();
        foreach (var found in second)
        {
            var match = there.FindIndex(o => o.ClassIndex == found.ClassIndex && MathF.Abs(o.Score - found.Score) < 1e-5f
                && MathF.Abs(o.Box.X1 - found.Box.X1) < 1e-2f && MathF.Abs(o.Box.Y1 - found.Box.Y1) < 1e-2f
                && MathF.Abs(o.Box.X2 - found.Box.X2) < 1e-2f && MathF.Abs(o.Box.Y2 - found.Box.Y2) < 1e-2f);
            Assert.True(match >= 0, $"nothing like {found}");
            there.RemoveAt(match);
        }
        // Without mirrored runs the network's answer is not symmetric: the test above can fail.
        var plain = new MultiScaleTest(detector, Settings("24,32,40x24", flip: false, merging: merging));
        Assert.NotEqual(
            plain.Detect(image, options).Objects.Select(o => o.Score).Order(), plain.Detect(mirrored, options).Objects.Select(o => o.Score).Order());
    }

    [Fact]
    public void Boxes_of_a_size_that_do_not_count_there_are_left_out()
    {
        using var detector = Detector();
        var image = Images.Noise(4);
        Assert.NotEmpty(new MultiScaleTest(detector, Settings("24")).Detect(image).Objects);
        Assert.Empty(new MultiScaleTest(detector, Settings("24:>1000")).Detect(image).Objects);
        Assert.All(
            new MultiScaleTest(detector, Settings("24:<8", flip: false) with { GroupIou = 1 }).Detect(image).Objects, o => Assert.True(Math.Min(o.Box.Width, o.Box.Height) + 1 < 8));
    }

    [Fact]
    public void Limits_and_order_are_those_of_one_detector()
    {
        using var detector = Detector();
        var found = new MultiScaleTest(detector, Settings("24,32")).Detect(Images.Noise(5), new DetectOptions { DetectionsPerImage = 3 }).Objects;
        Assert.Equal(3, found.Length);
        Assert.Equal(found.Select(o => o.Score).OrderDescending(), found.Select(o => o.Score));
        Assert.Empty(new MultiScaleTest(detector, Settings("24")).Detect([]));
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        using var detector = Detector();
        Assert.Throws<ArgumentException>(() => new MultiScaleTest(detector, new MultiScaleSettings { Scales = [] }));
        Assert.Throws<ArgumentException>(() => new MultiScaleTest(detector, Settings("24") with { GroupIou = 0 }));
        using var extras = new PlaybackDetector(
            Cards.Make(), detector.Head with { Extras = [new RegressionOutput("landmarks", 4, new PlainRegressionCoder())] }, () => throw new InvalidOperationException());
        Assert.Contains("landmarks", Assert.Throws<ArgumentException>(() => new MultiScaleTest(extras, Settings("24"))).Message);
        Assert.Contains("no regions to choose sizes by", Assert.Throws<ArgumentException>(() => new MultiScaleTest(detector, Settings("24", flip: false, BoxMerging.ByRegion))).Message);
    }
}
