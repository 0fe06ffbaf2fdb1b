// Detectors in bfloat16: the same training, its loss beside that in 32-bit floats, its weights in 32-bit floats throughout.
using Detection.Runtime;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Training.Tests;

public sealed class MixedPrecisionTests
{
    [Fact]
    public void The_loss_in_bfloat16_follows_that_in_32_bit_floats()
    {
        using var images = new ShapeImages();
        var exact = ShapeTraining.Run(() => new TinySsd(), new TinySsdTraining(), images);
        var reduced = ShapeTraining.Run(() => new TinyMixed(), new TinyMixedTraining(), images);
        var switchedOff = ShapeTraining.Run(() => new TinyMixed { Precision = ComputePrecision.Float32 }, new TinyMixedTraining(), images);

        // The first steps differ by roundings alone; later on two trainings drift apart as two seeds would.
        Assert.InRange(reduced.FirstLoss / exact.FirstLoss, 0.95, 1.05);
        Assert.InRange(reduced.LastLoss / exact.LastLoss, 0.7, 1.3);
        Assert.InRange(reduced.MeanAveragePrecision, exact.MeanAveragePrecision - 0.1, 1);
        Assert.Equal((exact.FirstLoss, exact.LastLoss, exact.MeanAveragePrecision), (switchedOff.FirstLoss, switchedOff.LastLoss, switchedOff.MeanAveragePrecision));
    }

    [Fact]
    public void A_detector_of_two_stages_learns_in_bfloat16()
    {
        using var images = new ShapeImages();
        var result = ShapeTraining.Run(() => new TinyMixedRegions(), new TinyMixedRegionsTraining(), images);

        Assert.True(result.LastLoss < 0.6 * result.FirstLoss, $"loss from {result.FirstLoss} to {result.LastLoss}");
        Assert.True(result.MeanAveragePrecision > 0.4, $"mAP {result.MeanAveragePrecision}");
    }

    [Fact]
    public void Weights_of_equal_seeds_are_equal_and_load_from_one_into_the_other()
    {
        random.manual_seed(3);
        using var exact = new TinySsd();
        random.manual_seed(3);
        using var reduced = new TinyMixed();

        var (weights, others) = (exact.state_dict(), reduced.state_dict());
        Assert.Equal(weights.Keys, others.Keys);
        Assert.All(weights, w => Assert.True(w.Value.Equals(others[w.Key]), w.Key));
        Assert.NotEqual(TinySsd.SpecHash, TinyMixed.SpecHash);
    }

    [Fact]
    public void Gradients_arrive_in_32_bit_floats_are_finite_and_point_where_those_of_32_bit_floats_do()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var model = new TinyMixed();
        var images = randn(4, 3, 64, 64);

        var reduced = Gradients(model, images, ComputePrecision.BFloat16);
        var exact = Gradients(model, images, ComputePrecision.Float32);

        Assert.Equal(exact.Keys, reduced.Keys);
        foreach (var (name, gradient) in reduced)
        {
            Assert.Equal(ScalarType.Float32, gradient.dtype);
            Assert.True(gradient.isfinite().all().item<bool>(), name);

            // Roundings are as likely up as down: directions agree far better than single numbers.
            var cosine = (gradient * exact[name]).sum() / (gradient.norm() * exact[name].norm());
            Assert.True(cosine.item<float>() > 0.99f, $"{name}: {cosine.item<float>()}");
        }
    }

    [Fact]
    public void A_run_in_bfloat16_that_is_cut_and_resumed_ends_in_the_same_weights()
    {
        using var images = new ShapeImages();
        var data = images.Draw(seed: 1, count: 16);

        Assert.Equal(
            TrainingKindsTests.Weights(() => new TinyMixed(), new TinyMixedTraining(), data, cut: null),
            TrainingKindsTests.Weights(() => new TinyMixed(), new TinyMixedTraining(), data, cut: 5));
    }

    private static Dictionary<string, Tensor> Gradients(TinyMixed model, Tensor images, ComputePrecision precision)
    {
        model.Precision = precision;
        model.zero_grad();
        var output = model.call(images);
        (output.ClassLogits.logsumexp(2).mean() + output.BoxDeltas.square().mean()).backward();
        return model.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone());
    }
}
