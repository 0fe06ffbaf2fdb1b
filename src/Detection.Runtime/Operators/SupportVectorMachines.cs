// One linear support vector machine for each class, on the features that a network ends in: what R-CNN scores regions with.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Linear support vector machines over features [R, D], one for each of K classes, none for background (Girshick et al., Rich feature hierarchies, section 2.3).
/// A score is what the machine gives, a real number: above 1 well inside its class, below -1 well outside of it. They are learned after the network
/// (<see cref="SupportVectorFitting"/>), not by gradient, and are buffers: <c>weight</c> [K, D], <c>bias</c> [K] and <c>scale</c> [1].
/// </summary>
public sealed class SupportVectorMachines : nn.Module<Tensor, Tensor>
{
    private readonly Tensor weight;
    private readonly Tensor bias;
    private readonly Tensor scale;

    /// <summary>Creates machines that have not been trained: all numbers are 0, the scale too, so that every score is 0 and <see cref="IsTrained"/> is false.</summary>
    /// <param name="features">D.</param>
    /// <param name="classes">K.</param>
    public SupportVectorMachines(long features, long classes)
        : base(nameof(SupportVectorMachines))
    {
        register_buffer(nameof(weight), weight = zeros(classes, features));
        register_buffer(nameof(bias), bias = zeros(classes));
        register_buffer(nameof(scale), scale = zeros(1));
    }

    /// <summary>D.</summary>
    public long Features => weight.shape[1];

    /// <summary>K.</summary>
    public long Classes => weight.shape[0];

    /// <summary>Whether the machines were trained or loaded: their features have a scale.</summary>
    public bool IsTrained => Scale > 0;

    /// <summary>What features are multiplied with before the machines see them, so that their norm is 20 on average; 0 before training.</summary>
    public float Scale => HostValues.Floats(scale)[0];

    /// <summary>Scores of regions.</summary>
    /// <param name="input">[R, D] features, as the network gives them.</param>
    /// <returns>[R, K].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(input * scale, weight, bias).MoveToOuterDisposeScope();
    }

    /// <summary>Sets the scale of the features.</summary>
    /// <param name="value">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public void SetScale(double value)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A scale is a number above 0.");
        }
        using var gradients = no_grad();
        scale.fill_(value);
    }

    /// <summary>Sets the machine of a class.</summary>
    /// <param name="classIndex">Foreground class, counted from 0.</param>
    /// <param name="machine">D weights for scaled features, and the bias.</param>
    /// <exception cref="ArgumentException">It is for another number of features.</exception>
    public void Set(int classIndex, LinearMachine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        if (machine.Weights.Length != Features)
        {
            throw new ArgumentException($"A machine of {machine.Weights.Length} features for {Features}.", nameof(machine));
        }
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var values = tensor([.. machine.Weights.Select(w => (float)w)], [Features], device: weight.device);
        weight.select(0, classIndex).copy_(values);
        bias.select(0, classIndex).fill_((float)machine.Bias);
    }

    /// <summary>Back to machines that have not been trained.</summary>
    public void Clear()
    {
        using var gradients = no_grad();
        foreach (var (_, buffer) in named_buffers())
        {
            buffer.zero_();
        }
    }
}

/// <summary>A linear machine: features times weights, plus a bias.</summary>
/// <param name="Weights">One for each feature.</param>
/// <param name="Bias">Added to the product.</param>
public sealed record LinearMachine(double[] Weights, double Bias)
{
    /// <summary>A machine that says 0 to everything.</summary>
    /// <param name="features">Number of features.</param>
    public static LinearMachine Zero(int features) => new(new double[features], 0);

    /// <summary>What the machine gives for features.</summary>
    /// <param name="features">As many as there are weights.</param>
    public double ValueOf(ReadOnlySpan<float> features) => FeatureProducts.Dot(Weights, features) + Bias;
}
