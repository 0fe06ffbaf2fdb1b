// Region operators against hand-computed values and against their published definitions, written down word for word and slowly.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class RegionDefinitionTests
{
    private const double Scale = 1.0 / 16;
    private static readonly RegionPath[] Paths = [RegionPath.HostKernels, RegionPath.TensorOperations];
    private static readonly float[] Region = [0, 20, 35, 100, 90];

    /// <summary>[1, channels, 8, 8] with the value 8 y + x + 100 c.</summary>
    private static Tensor Ramp(int channels) => tensor(
        [.. Enumerable.Range(0, 64 * channels).Select(i => i % 64 + 100f * (i / 64))], [1, channels, 8, 8]);

    public static TheoryData<RegionPooling, int, float[]> Examples => new()
    {
        // Cells x 1..6, y 2..6.
        { new RoiMaxPooling(3, 3), 1, [26, 28, 30, 42, 44, 46, 50, 52, 54] },
        { new PositionSensitiveRoiPooling(2, 2), 4, [22, 124.5f, 234, 336.5f] },
        { new PositionSensitiveRoiPooling(2, 2, PositionSensitiveBins.Torchvision), 4, [22, 124, 238, 340] },
        // x 1.25, 3.75, 6.25; y 2.1875, 3.90625, 5.625: a ramp is interpolated exactly.
        { new CropAndResize(3, 3), 1, [18.75f, 21.25f, 23.75f, 32.5f, 35, 37.5f, 46.25f, 48.75f, 51.25f] },
        { new CropAndResize(1, 1), 1, [35] },
        // Bins 1.71875 high and 2.5 wide; their centres are the means of the samples.
        { new RoiAlign(2, 2), 1, [26.875f, 29.375f, 40.625f, 43.125f] },
        { new RoiAlign(2, 2, Aligned: true), 1, [22.375f, 24.875f, 36.125f, 38.625f] },
        { new PositionSensitiveRoiAlign(2, 2, PositionSensitiveSamples.Mean), 4, [26.875f, 129.375f, 240.625f, 343.125f] },
        // The last of four samples: a quarter of a bin further down and right.
        { new PositionSensitiveRoiAlign(2, 2), 4, [30.9375f, 133.4375f, 244.6875f, 347.1875f] },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void Examples_worked_by_hand(RegionPooling pooling, int channels, float[] expected)
    {
        using var scope = NewDisposeScope();
        foreach (var path in Paths)
        {
            var result = pooling.Pool(Ramp(channels), RegionCases.Tensor(Region), Scale, path).Floats();
            Assert.InRange(RegionCases.Difference(expected, result), 0, 2e-4);
        }
    }

    public static TheoryData<string, RegionPooling, float[], float> Degenerate => new()
    {
        { "a point is one cell", new RoiMaxPooling(1, 1), [0, 40, 24, 40, 24], 8 * 2 + 3 },
        { "an inverted box is the cell at its first corner", new RoiMaxPooling(1, 1), [0, 40, 24, 8, 8], 8 * 2 + 3 },
        { "outside of the map is 0", new RoiMaxPooling(1, 1), [0, 400, 24, 480, 90], 0 },
        { "across the border only what is inside counts", new RoiMaxPooling(1, 1), [0, -100, -100, 16, 16], 9 },
        { "a point samples one cell from its place on", new RoiAlign(1, 1), [0, 32, 16, 32, 16], 8 * 1.5f + 2.5f },
        { "aligned, a point samples its place", new RoiAlign(1, 1, Aligned: true), [0, 40, 24, 40, 24], 8 * 1 + 2 },
        { "aligned and adaptive, a point has no samples", new RoiAlign(1, 1, Sampling: 0, Aligned: true), [0, 40, 24, 40, 24], 0 },
        { "aligned and adaptive, an inverted box has no samples", new RoiAlign(1, 1, Sampling: 0, Aligned: true), [0, 80, 80, 24, 24], 0 },
        { "outside of the map is 0", new RoiAlign(1, 1), [0, 400, 24, 480, 90], 0 },
        { "a crop of a point is its place", new CropAndResize(2, 2), [0, 32, 16, 32, 16], 10 },
        { "a crop outside of the cell centres is 0", new CropAndResize(1, 1), [0, 112, 0, 114, 0], 0 },
        { "a point is the cells that a tenth of one touches", new PositionSensitiveRoiPooling(1, 1), [0, 32, 16, 31, 15], 10 },
        { "an inverted box samples one place", new PositionSensitiveRoiAlign(1, 1), [0, 32, 16, 0, 0], 10 },
        { "a box that is not finite is 0", new RoiMaxPooling(1, 1), [0, float.NaN, 16, 40, 40], 0 },
        { "a box that is not finite is 0", new RoiAlign(1, 1), [0, 8, float.NegativeInfinity, 40, 40], 0 },
    };

    [Theory]
    [MemberData(nameof(Degenerate))]
    public void Degenerate_boxes_give_what_is_documented(string rule, RegionPooling pooling, float[] region, float expected)
    {
        using var scope = NewDisposeScope();
        foreach (var path in Paths)
        {
            Assert.All(pooling.Pool(Ramp(1), RegionCases.Tensor(region), Scale, path).Floats(), value => Assert.True(Math.Abs(value - expected) < 1e-5, $"{rule}: {value}"));
        }
    }

    [Fact]
    public void Of_equal_cells_the_first_gets_the_gradient()
    {
        foreach (var path in Paths)
        {
            using var scope = NewDisposeScope();
            var map = zeros(1, 1, 4, 4).requires_grad_();
            new RoiMaxPooling(1, 1).Pool(map, tensor(new float[] { 0, 1, 1, 2, 3 }, [1, 5]), 1, path).sum().backward();
            Assert.Equal(5, Array.FindIndex(map.grad!.Floats(), g => g != 0));
        }
    }

    [Fact]
    public void Not_a_number_never_is_the_maximum_of_cells()
    {
        foreach (var path in Paths)
        {
            using var scope = NewDisposeScope();
            var map = tensor(new float[] { float.NaN, 1, float.NegativeInfinity, float.NaN }, [1, 1, 2, 2]);
            var regions = tensor(new float[] { 0, 0, 0, 1, 1, 0, 0, 1, 1, 1 }, [2, 5]);
            Assert.Equal([1f, 0f], new RoiMaxPooling(1, 1).Pool(map, regions, 1, path).Floats());
        }
    }

    [Fact]
    public void Position_sensitive_pooling_of_r_fcn_is_its_definition() => Against(new PositionSensitiveRoiPooling(3, 3), (map, r, c, i, j) =>
    {
        var (startX, startY) = (Round(r[1]) * Scale, Round(r[2]) * Scale);
        var (binX, binY) = (Math.Max((Round(r[3]) + 1) * Scale - startX, 0.1) / 3, Math.Max((Round(r[4]) + 1) * Scale - startY, 0.1) / 3);
        var (sum, count) = (0.0, 0);
        for (var y = Math.Max(0, (int)Math.Floor(i * binY + startY)); y < Math.Min(8, Math.Ceiling((i + 1) * binY + startY)); y++)
        {
            for (var x = Math.Max(0, (int)Math.Floor(j * binX + startX)); x < Math.Min(8, Math.Ceiling((j + 1) * binX + startX)); x++)
            {
                (sum, count) = (sum + map((c * 3 + i) * 3 + j, y, x), count + 1);
            }
        }
        return count == 0 ? 0 : sum / count;
    });

    [Fact]
    public void Position_sensitive_align_of_light_head_is_its_definition() => Against(new PositionSensitiveRoiAlign(3, 3), (map, r, c, i, j) =>
    {
        var (binX, binY) = (Math.Max(r[3] * Scale - r[1] * Scale, 0) / 3, Math.Max(r[4] * Scale - r[2] * Scale, 0) / 3);
        var best = double.NegativeInfinity;
        for (var s = 0; s < 4; s++)
        {
            var y = r[2] * Scale + i * binY + (s / 2 + 0.5) * binY / 2;
            var x = r[1] * Scale + j * binX + (s % 2 + 0.5) * binX / 2;
            best = Math.Max(best, Neighbours((yy, xx) => map((c * 3 + i) * 3 + j, yy, xx), y, x));
        }
        return best;
    });

    [Fact]
    public void Crop_and_resize_is_its_definition() => Against(new CropAndResize(3, 3), (map, r, c, i, j) =>
    {
        var y = r[2] * Scale + i * ((r[4] - r[2]) * Scale / 2);
        var x = r[1] * Scale + j * ((r[3] - r[1]) * Scale / 2);
        return y < 0 || y > 7 || x < 0 || x > 7 ? 0 : Neighbours((yy, xx) => map(c, yy, xx), y, x);
    });

    [Fact]
    public void A_position_sensitive_crop_is_a_crop_of_every_part_averaged() => Against(new PositionSensitiveCrop(3, 3, 6, 6), (map, r, c, i, j) =>
    {
        var (width, height) = ((r[3] - r[1]) / 3.0, (r[4] - r[2]) / 3.0);
        var sum = 0.0;
        for (var s = 0; s < 4; s++)
        {
            var (y, x) = ((r[2] + (i + s / 2) * height) * Scale, (r[1] + (j + s % 2) * width) * Scale);
            sum += y < 0 || y > 7 || x < 0 || x > 7 ? 0 : Neighbours((yy, xx) => map((i * 3 + j) * 2 + c, yy, xx), y, x) / 4;
        }
        return sum;
    });

    [Fact]
    public void Boxes_as_fractions_span_the_cell_centres()
    {
        using var scope = NewDisposeScope();
        var whole = new CropAndResize(8, 8).Pool(Ramp(1), tensor(new float[] { 0, 0, 0, 1, 1 }, [1, 5]), RegionScale.OfFractions(8, 8));
        Assert.InRange(RegionCases.Difference(Ramp(1).Floats(), whole.Floats()), 0, 1e-4);
    }

    [Fact]
    public void Voting_is_the_mean_of_the_bins()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([1.5f, 5.5f], PositionSensitivePooling.Vote(arange(8, dtype: ScalarType.Float32).view(1, 2, 2, 2)).Floats());
    }

    private static double Round(double value) => Math.Round(value, MidpointRounding.AwayFromZero);

    private static double Neighbours(Func<int, int, double> cell, double y, double x)
    {
        var sum = 0.0;
        for (var yy = (int)Math.Floor(y); yy <= Math.Floor(y) + 1; yy++)
        {
            for (var xx = (int)Math.Floor(x); xx <= Math.Floor(x) + 1; xx++)
            {
                sum += yy is < 0 or > 7 || xx is < 0 or > 7 ? 0 : (1 - Math.Abs(y - yy)) * (1 - Math.Abs(x - xx)) * cell(yy, xx);
            }
        }
        return sum;
    }

    // Random boxes with uneven corners, so that the definition in double precision rounds to the same side.
    private static void Against(RegionPooling pooling, Func<Func<int, int, int, double>, float[], int, int, int, double> definition)
    {
        using var scope = NewDisposeScope();
        var map = randn(1, 18, 8, 8, generator: new Generator(11));
        var cells = map.Floats();
        var random = new Random(6);
        for (var n = 0; n < 30; n++)
        {
            float[] region = [0, random.NextSingle() * 140 - 20, random.NextSingle() * 140 - 20, random.NextSingle() * 160 - 10, random.NextSingle() * 160 - 10];
            if (n % 5 != 0)
            {
                (region[1], region[3]) = (Math.Min(region[1], region[3]), Math.Max(region[1], region[3]));
                (region[2], region[4]) = (Math.Min(region[2], region[4]), Math.Max(region[2], region[4]));
            }
            foreach (var path in Paths)
            {
                var result = pooling.Pool(map, RegionCases.Tensor(region), Scale, path);
                var (values, channels) = (result.Floats(), (int)result.shape[1]);
                for (var c = 0; c < channels; c++)
                {
                    for (var bin = 0; bin < 9; bin++)
                    {
                        var expected = definition((k, y, x) => cells[(k * 8 + y) * 8 + x], region, c, bin / 3, bin % 3);
                        Assert.Equal(expected, values[c * 9 + bin], 1e-4);
                    }
                }
            }
        }
    }
}
