// Normalisations and learned or constant scales.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using static Detection.Spec.Operators.CommonAttributes;

namespace Detection.Spec.Operators;

/// <summary>Normalisations and scales.</summary>
internal static class NormalizationOperators
{
    private const string WithinChannel = "withinChannel";

    public static ImmutableArray<OperatorDefinition> All { get; } =
    [
        new("batchNorm", "Batch normalisation over N, H and W.")
        {
            OutputIsFree = true,
            Initial = InitialTensors.Factors,
            Attributes =
            [
                Epsilon(1e-5, "Added to the variance."),
                new("momentum", AttributeKind.Number, "Weight of the new batch in the running statistics.") { Default = AttributeValue.Of(0.1), Minimum = 0, Maximum = 1 },
                new("scale", AttributeKind.Flag, "Whether a learned factor for each channel follows (gamma).") { CameLater = true, Default = AttributeValue.Of(true) },
                new("shift", AttributeKind.Flag, "Whether a learned constant for each channel follows (beta).") { CameLater = true, Default = AttributeValue.Of(true) },
            ],
            Tensors = use =>
            {
                var channels = use.Inputs[0].Channels;
                return
                [
                    .. use.Attributes["scale"].Flag ? [Learned("weight", channels)] : Array.Empty<StoredTensorShape>(),
                    .. use.Attributes["shift"].Flag ? [Learned("bias", channels)] : Array.Empty<StoredTensorShape>(),
                    Kept("running_mean", channels), Kept("running_var", channels), Kept("num_batches_tracked"),
                ];
            },
            IsModule = true,
        },
        new("lrn", "Local response normalisation: x / (k + alpha·m)^beta, with m the mean of the squares around x.")
        {
            Attributes =
            [
                new("size", AttributeKind.Integer, "Channels, or cells along each axis, that the mean is taken over; odd.") { Default = AttributeValue.Of(5L), Minimum = 1, Maximum = 1023 },
                new("alpha", AttributeKind.Number, "Factor of the mean.") { Default = AttributeValue.Of(1e-4), Minimum = 0, Maximum = 1e6 },
                new("beta", AttributeKind.Number, "Exponent.") { Default = AttributeValue.Of(0.75), Minimum = 0, Maximum = 100 },
                new("k", AttributeKind.Number, "Added to the scaled mean.") { Default = AttributeValue.Of(1.0), Minimum = 1e-6, Maximum = 1e6 },
                new("region", AttributeKind.Word, "Neighbours: the channels beside it at the same cell, or the cells around it in the same channel.")
                {
                    Default = AttributeValue.OfWord("acrossChannels"), Words = ["acrossChannels", WithinChannel],
                },
            ],
            Shape = use => use.Attributes["size"].Integer % 2 == 1
                ? use.Inputs[0]
                : throw new ShapeException(Rules.OutOfRange, "an odd number, so that the mean lies around its value") { Attribute = "size", Value = use.Attributes["size"] },
            Reach = use => use.Attributes["region"].Word == WithinChannel
                ? (new(use.Attributes["size"].Integer, 1), new(use.Attributes["size"].Integer, 1))
                : (AxisReach.Pointwise, AxisReach.Pointwise),
        },
        new("l2Norm", "Divides each cell by the Euclidean length of its channels, sqrt(sum of squares + eps), and multiplies each channel by a learned factor.")
        {
            Attributes = [Initial(20), Epsilon(1e-10, "Added to the sum of squares.")],
            Tensors = use => [Learned("weight", use.Inputs[0].Channels)],
            IsModule = true,
        },
        new("scale", "Multiplies by a constant.")
        {
            OutputIsFree = true,
            Attributes = [new("by", AttributeKind.Number, "The constant.") { Required = true, Minimum = -1e6, Maximum = 1e6 }],
            Rank = InputRank.Any,
        },
        new("learnedScale", "Multiplies by a learned factor: one for all, or one for each channel.")
        {
            Attributes =
            [
                Initial(1),
                new("perChannel", AttributeKind.Flag, "Whether each channel has a factor of its own.") { Default = AttributeValue.Of(false) },
            ],
            Tensors = use => use.Attributes["perChannel"].Flag ? [Learned("weight", use.Inputs[0].Channels)] : [Learned("weight")],
            IsModule = true,
        },
    ];
}
