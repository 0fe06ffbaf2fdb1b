// The loss of objectness, counted by hand: overlaps of predicted boxes as targets, nothing from boxes that lie well enough, no gradient through overlaps.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class ObjectnessLossTests
{
    private static readonly CenterSizeBoxCoder Coder = new();

    // Three default boxes: on the object, beside it with an overlap of two thirds, and far away; predictions are the default boxes.
    private static readonly float[] Anchors = [0.25f, 0.25f, 0.4f, 0.4f, 0.25f, 0.33f, 0.4f, 0.4f, 0.8f, 0.8f, 0.2f, 0.2f];
    private static readonly float[] Object = [0.05f, 0.05f, 0.45f, 0.45f];

    [Fact]
    public void Each_box_pays_for_what_it_should_have_said()
    {
        using var scope = NewDisposeScope();
        var (output, targets) = Batch([0.5f, 1, -1], [Object]);

        // The first overlaps by 1 and counts 5 times; the second is near the object; the third should say 0.
        var loss = new ObjectnessLoss().Sum(output, targets, Coder);

        var expected = 0.5 * ((5 * Math.Pow(Sigmoid(0.5) - 1, 2)) + Math.Pow(Sigmoid(-1), 2));
        Assert.Equal(expected, loss.item<float>(), 1e-5);
    }

    [Fact]
    public void A_box_that_lies_not_well_enough_should_say_0()
    {
        using var scope = NewDisposeScope();
        var (output, targets) = Batch([0.5f, 1, -1], [Object]);

        var loss = new ObjectnessLoss(Object: 1, NoObject: 2, Ignore: 0.7).Sum(output, targets, Coder);

        var expected = 0.5 * (Math.Pow(Sigmoid(0.5) - 1, 2) + (2 * (Math.Pow(Sigmoid(1), 2) + Math.Pow(Sigmoid(-1), 2))));
        Assert.Equal(expected, loss.item<float>(), 1e-5);
    }

    [Fact]
    public void An_image_without_objects_should_have_none()
    {
        using var scope = NewDisposeScope();
        var (output, targets) = Batch([0.5f, 1, -1], [[]]);

        var loss = new ObjectnessLoss().Sum(output, targets, Coder);

        Assert.Equal(0.5 * new[] { 0.5, 1, -1 }.Sum(x => Math.Pow(Sigmoid(x), 2)), loss.item<float>(), 1e-5);
    }

    [Fact]
    public void Boxes_get_no_gradient_from_it_and_classes_only_where_objects_are()
    {
        using var scope = NewDisposeScope();
        var (output, targets) = Batch([0.5f, 1, -1], [Object]);
        var loss = new MultiBoxLoss(new L2BoxLoss(), boxWeight: 0, new SoftmaxCrossEntropyLoss(HasBackground: false), Coder, objectness: new ObjectnessLoss(), classWeight: 3);

        var parts = loss.Compute(output, targets, mining: null);
        parts.Total.backward();

        var entropy = Math.Log(Math.Exp(0.2) + Math.Exp(-0.4)) - 0.2;
        Assert.Equal((3 * entropy) + new ObjectnessLoss().Sum(output, targets, Coder).item<float>(), parts.Classification.item<float>(), 1e-5);
        Assert.Equal(0, output.BoxDeltas.grad!.abs().sum().item<float>());
        Assert.Equal([true, false, false], output.ClassLogits.grad!.abs().sum(-1).flatten().Floats().Select(g => g > 0));
        Assert.Equal([true, false, true], output.Objectness!.grad!.abs().flatten().Floats().Select(g => g > 0));
    }

    [Fact]
    public void Mining_and_outputs_without_objectness_are_refused()
    {
        using var scope = NewDisposeScope();
        var (output, targets) = Batch([0.5f, 1, -1], [Object]);
        var loss = new MultiBoxLoss(new L2BoxLoss(), objectness: new ObjectnessLoss());

        Assert.Throws<ArgumentException>(() => loss.Compute(output, targets, new HardNegativeMining(3)));
        Assert.Throws<ArgumentException>(() => loss.Compute(new OneStageOutput(output.ClassLogits, output.BoxDeltas, []), targets, mining: null));
        Assert.Throws<ArgumentException>(() => new MultiBoxLoss(new L2BoxLoss()).Compute(output, targets, mining: null));
    }

    private static (OneStageOutput Output, MatchedTargets Targets) Batch(float[] objectness, float[][] objects)
    {
        var anchors = tensor(Anchors, [3, 4]);
        var classes = objects.Select(o => new int[o.Length / 4]).ToArray();
        var targets = new ArgmaxMatcher(0.9, 0.9, ForceBest: true).Match(AnchorSet.Of(anchors), new GroundTruth(objects, classes), Coder);
        var logits = tensor(new[] { 0.2f, -0.4f, 1, 2, 0, 0 }, [1, 3, 2]).requires_grad_();
        var output = new OneStageOutput(logits, zeros(1, 3, 4).requires_grad_(), [], objectness: tensor(objectness, [1, 3, 1]).requires_grad_());
        return (output, targets);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
