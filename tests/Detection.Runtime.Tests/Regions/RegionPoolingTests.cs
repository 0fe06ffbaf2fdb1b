// Properties that every region operator has: both implementations agree, gradients are right, results are linear where they are means.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class RegionPoolingTests
{
    private const double Scale = 1.0 / 8;

    public static IEnumerable<object[]> Names => RegionCases.Names;

    private static Tensor Map(int seed, long images = 2, long channels = 12) => randn(images, channels, 11, 13, generator: new Generator((ulong)seed));

    [Theory]
    [MemberData(nameof(Names))]
    public void Kernels_and_tensor_operations_agree(string name)
    {
        var pooling = RegionCases.Operators[name];
        for (var seed = 0; seed < 3; seed++)
        {
            using var scope = NewDisposeScope();
            // 36 and 72 channels fill the last block of sixteen in part.
            var channels = (seed % 3) switch { 0 => 12L, 1 => 36, _ => 72 };
            var (map, regions) = (Map(seed, 1 + seed % 3, channels), RegionCases.Tensor(RegionCases.Regions(seed, 44, 1 + seed % 3)));
            var (kernel, kernelGradient) = RegionCases.Run(pooling, map, regions, Scale, RegionPath.HostKernels);
            var (operations, operationsGradient) = RegionCases.Run(pooling, map, regions, Scale, RegionPath.TensorOperations);
            Assert.InRange(RegionCases.Difference(kernel, operations), 0, 1e-5);
            Assert.InRange(RegionCases.Difference(kernelGradient, operationsGradient), 0, 1e-4);
            Assert.All(kernel, value => Assert.True(float.IsFinite(value)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_the_slopes_of_the_result(string name)
    {
        using var scope = NewDisposeScope();
        var pooling = RegionCases.Operators[name];
        var (map, regions) = (Map(7, 1).to(ScalarType.Float64), RegionCases.Tensor(RegionCases.Regions(7, 11, 1)));
        var leaf = map.clone().requires_grad_();
        var result = pooling.Pool(leaf, regions, Scale);
        var weights = (arange(result.numel(), dtype: ScalarType.Float64) * 0.3).cos().view(result.shape);
        (result * weights).sum().backward();
        var (_, kernelGradient) = RegionCases.Run(pooling, map.to(ScalarType.Float32), regions, Scale, RegionPath.HostKernels, weights.to(ScalarType.Float32));
        var random = new Random(3);
        for (var i = 0; i < 8; i++)
        {
            using var round = NewDisposeScope();
            var direction = zeros_like(map);
            var cell = random.Next((int)map.numel());
            direction.view(-1)[cell] = 1e-6;
            using var none = no_grad();
            var slope = ((pooling.Pool(map + direction, regions, Scale) - pooling.Pool(map - direction, regions, Scale)) * weights).sum().item<double>() / 2e-6;
            Assert.Equal(slope, leaf.grad!.view(-1)[cell].item<double>(), 1e-6);
            Assert.Equal(slope, kernelGradient[cell], 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_of_the_gradient_is_the_operator_again(string name)
    {
        using var scope = NewDisposeScope();
        var pooling = RegionCases.Operators[name];
        if (pooling is CropAndResize { MaxPool: > 1 })
        {
            // libtorch's own max pooling comes after the kernel; that is not this test's matter.
            return;
        }
        var (map, regions) = (Map(8).requires_grad_(), RegionCases.Tensor(RegionCases.Regions(8, 22, 2)));
        var result = pooling.Pool(map, regions, Scale, RegionPath.HostKernels);
        var upstream = ones_like(result).requires_grad_();
        var gradient = autograd.grad([result], [map], [upstream], create_graph: true)[0];
        // <gradient, map> is linear in upstream, with the result as its slope: the operator is homogeneous.
        var again = autograd.grad([(gradient * map.detach()).sum()], [upstream])[0];
        Assert.InRange(RegionCases.Difference(result.Floats(), again.Floats()), 0, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Means_are_linear_and_maxima_homogeneous(string name)
    {
        using var scope = NewDisposeScope();
        var pooling = RegionCases.Operators[name];
        var regions = RegionCases.Tensor(RegionCases.Regions(9, 33, 2));
        var (a, b) = (Map(1), Map(2));
        var isMaximum = pooling is RoiMaxPooling or CropAndResize { MaxPool: > 1 } or PositionSensitiveRoiAlign { Samples: PositionSensitiveSamples.Greatest };
        var (left, right) = isMaximum
            ? (pooling.Pool(a * 3, regions, Scale), pooling.Pool(a, regions, Scale) * 3)
            : (pooling.Pool(a * 3 - b, regions, Scale), pooling.Pool(a, regions, Scale) * 3 - pooling.Pool(b, regions, Scale));
        Assert.InRange(RegionCases.Difference(left.Floats(), right.Floats()), 0, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_regions_give_an_empty_result_and_a_gradient_of_zeros(string name)
    {
        foreach (var path in new[] { RegionPath.HostKernels, RegionPath.TensorOperations })
        {
            using var scope = NewDisposeScope();
            var map = Map(1).requires_grad_();
            var result = RegionCases.Operators[name].Pool(map, zeros(0, 5), Scale, path);
            Assert.Equal([0, RegionCases.Operators[name].OutputChannels(12), RegionCases.Operators[name].Height, RegionCases.Operators[name].Width], result.shape);
            result.sum().backward();
            Assert.All(map.grad!.Floats(), value => Assert.Equal(0, value));
        }
    }

    public static IEnumerable<object[]> NamesAndChannels =>
        RegionCases.Operators.Keys.SelectMany(name => new[] { 12, 72 }.Select(channels => new object[] { name, channels }));

    [Theory]
    [MemberData(nameof(NamesAndChannels))]
    public void Each_region_has_the_result_that_it_has_alone(string name, int channels)
    {
        using var scope = NewDisposeScope();
        var pooling = RegionCases.Operators[name];
        // Many classes and regions are pooled sixteen classes at a time, one region by itself is not; to the last bit the same.
        var (map, regions) = (Map(4, channels: channels), RegionCases.Tensor(RegionCases.Regions(4, 22, 2)));
        var together = pooling.Pool(map, regions, Scale);
        for (var i = 0; i < 22; i++)
        {
            var image = (long)regions[i, 0].item<float>();
            var alone = regions.narrow(0, i, 1).clone();
            alone[0, 0] = 0f;
            Assert.Equal(together.narrow(0, i, 1).Floats(), pooling.Pool(map.narrow(0, image, 1), alone, Scale).Floats());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Maps_in_any_memory_layout_and_gradients_of_one_number_are_taken(string name)
    {
        using var scope = NewDisposeScope();
        var pooling = RegionCases.Operators[name];
        var regions = RegionCases.Tensor(RegionCases.Regions(5, 22, 2));
        var turned = Map(5).transpose(2, 3).contiguous().transpose(2, 3).requires_grad_();
        var plain = turned.detach().contiguous().requires_grad_();
        // sum() hands back one number expanded to the shape, in no memory order at all.
        pooling.Pool(turned, regions, Scale, RegionPath.HostKernels).sum().backward();
        pooling.Pool(plain, regions, Scale, RegionPath.HostKernels).sum().backward();
        Assert.Equal(plain.grad!.Floats(), turned.grad!.contiguous().Floats());
    }

    public static TheoryData<RegionPooling, long[], long[], string> Mistakes => new()
    {
        { new RoiAlign(7, 7), [3, 8, 8], [1, 5], "RoiAlign: the map has the shape [N, C, H, W] with H and W from 1 on, not [3, 8, 8]." },
        { new RoiAlign(7, 7), [1, 3, 8, 8], [4, 4], "RoiAlign: regions have the shape [R, 5] (image index, x1, y1, x2, y2), not [4, 4]." },
        { new RoiAlign(7, 0), [1, 3, 8, 8], [4, 5], "RoiAlign: the result has at least one row and one column, not 7 x 0." },
        { new RoiAlign(7, 7, Sampling: -1), [1, 3, 8, 8], [4, 5], "Samples in a bin along an axis: 1 to 64, or 0 for as many as the bin has cells, not -1." },
        { new CropAndResize(7, 7, MaxPool: 0), [1, 3, 8, 8], [4, 5], "CropAndResize: the max pooling has a side of at least 1, not 0." },
        { new PositionSensitiveRoiPooling(3, 3), [1, 10, 8, 8], [4, 5], "PositionSensitiveRoiPooling: the map's channels are a multiple of 3 x 3 = 9 bins, not 10." },
        { new PositionSensitiveRoiAlign(2, 2, Sampling: 0), [1, 4, 8, 8], [4, 5], "PositionSensitiveRoiAlign: sampling 0 (adaptive) exists in torchvision's form only." },
        { new PositionSensitiveCrop(2, 2, 5, 4), [1, 4, 8, 8], [4, 5], "PositionSensitiveCrop: a crop of 5 x 4 does not divide into 2 x 2 bins." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void What_does_not_fit_is_refused_with_what_was_given(RegionPooling pooling, long[] map, long[] regions, string message)
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => pooling.Pool(zeros(map), zeros(regions), Scale));
        Assert.StartsWith(message, error.Message);
    }

    [Fact]
    public void An_image_index_beyond_the_batch_is_refused_with_the_region()
    {
        using var scope = NewDisposeScope();
        var regions = tensor(new float[] { 0, 1, 1, 9, 9, 2, 1, 1, 9, 9 }, [2, 5]);
        var error = Assert.Throws<ArgumentException>(() => new RoiAlign(2, 2).Pool(Map(1), regions, Scale));
        Assert.StartsWith("Region 1 names image 2; the map has 2.", error.Message);
        Assert.ThrowsAny<Exception>(() => new RoiAlign(2, 2).Pool(Map(1), regions, Scale, RegionPath.TensorOperations));
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        var threads = get_num_threads();
        try
        {
            foreach (var (name, pooling) in RegionCases.Operators)
            {
                var (map, regions) = (randn(2, 96, 24, 26), RegionCases.Tensor(RegionCases.Regions(3, 120, 2)));
                set_num_threads(1);
                var one = RegionCases.Run(pooling, map, regions, Scale, RegionPath.HostKernels);
                set_num_threads(4);
                var four = RegionCases.Run(pooling, map, regions, Scale, RegionPath.HostKernels);
                Assert.True(one.Result.SequenceEqual(four.Result) && one.Gradient.SequenceEqual(four.Gradient), name);
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }
}
