// Element types, promotion, conversions and access to elements.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class TypeTests
{
    public static TheoryData<string, Func<Tensor>, ScalarType> Promotions => new()
    {
        { "int with a float number", () => ones(1, ScalarType.Int32) + 0.5, ScalarType.Float32 },
        { "int with an int number", () => ones(1, ScalarType.Int32) + 1L, ScalarType.Int32 },
        { "int with long", () => ones(1, ScalarType.Int32) + ones(1, ScalarType.Int64), ScalarType.Int64 },
        { "float with a double number", () => ones(1) * 2.0, ScalarType.Float32 },
        { "float with double", () => ones(1) + ones(1, ScalarType.Float64), ScalarType.Float64 },
        { "half with float", () => ones(1, ScalarType.Float16) + ones(1), ScalarType.Float32 },
        { "division of ints", () => ones(1, ScalarType.Int64) / 2, ScalarType.Float32 },
        { "bool with long", () => ones(1, ScalarType.Bool) + ones(1, ScalarType.Int64), ScalarType.Int64 },
        { "sum of bools", () => ones(3, ScalarType.Bool).sum(), ScalarType.Int64 },
        { "sum with a type", () => ones(3, ScalarType.Int32).sum(ScalarType.Float64), ScalarType.Float64 },
        { "comparison", () => ones(1).gt(0), ScalarType.Bool },
    };

    [Theory, MemberData(nameof(Promotions))]
    public void Types_are_promoted_as_in_libtorch(string what, Func<Tensor> compute, ScalarType expected)
    {
        using var scope = NewDisposeScope();
        Assert.NotEmpty(what);
        Assert.Equal(expected, compute().dtype);
    }

    [Fact]
    public void Arrays_keep_their_element_type()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Float32, tensor(new[] { 1f }).dtype);
        Assert.Equal(ScalarType.Float64, tensor(new[] { 1.0 }).dtype);
        Assert.Equal(ScalarType.Int32, tensor(new[] { 1 }).dtype);
        Assert.Equal(ScalarType.Int64, tensor(new[] { 1L }).dtype);
        Assert.Equal(ScalarType.Byte, tensor(new byte[] { 1 }).dtype);
        Assert.Equal(ScalarType.Bool, tensor(new[] { true }).dtype);
        Assert.Equal(ScalarType.Int64, tensor(5L).dtype);
        Assert.Equal(ScalarType.Int32, from_array(new[,] { { 1 }, { 2 } }).dtype);
        Assert.Equal(ScalarType.Int64, tensor(new[] { 1f }, ScalarType.Int64).dtype);
    }

    [Fact]
    public void Half_precision_goes_to_and_fro()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 0.1f, 1000.5f });
        Expect.Row(x.half().@float(), (double)(Half)0.1f, (double)(Half)1000.5f);
        Expect.Row(x.bfloat16().@float(), (double)new BFloat16(0.1f), (double)new BFloat16(1000.5f));
        Assert.Equal((Half)0.1f, x.half()[0].item<Half>());
    }

    [Fact]
    public void The_accessor_reads_in_row_major_order_whatever_the_strides()
    {
        using var scope = NewDisposeScope();
        var x = arange(6, ScalarType.Float32).reshape(2, 3);
        Assert.Equal([0, 1, 2, 3, 4, 5], x.data<float>().ToArray());
        Assert.Equal([0, 3, 1, 4, 2, 5], x.t().data<float>().ToArray());
        Assert.Equal([1, 4], x[TensorIndex.Colon, 1].data<float>().ToArray());
        Assert.Equal([0, 3, 1, 4, 2, 5], x.t().data<float>().ToList());
        Assert.Equal(6, x.data<float>().Count);
        Assert.Equal(5, x.data<float>()[1, 2]);
        Assert.Equal(3, x.t().data<float>()[1]);
        Assert.Equal(new float[,] { { 0, 3 }, { 1, 4 }, { 2, 5 } }, x.t().data<float>().ToNDArray());
    }

    [Fact]
    public void The_accessor_writes_into_the_tensor()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2, 2);
        var data = x.data<float>();
        data[1, 0] = 7;
        Expect.Values(x, [2, 2], 0, 0, 7, 0);
        x.t().data<float>().CopyFrom([1, 2, 3, 4]);
        Expect.Values(x, [2, 2], 1, 3, 2, 4);
    }

    [Fact]
    public void The_accessor_refuses_other_types_and_places()
    {
        using var scope = NewDisposeScope();
        var x = zeros(3);
        Assert.Throws<ArgumentException>(() => x.data<double>());
        Assert.Throws<ArgumentException>(() => x.item<float>());
        Assert.Throws<IndexOutOfRangeException>(() => x.data<float>()[3]);
        Assert.Throws<IndexOutOfRangeException>(() => x.reshape(1, 3).data<float>()[0, 3]);
    }

    [Fact]
    public void A_single_element_converts_to_any_number()
    {
        using var scope = NewDisposeScope();
        var x = tensor(2.75f);
        Assert.Equal(2.75f, x.item<float>());
        Assert.Equal(2.75, x.ToDouble());
        Assert.Equal(2, (int)x);
        Assert.Equal(2L, x.ToInt64());
        Assert.True(x.ToBoolean());
        Assert.Equal(2.75f, ((Tensor)2.75f).ToSingle());
    }

    [Fact]
    public void Bytes_are_the_memory_of_a_contiguous_tensor()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1, 256 });
        Assert.Equal([1, 0, 0, 0, 0, 1, 0, 0], x.bytes.ToArray());
        x.bytes = new byte[] { 2, 0, 0, 0, 3, 0, 0, 0 };
        Expect.Row(x, 2, 3);
        Assert.Throws<InvalidOperationException>(() => zeros(2, 2).t().bytes.Length);
    }

    [Fact]
    public void A_tensor_survives_its_own_file_format()
    {
        using var scope = NewDisposeScope();
        var x = rand(3, 200).t().contiguous();
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
            x.Save(writer);
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        Assert.True(TensorExtensionMethods.Load(reader).Equals(x));
    }

    [Fact]
    public void Conversion_without_change_gives_the_same_memory()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2);
        x.to(ScalarType.Float32).fill_(1);
        Expect.Row(x, 1, 1);
        x.to(ScalarType.Float32, copy: true).fill_(2);
        Expect.Row(x, 1, 1);
        x.cpu().fill_(3);
        Expect.Row(x, 3, 3);
        var gone = zeros(1);
        _ = gone.to(ScalarType.Int64, disposeAfter: true);
        Assert.True(gone.IsInvalid);
    }

    [Fact]
    public void Types_know_their_limits()
    {
        Assert.Equal(1.1920928955078125e-07, finfo(ScalarType.Float32).eps);
        Assert.Equal(65504, finfo(ScalarType.Float16).max);
        Assert.Throws<ArgumentException>(() => finfo(ScalarType.Int32));
        Assert.True(is_integral(ScalarType.Bool));
        Assert.False(is_floating_point(ScalarType.Int64));
        Assert.Equal(4, ScalarType.Float32.ElementSize());
    }

    [Fact]
    public void A_tensor_prints_its_elements()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[,] { { 1, 2.5f }, { -3, 4 } });
        Assert.Equal("[[1, 2.5]\n [-3, 4]]", x.str(style: numpy, newLine: "\n"));
        Assert.StartsWith("[2x2], type = Float32, device = cpu", x.str());
    }
}
