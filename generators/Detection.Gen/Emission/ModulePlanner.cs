// Plans the class of a graph: fields for what has state, a line for each node, and after each line the end of what is not used again.
using System.Collections.Immutable;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;

namespace Detection.Gen.Emission;

/// <summary>Plans module classes.</summary>
/// <param name="classes">The classes of the model's blocks.</param>
/// <param name="partType">Class of a model used as a part, as the namespace sees it.</param>
/// <param name="operatorType">Class of an operator that a spec declares, as the namespace sees it.</param>
/// <param name="nominal">Nominal input size for shapes in comments: height, width.</param>
internal sealed class ModulePlanner(BlockClasses classes, Func<ModelInstance, string> partType, Func<OperatorClass, string> operatorType, (long Height, long Width) nominal)
{
    private static readonly IReadOnlyDictionary<Port, string> None = ImmutableDictionary<Port, string>.Empty;

    /// <summary>Plans the class of a model.</summary>
    public ModulePlan Model(string className, string summary, Graph graph) => Plan(className, summary, graph, [], blockClass: null);

    /// <summary>Plans the class of a block.</summary>
    public ModulePlan Block(BlockClass blockClass)
    {
        var used = blockClass.Uses.Count == 1 ? "used once" : $"used {blockClass.Uses.Count} times";
        return Plan(
            blockClass.Name,
            $"Block {blockClass.BlockName}{(blockClass.OwnerClass is { } owner ? " with weights of a " + owner.Name : "")}, {used}.", blockClass.Graph, [.. blockClass.Parameters.Select(p => p.Name)], blockClass);
    }

    /// <summary>Plans a part of a model's network that runs in a method of its own.</summary>
    /// <param name="whole">The model's network.</param>
    /// <param name="part">The part.</param>
    /// <param name="outside">C# expressions of values that other parts give.</param>
    public (ImmutableArray<StatementPlan> Statements, ImmutableArray<ResultPlan> Results) Part(Graph whole, Graph part, IReadOnlyDictionary<Port, string> outside) =>
        GeneratedNames.Of(whole, classes.Names) is var names ? (Statements(whole, part, names, blockClass: null, outside), Results(part, names, outside)) : default;

    /// <summary>The variable of an input of a model's network.</summary>
    public string Input(Graph whole, int input) => GeneratedNames.Of(whole, classes.Names)[whole.Inputs[input].Name];

    /// <summary>The field that holds a module of a model's network.</summary>
    public string Field(Graph whole, GraphNode node) => GeneratedNames.Of(whole, classes.Names)[node.Name];

    private ModulePlan Plan(string className, string summary, Graph graph, ImmutableArray<string> parameters, BlockClass? blockClass)
    {
        var names = GeneratedNames.Of(graph, classes.Names);
        var fields = graph.Nodes.Where(n => n.IsField).ToImmutableArray();
        return new ModulePlan(
            className,
            CSharp.Documentation(summary),
            blockClass?.OwnerClass?.Name ?? "",
            blockClass?.IsExposed == true,
            parameters,
            [.. graph.Inputs.Select(i => names[i.Name])],
            [.. fields.Select(n => Field(graph, n, names, blockClass))],
            [.. fields.SelectMany(n => InitialValuesPlanner.Of(n, names[n.Name]))],
            [.. fields.Where(n => n.Key != n.Name).Select(n => new KeyPlan(n.Name, CSharp.Literal(n.Key)))],
            Statements(graph, graph, names, blockClass, None),
            Results(graph, names, None));
    }

    private ImmutableArray<StatementPlan> Statements(
        Graph whole, Graph part, IReadOnlyDictionary<string, string> names, BlockClass? blockClass, IReadOnlyDictionary<Port, string> outside)
    {
        var lives = Liveness.Of(part);
        var poolings = RegionPlanner.Poolings(whole, part);
        return
        [
            .. part.Nodes.Select((node, i) => new StatementPlan(
                names[node.Name],
                node.IsField || node.RunsOwner ? "module" : node.OperatorName,
                Module(whole, node, names, blockClass),
                [.. node.Inputs.Select(p => Expression(whole, p, names, outside))],
                [.. Spread(whole, node)],
                node.Body is NodeBody.Operation operation
                    ? Arguments(operation, (slot, value) => CSharp.Literal(value), tuples: node.Owner is not null)
                    : ImmutableSortedDictionary<string, string>.Empty,
                lives.RunsInPlace(node),
                blockClass is null && node.Outputs.Length == 1 ? CSharp.Shape(node.Outputs[0].Shape.At(nominal.Height, nominal.Width), node.Regions is not null) : "",
                [.. lives.Dying[i].Select(port => Expression(whole, port, names, outside))])
            {
                Pooling = poolings.TryGetValue(node, out var pooling) ? pooling : null,
            }),
        ];
    }

    // Each result is a tensor of its own: the caller frees one without touching another.
    private ImmutableArray<ResultPlan> Results(Graph graph, IReadOnlyDictionary<string, string> names, IReadOnlyDictionary<Port, string> outside)
    {
        var members = GeneratedNames.Members(graph.Results.Select(r => r.Name));
        var given = new HashSet<Port>();
        return
        [
            .. graph.Results.Select((r, i) => new ResultPlan(
                members[i],
                Expression(graph, r.Port, names, outside) + (r.Port.Node is null || !given.Add(r.Port) ? ".alias()" : ""),
                CSharp.Shape(graph.ShapeOf(r.Port).At(nominal.Height, nominal.Width)))),
        ];
    }

    // The module that runs for a node, or has the weights that it uses; empty for a plain function.
    private string Module(Graph graph, GraphNode node, IReadOnlyDictionary<string, string> names, BlockClass? blockClass)
    {
        if (node.IsField)
        {
            return "this." + names[node.Name];
        }

        if (node.Owner is not { } owner)
        {
            return "";
        }

        // An owner outside this graph is a node of the block that owns the weights of this one.
        return graph.Nodes.Contains(owner)
            ? Module(graph, owner, names, blockClass)
            : "this._shared.Module." + GeneratedNames.Of(blockClass!.OwnerClass!.Graph, classes.Names)[owner.Name];
    }

    private FieldPlan Field(Graph graph, GraphNode node, IReadOnlyDictionary<string, string> names, BlockClass? holder)
    {
        var name = names[node.Name];
        switch (node.Body)
        {
            case NodeBody.Block:
                var blockClass = classes[node];
                var arguments = classes.Arguments(node).ToImmutableSortedDictionary(
                    a => a.Name, a => holder is null ? CSharp.Literal(a.Value) : holder.Expressions[(node.Name, a.Name)], StringComparer.Ordinal);

                // Constructor parameters keep their order, so the template is given one list.
                var ordered = string.Join(
                    ", ",
                    (node.Owner is { } owner ? new[] { Weights(graph, owner, names, holder) } : []).Concat(blockClass.Parameters.Select(p => p.Name + ": " + arguments[p.Name])));
                return new FieldPlan(
                    name, node.Name, blockClass.Name, "part", ImmutableSortedDictionary<string, string>.Empty.Add("list", ordered),
                    Summary(node, holder));
            case NodeBody.Model model:
                return new FieldPlan(
                    name, node.Name, partType(model.Instance), "part", ImmutableSortedDictionary<string, string>.Empty.Add("list", ""),
                    Summary(node, holder));
            default:
                var operation = (NodeBody.Operation)node.Body;
                if (operation.Operator.Class is { } declared)
                {
                    var values = Arguments(operation, (slot, value) => holder is null ? CSharp.Literal(value) : holder.Expressions[(node.Name, slot)]);
                    var parameters = OperatorPlanner.Identifiers(operation.Operator);
                    var list = string.Join(", ", new[] { values["in"] }.Concat(declared.Inputs.Skip(1).Select(i => values[i + "Channels"])).Concat(operation.Operator.Attributes.Select(a => parameters[a.Name] + ": " + values[a.Name])));
                    return new FieldPlan(
                        name, node.Name, operatorType(declared), "part", ImmutableSortedDictionary<string, string>.Empty.Add("list", list), Summary(node, holder));
                }

                return new FieldPlan(
                    name, node.Name, ModuleType(operation, node.Precision), operation.Operator.Name,
                    Arguments(operation, (slot, value) => holder is null ? CSharp.Literal(value) : holder.Expressions[(node.Name, slot)]), Summary(node, holder))
                {
                    IsMixed = node.Precision == Precision.BFloat16,
                };
        }
    }

    // A vector beside maps is spread over their cells; vectors among themselves are not.
    private static IEnumerable<bool> Spread(Graph graph, GraphNode node)
    {
        var shapes = node.Inputs.Select(graph.ShapeOf).ToArray();
        return shapes.Select(s => s is TensorShape.Vector && shapes.Any(other => other is TensorShape.Feature));
    }

    private string Weights(Graph graph, GraphNode owner, IReadOnlyDictionary<string, string> names, BlockClass? holder) => graph.Nodes.Contains(owner)
        ? Module(graph, owner, names, holder)
        : "this._shared.Module." + GeneratedNames.Of(holder!.OwnerClass!.Graph, classes.Names)[owner.Name];

    // In a block the sizes differ from use to use.
    private string Summary(GraphNode node, BlockClass? holder) => holder is not null
        ? ""
        : string.Join(", ", node.Outputs.Select(o => (o.Name.Length > 0 ? o.Name + " " : "") + CSharp.Shape(o.Shape.At(nominal.Height, nominal.Width), node.Regions is not null)));

    private static string ModuleType(NodeBody.Operation operation, Precision precision) => operation.Operator.Name switch
    {
        "conv" => operation.Settings["padding"].Kind == AttributeKind.Word ? "SamePaddedConv2d" : precision == Precision.BFloat16 ? "MixedConv2d" : "Conv2d",
        "convTranspose" => "ConvTranspose2d",
        "linear" => precision == Precision.BFloat16 ? "MixedLinear" : "Linear",
        "svm" => "SupportVectorMachines",
        "batchNorm" => operation.Settings["scale"].Flag == operation.Settings["shift"].Flag ? "BatchNorm2d" : "PartialBatchNorm2d",
        "l2Norm" => "L2Normalization",
        "learnedScale" => "LearnedScale",
        "dropout" => "Dropout",
        _ => "Module<Tensor, Tensor>",
    };

    // Numbers through `number`, which may name a constructor parameter; pairs of unequal numbers as tuples, then all pairs of the operator are.
    private static ImmutableSortedDictionary<string, string> Arguments(
        NodeBody.Operation operation, Func<string, long, string> number, bool tuples = false)
    {
        var result = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var attributes = operation.Settings.Values;
        var unequal = attributes.Any(a => a.Value.Kind == AttributeKind.Pair && a.Value.First != a.Value.Second);
        if (operation.Operator.IsModule)
        {
            foreach (var (slot, channels) in BlockClasses.Channels(operation))
            {
                result[slot] = number(slot, channels);
            }
        }

        foreach (var attribute in attributes)
        {
            var value = attribute.Value;
            result[attribute.Key] = value.Kind switch
            {
                AttributeKind.Integer => number(attribute.Key, value.Integer),
                AttributeKind.Flag => CSharp.Literal(value.Flag),
                AttributeKind.Number => CSharp.Literal(value.Number),
                AttributeKind.Pair when tuples || unequal && !IsDefault(operation.Operator, attribute.Key, value) =>
                    $"({number(attribute.Key, value.First)}, {number(value.First == value.Second ? attribute.Key : attribute.Key + "Width", value.Second)})",
                AttributeKind.Pair => number(attribute.Key, value.First),
                _ => value.Word,
            };
        }

        return result.ToImmutable();
    }

    private static bool IsDefault(OperatorDefinition definition, string attribute, AttributeValue value) =>
        definition.Attributes.First(a => a.Name == attribute).Default is { } standard && standard.First == value.First && standard.Second == value.Second;

    private static string Expression(Graph graph, Port port, IReadOnlyDictionary<string, string> names, IReadOnlyDictionary<Port, string> outside)
    {
        if (outside.TryGetValue(port, out var given))
        {
            return given;
        }

        if (port.Node is not { } node)
        {
            return names[graph.Inputs[port.Index].Name];
        }

        var member = node.Body is NodeBody.Model ? GeneratedNames.Members(node.Outputs.Select(o => o.Name))[port.Index] : "";
        return member.Length > 0 ? names[node.Name] + "." + member : names[node.Name];
    }
}
