// How box deltas are coded against default boxes.
using System.Collections.Immutable;
using Detection.Spec.Operators;

namespace Detection.Spec.Graphs;

/// <summary>A box coding.</summary>
/// <param name="Kind"><c>centerSize</c>, <c>cell</c>, <c>corners</c> or <c>distances</c>.</param>
/// <param name="Variances">Its factors: [centre, size], none for <c>cell</c>, one for the others.</param>
public sealed record BoxCoding(string Kind, EquatableArray<double> Variances)
{
    /// <summary>The keys of <c>detection.coding</c>.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        new("kind", AttributeKind.Word, "What the four numbers of a box are.") { Default = AttributeValue.OfWord("centerSize"), Words = ["centerSize", "cell", "corners", "distances"] },
        new("variances", AttributeKind.Numbers, "Factors of the box deltas: [centre, size], 0.1 and 0.2 when absent; one number for corners and distances, 0.1 when absent.") { Minimum = 1e-9, Maximum = 1e9 },
        new("scales", AttributeKind.Numbers, "The same as its inverse, [x, y, width, height]: [10, 10, 5, 5] is variances [0.1, 0.2].") { Minimum = 1e-9, Maximum = 1e9 },
    ];
}
