// Which regions are the hardest, in both forms, and that gradients come from them alone.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class OnlineHardExamplesTests
{
    // Image 0: four regions, the first two nearly the same place with one label; image 1: two.
    private static RegionSample Sample() => new(
        tensor(new float[]
        {
            0, 0, 0, 20, 20, 0, 1, 0, 21, 20, 0, 1, 0, 21, 20, 0, 60, 60, 80, 80, 1, 0, 0, 20, 20, 1, 40, 40, 60, 60,
        }, [6, 5]),
        tensor(new long[] { 1, 1, 2, 0, 0, 0 }, [6]), tensor(new float[]
        {
            0, 0, 20, 20, 0, 0, 20, 20, 0, 0, 20, 20, 60, 60, 80, 80, 0, 0, 20, 20, 40, 40, 60, 60,
        }, [6, 4]), [4, 2]);

    private static readonly float[] Losses = [5, 4, 3, 1, 0.5f, 2];

    [Theory]
    // Without suppression the costliest of each image.
    [InlineData(2, null, false, new long[] { 0, 1, 4, 5 })]
    [InlineData(1, null, false, new long[] { 0, 5 })]
    [InlineData(9, null, false, new long[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData(0, null, false, new long[0])]
    // With it the second goes: the first covers it and has its label; the third lies as near and has another.
    [InlineData(2, 0.7, false, new long[] { 0, 2, 4, 5 })]
    [InlineData(3, 0.7, false, new long[] { 0, 2, 3, 4, 5 })]
    // Together: four of both images.
    [InlineData(2, null, true, new long[] { 0, 1, 2, 5 })]
    public void The_costliest_regions_are_kept(int perImage, double? threshold, bool acrossImages, long[] expected)
    {
        using var scope = NewDisposeScope();
        var mining = new OnlineHardExamples { PerImage = perImage, NmsThreshold = threshold, AcrossImages = acrossImages };
        var rows = mining.Select(Sample(), tensor(Losses));
        Assert.Equal(expected, rows.Longs());
        var part = Sample().Part(rows);
        Assert.Equal(expected.Length, part.Labels.shape[0]);
        Assert.Equal([expected.Count(row => row < 4), expected.Count(row => row >= 4)], part.Counts.ToArray());
    }

    [Fact]
    public void Only_the_hardest_regions_give_a_gradient_and_are_counted()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[] { 0, 0, 0, 0, 9, 0, 0, 0, 9, 9, 0, 0, 9, 0, 0, 0, 0, 0 }, [6, 3], requires_grad: true);
        var boxes = zeros(6, 4, requires_grad: true);
        var loss = new RegionLoss(new RegionTargets(new RegionBoxCoder(), 2));
        var sample = Sample();
        var output = new RegionOutput(logits, boxes);
        // Costs: regions 0 and 5 log 3 (and the box of region 1, which lies one pixel off), the others next to nothing.
        var costs = loss.OfEach(output, sample).Floats();
        Assert.Equal([0, 5], costs.Select((cost, i) => (cost, i)).Where(c => c.cost > 0.5).Select(c => c.i));
        var parts = loss.Compute(output, sample, new OnlineHardExamples { PerImage = 1 });
        Assert.Equal(Math.Log(3), parts.Classification.item<float>(), 1e-6);
        parts.Total.backward();
        var touched = logits.grad!.abs().sum(1).gt(0).nonzero().flatten().Longs();
        Assert.Equal([0, 5], touched);
    }

    [Fact]
    public void The_second_pass_of_the_original_form_costs_what_the_first_one_does()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var model = new TinyTwoStage(new TinyTwoStageOptions { BoxChannels = 4 });
        model.eval();
        var features = model.Extract(randn(2, 3, 64, 96));
        var loss = new RegionLoss(new RegionTargets(model.Head.Stages[0].Coder, 2));
        var mining = new OnlineHardExamples { PerImage = 2, NmsThreshold = 0.7 };
        var before = is_grad_enabled();
        var chosen = mining.Choose(model, 0, features, Sample(), loss);
        Assert.Equal(before, is_grad_enabled());
        Assert.Equal([2, 2], chosen.Counts.ToArray());
        using var all = model.Classify(0, features, Sample().Regions);
        var once = loss.Compute(all, Sample(), mining);
        var twice = loss.Compute(model.Classify(0, features, chosen.Regions), chosen);
        Assert.Equal(once.Total.item<float>(), twice.Total.item<float>(), 1e-5f);
        twice.Total.backward();
        Assert.NotEqual(0, model.parameters().First().grad!.abs().sum().item<float>());
    }

    [Fact]
    public void Everything_draws_nothing_at_random()
    {
        using var scope = NewDisposeScope();
        float[] regions = [.. Enumerable.Range(0, 500).SelectMany(i => new float[] { 0, i % 90, 10, i % 90 + 9, 19 })];
        var sample = RegionSampling.Everything.Draw(tensor(regions, [500, 5]), [[10, 10, 19, 19]], [[0]], 1, 0);
        Assert.Equal(501, sample.Labels.shape[0]);
    }

    [Fact]
    public void Mistakes_are_named()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("not -1", Assert.Throws<ArgumentException>(() => new OnlineHardExamples { PerImage = -1 }.Select(Sample(), tensor(Losses))).Message);
        Assert.Throws<ArgumentException>(() => new OnlineHardExamples { NmsThreshold = 2 }.Select(Sample(), tensor(Losses)));
        Assert.Throws<ArgumentException>(() => new OnlineHardExamples().Select(Sample(), zeros(5)));
    }
}
