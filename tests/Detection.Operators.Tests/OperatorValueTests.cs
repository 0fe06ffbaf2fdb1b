// What generated code computes for each operator, against PyTorch's values, at two sizes of unlike remainders.
using Detection.Models.Tests;
using Detection.Operators.Models;
using Detection.Runtime.Tests;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Operators.Tests;

public sealed class OperatorValueTests
{
    private static readonly string Arrays = Path.Combine(AppContext.BaseDirectory, "Assets", "operators.npz");

    public static TheoryData<string, string> AnySize => Cases<global::Detection.Operators.Models.Operators.Features>("7x9", "10x8");

    public static TheoryData<string, string> DividedSize => Cases<OperatorsEven.Features>("8x12", "4x16");

    [Theory]
    [MemberData(nameof(AnySize))]
    public void An_operator_computes_what_PyTorch_does(string size, string output) => Compare<global::Detection.Operators.Models.Operators, global::Detection.Operators.Models.Operators.Features>("operators", size, output);

    [Theory]
    [MemberData(nameof(DividedSize))]
    public void An_operator_of_a_size_that_divides_computes_what_PyTorch_does(string size, string output) =>
        Compare<OperatorsEven, OperatorsEven.Features>("operators-even", size, output);

    private static TheoryData<string, string> Cases<TFeatures>(params string[] sizes)
    {
        var data = new TheoryData<string, string>();
        foreach (var size in sizes)
        {
            foreach (var property in typeof(TFeatures).GetProperties().Where(p => p.PropertyType == typeof(Tensor)))
            {
                data.Add(size, property.Name);
            }
        }

        return data;
    }

    private static void Compare<TModel, TFeatures>(string spec, string size, string output)
        where TModel : nn.Module<Tensor, TFeatures>, new()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = new TModel();
        model.eval();
        foreach (var (key, tensor) in model.state_dict().Where(entry => !entry.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)))
        {
            tensor.copy_(Npz.Read(Arrays, $"{spec}/{key}").Tensor());
        }

        var features = model.call(Npz.Read(Arrays, $"{spec}/{size}/input").Tensor());
        var actual = (Tensor)typeof(TFeatures).GetProperty(output)!.GetValue(features)!;

        ReferenceArrays.Close(Npz.Read(Arrays, $"{spec}/{size}/{output}"), actual, 2e-5);
    }
}
