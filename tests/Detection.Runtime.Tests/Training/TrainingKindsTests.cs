// The parts of training beside SSD's: focal loss against torchvision, overlap losses, TensorFlow's RMSProp by its formula, box centres, rules, averages, falls of the rate.
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public sealed class TrainingKindsTests
{
    private static void AssertNear(double[] expected, float[] actual, double tolerance = 1e-6)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    [Theory]
    [InlineData(0.25, 2.0, 2.5180721, new[] { 0.0036532, 0.3946139, -7.87e-05, 0.7210685, 0.1560423, 1.3e-05, -0.0745717, 0.8075354, 0.0394358 })]
    [InlineData(0.6, 1.5, 1.6313941, new[] { 0.004723, 0.2306364, -0.0007241, 0.3794261, 0.1070144, 4.32e-05, -0.2163451, 0.4169881, 0.0341684 })]
    public void The_focal_loss_and_its_gradient_are_those_of_torchvision(double alpha, double gamma, double expected, double[] gradient)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { -2f, 0.5f, 3, 1.5f, -0.25f, -4, 0, 2, -1 }, [3, 3]).requires_grad_();
        var loss = new FocalLoss(alpha, gamma).Sum(logits, tensor(new long[] { 2, -1, 0 }));
        loss.backward();

        Assert.Equal(expected, loss.item<float>(), 1e-5);
        AssertNear(gradient, logits.grad!.Floats());
    }

    [Fact]
    public void Background_pays_the_focal_loss_of_no_class()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { -2f, 0.5f, 3, 1.5f, -0.25f, -4, 0, 2, -1 }, [3, 3]);

        AssertNear([2.3591218, 0.9357597, 1.3845172], new FocalLoss().OfBackground(logits).Floats(), 1e-5);
    }

    // One object against one box: half of the box to its left.
    private static MatchedTargets OneMatch() => new ArgmaxMatcher(0.3, 0.3).Match(
        AnchorSet.Of(tensor(new[] { 0.5f, 0.5f, 0.4f, 0.4f }, [1, 4])), new GroundTruth([[0.4f, 0.3f, 0.8f, 0.7f]], [[0]]), new CornerBoxCoder(1));

    [Theory]
    [InlineData("iou", 1 - 0.6)]
    [InlineData("giou", 1 - 0.6)]
    [InlineData("l1", 0.5)]
    [InlineData("l2", 0.5 * 2 * 0.25 * 0.25)]
    [InlineData("smoothL1", 2 * (0.25 - 0.05))]
    public void Box_losses_are_what_their_formulas_say(string kind, double expected)
    {
        using var scope = NewDisposeScope();
        BoxLoss loss = kind switch
        {
            "iou" => new IouBoxLoss(),
            "giou" => new GeneralizedIouBoxLoss(),
            "l1" => new L1BoxLoss(),
            "l2" => new L2BoxLoss(),
            _ => new SmoothL1BoxLoss(0.1),
        };

        // The box is 0.4 wide and a quarter of it to the left of its object: 0.3 of 0.5 is common.
        Assert.Equal(expected, loss.Sum(zeros(1, 4), OneMatch(), new CornerBoxCoder(1)).item<float>(), 1e-5);
    }

    [Fact]
    public void Boxes_that_do_not_touch_differ_for_the_generalised_overlap_alone()
    {
        using var scope = NewDisposeScope();
        var targets = OneMatch();
        var (near, far) = (tensor(new[] { -1.3f, 0, -1.3f, 0 }).unsqueeze(0), tensor(new[] { -3f, 0, -3, 0 }).unsqueeze(0));
        var coder = new CornerBoxCoder(1);

        Assert.Equal(1, new IouBoxLoss().Sum(near, targets, coder).item<float>(), 1e-5);
        Assert.Equal(1, new IouBoxLoss().Sum(far, targets, coder).item<float>(), 1e-5);
        Assert.True(new GeneralizedIouBoxLoss().Sum(near, targets, coder).item<float>() < new GeneralizedIouBoxLoss().Sum(far, targets, coder).item<float>() - 0.1);
    }

    [Theory]
    [InlineData(LossNormalization.Positives, 2)]
    [InlineData(LossNormalization.Anchors, 8)]
    [InlineData(LossNormalization.Images, 2)]
    public void A_loss_is_divided_by_what_it_says(LossNormalization normalization, int divisor)
    {
        using var scope = NewDisposeScope();
        var anchors = AnchorSet.Of(tensor(new[] { 0.5f, 0.5f, 0.4f, 0.4f, 0.1f, 0.1f, 0.1f, 0.1f, 0.9f, 0.1f, 0.1f, 0.1f, 0.1f, 0.9f, 0.1f, 0.1f }, [4, 4]));
        var targets = new ArgmaxMatcher().Match(anchors, new GroundTruth([[0.3f, 0.3f, 0.7f, 0.7f], [0.3f, 0.3f, 0.7f, 0.7f]], [[0], [0]]), new CenterSizeBoxCoder());
        var output = new OneStageOutput(zeros(2, 4, 2), ones(2, 4, 4), []);

        var parts = new MultiBoxLoss(new L1BoxLoss(), normalization: normalization).Compute(output, targets, mining: null);

        Assert.Equal(8 * Math.Log(2) / divisor, parts.Classification.item<float>(), 1e-5);
        Assert.Equal(8.0 / divisor, parts.Localisation.item<float>(), 1e-5);
    }

    [Fact]
    public void The_box_of_an_object_is_in_the_cell_of_its_centre_and_has_the_nearest_shape()
    {
        using var scope = NewDisposeScope();
        var input = new InputSize(3, 32, 64);
        AnchorLevel[] levels = [new("fine", [new AnchorShape(6, 6), new AnchorShape(6, 12)], Step: 8), new("coarse", [new AnchorShape(24, 20)])];
        FeatureSize[] sizes = [new(4, 8), new(2, 4)];
        using var boxes = new DefaultBoxes([.. levels], clip: false);
        var anchors = AnchorSet.Of(boxes.For(sizes, input, CPU), new AnchorGrid(levels, sizes, input));
        // Centres in pixels: (21, 13) upright, (63.9, 31.9) square, (40, 8) large; the last two overlap others of their boxes.
        float[] truth = [18, 8, 24, 18, 61, 29, 66.8f, 34.8f, 29, -2, 51, 18];
        for (var i = 0; i < truth.Length; i++)
        {
            truth[i] /= i % 2 == 0 ? 64 : 32;
        }

        var targets = new BoxCenterMatcher(Negative: 0.3).Match(anchors, new GroundTruth([truth], [[0, 1, 2]]), new CenterSizeBoxCoder());

        // Row 1, column 2, second shape; row 3, column 7, first shape; level 2, row 0, column 2.
        Assert.Equal([(8 + 2) * 2 + 1, (3 * 8 + 7) * 2, 64 + 2L], targets.PositiveIndices.Longs());
        Assert.Equal([0L, 1, 2], targets.PositiveClasses.Longs());
        Assert.True(targets.CandidatesPerImage[0] < 72 - 3, "a box beside an object's own that overlaps it counts for nothing");
    }

    [Fact]
    public void RmsProp_is_that_of_TensorFlow_and_goes_on_from_its_state()
    {
        using var scope = NewDisposeScope();
        double[][] gradients = [[0.5, -1], [0.25, 3], [-1, 0.1]];
        double[][] expected = [[0.9735151, -1.9491280], [0.9381672, -2.0197247], [0.9634469, -2.0793424]];
        var weights = new Parameter(tensor(new[] { 1f, -2 }));
        TensorFlowRmsProp Make() => new([new ParameterShare([weights], Rate: 0.5, WeightDecay: 0.01)], learningRate: 0.1, decay: 0.9, momentum: 0.8, epsilon: 0.001);
        var optimizer = Make();
        for (var i = 0; i < gradients.Length; i++)
        {
            optimizer.zero_grad();
            (weights * tensor(gradients[i], dtype: ScalarType.Float32)).sum().backward();
            optimizer.step();
            AssertNear(expected[i], weights.Floats(), 1e-5);
            using var stream = new MemoryStream();
            using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
            {
                optimizer.save_state_dict(writer);
            }
            stream.Position = 0;
            optimizer.Dispose();
            optimizer = Make();
            optimizer.load_state_dict(new BinaryReader(stream));
        }
        optimizer.Dispose();
    }

    [Fact]
    public void Rules_give_layers_rates_and_decay_of_their_own_and_frozen_ones_none()
    {
        using var scope = NewDisposeScope();
        using var model = new TinySsd();
        ParameterGroups.Freeze(model, ["stem"]);
        var shares = ParameterGroups.Split(model, new ParameterRules(WeightDecay: 0.5, DecayNorms: false, BiasRate: 2, [new LayerRule(["body"], Rate: 0.1), new LayerRule(["body.norm", "boxes"], Rate: 3, WeightDecay: 0.25)]));
        var names = model.named_parameters().ToDictionary(entry => entry.parameter.Handle, entry => entry.name);

        Assert.Equal(
            [
                "body.conv.weight x0.1 0.5", "scores.weight x1 0.5", "boxes.weight x3 0.25", "body.norm.weight x3 0.25", "body.norm.bias x6 0.25",
                "scores.bias x2 0", "boxes.bias x6 0.25",
            ],
            shares.SelectMany(share => share.Parameters.Select(p => FormattableString.Invariant($"{names[p.Handle]} x{Math.Round(share.Rate, 6)} {share.WeightDecay}")))
                .OrderBy(text => Array.IndexOf(["body.conv.weight", "scores.weight", "boxes.weight", "body.norm.weight", "body.norm.bias", "scores.bias", "boxes.bias"], text.Split(' ')[0])));
        model.train();
        ParameterGroups.HoldStatistics(model, ["stem"]);
        Assert.Equal(["stem", "stem.conv", "stem.norm"], model.named_modules().Where(m => m.name.Length > 0 && !m.module.training).Select(m => m.name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_average_follows_the_weights_and_changes_places_with_them()
    {
        using var scope = NewDisposeScope();
        using var model = nn.Linear(1, 1, hasBias: false);
        using (no_grad())
        {
            model.weight!.fill_(1);
        }
        using var average = new WeightAverage(model, 0.75);
        using (no_grad())
        {
            model.weight!.fill_(5);
        }
        average.Update();
        average.Exchange();
        Assert.Equal(2, model.weight!.item<float>());
        var stored = average.Capture();
        average.Exchange();
        Assert.Equal(5, model.weight!.item<float>());
        average.Restore(stored);
        average.Exchange();
        Assert.Equal(5, model.weight!.item<float>());
        Assert.Throws<ArgumentException>(() => average.Restore([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightAverage(model, 1));
    }

    [Theory]
    [InlineData(true, 0, 1.0)]
    [InlineData(true, 9, 1.0)]
    [InlineData(true, 10, 0.5)]
    [InlineData(true, 35, 0.125)]
    [InlineData(false, 5, 0.70710678)]
    [InlineData(false, 20, 0.25)]
    public void An_exponential_fall_comes_in_steps_or_evenly(bool staircase, long iteration, double expected)
    {
        var schedule = new LearningRateSchedule(1, [], new RateWarmup(0), exponential: new ExponentialDecay(0.5, 10, Staircase: staircase));

        Assert.Equal(expected, schedule.RateAt(iteration, 0), 1e-8);
    }

    [Fact]
    public void A_batch_splits_into_shares_with_their_objects_and_labels()
    {
        using var scope = NewDisposeScope();
        var truth = new GroundTruth([[0, 0, 1, 1], [], [0, 0, 0.5f, 1]], [[1], [], [2]], new Dictionary<string, float[][]> { ["far"] = [[4], [], [6]] });
        var shares = new TrainingBatch(arange(3).view(3, 1, 1, 1), truth).Split(2).ToArray();

        Assert.Equal([2, 1], shares.Select(s => s.Size));
        Assert.Equal([2L], shares[1].Images.flatten().Longs());
        Assert.Equal((2, 6f), (shares[1].Objects.Classes[0][0], shares[1].Objects.Labels["far"][0][0]));
    }
}
