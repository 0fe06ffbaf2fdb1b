// What a support vector machine minimises, and what came of minimising it.
namespace Detection.Runtime;

/// <summary>
/// 1/2 |w|² + 1/2 (b / B)² + C (P · sum over positives of max(0, 1 - z) + sum over negatives of max(0, 1 + z)) with z = w · x + b: the objective of R-CNN's and
/// Fast R-CNN's code, liblinear's type 3 with a bias feature of B.
/// </summary>
/// <param name="Cost">C.</param>
/// <param name="PositiveWeight">P: how much more an error on a positive costs than one on a negative.</param>
/// <param name="BiasScale">B: the larger, the less a bias costs.</param>
public sealed record SupportVectorObjective(double Cost = 1e-3, double PositiveWeight = 2, double BiasScale = 10)
{
    /// <summary>The value of the objective.</summary>
    /// <param name="machine">w and b.</param>
    /// <param name="positives">Features of the class.</param>
    /// <param name="negatives">Features of anything else.</param>
    public double ValueOf(LinearMachine machine, IReadOnlyList<float[]> positives, IReadOnlyList<float[]> negatives)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(positives);
        ArgumentNullException.ThrowIfNull(negatives);
        var bias = machine.Bias / BiasScale;
        var length = machine.Weights.Sum(w => w * w) + bias * bias;
        return 0.5 * length + Cost * (PositiveWeight * positives.Sum(x => Math.Max(0, 1 - machine.ValueOf(x))) + negatives.Sum(x => Math.Max(0, 1 + machine.ValueOf(x))));
    }

    internal void Check()
    {
        foreach (var (value, name) in new[] { (Cost, nameof(Cost)), (PositiveWeight, nameof(PositiveWeight)), (BiasScale, nameof(BiasScale)) })
        {
            if (!(value > 0 && double.IsFinite(value)))
            {
                throw new ArgumentOutOfRangeException(name, value, "The numbers of the objective are above 0.");
            }
        }
    }
}

/// <summary>A machine, and how close to the best one it is.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Objective">Value of the objective.</param>
/// <param name="Bound">No machine has a lower value than this: the value of the dual problem.</param>
/// <param name="Passes">Passes over the examples that it took.</param>
public sealed record SupportVectorSolution(LinearMachine Machine, double Objective, double Bound, int Passes)
{
    /// <summary>How far above the lowest value the objective may be, as a share of itself.</summary>
    public double RelativeGap => Objective > 0 ? (Objective - Bound) / Objective : 0;
}
