// One pass through a model with casts: which format they go to, and the weights that were cast in it, each once however many layers share it.
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// A pass of the thread that began it. What runs inside - blocks, parts, layers - belongs to it, so a part computes in what the whole does.
/// Cast weights live until it ends; gradients go through them to the 32-bit floats that they were cast from.
/// </summary>
public sealed class PrecisionPass : IDisposable
{
    [ThreadStatic]
    private static PrecisionPass? current;

    private readonly Dictionary<Tensor, Tensor> weights = new(ReferenceEqualityComparer.Instance);
    private readonly PrecisionPass? outer;

    private PrecisionPass(ScalarType lower, PrecisionPass? outer)
    {
        Lower = lower;
        this.outer = outer;
    }

    private ScalarType Lower { get; }

    /// <summary>Begins a pass, or goes on in the one that the thread is in.</summary>
    /// <param name="precision">What it computes in; counts for nothing inside of another.</param>
    public static PrecisionPass Begin(ComputePrecision precision)
    {
        var pass = new PrecisionPass(current?.Lower ?? (precision == ComputePrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32), current);
        current ??= pass;
        return pass;
    }

    /// <summary>A value in the format of the pass: bfloat16, or the value as it is in a pass of 32-bit floats.</summary>
    /// <param name="value">A value in 32-bit floats.</param>
    public static Tensor Reduce(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.to(current?.Lower ?? ScalarType.Float32);
    }

    /// <summary>A value in 32-bit floats; as it is when it is one.</summary>
    /// <param name="value">A value in any format.</param>
    public static Tensor Restore(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.to(ScalarType.Float32);
    }

    /// <summary>A weight in the format of the value that it meets.</summary>
    /// <param name="weight">The weight, in 32-bit floats; may be absent.</param>
    /// <param name="value">The value.</param>
    /// <returns>The weight itself where the formats are one; otherwise a tensor that is the pass's own.</returns>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(weight))]
    public static Tensor? Weight(Parameter? weight, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var type = value.dtype;
        if (weight is null || weight.dtype == type)
        {
            return weight;
        }

        if (current is not { } pass)
        {
            // A layer on its own: its result keeps what it needs of the weight.
            return weight.to(type);
        }

        if (!pass.weights.TryGetValue(weight, out var cast))
        {
            cast = weight.to(type).DetachFromDisposeScope();
            pass.weights.Add(weight, cast);
        }

        return cast;
    }

    /// <summary>Ends the pass, and frees the weights that were cast in it.</summary>
    public void Dispose()
    {
        if (current == this)
        {
            current = outer;
        }

        foreach (var cast in weights.Values)
        {
            cast.Dispose();
        }

        weights.Clear();
    }
}
