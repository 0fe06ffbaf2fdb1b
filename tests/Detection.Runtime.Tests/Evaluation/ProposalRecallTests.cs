// Recall of proposals, counted by hand.
using Xunit;

namespace Detection.Runtime.Tests;

public class ProposalRecallTests
{
    private static readonly Box A = new(0, 0, 10, 10);

    // IoU 0.6 with A.
    private static readonly Box NearA = new(2.5f, 0, 12.5f, 10);

    private static ProposalScores Score(LabelledObject[] objects, int count, params (double Score, Box Box)[] proposals) =>
        new ProposalRecall { Counts = [count] }.Evaluate(2, objects, [.. proposals.Select(p => new ScoredDetection(0, 0, p.Score, p.Box))])[0];

    [Fact]
    public void Recall_falls_where_the_overlap_ends()
    {
        var scores = Score([new(0, 0, A, false), new(0, 3, new Box(50, 50, 60, 60), false)], 10, (0.9, NearA));
        Assert.Equal(new[] { 0.5, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0 }, scores.Recalls.ToArray());
        Assert.Equal(0.15, scores.AverageRecall, 1e-12);
    }

    [Fact]
    public void A_proposal_covers_one_object_in_one_count_and_all_in_the_other()
    {
        var scores = Score([new(0, 0, A, false), new(0, 0, NearA, false)], 10, (0.9, A));
        Assert.Equal((0.5, 0.5, 1.0), (scores.Recalls[0], scores.Recalls[^1], scores.ManyToOne));
    }

    [Fact]
    public void The_closest_pair_is_taken_first()
    {
        // Taken in order, the first object would get the second one's exact proposal.
        var scores = Score([new(0, 0, NearA, false), new(0, 0, A, false)], 10, (0.9, A), (0.1, new Box(4, 0, 14, 10)));
        Assert.Equal(1, scores.Recalls[0]);
        Assert.Equal(0.5, scores.Recalls[^1]);
    }

    [Fact]
    public void Only_the_best_proposals_of_an_image_count()
    {
        (double, Box)[] proposals = [(0.2, A), (0.8, new Box(90, 90, 99, 99)), (0.5, new Box(80, 80, 89, 89))];
        Assert.Equal(0, Score([new(0, 0, A, false)], 2, proposals).Recalls[0]);
        Assert.Equal(1, Score([new(0, 0, A, false)], 3, proposals).Recalls[0]);
    }

    [Fact]
    public void Without_objects_recall_is_no_number()
    {
        Assert.True(double.IsNaN(Score([], 10, (0.5, A)).AverageRecall));
    }
}
