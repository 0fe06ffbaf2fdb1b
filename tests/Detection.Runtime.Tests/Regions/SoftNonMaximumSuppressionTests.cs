// Soft non-maximum suppression: numbers worked out by hand, both implementations against each other, and suppression per image.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class SoftNonMaximumSuppressionTests
{
    // Overlaps with the first box: 0.6, 0.25 and none; the second and third do not touch.
    private static readonly float[] Boxes = [0, 0, 10, 1, 0, 0, 6, 1, 7.5f, 0, 10, 1, 50, 50, 60, 60];
    private static readonly float[] Scores = [0.9f, 0.8f, 0.7f, 0.1f];

    private static IEnumerable<(long[] Indices, float[] Scores)> Both(SoftNonMaximumSuppression soft, float[] boxes, float[] scores, long[]? classes = null)
    {
        using var scope = NewDisposeScope();
        var (b, s, c) = (tensor(boxes, [scores.Length, 4]), tensor(scores, [scores.Length]), classes is null ? null : tensor(classes, [classes.Length]));
        foreach (var (indices, kept) in new[] { soft.KeepOnHost(b, s, c), soft.KeepByTensors(b, s, c) })
        {
            yield return (indices.Longs(), kept.Floats());
        }
    }

    public static TheoryData<SoftNonMaximumSuppression, long[]?, long[], double[]> Examples => new()
    {
        { new(ScoreDecay.Linear), null, [0, 2, 1, 3], [0.9, 0.7, 0.8 * 0.4, 0.1] },
        { new(ScoreDecay.Linear) { Threshold = 0.2 }, null, [0, 2, 1, 3], [0.9, 0.7 * 0.75, 0.8 * 0.4, 0.1] },
        { new(ScoreDecay.Gaussian), null, [0, 2, 1, 3], [0.9, 0.7 * Math.Exp(-0.125), 0.8 * Math.Exp(-0.72), 0.1] },
        { new(ScoreDecay.Linear) { MinimumScore = 0.33 }, null, [0, 2], [0.9, 0.7] },
        { new(ScoreDecay.Linear), [0, 1, 0, 0], [0, 1, 2, 3], [0.9, 0.8, 0.7, 0.1] },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void Scores_decay_by_overlap_with_what_was_taken(SoftNonMaximumSuppression soft, long[]? classes, long[] indices, double[] scores)
    {
        foreach (var (kept, decayed) in Both(soft, Boxes, Scores, classes))
        {
            Assert.Equal(indices, kept);
            Assert.InRange(RegionCases.Difference([.. scores.Select(s => (float)s)], decayed), 0, 1e-6);
        }
    }

    [Theory]
    [InlineData(ScoreDecay.Linear)]
    [InlineData(ScoreDecay.Gaussian)]
    public void Both_forms_agree_on_random_boxes_with_ties_and_numbers_that_are_none(ScoreDecay decay)
    {
        var random = new Random(4);
        for (var n = 0; n < 8; n++)
        {
            float[] boxes = [.. Enumerable.Range(0, 60).SelectMany(i =>
            {
                var (x, y) = (random.Next(40), random.Next(40));
                return new float[] { x, y, i % 17 == 5 ? float.NaN : x + random.Next(30), y + random.Next(30) };
            })];
            float[] scores = [.. Enumerable.Range(0, 60).Select(i => i % 19 == 3 ? float.NaN : random.Next(1, 9) / 8f)];
            long[] classes = [.. Enumerable.Range(0, 60).Select(_ => (long)random.Next(2))];
            var both = Both(new(decay) { Threshold = 0.31, MinimumScore = 0.0123 }, boxes, scores, classes).ToArray();
            Assert.Equal(both[0].Indices, both[1].Indices);
            Assert.InRange(RegionCases.Difference(both[0].Scores, both[1].Scores), 0, 1e-6);
            Assert.Equal(both[0].Scores.OrderDescending(), both[0].Scores);
        }
    }

    [Fact]
    public void No_boxes_give_nothing_and_what_does_not_fit_is_refused()
    {
        Assert.All(Both(new(), [], []), pair => Assert.Empty(pair.Indices));
        Assert.Throws<ArgumentException>(() => new SoftNonMaximumSuppression().Keep(zeros(3, 4), zeros(2)));
        Assert.Throws<ArgumentException>(() => new SoftNonMaximumSuppression { Sigma = 0 }.Keep(zeros(3, 4), zeros(3)));
    }

    [Fact]
    public void Images_and_classes_of_a_batch_do_not_touch_each_other()
    {
        using var scope = NewDisposeScope();
        var boxes = tensor(new float[] { 0, 0, 4, 4, 0, 0, 4, 4, 0, 0, 4, 4, 0, 0, 4, 4 }, [4, 4]);
        var scores = tensor(new float[] { 0.1f, 0.4f, 0.3f, 0.2f }, [4]);
        var (images, classes) = (tensor(new long[] { 0, 0, 1, 1 }, [4]), tensor(new long[] { 0, 2, 2, 2 }, [4]));
        Assert.Equal([1, 2], NonMaximumSuppression.KeepBatched(boxes, scores, images, null, 0.5).Longs());
        Assert.Equal([1, 2, 0], NonMaximumSuppression.KeepBatched(boxes, scores, images, classes, 0.5).Longs());
        Assert.Empty(NonMaximumSuppression.KeepBatched(zeros(0, 4), zeros(0), zeros(0, dtype: ScalarType.Int64), zeros(0, dtype: ScalarType.Int64), 0.5).Longs());
    }
}
