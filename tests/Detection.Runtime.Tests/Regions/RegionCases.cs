// Every region operator with options, random maps and regions: what the tests of all operators go through.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

internal static class RegionCases
{
    /// <summary>Operators on maps of 12 channels (2 x 2 bins for position-sensitive ones).</summary>
    public static IReadOnlyDictionary<string, RegionPooling> Operators { get; } = new Dictionary<string, RegionPooling>
    {
        ["max"] = new RoiMaxPooling(3, 4),
        ["max, one bin"] = new RoiMaxPooling(1, 1),
        ["align 1"] = new RoiAlign(3, 2, Sampling: 1),
        ["align 2"] = new RoiAlign(7, 7),
        ["align 3 aligned"] = new RoiAlign(2, 3, Sampling: 3, Aligned: true),
        ["align adaptive"] = new RoiAlign(3, 3, Sampling: 0),
        ["align adaptive aligned"] = new RoiAlign(2, 4, Sampling: 0, Aligned: true),
        ["crop"] = new CropAndResize(4, 3),
        ["crop to one"] = new CropAndResize(1, 1),
        ["crop and pool"] = new CropAndResize(3, 3, MaxPool: 2),
        ["position-sensitive, R-FCN"] = new PositionSensitiveRoiPooling(2, 2),
        ["position-sensitive, torchvision"] = new PositionSensitiveRoiPooling(2, 2, PositionSensitiveBins.Torchvision),
        ["position-sensitive, bins first"] = new PositionSensitiveRoiPooling(2, 2) { Order = ScoreMapOrder.BinMajor },
        ["position-sensitive 3 x 2"] = new PositionSensitiveRoiPooling(3, 2),
        ["position-sensitive align, greatest"] = new PositionSensitiveRoiAlign(2, 2),
        ["position-sensitive align, greatest of 9, bins first"] = new PositionSensitiveRoiAlign(2, 2, Sampling: 3) { Order = ScoreMapOrder.BinMajor },
        ["position-sensitive align, mean"] = new PositionSensitiveRoiAlign(2, 2, PositionSensitiveSamples.Mean),
        ["position-sensitive align, torchvision"] = new PositionSensitiveRoiAlign(2, 2, PositionSensitiveSamples.Torchvision),
        ["position-sensitive align, torchvision adaptive"] = new PositionSensitiveRoiAlign(3, 2, PositionSensitiveSamples.Torchvision, Sampling: 0),
        ["position-sensitive crop"] = new PositionSensitiveCrop(2, 3, 6, 6),
    };

    public static IEnumerable<object[]> Names => Operators.Keys.Select(name => new object[] { name });

    /// <summary>Boxes inside, across, around and outside of a map of 13 x 11 cells at 1/8, inverted ones, ones without area, and ones that are no numbers.</summary>
    public static float[] Regions(int seed, int count, int images)
    {
        var random = new Random(seed);
        var result = new List<float>();
        for (var i = 0; i < count; i++)
        {
            float At(double from, double to) => (float)(from + random.NextDouble() * (to - from));
            var (x1, y1) = (At(-20, 110), At(-20, 90));
            var (x2, y2) = (x1 + At(0, 80), y1 + At(0, 60));
            float[] box = (i % 11) switch
            {
                1 => [x1, y1, x1, y1],
                2 => [x2, y2, x1, y1],
                3 => [x1 + 900, y1, x2 + 900, y2],
                4 => [x1 - 300, y1 - 300, x2 + 300, y2 + 200],
                5 => [MathF.Round(x1 / 4) * 4, MathF.Round(y1 / 4) * 4, MathF.Round(x2 / 4) * 4, MathF.Round(y2 / 4) * 4],
                6 => i % 2 == 0 ? [float.NaN, y1, x2, y2] : [x1, y1, float.PositiveInfinity, y2],
                7 => [-3e30f, y1, 3e30f, y2],
                _ => [x1, y1, x2, y2],
            };
            result.Add(random.Next(images));
            result.AddRange(box);
        }
        return [.. result];
    }

    public static Tensor Tensor(float[] regions) => tensor(regions, [regions.Length / 5, 5]);

    /// <summary>Result and gradient of the map for an upstream gradient that depends on the result's shape alone.</summary>
    public static (float[] Result, float[] Gradient) Run(RegionPooling pooling, Tensor map, Tensor regions, RegionScale scale, RegionPath path, Tensor? upstream = null)
    {
        using var scope = NewDisposeScope();
        var leaf = map.detach().clone().requires_grad_();
        var result = pooling.Pool(leaf, regions, scale, path);
        upstream ??= (arange(result.numel(), dtype: ScalarType.Float32) * 0.7).sin().view(result.shape);
        result.backward([upstream]);
        return (result.Floats(), leaf.grad!.Floats());
    }

    public static double Difference(float[] a, float[] b)
    {
        Xunit.Assert.Equal(a.Length, b.Length);
        var worst = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            worst = Math.Max(worst, double.IsNaN(a[i] - b[i]) ? double.PositiveInfinity : Math.Abs(a[i] - (double)b[i]));
        }
        return worst;
    }
}
