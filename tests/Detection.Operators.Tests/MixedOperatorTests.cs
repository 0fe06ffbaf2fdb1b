// What generated code computes for each operator in bfloat16, against the same code in 32-bit floats.
using Detection.Operators.Models;
using Detection.Runtime;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Operators.Tests;

public sealed class MixedOperatorTests
{
    // 8 bits of mantissa: half a unit in the last place.
    private const float Rounding = 1f / 256;

    // A weight is rounded, the result is, and where an expression has a step between also that.
    private const int MostRoundings = 3;

    private static readonly string[] InFloats = ["Transposed", "TransposedOdd", "NormShift", "NormScale", "NormPlain", "Across", "Within", "Length", "Relu6A", "MishA", "LikeBilinear", "SoftmaxA"];

    public static TheoryData<string> Outputs => [.. typeof(Operators_Bf16.Features).GetProperties().Where(p => p.PropertyType == typeof(Tensor)).Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Outputs))]
    public void An_operator_in_bfloat16_is_as_close_to_32_bit_floats_as_its_mantissa_allows(string output)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = Create();
        var image = Image();

        var exact = Run(model, image, ComputePrecision.Float32, output);
        var reduced = Run(model, image, ComputePrecision.BFloat16, output);

        Assert.Equal((ScalarType.Float32, InFloats.Contains(output) ? ScalarType.Float32 : ScalarType.BFloat16), (exact.dtype, reduced.dtype));
        Close(exact, reduced.to(ScalarType.Float32), output);
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Gradients_of_an_operator_in_bfloat16_arrive_in_32_bit_floats_and_as_close(string output)
    {
        using var scope = NewDisposeScope();
        using var model = Create();
        var image = Image();

        var exact = Gradients(model, image, ComputePrecision.Float32, output);
        var reduced = Gradients(model, image, ComputePrecision.BFloat16, output);

        Assert.Equal(exact.Keys, reduced.Keys);
        foreach (var (name, gradient) in reduced)
        {
            Assert.Equal(ScalarType.Float32, gradient.dtype);
            Close(exact[name], gradient, $"{output}: {name}");
        }
    }

    [Fact]
    public void A_detector_in_bfloat16_takes_and_gives_32_bit_floats()
    {
        using var scope = NewDisposeScope();
        using var model = new MixedOperators();
        model.eval();

        Assert.Equal(ComputePrecision.BFloat16, model.Precision);
        var output = model.call(rand(1, 3, 7, 9));

        Assert.Equal((ScalarType.Float32, ScalarType.Float32), (output.ClassLogits.dtype, output.BoxDeltas.dtype));
        Assert.All(model.named_parameters(), p => Assert.Equal(ScalarType.Float32, p.parameter.dtype));
    }

    [Fact]
    public void A_part_computes_in_what_the_whole_does()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = new MixedOperators();
        model.eval();
        var image = Image().to(ScalarType.Float32).slice(1, 0, 3, 1);
        model.Precision = ComputePrecision.Float32;

        var given = model.call(image);
        model.Precision = ComputePrecision.BFloat16;
        var reduced = model.call(image);

        // The part has a property of its own, which counts where it runs alone.
        Assert.True(OfLayers(model, image).allclose(given.ClassLogits, 1e-6, 1e-6));
        Assert.False(reduced.ClassLogits.allclose(given.ClassLogits, 1e-6, 1e-6));
        Close(given.ClassLogits, reduced.ClassLogits, "scores");
    }

    private static Tensor OfLayers(MixedOperators model, Tensor image)
    {
        var part = (Operators_Bf16)model.named_children().Single(c => c.name == "all").module;
        part.Precision = ComputePrecision.Float32;
        var head = (MixedConv2d)model.named_children().Single(c => c.name == "scores_first").module;
        var first = (MixedConv2d)model.named_children().Single(c => c.name == "widen").module;
        var map = nn.functional.conv2d(part.call(first.call(image)).ConvSame, head.weight, head.bias);
        return map.permute(0, 2, 3, 1).reshape(1, -1, 2);
    }

    private static Operators_Bf16 Create()
    {
        random.manual_seed(3);
        var model = new Operators_Bf16();
        model.eval();
        foreach (var (name, tensor) in model.state_dict().Where(t => t.Key.EndsWith("running_var", StringComparison.Ordinal)))
        {
            tensor.uniform_(0.5, 2);
        }

        return model;
    }

    // Numbers that both formats have.
    private static Tensor Image()
    {
        random.manual_seed(4);
        return randn(1, 8, 7, 9).to(ScalarType.BFloat16);
    }

    private static Tensor Run(Operators_Bf16 model, Tensor image, ComputePrecision precision, string output)
    {
        model.Precision = precision;
        var features = model.call(precision == ComputePrecision.BFloat16 ? image : image.to(ScalarType.Float32));
        return (Tensor)typeof(Operators_Bf16.Features).GetProperty(output)!.GetValue(features)!;
    }

    private static Dictionary<string, Tensor> Gradients(Operators_Bf16 model, Tensor image, ComputePrecision precision, string output)
    {
        var input = image.to(ScalarType.Float32).detach().requires_grad_();
        model.Precision = precision;
        model.zero_grad();
        var features = model.call(precision == ComputePrecision.BFloat16 ? input.to(ScalarType.BFloat16) : input);
        var value = ((Tensor)typeof(Operators_Bf16.Features).GetProperty(output)!.GetValue(features)!).to(ScalarType.Float32);
        random.manual_seed(5);

        // Factors that both formats have, so that only the operator's own roundings differ.
        (value * randn(value.shape).to(ScalarType.BFloat16).to(ScalarType.Float32)).sum().backward();
        var gradients = model.named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p => p.parameter.grad!.clone());
        gradients["input"] = input.grad!.clone();
        return gradients;
    }

    private static void Close(Tensor exact, Tensor reduced, string what)
    {
        Assert.False(reduced.isnan().any().item<bool>(), what);
        var largest = exact.abs().max().item<float>();
        var difference = (exact - reduced).abs().max().item<float>();
        Assert.True(difference <= MostRoundings * Rounding * largest, $"{what}: {difference} apart, where the largest value is {largest}");
    }
}
