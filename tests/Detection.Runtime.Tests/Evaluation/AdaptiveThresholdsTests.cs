// Thresholds of classes that leave so many boxes on average, and post-processing of scores that are no probabilities.
using System.Collections.Immutable;
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class AdaptiveThresholdsTests
{
    [Theory]
    // Boxes for an image on average, images, scores of the class; how many stay.
    [InlineData(1, 2, new[] { 3f, 1, 2, -1 }, 2)]
    [InlineData(2, 2, new[] { 3f, 1, 2, -1 }, 4)]
    [InlineData(0.5, 3, new[] { 3f, 1, 2, -1 }, 2)]
    [InlineData(1, 2, new[] { 3f, 2, 2, -1 }, 3)]
    [InlineData(1, 1, new float[0], 0)]
    public void The_best_boxes_of_a_class_stay(double perImage, int images, float[] scores, int stay)
    {
        var thresholds = new AdaptiveThresholds(classes: 2, perImage);
        thresholds.Add(scores.Select(s => new CandidateScore(1, s)));
        var found = thresholds.For(images);
        Assert.Equal(float.NegativeInfinity, found[0]);
        Assert.Equal(stay, scores.Count(s => s > found[1]));
    }

    [Fact]
    public void Suppression_before_thresholds_gives_what_thresholds_before_suppression_do()
    {
        var random = new Random(5);
        ScoredBox[] boxes = [.. Enumerable.Range(0, 200).Select(_ => (X: random.Next(40), Y: random.Next(40))).Select(p => new ScoredBox(
            random.Next(2), (float)(random.NextDouble() * 4 - 2), new Box(p.X, p.Y, p.X + random.Next(5, 20), p.Y + random.Next(5, 20))))];
        var rules = new PostProcessing { ScoreThreshold = float.NegativeInfinity, UnboundedScores = true, NmsThreshold = 0.3f, CandidatesPerClass = 80, DetectionsPerImage = int.MaxValue };
        var considered = new List<CandidateScore>();
        var all = DetectionSelection.Select(boxes, rules, considered);
        Assert.Equal(80 * 2, considered.Count);
        var thresholds = new AdaptiveThresholds(2, 30);
        thresholds.Add(considered);
        var least = thresholds.For(1);

        var first = DetectionSelection.Select(boxes, rules with { ClassThresholds = least });
        Assert.Equal(first, all.Where(b => b.Score > least[b.ClassIndex]));
        Assert.True(first.Count < all.Count);
    }

    [Fact]
    public void Thresholds_of_unbounded_scores_may_be_negative_and_others_may_not()
    {
        var rules = new PostProcessing { UnboundedScores = true };
        Assert.Equal(-1.5f, new DetectOptions { ScoreThreshold = -1.5f }.Over(rules).ScoreThreshold);
        Assert.Equal(float.NegativeInfinity, new DetectOptions { ScoreThreshold = float.NegativeInfinity }.Over(rules).ScoreThreshold);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DetectOptions { ScoreThreshold = float.NaN }.Over(rules));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DetectOptions { ScoreThreshold = -1.5f }.Over(new PostProcessing()));
        ImmutableArray<float> each = [0.5f];
        Assert.Equal(each, new DetectOptions { ClassThresholds = each }.Over(rules).ClassThresholds);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdaptiveThresholds(1, 0));
    }
}
