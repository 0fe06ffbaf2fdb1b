// Operators with kernels: convolution, transposed convolution, fully connected layer.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Shapes;
using static Detection.Spec.Operators.CommonAttributes;

namespace Detection.Spec.Operators;

/// <summary>Convolutions and fully connected layers.</summary>
internal static class ConvolutionOperators
{
    public static ImmutableArray<OperatorDefinition> All { get; } =
    [
        new("conv", "Convolution.")
        {
            OutputIsFree = true,
            Initial = InitialTensors.Kernel,
            Attributes = [Out, Kernel, Stride, Padding, Dilation, Groups, Bias],
            Shape = use => WindowRules.Output(use, use.Attributes["out"].Integer, WindowRounding.Floor),
            Tensors = use =>
            {
                var (channels, outputs, groups) = Channels(use);
                return WithBias(use, outputs, [outputs, channels / groups, use.Attributes["kernel"].First, use.Attributes["kernel"].Second]);
            },
            MultiplyAddsPerOutput = use => checked(
                use.Inputs[0].Channels / use.Attributes["groups"].Integer * use.Attributes["kernel"].First * use.Attributes["kernel"].Second),
            Reach = WindowRules.Reach,
            Settings = WindowRules.Numbered,
            IsModule = true,
        },
        new("convTranspose", "Transposed convolution (deconvolution): spreads each cell over a window.")
        {
            OutputIsFree = true,
            Initial = InitialTensors.Kernel,
            Attributes =
            [
                Out, Kernel, Stride,
                new("padding", AttributeKind.Pair, "Cells cut off on each side.") { Default = AttributeValue.OfPair(0, 0), Minimum = 0, Maximum = 1024 },
                new("outputPadding", AttributeKind.Pair, "Cells added at the bottom and right; less than the stride.") { Default = AttributeValue.OfPair(0, 0), Minimum = 0, Maximum = 1023 },
                Groups, Bias,
            ],
            Shape = Transposed,
            Tensors = use =>
            {
                var (channels, outputs, groups) = Channels(use);
                return WithBias(use, outputs, [channels, outputs / groups, use.Attributes["kernel"].First, use.Attributes["kernel"].Second]);
            },
            MultiplyAddsPerInput = use => checked(
                use.Attributes["out"].Integer / use.Attributes["groups"].Integer * use.Attributes["kernel"].First * use.Attributes["kernel"].Second),
            Reach = use =>
            {
                var (kernel, stride) = (use.Attributes["kernel"], use.Attributes["stride"]);
                return (Gathered(kernel.First, stride.First), Gathered(kernel.Second, stride.Second));
            },
            IsModule = true,
        },
        new("linear", "Fully connected layer.")
        {
            OutputIsFree = true,
            Initial = InitialTensors.Kernel,
            Attributes = [Out, Bias],
            Rank = InputRank.Vector,
            Shape = use => new TensorShape.Vector(use.Attributes["out"].Integer),
            Tensors = use => WithBias(use, use.Attributes["out"].Integer, [use.Attributes["out"].Integer, use.Inputs[0].Channels]),
            MultiplyAddsPerOutput = use => use.Inputs[0].Channels,
            IsModule = true,
        },
    ];

    private static (long Channels, long Outputs, long Groups) Channels(OperatorUse use)
    {
        var (channels, outputs, groups) = (use.Inputs[0].Channels, use.Attributes["out"].Integer, use.Attributes["groups"].Integer);
        return channels % groups == 0 && outputs % groups == 0
            ? (channels, outputs, groups)
            : throw new ShapeException(Rules.Channels, $"{groups} groups must divide the {channels} input channels and the {outputs} output channels");
    }

    // (cells - 1) stride - 2 padding + kernel + outputPadding.
    private static TensorShape Transposed(OperatorUse use)
    {
        var (kernel, stride, padding, extra) = (use.Attributes["kernel"], use.Attributes["stride"], use.Attributes["padding"], use.Attributes["outputPadding"]);
        if (extra.First >= stride.First || extra.Second >= stride.Second)
        {
            throw new ShapeException(Rules.OutOfRange, $"less than the stride, which is {stride}") { Attribute = "outputPadding", Value = extra };
        }

        return new TensorShape.Feature(
            use.Attributes["out"].Integer,
            Spread(use.Feature.Height, use.Domain.Height, "height", stride.First, kernel.First + extra.First - (2 * padding.First)),
            Spread(use.Feature.Width, use.Domain.Width, "width", stride.Second, kernel.Second + extra.Second - (2 * padding.Second)));
    }

    private static Extent Spread(Extent cells, SizeDomain domain, string axis, long stride, long last)
    {
        var spread = cells.Then(n => checked(((n - 1) * stride) + last), period: 1, slope: stride);
        return spread.FirstBelow(1, domain) is { } size
            ? throw new ShapeException(
                Rules.EmptyFeature, $"for an input {axis} of {size} pixels the padding cuts off all that {cells.At(size)} cells are spread over; allowed is {domain}")
            : spread;
    }

    // An output cell gathers the inputs whose windows reach it.
    private static AxisReach Gathered(long kernel, long stride) => new((kernel + stride - 1) / stride, 1.0 / stride);
}
