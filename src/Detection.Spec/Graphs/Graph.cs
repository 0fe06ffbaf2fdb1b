// The network of a model as a graph: nodes in the order in which they run, each an operator, a block
// (a graph of its own) or another model.
using System.Collections.Immutable;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Graphs;

/// <summary>A value in a graph: an output of a node, or an input of the graph.</summary>
/// <param name="Node">The node, or null for the graph's own input.</param>
/// <param name="Index">Which of its outputs, or which input.</param>
public readonly record struct Port(GraphNode? Node, int Index);

/// <summary>An output of a node or graph.</summary>
/// <param name="Name">Its name; empty when it is the only one.</param>
/// <param name="Shape">Its shape.</param>
public sealed record Output(string Name, TensorShape Shape);

/// <summary>What a node does.</summary>
public abstract record NodeBody
{
    /// <summary>A built-in operator.</summary>
    /// <param name="Operator">Which.</param>
    /// <param name="Use">Its attributes and input shapes.</param>
    /// <param name="Tensors">The tensors it keeps.</param>
    public sealed record Operation(OperatorDefinition Operator, OperatorUse Use, ImmutableArray<StoredTensorShape> Tensors) : NodeBody
    {
        /// <summary>What its tensors begin with; null where that is its class's own matter. No part of what weights mean.</summary>
        public Initialization? Initial { get; init; }

        /// <summary>Its attributes as code runs them, see <see cref="OperatorDefinition.Settings"/>.</summary>
        public AttributeSet Settings { get; } = Operator.Settings(Use);

        /// <summary>Multiply-adds for an input image of the given size in pixels, all its regions counted.</summary>
        /// <exception cref="OverflowException">There are more than a long counts.</exception>
        public long MultiplyAdds(TensorShape output, long height, long width) => checked(
            ((output.At(height, width).Count * Operator.MultiplyAddsPerOutput(Use)) + (Use.Inputs[0].At(height, width).Count * Operator.MultiplyAddsPerInput(Use))) * output.PerImage);
    }

    /// <summary>A block of the spec, with its parameters filled in.</summary>
    /// <param name="Name">Name of the block.</param>
    /// <param name="Arguments">Values of its parameters.</param>
    /// <param name="ParameterNames">Its parameters in the order in which the spec declares them.</param>
    /// <param name="Graph">Its nodes.</param>
    public sealed record Block(
        string Name, ImmutableSortedDictionary<string, double> Arguments, ImmutableArray<string> ParameterNames, Graph Graph) : NodeBody
    {
        /// <summary>The parameters that the node gives itself, or takes from the node whose weights it shares; the others follow from them.</summary>
        public ImmutableDictionary<string, double> Given { get; init; } = ImmutableDictionary<string, double>.Empty;
    }

    /// <summary>Another model used as a part, with its parameters filled in.</summary>
    /// <param name="Instance">Which model with which arguments.</param>
    /// <param name="Graph">Its nodes, for this network's input.</param>
    public sealed record Model(ModelInstance Instance, Graph Graph) : NodeBody;
}

/// <summary>A node of a graph.</summary>
/// <param name="Name">Its name in the spec.</param>
/// <param name="Key">Prefix of its tensors in state dicts, below the key of what contains it.</param>
/// <param name="Body">What it does.</param>
/// <param name="Inputs">Where its inputs come from.</param>
/// <param name="Outputs">What it gives.</param>
/// <param name="Syntax">Where it is declared.</param>
public sealed record GraphNode(
    string Name, string Key, NodeBody Body, ImmutableArray<Port> Inputs, ImmutableArray<Output> Outputs, SyntaxNode Syntax)
{
    /// <summary>
    /// The node whose weights this one uses, all or some of them; null for weights of its own. Set while the graph is built, when both are known.
    /// Inside a block that shares, the nodes that share have owners of their own.
    /// </summary>
    public GraphNode? Owner { get; internal set; }

    /// <summary>Whether it does exactly what its owner does, so that generated code runs the owner's module in its place.</summary>
    public bool RunsOwner { get; internal set; }

    /// <summary>What an operator computes in; what a block or part gives, each of its results may have its own, see <see cref="Graph.PrecisionOf"/>.</summary>
    public Precision Precision { get; init; }

    /// <summary>Nodes are what they are, not what they look like.</summary>
    public bool Equals(GraphNode? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>The word after <c>op:</c>.</summary>
    public string OperatorName => Body switch
    {
        NodeBody.Operation operation => operation.Operator.Name,
        NodeBody.Block block => block.Name,
        NodeBody.Model model => model.Instance.ModelName,
        _ => "",
    };

    /// <summary>The nodes of a block or part; null for an operator.</summary>
    public Graph? Inside => Body switch
    {
        NodeBody.Block block => block.Graph,
        NodeBody.Model model => model.Graph,
        _ => null,
    };

    /// <summary>The regions that it runs for; null for a node that runs once for each image.</summary>
    public RegionSet? Regions => Outputs.IsEmpty ? null : Outputs[0].Shape.Regions;

    /// <summary>Whether generated code keeps the node as a field: it has state or settings of its own.</summary>
    public bool IsField => Body is NodeBody.Operation operation ? operation.Operator.IsModule && Owner is null : !RunsOwner;
}

/// <summary>A graph: nodes in running order, and which values it gives.</summary>
/// <param name="Inputs">Names and shapes of its inputs.</param>
/// <param name="Nodes">The nodes.</param>
/// <param name="Results">Its outputs by name; a single one has the empty name.</param>
public sealed record Graph(ImmutableArray<Output> Inputs, ImmutableArray<GraphNode> Nodes, ImmutableArray<(string Name, Port Port)> Results)
{
    /// <summary>What its inputs are in; all in 32-bit floats when empty.</summary>
    public ImmutableArray<Precision> InputPrecisions { get; init; } = [];

    /// <summary>What the value behind a port is in.</summary>
    public Precision PrecisionOf(Port port) => port.Node is { } node
        ? node.Inside is { } inside ? inside.PrecisionOf(inside.Results[port.Index].Port) : node.Precision
        : InputPrecisions.IsEmpty ? Precision.Float32 : InputPrecisions[port.Index];

    /// <summary>Number of casts, those of blocks and parts at each of their uses.</summary>
    public int Casts => Flatten().Count(n => PrecisionCast.Is(n.Node));

    /// <summary>The shape behind a port.</summary>
    public TensorShape ShapeOf(Port port) => port.Node is { } node ? node.Outputs[port.Index].Shape : Inputs[port.Index].Shape;

    /// <summary>All stored tensors with their state-dict keys, in running order; tensors that nodes share are those of their owners, once.</summary>
    public IEnumerable<(string Key, StoredTensorShape Tensor)> StoredTensors(string prefix = "")
    {
        foreach (var node in Nodes)
        {
            var key = node.Key.Length == 0 ? prefix : prefix.Length == 0 ? node.Key : prefix + "." + node.Key;
            foreach (var tensor in node.Body switch
            {
                NodeBody.Operation when node.Owner is not null => [],
                NodeBody.Operation operation => operation.Tensors.Select(t => (Key: key.Length == 0 ? t.Name : key + "." + t.Name, Tensor: t)),
                NodeBody.Block block => block.Graph.StoredTensors(key),
                NodeBody.Model model => model.Graph.StoredTensors(key),
                _ => [],
            })
            {
                yield return tensor;
            }
        }
    }

    /// <summary>Every operator of the graph and its parts, with its path of node names.</summary>
    public IEnumerable<(string Path, GraphNode Node)> Flatten(string prefix = "")
    {
        foreach (var node in Nodes)
        {
            var path = prefix.Length == 0 ? node.Name : prefix + "." + node.Name;
            if (node.Inside is not { } inside)
            {
                yield return (path, node);
                continue;
            }

            foreach (var part in inside.Flatten(path))
            {
                yield return part;
            }
        }
    }
}
