// The number format that a value is computed in, and the operator that goes from one to the other.
using System.Collections.Immutable;
using Detection.Spec.Operators;

namespace Detection.Spec.Graphs;

/// <summary>A number format.</summary>
public enum Precision
{
    /// <summary>32-bit floats: 24 bits of mantissa.</summary>
    Float32,

    /// <summary>bfloat16: the range of 32-bit floats with 8 bits of mantissa.</summary>
    BFloat16,
}

/// <summary>Casts between number formats: nodes that the compiler places, which no spec can write.</summary>
public static class PrecisionCast
{
    private const string To = "to";

    /// <summary>The word of a format in specs, summaries and names.</summary>
    public static string Word(Precision precision) => precision == Precision.BFloat16 ? "bf16" : "fp32";

    /// <summary>Bytes of a number.</summary>
    public static long Bytes(Precision precision) => precision == Precision.BFloat16 ? 2 : 4;

    /// <summary>The operator.</summary>
    public static OperatorDefinition Operator { get; } = new("cast", "The same numbers in another format.")
    {
        Rank = InputRank.Any,
        Attributes = [new(To, AttributeKind.Word, "The format.") { Required = true, Words = ["bf16", "fp32"] }],
    };

    /// <summary>Whether a node is a cast.</summary>
    public static bool Is(GraphNode? node) => node?.Body is NodeBody.Operation operation && ReferenceEquals(operation.Operator, Operator);

    /// <summary>What a node does that casts a value of a shape.</summary>
    internal static NodeBody.Operation Of(Shapes.TensorShape shape, Precision precision) => new(
        Operator,
        new OperatorUse(new AttributeSet(ImmutableSortedDictionary<string, AttributeValue>.Empty.Add(To, AttributeValue.OfWord(Word(precision)))), [shape], default), []);
}
