// The loss and its gradients against torchvision's, and where there is nothing to learn.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class MultiBoxLossTests
{
    private static readonly CenterSizeBoxCoder Coder = new();

    private static void AssertNear(float[] expected, float[] actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"[{i}]: {actual[i]} instead of {expected[i]}");
        }
    }

    private static (LossParts Parts, Tensor Logits, Tensor Deltas) Compute(
        RecordedLosses recorded, MultiBoxLoss loss, HardNegativeMining? mining, Action<LossParts> backward)
    {
        var logits = recorded.Tensor("logits").requires_grad_();
        var deltas = recorded.Tensor("deltas").requires_grad_();
        var targets = new ArgmaxMatcher().Match(AnchorSet.Of(RecordedLosses.Anchors()), recorded.Truth, Coder);
        var parts = loss.Compute(new OneStageOutput(logits, deltas, []), targets, mining);
        backward(parts);
        return (parts, logits, deltas);
    }

    [Theory]
    [InlineData("mixed")]
    [InlineData("single")]
    [InlineData("many")]
    public void Loss_and_gradients_are_those_of_torchvision(string name)
    {
        using var scope = NewDisposeScope();
        var recorded = new RecordedLosses(name);
        var (parts, logits, deltas) = Compute(
            recorded, new MultiBoxLoss(new SmoothL1BoxLoss(), boxWeight: 1.5), new HardNegativeMining(3), parts => parts.Total.backward());
        var expected = recorded.Values("loss");
        AssertNear([expected[0], expected[1], expected[0] + 1.5f * expected[1]],
            [parts.Classification.item<float>(), parts.Localisation.item<float>(), parts.Total.item<float>()]);
        AssertNear(recorded.Values("grad_logits"), logits.grad!.Floats());
        AssertNear(recorded.Values("grad_deltas"), deltas.grad!.Floats());
    }

    [Theory]
    [InlineData("mixed")]
    [InlineData("single")]
    [InlineData("many")]
    public void Generalised_overlap_and_its_gradients_are_those_of_torchvision(string name)
    {
        using var scope = NewDisposeScope();
        var recorded = new RecordedLosses(name);
        var (parts, _, deltas) = Compute(
            recorded, new MultiBoxLoss(new GeneralizedIouBoxLoss()), new HardNegativeMining(3), parts => parts.Localisation.backward());
        AssertNear([recorded.Values("loss")[2]], [parts.Localisation.item<float>()]);
        AssertNear(recorded.Values("grad_deltas_giou"), deltas.grad!.Floats());
    }

    [Fact]
    public void A_batch_without_objects_costs_nothing_and_moves_nothing()
    {
        using var scope = NewDisposeScope();
        foreach (var box in new BoxLoss[] { new SmoothL1BoxLoss(), new GeneralizedIouBoxLoss() })
        {
            var (parts, logits, deltas) = Compute(
                new RecordedLosses("empty"), new MultiBoxLoss(box), new HardNegativeMining(3), parts => parts.Total.backward());
            Assert.Equal((0f, 0f, 0f), (parts.Total.item<float>(), parts.Classification.item<float>(), parts.Localisation.item<float>()));
            Assert.All(logits.grad!.Floats(), value => Assert.Equal(0, value));
            Assert.All(deltas.grad!.Floats(), value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void Without_mining_all_background_counts()
    {
        using var scope = NewDisposeScope();
        var recorded = new RecordedLosses("mixed");
        var (parts, logits, _) = Compute(recorded, new MultiBoxLoss(new SmoothL1BoxLoss()), null, _ => { });
        var labels = recorded.Values("matched").Select((match, i) => match < 0 ? 0L : recorded.Truth.Classes[i / 126][(int)match] + 1).ToArray();
        var expected = nn.functional.cross_entropy(logits.flatten(0, 1), tensor(labels), reduction: nn.Reduction.Sum) / labels.Count(l => l > 0);
        AssertNear([expected.item<float>()], [parts.Classification.item<float>()]);
    }

    [Fact]
    public void Sigmoid_cross_entropy_is_the_sum_over_classes()
    {
        using var scope = NewDisposeScope();
        var logits = randn(5, 3);
        var sum = new SigmoidCrossEntropyLoss().Sum(logits, tensor(new long[] { 0, 2, -1, 1, -1 })).item<float>();
        var expected = 0.0;
        var values = logits.Floats();
        int[] classes = [0, 2, -1, 1, -1];
        for (var i = 0; i < 15; i++)
        {
            var p = 1 / (1 + Math.Exp(-values[i]));
            expected -= classes[i / 3] == i % 3 ? Math.Log(p) : Math.Log(1 - p);
        }
        Assert.Equal(expected, sum, 1e-4);
        var background = new SigmoidCrossEntropyLoss().OfBackground(logits).Floats();
        Assert.Equal(-Enumerable.Range(0, 3).Sum(i => Math.Log(1 - 1 / (1 + Math.Exp(-values[i])))), background[0], 1e-4);
    }

    [Fact]
    public void A_background_with_a_sigmoid_of_its_own_is_one_more_class()
    {
        using var scope = NewDisposeScope();
        var loss = new SigmoidCrossEntropyLoss(HasBackground: true);
        var logits = randn(5, 4);
        long[] classes = [0, 2, -1, 1, -1];
        var each = loss.Each(logits, tensor(classes)).Floats();
        var values = logits.Floats();
        for (var row = 0; row < classes.Length; row++)
        {
            var expected = -Enumerable.Range(0, 4).Sum(k => Math.Log(k == classes[row] + 1 ? 1 / (1 + Math.Exp(-values[4 * row + k])) : 1 - 1 / (1 + Math.Exp(-values[4 * row + k]))));
            Assert.Equal(expected, each[row], 1e-4);
        }
        Assert.Equal(each[2], loss.OfBackground(logits).Floats()[2], 1e-5);
        Assert.Equal(each.Sum(), loss.Sum(logits, tensor(classes)).item<float>(), 1e-4);
        Assert.Equal(loss, ClassificationLoss.For(ScoreActivation.SigmoidBackground));
    }

    [Theory]
    [InlineData(1, 0.5, 0.125)]
    [InlineData(1, 3, 2.5)]
    [InlineData(0.1, 0.05, 0.0125)]
    [InlineData(0.1, 1, 0.95)]
    public void Smooth_l1_is_a_parabola_up_to_beta_and_a_line_beyond(double beta, float difference, double expected)
    {
        using var scope = NewDisposeScope();
        var anchors = AnchorSet.Of(tensor(new[] { 0.5f, 0.5f, 0.5f, 0.5f }, [1, 4]));
        var truth = new GroundTruth([[0.25f, 0.25f, 0.75f, 0.75f]], [[0]]);
        var targets = new ArgmaxMatcher().Match(anchors, truth, Coder);
        Assert.Equal(expected, new SmoothL1BoxLoss(beta).Sum(targets.DeltaTargets + tensor(new[] { difference, 0, 0, 0 }), targets, Coder).item<float>(), 1e-6);
    }

    [Fact]
    public void Nothing_is_left_behind_but_the_three_scalars()
    {
        using var scope = NewDisposeScope();
        var recorded = new RecordedLosses("mixed");
        var (logits, deltas) = (recorded.Tensor("logits"), recorded.Tensor("deltas"));
        var targets = new ArgmaxMatcher().Match(AnchorSet.Of(RecordedLosses.Anchors()), recorded.Truth, Coder);
        _ = targets.Excluded;
        var before = scope.DisposablesCount;
        new MultiBoxLoss(new SmoothL1BoxLoss(), 2).Compute(new OneStageOutput(logits, deltas, []), targets, new HardNegativeMining());
        Assert.Equal(before + 3, scope.DisposablesCount);
    }
}
