// Weights and images that follow from their names alone: the same numbers here and in backbones.py, without a file of weights.
using System.Text;
using Detection.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Models.Tests.Torchvision;

internal static class FormulaWeights
{
    /// <summary>Fills a network by its state-dict keys and puts it into evaluation mode; equal outputs prove equal keys.</summary>
    public static TModel Fill<TModel>(TModel model)
        where TModel : nn.Module
    {
        using var gradients = no_grad();
        foreach (var (key, stored) in model.state_dict().Where(t => !t.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)))
        {
            using var values = Values(key, stored.shape);
            stored.copy_(values);
        }

        model.eval();
        return model;
    }

    /// <summary>An image [1, 3, H, W] of values from -2 to 2.</summary>
    public static Tensor Image(long height, long width) => tensor(Numbers("input", 3 * height * width, v => 2 * v)).reshape(1, 3, height, width);

    /// <summary>A picture of random pixels.</summary>
    public static RgbImage Picture(int height, int width) => new(width, height, [.. Numbers("picture", 3L * height * width, v => Math.Floor((v + 1) * 127.5)).Select(v => (byte)v)]);

    /// <summary>The values of a tensor by its key.</summary>
    public static Tensor Values(string key, long[] shape)
    {
        var count = shape.Aggregate(1L, (a, b) => a * b);

        // The bound of He's uniform distribution, which keeps the variance of what passes a ReLU.
        var bound = shape.Length > 1 ? Math.Sqrt(6.0 / (count / shape[0])) : 0;
        Func<double, double> scale = shape.Length > 1 ? v => v * bound
            : key.EndsWith("running_var", StringComparison.Ordinal) ? v => 1 + (0.5 * v)
            : key.EndsWith("weight", StringComparison.Ordinal) ? v => 0.75 + (0.25 * v)
            : v => 0.1 * v;
        return tensor(Numbers(key, count, scale)).reshape(shape);
    }

    // Numbers from -1 to 1: FNV-1a of the name, then the finisher of MurmurHash3.
    private static float[] Numbers(string name, long count, Func<double, double> scale)
    {
        var seed = Encoding.UTF8.GetBytes(name).Aggregate(0x811C9DC5u, (hash, b) => (hash ^ b) * 0x01000193u);
        var values = new float[count];
        for (var i = 0; i < values.Length; i++)
        {
            var x = ((uint)i * 0x9E3779B1u) ^ seed;
            x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
            x = (x ^ (x >> 13)) * 0xC2B2AE35u;
            x ^= x >> 16;
            values[i] = (float)scale((x / 2147483648.0) - 1);
        }

        return values;
    }
}
