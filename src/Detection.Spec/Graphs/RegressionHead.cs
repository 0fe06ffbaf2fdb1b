// A head that regresses further numbers for every default box: landmarks, a distance, a second box.
using System.Collections.Immutable;
using Detection.Spec.Operators;

namespace Detection.Spec.Graphs;

/// <summary>A further regression head.</summary>
/// <param name="Name">Its name under <c>detection.heads</c>.</param>
/// <param name="Values">Numbers for each default box.</param>
/// <param name="Coder">How they are coded: <c>none</c>, <c>points</c> or <c>centerSize</c>.</param>
/// <param name="Variances">Factors of the coding; empty for <c>none</c>, one for <c>points</c>, two for <c>centerSize</c>.</param>
/// <param name="Loss">The keys that say how it is trained, see <see cref="Attributes"/>.</param>
/// <param name="Label">Name of the label in the data.</param>
public sealed record RegressionHead(string Name, long Values, string Coder, EquatableArray<double> Variances, AttributeSet Loss, string Label)
{
    /// <summary>The keys of a further head beside those of its node.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        new("values", AttributeKind.Integer, "Numbers for each default box; makes the entry a further regression head.") { Required = true, Minimum = 1, Maximum = 1000 },
        new("coder", AttributeKind.Word, "What the numbers are: plain ones, points relative to the default box, or a second box.") { Default = AttributeValue.OfWord("none"), Words = ["none", "points", "centerSize"] },
        new("variances", AttributeKind.Numbers, "Factors of coded numbers: [centre] for points, 0.1 when absent; [centre, size] for a box, 0.1 and 0.2 when absent.") { Minimum = 1e-9, Maximum = 1e9 },
        new("loss", AttributeKind.Word, "What a difference costs.") { Default = AttributeValue.OfWord("smoothL1"), Words = ["smoothL1", "l1", "l2"] },
        new("beta", AttributeKind.Number, "Where smooth L1 goes from a parabola to a line.") { Default = AttributeValue.Of(1.0), Minimum = 1e-6, Maximum = 1e3 },
        new("weight", AttributeKind.Number, "Weight of the loss beside that of the scores.") { Default = AttributeValue.Of(1.0), Minimum = 0, Maximum = 1e6 },
        new("label", AttributeKind.Text, "Name of the label in the data; the head's own name when absent."),
        new("mirror", AttributeKind.Numbers, "For points: which point each one becomes in a mirrored image, counted from 0.") { Minimum = 0, Maximum = 1000 },
    ];
}
