// Models of one structure differ in widths, anchors and sizes, and their tests show the same: one of them is tested, unless the project wants all.
// Known only when all models are planned, so it is decided behind them and touches the files of tests alone.
using System.Collections.Immutable;
using Detection.Spec;

namespace Detection.Gen.Pipeline;

/// <summary>A model with tests.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Structure">Fingerprint of its structure.</param>
/// <param name="MultiplyAdds">What one image costs.</param>
/// <param name="HintName">The file of its tests.</param>
internal sealed record TestedModel(string Name, string Structure, long MultiplyAdds, string HintName);

/// <summary>Files of tests that would show what others show. Value-equal.</summary>
/// <param name="HintNames">The files, in order.</param>
internal sealed record RepeatedTests(EquatableArray<string> HintNames)
{
    /// <summary>The property that asks for the tests of all models: <c>all</c>; <c>distinct</c> is the other value, and what holds when it is absent.</summary>
    public const string Property = "build_property.DetectionTests";

    /// <summary>Whether a file is left out.</summary>
    public bool LeavesOut(string hintName) => HintNames.Items.BinarySearch(hintName, StringComparer.Ordinal) >= 0;

    /// <summary>Keeps the cheapest model of each structure, of several the first by name.</summary>
    public static RepeatedTests Of(ImmutableArray<TestedModel> models, bool all) => new(new EquatableArray<string>(all ? [] :
    [
        .. models.GroupBy(m => m.Structure, StringComparer.Ordinal)
            .SelectMany(same => same.OrderBy(m => m.MultiplyAdds).ThenBy(m => m.Name, StringComparer.Ordinal).Skip(1))
            .Select(m => m.HintName).OrderBy(h => h, StringComparer.Ordinal),
    ]));
}
