// Keys of stored tensors: each must be one tensor's own, or weights would load into the wrong place.
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;

namespace Detection.Spec.Compilation;

/// <summary>Checks the state-dict keys of a network.</summary>
internal static class TensorKeys
{
    /// <summary>Reports every node of the graph with a tensor key that a node before it has.</summary>
    public static void RequireUnique(Graph graph, DiagnosticBag diagnostics)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            // A node's tensors share its key: the first says it for all of them, and a part is one node however deep the tensor lies.
            var isReported = false;
            foreach (var (key, _) in (graph with { Nodes = [node] }).StoredTensors())
            {
                if (!isReported && owners.TryGetValue(key, out var owner))
                {
                    diagnostics.Report(Rules.KeyTaken, node.Syntax, key, node.Name, owner);
                    isReported = true;
                }

                owners[key] = node.Name;
            }
        }
    }
}
