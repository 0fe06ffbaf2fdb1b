// Matching against slow references, against torchvision, and at its corners.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class AnchorMatcherTests
{
    // Four boxes side by side, then two that overlap the first two halfway: [x1, x2] x [0, 0.1].
    private static readonly float[] Row = [0.0f, 0.1f, 0.1f, 0.2f, 0.2f, 0.3f, 0.3f, 0.4f, 0.05f, 0.15f, 0.15f, 0.25f];

    private static AnchorSet Anchors(params float[] edges)
    {
        var boxes = edges.Chunk(2).SelectMany(e => new[] { (e[0] + e[1]) / 2, 0.05f, e[1] - e[0], 0.1f }).ToArray();
        return AnchorSet.Of(tensor(boxes, [boxes.Length / 4, 4]));
    }

    private static float[] Objects(params float[] edges) => [.. edges.Chunk(2).SelectMany(e => new[] { e[0], 0f, e[1], 0.1f })];

    [Fact]
    public void An_image_without_objects_is_all_background() =>
        Assert.All(new ArgmaxMatcher().Assign(Anchors(Row), []), match => Assert.Equal(-1, match));

    [Fact]
    public void An_object_takes_the_anchors_above_the_threshold_and_its_best()
    {
        using var scope = NewDisposeScope();
        // Overlaps 0.82 with anchor 0 and 0.48 with anchor 4.
        Assert.Equal([0, -1, -1, -1, -1, -1], new ArgmaxMatcher(0.5, 0.5).Assign(Anchors(Row), Objects(0.01f, 0.11f)));
        Assert.Equal([0, -1, -1, -1, 0, -1], new ArgmaxMatcher(0.4, 0.4).Assign(Anchors(Row), Objects(0.01f, 0.11f)));
        // A small one reaches no threshold.
        Assert.Equal([-1, -1, 0, -1, -1, -1], new ArgmaxMatcher().Assign(Anchors(Row), Objects(0.26f, 0.28f)));
        Assert.Equal([-1, -1, -1, -1, -1, -1], new ArgmaxMatcher(ForceBest: false).Assign(Anchors(Row), Objects(0.26f, 0.28f)));
    }

    [Fact]
    public void Between_the_thresholds_an_anchor_counts_for_nothing()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0, -1, -1, -1, -2, -1], new ArgmaxMatcher(0.5, 0.3).Assign(Anchors(Row), Objects(0.01f, 0.11f)));
    }

    [Fact]
    public void An_object_outside_all_anchors_or_without_area_stays_without()
    {
        using var scope = NewDisposeScope();
        foreach (AnchorMatcher matcher in new AnchorMatcher[] { new ArgmaxMatcher(), new BipartiteMatcher() })
        {
            Assert.Equal([-1, -1, -1, -1, -1, -1], matcher.Assign(Anchors(Row), Objects(0.7f, 0.8f)));
            Assert.Equal([-1, -1, -1, -1, -1, -1], matcher.Assign(Anchors(Row), Objects(0.05f, 0.05f)));
        }
    }

    [Fact]
    public void Of_two_objects_with_one_best_anchor_argmax_leaves_one_without_and_bipartite_does_not()
    {
        using var scope = NewDisposeScope();
        var objects = Objects(0.3f, 0.4f, 0.31f, 0.4f);
        Assert.Equal([-1, -1, -1, 1], new ArgmaxMatcher().Assign(Anchors(0.0f, 0.1f, 0.1f, 0.2f, 0.25f, 0.35f, 0.3f, 0.4f), objects));
        Assert.Equal([-1, -1, 1, 0], new BipartiteMatcher().Assign(Anchors(0.0f, 0.1f, 0.1f, 0.2f, 0.25f, 0.35f, 0.3f, 0.4f), objects));
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.5, 0.6)]
    [InlineData(1.1, 0.5)]
    [InlineData(double.NaN, 0.5)]
    [InlineData(0.5, -0.1)]
    public void Thresholds_that_make_no_sense_are_refused(double positive, double negative)
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => new ArgmaxMatcher(positive, negative).Assign(Anchors(Row), Objects(0, 0.1f)));
        Assert.Throws<ArgumentException>(() => new BipartiteMatcher(positive, negative).Assign(Anchors(Row), Objects(0, 0.1f)));
    }

    [Theory]
    [InlineData("mixed")]
    [InlineData("single")]
    [InlineData("empty")]
    [InlineData("many")]
    public void Argmax_matches_as_torchvision_does(string name)
    {
        using var scope = NewDisposeScope();
        var recorded = new RecordedLosses(name);
        var anchors = AnchorSet.Of(RecordedLosses.Anchors());
        var matches = recorded.Truth.Boxes.SelectMany(boxes => new ArgmaxMatcher().Assign(anchors, boxes));
        Assert.Equal(recorded.Values("matched").Select(m => (int)m), matches);
    }

    [Theory]
    [InlineData(7, 3)]
    [InlineData(64, 1)]
    [InlineData(203, 9)]
    [InlineData(500, 40)]
    public void Both_matchers_agree_with_their_definitions(int anchorCount, int objectCount)
    {
        using var scope = NewDisposeScope();
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            // On a coarse grid, so that equal overlaps are frequent.
            float[] Box() => [random.Next(12) / 16f, random.Next(12) / 16f, random.Next(1, 6) / 16f, random.Next(1, 6) / 16f];
            var anchorBoxes = Enumerable.Range(0, anchorCount).Select(_ => Box()).ToArray();
            var objects = Enumerable.Range(0, objectCount).Select(_ => Box()).Select(b => new Box(b[0], b[1], b[0] + b[2], b[1] + b[3])).ToArray();
            var anchors = AnchorSet.Of(tensor(
                anchorBoxes.SelectMany(b => new[] { b[0] + b[2] / 2, b[1] + b[3] / 2, b[2], b[3] }).ToArray(), [anchorCount, 4]));
            var overlaps = objects.Select(o => anchorBoxes.Select(b => o.Iou(new Box(b[0], b[1], b[0] + b[2], b[1] + b[3]))).ToArray()).ToArray();
            var flat = objects.SelectMany(o => new[] { o.X1, o.Y1, o.X2, o.Y2 }).ToArray();
            Assert.Equal(Argmax(overlaps, 0.5, 0.3), new ArgmaxMatcher(0.5, 0.3).Assign(anchors, flat));
            Assert.Equal(Bipartite(overlaps, 0.5, 0.3), new BipartiteMatcher(0.5, 0.3).Assign(anchors, flat));
        }
    }

    [Fact]
    public void Many_objects_are_matched_on_several_threads_with_the_same_result()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        var (images, each, count) = (16, 80, 4000);
        var anchors = AnchorSet.Of(rand(count, 4));
        var boxes = Enumerable.Range(0, images).Select(_ => Enumerable.Range(0, each).SelectMany(_ =>
        {
            var (x, y) = (random.NextSingle() * 0.8f, random.NextSingle() * 0.8f);
            return new[] { x, y, x + 0.15f, y + 0.15f };
        }).ToArray()).ToArray();
        var truth = new GroundTruth(boxes, [.. boxes.Select(_ => new int[each])]);
        var targets = new ArgmaxMatcher(0.3, 0.3).Match(anchors, truth, new CenterSizeBoxCoder());
        var expected = boxes.Select(b => new ArgmaxMatcher(0.3, 0.3).Assign(anchors, b).Count(m => m >= 0));
        Assert.Equal(expected, targets.PositivesPerImage);
    }

    private static int[] Argmax(float[][] overlaps, double positive, double negative)
    {
        var result = Thresholds(overlaps, positive, negative);
        for (var i = 0; i < overlaps.Length; i++)
        {
            var best = overlaps[i].Max();
            if (best > 0)
            {
                result[Array.IndexOf(overlaps[i], best)] = i;
            }
        }
        return result;
    }

    private static int[] Bipartite(float[][] overlaps, double positive, double negative)
    {
        var result = Thresholds(overlaps, positive, negative);
        var (free, anchors) = (Enumerable.Range(0, overlaps.Length).ToHashSet(), Enumerable.Range(0, overlaps[0].Length).ToHashSet());
        while (free.Count > 0)
        {
            var best = anchors.Order().SelectMany(a => free.Order().Select(o => (Object: o, Anchor: a, Overlap: overlaps[o][a]))).MaxBy(pair => pair.Overlap);
            if (best.Overlap <= 0)
            {
                break;
            }
            result[best.Anchor] = best.Object;
            free.Remove(best.Object);
            anchors.Remove(best.Anchor);
        }
        return result;
    }

    private static int[] Thresholds(float[][] overlaps, double positive, double negative) =>
    [
        .. Enumerable.Range(0, overlaps[0].Length).Select(a =>
        {
            var best = overlaps.Max(row => row[a]);
            return best >= positive ? Array.FindIndex(overlaps, row => row[a] == best) : best < negative ? -1 : -2;
        }),
    ];
}
