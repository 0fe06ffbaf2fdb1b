// What the compiler knows about an operator: its attributes, how many inputs it takes, the shape it gives,
// the tensors it learns and the multiply-adds it costs.
using System.Collections.Immutable;
using Detection.Spec.Shapes;

namespace Detection.Spec.Operators;

/// <summary>A tensor that an operator keeps: a parameter, or a statistic that is stored but not learned.</summary>
/// <param name="Name">Name below the operator's key, such as <c>weight</c>.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Learned">Whether training changes it by gradient.</param>
public sealed record StoredTensorShape(string Name, EquatableArray<long> Shape, bool Learned)
{
    /// <summary>Number of values.</summary>
    public long Count => Shape.Items.Aggregate(1L, (product, size) => checked(product * size));
}

/// <summary>One use of an operator, for its rules.</summary>
/// <param name="Attributes">Attributes with defaults filled in.</param>
/// <param name="Inputs">Shapes of the inputs.</param>
/// <param name="Domain">Allowed input sizes of the network: height, width.</param>
public sealed record OperatorUse(AttributeSet Attributes, ImmutableArray<TensorShape> Inputs, (SizeDomain Height, SizeDomain Width) Domain)
{
    /// <summary>The first input as a feature map.</summary>
    public TensorShape.Feature Feature => (TensorShape.Feature)Inputs[0];
}

/// <summary>A rule found a shape impossible; turned into a diagnostic at the node.</summary>
/// <param name="rule">The diagnostic to report.</param>
/// <param name="message">Its text.</param>
public sealed class ShapeException(Diagnostics.SpecDiagnosticDescriptor rule, string message) : Exception(message)
{
    /// <summary>The diagnostic to report.</summary>
    public Diagnostics.SpecDiagnosticDescriptor Rule { get; } = rule;

    /// <summary>The attribute that is out of range, for <see cref="Diagnostics.Rules.OutOfRange"/>; the message then says what it must be.</summary>
    public string? Attribute { get; init; }

    /// <summary>Its value.</summary>
    public AttributeValue? Value { get; init; }
}

/// <summary>What kind of inputs an operator takes.</summary>
public enum InputRank
{
    /// <summary>Feature maps [C, H, W].</summary>
    Feature,

    /// <summary>Vectors [C].</summary>
    Vector,

    /// <summary>Either.</summary>
    Any,
}

/// <summary>How an operator goes from values of images to values of regions.</summary>
public enum RegionUse
{
    /// <summary>It does not: all inputs are of images, or all of the same regions, and the output is as they are.</summary>
    None,

    /// <summary>It takes maps of images and gives a value for each region; or for each image, with <c>regions: image</c>.</summary>
    Pools,

    /// <summary>Its first input is of regions, the others are of the images that these lie in.</summary>
    Attends,
}

/// <summary>Which of an operator's tensors a node's <c>init</c> speaks of.</summary>
public enum InitialTensors
{
    /// <summary>None.</summary>
    None,

    /// <summary>A kernel of at least two axes, and a constant: the defaults of specs and blocks count too.</summary>
    Kernel,

    /// <summary>A factor and a constant for each channel: only what the node says itself counts.</summary>
    Factors,
}

/// <summary>What one output cell sees of the input's cells along one axis.</summary>
/// <param name="Span">Cells from the first that it depends on to the last; null for the whole axis.</param>
/// <param name="Stride">Input cells between neighbouring output cells; below 1 when the map grows.</param>
public readonly record struct AxisReach(long? Span, double Stride)
{
    /// <summary>The cell at its own place.</summary>
    public static AxisReach Pointwise => new(1, 1);

    /// <summary>All of them.</summary>
    public static AxisReach Global => new(null, 1);
}

/// <summary>An operator of the language.</summary>
/// <param name="Name">The word after <c>op:</c>.</param>
/// <param name="Summary">One sentence.</param>
public sealed record OperatorDefinition(string Name, string Summary)
{
    /// <summary>Its attributes.</summary>
    public ImmutableArray<AttributeDefinition> Attributes { get; init; } = [];

    /// <summary>Fewest inputs.</summary>
    public int MinimumInputs { get; init; } = 1;

    /// <summary>Most inputs.</summary>
    public int MaximumInputs { get; init; } = 1;

    /// <summary>How it goes from images to regions.</summary>
    public RegionUse RegionUse { get; init; }

    /// <summary>What its inputs must be.</summary>
    public InputRank Rank { get; init; } = InputRank.Feature;

    /// <summary>The shape of its output.</summary>
    /// <remarks>Throws <see cref="ShapeException"/> when there is none.</remarks>
    public Func<OperatorUse, TensorShape> Shape { get; init; } = use => use.Inputs[0];

    /// <summary>The tensors it keeps.</summary>
    public Func<OperatorUse, ImmutableArray<StoredTensorShape>> Tensors { get; init; } = _ => [];

    /// <summary>Multiply-adds for one output value, 0 for operators that the papers do not count.</summary>
    public Func<OperatorUse, long> MultiplyAddsPerOutput { get; init; } = _ => 0;

    /// <summary>Multiply-adds for one value of the first input, of operators that spread their inputs instead of gathering them.</summary>
    public Func<OperatorUse, long> MultiplyAddsPerInput { get; init; } = _ => 0;

    /// <summary>What an output cell sees of the input's: along the height, along the width.</summary>
    public Func<OperatorUse, (AxisReach Height, AxisReach Width)> Reach { get; init; } = _ => (AxisReach.Pointwise, AxisReach.Pointwise);

    /// <summary>The input whose stride the output has; null for the widest among them.</summary>
    public int? StrideOf { get; init; }

    /// <summary>The attributes as code runs them: what is written in words becomes numbers wherever that is exact for every allowed input size.</summary>
    public Func<OperatorUse, AttributeSet> Settings { get; init; } = use => use.Attributes;

    /// <summary>Whether it is a module with state or settings (a field in generated code) rather than a plain function.</summary>
    public bool IsModule { get; init; }

    /// <summary>Whether its output is a tensor of its own that its backward pass does not read, so that the next operator may overwrite it.</summary>
    public bool OutputIsFree { get; init; }

    /// <summary>Whether its output, outside of training, is its input's memory seen anew.</summary>
    public bool SharesInput { get; init; }

    /// <summary>The tensors whose beginnings a node's <c>init</c> says.</summary>
    public InitialTensors Initial { get; init; }

    /// <summary>The C# class of an operator that a spec declares; null for one of the language.</summary>
    public OperatorClass? Class { get; init; }

    /// <summary>Whether it may overwrite its input where nothing else reads that.</summary>
    public bool CanRunInPlace { get; init; }
}
