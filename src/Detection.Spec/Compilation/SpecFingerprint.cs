// The fingerprint of a model: equal exactly when the same weights mean the same, whatever the YAML looks like. And a coarser one of its structure.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;

namespace Detection.Spec.Compilation;

/// <summary>Computes fingerprints.</summary>
internal static class SpecFingerprint
{
    /// <summary>16 hexadecimal digits over operators, wiring, keys, default boxes and coding; thresholds, sizes of the nominal input and words about the model do not count.</summary>
    public static string Of(CompiledModel model)
    {
        var text = new StringBuilder();
        text.Append("detection-spec 1\n").Append(model.Kind).Append('\n').Append(model.Input.Channels).Append('\n');
        Append(text, model.Graph, "", Append);
        if (model.Detection is { } detection)
        {
            text.Append("scores ").Append(detection.Scores).Append(' ').Append(detection.ScoresPerBox).Append(" clip ").Append(detection.ClipAnchors)
                .Append(" offset ").Append(Number(detection.CenterOffset)).Append(" variances ");
            text.Append(string.Join(" ", detection.Coding.Variances.Select(Number))).Append(detection.Coding.Kind == "centerSize" ? "" : " " + detection.Coding.Kind).Append('\n');
            if (detection.HasObjectness)
            {
                text.Append("objectness\n");
            }

            if (detection.Refinement is { } refinement)
            {
                text.Append("refine ").Append(refinement.Cascade).Append('\n');
            }

            foreach (var head in detection.Extras)
            {
                text.Append("head ").Append(head.Name).Append(' ').Append(head.Values).Append(' ').Append(head.Coder).Append(' ')
                    .Append(string.Join(" ", head.Variances.Select(Number))).Append('\n');
            }

            foreach (var level in detection.Levels)
            {
                text.Append("level ").Append(level.Name).Append(" step ").Append(level.Step is { } step ? Number(step) : "-");
                foreach (var anchor in level.Anchors)
                {
                    text.Append(' ').Append(Number(anchor.Width)).Append('x').Append(Number(anchor.Height));
                }

                text.Append('\n');
            }
        }

        if (model.TwoStage is { } regions)
        {
            Append(text, regions);
        }

        return Hash(text);
    }

    /// <summary>
    /// 16 hexadecimal digits over operators, their attributes, wiring, keys, and names of levels and stages, but not over channels, anchors, coding or whatever an input size decides:
    /// what shows a mistake of one model shows it of all that have the same.
    /// </summary>
    public static string OfStructure(CompiledModel model)
    {
        var text = new StringBuilder();
        text.Append("structure 1\n").Append(model.Kind).Append('\n').Append(model.Input.IsFixed).Append('\n');
        Append(text, model.Graph, "", AppendWithoutChannels);
        text.Append(string.Join(" ", model.Detection?.Levels.Select(l => l.Name) ?? [])).Append('\n')
            .Append(model.TwoStage?.Proposals?.Scores).Append(' ').Append(string.Join(" ", model.TwoStage?.Stages.Select(s => s.Name) ?? []));
        return Hash(text);
    }

    private static string Hash(StringBuilder text)
    {
        using var sha = SHA256.Create();
        var hash = sha.ComputeHash(Encoding.UTF8.GetBytes(text.ToString()));
        return string.Concat(hash.Take(8).Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
    }

    private static void Append(StringBuilder text, TwoStageLayout layout)
    {
        text.Append("regions ").Append(layout.Scores).Append('\n');
        foreach (var level in layout.Proposals?.Levels ?? [])
        {
            text.Append("anchors ").Append(layout.Proposals!.Scores).Append(' ').Append(level.Name).Append(' ').Append(Number(level.Stride)).Append(level.DividesInput ? " whole " : " ").Append(Coding(layout.Proposals.Coding));
            foreach (var anchor in level.Anchors)
            {
                text.Append(' ').Append(string.Join(",", new[] { anchor.X1, anchor.Y1, anchor.X2, anchor.Y2 }.Select(Number)));
            }

            text.Append('\n');
        }

        foreach (var stage in layout.Stages)
        {
            text.Append("stage ").Append(stage.Name).Append(' ').Append(Coding(stage.Coding)).Append('\n');
        }

        // A softmax trains the network whatever scores in the end: the machines stand among the nodes.
        static string Coding(RegionCoding coding) => coding.Convention + " " + string.Join(" ", coding.Means.Concat(coding.Deviations).Select(Number));
    }

    private static void Append(StringBuilder text, Graph graph, string indent, Action<StringBuilder, NodeBody.Operation> appendAttributes)
    {
        var places = graph.Nodes.Select((node, index) => (node, index)).ToDictionary(p => p.node, p => p.index);
        foreach (var node in graph.Nodes)
        {
            text.Append(indent).Append(node.Key).Append(' ');
            var inner = default(Graph);
            switch (node.Body)
            {
                case NodeBody.Operation operation:
                    text.Append(operation.Operator.Name);
                    appendAttributes(text, operation);
                    AppendClass(text, operation);
                    break;
                case NodeBody.Block block:
                    inner = block.Graph;
                    break;
                case NodeBody.Model model:
                    inner = model.Graph;
                    break;
            }

            if (node.Owner is { } owner)
            {
                // An owner in another block is the node of the same name there; the node that holds both says which block.
                text.Append(" shares");
                if (places.TryGetValue(owner, out var place))
                {
                    text.Append(' ').Append(place.ToString(CultureInfo.InvariantCulture));
                }
            }

            text.Append(" <-");
            foreach (var port in node.Inputs)
            {
                text.Append(' ').Append(Reference(places, port));
            }

            text.Append('\n');
            if (inner is not null)
            {
                Append(text, inner, indent + "  ", appendAttributes);
            }
        }

        foreach (var (name, port) in graph.Results)
        {
            text.Append(indent).Append("-> ").Append(name).Append(' ').Append(Reference(places, port)).Append('\n');
        }
    }

    private static void Append(StringBuilder text, NodeBody.Operation operation)
    {
        foreach (var definition in operation.Operator.Attributes.OrderBy(a => a.Name, StringComparer.Ordinal))
        {
            if (operation.Use.Attributes.Find(definition.Name) is { } value && !(definition.CameLater && value == definition.Default))
            {
                // TensorFlow's word for no padding is no other padding.
                text.Append(' ').Append(definition.Name).Append('=').Append(value is { Kind: AttributeKind.Word, Word: CommonAttributes.Valid } ? "0" : value.ToString());
            }
        }
    }

    // A convolution of as many groups as channels is one of each channel, whatever their number.
    private static void AppendWithoutChannels(StringBuilder text, NodeBody.Operation operation)
    {
        foreach (var definition in operation.Operator.Attributes.Where(a => a.Name != "out").OrderBy(a => a.Name, StringComparer.Ordinal))
        {
            if (operation.Use.Attributes.Find(definition.Name) is { } value)
            {
                var isOfEachChannel = definition.Name == "groups" && value.Integer > 1 && value.Integer == operation.Use.Inputs[0].Channels;
                text.Append(' ').Append(definition.Name).Append('=').Append(isOfEachChannel ? "channels" : value.ToString());
            }
        }

        text.Append(operation.Initial is { } initial ? " init=" + initial : "");
    }

    // What an operator of the spec computes stands in C#: its class speaks for it, with all that the spec says of it.
    private static void AppendClass(StringBuilder text, NodeBody.Operation operation)
    {
        if (operation.Operator.Class is not { } declared)
        {
            return;
        }

        text.Append(" class=").Append(declared.ClassName);
        foreach (var tensor in operation.Tensors)
        {
            text.Append(' ').Append(tensor.Name).Append(tensor.Learned ? "[" : "[kept ").Append(string.Join(",", tensor.Shape)).Append(']');
        }
    }

    // By position: renaming a node changes its key, which is listed above, but nothing else.
    private static string Reference(Dictionary<GraphNode, int> places, Port port) => string.Format(
        CultureInfo.InvariantCulture, "{0}.{1}", port.Node is null ? -1 : places[port.Node], port.Index);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
