// Nodes that use the weights of others: which tensors pair with which, what may differ between the two, and when they do the very same.
// Convolutions may differ in what no weight depends on (stride, padding, dilation), so a branch can run the kernels of another at another resolution.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Operators;

namespace Detection.Spec.Graphs;

/// <summary>Weights cannot be shared as asked; the message says why.</summary>
internal sealed class SharingException(string message) : Exception(message);

/// <summary>Pairs the weights of nodes.</summary>
internal static class WeightSharing
{
    // A weight of a convolution fits every stride, padding and dilation.
    private static readonly ImmutableHashSet<string> Geometric = ["conv", "convTranspose"];

    /// <summary>Whether the node keeps tensors of its own, at any depth.</summary>
    public static bool HasOwnTensors(GraphNode node) => Alone(node).StoredTensors().Any();

    /// <summary>Makes a node use the weights of another, all of them or those of some nodes inside it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="owner">The node that has the weights.</param>
    /// <param name="parts">Dotted paths of the nodes inside that share; empty for all.</param>
    /// <exception cref="SharingException">The two do not fit.</exception>
    public static void Link(GraphNode node, GraphNode owner, ImmutableArray<string> parts)
    {
        if (parts.IsEmpty)
        {
            LinkAll(node, owner, node.Name, owner.Name);
        }

        foreach (var part in parts)
        {
            LinkPart(node, owner, part);
        }

        Settle(node);
    }

    private static void LinkAll(GraphNode node, GraphNode owner, string path, string ownerPath)
    {
        // What shares inside its own block already does so in its owner's block too.
        if (node.Owner is not null)
        {
            if (node.Body is not NodeBody.Operation && !node.RunsOwner)
            {
                throw new SharingException($"'{path}' has weights of '{node.Owner.Name}' inside its own block, where it does something else with them");
            }

            return;
        }

        switch (node.Body, owner.Body)
        {
            case (NodeBody.Operation a, NodeBody.Operation b) when a.Operator.Name == b.Operator.Name:
                RequireEqual(a, b, path, ownerPath);
                break;
            case (NodeBody.Block a, NodeBody.Block b) when a.Name == b.Name:
                LinkGraphs(a.Graph, b.Graph, path, ownerPath);
                break;
            case (NodeBody.Model a, NodeBody.Model b) when a.Instance.Equals(b.Instance):
                LinkGraphs(a.Graph, b.Graph, path, ownerPath);
                break;
            case (NodeBody.Model a, NodeBody.Model b) when a.Instance.ModelName == b.Instance.ModelName:
                throw new SharingException($"'{path}' is the model {a.Instance}, but '{ownerPath}' is {b.Instance}: a model is shared with the same parameters only, a block with any that leave its weights' shapes");
            default:
                throw new SharingException($"'{path}' is a '{node.OperatorName}', but '{ownerPath}' a '{owner.OperatorName}'");
        }

        node.Owner = owner;
    }

    private static void LinkGraphs(Graph graph, Graph owners, string path, string ownerPath)
    {
        foreach (var node in graph.Nodes)
        {
            var owner = owners.Nodes.FirstOrDefault(n => n.Name == node.Name);
            if (owner is not null && (HasOwnTensors(node) || HasOwnTensors(owner)))
            {
                LinkAll(node, owner, path + "." + node.Name, ownerPath + "." + owner.Name);
            }
            else if (owner is null && HasOwnTensors(node))
            {
                throw new SharingException($"'{path}' has a node '{node.Name}' with weights, but '{ownerPath}' has none");
            }
        }
    }

    private static void LinkPart(GraphNode node, GraphNode owner, string part)
    {
        var (path, ownerPath) = (node.Name, owner.Name);
        foreach (var name in part.Split('.'))
        {
            if (node.Body is not NodeBody.Block || owner.Body is not NodeBody.Block)
            {
                throw new SharingException($"'{path}' is no block: it shares all of its weights or none");
            }

            node.Owner = owner;
            (node, owner) = (Child(node, name, path), Child(owner, name, ownerPath));
            (path, ownerPath) = (path + "." + name, ownerPath + "." + name);
        }

        if (node.Owner is not null)
        {
            throw new SharingException($"'{path}' has the weights of '{node.Owner.Name}' already");
        }

        if (!HasOwnTensors(node))
        {
            throw new SharingException($"'{path}' has no weights to share");
        }

        LinkAll(node, owner, path, ownerPath);
    }

    private static GraphNode Child(GraphNode node, string name, string path)
    {
        var graph = ((NodeBody.Block)node.Body).Graph;
        return graph.Nodes.FirstOrDefault(n => n.Name == name)
            ?? throw new SharingException($"'{path}' has no node '{name}'.{new DiagnosticBag().DidYouMean(name, graph.Nodes.Select(n => n.Name))}".TrimEnd('.'));
    }

    private static void RequireEqual(NodeBody.Operation a, NodeBody.Operation b, string path, string ownerPath)
    {
        var missing = a.Tensors.Select(t => t.Name).Except(b.Tensors.Select(t => t.Name)).Concat(b.Tensors.Select(t => t.Name).Except(a.Tensors.Select(t => t.Name))).FirstOrDefault();
        if (missing is not null)
        {
            throw new SharingException($"only one of '{path}' and '{ownerPath}' has a {missing}");
        }

        foreach (var (mine, theirs) in a.Tensors.Zip(b.Tensors, (x, y) => (x, y)))
        {
            if (!mine.Equals(theirs))
            {
                throw new SharingException($"the {mine.Name} of '{path}' is [{string.Join(", ", mine.Shape)}], but that of '{ownerPath}' [{string.Join(", ", theirs.Shape)}]");
            }
        }

        if (Geometric.Contains(a.Operator.Name))
        {
            return;
        }

        foreach (var attribute in a.Use.Attributes.Values)
        {
            if (b.Use.Attributes.Find(attribute.Key) is { } other && other != attribute.Value)
            {
                throw new SharingException($"'{attribute.Key}' of '{path}' is {attribute.Value}, but that of '{ownerPath}' {other}: one module runs for both");
            }
        }
    }

    // From the inside out: whether each node that has an owner does the very same.
    private static void Settle(GraphNode node)
    {
        foreach (var inner in Inside(node)?.Nodes ?? [])
        {
            Settle(inner);
        }

        node.RunsOwner = node.Owner is { } owner && !HasOwnTensors(node) && DoSame(node, owner);
    }

    // Whether the module of one gives what that of the other would, once their weights are the same.
    private static bool DoSame(GraphNode a, GraphNode b) => (a.Body, b.Body) switch
    {
        (NodeBody.Operation x, NodeBody.Operation y) => x.Operator.Name == y.Operator.Name && x.Settings.Values.SequenceEqual(y.Settings.Values)
            && x.Use.Inputs.Select(Kind).SequenceEqual(y.Use.Inputs.Select(Kind)),
        (NodeBody.Block x, NodeBody.Block y) => DoSame(x.Graph, y.Graph),
        (NodeBody.Model x, NodeBody.Model y) => x.Instance.Equals(y.Instance) && DoSame(x.Graph, y.Graph),
        _ => false,
    };

    private static bool DoSame(Graph a, Graph b) =>
        a.Nodes.Length == b.Nodes.Length
        && a.Nodes.Zip(b.Nodes, (x, y) => x.Name == y.Name && DoSame(x, y) && x.Inputs.Select(p => Place(a, p)).SequenceEqual(y.Inputs.Select(p => Place(b, p)))).All(same => same)
        && a.Results.Select(r => Place(a, r.Port)).SequenceEqual(b.Results.Select(r => Place(b, r.Port)));

    private static (bool IsVector, long Channels) Kind(Shapes.TensorShape shape) => (shape is Shapes.TensorShape.Vector, shape.Channels);

    private static (int Node, int Index) Place(Graph graph, Port port) => (port.Node is null ? -1 : graph.Nodes.IndexOf(port.Node), port.Index);

    private static Graph? Inside(GraphNode node) => node.Body switch
    {
        NodeBody.Block block => block.Graph,
        NodeBody.Model model => model.Graph,
        _ => null,
    };

    private static Graph Alone(GraphNode node) => new([], [node], []);
}
