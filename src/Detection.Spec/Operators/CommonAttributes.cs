// Attributes that several operators have, and short ways to write the tensors they keep.
using System.Collections.Immutable;

namespace Detection.Spec.Operators;

/// <summary>Attributes of more than one operator.</summary>
internal static class CommonAttributes
{
    /// <summary>TensorFlow's padding: ceil(size / stride) windows, zeros as it takes, the smaller half on the top and left.</summary>
    public const string Same = "same";

    /// <summary>TensorFlow's word for no padding.</summary>
    public const string Valid = "valid";

    public static readonly AttributeDefinition Kernel = new("kernel", AttributeKind.Pair, "Window size in cells.") { Required = true, Minimum = 1, Maximum = 1024 };

    public static readonly AttributeDefinition Stride =
        new("stride", AttributeKind.Pair, "Distance of neighbouring windows in cells.") { Default = AttributeValue.OfPair(1, 1), Minimum = 1, Maximum = 1024 };

    public static readonly AttributeDefinition RequiredStride = Stride with { Required = true, Default = null };

    public static readonly AttributeDefinition Padding =
        new("padding", AttributeKind.PairOrWord, "Cells added on each side, or TensorFlow's words for as many as it takes and for none.")
        {
            Default = AttributeValue.OfPair(0, 0), Minimum = 0, Maximum = 1024, Words = [Same, Valid],
        };

    public static readonly AttributeDefinition Dilation =
        new("dilation", AttributeKind.Pair, "Distance of neighbouring taps in cells.") { Default = AttributeValue.OfPair(1, 1), Minimum = 1, Maximum = 1024 };

    public static readonly AttributeDefinition Bias = new("bias", AttributeKind.Flag, "Whether a learned constant is added.") { Default = AttributeValue.Of(true) };

    public static readonly AttributeDefinition Out =
        new("out", AttributeKind.Integer, "Output channels.") { Required = true, Minimum = 1, Maximum = 1_000_000 };

    public static readonly AttributeDefinition Groups =
        new("groups", AttributeKind.Integer, "Groups of channels that do not mix.") { Default = AttributeValue.Of(1L), Minimum = 1, Maximum = 1_000_000 };

    public static readonly AttributeDefinition Mode =
        new("mode", AttributeKind.Word, "Interpolation.") { Default = AttributeValue.OfWord("nearest"), Words = ["nearest", "bilinear"] };

    public static AttributeDefinition Initial(double value) =>
        new("init", AttributeKind.Number, "Value that training begins with.") { Default = AttributeValue.Of(value), Minimum = -1e6, Maximum = 1e6 };

    public static AttributeDefinition Epsilon(double value, string summary) =>
        new("eps", AttributeKind.Number, summary) { Default = AttributeValue.Of(value), Minimum = 0, Maximum = 1 };

    /// <summary>A tensor that training changes.</summary>
    public static StoredTensorShape Learned(string name, params ImmutableArray<long> shape) => new(name, new(shape), Learned: true);

    /// <summary>A tensor that is kept but not learned.</summary>
    public static StoredTensorShape Kept(string name, params ImmutableArray<long> shape) => new(name, new(shape), Learned: false);

    /// <summary>A weight, and a bias of a value for each of <paramref name="outputs"/> when the use has one.</summary>
    public static ImmutableArray<StoredTensorShape> WithBias(OperatorUse use, long outputs, ImmutableArray<long> weight) =>
        use.Attributes["bias"].Flag ? [Learned("weight", weight), Learned("bias", outputs)] : [Learned("weight", weight)];
}
