// A two-stage detector's network in the parts that run apart from each other: once for the images, then once for the regions of each stage.
using System.Collections.Immutable;

namespace Detection.Spec.Graphs;

/// <summary>The parts of a two-stage detector's network. Nodes of a stage still name the nodes of the images that they take from.</summary>
/// <param name="Images">What runs for images; it gives the maps of the proposals' heads, then <paramref name="Maps"/>.</param>
/// <param name="Maps">What stages take of it.</param>
/// <param name="Stages">What runs for the regions of each stage.</param>
public sealed record TwoStageParts(Graph Images, ImmutableArray<(string Name, Port Port)> Maps, ImmutableArray<Graph> Stages)
{
    /// <summary>Divides a network by what its nodes run for.</summary>
    public static TwoStageParts Of(Graph graph, TwoStageLayout layout)
    {
        var ofImages = graph.Nodes.Where(n => n.Regions is null).ToImmutableArray();
        var maps = graph.Nodes.Where(n => n.Regions is not null).SelectMany(n => n.Inputs)
            .Where(p => p.Node is { Regions: null } || (p.Node is null && graph.ShapeOf(p) is not Shapes.TensorShape.Boxes)).Distinct().Select(p => (NameOf(graph, p), p)).ToImmutableArray();
        var proposals = layout.Proposals?.Levels.SelectMany(l => new[] { ("objectness_" + l.Name, l.Objectness), ("proposalBoxes_" + l.Name, l.Boxes) }) ?? [];
        return new TwoStageParts(
            new Graph([graph.Inputs[0]], ofImages, [.. proposals, .. maps]),
            maps,
            [
                .. layout.Stages.Select(stage => new Graph(
                    graph.Inputs, [.. graph.Nodes.Where(n => n.Regions == stage.Regions)],
                    ResultsOf(stage))),
            ]);
    }

    /// <summary>What a stage gives, in order; the features only where something is fitted to them.</summary>
    public static ImmutableArray<(string Name, Port Port)> ResultsOf(RegionStage stage)
    {
        (string Name, Port? Port)[] all = [("scores", stage.Scores), ("boxes", stage.Boxes), ("svm", stage.Machines), ("scoreFeatures", stage.ScoreFeatures), ("boxFeatures", stage.BoxFeatures)];
        return [.. all.Where(r => r.Port is not null).Select(r => (r.Name, r.Port!.Value))];
    }

    private static string NameOf(Graph graph, Port port) => port.Node is not { } node ? graph.Inputs[port.Index].Name
        : node.Outputs[port.Index].Name is { Length: > 0 } output ? node.Name + "_" + output : node.Name;
}
