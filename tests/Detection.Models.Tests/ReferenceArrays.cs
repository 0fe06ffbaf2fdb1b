// Compares tensors with reference arrays, and says where and by how much they differ most.
using Detection.Runtime.Tests;
using TorchSharp;
using Xunit;

namespace Detection.Models.Tests;

internal static class ReferenceArrays
{
    public static torch.Tensor Tensor(this NpyArray array) => torch.tensor(array.Values).reshape(array.Shape);

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
