// Selection of proposals: torchvision's numbers, the Faster R-CNN code's rules written down plainly, and the limits.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class ProposalSelectionTests
{
    private static readonly string Arrays = Path.Combine(AppContext.BaseDirectory, "Assets", "region-operators.npz");

    private static Tensor Array(string name)
    {
        var array = Npz.Read(Arrays, name);
        return tensor(array.Values, array.Shape);
    }

    [Fact]
    public void Proposals_over_levels_and_images_are_those_of_torchvision()
    {
        using var scope = NewDisposeScope();
        var selection = new ProposalSelection { MinimumSize = 8, Candidates = 40, NmsThreshold = 0.6, Keep = 30, DropSmallFirst = false };
        var proposals = selection.Select(
            Array("rpn.anchors"), Array("rpn.deltas"), Array("rpn.objectness"), [new BatchImage(120, 160), new BatchImage(100, 130)], [120, 60, 20]);
        for (var image = 0; image < 2; image++)
        {
            var start = proposals.Counts.Take(image).Sum();
            Assert.Equal(Array($"rpn.boxes.{image}").shape[0], proposals.Counts[image]);
            var regions = proposals.Regions.narrow(0, start, proposals.Counts[image]);
            Assert.All(regions.select(1, 0).Floats(), index => Assert.Equal(image, index));
            Assert.InRange(RegionCases.Difference(Array($"rpn.boxes.{image}").Floats(), regions.narrow(1, 1, 4).Floats()), 0, 1e-4);
            var scores = proposals.Scores.narrow(0, start, proposals.Counts[image]).sigmoid();
            Assert.InRange(RegionCases.Difference(Array($"rpn.scores.{image}").Floats(), scores.Floats()), 0, 1e-6);
        }
    }

    [Fact]
    public void Anchors_that_are_not_moved_are_the_regions()
    {
        using var scope = NewDisposeScope();
        var selection = new ProposalSelection { MinimumSize = 0, NmsThreshold = null, Moves = false };
        var moved = selection.Select(Array("rpn.anchors"), Array("rpn.deltas"), Array("rpn.objectness"), [new BatchImage(120, 160), new BatchImage(100, 130)]);
        var kept = selection.Select(Array("rpn.anchors"), null, Array("rpn.objectness"), [new BatchImage(120, 160), new BatchImage(100, 130)]);
        Assert.Equal(kept.Regions.Floats(), moved.Regions.Floats());
        Assert.Equal(kept.Scores.Floats(), moved.Scores.Floats());
    }

    [Fact]
    public void Random_order_draws_from_all_boxes_alike_for_every_image_and_whatever_the_scores()
    {
        using var scope = NewDisposeScope();
        const int count = 400;
        var corners = arange(count, ScalarType.Float32).unsqueeze(1);
        var anchors = cat([corners, corners, corners + 1, corners + 1], 1);
        var scores = stack([arange(count, ScalarType.Float32), -arange(count, ScalarType.Float32)]);
        scores[0, 7] = float.NaN;
        var selection = new ProposalSelection { MinimumSize = 0, NmsThreshold = null, Candidates = 300, Keep = 200, Order = ProposalOrder.Random };
        BatchImage[] images = [new(1000, 1000), new(1000, 1000)];

        var proposals = selection.Select(anchors, null, scores, images);

        Assert.Equal([200, 200], proposals.Counts.ToArray());
        var places = proposals.Regions.select(1, 1).Floats();
        var (first, second) = (places[..200], places[200..]);
        Assert.DoesNotContain(7f, first);
        Assert.Equal(second.Where(place => place != 7).Take(199), first.Take(199));
        Assert.Equal(200, first.Distinct().Count());

        // A mean of 200 of 0..399 drawn alike is within 6 standard errors of 199.5.
        Assert.InRange(first.Average(), 199.5 - 35, 199.5 + 35);
        Assert.Equal(proposals.Regions.Floats(), selection.Select(anchors, null, scores, images).Regions.Floats());
    }

    /// <summary>Legacy rules on whole numbers, one step after the other.</summary>
    [Fact]
    public void Inclusive_corners_count_in_clipping_sizes_and_overlaps()
    {
        using var scope = NewDisposeScope();
        var anchors = tensor(new float[]
        {
            -5, -5, 120, 60,   // clipped to 0, 0, 99, 49
            10, 10, 13, 30,    // 4 pixels wide: exactly the smallest size at scale 2
            10, 10, 12, 30,    // 3 pixels wide: dropped
            0, 0, 9, 9,        // against the next: common 9 x 10, union 110: 0.818; as edges 8 x 9 of 90: 0.8
            1, 0, 10, 9,
            60, 30, 99, 49,
        }, [6, 4]);
        var scores = tensor(new float[] { 0.1f, 0.9f, 0.95f, 0.5f, 0.6f, float.NaN }, [1, 6]);
        var selection = new ProposalSelection
        {
            Coder = new RegionBoxCoder { Convention = BoxConvention.Inclusive }, MinimumSize = 2, NmsThreshold = 0.81, Candidates = null,
        };
        var proposals = selection.Select(anchors, null, scores, [new BatchImage(50, 100, 2)]);
        Assert.Equal([0, 10, 10, 13, 30, 0, 1, 0, 10, 9, 0, 0, 0, 99, 49], proposals.Regions.Floats());
        Assert.Equal([0.9f, 0.6f, 0.1f], proposals.Scores.Floats());
        var asEdges = selection with { Coder = new RegionBoxCoder() };
        // Between edges both of the last pair stay, and at scale 1 the narrow one does, too.
        Assert.Equal(5, asEdges.Select(anchors, null, scores, [new BatchImage(50, 100)]).Counts.Single());
    }

    // A box moves by half of its anchor's width: by half of 40 pixels about 0, or of the 20 pixels in the image about 10.
    [Theory]
    [InlineData(false, new float[] { 0, 0, 0, 40, 20 })]
    [InlineData(true, new float[] { 0, 10, 0, 30, 20 })]
    public void Boxes_are_made_of_anchors_as_they_are_or_of_what_lies_in_the_image(bool clips, float[] expected)
    {
        using var scope = NewDisposeScope();
        var anchors = tensor(new float[] { -20, -20, 20, 20 }, [1, 4]);
        var deltas = tensor(new float[] { 0.5f, 0, 0, 0 }, [1, 1, 4]);
        var selection = new ProposalSelection { MinimumSize = 0, ClipAnchors = clips };

        var proposals = selection.Select(anchors, deltas, zeros(1, 1), [new BatchImage(50, 100)]);

        Assert.Equal(expected, proposals.Regions.Floats());
        Assert.Equal([-20, -20, 20, 20], anchors.Floats());
    }

    [Theory]
    [InlineData(null, null, 100, 6)]
    [InlineData(3, null, 100, 3)]
    [InlineData(null, null, 2, 2)]
    [InlineData(0, 0.5, 10, 0)]
    [InlineData(null, 0.5, 100, 3)]
    public void Limits_hold_before_and_after_suppression(int? candidates, double? threshold, int keep, int expected)
    {
        using var scope = NewDisposeScope();
        // Three pairs of equal boxes.
        float[] corners = [.. Enumerable.Range(0, 6).SelectMany(i => new[] { 20f * (i / 2), 0, 20f * (i / 2) + 18, 18 })];
        var selection = new ProposalSelection { Candidates = candidates, NmsThreshold = threshold, Keep = keep };
        var proposals = selection.Select(tensor(corners, [6, 4]), zeros(2, 6, 4), ones(2, 6), [new BatchImage(100, 100), new BatchImage(100, 100)]);
        Assert.Equal([expected, expected], proposals.Counts.ToArray());
        Assert.Equal([2L * expected, 5], proposals.Regions.shape);
    }

    [Fact]
    public void Equal_scores_keep_the_order_of_the_anchors()
    {
        using var scope = NewDisposeScope();
        float[] corners = [.. Enumerable.Range(0, 40).SelectMany(i => new[] { 20f * i, 0, 20f * i + 18, 18 })];
        var proposals = new ProposalSelection { Keep = 7 }.Select(tensor(corners, [40, 4]), null, zeros(1, 40), [new BatchImage(100, 900)]);
        Assert.Equal([.. Enumerable.Range(0, 7).Select(i => 20f * i)], proposals.Regions.select(1, 1).Floats());
    }

    [Fact]
    public void An_image_gets_the_proposals_that_it_gets_alone()
    {
        using var scope = NewDisposeScope();
        var (anchors, deltas, scores) = (Array("rpn.anchors"), Array("rpn.deltas"), Array("rpn.objectness"));
        BatchImage[] images = [new(120, 160), new(64, 90, 1.5)];
        var together = new ProposalSelection().Select(anchors, deltas, scores, images);
        for (var i = 0; i < 2; i++)
        {
            var alone = new ProposalSelection().Select(anchors, deltas.narrow(0, i, 1), scores.narrow(0, i, 1), [images[i]]);
            var mine = together.Regions.narrow(0, together.Counts.Take(i).Sum(), together.Counts[i]).narrow(1, 1, 4);
            Assert.Equal(alone.Regions.narrow(1, 1, 4).Floats(), mine.Floats());
        }
    }

    [Fact]
    public void Mistakes_are_named()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => new ProposalSelection().Select(zeros(5, 4), zeros(1, 4, 4), zeros(1, 5), [new BatchImage(9, 9)]));
        Assert.StartsWith("Anchors [5, 4], deltas [1, 4, 4], scores [1, 5] and 1 images do not fit together", error.Message);
        Assert.Throws<ArgumentException>(() => new ProposalSelection().Select(zeros(5, 4), null, zeros(1, 5), [new BatchImage(9, 9)], [2, 2]));
        Assert.Throws<ArgumentException>(() => new ProposalSelection { Keep = -1 }.Select(zeros(5, 4), null, zeros(1, 5), [new BatchImage(9, 9)]));
        Assert.Contains("image 1", Assert.Throws<ArgumentException>(() => Proposals.Batch([zeros(1, 4), zeros(1, 5)])).Message);
    }
}
