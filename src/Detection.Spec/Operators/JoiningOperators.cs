// Operators of several inputs: stacked, added, multiplied. A vector beside maps counts for every cell.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Shapes;

namespace Detection.Spec.Operators;

/// <summary>Operators that join several values.</summary>
internal static class JoiningOperators
{
    private const int MostInputs = 64;

    public static ImmutableArray<OperatorDefinition> All { get; } =
    [
        new("concat", "Stacks the channels of its inputs.")
        {
            OutputIsFree = true,
            MinimumInputs = 2,
            MaximumInputs = MostInputs,
            Rank = InputRank.Any,
            Shape = Stacked,
        },
        new("add", "Sum of its inputs.") { MinimumInputs = 2, MaximumInputs = MostInputs, Rank = InputRank.Any, OutputIsFree = true, Shape = use => Joined(use, "add") },
        new("multiply", "Product of its inputs.") { MinimumInputs = 2, MaximumInputs = MostInputs, Rank = InputRank.Any, Shape = use => Joined(use, "multiply") },
    ];

    private static TensorShape Stacked(OperatorUse use)
    {
        if (use.Inputs.Any(i => i is TensorShape.Vector) && use.Inputs.Any(i => i is TensorShape.Feature))
        {
            throw new ShapeException(Rules.SpatialMismatch, "concat cannot combine a feature map and a vector");
        }

        var channels = use.Inputs.Aggregate(0L, (sum, input) => checked(sum + input.Channels));
        return OfEqualSize(use, "concat") is { } feature ? feature with { Channels = channels } : new TensorShape.Vector(channels);
    }

    private static TensorShape Joined(OperatorUse use, string name)
    {
        if (use.Inputs.Any(i => i.Channels != use.Inputs[0].Channels))
        {
            throw new ShapeException(
                Rules.Channels, $"{name} needs inputs of equal channels, but they have {string.Join(" and ", use.Inputs.Select(i => i.Channels.ToString(CultureInfo.InvariantCulture)))}");
        }

        return OfEqualSize(use, name) ?? use.Inputs[0];
    }

    /// <summary>The first map, after all others were proved to be of its size; null when there are vectors only.</summary>
    public static TensorShape.Feature? OfEqualSize(OperatorUse use, string name)
    {
        var features = use.Inputs.OfType<TensorShape.Feature>().ToArray();
        foreach (var feature in features.Skip(1))
        {
            RequireEqual(features[0].Height, feature.Height, use.Domain.Height, "height", name);
            RequireEqual(features[0].Width, feature.Width, use.Domain.Width, "width", name);
        }

        return features.FirstOrDefault();
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
}
