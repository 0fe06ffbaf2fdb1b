// The operators of the language, by name.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Shapes;

namespace Detection.Spec.Operators;

/// <summary>All built-in operators.</summary>
public static class OperatorCatalog
{
    private static readonly AttributeDefinition Kernel = new("kernel", AttributeKind.Pair, "Window size in cells.") { Required = true, Minimum = 1, Maximum = 1024 };

    private static readonly AttributeDefinition Stride =
        new("stride", AttributeKind.Pair, "Distance of neighbouring windows in cells.") { Default = AttributeValue.OfPair(1, 1), Minimum = 1, Maximum = 1024 };

    private static readonly AttributeDefinition Padding =
        new("padding", AttributeKind.Pair, "Cells added on each side.") { Default = AttributeValue.OfPair(0, 0), Minimum = 0, Maximum = 1024 };

    private static readonly AttributeDefinition Dilation =
        new("dilation", AttributeKind.Pair, "Distance of neighbouring taps in cells.") { Default = AttributeValue.OfPair(1, 1), Minimum = 1, Maximum = 1024 };

    private static readonly AttributeDefinition Bias = new("bias", AttributeKind.Flag, "Whether a learned constant is added.") { Default = AttributeValue.Of(true) };

    private static readonly AttributeDefinition Out =
        new("out", AttributeKind.Integer, "Output channels.") { Required = true, Minimum = 1, Maximum = 1_000_000 };

    private static readonly AttributeDefinition CeilMode =
        new("ceil", AttributeKind.Flag, "Whether a last, partial window counts.") { Default = AttributeValue.Of(false) };

    private static readonly ImmutableArray<OperatorDefinition> Definitions =
    [
        new("conv", "Convolution.")
        {
            OutputIsFree = true,
            Attributes =
            [
                Out, Kernel, Stride, Padding, Dilation,
                new("groups", AttributeKind.Integer, "Groups of channels that do not mix.") { Default = AttributeValue.Of(1L), Minimum = 1, Maximum = 1_000_000 },
                Bias,
            ],
            Shape = use => Windowed(use, use.Attributes["out"].Integer, WindowRounding.Floor),
            Tensors = ConvolutionTensors,
            MultiplyAddsPerOutput = use => checked(
                use.Inputs[0].Channels / use.Attributes["groups"].Integer * use.Attributes["kernel"].First * use.Attributes["kernel"].Second),
            Receptive = ReceptiveRule.Window,
            IsModule = true,
        },
        new("linear", "Fully connected layer.")
        {
            OutputIsFree = true,
            Attributes = [Out, Bias],
            Rank = InputRank.Vector,
            Shape = use => new TensorShape.Vector(use.Attributes["out"].Integer),
            Tensors = use => WithBias(use, [use.Attributes["out"].Integer, use.Inputs[0].Channels]),
            MultiplyAddsPerOutput = use => use.Inputs[0].Channels,
            IsModule = true,
        },
        new("batchNorm", "Batch normalisation over N, H and W.")
        {
            OutputIsFree = true,
            Attributes =
            [
                new("eps", AttributeKind.Number, "Added to the variance.") { Default = AttributeValue.Of(1e-5), Minimum = 0, Maximum = 1 },
                new("momentum", AttributeKind.Number, "Weight of the new batch in the running statistics.") { Default = AttributeValue.Of(0.1), Minimum = 0, Maximum = 1 },
            ],
            Tensors = use =>
            [
                Stored("weight", true, use.Inputs[0].Channels), Stored("bias", true, use.Inputs[0].Channels),
                Stored("running_mean", false, use.Inputs[0].Channels), Stored("running_var", false, use.Inputs[0].Channels),
                Stored("num_batches_tracked", false),
            ],
            IsModule = true,
        },
        new("relu", "max(x, 0).") { Rank = InputRank.Any, CanRunInPlace = true },
        new("relu6", "min(max(x, 0), 6).") { Rank = InputRank.Any, CanRunInPlace = true },
        new("leakyRelu", "x where positive, slope·x elsewhere.")
        {
            Attributes = [new("slope", AttributeKind.Number, "Slope for negative values.") { Default = AttributeValue.Of(0.1), Minimum = 0, Maximum = 1 }],
            Rank = InputRank.Any,
            CanRunInPlace = true,
        },
        new("sigmoid", "1 / (1 + exp(-x)).") { Rank = InputRank.Any },
        new("softmax", "Softmax over channels.") { Rank = InputRank.Any },
        new("dropout", "Zeroes values at random while training.")
        {
            Attributes = [new("rate", AttributeKind.Number, "Share of values that are zeroed.") { Default = AttributeValue.Of(0.5), Minimum = 0, Maximum = 1 }],
            Rank = InputRank.Any,
            IsModule = true,
        },
        new("maxPool", "Largest value of each window.")
        {
            OutputIsFree = true,
            Attributes = [Kernel, Stride with { Required = true, Default = null }, Padding, CeilMode],
            Shape = Pooled,
            Receptive = ReceptiveRule.Window,
        },
        new("avgPool", "Mean of each window; padding counts as zeros.")
        {
            OutputIsFree = true,
            Attributes = [Kernel, Stride with { Required = true, Default = null }, Padding, CeilMode],
            Shape = Pooled,
            Receptive = ReceptiveRule.Window,
        },
        new("globalAvgPool", "Mean over H and W: a vector.")
        {
            Shape = use => new TensorShape.Vector(use.Inputs[0].Channels),
            Receptive = ReceptiveRule.Global,
        },
        new("flatten", "A feature map of constant size as a vector.") { Shape = Flattened, Receptive = ReceptiveRule.Global },
        new("upsample", "Repeats cells, or interpolates between them.")
        {
            OutputIsFree = true,
            Attributes =
            [
                new("factor", AttributeKind.Integer, "Cells for each cell, along both axes.") { Default = AttributeValue.Of(2L), Minimum = 1, Maximum = 64 },
                new("mode", AttributeKind.Word, "Interpolation.") { Default = AttributeValue.OfWord("nearest"), Words = ["nearest", "bilinear"] },
            ],
            Shape = Upsampled,
            Receptive = ReceptiveRule.Upsampling,
        },
        new("concat", "Stacks the channels of its inputs.")
        {
            OutputIsFree = true,
            MinimumInputs = 2,
            MaximumInputs = 64,
            Rank = InputRank.Any,
            Shape = use => WithChannels(SameSize(use, "concat"), use.Inputs.Sum(i => i.Channels)),
        },
        new("add", "Sum of its inputs.") { MinimumInputs = 2, MaximumInputs = 64, Rank = InputRank.Any, OutputIsFree = true, Shape = use => SameShape(use, "add") },
        new("multiply", "Product of its inputs.") { MinimumInputs = 2, MaximumInputs = 64, Rank = InputRank.Any, Shape = use => SameShape(use, "multiply") },
    ];

    private static readonly ImmutableDictionary<string, OperatorDefinition> ByName = Definitions.ToImmutableDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>All operators, in the order of the manual.</summary>
    public static ImmutableArray<OperatorDefinition> All => Definitions;

    /// <summary>The operator with a name, or null.</summary>
    public static OperatorDefinition? Find(string name) => ByName.TryGetValue(name, out var definition) ? definition : null;

    private static ImmutableArray<StoredTensorShape> ConvolutionTensors(OperatorUse use)
    {
        var (channels, outputs, groups) = (use.Inputs[0].Channels, use.Attributes["out"].Integer, use.Attributes["groups"].Integer);
        if (channels % groups != 0 || outputs % groups != 0)
        {
            throw new ShapeException(Rules.Channels, $"{groups} groups must divide the {channels} input channels and the {outputs} output channels");
        }

        return WithBias(use, [outputs, channels / groups, use.Attributes["kernel"].First, use.Attributes["kernel"].Second]);
    }

    private static ImmutableArray<StoredTensorShape> WithBias(OperatorUse use, ImmutableArray<long> weight)
    {
        var tensor = new StoredTensorShape("weight", new(weight), Learned: true);
        return use.Attributes["bias"].Flag ? [tensor, Stored("bias", true, weight[0])] : [tensor];
    }

    private static StoredTensorShape Stored(string name, bool learned, params ImmutableArray<long> shape) => new(name, new(shape), learned);

    private static TensorShape Pooled(OperatorUse use)
    {
        var (kernel, padding) = (use.Attributes["kernel"], use.Attributes["padding"]);
        if (padding.First * 2 > kernel.First || padding.Second * 2 > kernel.Second)
        {
            throw new ShapeException(Rules.OutOfRange, $"at most half the kernel, which is {kernel}") { Attribute = "padding", Value = padding };
        }

        return Windowed(use, use.Inputs[0].Channels, use.Attributes["ceil"].Flag ? WindowRounding.Ceil : WindowRounding.Floor);
    }

    private static TensorShape Windowed(OperatorUse use, long channels, WindowRounding rounding)
    {
        var (kernel, stride, padding) = (use.Attributes["kernel"], use.Attributes["stride"], use.Attributes["padding"]);
        var dilation = use.Attributes.Find("dilation") ?? AttributeValue.OfPair(1, 1);
        var vertical = new Window(kernel.First, stride.First, padding.First, padding.First, dilation.First, rounding);
        var horizontal = new Window(kernel.Second, stride.Second, padding.Second, padding.Second, dilation.Second, rounding);
        var shape = new TensorShape.Feature(channels, vertical.Over(use.Feature.Height), horizontal.Over(use.Feature.Width));
        RequireRoom(shape.Height, use.Feature.Height, use.Domain.Height, "height", vertical);
        RequireRoom(shape.Width, use.Feature.Width, use.Domain.Width, "width", horizontal);
        return shape;
    }

    private static void RequireRoom(Extent output, Extent input, SizeDomain domain, string axis, Window window)
    {
        if (output.FirstBelow(1, domain) is { } size)
        {
            throw new ShapeException(
                Rules.EmptyFeature,
                $"for an input {axis} of {size} pixels the feature map here has {input.At(size)} cells, too few for a window of {window.Span}; "
                + $"allowed is {domain}");
        }
    }

    private static TensorShape Flattened(OperatorUse use)
    {
        var (height, width) = use.Domain;
        if (!height.IsSingle || !width.IsSingle)
        {
            throw new ShapeException(
                Rules.SpatialMismatch, $"the length of the vector depends on the input's size (height {height}, width {width}); fix the input's size or pool first");
        }

        return new TensorShape.Vector(use.Feature.At(height.Minimum, width.Minimum).Count);
    }

    private static TensorShape Upsampled(OperatorUse use)
    {
        var factor = use.Attributes["factor"].Integer;
        return new TensorShape.Feature(
            use.Inputs[0].Channels,
            use.Feature.Height.Then(cells => checked(cells * factor), 1, factor),
            use.Feature.Width.Then(cells => checked(cells * factor), 1, factor));
    }

    private static TensorShape SameShape(OperatorUse use, string name)
    {
        foreach (var input in use.Inputs)
        {
            if (input.Channels != use.Inputs[0].Channels)
            {
                throw new ShapeException(
                    Rules.Channels, $"{name} needs inputs of equal channels, but they have {string.Join(" and ", use.Inputs.Select(i => i.Channels.ToString(CultureInfo.InvariantCulture)))}");
            }
        }

        return SameSize(use, name);
    }

    private static TensorShape SameSize(OperatorUse use, string name)
    {
        foreach (var input in use.Inputs)
        {
            switch (use.Inputs[0], input)
            {
                case (TensorShape.Feature a, TensorShape.Feature b):
                    RequireEqual(a.Height, b.Height, use.Domain.Height, "height", name);
                    RequireEqual(a.Width, b.Width, use.Domain.Width, "width", name);
                    break;
                case (TensorShape.Vector, TensorShape.Vector):
                    break;
                default:
                    throw new ShapeException(Rules.SpatialMismatch, $"{name} cannot combine a feature map and a vector");
            }
        }

        return use.Inputs[0];
    }

    private static void RequireEqual(Extent a, Extent b, SizeDomain domain, string axis, string name)
    {
        if (a.FirstDifference(b, domain) is { } size)
        {
            throw new ShapeException(
                Rules.SpatialMismatch,
                $"{name} needs feature maps of equal {axis}; for an input {axis} of {size} pixels they have {a.At(size)} and {b.At(size)} cells"
                + (domain.IsSingle ? "" : $" (allowed is {domain}; 'multipleOf' can promise more)"));
        }
    }

    private static TensorShape WithChannels(TensorShape shape, long channels) => shape switch
    {
        TensorShape.Feature feature => feature with { Channels = channels },
        _ => new TensorShape.Vector(channels),
    };
}
