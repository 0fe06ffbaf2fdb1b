// Region operators against torchvision 0.14: results, gradients and indices that region_operators.py wrote.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class TorchvisionParityTests
{
    private const double Scale = 1.0 / 8;
    private static readonly string Arrays = Path.Combine(AppContext.BaseDirectory, "Assets", "region-operators.npz");

    private static readonly Dictionary<string, (string Map, RegionPooling Operator)> Cases = new()
    {
        ["roi_pool"] = ("plain", new RoiMaxPooling(7, 7)),
        ["roi_pool_3x5"] = ("plain", new RoiMaxPooling(3, 5)),
        ["roi_align_1_legacy"] = ("plain", new RoiAlign(5, 4, Sampling: 1)),
        ["roi_align_1_aligned"] = ("plain", new RoiAlign(5, 4, Sampling: 1, Aligned: true)),
        ["roi_align_2_legacy"] = ("plain", new RoiAlign(5, 4)),
        ["roi_align_2_aligned"] = ("plain", new RoiAlign(5, 4, Aligned: true)),
        ["roi_align_0_legacy"] = ("plain", new RoiAlign(5, 4, Sampling: 0)),
        ["roi_align_0_aligned"] = ("plain", new RoiAlign(5, 4, Sampling: 0, Aligned: true)),
        ["ps_roi_pool"] = ("sensitive", new PositionSensitiveRoiPooling(3, 3, PositionSensitiveBins.Torchvision)),
        ["ps_roi_align_2"] = ("sensitive", new PositionSensitiveRoiAlign(3, 3, PositionSensitiveSamples.Torchvision)),
        ["ps_roi_align_0"] = ("sensitive", new PositionSensitiveRoiAlign(3, 3, PositionSensitiveSamples.Torchvision, Sampling: 0)),
    };

    public static IEnumerable<object[]> Names => Cases.Keys.SelectMany(name => new[]
    {
        new object[] { name, RegionPath.HostKernels }, [name, RegionPath.TensorOperations],
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Results_and_gradients_are_those_of_torchvision(string name, RegionPath path)
    {
        using var scope = NewDisposeScope();
        var (map, pooling) = Cases[name];
        var regions = Array("regions");
        if (name == "ps_roi_align_0")
        {
            regions = regions.index_select(0, Array("has_area").nonzero().flatten());
        }
        var expected = Array(name + ".result");
        var upstream = Array("upstream");
        for (var i = 0; i < 4; i++)
        {
            upstream = upstream.narrow(i, 0, expected.shape[i]);
        }
        var (result, gradient) = RegionCases.Run(pooling, Array(map), regions, Scale, path, upstream.contiguous());
        Assert.InRange(RegionCases.Difference(expected.Floats(), result), 0, 1e-5);
        Assert.InRange(RegionCases.Difference(Array(name + ".gradient").Floats(), gradient), 0, 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(9)]
    public void Suppression_keeps_the_boxes_that_torchvision_keeps(int tenths)
    {
        using var scope = NewDisposeScope();
        var (boxes, scores, classes) = (Array("nms.boxes"), Array("nms.scores"), Array("nms.classes").to(ScalarType.Int64));
        var expected = Array($"nms.{tenths}").to(ScalarType.Int64).Longs();
        Assert.Equal(expected, NonMaximumSuppression.KeepOnHost(boxes, scores, null, tenths / 10.0).Longs());
        Assert.Equal(expected, NonMaximumSuppression.KeepByTensors(boxes, scores, null, tenths / 10.0).Longs());
        expected = Array($"nms.{tenths}.classes").to(ScalarType.Int64).Longs();
        Assert.Equal(expected, NonMaximumSuppression.KeepOnHost(boxes, scores, classes, tenths / 10.0).Longs());
        Assert.Equal(expected, NonMaximumSuppression.KeepByTensors(boxes, scores, classes, tenths / 10.0).Longs());
    }

    private static Tensor Array(string name)
    {
        var array = Npz.Read(Arrays, name);
        return tensor(array.Values, array.Shape);
    }
}
