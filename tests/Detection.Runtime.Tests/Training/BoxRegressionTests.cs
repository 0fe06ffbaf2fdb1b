// Regressors of boxes: ridge regression against reference numbers, and targets without mean and correlation.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public sealed class BoxRegressionTests
{
    // numpy.linalg.solve of the normal equations with a penalty of 3.
    private static readonly double[] Reference =
    [
        0.00014228330505054176, -0.04675563019747244, 0.001065513185810972, 0.07575295523936201, -0.0009821634659806094,
        -0.06028950677766884, 0.00035455591971609316, 0.09207359834928035, 0.05743337889943452, 0.05240822013728458,
    ];

    [Theory]
    [InlineData(15)]
    [InlineData(4)]
    [InlineData(1)]
    public void Ridge_regression_gives_the_reference_however_the_examples_come(int atOnce)
    {
        using var scope = NewDisposeScope();
        using var ridge = new RidgeRegression(4, 2);
        var (features, targets) = Examples();
        for (var from = 0; from < 15; from += atOnce)
        {
            var count = Math.Min(atOnce, 15 - from);
            ridge.Add(features.narrow(0, from, count), targets.narrow(0, from, count));
        }
        Assert.Equal(15, ridge.Examples);
        Assert.All(Reference.Zip(Doubles(ridge.Solve(3))), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void Many_examples_in_parts_are_summed_as_in_one()
    {
        using var scope = NewDisposeScope();
        var (features, targets) = (rand([1300, 4], ScalarType.Float64), rand([1300, 2], ScalarType.Float64));
        using RidgeRegression whole = new(4, 2), parts = new(4, 2);
        whole.Add(features, targets);
        for (var from = 0; from < 1300; from += 130)
        {
            parts.Add(features.narrow(0, from, 130), targets.narrow(0, from, 130));
        }
        Assert.Equal(1300, parts.Examples);
        Assert.All(Doubles(whole.Solve(3)).Zip(Doubles(parts.Solve(3))), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        // A second time, and after more examples.
        whole.Add(features, targets);
        parts.Add(features, targets);
        Assert.All(Doubles(whole.Solve(3)).Zip(Doubles(parts.Solve(3))), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void Shifting_and_transforming_behind_the_sums_is_the_same_as_doing_so_to_the_targets()
    {
        using var scope = NewDisposeScope();
        var (features, targets) = Examples();
        var (shift, transform) = (tensor(new[] { 0.3, -0.7 }), tensor(new[] { 2.0, 0.5, -1.0, 1.5 }, [2, 2]));
        using var plain = new RidgeRegression(4, 2);
        plain.Add(features, targets);
        using var before = new RidgeRegression(4, 2);
        before.Add(features, (targets - shift).mm(transform));
        Assert.All(Doubles(before.Solve(3)).Zip(Doubles(plain.Solve(3, shift, transform))), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void Whitened_targets_have_no_mean_and_unit_covariance_but_for_the_floor_and_come_back()
    {
        using var scope = NewDisposeScope();
        var targets = tensor(Enumerable.Range(0, 200).Select(i => 3 * Math.Sin(i * 1.7) + i % 7).ToArray(), [50, 4]);
        var white = WhitenedTargets.Of(targets);
        var values = (targets - white.Mean).mm(white.Transform);
        Assert.All(Doubles(values.mean([0])), m => Assert.Equal(0, m, 1e-9));
        var covariance = Doubles(values.t().mm(values) / 50);
        Assert.All(Enumerable.Range(0, 16), i => Assert.Equal(i % 5 == 0 ? 1 : 0, covariance[i], 0.01));
        Assert.All(Doubles(values.mm(white.Inverse) + white.Mean).Zip(Doubles(targets)), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void Shapes_and_penalties_that_make_no_sense_are_refused()
    {
        using var scope = NewDisposeScope();
        using var ridge = new RidgeRegression(4, 2);
        Assert.Throws<ArgumentException>(() => ridge.Add(zeros(3, 5), zeros(3, 2)));
        Assert.Throws<ArgumentException>(() => ridge.Add(zeros(3, 4), zeros(2, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => ridge.Solve(0));
    }

    private static (Tensor Features, Tensor Targets) Examples() => (
        tensor(Enumerable.Range(0, 60).Select(i => Math.Sin(1.3 * (i / 4) + (i % 4) * (i % 4))).ToArray(), [15, 4]),
        tensor(Enumerable.Range(0, 30).Select(i => Math.Cos(0.9 * (i / 2) * (i % 2 + 1))).ToArray(), [15, 2]));

    private static double[] Doubles(Tensor values) => [.. values.contiguous().data<double>()];
}
