// Non-maximum suppression: both implementations against a naive reference, and the rules for ties, NaN and emptiness.
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class NonMaximumSuppressionTests
{
    private static readonly Arbitrary<((short X1, short Y1, ushort W, ushort H)[] Boxes, int Seed, int Tenths)> Cases = (
        from boxes in BoxArbitrary.Boxes.Generator
        from seed in Gen.Choose(0, 1_000_000)
        from tenths in Gen.Choose(0, 10)
        select (boxes, seed, tenths)).ToArbitrary();

    /// <summary>The definition, word for word.</summary>
    private static long[] Naive(float[] boxes, float[] scores, long[] classes, float threshold)
    {
        var kept = new List<int>();
        foreach (var i in Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]))
        {
            var box = At(boxes, i);
            if (kept.All(k => classes[k] != classes[i] || !(At(boxes, k).Iou(box) > threshold)))
            {
                kept.Add(i);
            }
        }
        return [.. kept.Select(k => (long)k)];
    }

    private static Box At(float[] boxes, int i) => new(boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3]);

    private static long[] Indices(Tensor kept) => kept.Longs();

    [Fact]
    public void Both_forms_keep_what_the_definition_keeps() =>
        Prop.ForAll(Cases, example =>
        {
            using var scope = NewDisposeScope();
            var random = new Random(example.Seed);
            var boxes = BoxArbitrary.ToFloats(example.Boxes);
            // Few different scores: ties are frequent.
            float[] scores = [.. example.Boxes.Select(_ => random.Next(12) / 12f)];
            long[] classes = [.. example.Boxes.Select(_ => (long)random.Next(3))];
            var expected = Naive(boxes, scores, new long[scores.Length], example.Tenths / 10f);
            var expectedPerClass = Naive(boxes, scores, classes, example.Tenths / 10f);
            var (b, s, c) = (tensor(boxes, [scores.Length, 4]), tensor(scores, [scores.Length]), tensor(classes, [classes.Length]));
            return Indices(NonMaximumSuppression.KeepOnHost(b, s, null, example.Tenths / 10f)).SequenceEqual(expected)
                && Indices(NonMaximumSuppression.KeepByTensors(b, s, null, example.Tenths / 10f)).SequenceEqual(expected)
                && Indices(NonMaximumSuppression.KeepOnHost(b, s, c, example.Tenths / 10f)).SequenceEqual(expectedPerClass)
                && Indices(NonMaximumSuppression.KeepByTensors(b, s, c, example.Tenths / 10f)).SequenceEqual(expectedPerClass);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1025, 0.5)] // one box more than a block of the tensor form
    [InlineData(3000, 0.3)]
    [InlineData(3000, 0.7)]
    public void Both_forms_agree_on_thousands_of_random_boxes(int count, double threshold)
    {
        using var scope = NewDisposeScope();
        var random = new Random(count);
        var boxes = new float[4 * count];
        var scores = new float[count];
        for (var i = 0; i < count; i++)
        {
            var (x, y) = (random.NextSingle() * 300, random.NextSingle() * 300);
            (boxes[4 * i], boxes[4 * i + 1]) = (x, y);
            (boxes[4 * i + 2], boxes[4 * i + 3]) = (x + random.NextSingle() * 80, y + random.NextSingle() * 80);
            scores[i] = random.NextSingle();
        }
        var (b, s) = (tensor(boxes, [count, 4]), tensor(scores, [count]));
        var kept = Indices(NonMaximumSuppression.Keep(b, s, threshold));
        Assert.Equal(kept, Indices(NonMaximumSuppression.KeepByTensors(b, s, null, threshold)));
        Assert.Equal(kept, Naive(boxes, scores, new long[count], (float)threshold));
    }

    [Fact]
    public void A_chain_of_overlaps_is_resolved_from_the_top()
    {
        using var scope = NewDisposeScope();
        // Each box overlaps its neighbours alone: the first removes the second, which therefore does not remove the third, and so on.
        float[] boxes = [.. Enumerable.Range(0, 40).SelectMany(i => new[] { 6f * i, 0, 6f * i + 10, 10 })];
        var (b, s) = (tensor(boxes, [40, 4]), tensor([.. Enumerable.Range(0, 40).Select(i => 1f - i / 100f)], [40]));
        long[] expected = [.. Enumerable.Range(0, 20).Select(i => 2L * i)];
        Assert.Equal(expected, Indices(NonMaximumSuppression.KeepOnHost(b, s, null, 0.2)));
        Assert.Equal(expected, Indices(NonMaximumSuppression.KeepByTensors(b, s, null, 0.2)));
    }

    public static TheoryData<string, float[], float[], long[]> Rules => new()
    {
        { "no boxes", [], [], [] },
        { "of equal boxes with equal scores the first stays", [0, 0, 4, 4, 0, 0, 4, 4, 0, 0, 4, 4], [0.5f, 0.5f, 0.5f], [0] },
        { "boxes without area overlap nothing", [1, 1, 1, 1, 1, 1, 1, 1], [0.1f, 0.2f], [1, 0] },
        { "a NaN score is not kept and removes nothing", [0, 0, 4, 4, 0, 0, 4, 4], [float.NaN, 0.5f], [1] },
        { "a NaN coordinate is not kept", [0, 0, float.NaN, 4, 0, 0, 4, 4], [0.9f, 0.5f], [1] },
        { "an infinite coordinate is not kept", [0, 0, float.PositiveInfinity, 4, 0, 0, 4, 4], [0.9f, 0.5f], [1] },
        { "an infinite score is a score", [0, 0, 4, 4, 0, 0, 4, 4], [0.9f, float.PositiveInfinity], [1] },
        { "an overlap of exactly the threshold stays", [0, 0, 2, 1, 0, 0, 1, 1], [0.9f, 0.8f], [0, 1] },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Rules_hold_in_both_forms(string rule, float[] boxes, float[] scores, long[] expected)
    {
        using var scope = NewDisposeScope();
        var (b, s) = (tensor(boxes, [scores.Length, 4]), tensor(scores, [scores.Length]));
        Assert.True(expected.SequenceEqual(Indices(NonMaximumSuppression.KeepOnHost(b, s, null, 0.5))), rule);
        Assert.True(expected.SequenceEqual(Indices(NonMaximumSuppression.KeepByTensors(b, s, null, 0.5))), rule);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => NonMaximumSuppression.Keep(zeros(3, 4), zeros(2), 0.5));
        Assert.Throws<ArgumentException>(() => NonMaximumSuppression.Keep(zeros(3, 5), zeros(3), 0.5));
        Assert.Throws<ArgumentException>(() => NonMaximumSuppression.KeepPerClass(zeros(3, 4), zeros(3), zeros(2, dtype: ScalarType.Int64), 0.5));
    }
}
