// Functions of single values, softmax and dropout.
using System.Collections.Immutable;

namespace Detection.Spec.Operators;

/// <summary>Activations.</summary>
internal static class ActivationOperators
{
    public static ImmutableArray<OperatorDefinition> All { get; } =
    [
        Function("relu", "max(x, 0).") with { CanRunInPlace = true },
        Function("relu6", "min(max(x, 0), 6).") with { CanRunInPlace = true },
        Function("leakyRelu", "x where positive, slope·x elsewhere.") with
        {
            Attributes = [new("slope", AttributeKind.Number, "Slope for negative values.") { Default = AttributeValue.Of(0.1), Minimum = 0, Maximum = 1 }],
            CanRunInPlace = true,
        },
        Function("elu", "x where positive, alpha·(exp(x) - 1) elsewhere.") with
        {
            Attributes = [new("alpha", AttributeKind.Number, "Factor of negative values.") { Default = AttributeValue.Of(1.0), Minimum = 0, Maximum = 1000 }],
        },
        Function("sigmoid", "1 / (1 + exp(-x))."),
        Function("hardSigmoid", "min(max(x + 3, 0), 6) / 6."),
        Function("tanh", "Hyperbolic tangent."),
        Function("swish", "x·sigmoid(x), also called SiLU."),
        Function("hardSwish", "x·hardSigmoid(x)."),
        Function("mish", "x·tanh(log(1 + exp(x)))."),
        Function("softmax", "Softmax over channels."),
        Function("dropout", "Zeroes values at random while training.") with
        {
            Attributes = [new("rate", AttributeKind.Number, "Share of values that are zeroed.") { Default = AttributeValue.Of(0.5), Minimum = 0, Maximum = 1 }],
            SharesInput = true,
            IsModule = true,
        },
    ];

    private static OperatorDefinition Function(string name, string summary) => new(name, summary) { Rank = InputRank.Any };
}
