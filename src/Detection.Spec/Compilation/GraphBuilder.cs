// Builds a graph from a map of nodes: each node takes what stands before it, its shape follows at once,
// and a node that is wrong silences those that depend on it, so that one mistake is one message.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Builds one graph: of a model, or of a block.</summary>
internal sealed class GraphBuilder
{
    private static readonly ImmutableArray<string> NodeKeys = ["op", "from", "key", "repeat", "first", "when"];
    private const long MaximumRepeat = 1000;

    private readonly ModelContext context;
    private readonly MappingSyntax? blocks;
    private readonly ImmutableArray<Output> inputs;
    private readonly Scope scope;
    private readonly ImmutableArray<GraphNode>.Builder nodes = ImmutableArray.CreateBuilder<GraphNode>();

    // A name without ports is that of a node which failed: known, but nothing can be built on it.
    private readonly Dictionary<string, ImmutableArray<Port>> names = new(StringComparer.Ordinal);

    public GraphBuilder(ModelContext context, MappingSyntax? blocks, ImmutableArray<Output> inputs, Scope scope)
    {
        this.context = context;
        this.blocks = blocks;
        this.inputs = inputs;
        this.scope = scope;
        for (var i = 0; i < inputs.Length; i++)
        {
            names[inputs[i].Name] = [new Port(null, i)];
        }

        Last = [new Port(null, 0)];
    }

    /// <summary>What the next node takes when it does not say <c>from</c>; empty after a node that failed.</summary>
    public ImmutableArray<Port> Last { get; private set; }

    private DiagnosticBag Diagnostics => context.Diagnostics;

    /// <summary>The graph with what it gives.</summary>
    public Graph Build(ImmutableArray<(string Name, Port Port)> results) => new(inputs, nodes.ToImmutable(), results);

    /// <summary>The shape behind a port.</summary>
    public TensorShape ShapeOf(Port port) => port.Node is { } node ? node.Outputs[port.Index].Shape : inputs[port.Index].Shape;

    /// <summary>Adds all nodes of a map.</summary>
    public void AddAll(SyntaxNode? declaration, SyntaxNode owner)
    {
        switch (declaration)
        {
            case MappingSyntax map:
                foreach (var entry in map.Entries)
                {
                    if (entry.Name.StartsWith("$", StringComparison.Ordinal))
                    {
                        Diagnostics.Report(Rules.VerbMisused, entry.Key, $"'{entry.Name}' needs 'extends': there is nothing to merge with");
                        continue;
                    }

                    Add(entry.Key, entry.Value, scope);
                }

                break;
            case null:
                Diagnostics.Report(Rules.MissingKey, owner, "the spec", "nodes");
                break;
            default:
                Diagnostics.Report(Rules.WrongType, declaration, "nodes", "a map of named nodes", declaration.Kind);
                break;
        }
    }

    /// <summary>Adds one node, or the repetitions of one.</summary>
    public void Add(ScalarSyntax name, SyntaxNode declaration, Scope nodeScope, string? generatedName = null)
    {
        var nodeName = generatedName ?? name.Value;
        if (!Names.IsNodeName(nodeName))
        {
            Diagnostics.Report(Rules.BadName, name, nodeName, "a node", Names.NodeNameRule);
            Last = [];
            return;
        }

        if (names.ContainsKey(nodeName))
        {
            Diagnostics.Report(Rules.NameTaken, name, nodeName, "a node or input");
            return;
        }

        var map = declaration as MappingSyntax;
        var op = declaration as ScalarSyntax ?? map?["op"] as ScalarSyntax;
        if (op is null)
        {
            Diagnostics.Report(Rules.MissingKey, declaration is MappingSyntax ? name : declaration, $"the node '{nodeName}'", "op");
            Bind(nodeName, []);
            return;
        }

        if (map?["when"] is ScalarSyntax when && nodeScope.Evaluate(when, Diagnostics) is 0)
        {
            // Left out: whoever names it gets what it would have taken.
            var sources = Sources(map, reportUnknown: true);
            Bind(nodeName, sources is { Length: > 0 } ? sources.Value : []);
            return;
        }

        var repeat = Repetitions(map, nodeScope);
        if (repeat is null)
        {
            Bind(nodeName, []);
            return;
        }

        if (map?["repeat"] is null)
        {
            Bind(nodeName, Build(nodeName, name, op, map, nodeScope, Key(map, nodeName, null), Sources(map, reportUnknown: true)));
            return;
        }

        var firstOverrides = map["first"] as MappingSyntax;
        ImmutableArray<Port> result = [];
        for (var i = 1; i <= repeat; i++)
        {
            var attributes = i == 1 && firstOverrides is not null
                ? Inheritance.Lay(map, firstOverrides, "'first'", nodeName, isNamed: false, Diagnostics)
                : map;
            var partName = nodeName + "_" + i.ToString(CultureInfo.InvariantCulture);
            result = Build(partName, name, op, attributes, nodeScope, Key(map, partName, i), i == 1 ? Sources(map, reportUnknown: true) : result);
            names[partName] = result;
            if (result.IsEmpty)
            {
                break;
            }
        }

        Bind(nodeName, result);
    }

    /// <summary>The single value behind a reference such as <c>conv4</c> or <c>backbone.c4</c>; null, and a diagnostic, when there is none.</summary>
    public Port? Resolve(ScalarSyntax reference)
    {
        var text = reference.Value;
        var dot = text.IndexOf('.');
        var nodeName = dot < 0 ? text : text.Substring(0, dot);
        if (!names.TryGetValue(nodeName, out var ports))
        {
            Diagnostics.Report(Rules.UnknownNode, reference, nodeName, Suggestion.Phrase(nodeName, names.Keys));
            return null;
        }

        if (ports.IsEmpty)
        {
            return null;
        }

        var outputs = ports.Select(p => p.Node?.Outputs[p.Index].Name ?? "").ToArray();
        if (dot < 0)
        {
            if (ports.Length == 1)
            {
                return ports[0];
            }

            Diagnostics.Report(Rules.UnknownTap, reference, nodeName, string.Join(", ", outputs), "");
            return null;
        }

        var tap = text.Substring(dot + 1);
        var index = Array.IndexOf(outputs, tap);
        if (index >= 0)
        {
            return ports[index];
        }

        Diagnostics.Report(Rules.UnknownTap, reference, nodeName, string.Join(", ", outputs), Suggestion.Phrase(tap, outputs));
        return null;
    }

    private void Bind(string name, ImmutableArray<Port> ports)
    {
        names[name] = ports;
        Last = ports;
    }

    // Where a node's inputs come from; null when one of them is unknown or failed.
    private ImmutableArray<Port>? Sources(MappingSyntax? map, bool reportUnknown)
    {
        switch (map?["from"])
        {
            case null:
                return Last.IsEmpty ? null : Last.Length == 1 ? Last : Single(Last);
            case ScalarSyntax scalar:
                return Resolve(scalar) is { } port ? [port] : null;
            case SequenceSyntax list:
                var ports = ImmutableArray.CreateBuilder<Port>();
                var complete = true;
                foreach (var item in list.Items)
                {
                    if (item is not ScalarSyntax reference)
                    {
                        Diagnostics.Report(Rules.WrongType, item, "from", "the name of a node or a list of names", item.Kind);
                        complete = false;
                    }
                    else if (Resolve(reference) is { } resolved)
                    {
                        ports.Add(resolved);
                    }
                    else
                    {
                        complete = false;
                    }
                }

                return complete ? ports.ToImmutable() : null;
            case var other:
                if (reportUnknown)
                {
                    Diagnostics.Report(Rules.WrongType, other, "from", "the name of a node or a list of names", other.Kind);
                }

                return null;
        }
    }

    // A part with several outputs gives none of them silently.
    private ImmutableArray<Port>? Single(ImmutableArray<Port> ports)
    {
        var node = ports[0].Node!;
        Diagnostics.Report(Rules.UnknownTap, node.Syntax, node.Name, string.Join(", ", node.Outputs.Select(o => o.Name)), " The node behind it must say 'from'.");
        return null;
    }

    private long? Repetitions(MappingSyntax? map, Scope nodeScope)
    {
        if (map?["repeat"] is not { } repeat)
        {
            if (map is not null && map.TryGet("first", out var first))
            {
                Diagnostics.Report(Rules.UnknownKey, first.Key, "first", "a node without 'repeat'", "");
            }

            return 1;
        }

        var definition = new AttributeDefinition("repeat", AttributeKind.Integer, "") { Minimum = 1, Maximum = MaximumRepeat };
        return AttributeReader.Value(definition, repeat, nodeScope, Diagnostics)?.Integer;
    }

    private string Key(MappingSyntax? map, string nodeName, int? repetition)
    {
        if (map?["key"] is not { } key)
        {
            return nodeName;
        }

        if (key is ScalarSyntax text)
        {
            return repetition is { } i ? text.Value.Replace("{i}", (i - 1).ToString(CultureInfo.InvariantCulture)) : text.Value;
        }

        Diagnostics.Report(Rules.WrongType, key, "key", "the prefix of the node's tensors in a state dict", key.Kind);
        return nodeName;
    }

    private ImmutableArray<Port> Build(
        string nodeName, ScalarSyntax at, ScalarSyntax op, MappingSyntax? map, Scope nodeScope, string key, ImmutableArray<Port>? sources)
    {
        if (!context.TryCount(op))
        {
            return [];
        }

        var shapes = sources?.Select(ShapeOf).ToImmutableArray();
        var scopeHere = shapes is { Length: > 0 } ? nodeScope.With("in", shapes.Value[0].Channels) : nodeScope;
        NodeBody? body;
        ImmutableArray<Output> outputs = [];
        if (OperatorCatalog.Find(op.Value) is { } definition)
        {
            var attributes = AttributeReader.Read(map, definition.Attributes, NodeKeys, scopeHere, $"the operator '{op.Value}'", at, Diagnostics);
            (body, outputs) = attributes is null || shapes is null ? (null, []) : Operate(nodeName, op, definition, attributes, sources!.Value, shapes.Value);
        }
        else if (blocks?[op.Value] is { } block)
        {
            (body, outputs) = new PartBuilder(context, blocks).Block(op, block, Given(map), scopeHere, shapes, at);
        }
        else if (context.Library.Find(op.Value) is { } model)
        {
            (body, outputs) = new PartBuilder(context, blocks).Model(op, model, Given(map), scopeHere, shapes, at);
        }
        else
        {
            var known = OperatorCatalog.All.Select(o => o.Name).Concat(blocks?.Entries.Select(e => e.Name) ?? []).Concat(context.Library.ModelNames);
            Diagnostics.Report(Rules.UnknownOperator, op, op.Value, Suggestion.Phrase(op.Value, known));
            return [];
        }

        if (body is null)
        {
            return [];
        }

        var node = new GraphNode(nodeName, key, body, sources!.Value, outputs, at);
        nodes.Add(node);
        return [.. Enumerable.Range(0, outputs.Length).Select(i => new Port(node, i))];
    }

    private static ImmutableArray<MappingEntry> Given(MappingSyntax? map) =>
        map is null ? [] : [.. map.Entries.Where(e => !NodeKeys.Contains(e.Name))];

    private (NodeBody? Body, ImmutableArray<Output> Outputs) Operate(
        string nodeName, ScalarSyntax op, OperatorDefinition definition, AttributeSet attributes, ImmutableArray<Port> sources, ImmutableArray<TensorShape> shapes)
    {
        if (shapes.Length < definition.MinimumInputs || shapes.Length > definition.MaximumInputs)
        {
            var wanted = definition.MaximumInputs == 1 ? "one input" : $"{definition.MinimumInputs} to {definition.MaximumInputs} inputs ('from: [a, b]')";
            Diagnostics.Report(Rules.InputCount, op, $"'{definition.Name}'", wanted, shapes.Length);
            return (null, []);
        }

        for (var i = 0; i < shapes.Length; i++)
        {
            var wrong = (definition.Rank, shapes[i]) switch
            {
                (InputRank.Feature, TensorShape.Vector) => ("a feature map [C, H, W]", "a vector"),
                (InputRank.Vector, TensorShape.Feature) => ("a vector [C] (see flatten and globalAvgPool)", "a feature map"),
                _ => default,
            };
            if (wrong.Item1 is not null)
            {
                Diagnostics.Report(Rules.WrongRank, op, $"'{definition.Name}'", wrong.Item1, sources[i].Node?.Name ?? inputs[sources[i].Index].Name, wrong.Item2);
                return (null, []);
            }
        }

        try
        {
            var use = new OperatorUse(attributes, shapes, context.Domain);
            var tensors = definition.Tensors(use);
            return (new NodeBody.Operation(definition, use, tensors), [new Output("", definition.Shape(use))]);
        }
        catch (ShapeException e)
        {
            Diagnostics.Report(e.Rule, op, e.Rule == Rules.OutOfRange ? [nodeName, "not possible here", e.Message] : [$"'{nodeName}': {e.Message}"]);
        }
        catch (OverflowException)
        {
            Diagnostics.Report(Rules.LimitExceeded, op, $"'{nodeName}' is too large to count");
        }

        return (null, []);
    }
}
