// How a detector is tested at several sizes: its runs, and how what they find becomes one answer.
using System.Collections.Immutable;
using Detection.Spec.Operators;

namespace Detection.Spec.Graphs;

/// <summary>A size that a detector is run at when testing.</summary>
/// <param name="Name">Its name in the spec.</param>
/// <param name="Longer">Side in pixels for the longer side of the image; its most where the image keeps its aspect ratio.</param>
/// <param name="Shorter">Side in pixels for the shorter side of the image.</param>
/// <param name="LongestAbove">Only boxes whose longer side is above this count, in pixels of the image; all when null.</param>
/// <param name="ShortestBelow">Only boxes whose shorter side is below this count; all when null.</param>
public sealed record MultiScaleRun(string Name, long Longer, long Shorter, double? LongestAbove, double? ShortestBelow)
{
    /// <summary>The keys of a run.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        new("size", AttributeKind.Integer, "Side of a square input in pixels, in place of 'longer' and 'shorter'.") { Minimum = 1, Maximum = 100_000 },
        new("longer", AttributeKind.Integer, "Pixels that the longer side of the image gets; its most where 'preprocess' keeps the aspect ratio.") { Minimum = 1, Maximum = 100_000 },
        new("shorter", AttributeKind.Integer, "Pixels that the shorter side of the image gets.") { Minimum = 1, Maximum = 100_000 },
        new("longestAbove", AttributeKind.Number, "Only boxes whose longer side has more pixels of the image than this count; all when absent.") { Minimum = 0, Maximum = 1e6 },
        new("shortestBelow", AttributeKind.Number, "Only boxes whose shorter side has less pixels of the image than this count; all when absent.") { Minimum = 0, Maximum = 1e6 },
    ];
}

/// <summary>Testing at several sizes.</summary>
/// <param name="Runs">The sizes, at least one.</param>
/// <param name="Settings">How what they find becomes one answer, see <see cref="Attributes"/>.</param>
public sealed record MultiScaleLayout(EquatableArray<MultiScaleRun> Runs, AttributeSet Settings)
{
    /// <summary>The key of a detector's section.</summary>
    public const string Key = "multiScale";

    /// <summary>The word of <c>merge</c> for regions that are looked at in one run alone.</summary>
    public const string ByRegion = "byRegion";

    /// <summary>The keys of <c>detection.multiScale</c> beside <c>runs</c>.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        new("flip", AttributeKind.Flag, "Whether every run sees the mirrored image too.") { Default = AttributeValue.Of(false) },
        new("merge", AttributeKind.Word, "What becomes of the boxes of all runs: those that overlap vote on one; or they do, and stay with lower scores; or each region is looked at in one run alone, where its area is the nearest to a given one (two-stage detectors).")
        {
            Default = AttributeValue.OfWord("voting"), Words = ["voting", "softVoting", ByRegion],
        },
        new("groupIou", AttributeKind.Number, "From which overlap on with the best of a group a box votes in it.") { Default = AttributeValue.Of(0.45), Minimum = 1e-6, Maximum = 1 },
        new("canonicalSize", AttributeKind.Number, "Side in pixels of the square whose area regions should have, with 'byRegion'.") { Default = AttributeValue.Of(224.0), Minimum = 1, Maximum = 1e5 },
    ];
}
