// The miner of hard examples against its definition, written down plainly, and at its corners.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class HardExampleMiningTests
{
    private const int Anchors = 60;
    private const int Classes = 3;
    private static readonly CenterSizeBoxCoder Coder = new();

    private static readonly float[][] Boxes =
        [[0.3f, 0.3f, 0.7f, 0.7f, 0.1f, 0.1f, 0.4f, 0.5f], [], [0.2f, 0.4f, 0.9f, 0.8f]];

    private static (OneStageOutput Output, MatchedTargets Targets) Batch(double spread, params float[][] boxes)
    {
        random.manual_seed(3);
        var anchors = AnchorSet.Of(rand(Anchors, 4) * 0.5 + 0.25);
        var targets = new ArgmaxMatcher(0.5, 0.4).Match(anchors, new GroundTruth(boxes, [.. boxes.Select(b => new int[b.Length / 4])]), Coder);
        return (new OneStageOutput(randn(boxes.Length, Anchors, Classes + 1), randn(boxes.Length, Anchors, 4) * spread, [new FeatureSize(6, 10)]), targets);
    }

    // Each step as TensorFlow's detection API describes it, one anchor at a time.
    private static (List<long> Positives, List<long> Negatives) Defined(OneStageOutput output, MatchedTargets targets, HardExampleMining mining)
    {
        var (positives, negatives) = (new List<long>(), new List<long>());
        var objects = targets.PositiveIndices.Longs();
        var classes = targets.PositiveClasses.Longs();
        var boxes = Coder.Decode(output.BoxDeltas, targets.AllAnchors).flatten(0, 1);
        var logits = output.ClassLogits.flatten(0, 1);
        for (var image = 0; image < targets.Images; image++)
        {
            var losses = Enumerable.Range(image * Anchors, Anchors).ToDictionary(i => i, i =>
            {
                var found = Array.IndexOf(objects, i);
                var column = found >= 0 ? classes[found] + 1 : 0;
                return found >= 0 || targets.IsBackground(i) ? -logits[i].log_softmax(0)[column].item<float>() : 0;
            });
            var picked = new List<int>();
            foreach (var i in losses.Keys.OrderByDescending(i => losses[i]))
            {
                if (picked.Count < mining.MostPerImage && picked.All(p => Detection.Runtime.Boxes.PairwiseIou(boxes[i].unsqueeze(0), boxes[p].unsqueeze(0)).item<float>() <= mining.Overlap))
                {
                    picked.Add(i);
                }
            }
            var ofObjects = picked.Where(i => objects.Contains(i)).ToArray();
            positives.AddRange(ofObjects.Select(i => (long)i));
            negatives.AddRange(picked.Where(targets.IsBackground).Take((int)Math.Max(mining.MinimumPerImage, mining.Ratio * ofObjects.Length)).Select(i => (long)i));
        }
        positives.Sort();
        return (positives, negatives);
    }

    [Theory]
    [InlineData(3, 0, 3000, 0.99)]
    [InlineData(3, 0, 3000, 0.3)]
    [InlineData(2.5, 0, 12, 0.7)]
    [InlineData(1, 4, 3000, 0.5)]
    [InlineData(0, 0, 3000, 0.99)]
    [InlineData(1000, 0, 3000, 1)]
    public void It_picks_what_its_definition_says(double ratio, int minimum, int most, double overlap)
    {
        using var scope = NewDisposeScope();
        var (output, targets) = Batch(0.5, Boxes);
        var mining = new HardExampleMining(ratio, minimum, most, overlap);

        var (counted, negatives) = mining.Mine(output, targets, new SoftmaxCrossEntropyLoss(), Coder);

        var (expectedPositives, expectedNegatives) = Defined(output, targets, mining);
        Assert.Equal(expectedPositives, counted.PositiveIndices.Longs());
        Assert.Equal(expectedNegatives, negatives.Longs());
        Assert.Equal(expectedPositives.Count, counted.PositivesPerImage.Sum());
    }

    [Fact]
    public void Objects_of_which_a_harder_copy_is_picked_pay_nothing_and_the_divisor_stays()
    {
        using var scope = NewDisposeScope();
        var (output, targets) = Batch(0.5, Boxes);
        var mining = new HardExampleMining(3, 0, 8, 0.3);
        var (counted, negatives) = mining.Mine(output, targets, new SoftmaxCrossEntropyLoss(), Coder);
        Assert.InRange(counted.Positives, 1, targets.Positives - 1);

        var parts = new MultiBoxLoss(new SmoothL1BoxLoss(), coder: Coder).Compute(output, targets, mining);

        var logits = output.ClassLogits.flatten(0, 1);
        var paid = nn.functional.cross_entropy(logits[counted.PositiveIndices], counted.PositiveClasses + 1, reduction: nn.Reduction.Sum)
            - logits[negatives].log_softmax(-1).select(-1, 0).sum();
        var boxes = nn.functional.smooth_l1_loss(output.BoxDeltas.flatten(0, 1)[counted.PositiveIndices], counted.DeltaTargets, nn.Reduction.Sum);
        Assert.Equal(paid.item<float>() / targets.Positives, parts.Classification.item<float>(), 1e-4);
        Assert.Equal(boxes.item<float>() / targets.Positives, parts.Localisation.item<float>(), 1e-4);
        Assert.Equal(targets.Positives, parts.Positives);
    }

    [Fact]
    public void Without_objects_nothing_counts()
    {
        using var scope = NewDisposeScope();
        var (output, targets) = Batch(0.5, [], []);

        var (counted, negatives) = new HardExampleMining().Mine(output, targets, new SigmoidCrossEntropyLoss(HasBackground: true), Coder);

        Assert.Equal(0, counted.Positives);
        Assert.Empty(negatives.Longs());
    }

    [Fact]
    public void Wild_predictions_are_left_out_and_do_no_harm()
    {
        using var scope = NewDisposeScope();
        var (output, targets) = Batch(0.5, Boxes);
        var wild = (int)targets.PositiveIndices.Longs()[0];
        output.BoxDeltas.flatten(0, 1)[wild].fill_(float.NaN);

        var (counted, _) = new HardExampleMining().Mine(output, targets, new SoftmaxCrossEntropyLoss(), Coder);

        Assert.DoesNotContain((long)wild, counted.PositiveIndices.Longs());
    }

    [Fact]
    public void Outputs_of_another_batch_are_refused()
    {
        using var scope = NewDisposeScope();
        var (_, targets) = Batch(0.5, Boxes);
        var (other, _) = Batch(0.5, [], []);
        Assert.Throws<ArgumentException>(() => new HardExampleMining().Mine(other, targets, new SoftmaxCrossEntropyLoss(), Coder));
    }
}
