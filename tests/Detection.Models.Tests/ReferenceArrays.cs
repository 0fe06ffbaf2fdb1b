// Compares tensors with reference arrays, and says where and by how much they differ most.
using Detection.Runtime.Tests;
using TorchSharp;
using Xunit;

namespace Detection.Models.Tests;

internal static class ReferenceArrays
{
    public static torch.Tensor Tensor(this NpyArray array) => torch.tensor(array.Values).reshape(array.Shape);

    /// <summary>
    /// For features before any normalisation, which reach the hundreds: the order of summation, and with it the last digits, depends on
    /// the number of threads, by a share of the largest value.
    /// </summary>
    public static void CloseInScale(NpyArray expected, torch.Tensor actual, double share) =>
        Close(expected, actual, share * expected.Values.Max(Math.Abs));

    public static void Close(NpyArray expected, torch.Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape, actual.shape);
        var values = actual.Floats();
        var worst = Enumerable.Range(0, values.Length).MaxBy(i => Math.Abs(values[i] - expected.Values[i]));
        Assert.True(
            Math.Abs(values[worst] - expected.Values[worst]) <= tolerance,
            $"value {worst}: {values[worst]} instead of {expected.Values[worst]}, off by {Math.Abs(values[worst] - expected.Values[worst])}");
    }
}
