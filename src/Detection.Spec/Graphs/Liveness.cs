// How long the values of a graph live: what generated code frees behind each line, and which lines overwrite their input.
// Generator and memory figures both ask here, so that the figures are those of the code.
using System.Collections.Immutable;

namespace Detection.Spec.Graphs;

/// <summary>Lifetimes of a graph's values, one statement for each node.</summary>
public sealed class Liveness
{
    private readonly Dictionary<Port, int> uses = [];

    private Liveness(Graph graph, ImmutableArray<ImmutableArray<Port>> dying)
    {
        Dying = dying;
        foreach (var port in graph.Nodes.SelectMany(n => n.Inputs).Concat(graph.Results.Select(r => r.Port)))
        {
            uses[port] = uses.TryGetValue(port, out var count) ? count + 1 : 1;
        }
    }

    /// <summary>The values that are not needed behind each node, in the order of their creation; inputs and results of the graph are never among them.</summary>
    public ImmutableArray<ImmutableArray<Port>> Dying { get; }

    /// <summary>Works out the lifetimes.</summary>
    public static Liveness Of(Graph graph)
    {
        var last = new Dictionary<Port, int>();
        var order = new List<Port>();
        for (var i = 0; i < graph.Nodes.Length; i++)
        {
            var node = graph.Nodes[i];
            for (var output = 0; output < node.Outputs.Length; output++)
            {
                var port = new Port(node, output);
                order.Add(port);
                last[port] = i;
            }

            foreach (var port in node.Inputs.Where(p => p.Node is not null))
            {
                last[port] = i;
            }
        }

        foreach (var (_, port) in graph.Results)
        {
            last.Remove(port);
        }

        var dying = graph.Nodes.Select(_ => ImmutableArray.CreateBuilder<Port>()).ToArray();
        foreach (var port in order.Where(last.ContainsKey))
        {
            dying[last[port]].Add(port);
        }

        return new Liveness(graph, [.. dying.Select(d => d.ToImmutable())]);
    }

    /// <summary>
    /// Whether a node overwrites its input. That is right where nobody reads the old value: neither another node, nor the caller, nor the
    /// producer's backward pass.
    /// </summary>
    public bool RunsInPlace(GraphNode node) =>
        node.Body is NodeBody.Operation { Operator.CanRunInPlace: true } && IsFree(node.Inputs[0]);

    // A cast may give its input's own memory, where a model of bfloat16 runs in 32-bit floats.
    private bool IsFree(Port port) =>
        port.Node is { Body: NodeBody.Operation operation } source && uses[port] == 1
        && (operation.Operator.OutputIsFree || (PrecisionCast.Is(source) && IsFree(source.Inputs[0])));
}
