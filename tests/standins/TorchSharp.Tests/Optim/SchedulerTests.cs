// Learning-rate schedules against PyTorch's tables.
using TorchSharp;
using TorchSharp.Modules;
using TorchSharpTests.NN;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;
using static TorchSharp.torch.optim.lr_scheduler;

namespace TorchSharpTests.Optim;

public class SchedulerTests
{
    private static readonly Dictionary<string, Func<Optimizer, LRScheduler>> Makers = new()
    {
        ["StepLR"] = o => StepLR(o, 3, 0.5),
        ["MultiStepLR"] = o => MultiStepLR(o, [2, 5, 7], 0.1),
        ["LambdaLR"] = o => LambdaLR(o, epoch => 1.0 / (1 + epoch)),
        ["MultiplicativeLR"] = o => MultiplicativeLR(o, epoch => epoch % 2 == 1 ? 0.9 : 0.5),
        ["ExponentialLR"] = o => ExponentialLR(o, 0.8),
        ["ConstantLR"] = o => ConstantLR(o, 0.25, 4),
        ["LinearLR"] = o => LinearLR(o, 0.1, 1.0, 6),
        ["CosineAnnealingLR"] = o => CosineAnnealingLR(o, 4, 0.05),
        ["SequentialLR"] = o => SequentialLR(o, [LinearLR(o, 0.1, 1.0, 3), StepLR(o, 2, 0.5)], [3]),
        ["OneCycleLR"] = o => OneCycleLR(o, 1.5, total_steps: 11),
        ["OneCycleLR linear three phase"] = o => OneCycleLR(
            o, 1.5, total_steps: 11, pct_start: 0.4, anneal_strategy: impl.OneCycleLR.AnnealStrategy.Linear, three_phase: true),
    };

    [Theory]
    [InlineData("StepLR", "0.8 0.8 0.8 0.4 0.4 0.4 0.2 0.2 0.2 0.1")]
    [InlineData("MultiStepLR", "0.8 0.8 0.08 0.08 0.08 0.008 0.008 0.0008 0.0008 0.0008")]
    [InlineData("LambdaLR", "0.8 0.4 0.2666666667 0.2 0.16 0.1333333333 0.1142857143 0.1 0.08888888889 0.08")]
    [InlineData("MultiplicativeLR", "0.8 0.72 0.36 0.324 0.162 0.1458 0.0729 0.06561 0.032805 0.0295245")]
    [InlineData("ExponentialLR", "0.8 0.64 0.512 0.4096 0.32768 0.262144 0.2097152 0.16777216 0.134217728 0.1073741824")]
    [InlineData("ConstantLR", "0.2 0.2 0.2 0.2 0.8 0.8 0.8 0.8 0.8 0.8")]
    [InlineData("LinearLR", "0.08 0.2 0.32 0.44 0.56 0.68 0.8 0.8 0.8 0.8")]
    [InlineData("CosineAnnealingLR", "0.8 0.6901650429 0.425 0.1598349571 0.05 0.1598349571 0.425 0.6901650429 0.8 0.6901650429")]
    [InlineData("SequentialLR", "0.08 0.32 0.56 0.8 0.8 0.4 0.4 0.2 0.2 0.1")]
    [InlineData(
        "OneCycleLR",
        "0.06 0.6335116706 1.440392137 1.469619852 1.326713587 1.089130574 0.7958740621 0.4950870435 0.2361487692 0.06156831481")]
    [InlineData(
        "OneCycleLR linear three phase",
        "0.06 0.4835294118 0.9070588235 1.330588235 1.245882353 0.8223529412 0.3988235294 0.056250375 0.03750225 0.018754125")]
    public void Ten_epochs_follow_PyTorch(string name, string expected)
    {
        using var optimizer = Optimizer(0.8);
        var scheduler = Makers[name](optimizer);
        var rates = new List<double>();
        for (var epoch = 0; epoch < 10; epoch++)
        {
            rates.Add(optimizer.ParamGroups.Single().LearningRate);
            scheduler.step();
        }
        Numbers.AssertClose(Numbers.Parse(expected), rates.ToArray(), 1e-9);
        Assert.Equal(optimizer.ParamGroups.Single().LearningRate, scheduler.get_last_lr().Single());
    }

    [Fact]
    public void Plateau_lowers_the_rate_after_its_patience()
    {
        using var optimizer = Optimizer(0.8);
        var scheduler = ReduceLROnPlateau(optimizer, factor: 0.5, patience: 1, cooldown: 1, min_lr: [0.15]);
        var rates = new List<double>();
        foreach (var metric in new[] { 1, 0.9, 0.9, 0.95, 0.9, 0.9, 0.9, 0.5, 0.5, 0.6, 0.6, 0.6, 0.6 })
        {
            scheduler.step(metric);
            rates.Add(optimizer.ParamGroups.Single().LearningRate);
        }
        Assert.Equal([0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.15, 0.15, 0.15, 0.15], rates);
        Assert.Throws<InvalidOperationException>(() => scheduler.step());
    }

    [Fact]
    public void Chained_schedulers_multiply()
    {
        using var optimizer = Optimizer(1.0);
        var scheduler = ChainedLR([ExponentialLR(optimizer, 0.5), StepLR(optimizer, 2, 0.1)]);
        scheduler.step();
        scheduler.step();
        Assert.Equal(0.025, optimizer.ParamGroups.Single().LearningRate, 12);
    }

    [Fact]
    public void Groups_keep_their_proportions()
    {
        using var optimizer = SGD(
            [new SGD.ParamGroup([new Parameter(ones(1))], lr: 1), new SGD.ParamGroup([new Parameter(ones(1))], lr: 2)], 0.1);
        MultiStepLR(optimizer, [1], 0.1).step();
        Numbers.AssertClose([0.1, 0.2], optimizer.ParamGroups.Select(group => group.LearningRate).ToArray(), 1e-12);
    }

    [Fact]
    public void One_cycle_moves_momentum_the_other_way()
    {
        using var optimizer = Optimizer(0.8);
        var scheduler = OneCycleLR(optimizer, 1.5, total_steps: 10, pct_start: 0.5);
        Assert.Equal(0.95, Momentum(optimizer), 12);
        for (var i = 0; i < 4; i++) scheduler.step();
        Assert.Equal(0.85, Momentum(optimizer), 12);
    }

    private static double Momentum(Optimizer optimizer) => ((IMomentum)optimizer.ParamGroups.Single()).Momentum;

    private static SGD Optimizer(double rate) => SGD([new Parameter(zeros(1))], rate, momentum: 0.9);
}
