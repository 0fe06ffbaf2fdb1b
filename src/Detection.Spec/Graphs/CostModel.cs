// What a network costs: learned parameters and statistics, and multiply-adds for an input size.
using System.Collections.Immutable;

namespace Detection.Spec.Graphs;

/// <summary>The figures of one operator for a given input size.</summary>
/// <param name="Path">Node names from the model down, joined by dots.</param>
/// <param name="Operator">The operator.</param>
/// <param name="Shape">Shape of its output.</param>
/// <param name="Parameters">Learned values.</param>
/// <param name="Statistics">Stored values that are not learned, such as running means.</param>
/// <param name="MultiplyAdds">Multiply-accumulates of convolutions and fully connected layers for one image with all its regions, a pair counted once.</param>
public sealed record NodeCost(string Path, string Operator, Shapes.ConcreteShape Shape, long Parameters, long Statistics, long MultiplyAdds)
{
    /// <summary>How often it runs for an image: once, or for each region.</summary>
    public long PerImage { get; init; } = 1;
}

/// <summary>Computes costs.</summary>
public static class CostModel
{
    /// <summary>Learned values of a graph.</summary>
    public static long Parameters(Graph graph) => graph.StoredTensors().Where(t => t.Tensor.Learned).Sum(t => t.Tensor.Count);

    /// <summary>The figures of every operator for an input of the given size in pixels, in running order.</summary>
    public static ImmutableArray<NodeCost> Nodes(Graph graph, long height, long width) =>
        [.. graph.Flatten().Select(part => Cost(part.Path, part.Node, height, width))];

    private static NodeCost Cost(string path, GraphNode node, long height, long width)
    {
        var operation = (NodeBody.Operation)node.Body;
        var shape = node.Outputs[0].Shape.At(height, width);

        // Tensors that it shares are counted where they belong; the work is done each time.
        var tensors = node.Owner is null ? operation.Tensors : [];
        return new NodeCost(
            path,
            operation.Operator.Name,
            shape,
            tensors.Where(t => t.Learned).Sum(t => t.Count),
            tensors.Where(t => !t.Learned && t.Shape.Count > 0).Sum(t => t.Count),
            operation.MultiplyAdds(node.Outputs[0].Shape, height, width))
        {
            PerImage = node.Outputs[0].Shape.PerImage,
        };
    }
}
