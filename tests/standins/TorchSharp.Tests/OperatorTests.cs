// Results of operators on small arrays.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class OperatorTests
{
    private static readonly float[] Mixed = [-2, -0.5f, 0, 1.5f];
    private static readonly float[] Positive = [0.5f, 1, 2, 4];

    public static TheoryData<string, Func<Tensor, Tensor>, float[], Func<double, double>> Elementwise => new()
    {
        { "neg", x => -x, Mixed, v => -v },
        { "abs", x => x.abs(), Mixed, Math.Abs },
        { "exp", x => x.exp(), Mixed, Math.Exp },
        { "log", x => x.log(), Positive, Math.Log },
        { "log2", x => x.log2(), Positive, Math.Log2 },
        { "log1p", x => x.log1p(), Positive, v => Math.Log(1 + v) },
        { "expm1", x => x.expm1(), Mixed, v => Math.Exp(v) - 1 },
        { "sqrt", x => x.sqrt(), Positive, Math.Sqrt },
        { "rsqrt", x => x.rsqrt(), Positive, v => 1 / Math.Sqrt(v) },
        { "square", x => x.square(), Mixed, v => v * v },
        { "reciprocal", x => x.reciprocal(), Positive, v => 1 / v },
        { "sigmoid", x => x.sigmoid(), Mixed, v => 1 / (1 + Math.Exp(-v)) },
        { "tanh", x => x.tanh(), Mixed, Math.Tanh },
        { "sin", x => x.sin(), Mixed, Math.Sin },
        { "cos", x => x.cos(), Mixed, Math.Cos },
        { "atan", x => x.atan(), Mixed, Math.Atan },
        { "floor", x => x.floor(), Mixed, Math.Floor },
        { "ceil", x => x.ceil(), Mixed, Math.Ceiling },
        { "round", x => x.round(), Mixed, v => Math.Round(v, MidpointRounding.ToEven) },
        { "round to decimals", x => x.div(3).round(2), Mixed, v => Math.Round(v / 3, 2) },
        { "trunc", x => x.trunc(), Mixed, Math.Truncate },
        { "sign", x => x.sign(), Mixed, v => Math.Sign(v) },
        { "relu", x => x.relu(), Mixed, v => Math.Max(v, 0) },
        { "leaky relu", x => x.leaky_relu(0.1), Mixed, v => v > 0 ? v : 0.1 * v },
        { "pow", x => x.pow(2), Mixed, v => v * v },
        { "clamp", x => x.clamp(-1, 1), Mixed, v => Math.Clamp(v, -1, 1) },
        { "clamp below", x => x.clamp(min: 0.25), Mixed, v => Math.Max(v, 0.25) },
        { "clamp above", x => x.clamp(max: 0.25), Mixed, v => Math.Min(v, 0.25) },
        { "add a number", x => x + 2, Mixed, v => v + 2 },
        { "add to a number", x => 2.5 + x, Mixed, v => v + 2.5 },
        { "subtract", x => x - 2f, Mixed, v => v - 2 },
        { "subtract from a number", x => 2 - x, Mixed, v => 2 - v },
        { "multiply", x => x * 3, Mixed, v => v * 3 },
        { "divide", x => x / 4, Mixed, v => v / 4 },
        { "divide a number", x => 3 / x, Positive, v => 3 / v },
        { "divide with floor", x => x.div(0.4, RoundingMode.floor), Mixed, v => Math.Floor(v / 0.4) },
        { "divide with truncation", x => x.div(0.4, RoundingMode.trunc), Mixed, v => Math.Truncate(v / 0.4) },
        { "remainder", x => x % 2, Mixed, v => v - (2 * Math.Floor(v / 2)) },
        { "greater", x => x.gt(0), Mixed, v => v > 0 ? 1 : 0 },
        { "at most", x => x.le(0), Mixed, v => v <= 0 ? 1 : 0 },
        { "equal", x => x.eq(0), Mixed, v => v == 0 ? 1 : 0 },
        { "where", x => where(x.gt(0), x, zeros_like(x)), Mixed, v => Math.Max(v, 0) },
        { "masked_fill", x => x.masked_fill(x.lt(0), 7), Mixed, v => v < 0 ? 7 : v },
    };

    [Theory, MemberData(nameof(Elementwise))]
    public void Elementwise_operators_compute_each_element(
        string name, Func<Tensor, Tensor> op, float[] input, Func<double, double> expected)
    {
        using var scope = NewDisposeScope();
        Assert.NotEmpty(name);
        Expect.Row(op(tensor(input)), [.. input.Select(v => expected(v))]);
    }

    public static TheoryData<string, Func<Tensor, Tensor>> InPlace => new()
    {
        { "add_", x => x.add_(1) },
        { "sub_", x => x.sub_(tensor(2f)) },
        { "mul_", x => x.mul_(2) },
        { "div_", x => x.div_(2) },
        { "clamp_", x => x.clamp_(0, 1) },
        { "relu_", x => x.relu_() },
        { "exp_", x => x.exp_() },
        { "fill_", x => x.fill_(3) },
        { "masked_fill_", x => x.masked_fill_(x.gt(0), 1) },
        { "neg_", x => x.neg_() },
        { "unsqueeze_", x => x.unsqueeze_(0) },
    };

    [Theory, MemberData(nameof(InPlace))]
    public void Operators_with_an_underscore_change_and_return_the_tensor_itself(string name, Func<Tensor, Tensor> op)
    {
        using var scope = NewDisposeScope();
        Assert.NotEmpty(name);
        var tensor = torch.tensor(Mixed);
        Assert.Same(tensor, op(tensor));
    }

    [Fact]
    public void Binary_operators_broadcast()
    {
        using var scope = NewDisposeScope();
        var column = tensor(new float[] { 1, 2 }).unsqueeze(1);
        var row = tensor(new float[] { 10, 20, 30 });
        Expect.Values(column + row, [2, 3], 11, 21, 31, 12, 22, 32);
        Expect.Values(column * row, [2, 3], 10, 20, 30, 20, 40, 60);
        Expect.Values(maximum(column * 15, row), [2, 3], 15, 20, 30, 30, 30, 30);
    }

    public static TheoryData<string, Func<Tensor, Tensor>, double[]> Comparisons => new()
    {
        { "x > 2", x => x > 2, [0, 0, 1] },
        { "x >= 2", x => x >= 2, [0, 1, 1] },
        { "x < 2f", x => x < 2f, [1, 0, 0] },
        { "x <= 2.0", x => x <= 2.0, [1, 1, 0] },
        { "x == 2", x => x == 2, [0, 1, 0] },
        { "x != 2", x => x != 2, [1, 0, 1] },
        { "2 > x", x => 2 > x, [1, 0, 0] },
        { "2 <= x", x => 2 <= x, [0, 1, 1] },
        { "2 == x", x => 2 == x, [0, 1, 0] },
        { "x > y", x => x > x.flip(0), [0, 0, 1] },
        { "x == y", x => x == x.flip(0), [0, 1, 0] },
    };

    [Theory, MemberData(nameof(Comparisons))]
    public void Comparisons_are_made_element_by_element(string name, Func<Tensor, Tensor> compare, double[] expected)
    {
        using var scope = NewDisposeScope();
        Assert.NotEmpty(name);
        Expect.Row(compare(tensor(new float[] { 1, 2, 3 })), expected);
    }

    [Fact]
    public void Logical_operators_work_on_masks()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (tensor(new[] { true, true, false, false }), tensor(new[] { true, false, true, false }));
        Expect.Row(a & b, 1, 0, 0, 0);
        Expect.Row(a | b, 1, 1, 1, 0);
        Expect.Row(a ^ b, 0, 1, 1, 0);
        Expect.Row(~a, 0, 0, 1, 1);
        Expect.Row(a.logical_and(b.logical_not()), 0, 1, 0, 0);
    }

    [Fact]
    public void Non_finite_numbers_are_recognised()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1, float.NaN, float.PositiveInfinity, float.NegativeInfinity });
        Expect.Row(x.isnan(), 0, 1, 0, 0);
        Expect.Row(x.isinf(), 0, 0, 1, 1);
        Expect.Row(x.isfinite(), 1, 0, 0, 0);
        Expect.Row(x.nan_to_num(0, 9, -9), 1, 0, 9, -9);
    }

    [Fact]
    public void Closeness_is_judged_with_tolerances()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 });
        Assert.True(x.allclose(x + 1e-9));
        Assert.False(x.allclose(x + 1e-2));
        Assert.True(allclose(x, x + 1e-2, rtol: 0, atol: 0.1));
        Assert.True(x.Equals(x.clone()));
        Assert.False(x.Equals(x + 1));
    }

    [Fact]
    public void Matrix_products()
    {
        using var scope = NewDisposeScope();
        var a = arange(6, ScalarType.Float32).reshape(2, 3);
        var b = ones(3, 2);
        Expect.Values(a.matmul(b), [2, 2], 3, 3, 12, 12);
        Expect.Values(a.mm(b), [2, 2], 3, 3, 12, 12);
        Expect.Values(addmm(ones(2, 2), a, b, 2, 1), [2, 2], 5, 5, 14, 14);
        Expect.Values(a.unsqueeze(0).bmm(b.unsqueeze(0)), [1, 2, 2], 3, 3, 12, 12);
        Expect.Values(einsum("ij,jk->ik", a, b), [2, 2], 3, 3, 12, 12);
        Expect.Values(a[0].dot(a[1]), [], 14);
    }

    [Fact]
    public void A_matrix_is_the_product_of_its_singular_parts()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new float[,] { { 3, 1 }, { 1, 3 }, { 0, 2 } });
        var (u, s, vh) = linalg.svd(a, fullMatrices: false);
        Expect.Values(u.matmul(diag(s)).matmul(vh), [3, 2], 3, 1, 1, 3, 0, 2);
        var square = tensor(new float[,] { { 2, 0 }, { 0, 4 } });
        Expect.Values(linalg.inv(square), [2, 2], 0.5, 0, 0, 0.25);
        Expect.Values(linalg.norm(square), [], Math.Sqrt(20));
    }
}
