// Numbers that the tests and PyTorch, which the references were computed with, can make alike.
using System.Globalization;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests.NN;

internal static class Numbers
{
    /// <summary>sin(frequency * i + phase) over the elements i of a tensor.</summary>
    internal static Tensor Wave(long[] shape, double frequency = 0.7, double phase = 0)
    {
        var values = new float[shape.Aggregate(1L, (product, extent) => product * extent)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)Math.Sin(i * frequency + phase);
        return tensor(values, shape);
    }

    /// <summary>Fills each parameter with a wave of its own.</summary>
    internal static T Filled<T>(T module) where T : nn.Module
    {
        using var noGrad = no_grad();
        var index = 0;
        foreach (var parameter in module.parameters())
        {
            using var values = Wave(parameter.shape, 0.9, 0.3 * index++) * 0.5;
            parameter.copy_(values);
        }
        return module;
    }

    internal static double[] Parse(string numbers)
        => Array.ConvertAll(numbers.Split(' '), number => double.Parse(number, CultureInfo.InvariantCulture));

    /// <summary>Compares to references of six digits computed in single precision.</summary>
    internal static void AssertClose(string expected, Tensor actual, double tolerance = 2e-5)
        => AssertClose(Parse(expected), Values(actual), tolerance);

    internal static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])),
                $"element {i}: expected {expected[i]}, was {actual[i]}");
        }
    }

    internal static double[] Values(Tensor tensor)
    {
        using var flat = tensor.detach().to(ScalarType.Float64).cpu().contiguous();
        return flat.data<double>().ToArray();
    }
}
