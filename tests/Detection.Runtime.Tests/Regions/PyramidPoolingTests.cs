// Regions over a feature pyramid against torchvision's MultiScaleRoIAlign.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class PyramidPoolingTests
{
    private static readonly string Arrays = Path.Combine(AppContext.BaseDirectory, "Assets", "region-operators.npz");
    private static readonly PyramidPooling Pyramid = new(new RoiAlign(3, 3), FinestLevel: 2, CanonicalLevel: 4, CanonicalSize: 56);

    private static Tensor Array(string name)
    {
        var array = Npz.Read(Arrays, name);
        return tensor(array.Values, array.Shape);
    }

    [Theory]
    [InlineData(RegionPath.HostKernels)]
    [InlineData(RegionPath.TensorOperations)]
    public void Levels_results_and_gradients_are_those_of_torchvision(RegionPath path)
    {
        using var scope = NewDisposeScope();
        var regions = Array("pyramid.regions");
        Assert.Equal(Array("pyramid.levels").to(ScalarType.Int64).Longs(), Pyramid.Levels(regions, 3).Longs());
        Tensor[] maps = [.. Enumerable.Range(0, 3).Select(k => Array($"pyramid.{k}").requires_grad_())];
        var result = Pyramid.Pool(maps, regions, path);
        Assert.InRange(RegionCases.Difference(Array("pyramid.result").Floats(), result.Floats()), 0, 1e-5);
        (result * Array("pyramid.factor")).sum().backward();
        for (var k = 0; k < 3; k++)
        {
            Assert.InRange(RegionCases.Difference(Array($"pyramid.{k}.gradient").Floats(), maps[k].grad!.Floats()), 0, 1e-4);
        }
    }

    [Theory]
    [InlineData(224, 224, 2)]
    [InlineData(223, 224, 1)]
    [InlineData(448, 448, 3)]
    [InlineData(112, 448, 2)]
    [InlineData(5, 5, 0)]
    [InlineData(5000, 5000, 3)]
    [InlineData(0, 40, 0)]
    [InlineData(float.NaN, 40, 0)]
    public void A_box_of_the_canonical_size_goes_to_level_four(float width, float height, long map)
    {
        using var scope = NewDisposeScope();
        var pyramid = new PyramidPooling(new RoiAlign(7, 7));
        Assert.Equal([map], pyramid.Levels(tensor(new float[] { 0, 10, 10, 10 + width, 10 + height }, [1, 5]), 4).Longs());
    }

    [Fact]
    public void No_regions_give_an_empty_result()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0, 3, 3, 3], Pyramid.Pool([zeros(1, 3, 8, 8), zeros(1, 3, 4, 4)], zeros(0, 5)).shape);
        Assert.Throws<ArgumentException>(() => Pyramid.Pool([], zeros(0, 5)));
    }
}
