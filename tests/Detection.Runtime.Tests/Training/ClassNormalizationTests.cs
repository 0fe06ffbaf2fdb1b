// Normalised box targets: measured, learned, and hidden from everybody but training.
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class ClassNormalizationTests
{
    private static readonly RegionBoxCoder Plain = new();

    private static readonly ClassNormalization Two = new([0.1, 0.2, 0.3, 0.4, -1, -2, -3, -4], [0.5, 1, 2, 4, 0.1, 0.2, 0.3, 0.4]);

    // 200 regions of two classes whose objects lie by known distributions; background besides.
    private static RegionSample Regions()
    {
        random.manual_seed(4);
        var labels = cat([ones(100, dtype: ScalarType.Int64), full(100, 2, dtype: ScalarType.Int64), zeros(20, dtype: ScalarType.Int64)]);
        var regions = cat([zeros(220, 1), tensor(new float[] { 10, 10, 30, 50 }).expand(220, 4)], 1);
        var deltas = randn(220, 4) * 0.1 + labels.unsqueeze(1) * 0.2;
        return new RegionSample(regions, labels, Plain.Decode(deltas, regions.narrow(1, 1, 4)), [220]);
    }

    [Fact]
    public void Targets_of_each_class_get_mean_0_and_deviation_1()
    {
        using var scope = NewDisposeScope();
        var statistics = new TargetStatistics(Plain, 3);
        // In two portions.
        statistics.Add(Regions().Part(arange(0, 150, dtype: ScalarType.Int64)));
        statistics.Add(Regions().Part(arange(150, 220, dtype: ScalarType.Int64)));
        var normalization = statistics.PerClass();
        Assert.InRange(normalization.Means[0], 0.15, 0.25);
        Assert.InRange(normalization.Means[4], 0.35, 0.45);
        var (rows, targets) = (new RegionTargets(Plain, 3) { Normalization = normalization }).Of(Regions());
        Assert.Equal(200, rows.shape[0]);
        for (var of = 0; of < 2; of++)
        {
            var own = targets.narrow(0, 100 * of, 100);
            Assert.InRange(own.mean([0]).abs().max().item<float>(), 0, 1e-4);
            Assert.InRange((own.std(0, unbiased: false) - 1).abs().max().item<float>(), 0, 1e-3);
        }
        // A class that no region stands for is left alone.
        Assert.Equal([0.0, 0, 0, 0], normalization.Means.Skip(8));
        Assert.Equal([1.0, 1, 1, 1], normalization.Deviations.Skip(8));
    }

    [Fact]
    public void One_normalisation_for_all_classes_is_a_coder()
    {
        using var scope = NewDisposeScope();
        var coder = Plain with { Means = (0.01, 0, 0, 0), Deviations = (0.1, 0.1, 0.2, 0.2) };
        var statistics = new TargetStatistics(coder, 2);
        statistics.Add(Regions());
        var overall = statistics.Overall();
        var (_, targets) = new RegionTargets(overall, 2).Of(Regions());
        Assert.InRange(targets.mean([0]).abs().max().item<float>(), 0, 1e-4);
        Assert.InRange((targets.std(0, unbiased: false) - 1).abs().max().item<float>(), 0, 1e-3);
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(12, 1)]
    // Position-sensitive maps: four cells for each coordinate.
    [InlineData(48, 4)]
    public void A_head_learns_normalised_targets_and_hands_out_plain_ones(int outputs, int cells)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        using var layer = nn.Linear(6, outputs);
        var input = randn(3, 6);
        var plain = layer.call(input).clone();
        var original = layer.weight!.clone().Floats();
        IWeightExchange head = new NormalizedBoxHead(layer.weight!, layer.bias!, Two, cells);
        // What the layer says now is what it said, normalised class by class; background as it was.
        var first = outputs - 8 * cells;
        var values = layer.call(input).narrow(1, first, 8 * cells).reshape(3, 2, 4, cells);
        var before = plain.narrow(1, first, 8 * cells).reshape(3, 2, 4, cells);
        for (var of = 0; of < 2; of++)
        {
            for (var cell = 0; cell < cells; cell++)
            {
                var expected = Two.Normalize(before.select(1, of).select(2, cell), full(3, of, dtype: ScalarType.Int64));
                Assert.InRange(RegionCases.Difference(expected.Floats(), values.select(1, of).select(2, cell).Floats()), 0, 1e-4);
            }
        }
        Assert.Equal(plain.narrow(1, 0, first).Floats(), layer.call(input).narrow(1, 0, first).Floats());

        var learned = layer.weight!.clone().Floats();
        head.Exchange();
        Assert.InRange(RegionCases.Difference(plain.Floats(), layer.call(input).Floats()), 0, 1e-5);
        head.Exchange();
        Assert.Equal(learned, layer.weight!.Floats());
        ((IDisposable)head).Dispose();
        Assert.InRange(RegionCases.Difference(original, layer.weight!.Floats()), 0, 1e-6);
    }

    [Fact]
    public void A_head_of_other_classes_is_refused()
    {
        using var layer = nn.Linear(6, 16);
        Assert.StartsWith(
            "A head of 16 outputs does not predict boxes of 2 classes", Assert.Throws<ArgumentException>(() => new NormalizedBoxHead(layer.weight!, layer.bias!, Two)).Message);
    }
}
