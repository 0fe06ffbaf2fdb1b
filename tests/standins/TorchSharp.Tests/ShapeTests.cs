// Shapes, views, joining and creation.
using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class ShapeTests
{
    public static TheoryData<string, Func<Tensor, Tensor>, long[]> Views => new()
    {
        { "view", x => x.view(4, 6), [4, 6] },
        { "view with an inferred extent", x => x.view(-1, 2), [12, 2] },
        { "reshape", x => x.reshape(24), [24] },
        { "flatten", x => x.flatten(), [24] },
        { "flatten the last two", x => x.flatten(1), [2, 12] },
        { "permute", x => x.permute(2, 0, 1), [4, 2, 3] },
        { "transpose", x => x.transpose(0, 2), [4, 3, 2] },
        { "matrix transpose", x => x.mT, [2, 4, 3] },
        { "unsqueeze", x => x.unsqueeze(-1), [2, 3, 4, 1] },
        { "squeeze", x => x.unsqueeze(0).squeeze(0), [2, 3, 4] },
        { "squeeze all", x => x.unsqueeze(0).unsqueeze(2).squeeze(), [2, 3, 4] },
        { "expand", x => x.unsqueeze(0).expand(5, -1, -1, -1), [5, 2, 3, 4] },
        { "repeat", x => x.repeat(1, 2, 1), [2, 6, 4] },
        { "narrow", x => x.narrow(2, 1, 2), [2, 3, 2] },
        { "select", x => x.select(1, 0), [2, 4] },
        { "slice", x => x.slice(2, 0, 4, 2), [2, 3, 2] },
        { "unflatten", x => x.unflatten(2, 2, 2), [2, 3, 2, 2] },
        { "movedim", x => x.movedim([0], [2]), [3, 4, 2] },
        { "unfold", x => x.unfold(2, 2, 1), [2, 3, 3, 2] },
        { "stack", x => stack([x, x], 1), [2, 2, 3, 4] },
        { "cat", x => cat([x, x], 1), [2, 6, 4] },
        { "vstack", x => vstack([x, x]), [4, 3, 4] },
        { "hstack", x => hstack(x, x), [2, 6, 4] },
        { "broadcast_to", x => x[0, 0].broadcast_to(3, 4), [3, 4] },
        { "diag", x => x[0, 0].diag(), [4, 4] },
        { "tril", x => x.tril(), [2, 3, 4] },
    };

    [Theory, MemberData(nameof(Views))]
    public void Shape_operations_give_the_expected_shape(string name, Func<Tensor, Tensor> op, long[] shape)
    {
        using var scope = NewDisposeScope();
        Assert.NotEmpty(name);
        Assert.Equal(shape, op(rand(2, 3, 4)).shape);
    }

    [Fact]
    public void Pieces_put_together_are_the_whole()
    {
        using var scope = NewDisposeScope();
        var x = arange(10, ScalarType.Float32);
        Assert.Equal([4, 4, 2], x.split(4).Select(p => p.shape[0]));
        Assert.Equal([3, 7], x.split([3, 7]).Select(p => p.shape[0]));
        Assert.Equal([4, 4, 2], x.chunk(3).Select(p => p.shape[0]));
        Assert.True(cat(x.split(3)).Equals(x));
        Assert.Equal(10, x.unbind().Length);
    }

    [Fact]
    public void Turning_and_rolling()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2, 3 });
        Expect.Row(x.flip(0), 3, 2, 1);
        Expect.Row(x.roll(1), 3, 1, 2);
        Expect.Row(x.repeat_interleave(2), 1, 1, 2, 2, 3, 3);
        var grid = meshgrid([tensor(new float[] { 0, 1 }), x], indexing: "ij");
        Expect.Values(grid[0], [2, 3], 0, 0, 0, 1, 1, 1);
        Expect.Values(grid[1], [2, 3], 1, 2, 3, 1, 2, 3);
        Assert.Equal([4, 3, 2], broadcast_shapes([4, 1, 2], [1, 3, 1]).Shape);
    }

    [Fact]
    public void Creation_functions_fill_as_they_say()
    {
        using var scope = NewDisposeScope();
        Expect.Values(zeros(2, 2), [2, 2], 0, 0, 0, 0);
        Expect.Row(ones(2), 1, 1);
        Expect.Row(full(2, 7), 7, 7);
        Assert.Equal((ScalarType.Int64, ScalarType.Float32), (full(2, 7).dtype, full(2, 7.5).dtype));
        Expect.Row(arange(1, 7, 2), 1, 3, 5);
        Expect.Row(linspace(0, 1, 3), 0, 0.5, 1);
        Expect.Values(eye(2), [2, 2], 1, 0, 0, 1);
        Expect.Values(tensor(new float[,] { { 1, 2 }, { 3, 4 } }), [2, 2], 1, 2, 3, 4);
        Expect.Row(full_like(ones(2), 4), 4, 4);
        Expect.Row(ones(2, ScalarType.Int64).new_zeros(3), 0, 0, 0);
        Assert.Equal([0, 4], empty(0, 4).shape);
        Assert.Equal(ScalarType.Int64, arange(3).dtype);
        Assert.Equal(ScalarType.Float32, arange(0.5).dtype);
    }

    [Fact]
    public void Facts_about_a_tensor()
    {
        using var x = zeros(2, 3, ScalarType.Float64);
        Assert.Equal((2, 6, 8), (x.ndim, x.numel(), x.element_size()));
        Assert.Equal([3, 1], x.stride());
        Assert.Equal(3, x.size(-1));
        Assert.Equal(DeviceType.CPU, x.device_type);
        Assert.Equal("cpu", x.device.ToString());
        Assert.True(x.is_contiguous());
        using var transposed = x.t();
        Assert.False(transposed.is_contiguous());
        Assert.Equal("[2x3], type = Float64, device = cpu", x.ToString());
    }

    [Fact]
    public void Errors_of_libtorch_become_exceptions()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ExternalException>(() => ones(2, 3).mm(ones(2, 3)));
        Assert.Contains("2x3", error.Message);
        Assert.Throws<ExternalException>(() => ones(3).view(2));
        Assert.Throws<ExternalException>(() => ones(2) + ones(3));
        Assert.Throws<ArgumentException>(() => cat(new List<Tensor>()));
        // What failed leaves nothing behind.
        Expect.Row(ones(2) + ones(2), 2, 2);
    }
}
