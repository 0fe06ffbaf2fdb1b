// Two-stage detectors at several sizes: merged like others, or with each region at the size that suits it; by the detector itself where its head says so.
using TorchSharp;
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class TwoStageMultiScaleTests
{
    private static readonly ModelCard KeepsAspect = Cards.Make("tiny-two-stage", ModelKind.TwoStage, 32, 48) with
    {
        PadToMultipleOf = 8,
        Preprocessing = new Preprocessing { Mean = [127, 127, 127], Std = [64, 64, 64], ShortSide = 32, LongSide = 60 },
    };

    private static readonly DetectOptions Everything = new() { ScoreThreshold = 0, CandidatesPerClass = 100_000, DetectionsPerImage = 100_000 };

    private static MultiScaleSettings Settings(string scales, BoxMerging merging, bool flip = false) =>
        new() { Scales = [.. scales.Split(',').Select(text => TestScale.Parse(text)!)], Flip = flip, Merging = merging };

    private static TinyTwoStage Detector(MultiScaleSettings? settings = null, bool keepsAspect = true, bool proposes = true)
    {
        torch.random.manual_seed(7);
        var detector = new TinyTwoStage(new TinyTwoStageOptions
        {
            Card = keepsAspect ? KeepsAspect : Cards.Make("tiny-two-stage", ModelKind.TwoStage, 32, 48), ProposesRegions = proposes, MultiScale = settings,
        });
        detector.eval();
        return detector;
    }

    private static string[] Lines(ImageDetections found) => [.. found.Objects.Select(o => $"{o.ClassIndex} {o.Score:0.0000} {o.Box.X1:0.00} {o.Box.Y1:0.00} {o.Box.X2:0.00} {o.Box.Y2:0.00}")];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Regions_by_one_size_find_what_the_detector_finds_at_it(bool keepsAspect)
    {
        using var detector = Detector(keepsAspect: keepsAspect);
        RgbImage[] images = [Images.Noise(1, 80, 64), Images.Noise(2, 300, 100)];
        var test = new MultiScaleTest(detector, Settings(keepsAspect ? "60x32" : "48x32", BoxMerging.ByRegion));
        Assert.All(detector.Detect(images).Zip(test.Detect(images)), pair => Assert.Equal(Lines(pair.First), Lines(pair.Second)));
        Assert.All(test.Detect(images), found => Assert.NotEmpty(found.Objects));
    }

    [Fact]
    public void Each_region_is_looked_at_in_the_size_that_brings_it_nearest_to_the_canonical_square()
    {
        using var detector = Detector(proposes: false);
        var image = Images.Noise(3, 100, 80);
        Box small = new(10, 10, 20, 22), large = new(5, 5, 90, 75);
        // 100 x 80 pixels become 30 x 24 and 100 x 80: a square of 16 pixels is nearest to the large box in the first, to the small one in the second.
        var settings = Settings("200x24,200x80", BoxMerging.ByRegion) with { CanonicalSize = 16 };
        var both = new MultiScaleTest(detector, settings).Detect([image], [[small, large]], Everything)[0];
        ImageDetections Alone(string scale, Box box) => new MultiScaleTest(detector, settings with { Scales = [TestScale.Parse(scale)!] }).Detect([image], [[box]], Everything with { NmsThreshold = 1 })[0];
        var all = new MultiScaleTest(detector, settings).Detect([image], [[small, large]], Everything with { NmsThreshold = 1 })[0];
        Assert.Equal(Lines(Alone("200x80", small)).Concat(Lines(Alone("200x24", large))).Order(), Lines(all).Order());
        // The size matters: the test above can fail.
        Assert.NotEqual(Lines(Alone("200x24", small)), Lines(Alone("200x80", small)));
        Assert.InRange(both.Objects.Length, 1, all.Objects.Length);
    }

    // |area x scale^2 - 224^2| at scales 0.8, 1 and 2: by hand.
    [Theory]
    [InlineData(280, 280, 0)]
    [InlineData(224, 224, 1)]
    [InlineData(112, 112, 2)]
    [InlineData(150, 150, 1)]
    [InlineData(130, 130, 2)]
    [InlineData(250, 250, 0)]
    [InlineData(240, 240, 1)]
    [InlineData(0, 10, 0)]
    public void The_nearest_size_is_that_of_Fast_R_CNN(float width, float height, int expected) =>
        Assert.Equal(expected, RegionScales.Nearest(new Box(7, 9, 7 + width, 9 + height), [0.64, 1, 4], 224));

    [Fact]
    public void What_all_sizes_find_is_merged_and_mirrored_images_give_mirrored_detections()
    {
        using var detector = Detector();
        RgbImage image = Images.Noise(3, 80, 64), mirrored = MultiScaleTest.Mirrored(image);
        Box[] regions = [new(8, 8, 40, 48), new(0, 0, 80, 64)], opposite = [new(40, 8, 72, 48), new(0, 0, 80, 64)];
        var test = new MultiScaleTest(detector, Settings("60x32,90x48", BoxMerging.Voting, flip: true));
        var (first, second) = (test.Detect([image], [regions], Everything)[0], test.Detect([mirrored], [opposite], Everything)[0]);
        Assert.NotEmpty(first.Objects);
        Assert.Equal(first.Objects.Select(o => o.Score).Order(), second.Objects.Select(o => o.Score).Order(), (a, b) => MathF.Abs(a - b) < 1e-5f);
        var plain = new MultiScaleTest(detector, Settings("60x32,90x48", BoxMerging.Voting));
        Assert.NotEqual(plain.Detect([image], [regions], Everything)[0].Objects.Select(o => o.Score), plain.Detect([mirrored], [opposite], Everything)[0].Objects.Select(o => o.Score));
    }

    [Theory]
    [InlineData(BoxMerging.Voting)]
    [InlineData(BoxMerging.ByRegion)]
    public void A_detector_whose_head_has_several_sizes_runs_them_unless_it_is_told_not_to(BoxMerging merging)
    {
        var settings = Settings("60x32,90x48", merging, flip: merging == BoxMerging.Voting) with { CanonicalSize = 20 };
        using var several = Detector(settings);
        using var one = Detector();
        RgbImage[] images = [Images.Noise(4, 80, 64)];
        Box[] regions = [new(8, 8, 40, 48), new(0, 0, 80, 64)];
        Assert.Equal(Lines(new MultiScaleTest(one, settings).Detect(images)[0]), Lines(several.Detect(images)[0]));
        Assert.Equal(Lines(new MultiScaleTest(one, settings).Detect(images, [regions])[0]), Lines(several.Detect(images, [regions])[0]));
        Assert.Equal(Lines(one.Detect(images)[0]), Lines(several.Detect(images, new DetectOptions { AtOneSize = true })[0]));
        Assert.NotEqual(Lines(one.Detect(images)[0]), Lines(several.Detect(images)[0]));
    }

    [Fact]
    public void Scores_of_all_candidates_are_kept_where_regions_choose_their_size()
    {
        using var detector = Detector(Settings("60x32,90x48", BoxMerging.ByRegion) with { CanonicalSize = 20 });
        var found = detector.Detect([Images.Noise(5, 80, 64)], new DetectOptions { KeepCandidateScores = true })[0];
        Assert.NotNull(found.Candidates);
        Assert.True(found.Candidates.Value.Length >= found.Objects.Length);
    }

    [Fact]
    public void Regions_that_a_test_needs_and_does_not_get_are_missed()
    {
        var settings = Settings("60x32,90x48", BoxMerging.ByRegion);
        using var detector = Detector(settings, proposes: false);
        Assert.StartsWith("tiny-two-stage proposes no regions", Assert.Throws<InvalidOperationException>(() => detector.Detect([Images.Noise(1)])).Message);
        Assert.StartsWith(
            "Proposals of 1 images for 2 images.", Assert.Throws<ArgumentException>(() => new MultiScaleTest(detector, settings).Detect([Images.Noise(1), Images.Noise(2)], [[]])).Message);
        Assert.Contains("looks at each region once", Assert.Throws<ArgumentException>(() => new MultiScaleTest(detector, settings with { Flip = true })).Message);
    }
}
