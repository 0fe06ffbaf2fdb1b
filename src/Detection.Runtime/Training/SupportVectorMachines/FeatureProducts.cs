// Products of features in single with weights in double precision: the inner loops of the solver.
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Detection.Runtime;

internal static class FeatureProducts
{
    /// <summary>Sum of products.</summary>
    public static double Dot(ReadOnlySpan<double> weights, ReadOnlySpan<float> features)
    {
        Vector<double> first = Vector<double>.Zero, second = Vector<double>.Zero;
        var at = 0;
        for (; at <= features.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(features[at..]), out var low, out var high);
            first += low * new Vector<double>(weights[at..]);
            second += high * new Vector<double>(weights[(at + Vector<double>.Count)..]);
        }
        var sum = Vector.Sum(first + second);
        for (; at < features.Length; at++)
        {
            sum += weights[at] * features[at];
        }
        return sum;
    }

    /// <summary>Adds a multiple of features to weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddTo(Span<double> weights, ReadOnlySpan<float> features, double factor)
    {
        var factors = new Vector<double>(factor);
        var at = 0;
        for (; at <= features.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(features[at..]), out var low, out var high);
            var left = weights[at..];
            var right = weights[(at + Vector<double>.Count)..];
            (new Vector<double>(left) + low * factors).CopyTo(left);
            (new Vector<double>(right) + high * factors).CopyTo(right);
        }
        for (; at < features.Length; at++)
        {
            weights[at] += factor * features[at];
        }
    }

    /// <summary>Sum of squares.</summary>
    public static double SquaredNorm(ReadOnlySpan<float> features)
    {
        var sum = 0.0;
        foreach (var value in features)
        {
            sum += (double)value * value;
        }
        return sum;
    }
}
