// Builds a graph from a map of nodes: each node takes what stands before it, its shape follows at once,
// and a node that is wrong silences those that depend on it, so that one mistake is one message.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Builds one graph: of a model, or of a block.</summary>
internal sealed partial class GraphBuilder
{
    internal static readonly ImmutableArray<string> NodeKeys = ["op", "from", "key", "repeat", "first", "when", "patch", "shares"];
    private const int MaximumPatches = 16;
    private static readonly AttributeDefinition ConditionDefinition = new("when", AttributeKind.Flag, "Whether the node is there.");

    private readonly ModelContext context;
    private readonly MappingSyntax? blocks;
    private ImmutableArray<Output> inputs;
    private readonly Scope scope;
    private readonly HashSet<string> declared = new(StringComparer.Ordinal);
    private readonly ImmutableArray<GraphNode>.Builder nodes = ImmutableArray.CreateBuilder<GraphNode>();

    // What stands behind `op:` of nodes that failed.
    private readonly Dictionary<string, string> failedParts = new(StringComparer.Ordinal);

    // A name without ports is that of a node which failed: known, but nothing can be built on it.
    private readonly Dictionary<string, ImmutableArray<Port>> names = new(StringComparer.Ordinal);

    /// <summary>Begins a graph over inputs.</summary>
    public GraphBuilder(ModelContext context, MappingSyntax? blocks, ImmutableArray<Output> inputs, Scope scope)
    {
        this.context = context;
        this.blocks = blocks;
        this.inputs = inputs;
        this.scope = scope;
        Last = [];
        for (var i = 0; i < inputs.Length; i++)
        {
            names[inputs[i].Name] = [new Port(null, i)];
        }

        Last = inputs.IsEmpty ? [] : [new Port(null, 0)];
    }

    /// <summary>Begins a graph over inputs of which only the names are known: nothing can be built on them, but the words of the nodes are checked.</summary>
    public static GraphBuilder OverUnknown(ModelContext context, MappingSyntax? blocks, ImmutableArray<string> inputNames, Scope scope, Initialization? initial)
    {
        var builder = new GraphBuilder(context, blocks, [], scope) { Initial = initial };
        foreach (var name in inputNames)
        {
            builder.names[name] = [];
        }

        return builder;
    }

    /// <summary>What convolutions and fully connected layers begin with that say nothing themselves; null for their own.</summary>
    public Initialization? Initial { get; init; }

    /// <summary>The regions of the stage whose nodes are added: a port of boxes, and which they are; null outside of stages and in blocks.</summary>
    public (Port Boxes, RegionSet Set)? Stage { get; set; }

    /// <summary>What the next node takes when it does not say <c>from</c>; empty after a node that failed.</summary>
    public ImmutableArray<Port> Last { get; private set; }

    private DiagnosticBag Diagnostics => context.Diagnostics;

    /// <summary>Whether a name is that of a node, a repetition of one or an input, built or not.</summary>
    public bool Knows(string name)
    {
        var digits = name.LastIndexOf('_');
        return names.ContainsKey(name) || declared.Contains(name) || (digits > 0 && name.Skip(digits + 1).All(char.IsDigit) && declared.Contains(name.Substring(0, digits)));
    }

    /// <summary>The names of its nodes and inputs, to suggest.</summary>
    public IEnumerable<string> KnownNames => names.Keys;

    /// <summary>Begins a stage: the nodes that follow may pool its regions, which come from outside as an input.</summary>
    public void BeginStage(RegionSet regions)
    {
        var input = new Output("regions_" + regions.Stage, new TensorShape.Boxes());
        var port = new Port(null, inputs.Length);
        inputs = inputs.Add(input);
        names[input.Name] = [port];
        Stage = (port, regions);
    }

    /// <summary>The graph with what it gives.</summary>
    public Graph Build(ImmutableArray<(string Name, Port Port)> results) => new(inputs, nodes.ToImmutable(), results);

    /// <summary>The shape behind a port.</summary>
    public TensorShape ShapeOf(Port port) => port.Node is { } node ? node.Outputs[port.Index].Shape : inputs[port.Index].Shape;

    /// <summary>Adds all nodes of a map.</summary>
    public void AddAll(SyntaxNode? declaration, SyntaxNode owner, string what)
    {
        switch (declaration)
        {
            case MappingSyntax map:
                declared.UnionWith(map.Entries.Select(e => e.Name));
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
                Diagnostics.Report(Rules.MissingKey, owner, what, "nodes");
                break;
            default:
                Diagnostics.Report(Rules.WrongType, declaration, "nodes", "a map of named nodes", declaration.Kind);
                break;
        }
    }

    /// <summary>Adds one node, or the repetitions of one.</summary>
    /// <returns>What it gives; empty, with a diagnostic, when it cannot be built.</returns>
    public ImmutableArray<Port> Add(ScalarSyntax name, SyntaxNode declaration, Scope nodeScope, string? generatedName = null)
    {
        var nodeName = generatedName ?? name.Value;
        if (!Names.IsNodeName(nodeName))
        {
            Diagnostics.Report(Rules.BadName, name, nodeName, "a node", Names.NodeNameRule);
            LookAt(name, declaration, nodeScope);
            return Last = [];
        }

        if (names.ContainsKey(nodeName))
        {
            Diagnostics.Report(Rules.NameTaken, name, nodeName, "a node or input");
            LookAt(name, declaration, nodeScope);
            return [];
        }

        var map = declaration as MappingSyntax;
        var sources = Sources(map, name);
        var scopeHere = ScopeAt(nodeScope, sources);
        if (OperatorOf(declaration, nodeName, name) is not { } op)
        {
            CheckRepetition(map, scopeHere);
            return Bind(nodeName, []);
        }

        if (map?["patch"] is null)
        {
            failedParts[nodeName] = op.Value;
        }

        if (map is not null && map.TryGet("when", out var when))
        {
            switch (AttributeReader.Value(ConditionDefinition, when.Value, scopeHere, Diagnostics)?.Flag)
            {
                case null:
                    CheckWords(op, map, scopeHere, name);
                    return Bind(nodeName, []);
                case false when sources is { Length: > 1 }:
                    Diagnostics.Report(Rules.InputCount, when.Key, $"The node '{nodeName}', left out by 'when',", "one input to pass on", sources.Value.Length);
                    CheckWords(op, map, scopeHere.WithoutValues(), name);
                    return Bind(nodeName, []);
                case false:
                    // Left out: whoever names it gets what it would have taken. The condition may guard its figures, so only its words are checked.
                    CheckWords(op, map, scopeHere.WithoutValues(), name);
                    return Bind(nodeName, sources ?? []);
            }
        }

        if (map?["repeat"] is null)
        {
            CheckRepetition(map, scopeHere);
            return Bind(nodeName, Build(nodeName, name, op, map, nodeScope, Key(map, nodeName, null, nodeScope), sources));
        }

        return Bind(nodeName, Repeat(nodeName, name, op, map, nodeScope, scopeHere, sources));
    }

    /// <summary>Adds support vector machines on features of a stage, which no spec names as an operator; null, with a diagnostic, when that is impossible.</summary>
    public Port? AddMachines(ScalarSyntax at, Port features, long classes)
    {
        if (names.ContainsKey(MachineOperators.Name))
        {
            Diagnostics.Report(Rules.NameTaken, at, MachineOperators.Name, "the machines of 'scores: svm'; a node must have another name");
            return null;
        }

        var (body, outputs) = Operate(MachineOperators.Name, at, null, MachineOperators.Machines, MachineOperators.Attributes(classes), [ShapeOf(features)], ShapeOf(features).Regions);
        if (body is null)
        {
            return null;
        }

        var node = new GraphNode(MachineOperators.Name, MachineOperators.Name, body, [features], outputs, at);
        nodes.Add(node);
        built[MachineOperators.Name] = node;
        names[MachineOperators.Name] = [new Port(node, 0)];
        return new Port(node, 0);
    }

    /// <summary>The single value behind a reference such as <c>conv4</c> or <c>backbone.c4</c>; null, and a diagnostic, when there is none.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="isNode">Whether a node refers, which sees only what stands above it.</param>
    public Port? Resolve(ScalarSyntax reference, bool isNode = false)
    {
        if (reference.IsNull)
        {
            Diagnostics.Report(Rules.WrongType, reference, "from", "the name of a node", reference.Kind);
            return null;
        }

        var text = reference.Value;
        var dot = text.IndexOf('.');
        var nodeName = dot < 0 ? text : text.Substring(0, dot);
        if (!names.TryGetValue(nodeName, out var ports))
        {
            var hint = isNode && declared.Contains(nodeName) ? " It stands further down; a node takes what stands above it." : Diagnostics.DidYouMean(nodeName, names.Keys);
            Diagnostics.Report(Rules.UnknownNode, reference, nodeName, isNode ? " before this one" : "", hint);
            return null;
        }

        // A part that failed has outputs all the same, by its spec.
        var outputs = !ports.IsEmpty ? ports.Select(p => p.Node?.Outputs[p.Index].Name ?? "").ToArray()
            : failedParts.TryGetValue(nodeName, out var op) ? [.. new PartBuilder(context, blocks).DeclaredOutputs(op)]
            : [];
        if (outputs.Length == 0)
        {
            return null;
        }

        if (dot < 0)
        {
            return outputs.Length > 1 ? ManyOutputs(reference, nodeName, outputs) : ports.IsEmpty ? null : ports[0];
        }

        var tap = text.Substring(dot + 1);
        var index = tap.Length == 0 ? -1 : Array.IndexOf(outputs, tap);
        if (index >= 0)
        {
            return ports.IsEmpty ? null : ports[index];
        }

        if (outputs.Length == 1 && outputs[0].Length == 0)
        {
            Diagnostics.Report(Rules.UnknownTap, reference, nodeName, "a single output", $" Write '{nodeName}' alone.");
            return null;
        }

        Diagnostics.Report(
            Rules.UnknownTap, reference, nodeName, $"no output '{tap}', only {string.Join(", ", outputs)}", Diagnostics.DidYouMean(tap, outputs));
        return null;
    }

    private Port? ManyOutputs(SyntaxNode at, string nodeName, string[] outputs)
    {
        Diagnostics.Report(
            Rules.UnknownTap, at, nodeName, $"the outputs {string.Join(", ", outputs)}", $" Name one of them, such as 'from: {nodeName}.{outputs[0]}'.");
        return null;
    }

    /// <summary>What a block or classifier gives: its <c>output</c>, or else its last node; null, and a diagnostic, when that is not one value.</summary>
    public Port? Result(SyntaxNode? output)
    {
        switch (output)
        {
            case ScalarSyntax reference:
                return Resolve(reference);
            case not null:
                Diagnostics.Report(Rules.WrongType, output, "output", "the name of a node", output.Kind);
                return null;
            default:
                return Last.Length > 1 ? ManyOutputs(Last[0].Node!.Syntax, Last[0].Node!.Name, OutputNames(Last)) : Last.IsEmpty ? null : Last[0];
        }
    }

    private static string[] OutputNames(ImmutableArray<Port> ports) => [.. ports.Select(p => p.Node?.Outputs[p.Index].Name ?? "")];

    private ScalarSyntax? OperatorOf(SyntaxNode declaration, string nodeName, ScalarSyntax name)
    {
        switch (declaration)
        {
            case ScalarSyntax { IsNull: false } word:
                return word;
            case MappingSyntax map when map["op"] is ScalarSyntax { IsNull: false } op:
                return op;
            case MappingSyntax map when map["op"] is { } other:
                Diagnostics.Report(Rules.WrongType, other, "op", "the name of an operator, block or model", other.Kind);
                return null;
            case MappingSyntax or ScalarSyntax:
                Diagnostics.Report(Rules.MissingKey, name, $"The node '{nodeName}'", "op");
                return null;
            default:
                Diagnostics.Report(Rules.WrongType, declaration, nodeName, "an operator, or a map with 'op'", declaration.Kind);
                return null;
        }
    }

    // With inputs that failed, `in` is known without a value.
    private Scope ScopeAt(Scope nodeScope, ImmutableArray<Port>? sources) => sources switch
    {
        null => nodeScope.WithUnknown("in"),
        { Length: > 0 } => nodeScope.With("in", ShapeOf(sources.Value[0]).Channels),
        _ => nodeScope,
    };

    private ImmutableArray<Port> Bind(string name, ImmutableArray<Port> ports) => Last = names[name] = ports;

    // Where a node's inputs come from; null when one of them is unknown or failed.
    private ImmutableArray<Port>? Sources(MappingSyntax? map, ScalarSyntax name)
    {
        switch (map?["from"])
        {
            case null when Last.Length > 1:
                // A part with several outputs gives none of them silently.
                ManyOutputs(name, Last[0].Node!.Name, OutputNames(Last));
                return null;
            case null:
                return Last.IsEmpty ? null : Last;
            case ScalarSyntax scalar:
                return Resolve(scalar, isNode: true) is { } port ? [port] : null;
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
                    else if (Resolve(reference, isNode: true) is { } resolved)
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
                Diagnostics.Report(Rules.WrongType, other, "from", "the name of a node or a list of names", other.Kind);
                return null;
        }
    }
}
