// Where tensors of TorchSharp 0.107 (or of the libtorch 1.13 under it) do less than PyTorch documents and the stand-in does that.
// On the real package these tests fail; what must run on both does not rely on it.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests.StandIn;

public class TensorDefectTests
{
    [Fact]
    public void Zero_in_place_returns_the_tensor_itself()
    {
        using var scope = NewDisposeScope();
        var x = ones(2);
        Assert.Same(x, x.zero_());
    }

    [Fact]
    public void An_empty_tensor_of_any_shape_is_an_empty_array()
    {
        using var scope = NewDisposeScope();
        Assert.Empty(zeros(0, 4).data<float>().ToArray());
        Assert.Empty(zeros(4, 0).data<float>().ToArray());
    }

    [Fact]
    public void The_accessor_writes_by_the_number_of_the_element()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2, 2);
        var data = x.data<float>();
        data[3] = 8;
        Expect.Values(x, [2, 2], 0, 0, 0, 8);
    }

    [Fact]
    public void A_view_that_is_not_contiguous_is_saved_as_it_reads()
    {
        using var scope = NewDisposeScope();
        var x = rand(3, 200).t();
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
            x.Save(writer);
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        Assert.True(TensorExtensionMethods.Load(reader).Equals(x));
    }

    [Fact]
    public void Leading_ones_of_an_assigned_value_are_dropped()
    {
        using var scope = NewDisposeScope();
        var grid = arange(6, ScalarType.Float32).reshape(2, 3);
        grid[1] = tensor(new float[] { 6, 7, 8 }).reshape(1, 1, 3);
        Expect.Values(grid, [2, 3], 0, 1, 2, 6, 7, 8);
    }

    [Fact]
    public void Indices_may_have_32_bits()
    {
        using var scope = NewDisposeScope();
        Expect.Row(tensor(new float[] { 4, 5, 6 })[tensor(new[] { 2, 1 })], 6, 5);
    }

    [Fact]
    public void Shapes_of_different_lengths_broadcast_from_the_right() => Assert.Equal([4, 3, 2], broadcast_shapes([4, 1, 2], [3, 1]).Shape);
}
