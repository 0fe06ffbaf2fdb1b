// Losses of proposals and regions: torchvision's numbers, then rule by rule.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class TwoStageLossTests
{
    private static readonly RegionBoxCoder Scaled = new() { Deviations = (0.1, 0.1, 0.2, 0.2) };

    private static Tensor Array(string name)
    {
        var array = Npz.Read(RepositoryFiles.Asset("two-stage-losses.npz"), name);
        return tensor(array.Values, array.Shape);
    }

    private static float[][] Truth => [Array("truth.0").Floats(), Array("truth.1").Floats()];

    private static void Close(string expected, Tensor actual) => Close(Array(expected).Floats(), actual);

    private static void Close(float[] expected, Tensor actual) => Assert.InRange(RegionCases.Difference(expected, actual.Floats()), 0, 1e-5);

    private static Tensor Rows(params float[] values) => tensor(values, [values.Length / 4, 4]);

    /// <summary>Regions of one image: two of objects (labels 1 and 2), two of background.</summary>
    private static RegionSample Sample() => new(
        tensor(new float[] { 0, 0, 0, 10, 10, 0, 20, 20, 40, 40, 0, 50, 50, 60, 60, 0, 51, 50, 61, 60 }, [4, 5]), tensor(new long[] { 1, 2, 0, 0 }, [4]),
        Rows(2, 0, 12, 10, 20, 20, 40, 40, 50, 50, 60, 60, 51, 50, 61, 60), [4]);

    [Fact]
    public void Proposals_cost_what_torchvision_says_with_the_same_gradients()
    {
        using var scope = NewDisposeScope();
        var head = new ProposalHead
        {
            Levels =
            [
                new("fine", [new RegionAnchor(-16, -16, 16, 16), new RegionAnchor(-12, -24, 12, 24)], 16),
                new("coarse", [new RegionAnchor(-28, -20, 28, 20), new RegionAnchor(-40, -40, 40, 40)], 32),
            ],
            Selection = new ProposalSelection(),
        };
        using var detector = new PlaybackTwoStage(
            Cards.Make(kind: ModelKind.TwoStage), new TwoStageHead { Proposals = head, Stages = [new("box", Scaled)] }, _ => throw new InvalidOperationException());
        Tensor[] objectness = [.. new[] { 0, 1 }.Select(i => Array($"rpn.objectness.{i}").requires_grad_())];
        Tensor[] deltas = [.. new[] { 0, 1 }.Select(i => Array($"rpn.deltas.{i}").requires_grad_())];
        var output = ProposalOutput.Concatenate(ObjectnessLayout.Sigmoid, [.. objectness.Select(map => map.alias())], [.. deltas.Select(map => map.alias())]);
        var sample = new AnchorSampling { AllowedBorder = null }.Draw(
            detector.AnchorsFor(output), Truth, [new BatchImage(64, 80), new BatchImage(64, 80)], 1, 0);
        var parts = new ProposalLoss(head.Selection.Coder) { BoxWeight = 10 }.Compute(output, sample);
        Close("rpn.losses", stack([parts.Classification, parts.Localisation]));
        Assert.Equal(3, parts.Positives);
        parts.Total.backward();
        for (var i = 0; i < 2; i++)
        {
            Close($"rpn.objectness_grad.{i}", objectness[i].grad!);
            Close($"rpn.deltas_grad.{i}", deltas[i].grad!);
        }
    }

    [Fact]
    public void Regions_cost_what_torchvision_says_with_the_same_gradients()
    {
        using var scope = NewDisposeScope();
        var regions = Proposals.Batch([Array("proposals.0"), Array("proposals.1")]);
        // Classes count from 0 here and from 1 there.
        int[][] classes = [.. new[] { 0, 1 }.Select(i => Array($"labels.{i}").Floats().Select(label => (int)label - 1).ToArray())];
        var sample = new RegionSampling { PerImage = 512 }.Draw(regions, Truth, classes, 1, 0);
        Assert.Equal([38, 29], sample.Counts.ToArray());
        var (classWeights, boxWeights) = (Array("regions.classes").requires_grad_(), Array("regions.boxes").requires_grad_());
        var inputs = sample.Regions.narrow(1, 1, 4) / 50;
        var output = new RegionOutput(inputs.matmul(classWeights).tanh(), inputs.matmul(boxWeights).tanh());
        var loss = new RegionLoss(new RegionTargets(Scaled, 3)) { Beta = 1.0 / 9, BoxWeight = 2 };
        var parts = loss.Compute(output, sample);
        Close("regions.losses", stack([parts.Classification, parts.Localisation]));
        Assert.Equal(20, parts.Positives);
        parts.Total.backward();
        Close("regions.classes_grad", classWeights.grad!);
        Close("regions.boxes_grad", boxWeights.grad!);
        // What each region pays adds up to the same.
        Assert.Equal(parts.Total.item<float>(), loss.OfEach(output, sample).mean().item<float>(), 1e-5f);
    }

    [Fact]
    public void Softmax_pairs_cost_what_their_cross_entropy_says()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var map = randn(1, 2, 3, 4);
        var output = ProposalOutput.Concatenate(ObjectnessLayout.SoftmaxPairs, [map.alias()], [zeros(1, 4, 3, 4)]);
        var sample = new AnchorSample(tensor(new long[] { 5 }, [1]), tensor(new long[] { 0, 11 }, [2]), Rows(0, 0, 9, 9), Rows(0, 0, 9, 9));
        var parts = new ProposalLoss(new RegionBoxCoder()).Compute(output, sample);
        var pairs = map.permute(0, 2, 3, 1).reshape(-1, 2).index_select(0, tensor(new long[] { 5, 0, 11 }, [3]));
        var expected = nn.functional.cross_entropy(pairs, tensor(new long[] { 1, 0, 0 }, [3]));
        Assert.Equal(expected.item<float>(), parts.Total.item<float>(), 1e-6f);
        Assert.Equal(0, parts.Localisation.item<float>());
    }

    [Theory]
    [InlineData(ScoreActivation.Softmax)]
    [InlineData(ScoreActivation.Sigmoid)]
    public void Boxes_count_for_objects_alone_and_both_parts_are_divided_by_all_regions(ScoreActivation activation)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        var logits = randn(4, activation == ScoreActivation.Sigmoid ? 2 : 3);
        var loss = new RegionLoss(new RegionTargets(new RegionBoxCoder(), 2)) { ScoreActivation = activation, BoxWeight = 3 };
        var parts = loss.Compute(new RegionOutput(logits, zeros(4, 4)), Sample());
        // The first region's target is (0.2, 0, 0, 0), the second's 0.
        Assert.Equal(0.5f * 0.04f / 4, parts.Localisation.item<float>(), 1e-6f);
        Assert.Equal(parts.Classification.item<float>() + 3 * parts.Localisation.item<float>(), parts.Total.item<float>(), 1e-6f);
        var expected = activation == ScoreActivation.Softmax
            ? nn.functional.cross_entropy(logits, Sample().Labels)
            : nn.functional.binary_cross_entropy_with_logits(logits, tensor(new float[] { 1, 0, 0, 1, 0, 0, 0, 0 }, [4, 2]), reduction: nn.Reduction.Sum) / 4;
        Assert.Equal(expected.item<float>(), parts.Classification.item<float>(), 1e-6f);
        Assert.Equal(2, parts.Positives);
    }

    [Fact]
    public void Nothing_drawn_costs_nothing_and_a_stage_without_boxes_only_its_classes()
    {
        using var scope = NewDisposeScope();
        var (logits, boxes) = (zeros(0, 3, requires_grad: true), zeros(0, 8, requires_grad: true));
        var loss = new RegionLoss(new RegionTargets(new RegionBoxCoder(), 2));
        var nothing = loss.Compute(new RegionOutput(logits, boxes), new RegionSampling().Draw(zeros(0, 5), [[]], [[]], 1, 0));
        nothing.Total.backward();
        Assert.Equal(0, nothing.Total.item<float>());
        var without = loss.Compute(new RegionOutput(zeros(4, 3), null), Sample());
        Assert.Equal(Math.Log(3), without.Total.item<float>(), 1e-6);
        var silent = loss with { BoxWeight = 0 };
        Assert.Equal(Math.Log(3), silent.Compute(new RegionOutput(zeros(4, 3), ones(4, 8)), Sample()).Total.item<float>(), 1e-6);
        var empty = new ProposalLoss(new RegionBoxCoder()).Compute(
            new ProposalOutput(zeros(1, 3, requires_grad: true), zeros(1, 3, 4, requires_grad: true), [new FeatureSize(1, 3)]),
            new AnchorSampling().Draw(zeros(3, 4), [[]], [new BatchImage(-10, -10)], 1, 0));
        empty.Total.backward();
        Assert.Equal(0, empty.Total.item<float>());
        Assert.StartsWith("Outputs of the shape [3, 3] for 4 regions.", Assert.Throws<ArgumentException>(() => loss.Compute(new RegionOutput(zeros(3, 3), null), Sample())).Message);
    }

    [Fact]
    public void Objects_that_are_hard_to_see_are_neither_objects_nor_background()
    {
        using var scope = NewDisposeScope();
        var objects = new GroundTruth([[0.1f, 0.1f, 0.3f, 0.3f, 0.6f, 0.1f, 0.8f, 0.3f]], [[4, 2]], difficult: [[false, true]]);
        var image = new BatchImage(100, 100, 2);
        var truth = RegionTruth.Of(objects, [image], BoxConvention.Inclusive);
        // The last pixel lies one pixel of the original image before the edge.
        Assert.Equal([10, 10, 28, 28], truth.Boxes[0].Select(v => MathF.Round(v, 4)));
        Assert.Equal([60, 10, 78, 28], truth.Ignored[0].Select(v => MathF.Round(v, 4)));
        Assert.Equal([4], truth.Classes[0]);
        var group = TrainingGroup.Whole(zeros(1, 3, 100, 100), objects);
        var anchors = Rows(10, 10, 30, 30, 60, 10, 80, 30, 60, 10, 80, 21, 40, 60, 60, 80);
        var sample = new AnchorSampling().Draw(anchors, group);
        Assert.Equal([0], sample.Positive.Longs());
        Assert.Equal([3], sample.Negative.Longs());
        var regions = cat([zeros(4, 1), anchors], 1);
        Assert.Equal([5, 0], new RegionSampling { AppendTruth = false }.Draw(regions, group).Labels.Longs());
        var ordinary = TrainingGroup.Whole(zeros(1, 3, 100, 100), new GroundTruth(objects.Boxes, objects.Classes));
        Assert.Equal([5, 3, 3, 0], new RegionSampling { AppendTruth = false }.Draw(regions, ordinary).Labels.Longs());
    }
}
