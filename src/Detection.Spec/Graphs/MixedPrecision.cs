// Which operators compute in bfloat16, and where casts stand: at edges between operators of different formats, one for each value, shared by all who take it.
// Weights are no values of the graph: a layer casts its own when it runs.
using System.Collections.Immutable;
using Detection.Spec.Shapes;

namespace Detection.Spec.Graphs;

/// <summary>A network with casts in place.</summary>
/// <param name="Graph">The network.</param>
/// <param name="Detection">The detection part of a one-stage detector, over its nodes; null for others.</param>
/// <param name="TwoStage">The detection part of a two-stage detector, over its nodes; null for others.</param>
public sealed record MixedNetwork(Graph Graph, DetectionLayout? Detection, TwoStageLayout? TwoStage);

/// <summary>Places casts.</summary>
public sealed class MixedPrecision
{
    /// <summary>
    /// Operators that compute in bfloat16: products of weights, which accumulate in 32-bit floats, and what moves, compares, joins or bends their results.
    /// All others keep 32-bit floats. Normalisations, softmax, mish, bilinear resampling and the operators of regions divide by sums or look up fractions of cells;
    /// convTranspose, and relu6 on its way back, have no kernel for bfloat16 in libtorch 1.13 on processors; what a spec declares is not known.
    /// </summary>
    public static ImmutableHashSet<string> Reduced { get; } =
    [
        "conv", "linear",
        "relu", "leakyRelu", "elu", "sigmoid", "hardSigmoid", "tanh", "swish", "hardSwish", "dropout",
        "maxPool", "avgPool", "globalAvgPool", "globalMaxPool", "flatten",
        "upsample", "resizeLike", "spaceToDepth", "slice", "channelShuffle",
        "concat", "add", "multiply", "scale", "learnedScale",
    ];

    private readonly Dictionary<GraphNode, GraphNode> placed = [];

    private MixedPrecision()
    {
    }

    /// <summary>What a node computes in.</summary>
    public static Precision Of(GraphNode node) =>
        node.Body is NodeBody.Operation { Operator: { Class: null } definition } operation && Reduced.Contains(definition.Name) && operation.Use.Attributes.Find("mode")?.Word != "bilinear"
        ? Precision.BFloat16
        : Precision.Float32;

    /// <summary>Places casts in a detector, whose input and results are 32-bit floats.</summary>
    public static MixedNetwork Place(Graph graph, DetectionLayout? detection, TwoStageLayout? twoStage)
    {
        var placement = new MixedPrecision();
        var values = new Values(graph, [.. graph.Inputs.Select(_ => Precision.Float32)]);
        placement.Run(graph, values);
        Port Result(Port port) => values.In(port, Precision.Float32);
        ImmutableArray<(string, Port)> results = [.. graph.Results.Select(r => (r.Name, Result(r.Port)))];
        placement.Link();
        return new MixedNetwork(
            values.Graph(results),
            detection is null ? null : detection with
            {
                Levels =
                [
                    .. detection.Levels.Select(level => level with
                    {
                        Feature = values.Of(level.Feature),
                        Scores = Result(level.Scores),
                        Boxes = Result(level.Boxes),
                        Presence = level.Presence is { } presence ? Result(presence) : null,
                        Extras = [.. level.Extras.Select(Result)],
                        Objectness = level.Objectness is { } objectness ? Result(objectness) : null,
                        FirstBoxes = level.FirstBoxes is { } boxes ? Result(boxes) : null,
                    }),
                ],
            },
            twoStage is null ? null : twoStage with
            {
                Proposals = twoStage.Proposals is not { } proposals ? null : proposals with
                {
                    Levels = [.. proposals.Levels.Select(level => level with { Feature = values.Of(level.Feature), Objectness = Result(level.Objectness), Boxes = Result(level.Boxes) })],
                },
                Stages = [.. twoStage.Stages.Select(stage => stage with { Scores = Result(stage.Scores), Boxes = stage.Boxes is { } boxes ? Result(boxes) : null })],
            });
    }

    /// <summary>Places casts in a part of a detector. It is the same part for whoever uses it: its inputs are what most of it wants, and its results what they come as.</summary>
    public static Graph PlaceInPart(Graph graph)
    {
        var placement = new MixedPrecision();
        var result = placement.Inside(graph);
        placement.Link();
        return result;
    }

    // A value that anyone takes in bfloat16 comes in it: between layers there is half as much to move.
    private static Precision Wanted(Graph graph, int input)
    {
        if (graph.Inputs[input].Shape is TensorShape.Boxes)
        {
            return Precision.Float32;
        }

        var port = new Port(null, input);
        return graph.Nodes.Any(node => node.Inputs.Select((p, i) => (p, i)).Any(u => u.p == port && Wanted(node, u.i) == Precision.BFloat16)) ? Precision.BFloat16 : Precision.Float32;
    }

    private static Precision Wanted(GraphNode node, int input) => node.Inside is { } inside ? Wanted(inside, input) : Of(node);

    private Graph Inside(Graph graph)
    {
        var values = new Values(graph, [.. graph.Inputs.Select((_, i) => Wanted(graph, i))]);
        Run(graph, values);
        return values.Graph([.. graph.Results.Select(r => (r.Name, values.Of(r.Port)))]);
    }

    private void Run(Graph graph, Values values)
    {
        foreach (var node in graph.Nodes)
        {
            ImmutableArray<Port> inputs = [.. node.Inputs.Select((port, i) => graph.ShapeOf(port) is TensorShape.Boxes ? values.Of(port) : values.In(port, Wanted(node, i)))];
            NodeBody body = node.Body switch
            {
                NodeBody.Block block => block with { Graph = Inside(block.Graph) },
                NodeBody.Model model => new NodeBody.Model(model.Instance with { IsMixed = true }, Inside(model.Graph)),
                var operation => operation,
            };
            placed[node] = values.Add(node, new GraphNode(node.Name, node.Key, body, inputs, node.Outputs, node.Syntax) { Precision = Of(node) });
        }
    }

    // Whose weights a node uses is known when all nodes are placed.
    private void Link()
    {
        foreach (var (node, copy) in placed.Select(p => (p.Key, p.Value)))
        {
            copy.Owner = node.Owner is { } owner ? placed[owner] : null;
            copy.RunsOwner = node.RunsOwner;
        }
    }

    // The values of a graph as its copy has them.
    private sealed class Values(Graph graph, ImmutableArray<Precision> inputs)
    {
        private readonly Dictionary<Port, Port> places = [];
        private readonly Dictionary<Port, Port> casts = [];
        private readonly HashSet<string> names = [.. graph.Inputs.Select(i => i.Name), .. graph.Nodes.Select(n => n.Name)];
        private readonly Graph header = new(graph.Inputs, [], []) { InputPrecisions = inputs };
        private readonly ImmutableArray<GraphNode>.Builder nodes = ImmutableArray.CreateBuilder<GraphNode>();

        public Port Of(Port port) => port.Node is null ? port : places[port];

        public GraphNode Add(GraphNode node, GraphNode copy)
        {
            nodes.Add(copy);
            for (var i = 0; i < node.Outputs.Length; i++)
            {
                places[new Port(node, i)] = new Port(copy, i);
            }

            return copy;
        }

        public Port In(Port port, Precision precision)
        {
            var place = Of(port);
            if (header.PrecisionOf(place) == precision)
            {
                return place;
            }

            if (!casts.TryGetValue(place, out var cast))
            {
                var shape = graph.ShapeOf(port);
                var node = new GraphNode(Name(port, precision), "", PrecisionCast.Of(shape, precision), [place], [new Output("", shape)], port.Node?.Syntax ?? graph.Nodes[0].Syntax) { Precision = precision };
                nodes.Add(node);
                casts[place] = cast = new Port(node, 0);
            }

            return cast;
        }

        public Graph Graph(ImmutableArray<(string Name, Port Port)> results) => header with { Nodes = nodes.ToImmutable(), Results = results };

        private string Name(Port port, Precision precision)
        {
            var source = port.Node is not { } node ? graph.Inputs[port.Index].Name
                : node.Outputs[port.Index].Name is { Length: > 0 } output ? node.Name + "_" + output : node.Name;
            var name = source + "_" + PrecisionCast.Word(precision);
            while (!names.Add(name))
            {
                name += "_";
            }

            return name;
        }
    }
}
