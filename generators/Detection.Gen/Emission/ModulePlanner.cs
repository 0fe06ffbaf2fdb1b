// Plans the class of a graph: fields for what has state, a line for each node, and after each line the end of what is not used again.
using System.Collections.Immutable;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;

namespace Detection.Gen.Emission;

/// <summary>Plans module classes.</summary>
/// <param name="classes">The classes of the model's blocks.</param>
/// <param name="partType">Qualified class of a model used as a part.</param>
/// <param name="nominal">Nominal input size for shapes in comments: height, width.</param>
internal sealed class ModulePlanner(BlockClasses classes, Func<ModelInstance, string> partType, (long Height, long Width) nominal)
{
    /// <summary>Plans the class of a model.</summary>
    public ModulePlan Model(string className, string summary, Graph graph) => Plan(className, summary, graph, [], blockClass: null);

    /// <summary>Plans the class of a block.</summary>
    public ModulePlan Block(BlockClass blockClass)
    {
        var used = blockClass.Uses.Count == 1 ? "used once" : $"used {blockClass.Uses.Count} times";
        return Plan(
            blockClass.Name, $"Block {blockClass.BlockName}, {used}.", blockClass.Graph, [.. blockClass.Parameters.Select(p => p.Name)], blockClass);
    }

    private ModulePlan Plan(string className, string summary, Graph graph, ImmutableArray<string> parameters, BlockClass? blockClass)
    {
        var lastUse = LastUses(graph);
        var fields = ImmutableArray.CreateBuilder<FieldPlan>();
        var keys = ImmutableArray.CreateBuilder<KeyPlan>();
        var statements = ImmutableArray.CreateBuilder<StatementPlan>();
        for (var i = 0; i < graph.Nodes.Length; i++)
        {
            var node = graph.Nodes[i];
            if (node.IsField)
            {
                fields.Add(Field(node, blockClass));
                if (node.Key != node.Name)
                {
                    keys.Add(new KeyPlan(node.Name, node.Key));
                }
            }

            ImmutableArray<string> dispose =
            [
                .. lastUse.Where(u => u.Value == i).OrderBy(u => u.Key.Node is null ? -1 : graph.Nodes.IndexOf(u.Key.Node)).ThenBy(u => u.Key.Index)
                    .Select(u => Expression(graph, u.Key)),
            ];
            statements.Add(new StatementPlan(
                Names.Identifier(node.Name),
                node.IsField ? "module" : node.OperatorName,
                [.. node.Inputs.Select(p => Expression(graph, p))],
                node.Body is NodeBody.Operation operation ? Arguments(operation, (slot, value) => CSharp.Literal(value)) : ImmutableSortedDictionary<string, string>.Empty,
                CanRunInPlace(graph, node),
                blockClass is null && node.Outputs.Length == 1 ? CSharp.Shape(node.Outputs[0].Shape.At(nominal.Height, nominal.Width)) : "",
                dispose));
        }

        return new ModulePlan(
            className,
            CSharp.Documentation(summary),
            parameters,
            [.. graph.Inputs.Select(i => Names.Identifier(i.Name))],
            fields.ToImmutable(),
            keys.ToImmutable(),
            statements.ToImmutable(),
            [
                .. graph.Results.Select(r => new ResultPlan(
                    r.Name.Length == 0 ? "" : Names.Pascal(r.Name), ResultExpression(graph, r.Port), CSharp.Shape(graph.ShapeOf(r.Port).At(nominal.Height, nominal.Width)))),
            ]);
    }

    private FieldPlan Field(GraphNode node, BlockClass? holder)
    {
        switch (node.Body)
        {
            case NodeBody.Block:
                var blockClass = classes[node];
                var arguments = classes.Arguments(node).ToImmutableSortedDictionary(
                    a => a.Name, a => holder is null ? CSharp.Literal(a.Value) : holder.Expressions[(node.Name, a.Name)], StringComparer.Ordinal);

                // Constructor parameters keep their order, so the template is given one list.
                var ordered = string.Join(", ", blockClass.Parameters.Select(p => p.Name + ": " + arguments[p.Name]));
                return new FieldPlan(
                    Names.Identifier(node.Name), node.Name, blockClass.Name, "part", ImmutableSortedDictionary<string, string>.Empty.Add("list", ordered),
                    Summary(node, holder));
            case NodeBody.Model model:
                return new FieldPlan(
                    Names.Identifier(node.Name), node.Name, partType(model.Instance), "part", ImmutableSortedDictionary<string, string>.Empty.Add("list", ""),
                    Summary(node, holder));
            default:
                var operation = (NodeBody.Operation)node.Body;
                return new FieldPlan(
                    Names.Identifier(node.Name), node.Name, ModuleType(operation.Operator.Name), operation.Operator.Name,
                    Arguments(operation, (slot, value) => holder is null ? CSharp.Literal(value) : holder.Expressions[(node.Name, slot)]), Summary(node, holder));
        }
    }

    private string Summary(GraphNode node, BlockClass? holder)
    {
        var text = node.OperatorName;
        if (holder is null)
        {
            text += " to " + string.Join(", ", node.Outputs.Select(o => (o.Name.Length > 0 ? o.Name + " " : "") + CSharp.Shape(o.Shape.At(nominal.Height, nominal.Width))));
        }

        return CSharp.Documentation(text);
    }

    private static string ModuleType(string op) => op switch
    {
        "conv" => "Conv2d",
        "linear" => "Linear",
        "batchNorm" => "BatchNorm2d",
        "dropout" => "Dropout",
        _ => "Module<Tensor, Tensor>",
    };

    // Numbers through `number`, which may name a constructor parameter; pairs of unequal numbers as tuples, then all pairs of the operator are.
    private static ImmutableSortedDictionary<string, string> Arguments(NodeBody.Operation operation, Func<string, long, string> number)
    {
        var result = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var attributes = operation.Use.Attributes.Values;
        var tuples = attributes.Any(a => a.Value.Kind == AttributeKind.Pair && a.Value.First != a.Value.Second);
        if (operation.Operator.IsModule)
        {
            result["in"] = number("in", operation.Use.Inputs[0].Channels);
        }

        foreach (var attribute in attributes)
        {
            var value = attribute.Value;
            result[attribute.Key] = value.Kind switch
            {
                AttributeKind.Integer => number(attribute.Key, value.Integer),
                AttributeKind.Flag => CSharp.Literal(value.Flag),
                AttributeKind.Number => CSharp.Literal(value.Number),
                AttributeKind.Pair when tuples =>
                    $"({number(attribute.Key, value.First)}, {number(value.First == value.Second ? attribute.Key : attribute.Key + "Width", value.Second)})",
                AttributeKind.Pair => number(attribute.Key, value.First),
                _ => value.Word,
            };
        }

        return result.ToImmutable();
    }

    // Overwriting is right where nobody reads the old value: neither another node, nor the caller, nor the producer's backward pass.
    private static bool CanRunInPlace(Graph graph, GraphNode node)
    {
        if (node.Body is not NodeBody.Operation { Operator.CanRunInPlace: true } || node.Inputs[0] is not { Node: { } producer } source)
        {
            return false;
        }

        return producer.Body is NodeBody.Operation { Operator.OutputIsFree: true }
            && graph.Nodes.Sum(n => n.Inputs.Count(p => p == source)) == 1
            && graph.Results.All(r => r.Port != source);
    }

    // The statement behind which a value is not needed; what the caller gets or gave is not listed.
    private static Dictionary<Port, int> LastUses(Graph graph)
    {
        var result = new Dictionary<Port, int>();
        for (var i = 0; i < graph.Nodes.Length; i++)
        {
            for (var output = 0; output < graph.Nodes[i].Outputs.Length; output++)
            {
                result[new Port(graph.Nodes[i], output)] = i;
            }

            foreach (var port in graph.Nodes[i].Inputs.Where(p => p.Node is not null))
            {
                result[port] = i;
            }
        }

        foreach (var (_, port) in graph.Results)
        {
            result.Remove(port);
        }

        return result;
    }

    private static string ResultExpression(Graph graph, Port port) =>
        port.Node is null ? Expression(graph, port) + ".alias()" : Expression(graph, port);

    private static string Expression(Graph graph, Port port)
    {
        if (port.Node is not { } node)
        {
            return Names.Identifier(graph.Inputs[port.Index].Name);
        }

        var name = Names.Identifier(node.Name);
        return node.Body is NodeBody.Model && node.Outputs[port.Index].Name.Length > 0 ? name + "." + Names.Pascal(node.Outputs[port.Index].Name) : name;
    }
}
