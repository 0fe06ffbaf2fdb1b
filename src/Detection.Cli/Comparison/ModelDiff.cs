// What differs between two models: nodes aligned by their paths, sums, default boxes, and everything that is set beside the network.
using System.Collections.Immutable;
using Detection.Spec.Compilation;

namespace Detection.Cli;

/// <summary>What became of a node.</summary>
internal enum NodeChangeKind
{
    Added,
    Removed,
    Changed,
}

/// <summary>A node that is not the same in both models.</summary>
/// <param name="Path">Node names from the model down, joined by dots.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Before">In the first model; null where it lacks the node.</param>
/// <param name="After">In the second model; null where it lacks the node.</param>
internal sealed record NodeChange(string Path, NodeChangeKind Kind, NodeSummary? Before, NodeSummary? After);

/// <summary>A sum over the model that is not the same in both.</summary>
internal sealed record FigureChange(string Figure, long Before, long After);

/// <summary>A setting that is not the same in both; null where a model lacks it.</summary>
internal sealed record SettingChange(string Setting, string? Before, string? After);

/// <summary>The differences between two models, first to second.</summary>
/// <param name="Before">Name of the first.</param>
/// <param name="After">Name of the second.</param>
/// <param name="Figures">Sums that differ.</param>
/// <param name="Settings">Settings that differ: input, preprocessing, classes, levels, results, recipe.</param>
/// <param name="Nodes">Nodes that differ, in running order.</param>
/// <param name="SameNodes">Number of nodes that do not differ.</param>
internal sealed record ModelDiff(
    string Before, string After, ImmutableArray<FigureChange> Figures, ImmutableArray<SettingChange> Settings, ImmutableArray<NodeChange> Nodes, int SameNodes)
{
    /// <summary>Whether the models are the same in everything that is compared.</summary>
    public bool IsEmpty => Figures.IsEmpty && Settings.IsEmpty && Nodes.IsEmpty;

    /// <summary>Compares two models.</summary>
    public static ModelDiff Of((CompiledModel Model, ModelSummary Summary) before, (CompiledModel Model, ModelSummary Summary) after)
    {
        var (nodes, same) = Align(before.Summary.Nodes, after.Summary.Nodes);
        var (a, b) = (Sums(before.Summary), Sums(after.Summary));
        var (old, young) = (ModelSettings.Of(before.Model, before.Summary), ModelSettings.Of(after.Model, after.Summary));
        return new ModelDiff(
            before.Summary.Model, after.Summary.Model,
            [.. a.Zip(b).Where(f => f.First.Value != f.Second.Value).Select(f => new FigureChange(f.First.Name, f.First.Value, f.Second.Value))],
            [
                .. old.Keys.Concat(young.Keys.Where(k => !old.ContainsKey(k)))
                    .Select(k => new SettingChange(k, old.GetValueOrDefault(k), young.GetValueOrDefault(k))).Where(s => s.Before != s.After),
                .. Initials(before.Summary.Nodes, after.Summary.Nodes),
            ],
            nodes, same);
    }

    private static ImmutableArray<(string Name, long Value)> Sums(ModelSummary summary) =>
    [
        ("operators", summary.Totals.Operators), ("parameters", summary.Totals.Parameters), ("statistics", summary.Totals.Statistics),
        ("multiply-adds", summary.Totals.MultiplyAdds), ("activations", summary.Totals.Activations),
        ("weight bytes", summary.Memory.WeightBytes), ("peak bytes per image", summary.Memory.BytesPerImage),
        ("default boxes", summary.Detection?.BoxCount ?? summary.Regions?.AnchorCount ?? 0),
    ];

    // What layers begin with is often said once for all of them, so it is told once: by the first of those that change alike.
    private static IEnumerable<SettingChange> Initials(ImmutableArray<NodeSummary> before, ImmutableArray<NodeSummary> after)
    {
        var old = before.ToDictionary(n => n.Path, n => n.Init, StringComparer.Ordinal);
        return after.Where(n => old.TryGetValue(n.Path, out var init) && init != n.Init).GroupBy(n => (Before: old[n.Path], After: n.Init))
            .Select(group => new SettingChange(
                $"init of {group.First().Path}" + (group.Count() > 1 ? $" and {group.Count() - 1} more" : ""), group.Key.Before ?? "the operator's own", group.Key.After ?? "the operator's own"));
    }

    // In the order of the second model; what it lacks stands where the first has it.
    private static (ImmutableArray<NodeChange> Changes, int Same) Align(ImmutableArray<NodeSummary> before, ImmutableArray<NodeSummary> after)
    {
        var places = before.Select((node, i) => (node.Path, i)).ToDictionary(n => n.Path, n => n.i, StringComparer.Ordinal);
        var kept = after.Select(n => n.Path).ToHashSet(StringComparer.Ordinal);
        var changes = ImmutableArray.CreateBuilder<NodeChange>();
        var (seen, same) = (0, 0);
        foreach (var node in after)
        {
            if (!places.TryGetValue(node.Path, out var place))
            {
                changes.Add(new NodeChange(node.Path, NodeChangeKind.Added, null, node));
                continue;
            }
            RemoveUpTo(place);
            if (Same(before[place], node))
            {
                same++;
            }
            else
            {
                changes.Add(new NodeChange(node.Path, NodeChangeKind.Changed, before[place], node));
            }
        }
        RemoveUpTo(before.Length);
        return (changes.ToImmutable(), same);

        void RemoveUpTo(int end)
        {
            for (; seen < end; seen++)
            {
                if (!kept.Contains(before[seen].Path))
                {
                    changes.Add(new NodeChange(before[seen].Path, NodeChangeKind.Removed, before[seen], null));
                }
            }
        }
    }

    private static bool Same(NodeSummary a, NodeSummary b) =>
        (a with { Outputs = [], Init = null }) == (b with { Outputs = [], Init = null }) && a.Outputs.Length == b.Outputs.Length && a.Outputs.Zip(b.Outputs).All(o => Same(o.First, o.Second));

    private static bool Same(ValueSummary a, ValueSummary b) =>
        a.Name == b.Name && a.Shape.SequenceEqual(b.Shape) && Same(a.Stride, b.Stride) && Same(a.ReceptiveField, b.ReceptiveField);

    private static bool Same(ImmutableArray<double>? a, ImmutableArray<double>? b) =>
        a is { } x && b is { } y ? x.SequenceEqual(y) : a is null && b is null;
}
