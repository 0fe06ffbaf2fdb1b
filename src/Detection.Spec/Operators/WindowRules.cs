// Sliding windows: their output size, what they see, and when TensorFlow's padding is a plain one.
using Detection.Spec.Diagnostics;
using Detection.Spec.Shapes;

namespace Detection.Spec.Operators;

/// <summary>Rules of convolutions and poolings.</summary>
internal static class WindowRules
{
    private static readonly AttributeValue One = AttributeValue.OfPair(1, 1);

    /// <summary>The output of windows over the first input.</summary>
    public static TensorShape Output(OperatorUse use, long channels, WindowRounding rounding)
    {
        var feature = use.Feature;
        if (IsSame(use))
        {
            var (tall, wide) = Same(use);
            return new TensorShape.Feature(channels, tall.Over(feature.Height), wide.Over(feature.Width));
        }

        var (vertical, horizontal) = Windows(use, rounding);
        var shape = new TensorShape.Feature(channels, vertical.Over(feature.Height), horizontal.Over(feature.Width));
        RequireRoom(shape.Height, feature.Height, use.Domain.Height, "height", vertical);
        RequireRoom(shape.Width, feature.Width, use.Domain.Width, "width", horizontal);
        return shape;
    }

    /// <summary>What a window sees.</summary>
    public static (AxisReach Height, AxisReach Width) Reach(OperatorUse use)
    {
        var (kernel, stride, dilation) = (use.Attributes["kernel"], use.Attributes["stride"], use.Attributes.Find("dilation") ?? One);
        return (new(((kernel.First - 1) * dilation.First) + 1, stride.First), new(((kernel.Second - 1) * dilation.Second) + 1, stride.Second));
    }

    /// <summary>Attributes with the padding in numbers: <c>valid</c> always, <c>same</c> where one padding is exact for all sizes.</summary>
    public static AttributeSet Numbered(OperatorUse use)
    {
        var attributes = use.Attributes;
        if (attributes["padding"] is { Kind: AttributeKind.Word, Word: CommonAttributes.Valid })
        {
            return attributes.With("padding", AttributeValue.OfPair(0, 0));
        }

        if (!IsSame(use))
        {
            return attributes;
        }

        if (Symmetric(use, WindowRounding.Floor) is { } padding)
        {
            return attributes.With("padding", padding);
        }

        // A pooling may also leave a last, partial window to be counted, where a convolution must see zeros.
        return attributes.Has("ceil") && Symmetric(use, WindowRounding.Ceil) is { } partial
            ? attributes.With("padding", partial).With("ceil", AttributeValue.Of(true))
            : attributes;
    }

    /// <summary>Whether the use pads as TensorFlow's SAME does.</summary>
    public static bool IsSame(OperatorUse use) => use.Attributes["padding"] is { Kind: AttributeKind.Word, Word: CommonAttributes.Same };

    private static AttributeValue? Symmetric(OperatorUse use, WindowRounding rounding)
    {
        var (tall, wide) = Same(use);
        return tall.Symmetric(use.Feature.Height, use.Domain.Height, rounding) is { } vertical
            && wide.Symmetric(use.Feature.Width, use.Domain.Width, rounding) is { } horizontal
            ? AttributeValue.OfPair(vertical.PaddingBefore, horizontal.PaddingBefore)
            : null;
    }

    private static (SameWindow Height, SameWindow Width) Same(OperatorUse use)
    {
        var (kernel, stride, dilation) = (use.Attributes["kernel"], use.Attributes["stride"], use.Attributes.Find("dilation") ?? One);
        return (new(kernel.First, stride.First, dilation.First), new(kernel.Second, stride.Second, dilation.Second));
    }

    private static (Window Height, Window Width) Windows(OperatorUse use, WindowRounding rounding)
    {
        var (kernel, stride, dilation) = (use.Attributes["kernel"], use.Attributes["stride"], use.Attributes.Find("dilation") ?? One);
        var padding = use.Attributes["padding"] is { Kind: AttributeKind.Pair } pair ? pair : AttributeValue.OfPair(0, 0);
        return (
            new(kernel.First, stride.First, padding.First, padding.First, dilation.First, rounding),
            new(kernel.Second, stride.Second, padding.Second, padding.Second, dilation.Second, rounding));
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
}
