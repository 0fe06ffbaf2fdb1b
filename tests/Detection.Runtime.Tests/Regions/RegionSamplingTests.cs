// Which anchors and regions are drawn for training, and what they should answer.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class RegionSamplingTests
{
    private static readonly BatchImage Image = new(100, 200);

    private static Tensor Rows(params float[] values) => tensor(values, [values.Length / 4, 4]);

    [Fact]
    public void Anchors_are_positive_by_threshold_or_as_the_best_of_an_object_and_negative_below_the_other()
    {
        using var scope = NewDisposeScope();
        var anchors = Rows(
            10, 10, 30, 30,     // 1.0 with object 0
            10, 10, 30, 26,     // 0.8: positive
            10, 10, 30, 20,     // 0.5: neither
            10, 10, 30, 15,     // 0.25: negative
            100, 10, 110, 20,   // 0.25 with object 1, the best it has
            105, 10, 115, 20,   // 0.25 as well: all of equals are positive
            -1, 50, 20, 70,     // crosses the border
            150, 50, 170, 70);  // negative
        float[] truth = [10, 10, 30, 30, 100, 10, 120, 30];
        var sample = new AnchorSampling().Draw(anchors, [truth], [Image], 1, 0);
        Assert.Equal([0, 1, 4, 5], sample.Positive.Longs());
        Assert.Equal([3, 7], sample.Negative.Longs());
        Assert.Equal([10, 10, 30, 30, 10, 10, 30, 30, 100, 10, 120, 30, 100, 10, 120, 30], sample.Boxes.Floats());
        Assert.Equal(anchors.index_select(0, sample.Positive).Floats(), sample.Anchors.Floats());
        var everywhere = new AnchorSampling { AllowedBorder = null }.Draw(anchors, [truth], [Image], 1, 0);
        Assert.Equal([3, 6, 7], everywhere.Negative.Longs());
    }

    [Fact]
    public void Inclusive_anchors_may_end_at_the_last_pixel_only()
    {
        using var scope = NewDisposeScope();
        var anchors = Rows(180, 0, 199, 9, 181, 0, 200, 9);
        var sampling = new AnchorSampling { Convention = BoxConvention.Inclusive };
        Assert.Equal([0], sampling.Draw(anchors, [[]], [Image], 1, 0).Negative.Longs());
        Assert.Equal([0, 1], (sampling with { Convention = BoxConvention.Continuous }).Draw(anchors, [[]], [Image], 1, 0).Negative.Longs());
    }

    [Theory]
    [InlineData(400, 400, 128, 128)]
    [InlineData(10, 400, 10, 246)]
    [InlineData(400, 20, 128, 20)]
    [InlineData(0, 400, 0, 256)]
    public void Half_of_256_anchors_are_positive_and_negatives_fill_up(int positives, int negatives, int drawnPositives, int drawnNegatives)
    {
        using var scope = NewDisposeScope();
        float[] anchors = [.. Enumerable.Range(0, positives).SelectMany(_ => new float[] { 10, 10, 30, 30 }), .. Enumerable.Range(0, negatives).SelectMany(_ => new float[] { 60, 60, 80, 80 })];
        var sample = new AnchorSampling().Draw(Rows(anchors), [[10, 10, 30, 30], [10, 10, 30, 30]], [Image, Image], 1, 0);
        Assert.Equal([2L * drawnPositives, 2L * drawnNegatives], [sample.Positive.shape[0], sample.Negative.shape[0]]);
        Assert.Equal(2 * drawnPositives, sample.Positive.Longs().Distinct().Count());
        // The rows of the second image come after all of the first.
        Assert.All(sample.Negative.Longs().Skip(drawnNegatives), row => Assert.InRange(row, positives + negatives, 2 * (positives + negatives) - 1));
    }

    [Fact]
    public void The_same_seed_and_step_draw_the_same_and_others_draw_others()
    {
        using var scope = NewDisposeScope();
        float[] anchors = [.. Enumerable.Range(0, 1000).SelectMany(i => new float[] { 60, 60, 80 + i % 7, 80 })];
        long[] Draw(long seed, long step) => new AnchorSampling().Draw(Rows(anchors), [[]], [Image], seed, step).Negative.Longs();
        Assert.Equal(Draw(1, 0), Draw(1, 0));
        Assert.NotEqual(Draw(1, 0), Draw(1, 1));
        Assert.NotEqual(Draw(1, 0), Draw(2, 0));
    }

    [Fact]
    public void Regions_stand_for_the_object_they_overlap_most_or_for_background()
    {
        using var scope = NewDisposeScope();
        var regions = tensor(new float[]
        {
            0, 10, 10, 30, 26,   // 0.8 with object 0
            0, 10, 10, 30, 20,   // 0.5: still foreground
            0, 10, 10, 30, 18,   // 0.4: background
            0, 10, 10, 30, 11,   // 0.05: below the lower threshold
            1, 60, 60, 80, 80,   // an image without objects
        }, [5, 5]);
        var sampling = new RegionSampling { BackgroundLow = 0.1 };
        var sample = sampling.Draw(regions, [[10, 10, 30, 30], []], [[4], []], 1, 0);
        // The object's own box is a region, too.
        Assert.Equal([0, 10, 10, 30, 26, 0, 10, 10, 30, 20, 0, 10, 10, 30, 30, 0, 10, 10, 30, 18], sample.Regions.Floats());
        Assert.Equal([5, 5, 5, 0], sample.Labels.Longs());
        Assert.Equal([10, 10, 30, 30, 10, 10, 30, 30, 10, 10, 30, 30, 10, 10, 30, 18], sample.Boxes.Floats());
        Assert.Equal([4, 0], sample.Counts.ToArray());
        var faster = (sampling with { BackgroundLow = 0, AppendTruth = false }).Draw(regions, [[10, 10, 30, 30], []], [[4], []], 1, 0);
        Assert.Equal([5, 5, 0, 0, 0], faster.Labels.Longs());
        Assert.Equal([4, 1], faster.Counts.ToArray());
    }

    [Theory]
    [InlineData(128, 32, 96)]
    [InlineData(64, 16, 48)]
    public void A_quarter_of_the_regions_are_objects(int perImage, int foreground, int background)
    {
        using var scope = NewDisposeScope();
        float[] regions = [.. Enumerable.Range(0, 300).SelectMany(i => i % 2 == 0 ? new float[] { 0, 10, 10, 30, 30 } : [0, 60, 60, 80, 80])];
        var sample = new RegionSampling { PerImage = perImage }.Draw(tensor(regions, [300, 5]), [[10, 10, 30, 30]], [[0]], 3, 5);
        Assert.Equal([foreground, background], [sample.Labels.Longs().Count(l => l == 1), sample.Labels.Longs().Count(l => l == 0)]);
        Assert.Equal(sample.Regions.Floats(), new RegionSampling { PerImage = perImage }.Draw(tensor(regions, [300, 5]), [[10, 10, 30, 30]], [[0]], 3, 5).Regions.Floats());
    }

    [Fact]
    public void No_regions_and_no_objects_give_an_empty_sample()
    {
        using var scope = NewDisposeScope();
        var sample = new RegionSampling().Draw(zeros(0, 5), [[]], [[]], 1, 0);
        Assert.Equal([0, 5], sample.Regions.shape);
        Assert.Equal([0, 4], new RegionTargets(new RegionBoxCoder(), 3).Of(sample).Targets.shape);
        Assert.Equal([0], new AnchorSampling().Draw(zeros(0, 4), [[]], [Image], 1, 0).Negative.shape);
    }

    public static TheoryData<int, int, float> Layouts => new()
    {
        // Three classes; the second region has class 2 (label 3). Channels hold their own numbers, plus 100 for the second row.
        { 4, 0, 0 },
        { 8, 4, 4 },
        { 12, 0, 8 },
        { 16, 4, 12 },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Targets_are_compared_with_the_outputs_of_the_regions_own_class(int channels, int firstOfClass0, float firstOfClass2)
    {
        using var scope = NewDisposeScope();
        var predictions = stack([arange(channels, dtype: ScalarType.Float32), arange(channels, dtype: ScalarType.Float32) + 100, zeros(channels)]);
        var sample = new RegionSample(
            tensor(new float[] { 0, 10, 20, 29, 59, 0, 10, 20, 29, 59, 0, 0, 0, 9, 9 }, [3, 5]), tensor(new long[] { 1, 3, 0 }, [3]),
            Rows(15, 30, 34, 49, 10, 20, 29, 59, 0, 0, 9, 9), [3]);
        var targets = new RegionTargets(new RegionBoxCoder { Convention = BoxConvention.Inclusive, Deviations = (0.1, 0.1, 0.2, 0.2) }, 3);
        var (rows, encoded) = targets.Of(sample);
        Assert.Equal([0, 1], rows.Longs());
        Assert.InRange(RegionCases.Difference([2.5f, 0, 0, (float)(Math.Log(0.5) / 0.2), 0, 0, 0, 0], encoded.Floats()), 0, 1e-5);
        var predicted = targets.Predicted(predictions, rows, sample.Labels).Floats();
        Assert.Equal([firstOfClass0, 100 + firstOfClass2], [predicted[0], predicted[4]]);
        var decoded = targets.Decode(zeros(3, channels), sample.Regions);
        Assert.Equal([3, 3, 4], decoded.shape);
        Assert.Equal([10, 20, 29, 59], decoded[1, 2].Floats());
    }

    [Fact]
    public void Mistakes_are_named()
    {
        using var scope = NewDisposeScope();
        Assert.StartsWith(
            "Box outputs of 3 classes have the shape [R, n] with n = 4, 8, 12 or 16, not [2, 10].",
            Assert.Throws<ArgumentException>(() => new RegionTargets(new RegionBoxCoder(), 3).Decode(zeros(2, 10), zeros(2, 5))).Message);
        Assert.StartsWith(
            "Region 0 names image 3; there are 1.",
            Assert.Throws<ArgumentException>(() => new RegionSampling().Draw(tensor(new float[] { 3, 0, 0, 1, 1 }, [1, 5]), [[]], [[]], 1, 0)).Message);
        Assert.Throws<ArgumentException>(() => new RegionSampling { BackgroundHigh = 0.6 }.Draw(zeros(0, 5), [[]], [[]], 1, 0));
        Assert.Throws<ArgumentException>(() => new RegionSampling().Draw(zeros(0, 5), [[1, 2, 3, 4]], [[]], 1, 0));
        Assert.Throws<ArgumentException>(() => new AnchorSampling { Negative = 0.8 }.Draw(zeros(0, 4), [[]], [Image], 1, 0));
        Assert.Throws<ArgumentException>(() => new AnchorSampling().Draw(zeros(3, 5), [[]], [Image], 1, 0));
    }
}
