// Maps at another resolution, and channels in another order: upsampling, to a lateral's size, cells to channels, slices, shuffles.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Shapes;
using static Detection.Spec.Operators.CommonAttributes;

namespace Detection.Spec.Operators;

/// <summary>Resampling and rearranging.</summary>
internal static class ResamplingOperators
{
    public static ImmutableArray<OperatorDefinition> All { get; } =
    [
        new("upsample", "Repeats cells, or interpolates between them.")
        {
            OutputIsFree = true,
            Attributes =
            [
                new("factor", AttributeKind.Integer, "Cells for each cell, along both axes.") { Default = AttributeValue.Of(2L), Minimum = 1, Maximum = 64 },
                Mode,
            ],
            Shape = Upsampled,
            Reach = use =>
            {
                var factor = use.Attributes["factor"].Integer;
                var reach = new AxisReach(Interpolated(use) && factor > 1 ? 2 : 1, 1.0 / factor);
                return (reach, reach);
            },
        },
        new("resizeLike", "Resamples its first input to the height and width of its second.")
        {
            OutputIsFree = true,
            MinimumInputs = 2,
            MaximumInputs = 2,
            Attributes = [Mode],
            Shape = use => ((TensorShape.Feature)use.Inputs[1]) with { Channels = use.Inputs[0].Channels },
            Reach = use => (new(Interpolated(use) ? 2 : 1, 1), new(Interpolated(use) ? 2 : 1, 1)),
            StrideOf = 1,
        },
        new("spaceToDepth", "Puts each block of cells on top of each other: fewer cells, more channels.")
        {
            Attributes =
            [
                new("block", AttributeKind.Integer, "Side of a block in cells.") { Default = AttributeValue.Of(2L), Minimum = 1, Maximum = 64 },
                new("order", AttributeKind.Word, "Which of the output's channels lie together: those of one input channel, or those of one place in the block.")
                {
                    Default = AttributeValue.OfWord("byChannel"), Words = ["byChannel", "byCell"],
                },
            ],
            Shape = Stacked,
            Reach = use => (new(use.Attributes["block"].Integer, use.Attributes["block"].Integer), new(use.Attributes["block"].Integer, use.Attributes["block"].Integer)),
        },
        new("slice", "Some of the channels.")
        {
            Attributes =
            [
                new("begin", AttributeKind.Integer, "First channel, counted from 0.") { Default = AttributeValue.Of(0L), Minimum = 0, Maximum = 1_000_000 },
                new("end", AttributeKind.Integer, "The channel behind the last; all to the end when absent.") { Minimum = 1, Maximum = 1_000_000 },
            ],
            Rank = InputRank.Any,
            SharesInput = true,
            Shape = Sliced,
            Settings = use => use.Attributes.Has("end") ? use.Attributes : use.Attributes.With("end", AttributeValue.Of(use.Inputs[0].Channels)),
        },
        new("channelShuffle", "Deals the channels of each group out over all groups.")
        {
            Attributes = [Groups with { Required = true, Default = null }],
            Shape = use => use.Inputs[0].Channels % use.Attributes["groups"].Integer == 0
                ? use.Inputs[0]
                : throw new ShapeException(Rules.Channels, $"{use.Attributes["groups"].Integer} groups must divide the {use.Inputs[0].Channels} channels"),
        },
    ];

    private static bool Interpolated(OperatorUse use) => use.Attributes["mode"].Word == "bilinear";

    private static TensorShape Upsampled(OperatorUse use)
    {
        var factor = use.Attributes["factor"].Integer;
        return new TensorShape.Feature(
            use.Inputs[0].Channels,
            use.Feature.Height.Then(cells => checked(cells * factor), 1, factor),
            use.Feature.Width.Then(cells => checked(cells * factor), 1, factor));
    }

    private static TensorShape Stacked(OperatorUse use)
    {
        var block = use.Attributes["block"].Integer;
        return new TensorShape.Feature(
            checked(use.Inputs[0].Channels * block * block),
            Divided(use.Feature.Height, use.Domain.Height, "height", block),
            Divided(use.Feature.Width, use.Domain.Width, "width", block));
    }

    private static Extent Divided(Extent cells, SizeDomain domain, string axis, long block)
    {
        var blocks = cells.Then(n => n / block, block, 1);
        if (blocks.Then(n => checked(n * block), 1, block).FirstDifference(cells, domain) is { } size)
        {
            throw new ShapeException(
                Rules.SpatialMismatch,
                $"blocks of {block} must divide the {axis}; for an input {axis} of {size} pixels the feature map here has {cells.At(size)} cells"
                + (domain.IsSingle ? "" : $" (allowed is {domain}; 'multipleOf' can promise more)"));
        }

        return blocks;
    }

    private static TensorShape Sliced(OperatorUse use)
    {
        var channels = use.Inputs[0].Channels;
        var begin = use.Attributes["begin"].Integer;
        var end = use.Attributes.Find("end")?.Integer ?? channels;
        if (end > channels)
        {
            throw new ShapeException(Rules.OutOfRange, $"at most {channels}, the number of channels") { Attribute = "end", Value = AttributeValue.Of(end) };
        }

        if (begin >= end)
        {
            throw new ShapeException(Rules.OutOfRange, $"less than {end}, where the slice ends") { Attribute = "begin", Value = AttributeValue.Of(begin) };
        }

        return use.Inputs[0] is TensorShape.Feature feature ? feature with { Channels = end - begin } : new TensorShape.Vector(end - begin);
    }
}
