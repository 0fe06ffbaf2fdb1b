// Comparing tensors with plain numbers.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace TorchSharpTests;

internal static class Expect
{
    /// <summary>Shape and elements, each within 1e-5 absolutely or relatively.</summary>
    internal static void Values(Tensor actual, long[] shape, params double[] elements)
    {
        Assert.Equal(shape, actual.shape);
        using var wide = actual.detach().to(ScalarType.Float64).flatten(); // one dimension: TorchSharp's accessor gives no array of an empty matrix
        var values = wide.data<double>().ToArray();
        Assert.Equal(elements.Length, values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var allowed = 1e-5 * Math.Max(1, Math.Abs(elements[i]));
            Assert.True(
                values[i].Equals(elements[i]) || Math.Abs(values[i] - elements[i]) <= allowed,
                $"element {i}: {values[i]}, expected {elements[i]} in [{string.Join(", ", values)}]");
        }
    }

    /// <summary>A row of numbers.</summary>
    internal static void Row(Tensor actual, params double[] elements) => Values(actual, [elements.Length], elements);

    internal static Tensor Floats(params float[] elements) => tensor(elements);
}
