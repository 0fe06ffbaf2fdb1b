// Merging of the boxes of several runs, on boxes whose outcome is counted by hand.
using Xunit;

namespace Detection.Runtime.Tests;

public class BoxVotingTests
{
    private static readonly MultiScaleSettings Voting = new() { Scales = [TestScale.Square(32)] };
    private static readonly MultiScaleSettings Soft = Voting with { Merging = BoxMerging.SoftVoting };

    // Inclusive widths of 10: areas of 100; moved by 2, the overlap is 80 / 120.
    private static readonly VotedBox Best = new(new Box(0, 0, 9, 9), 0.8f);
    private static readonly VotedBox Near = new(new Box(2, 0, 11, 9), 0.4f);
    private static readonly VotedBox Far = new(new Box(6, 0, 15, 9), 0.6f);

    [Fact]
    public void A_group_becomes_the_mean_of_its_boxes_weighted_by_score_with_the_best_score()
    {
        var merged = Assert.Single(BoxVoting.Merge([Near, Best], Voting, 0));
        Assert.Equal(0.8f, merged.Score);
        Assert.Equal(0.4 * 2 / 1.2, merged.Box.X1, 1e-6);
        Assert.Equal((0.8 * 9 + 0.4 * 11) / 1.2, merged.Box.X2, 1e-5);
        Assert.Equal((0f, 9f), (merged.Box.Y1, merged.Box.Y2));
    }

    [Fact]
    public void A_box_alone_stays_as_it_is_and_groups_form_around_the_best_that_is_left() =>
        // The far one overlaps the best by 40 / 160 and, though it overlaps the near one by more, that one is gone with the best.
        Assert.Contains(Far, BoxVoting.Merge([Far, Near, Best], Voting, 0));

    [Fact]
    public void The_overlap_that_makes_a_group_is_reached_by_being_equal_to_it()
    {
        Assert.Single(BoxVoting.Merge([Near, Best], Voting with { GroupIou = 80.0 / 120 }, 0));
        Assert.Equal(2, BoxVoting.Merge([Near, Best], Voting with { GroupIou = 80.0 / 120 + 1e-9 }, 0).Count);
    }

    [Fact]
    public void Soft_voting_keeps_the_others_with_scores_that_fall_with_their_overlap()
    {
        var merged = BoxVoting.Merge([Near, Best], Soft, 0.1f);
        Assert.Equal(2, merged.Count);
        Assert.Equal(0.8f, merged[0].Score);
        Assert.Equal(Near.Box, merged[1].Box);
        Assert.Equal(0.4 / 3, merged[1].Score, 1e-6);
        Assert.Single(BoxVoting.Merge([Near, Best], Soft, 0.14f));
    }

    [Fact]
    public void A_box_without_extent_does_not_stop_it()
    {
        var flat = new VotedBox(new Box(5, 5, 3, 3), 0.9f);
        Assert.Equal(2, BoxVoting.Merge([flat, Best], Voting, 0).Count);
        Assert.Empty(BoxVoting.Merge([], Voting, 0));
    }

    [Theory]
    [InlineData("320", 320, 320, null, null)]
    [InlineData("320x192", 320, 192, null, null)]
    [InlineData("192x320", 320, 192, null, null)]
    [InlineData("192:>32", 192, 192, 32.0, null)]
    [InlineData("384:<160", 384, 384, null, 160.0)]
    public void Scales_are_read(string text, int longer, int shorter, double? above, double? below)
    {
        var scale = TestScale.Parse(text)!;
        Assert.Equal(new TestScale(longer, shorter) { LongestAbove = above, ShortestBelow = below }, scale);
        Assert.Equal(scale, TestScale.Parse(scale.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("320x")]
    [InlineData("3x2x1")]
    [InlineData("320:32")]
    [InlineData("320:>")]
    [InlineData("320:>1:<2")]
    [InlineData("-320")]
    public void Other_texts_are_no_scales(string text) => Assert.Null(TestScale.Parse(text));

    [Fact]
    public void Sides_of_images_and_boxes_are_taken_as_published()
    {
        var scale = TestScale.Parse("320x192")!;
        Assert.Equal(new InputSize(3, 192, 320), scale.InputFor(new RgbImage(20, 10)));
        Assert.Equal(new InputSize(3, 320, 192), scale.InputFor(new RgbImage(10, 20)));
        Assert.Equal(new InputSize(3, 320, 192), scale.InputFor(new RgbImage(10, 10)));
        // Sides are x2 - x1 + 1: this box has 32 and 11.
        var box = new Box(0, 0, 31, 10);
        Assert.False(TestScale.Parse("192:>32")!.Keeps(box));
        Assert.True(TestScale.Parse("192:>31")!.Keeps(box));
        Assert.False(TestScale.Parse("384:<11")!.Keeps(box));
        Assert.True(TestScale.Parse("384:<12")!.Keeps(box));
    }
}
