// Reductions, order and counts.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class ReductionTests
{
    public static TheoryData<string, Func<Tensor, Tensor>, long[], double[]> Reductions => new()
    {
        { "sum", x => x.sum(), [], [21] },
        { "sum of rows", x => x.sum(1), [2], [6, 15] },
        { "sum of columns, kept", x => x.sum([0], keepdim: true), [1, 3], [5, 7, 9] },
        { "mean", x => x.mean(), [], [3.5] },
        { "mean of columns", x => x.mean([0]), [3], [2.5, 3.5, 4.5] },
        { "product", x => x.prod(1), [2], [6, 120] },
        { "max", x => x.max(), [], [6] },
        { "min", x => x.min(), [], [1] },
        { "max of columns", x => x.max(0).values, [3], [4, 5, 6] },
        { "where the max of rows is", x => x.max(1).indexes, [2], [2, 2] },
        { "amax of two dimensions", x => x.amax([0, 1]), [], [6] },
        { "amin of rows", x => x.amin([1]), [2], [1, 4] },
        { "argmax", x => x.argmax(), [], [5] },
        { "argmin of columns", x => x.argmin(0), [3], [0, 0, 0] },
        { "norm", x => x.norm(), [], [Math.Sqrt(91)] },
        { "norm of rows", x => x.norm(1), [2], [Math.Sqrt(14), Math.Sqrt(77)] },
        { "variance", x => x.var(), [], [3.5] },
        { "biased standard deviation", x => x.std(unbiased: false), [], [Math.Sqrt(17.5 / 6)] },
        { "standard deviation of rows", x => x.std(1), [2], [1, 1] },
        { "cumulative sum", x => x.cumsum(1), [2, 3], [1, 3, 6, 4, 9, 15] },
        { "logsumexp", x => x.logsumexp(1), [2], [3.40760596, 6.40760596] },
        { "any", x => x.gt(5).any(), [], [1] },
        { "all of rows", x => x.gt(3).all(1), [2], [0, 1] },
        { "count of non-zeros", x => x.gt(2).count_nonzero(), [], [4] },
        { "count of non-zeros in columns", x => x.gt(2).count_nonzero([0]), [3], [1, 1, 2] },
        { "softmax", x => x.softmax(0)[0], [3], [0.04742587, 0.04742587, 0.04742587] },
        { "log softmax", x => x.log_softmax(0)[1], [3], [-0.04858735, -0.04858735, -0.04858735] },
        { "median", x => x.median(), [], [3] },
    };

    [Theory, MemberData(nameof(Reductions))]
    public void Reductions_give_the_expected_shape_and_numbers(
        string name, Func<Tensor, Tensor> op, long[] shape, double[] expected)
    {
        using var scope = NewDisposeScope();
        Assert.NotEmpty(name);
        Expect.Values(op(tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3])), shape, expected);
    }

    [Fact]
    public void Sorting_gives_values_and_places()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 3, 1, 2, 1 });
        var (values, indices) = x.sort(stable: true);
        Expect.Row(values, 1, 1, 2, 3);
        Expect.Row(indices, 1, 3, 2, 0);
        Expect.Row(x.sort(descending: true).Values, 3, 2, 1, 1);
        Expect.Row(x.argsort(descending: true)[0..2], 0, 2);
        var (top, places) = x.topk(2);
        Expect.Row(top, 3, 2);
        Expect.Row(places, 0, 2);
    }

    [Fact]
    public void Unique_finds_values_inverse_and_counts()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new long[] { 4, 2, 4, 4 });
        var (values, inverse, counts) = x.unique(return_inverse: true, return_counts: true);
        Expect.Row(values, 2, 4);
        Expect.Row(inverse!, 1, 0, 1, 1);
        Expect.Row(counts!, 1, 3);
        Assert.Null(x.unique().counts);
        Expect.Row(x.unique_consecutive().output, 4, 2, 4);
        Expect.Row(x.bincount(null, 6), 0, 0, 1, 0, 3, 0);
    }

    [Fact]
    public void Nonzero_and_where_list_places()
    {
        using var scope = NewDisposeScope();
        var mask = tensor(new[] { false, true, true });
        Expect.Values(mask.nonzero(), [2, 1], 1, 2);
        Expect.Row(where(mask)[0], 1, 2);
        Expect.Row(tensor(new float[] { 1, 2, 3 }).masked_select(mask), 2, 3);
        Expect.Row(bucketize(tensor(new float[] { 0, 5, 9 }), tensor(new float[] { 1, 6 })), 0, 1, 2);
    }
}
