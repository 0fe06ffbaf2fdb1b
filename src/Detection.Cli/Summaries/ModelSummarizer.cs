// From a compiled spec to its summary at an input size. Works on the spec alone and never touches torch.
using System.Collections.Immutable;
using Detection.Runtime;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Shapes;

namespace Detection.Cli;

internal sealed class ModelSummarizer
{
    private readonly CompiledModel model;
    private readonly InputSize input;
    private readonly int depth;
    private readonly ImmutableDictionary<string, (ReceptiveField Height, ReceptiveField Width)> fields;
    private readonly ImmutableArray<NodeCost> costs;
    private int next;

    private ModelSummarizer(CompiledModel model, InputSize input, int depth)
    {
        this.model = model;
        this.input = input;
        this.depth = depth;
        fields = ReceptiveFields.Of(model.Graph);
        costs = model.CostsAt(input.Height, input.Width);
    }

    /// <summary>Summarises a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">A size that its spec allows.</param>
    /// <param name="depth">Blocks and models nested deeper than this are one row.</param>
    /// <param name="batch">Images whose memory is asked for.</param>
    public static ModelSummary Summarize(CompiledModel model, InputSize input, int depth = int.MaxValue, int batch = 1)
    {
        var memory = model.MemoryAt(input.Height, input.Width);
        var summarizer = new ModelSummarizer(model, input, depth);
        return new ModelSummary(
            model.Name, Figures.Word(model.Kind), model.Summary, model.Source, model.BaseName, model.SpecHash, input, InputArgument.Allowed(model),
            [.. summarizer.Nodes(model.Graph, "", 1)],
            [.. model.Graph.Results.Select(result => summarizer.Value(result.Name, model.Graph, result.Port, ""))],
            new TotalsSummary(
                summarizer.costs.Length,
                summarizer.costs.Sum(c => c.Parameters),
                summarizer.costs.Sum(c => c.Statistics),
                summarizer.costs.Sum(c => c.MultiplyAdds),
                memory.ActivationCount)
            {
                Casts = model.IsMixed ? model.Graph.Casts : null,
            },
            new MemorySummary(batch, memory.WeightBytes, memory.PeakBytes, memory.PeakAt.Length > 0 ? memory.PeakAt : null, memory.BytesFor(batch))
            {
                WeightCastBytes = model.IsMixed ? memory.WeightCastBytes : null,
            },
            model.Detection is { } detection ? summarizer.Detection(detection) : null)
        {
            Regions = model.TwoStage is { } regions ? summarizer.Regions(regions) : null,
        };
    }

    private IEnumerable<NodeSummary> Nodes(Graph graph, string prefix, int level)
    {
        foreach (var node in graph.Nodes)
        {
            var path = prefix + node.Name;
            if (node.Inside is { } inner && level < depth)
            {
                foreach (var row in Nodes(inner, path + ".", level + 1))
                {
                    yield return row;
                }
                continue;
            }
            // Operators stand in running order, so those of a node follow each other.
            var count = node.Inside?.Flatten().Count() ?? 1;
            var parts = costs.AsSpan(next, count);
            next += count;
            var (parameters, statistics, multiplyAdds, activations) = (0L, 0L, 0L, 0L);
            foreach (var part in parts)
            {
                parameters += part.Parameters;
                statistics += part.Statistics;
                multiplyAdds += part.MultiplyAdds;
                activations += part.Shape.Count * part.PerImage;
            }
            yield return new NodeSummary(
                path, node.OperatorName, [.. node.Outputs.Select((output, i) => Value(output.Name, graph, new Port(node, i), prefix))],
                parameters, statistics, multiplyAdds, activations, Attributes(node))
            {
                Precision = model.IsMixed ? Precision(node) : null,
                Init = (node.Body as NodeBody.Operation)?.Initial?.ToString(),
            };
        }
    }

    private static string Precision(GraphNode node) =>
        (node.Inside?.Flatten().Select(n => n.Node).Where(n => !PrecisionCast.Is(n)) ?? [node]).Select(n => PrecisionCast.Word(n.Precision)).Distinct().ToArray() is [var only] ? only : "mixed";

    // What an author would have written.
    private static string Attributes(GraphNode node) => node.Body is NodeBody.Operation operation
        ? string.Join(", ", operation.Operator.Attributes
            .Select(a => (a.Name, a.Default, Value: operation.Use.Attributes.Find(a.Name)))
            .Where(a => a.Value is not null && a.Value.ToString() != a.Default?.ToString())
            .Select(a => $"{a.Name} {a.Value}"))
        : "";

    private ValueSummary Value(string name, Graph graph, Port port, string prefix)
    {
        var value = graph.ShapeOf(port);
        var shape = value.At(input.Height, input.Width);
        // A port without a node is the input itself.
        var (height, width) = port.Node is { } node ? fields[OperatorPath(node, port.Index, prefix)] : (ReceptiveField.Input, ReceptiveField.Input);
        return new ValueSummary(
            name.Length == 0 ? null : name,
            Extents(shape),
            shape.Height is null || value.Regions is not null ? null : [height.Stride, width.Stride],
            height.Size is { } h && width.Size is { } w ? [h, w] : null)
        {
            Regions = value.Regions?.Count,
        };
    }

    // Blocks and models have no fields of their own: what they give is what an operator inside gives.
    private static string OperatorPath(GraphNode node, int output, string prefix)
    {
        var path = prefix + node.Name;
        return node.Inside is { } inner && inner.Results[output].Port is { Node: { } last } port
            ? OperatorPath(last, port.Index, path + ".")
            : path;
    }

    private DetectionSummary Detection(DetectionLayout detection) => new(
        model.Classes.Count, detection.Scores, detection.ScoresPerBox, [.. detection.Levels.Select(Level)],
        detection.AnchorCount(model.Graph, input.Height, input.Width));

    private RegionsSummary Regions(TwoStageLayout layout) => new(
        model.Classes.Count,
        [.. layout.Proposals?.Levels.Select(AnchorLevel) ?? []],
        layout.AnchorCount(model.Graph, input.Height, input.Width),
        [.. layout.Stages.Select(s => new StageSummary(s.Name, s.Regions.Count, model.Graph.ShapeOf(s.Scores).Channels, s.Boxes is { } boxes ? model.Graph.ShapeOf(boxes).Channels : 0))]);

    private AnchorLevelSummary AnchorLevel(Detection.Spec.Graphs.ProposalLevel level)
    {
        var shape = model.Graph.ShapeOf(level.Feature).At(input.Height, input.Width);
        return new AnchorLevelSummary(
            level.Name, Extents(shape), level.Stride,
            [.. level.Anchors.Select(a => ImmutableArray.Create(Math.Round(a.X1, 4), Math.Round(a.Y1, 4), Math.Round(a.X2, 4), Math.Round(a.Y2, 4)))],
            level.Anchors.Count * (shape with { Channels = 1 }).Count);
    }

    private LevelSummary Level(DetectionLevel level)
    {
        var shape = model.Graph.ShapeOf(level.Feature).At(input.Height, input.Width);
        var (rows, columns) = (shape.Height ?? 1, shape.Width ?? 1);
        return new LevelSummary(
            level.Name, Extents(shape),
            level.Step is { } step ? [step, step] : [(double)input.Height / rows, (double)input.Width / columns],
            [.. level.Anchors.Select(a => ImmutableArray.Create(Math.Round(a.Width, 4), Math.Round(a.Height, 4)))],
            level.Anchors.Count * rows * columns);
    }

    private static ImmutableArray<long> Extents(ConcreteShape shape) =>
        shape is { Height: { } height, Width: { } width } ? [shape.Channels, height, width] : [shape.Channels];
}
