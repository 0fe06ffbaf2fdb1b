// Objects that annotations call difficult: no anchor learns them or learns that they are background, unless they are made ordinary.
using TorchSharp;
using Xunit;

namespace Detection.Runtime.Tests;

public class DifficultObjectsTests
{
    private static readonly float[] Left = [0, 0, 0.5f, 1], Right = [0.5f, 0, 1, 1];

    // Anchors: the left half, the right half, a strip within the right half, a corner that overlaps both a little.
    private static readonly float[] Anchors = [0.25f, 0.5f, 0.5f, 1, 0.75f, 0.5f, 0.5f, 1, 0.75f, 0.5f, 0.4f, 0.9f, 0.5f, 0.1f, 0.2f, 0.2f];

    private static MatchedTargets Match(AnchorMatcher matcher, bool[][]? difficult)
    {
        using var boxes = torch.tensor(Anchors, [4, 4]);
        return matcher.Match(AnchorSet.Of(boxes), new GroundTruth([[.. Left, .. Right]], [[0, 1]], difficult: difficult), new CenterSizeBoxCoder());
    }

    public static TheoryData<AnchorMatcher> Matchers => [new ArgmaxMatcher(), new BipartiteMatcher()];

    [Theory]
    [MemberData(nameof(Matchers))]
    public void An_anchor_over_a_difficult_object_counts_for_nothing(AnchorMatcher matcher)
    {
        using var scope = torch.NewDisposeScope();
        var targets = Match(matcher, [[false, true]]);
        Assert.Equal(1, targets.Positives);
        Assert.Equal([0L], targets.PositiveIndices.data<long>().ToArray());
        // Only the corner is background; the anchors over the difficult object are neither.
        Assert.Equal([1], targets.CandidatesPerImage);
        Assert.Equal([false, false, false, true], Enumerable.Range(0, 4).Select(targets.IsBackground));
    }

    [Theory]
    [MemberData(nameof(Matchers))]
    public void Without_difficult_objects_nothing_changes(AnchorMatcher matcher)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var difficult in new bool[][]?[] { null, [[false, false]] })
        {
            var targets = Match(matcher, difficult);
            Assert.Equal([0L, 1L, 2L], targets.PositiveIndices.data<long>().ToArray());
            Assert.Equal([0L, 1L, 1L], targets.PositiveClasses.data<long>().ToArray());
        }
    }

    [Fact]
    public void A_data_set_can_make_them_ordinary()
    {
        var dataset = new DetectionDataset
        {
            ClassNames = ["a"],
            Samples = [new DataSample("x.png", 10, 10, [new GroundTruthBox(0, new Box(1, 1, 5, 5), Difficult: true, Crowd: false)])],
        };
        var nothing = new[] { new ImageDetections(10, 10, []) };
        Assert.Equal(0, DetectorEvaluation.Score(dataset, nothing).Classes[0].Objects);
        Assert.Equal(1, DetectorEvaluation.Score(dataset.WithDifficultAsOrdinary(), nothing).Classes[0].Objects);
        Assert.False(dataset.WithDifficultAsOrdinary().Samples[0].Boxes[0].Difficult);
    }

    [Fact]
    public void Marks_are_one_for_each_object() => Assert.Throws<ArgumentException>(() => new GroundTruth([Left], [[0]], difficult: [[true, false]]));
}
