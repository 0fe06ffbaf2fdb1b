// Raw outputs of region proposal networks: the order of anchors and channels, and what they are decoded against.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class ProposalOutputTests
{
    // A map whose value says where it is: 100 * channel + 10 * row + column.
    private static Tensor Map(int channels, int rows, int columns)
    {
        float[] values = [.. from c in Enumerable.Range(0, channels) from r in Enumerable.Range(0, rows) from x in Enumerable.Range(0, columns) select 100f * c + 10 * r + x];
        return tensor(values, [1, channels, rows, columns]);
    }

    [Fact]
    public void Anchors_run_over_levels_rows_columns_and_the_anchors_of_a_cell()
    {
        using var scope = NewDisposeScope();
        var output = ProposalOutput.Concatenate(ObjectnessLayout.Sigmoid, [Map(2, 2, 2), Map(1, 1, 1)], [Map(8, 2, 2), Map(4, 1, 1)]);
        Assert.Equal([0, 100, 1, 101, 10, 110, 11, 111, 0], output.Objectness.Floats());
        Assert.Equal([1L, 9, 4], output.Deltas.shape);
        Assert.Equal([410, 510, 610, 710], output.Deltas[0, 5].Floats());
        Assert.Equal([new FeatureSize(2, 2), new FeatureSize(1, 1)], output.FeatureSizes);
    }

    [Theory]
    // Channels hold 100 * channel: the object's minus the background's.
    [InlineData(ObjectnessLayout.SoftmaxBlocks, 200, 200)]
    [InlineData(ObjectnessLayout.SoftmaxPairs, 100, 100)]
    public void Softmax_objectness_is_the_difference_of_object_and_background(ObjectnessLayout layout, float first, float second)
    {
        using var scope = NewDisposeScope();
        var maps = Map(4, 1, 2);
        var scaled = maps.clone();
        // So that the two anchors of a cell differ: the second object's channel counts double.
        scaled.select(1, 3).mul_(2);
        var output = ProposalOutput.Concatenate(layout, [maps], [Map(8, 1, 2)]);
        Assert.Equal([first, second, first, second], output.Objectness.Floats());
        var other = ProposalOutput.Concatenate(layout, [scaled.alias()], [Map(8, 1, 2)]);
        Assert.Equal([first, second + 300, first, second + 301], other.Objectness.Floats());
        var pairs = layout == ObjectnessLayout.SoftmaxBlocks ? scaled.view(1, 2, 2, 1, 2) : scaled.view(1, 2, 2, 1, 2).transpose(1, 2);
        var probability = (pairs / 100).softmax(1).select(1, 1).permute(0, 2, 3, 1).flatten();
        Assert.InRange(RegionCases.Difference(probability.Floats(), (other.Objectness / 100).sigmoid().flatten().Floats()), 0, 1e-6);
    }

    [Fact]
    public void Anchors_stand_around_the_origins_of_their_cells()
    {
        using var scope = NewDisposeScope();
        // Faster R-CNN's smallest anchor of ratio 1/2 and its square one.
        var level = new ProposalLevel("stride16", [new RegionAnchor(-84, -40, 99, 55), new RegionAnchor(-56, -56, 71, 71)], 16);
        Assert.Equal(
            [-84, -40, 99, 55, -56, -56, 71, 71, -68, -40, 115, 55, -40, -56, 87, 71, -84, -24, 99, 71, -56, -40, 71, 87, -68, -24, 115, 71, -40, -40, 87, 87],
            level.Over(new FeatureSize(2, 2), 32, 32));
        using var detector = new PlaybackTwoStage(Cards.Make(kind: ModelKind.TwoStage), Pyramid, _ => throw new InvalidOperationException());
        var output = new ProposalOutput(zeros(1, 4), zeros(1, 4, 4), [new FeatureSize(1, 2), new FeatureSize(2, 1)]);
        Assert.Equal([0, 0, 8, 8, 4, 0, 12, 8, 0, 0, 16, 16, 0, 8, 16, 24], detector.AnchorsFor(output).Floats());
        Assert.Throws<ArgumentException>(() => detector.AnchorsFor(new ProposalOutput(zeros(1, 4), zeros(1, 4, 4), [new FeatureSize(2, 2)])));
    }

    // torchvision's strides: of 30 x 44 pixels, 2 x 3 cells of stride 16 stand 15 rows and 14 columns apart.
    [Fact]
    public void Cells_that_divide_the_input_stand_whole_pixels_apart()
    {
        var level = new ProposalLevel("stride16", [new RegionAnchor(-8, -4, 8, 4)], 16) { DividesInput = true };

        var boxes = level.Over(new FeatureSize(2, 3), 30, 44);

        Assert.Equal([-8, 6, 20, -8, 6, 20], boxes.Where((_, i) => i % 4 == 0));
        Assert.Equal([-4, -4, -4, 11, 11, 11], boxes.Where((_, i) => i % 4 == 1));
    }

    [Fact]
    public void A_detector_divides_the_input_that_its_first_level_tells()
    {
        using var scope = NewDisposeScope();
        var head = Pyramid with
        {
            Proposals = Pyramid.Proposals! with { Levels = [Pyramid.Proposals!.Levels[0], Pyramid.Proposals!.Levels[1] with { DividesInput = true }] },
        };
        using var detector = new PlaybackTwoStage(Cards.Make(kind: ModelKind.TwoStage), head, _ => throw new InvalidOperationException());
        // Three columns of the first level are an input of three times its stride; two cells of the second share them.
        var output = new ProposalOutput(zeros(1, 5), zeros(1, 5, 4), [new FeatureSize(1, 3), new FeatureSize(1, 2)]);

        var lefts = detector.AnchorsFor(output).select(1, 0).Floats();

        Assert.Equal(Math.Floor(3 * head.Proposals!.Levels[0].Stride / 2), lefts[4] - lefts[3]);
    }

    [Fact]
    public void A_pyramid_limits_candidates_of_each_level()
    {
        using var scope = NewDisposeScope();
        using var detector = new PlaybackTwoStage(Cards.Make(kind: ModelKind.TwoStage), Pyramid, _ => throw new InvalidOperationException());
        var features = new ImageFeatures(
            new ProposalOutput(tensor(new float[] { 9, 8, 1, 2 }, [1, 4]), zeros(1, 4, 4), [new FeatureSize(1, 2), new FeatureSize(2, 1)]), []);
        // One candidate of each level: the coarse ones would not come in at all among the best two of all.
        var proposals = detector.Propose(features, [new BatchImage(50, 50)]);
        Assert.Equal([0, 0, 0, 8, 8, 0, 0, 8, 16, 24], proposals.Regions.Floats());
        var everything = detector.Propose(features, [new BatchImage(50, 50)], new ProposalSelection { MinimumSize = 0, NmsThreshold = null });
        Assert.Equal(4, everything.Counts.Single());
    }

    private static TwoStageHead Pyramid => new()
    {
        Proposals = new ProposalHead
        {
            Levels = [new("stride4", [new RegionAnchor(0, 0, 8, 8)], 4), new("stride8", [new RegionAnchor(0, 0, 16, 16)], 8)],
            Selection = new ProposalSelection { MinimumSize = 0, Candidates = 1 },
        },
        Stages = [new RegionStage("box", new RegionBoxCoder())],
    };

    [Fact]
    public void Mistakes_are_named()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(
            "Level 0: objectness map [1, 3, 2, 2] and delta map [1, 8, 2, 2] do not fit the layout SoftmaxBlocks.",
            Assert.Throws<ArgumentException>(() => ProposalOutput.Concatenate(ObjectnessLayout.SoftmaxBlocks, [Map(3, 2, 2)], [Map(8, 2, 2)])).Message);
        Assert.Throws<ArgumentException>(() => ProposalOutput.Concatenate(ObjectnessLayout.Sigmoid, [Map(2, 2, 2)], [Map(8, 2, 3)]));
        Assert.Throws<ArgumentException>(() => ProposalOutput.Concatenate(ObjectnessLayout.Sigmoid, [], []));
        Assert.Throws<ArgumentException>(() => new PlaybackTwoStage(Cards.Make(), new TwoStageHead { Stages = [] }, _ => throw new InvalidOperationException()));
    }
}
