// Windows without weights, and whole maps as vectors.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Shapes;
using static Detection.Spec.Operators.CommonAttributes;

namespace Detection.Spec.Operators;

/// <summary>Poolings.</summary>
internal static class PoolingOperators
{
    private static readonly AttributeDefinition CeilMode =
        new("ceil", AttributeKind.Flag, "Whether a last, partial window counts.") { Default = AttributeValue.Of(false) };

    public static ImmutableArray<OperatorDefinition> All { get; } =
    [
        new("maxPool", "Largest value of each window.")
        {
            OutputIsFree = true,
            Attributes = [Kernel, RequiredStride, Padding, CeilMode],
            Shape = Pooled,
            Reach = WindowRules.Reach,
            Settings = WindowRules.Numbered,
        },
        new("avgPool", "Mean of each window.")
        {
            OutputIsFree = true,
            Attributes =
            [
                Kernel, RequiredStride, Padding, CeilMode,
                new("countPadding", AttributeKind.Flag, "Whether padding counts as zeros in the mean; it never does with `padding: same`.") { CameLater = true, Default = AttributeValue.Of(true) },
            ],
            Shape = Pooled,
            Reach = WindowRules.Reach,
            Settings = use => WindowRules.IsSame(use) ? WindowRules.Numbered(use).With("countPadding", AttributeValue.Of(false)) : WindowRules.Numbered(use),
        },
        new("globalAvgPool", "Mean over H and W: a vector.")
        {
            Shape = use => new TensorShape.Vector(use.Inputs[0].Channels),
            Reach = _ => (AxisReach.Global, AxisReach.Global),
        },
        new("globalMaxPool", "Largest value over H and W: a vector.")
        {
            Shape = use => new TensorShape.Vector(use.Inputs[0].Channels),
            Reach = _ => (AxisReach.Global, AxisReach.Global),
        },
        new("flatten", "A feature map of constant size as a vector.") { SharesInput = true, Shape = Flattened, Reach = _ => (AxisReach.Global, AxisReach.Global) },
    ];

    private static TensorShape Pooled(OperatorUse use)
    {
        var (kernel, padding, ceil) = (use.Attributes["kernel"], use.Attributes["padding"], use.Attributes["ceil"]);
        if (padding.Kind == AttributeKind.Pair && (padding.First * 2 > kernel.First || padding.Second * 2 > kernel.Second))
        {
            throw new ShapeException(Rules.OutOfRange, $"at most half the kernel, which is {kernel}") { Attribute = "padding", Value = padding };
        }

        if (WindowRules.IsSame(use) && ceil.Flag)
        {
            throw new ShapeException(Rules.OutOfRange, "false with 'padding: same', which has a window for every stride begun") { Attribute = "ceil", Value = ceil };
        }

        return WindowRules.Output(use, use.Inputs[0].Channels, ceil.Flag ? WindowRounding.Ceil : WindowRounding.Floor);
    }

    private static TensorShape Flattened(OperatorUse use)
    {
        var (height, width) = use.Domain;
        if (!(height.IsSingle || use.Feature.Height.Slope == 0) || !(width.IsSingle || use.Feature.Width.Slope == 0))
        {
            throw new ShapeException(
                Rules.SpatialMismatch, $"the length of the vector depends on the input's size (height {height}, width {width}); fix the input's size or pool first");
        }

        return new TensorShape.Vector(use.Feature.At(height.Minimum, width.Minimum).Count);
    }
}
