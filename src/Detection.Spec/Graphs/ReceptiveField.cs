// Receptive fields: how far back in the input an output cell sees, along each axis, and how far apart its cells lie.
using System.Collections.Immutable;
using Detection.Spec.Operators;

namespace Detection.Spec.Graphs;

/// <summary>The receptive field of a value along one axis.</summary>
/// <param name="Size">Input pixels that a cell depends on; null when it is the whole input.</param>
/// <param name="Stride">Input pixels between neighbouring cells.</param>
public readonly record struct ReceptiveField(double? Size, double Stride)
{
    /// <summary>The input itself.</summary>
    public static ReceptiveField Input => new(1, 1);

    /// <summary>The field of what sees <paramref name="reach"/> of this.</summary>
    public ReceptiveField Seen(AxisReach reach) => new(reach.Span is { } span ? Size + ((span - 1) * Stride) : null, Stride * reach.Stride);

    /// <summary>The largest of several: what a sum or a concatenation sees.</summary>
    public static ReceptiveField Union(IEnumerable<ReceptiveField> fields)
    {
        var all = fields.ToArray();
        return new(all.Any(f => f.Size is null) ? null : all.Max(f => f.Size), all.Max(f => f.Stride));
    }
}

/// <summary>Receptive fields of a graph's values.</summary>
public static class ReceptiveFields
{
    /// <summary>The fields of every operator, by its path of node names: height, width.</summary>
    public static ImmutableDictionary<string, (ReceptiveField Height, ReceptiveField Width)> Of(Graph graph)
    {
        var result = ImmutableDictionary.CreateBuilder<string, (ReceptiveField, ReceptiveField)>(StringComparer.Ordinal);
        Walk(graph, [.. graph.Inputs.Select(_ => (ReceptiveField.Input, ReceptiveField.Input))], "", result);
        return result.ToImmutable();
    }

    /// <summary>The fields of the values that stand in a graph itself, not in its blocks and parts.</summary>
    public static IReadOnlyDictionary<Port, (ReceptiveField Height, ReceptiveField Width)> OfPorts(Graph graph)
    {
        ImmutableArray<(ReceptiveField, ReceptiveField)> inputs = [.. graph.Inputs.Select(_ => (ReceptiveField.Input, ReceptiveField.Input))];
        var ports = graph.Nodes.SelectMany(n => n.Outputs.Select((_, i) => new Port(n, i))).Concat(graph.Inputs.Select((_, i) => new Port(null, i))).ToArray();
        var fields = Walk(graph with { Results = [.. ports.Select(p => ("", p))] }, inputs, "", ImmutableDictionary.CreateBuilder<string, (ReceptiveField, ReceptiveField)>());
        return ports.Zip(fields, (port, field) => (port, field)).ToDictionary(p => p.port, p => p.field);
    }

    private static ImmutableArray<(ReceptiveField Height, ReceptiveField Width)> Walk(
        Graph graph, ImmutableArray<(ReceptiveField Height, ReceptiveField Width)> inputs, string prefix,
        ImmutableDictionary<string, (ReceptiveField, ReceptiveField)>.Builder result)
    {
        var fields = new Dictionary<GraphNode, ImmutableArray<(ReceptiveField Height, ReceptiveField Width)>>();
        (ReceptiveField Height, ReceptiveField Width) FieldOf(Port port) => port.Node is { } node ? fields[node][port.Index] : inputs[port.Index];
        foreach (var node in graph.Nodes)
        {
            var path = prefix.Length == 0 ? node.Name : prefix + "." + node.Name;
            ImmutableArray<(ReceptiveField Height, ReceptiveField Width)> sources = [.. node.Inputs.Select(FieldOf)];
            switch (node.Body)
            {
                case NodeBody.Operation operation:
                    var field = Apply(operation, sources);
                    fields[node] = [field];
                    result[path] = field;
                    break;
                case NodeBody.Block block:
                    fields[node] = Walk(block.Graph, sources, path, result);
                    break;
                case NodeBody.Model model:
                    fields[node] = Walk(model.Graph, sources, path, result);
                    break;
            }
        }

        return [.. graph.Results.Select(r => FieldOf(r.Port))];
    }

    private static (ReceptiveField Height, ReceptiveField Width) Apply(NodeBody.Operation operation, ImmutableArray<(ReceptiveField Height, ReceptiveField Width)> sources)
    {
        var (height, width) = operation.Operator.Reach(operation.Use);
        var (tall, wide) = (ReceptiveField.Union(sources.Select(s => s.Height)).Seen(height), ReceptiveField.Union(sources.Select(s => s.Width)).Seen(width));
        return operation.Operator.StrideOf is { } input
            ? (tall with { Stride = sources[input].Height.Stride }, wide with { Stride = sources[input].Width.Stride })
            : (tall, wide);
    }
}
