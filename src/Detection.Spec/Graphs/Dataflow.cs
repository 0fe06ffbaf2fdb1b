// A network without its blocks and parts: its operators in running order, what each takes from which, and
// the values that an author can name.
using System.Collections.Immutable;
using Detection.Spec.Shapes;

namespace Detection.Spec.Graphs;

/// <summary>An operator and the operators that it takes its inputs from.</summary>
/// <param name="Path">Node names from the model down, joined by dots.</param>
/// <param name="Node">The node; its body is an operation.</param>
/// <param name="Sources">Positions in running order of what its inputs come from; <see cref="Dataflow.Input"/> for the model's input.</param>
public sealed record DataflowOperator(string Path, GraphNode Node, ImmutableArray<int> Sources);

/// <summary>A value with a name: an output of a node at any depth, or a result of the model.</summary>
/// <param name="Operator">Position in running order of the operator that gives it; <see cref="Dataflow.Input"/> for the model's input.</param>
/// <param name="Shape">Its shape.</param>
public readonly record struct NamedValue(int Operator, TensorShape Shape);

/// <summary>A network as operators alone.</summary>
public sealed class Dataflow
{
    /// <summary>Stands for the model's input where a position of an operator is asked for.</summary>
    public const int Input = -1;

    private readonly Dictionary<string, NamedValue> values = new(StringComparer.Ordinal);

    private Dataflow(Graph graph)
    {
        var operators = ImmutableArray.CreateBuilder<DataflowOperator>();
        var results = Walk(graph, [.. graph.Inputs.Select(_ => Input)], "", operators);
        for (var i = 0; i < results.Length; i++)
        {
            if (graph.Results[i].Name.Length > 0)
            {
                values[graph.Results[i].Name] = new NamedValue(results[i], graph.ShapeOf(graph.Results[i].Port));
            }
        }

        Operators = operators.ToImmutable();
        Results = results;
    }

    /// <summary>The operators in running order.</summary>
    public ImmutableArray<DataflowOperator> Operators { get; }

    /// <summary>Positions of the operators that give the model's results, in their order.</summary>
    public ImmutableArray<int> Results { get; }

    /// <summary>
    /// Values by what an author calls them: results (taps), nodes by their path, outputs of parts (<c>backbone.c3</c>).
    /// </summary>
    public IReadOnlyDictionary<string, NamedValue> Values => values;

    /// <summary>Takes a network apart.</summary>
    public static Dataflow Of(Graph graph) => new(graph);

    /// <summary>Which operators a value depends on, the one that gives it included; by position in running order.</summary>
    public bool[] Ancestors(int position)
    {
        var needed = new bool[Operators.Length];
        var open = new Stack<int>([position]);
        while (open.Count > 0)
        {
            if (open.Pop() is var at && at != Input && !needed[at])
            {
                needed[at] = true;
                foreach (var source in Operators[at].Sources)
                {
                    open.Push(source);
                }
            }
        }

        return needed;
    }

    private ImmutableArray<int> Walk(Graph graph, ImmutableArray<int> inputs, string prefix, ImmutableArray<DataflowOperator>.Builder operators)
    {
        var given = new Dictionary<GraphNode, ImmutableArray<int>>();
        int At(Port port) => port.Node is { } node ? given[node][port.Index] : inputs[port.Index];
        foreach (var node in graph.Nodes)
        {
            var path = prefix + node.Name;
            ImmutableArray<int> sources = [.. node.Inputs.Select(At)];
            if (node.Inside is { } inside)
            {
                given[node] = Walk(inside, sources, path + ".", operators);
            }
            else
            {
                given[node] = [.. Enumerable.Repeat(operators.Count, node.Outputs.Length)];
                operators.Add(new DataflowOperator(path, node, sources));
            }

            for (var i = 0; i < node.Outputs.Length; i++)
            {
                var name = node.Outputs[i].Name;
                values[name.Length == 0 ? path : path + "." + name] = new NamedValue(given[node][i], node.Outputs[i].Shape);
            }
        }

        return [.. graph.Results.Select(r => At(r.Port))];
    }
}
