// Support vector machines: the solver against known optima and reference numbers, the rules of mining case by case, and what a module of machines says untrained and loaded.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public sealed class SupportVectorTests
{
    [Theory]
    // Projected gradients with momentum on the dual problem in numpy, until both problems agreed to 12 digits.
    [InlineData(0.001, 0.0347693837005, -0.4, new[] { 0.0212657961, 0.0199293417, -0.00155709895, -0.000894860856, -0.00293164108 })]
    [InlineData(0.1, 2.37997355299, -0.387026075, new[] { 0.519747898, 0.395436166, 0.112613746, 0.269299314, 0.0522089546 })]
    public void The_solver_finds_the_reference_optimum(double cost, double objective, double bias, double[] weights)
    {
        var (positives, negatives) = Examples();
        var solution = new DualCoordinateDescent(new SupportVectorObjective(Cost: cost), Tolerance: 1e-12).Solve(positives, negatives, seed: 7);

        Assert.Equal(objective, solution.Objective, 1e-10);
        Assert.Equal(bias, solution.Machine.Bias, 1e-5);
        Assert.All(weights.Zip(solution.Machine.Weights), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Theory]
    [InlineData(1e-1)]
    [InlineData(1e-3)]
    [InlineData(1e-6)]
    public void The_gap_to_the_dual_problem_is_within_the_tolerance_and_bounds_the_error(double tolerance)
    {
        var (positives, negatives) = Examples();
        var solution = new DualCoordinateDescent(new SupportVectorObjective(Cost: 0.1), tolerance).Solve(positives, negatives);

        Assert.InRange(solution.RelativeGap, -1e-12, tolerance);
        Assert.InRange(2.37997355299, solution.Bound - 1e-9, solution.Objective + 1e-9);
    }

    [Fact]
    public void Two_points_on_a_line_give_the_machine_of_pencil_and_paper()
    {
        // One feature, x = 1 and x = -1, errors so dear that none is made: w = 1, b = 0, 1/2 w² = 1/2.
        var solution = new DualCoordinateDescent(new SupportVectorObjective(Cost: 100, PositiveWeight: 2, BiasScale: 10), 1e-10).Solve([[1]], [[-1]]);

        Assert.Equal(1, solution.Machine.Weights[0], 1e-8);
        Assert.Equal(0, solution.Machine.Bias, 1e-8);
        Assert.Equal(0.5, solution.Objective, 1e-8);
    }

    [Fact]
    public void Errors_on_positives_cost_more_and_the_bias_is_cheap()
    {
        // Features say nothing: only a bias is left, and with as many of both kinds the dearer side wins.
        var solver = new DualCoordinateDescent(new SupportVectorObjective(Cost: 1, PositiveWeight: 2, BiasScale: 10), 1e-9);

        Assert.Equal(1, solver.Solve([[0f], [0f]], [[0f], [0f]]).Machine.Bias, 1e-6);
        Assert.Equal(-1, solver.Solve([[0f]], [[0f], [0f], [0f], [0f]]).Machine.Bias, 1e-6);
    }

    [Fact]
    public void The_same_seed_gives_the_same_machine_and_examples_must_fit()
    {
        var (positives, negatives) = Examples();
        var solver = new DualCoordinateDescent(new SupportVectorObjective());
        Assert.Equal(solver.Solve(positives, negatives, 3).Machine.Weights, solver.Solve(positives, negatives, 3).Machine.Weights);
        Assert.Throws<ArgumentException>(() => solver.Solve([], []));
        Assert.Throws<ArgumentException>(() => solver.Solve([[1, 2]], [[1]]));
        Assert.Throws<ArgumentException>(() => solver.Solve([[float.NaN]], [[1]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => (solver with { Objective = new SupportVectorObjective(Cost: 0) }).Solve([[1]], [[-1]]));
        Assert.Throws<InvalidOperationException>(() => new DualCoordinateDescent(new SupportVectorObjective(Cost: 0.1), Tolerance: 0, MostPasses: 1).Solve(positives, negatives));
    }

    [Theory]
    [InlineData(19)]
    [InlineData(8)]
    [InlineData(1)]
    public void Products_are_those_of_plain_loops_at_every_length(int length)
    {
        double[] weights = [.. Enumerable.Range(0, length).Select(i => Math.Sin(i))];
        float[] features = [.. Enumerable.Range(0, length).Select(i => (float)Math.Cos(i))];
        Assert.Equal(weights.Zip(features, (w, x) => w * x).Sum(), FeatureProducts.Dot(weights, features), 1e-12);
        double[] moved = [.. weights];
        FeatureProducts.AddTo(moved, features, 0.5);
        Assert.All(Enumerable.Range(0, length), i => Assert.Equal(weights[i] + 0.5 * features[i], moved[i], 1e-12));
    }

    [Theory]
    // Overlap, value, first image; taken by R-CNN's rules, by Fast R-CNN's.
    [InlineData(0.29, -5, true, true, false)]
    [InlineData(0.30, 5, true, false, false)]
    [InlineData(0.0, 0, true, true, true)]
    [InlineData(0.0, 0, false, true, true)]
    [InlineData(0.0, -1.0, false, true, true)]
    [InlineData(0.0, -1.00005, false, true, true)]
    [InlineData(0.0, -1.0001, false, false, false)]
    [InlineData(0.0, -1.1, false, false, false)]
    [InlineData(0.5, 5, false, false, false)]
    public void A_region_is_a_hard_negative(double overlap, double value, bool isFirst, bool inRich, bool inFast)
    {
        Assert.Equal(inRich, Cache(HardNegativeRules.RichFeatures).Takes(overlap, value, isFirst));
        Assert.Equal(inFast, Cache(HardNegativeRules.FastRichFeatures).Takes(overlap, value, isFirst));
    }

    [Theory]
    // R-CNN trains behind the first image, Fast R-CNN does not; both once more than the limit were added, and at the end.
    [InlineData(true, new[] { 1, 1, 1, 0 }, new[] { true, false, false, true })]
    [InlineData(false, new[] { 1, 1, 1, 0 }, new[] { false, false, false, true })]
    [InlineData(true, new[] { 0, 2, 2, 1 }, new[] { false, false, true, true })]
    [InlineData(false, new[] { 3, 1, 1, 1 }, new[] { false, true, false, true })]
    [InlineData(true, new[] { 1, 3, 1, 0 }, new[] { true, false, true, true })]
    public void A_machine_is_trained(bool onFirst, int[] added, bool[] trained)
    {
        var cache = Cache(new HardNegativeRules { TrainsOnFirstImage = onFirst, RetrainAfter = 3 });
        var was = added.Select((count, image) => cache.Add(
            Enumerable.Range(0, count).Select(r => new NegativeExample(new ExamplePlace(image, r), [-1f, 0.1f * r])), image == 0, image == added.Length - 1));

        Assert.Equal(trained, was.ToArray());
        Assert.Equal(trained.Count(t => t), cache.Trainings);
    }

    [Theory]
    [InlineData(-1.2, 2)]
    [InlineData(-1.0, 1)]
    [InlineData(-100, 3)]
    public void Easy_negatives_are_thrown_out_behind_a_training(double evict, int kept)
    {
        // Errors are dear: the machine is x, its negatives stand at -1, -1.1 and -3.
        var solver = new DualCoordinateDescent(new SupportVectorObjective(Cost: 100), 1e-10);
        var cache = new HardNegativeCache(new HardNegativeRules { Evict = evict - 1e-3 }, solver, [[1f]], 1);
        cache.Add([Negative(0, -1f), Negative(1, -1.1f), Negative(2, -3f)], isFirstImage: true, isLastImage: false);

        Assert.Equal(kept, cache.Negatives.Count);
        // What was thrown out may come back; what is kept does not come twice.
        cache.Add([Negative(0, -1f), Negative(2, -3f)], false, false);
        Assert.Equal(kept == 3 ? 3 : kept + 1, cache.Negatives.Count);
    }

    [Fact]
    public void A_class_without_objects_says_no_and_one_without_examples_stays_zero()
    {
        var solver = new DualCoordinateDescent(new SupportVectorObjective());
        var without = new HardNegativeCache(new HardNegativeRules(), solver, [], 2);
        Assert.False(without.Add([], true, true));
        Assert.Equal(0, without.Machine.Bias);
        Assert.True(without.Add([new(new(1, 0), [1f, 2f])], false, true));
        Assert.True(without.Machine.ValueOf([1f, 2f]) < 0);
    }

    [Fact]
    public void A_module_of_machines_is_untrained_at_first_and_keeps_its_numbers_and_scale()
    {
        using var machines = new SupportVectorMachines(features: 2, classes: 3);
        Assert.False(machines.IsTrained);
        using var features = tensor(new float[] { 1, 2, -3, 4 }, [2, 2]);
        using (var nothing = machines.call(features))
        {
            Assert.Equal(new float[6], HostValues.Floats(nothing));
        }
        machines.SetScale(0.5);
        machines.Set(1, new LinearMachine([1, -2], 0.25));
        Assert.True(machines.IsTrained);
        using var scores = machines.call(features);
        Assert.Equal(new float[] { 0, 0.5f * (1 - 4) + 0.25f, 0, 0, 0.5f * (-3 - 8) + 0.25f, 0 }, HostValues.Floats(scores));

        Assert.Equal(["bias", "scale", "weight"], machines.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Empty(machines.parameters());
        var file = Path.GetTempFileName();
        Safetensors.Write(file, [.. machines.state_dict().Select(entry => StoredTensor.From(entry.Key, entry.Value))]);
        using var other = new SupportVectorMachines(2, 3);
        WeightLoader.Load(other, file);
        File.Delete(file);
        using var same = other.call(features);
        Assert.Equal(HostValues.Floats(scores), HostValues.Floats(same));

        Assert.Throws<ArgumentOutOfRangeException>(() => machines.SetScale(0));
        Assert.Throws<ArgumentException>(() => machines.Set(0, new LinearMachine([1], 0)));
        machines.Clear();
        Assert.False(machines.IsTrained);
    }

    private static HardNegativeCache Cache(HardNegativeRules rules) => new(rules, new DualCoordinateDescent(new SupportVectorObjective()), [[1f, 0f]], 2);

    private static NegativeExample Negative(int region, float feature) => new(new ExamplePlace(0, region), [feature]);

    private static (float[][] Positives, float[][] Negatives) Examples()
    {
        static float Value(int i, int k, double shift) => (float)((float)(Math.Sin(0.7 * i * (k + 1) + k) * 2) + shift);
        return (
            [.. Enumerable.Range(0, 8).Select(i => Enumerable.Range(0, 5).Select(k => Value(i, k, k == 0 ? 1 : 0)).ToArray())],
            [.. Enumerable.Range(0, 20).Select(i => Enumerable.Range(0, 5).Select(k => Value(i + 50, k, k == 1 ? -1 : 0)).ToArray())]);
    }
}
