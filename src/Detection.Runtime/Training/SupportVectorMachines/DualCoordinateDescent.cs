// A linear support vector machine by coordinate descent in the dual problem (Hsieh et al., A dual coordinate descent method for large-scale linear SVM, 2008).
namespace Detection.Runtime;

/// <summary>
/// Finds the machine with the lowest value of an objective. The dual problem has one number for each example, between 0 and what an error on the example costs; a pass
/// sets each in turn, in random order, to where the objective is best. It ends when the values of both problems are as close as asked for, so that the result is
/// as good as it says. The same examples and seed give the same machine, bit by bit.
/// </summary>
/// <param name="Objective">What is minimised.</param>
/// <param name="Tolerance">Largest distance to the best value, as a share of the value.</param>
/// <param name="MostPasses">Passes over all examples after which it gives up.</param>
public sealed record DualCoordinateDescent(SupportVectorObjective Objective, double Tolerance = 1e-3, int MostPasses = 10_000)
{
    // The distance costs as much as a pass.
    private const int PassesBetweenChecks = 5;

    /// <summary>Solves the problem of some examples.</summary>
    /// <param name="positives">D features of each positive; none makes a machine that says no.</param>
    /// <param name="negatives">D features of each negative.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <exception cref="ArgumentException">There are no examples, or they differ in their numbers of features, or one of these is not finite.</exception>
    /// <exception cref="InvalidOperationException">The tolerance was not reached.</exception>
    public SupportVectorSolution Solve(IReadOnlyList<float[]> positives, IReadOnlyList<float[]> negatives, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(positives);
        ArgumentNullException.ThrowIfNull(negatives);
        Objective.Check();
        var examples = Examples(positives, negatives);
        var features = examples[0].Features.Length;
        // The bias is the weight of one more feature, B.
        var (weights, bias) = (new double[features], 0.0);
        var dual = new double[examples.Length];
        for (var pass = 1; pass <= MostPasses; pass++)
        {
            foreach (var i in new RandomStream(seed, pass).Permutation(examples.Length))
            {
                ref readonly var example = ref examples[i];
                var gradient = example.Sign * (FeatureProducts.Dot(weights, example.Features) + bias * Objective.BiasScale) - 1;
                var next = Math.Clamp(dual[i] - gradient / example.Curvature, 0, example.Limit);
                var step = (next - dual[i]) * example.Sign;
                if (step != 0)
                {
                    FeatureProducts.AddTo(weights, example.Features, step);
                    bias += step * Objective.BiasScale;
                    dual[i] = next;
                }
            }
            if (pass % PassesBetweenChecks == 0 || pass == 1)
            {
                var machine = new LinearMachine(weights, bias * Objective.BiasScale);
                var value = Objective.ValueOf(machine, positives, negatives);
                var bound = dual.Sum() - 0.5 * (weights.Sum(w => w * w) + bias * bias);
                if (value - bound <= Tolerance * value)
                {
                    return new SupportVectorSolution(machine, value, bound, pass);
                }
            }
        }
        throw new InvalidOperationException(FormattableString.Invariant(
            $"{MostPasses} passes over {examples.Length} examples did not bring a support vector machine within {Tolerance} of the best one."));
    }

    private Example[] Examples(IReadOnlyList<float[]> positives, IReadOnlyList<float[]> negatives)
    {
        if (positives.Count + negatives.Count == 0)
        {
            throw new ArgumentException("A support vector machine needs examples.");
        }
        var features = (positives.Count > 0 ? positives : negatives)[0].Length;
        Example Of(float[] values, int sign)
        {
            var square = FeatureProducts.SquaredNorm(values);
            if (values.Length != features || !double.IsFinite(square))
            {
                throw new ArgumentException(
                    values.Length == features ? "A feature of an example is not finite." : $"Examples have {features} and {values.Length} features.");
            }
            return new Example(values, sign, square + Objective.BiasScale * Objective.BiasScale, Objective.Cost * (sign > 0 ? Objective.PositiveWeight : 1));
        }
        return [.. positives.Select(x => Of(x, 1)), .. negatives.Select(x => Of(x, -1))];
    }

    private readonly record struct Example(float[] Features, int Sign, double Curvature, double Limit);
}
