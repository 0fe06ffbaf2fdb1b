// What the compiler computes of an operator that a spec declares: its shape, tensors and costs, from the expressions in the declaration.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Expressions;
using Detection.Spec.Shapes;

namespace Detection.Spec.Operators;

/// <summary>An expression of a declaration.</summary>
/// <param name="Text">As written, for messages.</param>
/// <param name="Expression">Parsed.</param>
internal readonly record struct OperatorExpression(string Text, Expression Expression);

/// <summary>The output of a declared operator: a feature map, each rule null for what the input has, or a vector.</summary>
internal sealed record ShapeRules(OperatorExpression? Channels, OperatorExpression? Height, OperatorExpression? Width, OperatorExpression? Vector);

/// <summary>The rules of a declared operator.</summary>
/// <param name="inputs">Names of its inputs; empty for a single one.</param>
/// <param name="shape">Its output.</param>
/// <param name="tensors">What it keeps.</param>
/// <param name="multiplyAdds">Multiply-adds for one output value; null for 0.</param>
/// <param name="sees">Input cells that an output cell depends on, along the height and the width; null for all.</param>
internal sealed class DeclaredOperator(
    ImmutableArray<string> inputs, ShapeRules shape, ImmutableArray<DeclaredTensor> tensors, OperatorExpression? multiplyAdds, (OperatorExpression Height, OperatorExpression Width)? sees)
{
    public const string Height = "height";
    public const string Width = "width";
    public const string InChannels = "inChannels";

    private const double MostChannels = 1e9;

    /// <summary>A definition with the rules in it.</summary>
    public OperatorDefinition Complete(OperatorDefinition definition) => definition with
    {
        Shape = use =>
        {
            // What is computed later is computed once here, where a failure has a place.
            _ = Reach(use);
            JoiningOperators.OfEqualSize(use, definition.Name);
            return Output(use);
        },
        Tensors = use => [.. tensors.Select(t => Stored(use, t))],
        MultiplyAddsPerOutput = use => multiplyAdds is { } rule ? Whole(use, rule, "multiplyAdds", 0, Rules.OperatorRule) : 0,
        Reach = Reach,
    };

    private TensorShape Output(OperatorUse use)
    {
        if (shape.Vector is { } length)
        {
            return new TensorShape.Vector(Whole(use, length, "vector", 1, Rules.Channels));
        }

        var channels = shape.Channels is { } rule ? Whole(use, rule, "channels", 1, Rules.Channels) : use.Feature.Channels;
        var output = new TensorShape.Feature(channels, Size(use, shape.Height, Height, use.Feature.Height), Size(use, shape.Width, Width, use.Feature.Width));
        RequireCells(output.Height, use.Feature.Height, use.Domain.Height, Height);
        RequireCells(output.Width, use.Feature.Width, use.Domain.Width, Width);
        return output;
    }

    private (AxisReach Height, AxisReach Width) Reach(OperatorUse use) => (
        new(sees is { } tall ? Whole(use, tall.Height, "sees", 1, Rules.OperatorRule) : null, Size(use, shape.Height, Height, Extent.Input).Stride ?? 1),
        new(sees is { } wide ? Whole(use, wide.Width, "sees", 1, Rules.OperatorRule) : null, Size(use, shape.Width, Width, Extent.Input).Stride ?? 1));

    private StoredTensorShape Stored(OperatorUse use, DeclaredTensor tensor) => new(
        tensor.Name, new([.. tensor.Sizes.Select(s => Whole(use, new OperatorExpression(tensor.Name, s), tensor.Name, 1, Rules.OperatorRule))]), tensor.Learned);

    private Extent Size(OperatorUse use, OperatorExpression? rule, string axis, Extent input)
    {
        if (rule is not { } written)
        {
            return input;
        }

        try
        {
            return SizeRule.Over(written.Expression, axis, input, Lookup(use));
        }
        catch (SizeRuleException e)
        {
            throw new ShapeException(Rules.OperatorRule, $"the {axis} '{written.Text}' is no size: {e.Message}");
        }
        catch (ExpressionException e)
        {
            throw new ShapeException(Rules.OperatorRule, $"the {axis} '{written.Text}' has no value: {e.Message}");
        }
    }

    private long Whole(OperatorUse use, OperatorExpression rule, string what, long minimum, SpecDiagnosticDescriptor problem)
    {
        double value;
        try
        {
            value = rule.Expression.Evaluate(Lookup(use));
        }
        catch (ExpressionException e)
        {
            throw new ShapeException(Rules.OperatorRule, $"'{what}' has no value: {e.Message}");
        }

        return value == Math.Floor(value) && value >= minimum && value <= MostChannels
            ? (long)value
            : throw new ShapeException(problem, string.Format(CultureInfo.InvariantCulture, "'{0}' must be a whole number of at least {1} and at most 1e9, but is {2}", what, minimum, value));
    }

    private Func<string, double?> Lookup(OperatorUse use) => name =>
        name == "in" ? use.Inputs[0].Channels
        : inputs.IndexOf(name) is >= 0 and var input ? use.Inputs[input].Channels
        : use.Attributes.Find(name)?.Number;

    private static void RequireCells(Extent output, Extent input, SizeDomain domain, string axis)
    {
        if (output.FirstBelow(1, domain) is { } size)
        {
            throw new ShapeException(
                Rules.EmptyFeature,
                $"for an input {axis} of {size} pixels the operator takes {input.At(size)} cells and gives {output.At(size)}; allowed is {domain}");
        }
    }
}
