// Reading and writing through the indexer.
using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class IndexingTests
{
    private static Tensor Grid() => arange(12, ScalarType.Float32).reshape(3, 4);

    public static TheoryData<string, TensorIndex[], long[], double[]> Readings => new()
    {
        { "a row", [1], [4], [4, 5, 6, 7] },
        { "a row from the end", [-1], [4], [8, 9, 10, 11] },
        { "an element", [1, 2], [], [6] },
        { "a column", [TensorIndex.Colon, 1], [3], [1, 5, 9] },
        { "the last of each row", [TensorIndex.Ellipsis, -1], [3], [3, 7, 11] },
        { "a slice", [TensorIndex.Slice(1, 3), TensorIndex.Slice(0, 2)], [2, 2], [4, 5, 8, 9] },
        { "a slice with a step", [0, TensorIndex.Slice(0, null, 2)], [2], [0, 2] },
        { "a slice with a negative start", [0, TensorIndex.Slice(-2)], [2], [2, 3] },
        { "a slice beyond the end", [0, TensorIndex.Slice(2, 100)], [2], [2, 3] },
        { "an empty slice", [0, TensorIndex.Slice(3, 1)], [0], [] },
        { "a range", [1..3, 0..1], [2, 1], [4, 8] },
        { "a range from the end", [0, 1..^1], [2], [1, 2] },
        { "a new axis", [TensorIndex.None, 0], [1, 4], [0, 1, 2, 3] },
        { "a new axis after an ellipsis", [0, TensorIndex.Ellipsis, TensorIndex.Null], [4, 1], [0, 1, 2, 3] },
        { "true", [TensorIndex.Bool(true), 0, 0], [1], [0] },
        { "false", [TensorIndex.Bool(false), 0], [0, 4], [] },
    };

    public static TheoryData<string, Func<Tensor, Tensor>, long[], double[]> TensorReadings => new()
    {
        { "rows by number", g => g[tensor(new long[] { 2, 0 })], [2, 4], [8, 9, 10, 11, 0, 1, 2, 3] },
        { "pairs", g => g[tensor(new long[] { 0, 2 }), tensor(new long[] { 1, 3 })], [2], [1, 11] },
        { "columns by number", g => g[TensorIndex.Colon, TensorIndex.Tensor(tensor(new long[] { 3, 0 }))], [3, 2], [3, 0, 7, 4, 11, 8] },
        { "a matrix of numbers", g => g[0][tensor(new long[] { 0, 1, 2, 3 }).reshape(2, 2)], [2, 2], [0, 1, 2, 3] },
        { "a mask", g => g[g.gt(8)], [3], [9, 10, 11] },
        { "a mask of rows", g => g[tensor(new[] { true, false, true })], [2, 4], [0, 1, 2, 3, 8, 9, 10, 11] },
        { "a mask and a slice", g => g[TensorIndex.Tensor(tensor(new[] { false, true, false })), TensorIndex.Slice(1, 3)], [1, 2], [5, 6] },
        { "a number and a tensor", g => g[TensorIndex.Single(1), TensorIndex.Tensor(tensor(new long[] { 1, 1 }))], [2], [5, 5] },
        { "a mask that nothing meets", g => g[g.gt(100)], [0], [] },
    };

    [Theory, MemberData(nameof(Readings))]
    public void Reading_gives_what_Python_gives(string what, TensorIndex[] indices, long[] shape, double[] expected)
    {
        using var scope = NewDisposeScope();
        Assert.NotEmpty(what);
        Expect.Values(Grid()[indices], shape, expected);
    }

    [Theory, MemberData(nameof(TensorReadings))]
    public void Reading_by_tensors_gives_what_Python_gives(string what, Func<Tensor, Tensor> read, long[] shape, double[] expected)
    {
        using var scope = NewDisposeScope();
        Assert.NotEmpty(what);
        Expect.Values(read(Grid()), shape, expected);
    }

    public static TheoryData<string, Action<Tensor>, double[]> Writings => new()
    {
        { "an element", g => g[1, 1] = 9f, [0, 1, 2, 3, 9, 5] },
        { "a row", g => g[0] = tensor(new float[] { 7, 8, 9 }), [7, 8, 9, 3, 4, 5] },
        { "a row by a number", g => g[0] = 7f, [7, 7, 7, 3, 4, 5] },
        { "a column", g => g[TensorIndex.Colon, 2] = tensor(new float[] { 7, 8 }), [0, 1, 7, 3, 4, 8] },
        { "a slice", g => g[TensorIndex.Colon, 1..3] = 0f, [0, 0, 0, 3, 0, 0] },
        { "a slice by a row of another type", g => g[TensorIndex.Colon, 0..2] = tensor(new long[] { 8, 9 }), [8, 9, 2, 8, 9, 5] },
        { "a mask", g => g[g.gt(2)] = -1f, [0, 1, 2, -1, -1, -1] },
        { "pairs", g => g[tensor(new long[] { 0, 1 }), tensor(new long[] { 2, 0 })] = tensor(new float[] { 7, 8 }), [0, 1, 7, 8, 4, 5] },
        { "index_put_ with a number", g => g.index_put_((Scalar)5f, TensorIndex.Single(1), TensorIndex.Colon), [0, 1, 2, 5, 5, 5] },
    };

    [Theory, MemberData(nameof(Writings))]
    public void Writing_changes_what_is_indexed_and_nothing_else(string what, Action<Tensor> write, double[] expected)
    {
        using var scope = NewDisposeScope();
        Assert.NotEmpty(what);
        var grid = arange(6, ScalarType.Float32).reshape(2, 3);
        write(grid);
        Expect.Values(grid, [2, 3], expected);
    }

    [Fact]
    public void Accumulating_adds_up_repeated_indices()
    {
        using var scope = NewDisposeScope();
        var counts = zeros(3);
        counts.index_put_(ones(4), [TensorIndex.Tensor(tensor(new long[] { 0, 2, 2, 2 }))], accumulate: true);
        Expect.Row(counts, 1, 0, 3);
    }

    [Fact]
    public void A_view_shares_memory_with_its_tensor()
    {
        using var scope = NewDisposeScope();
        var grid = Grid();
        grid[1].fill_(0);
        Expect.Values(grid[1..3], [2, 4], 0, 0, 0, 0, 8, 9, 10, 11);
    }

    [Fact]
    public void An_index_out_of_range_is_an_error()
    {
        using var scope = NewDisposeScope();
        var grid = Grid();
        Assert.Throws<ExternalException>(() => grid[3]);
        Assert.Throws<ExternalException>(() => grid[0, 0, 0]);
    }

    [Fact]
    public void Gather_and_scatter_are_inverse_on_a_permutation()
    {
        using var scope = NewDisposeScope();
        var order = tensor(new long[] { 2, 0, 1 });
        var values = tensor(new float[] { 5, 6, 7 });
        Expect.Row(values.gather(0, order), 7, 5, 6);
        Expect.Row(zeros(3).scatter(0, order, values.gather(0, order)), 5, 6, 7);
        Expect.Row(zeros(3).scatter_add_(0, zeros(3, ScalarType.Int64), values), 18, 0, 0);
        Expect.Row(zeros(3).index_add_(0, order, values, 2), 12, 14, 10);
    }
}
