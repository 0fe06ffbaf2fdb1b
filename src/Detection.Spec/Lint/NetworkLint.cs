// What the network tells: nodes whose values go nowhere, outputs of parts that are computed for nothing, activations that change nothing, default boxes
// that their head cannot see or that stand twice.
using System.Globalization;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Syntax;

namespace Detection.Spec.Lint;

/// <summary>Lint of a network.</summary>
internal static class NetworkLint
{
    // Operators whose values are never below zero, or between zero and six.
    private static readonly HashSet<string> NeverNegative = ["relu", "relu6", "sigmoid", "softmax"];
    private static readonly HashSet<string> UpToSix = ["relu6", "sigmoid", "softmax"];

    public static void Check(CompiledModel model, MappingSyntax root, DiagnosticBag found)
    {
        var graphs = Graphs(model.Graph).ToArray();
        DeadNodes(graphs, found);
        UnusedOutputs(graphs, found);
        IdleActivations(graphs, found);
        if (model.Detection is { } detection && (root["detection"] as MappingSyntax)?["levels"] is MappingSyntax levels)
        {
            DefaultBoxes(model.Graph, detection, levels, found);
        }
    }

    // The network and its blocks, each as often as it is used; a part is another spec's matter.
    private static IEnumerable<Graph> Graphs(Graph graph) =>
        graph.Nodes.Select(n => n.Body).OfType<NodeBody.Block>().SelectMany(b => Graphs(b.Graph)).Prepend(graph);

    // Nodes that stand in a block or are repeated are there several times; what is said of them holds each time.
    private static void ReportWhere(IEnumerable<GraphNode> nodes, Func<GraphNode, bool> holds, Action<GraphNode> report)
    {
        foreach (var same in nodes.GroupBy(n => (n.Syntax.Source.Path, n.Syntax.Span)))
        {
            if (same.All(holds))
            {
                report(same.First());
            }
        }
    }

    private static void DeadNodes(Graph[] graphs, DiagnosticBag found)
    {
        var live = new HashSet<GraphNode>();
        foreach (var graph in graphs)
        {
            var open = new Stack<GraphNode?>(graph.Results.Select(r => r.Port.Node));
            while (open.Count > 0)
            {
                if (open.Pop() is { } node && live.Add(node))
                {
                    foreach (var input in node.Inputs)
                    {
                        open.Push(input.Node);
                    }
                }
            }
        }

        ReportWhere(graphs.SelectMany(g => g.Nodes), n => !live.Contains(n), n => found.Report(Rules.DeadNode, n.Syntax, n.Name));
    }

    // An output on the way to another costs nothing; one that operators compute for alone does.
    private static void UnusedOutputs(Graph[] graphs, DiagnosticBag found)
    {
        foreach (var graph in graphs)
        {
            var taken = new HashSet<Port>(graph.Nodes.SelectMany(n => n.Inputs).Concat(graph.Results.Select(r => r.Port)));
            foreach (var node in graph.Nodes.Where(n => n.Body is NodeBody.Model))
            {
                var inside = Dataflow.Of(((NodeBody.Model)node.Body).Graph);
                var needed = new bool[inside.Operators.Length];
                foreach (var i in Enumerable.Range(0, node.Outputs.Length).Where(i => taken.Contains(new Port(node, i))))
                {
                    var ancestors = inside.Ancestors(inside.Results[i]);
                    for (var at = 0; at < needed.Length; at++)
                    {
                        needed[at] |= ancestors[at];
                    }
                }

                var needless = Enumerable.Range(0, node.Outputs.Length)
                    .Where(i => !taken.Contains(new Port(node, i)) && inside.Ancestors(inside.Results[i]).Where((used, at) => used && !needed[at]).Any())
                    .Select(i => node.Outputs[i].Name).ToArray();
                if (needless.Length > 0 && needless.Length < node.Outputs.Length)
                {
                    found.Report(Rules.UnusedOutput, node.Syntax, string.Join(", ", needless), node.Name);
                }
            }
        }
    }

    private static void IdleActivations(Graph[] graphs, DiagnosticBag found) => ReportWhere(
        graphs.SelectMany(g => g.Nodes),
        n => Before(n) is { } before && (n.OperatorName switch { "relu" => NeverNegative, "relu6" => UpToSix, _ => [] }).Contains(before),
        n => found.Report(Rules.IdleActivation, n.Syntax, n.Name, n.OperatorName, Before(n)));

    // A cast is no operator of the author's.
    private static string? Before(GraphNode node) =>
        node.Body is NodeBody.Operation && node.Inputs.Length == 1 && node.Inputs[0].Node is { Body: NodeBody.Operation before } source
            ? PrecisionCast.Is(source) ? Before(source) : before.Operator.Name
            : null;

    private static void DefaultBoxes(Graph graph, DetectionLayout detection, MappingSyntax levels, DiagnosticBag found)
    {
        var (flow, fields) = (Dataflow.Of(graph), ReceptiveFields.Of(graph));
        foreach (var level in detection.Levels)
        {
            if (!levels.TryGet(level.Name, out var entry))
            {
                continue;
            }

            var at = flow.Results[graph.Results.Select((r, i) => (r.Port, i)).First(r => r.Port == level.Scores).i];
            var field = at == Dataflow.Input ? (ReceptiveField.Input, ReceptiveField.Input) : fields[flow.Operators[at].Path];
            if (level.Anchors.Where(a => a.Width > field.Item2.Size || a.Height > field.Item1.Size).OrderByDescending(a => a.Width * a.Height).Cast<AnchorSize?>().FirstOrDefault() is { } large)
            {
                found.Report(Rules.AnchorBeyondField, entry.Key, level.Name, Size(large.Width, large.Height), Size(field.Item2.Size, field.Item1.Size));
            }

            foreach (var repeated in level.Anchors.GroupBy(a => a).Where(g => g.Count() > 1))
            {
                found.Report(Rules.RepeatedAnchor, entry.Key, level.Name, Size(repeated.Key.Width, repeated.Key.Height), repeated.Count());
            }
        }
    }

    private static string Size(double? width, double? height)
    {
        static string One(double? side) => side is { } pixels ? Math.Round(pixels, 2).ToString(CultureInfo.InvariantCulture) : "any";

        return One(width) + "x" + One(height);
    }
}
