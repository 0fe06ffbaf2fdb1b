// Which layers of a two-stage detector its proposals and its regions share: what alternating training trains in which step.
using System.Collections.Immutable;

namespace Detection.Spec.Graphs;

/// <summary>The layers with learned values of a two-stage detector, by paths of nodes; a path stands for all that lies below it.</summary>
/// <param name="Shared">Those that both need.</param>
/// <param name="Proposals">Those of the proposals alone.</param>
/// <param name="Regions">Those of the regions alone.</param>
public sealed record LayersByUse(ImmutableArray<string> Shared, ImmutableArray<string> Proposals, ImmutableArray<string> Regions)
{
    /// <summary>Finds them.</summary>
    public static LayersByUse Of(Graph graph, TwoStageLayout layout)
    {
        var flow = Dataflow.Of(graph);
        var heads = 2 * (layout.Proposals?.Levels.Length ?? 0);
        var (ofProposals, ofRegions) = (Needed(flow, flow.Results.Take(heads)), Needed(flow, flow.Results.Skip(heads)));

        // Where a weight is another node's, it is needed wherever one of the two is.
        var owners = flow.Operators.Select((o, i) => (o.Node, i)).Where(o => o.Node.Owner is not null).GroupBy(o => o.Node.Owner!).ToDictionary(g => g.Key, g => g.Select(o => o.i).ToArray());
        var uses = flow.Operators.Select((o, i) => (o.Path, o.Node, Positions: owners.TryGetValue(o.Node, out var sharing) ? sharing.Append(i) : [i]))
            .Where(o => o.Node.Owner is null && o.Node.Body is NodeBody.Operation { Tensors.Length: > 0 })
            .Select(o => (o.Path, Use: (o.Positions.Any(p => ofProposals[p]) ? 1 : 0) + (o.Positions.Any(p => ofRegions[p]) ? 2 : 0))).Where(o => o.Use > 0).ToArray();
        ImmutableArray<string> Paths(int use) =>
        [
            .. uses.GroupBy(u => u.Path.Split('.')[0]).SelectMany(node => node.All(u => u.Use == use) ? [node.Key] : node.Where(u => u.Use == use).Select(u => u.Path)),
        ];
        return new LayersByUse(Paths(3), Paths(1), Paths(2));
    }

    private static bool[] Needed(Dataflow flow, IEnumerable<int> results)
    {
        var needed = new bool[flow.Operators.Length];
        foreach (var result in results.Where(r => r != Dataflow.Input))
        {
            var ancestors = flow.Ancestors(result);
            for (var i = 0; i < needed.Length; i++)
            {
                needed[i] |= ancestors[i];
            }
        }

        return needed;
    }
}
