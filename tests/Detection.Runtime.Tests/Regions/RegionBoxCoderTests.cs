// Box coding under each pixel convention, against numbers worked out by hand.
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class RegionBoxCoderTests
{
    private static readonly float[] Region = [10, 20, 29, 59];
    private static readonly float[] Object = [15, 30, 34, 49];

    private static Tensor Rows(params float[] values) => tensor(values, [values.Length / 4, 4]);

    public static TheoryData<BoxConvention, double[], float[]> Conventions => new()
    {
        // 19 x 39 and 19 x 19.
        { BoxConvention.Continuous, [5 / 19.0, 0, 0, Math.Log(19 / 39.0)], [15, 30, 34, 49] },
        // 20 x 40 and 20 x 20, centres (19.5, 39.5) and (24.5, 39.5).
        { BoxConvention.Inclusive, [0.25, 0, 0, Math.Log(0.5)], [15, 30, 34, 49] },
        // The same differences, but decoding adds half of the size to a centre that lies half a pixel further.
        { BoxConvention.InclusiveEndingLate, [0.25, 0, 0, Math.Log(0.5)], [15, 30, 35, 50] },
    };

    [Theory]
    [MemberData(nameof(Conventions))]
    public void Targets_and_decoded_boxes_are_those_of_the_convention(BoxConvention convention, double[] targets, float[] decoded)
    {
        using var scope = NewDisposeScope();
        var coder = new RegionBoxCoder { Convention = convention };
        var deltas = coder.Encode(Rows(Object), Rows(Region));
        Assert.InRange(RegionCases.Difference([.. targets.Select(t => (float)t)], deltas.Floats()), 0, 1e-6);
        Assert.InRange(RegionCases.Difference(decoded, coder.Decode(deltas, Rows(Region)).Floats()), 0, 1e-5);
    }

    [Fact]
    public void Means_are_subtracted_and_deviations_divide()
    {
        using var scope = NewDisposeScope();
        var coder = new RegionBoxCoder { Convention = BoxConvention.Inclusive, Means = (0.05, 0, 0, 0.5), Deviations = (0.1, 0.1, 0.2, 0.2) };
        var deltas = coder.Encode(Rows(Object), Rows(Region));
        Assert.InRange(RegionCases.Difference([2, 0, 0, (float)((Math.Log(0.5) - 0.5) / 0.2)], deltas.Floats()), 0, 1e-5);
        Assert.InRange(RegionCases.Difference(Object, coder.Decode(deltas, Rows(Region)).Floats()), 0, 1e-5);
    }

    [Fact]
    public void Decoding_undoes_encoding()
    {
        Prop.ForAll(BoxArbitrary.Boxes, boxes =>
        {
            using var scope = NewDisposeScope();
            var objects = BoxArbitrary.ToTensor(boxes) + tensor(new float[] { 0, 0, 1, 1 }, [1, 4]);
            return new[] { BoxConvention.Continuous, BoxConvention.Inclusive }.All(convention =>
            {
                var coder = new RegionBoxCoder { Convention = convention };
                var regions = tensor(new float[] { 3, 4, 12, 25 }, [1, 4]);
                return RegionCases.Difference(objects.Floats(), coder.Decode(coder.Encode(objects, regions), regions).Floats()) < 1e-3;
            });
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_wild_prediction_gives_a_large_box_and_one_without_size_a_finite_target()
    {
        using var scope = NewDisposeScope();
        var wild = new RegionBoxCoder().Decode(Rows(0, 0, 200, 0), Rows(Region)).Floats();
        Assert.Equal(19 * 62.5, wild[2] - wild[0], 0.1);
        Assert.All(new RegionBoxCoder().Encode(Rows(5, 5, 5, 5), Rows(Region)).Floats(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Other_shapes_are_refused() =>
        Assert.Contains("[..., 4], not [2, 5]", Assert.Throws<ArgumentException>(() => new RegionBoxCoder().Encode(zeros(2, 5), zeros(2, 4))).Message);
}
