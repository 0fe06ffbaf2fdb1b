// What stands behind `op:`: an operator of the language, a block of the spec or another model, with its shapes checked.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <content>Builds the body of one node.</content>
internal sealed partial class GraphBuilder
{
    private ImmutableArray<Port> Build(
        string nodeName, ScalarSyntax at, ScalarSyntax op, MappingSyntax? map, Scope nodeScope, string key, ImmutableArray<Port>? sources, int? repetition = null)
    {
        if (!context.TryCount(op))
        {
            return [];
        }

        var shapes = sources?.Select(ShapeOf).ToImmutableArray();
        var scopeHere = ScopeAt(nodeScope, sources);
        if (shapes is null)
        {
            CheckWords(op, map, scopeHere, at);
            return [];
        }

        if (!TryReadSharing(map, op, nodeName, repetition, out var sharing))
        {
            return [];
        }

        NodeBody? body;
        ImmutableArray<Output> outputs = [];
        if (Patches(map) is not { } patches)
        {
            return [];
        }

        if (context.FindOperator(op.Value) is { } definition)
        {
            // Its declaration has been reported.
            if (definition.Class is { IsBroken: true })
            {
                return [];
            }

            if (!patches.IsEmpty)
            {
                Diagnostics.Report(Rules.PatchMisused, patches[0], $"'patch' changes the nodes of a block or model; '{op.Value}' is an operator and has none");
                return [];
            }

            var attributes = AttributeReader.Read(map, Inherited(definition.Attributes, sharing), KeysBeside(definition), scopeHere, $"the operator '{op.Value}'", at, Diagnostics);
            var fits = InputsFit(op, definition, sources!.Value, shapes.Value);
            if (attributes is null || !fits || !TryFindRegions(nodeName, op, definition, attributes, sources.Value, shapes.Value, out var regions))
            {
                return [];
            }

            (body, outputs) = Operate(nodeName, op, map, definition, attributes, shapes.Value, regions);
            if (body is NodeBody.Operation operation && definition.Initial != InitialTensors.None)
            {
                var initial = InitializationReader.OfNode(map, scopeHere, Initial, definition, operation.Tensors, Diagnostics);
                body = operation with { Initial = sharing is null ? initial : InitialOfOwner(initial, map, nodeName, sharing) };
            }

            sources = definition.RegionUse != RegionUse.None && !RegionOperators.IsOfImage(attributes) ? sources.Value.Add(Stage!.Value.Boxes) : sources;
        }
        else if (blocks?[op.Value] is { } block)
        {
            (body, outputs) = new PartBuilder(context, blocks) { Inherited = Inherited(sharing), Initial = Initial }.Block(op, block, patches, Given(map), scopeHere, shapes.Value, at);
        }
        else if (context.Library.Find(op.Value) is { } model)
        {
            (body, outputs) = new PartBuilder(context, blocks) { Inherited = Inherited(sharing), Initial = Initial }.Model(op, model, patches, Given(map), scopeHere, shapes.Value, at);
        }
        else
        {
            ReportUnknown(op);
            return [];
        }

        if (body is null)
        {
            return [];
        }

        var node = new GraphNode(nodeName, key, body, sources!.Value, outputs, at);
        if (sharing is not null && !Share(node, sharing, map))
        {
            return [];
        }

        nodes.Add(node);
        built[nodeName] = node;
        return [.. Enumerable.Range(0, outputs.Length).Select(i => new Port(node, i))];
    }

    /// <summary>Checks the words of a node that is not built, because its name or what stands around it is wrong.</summary>
    public void LookAt(ScalarSyntax name, SyntaxNode declaration, Scope nodeScope)
    {
        var map = declaration as MappingSyntax;
        _ = map?["from"] is null ? null : Sources(map, name);
        var scopeHere = nodeScope.WithUnknown("in");
        if (OperatorOf(declaration, name.Value, name) is { } op)
        {
            CheckWords(op, map, scopeHere, name);
        }
    }

    // A node that cannot be built: what is wrong with its words is told all the same, what depends on its inputs is not.
    private void CheckWords(ScalarSyntax op, MappingSyntax? map, Scope scopeHere, ScalarSyntax at)
    {
        if (Diagnostics.IsFull)
        {
            return;
        }

        CheckRepetition(map, scopeHere);
        _ = Key(map, at.Value, null, scopeHere);
        if (context.FindOperator(op.Value) is { } definition)
        {
            if (definition.Class is { IsBroken: true })
            {
                return;
            }

            AttributeReader.Read(map, InheritedFromUnknown(map, definition.Attributes), KeysBeside(definition), scopeHere, $"the operator '{op.Value}'", at, Diagnostics);
            _ = definition.Initial == InitialTensors.None ? null : InitializationReader.Read(map, scopeHere, definition.Initial == InitialTensors.Kernel ? Initial : null, Diagnostics);
        }
        else if (blocks?[op.Value] is not null || context.Library.Find(op.Value) is not null)
        {
            // A patch may add parameters; whoever builds the part knows them.
            if (Patches(map) is { IsEmpty: true })
            {
                new PartBuilder(context, blocks) { Inherited = map?["shares"] is null ? null : ImmutableDictionary<string, double>.Empty }.CheckArguments(op, Given(map), scopeHere, at);
            }
        }
        else
        {
            ReportUnknown(op);
        }
    }

    private void CheckRepetition(MappingSyntax? map, Scope scopeHere)
    {
        if (map is null)
        {
            return;
        }

        _ = map["when"] is { } when ? AttributeReader.Value(ConditionDefinition, when, scopeHere, Diagnostics) : null;
        if (map["repeat"] is { } repeat)
        {
            AttributeReader.Value(RepeatDefinition, repeat, scopeHere, Diagnostics);
            ReadFirst(map, out _);
        }
        else if (map.TryGet("first", out var first) && map["op"] is not null)
        {
            Diagnostics.Report(Rules.UnknownKey, first.Key, "first", "a node without 'repeat'", "");
        }
    }

    private bool IsKnown(string op) => context.FindOperator(op) is not null || blocks?[op] is not null || context.Library.Find(op) is not null;

    private void ReportUnknown(ScalarSyntax op)
    {
        var known = OperatorCatalog.All.Select(o => o.Name).Concat(context.Operators.Keys).Concat(blocks?.Entries.Select(e => e.Name) ?? []).Concat(context.Library.ModelNames);
        Diagnostics.Report(Rules.UnknownOperator, op, op.Value, Diagnostics.DidYouMean(op.Value, known));
    }

    // Keys of a node that are no attributes of its operator.
    private static ImmutableArray<string> KeysBeside(OperatorDefinition definition) => definition.Initial == InitialTensors.None ? NodeKeys : NodeKeys.Add(InitializationReader.Key);

    // The patches of a node, in the order in which they are laid; null, and a diagnostic, when they are none.
    private ImmutableArray<MappingSyntax>? Patches(MappingSyntax? map)
    {
        var patches = ImmutableArray.CreateBuilder<MappingSyntax>();
        foreach (var item in map?["patch"] switch { null => [], SequenceSyntax list => list.Items, var one => [one] })
        {
            if (item is not MappingSyntax patch)
            {
                Diagnostics.Report(Rules.WrongType, item, "patch", "a map that is laid over the block or model, or a list of such maps", item.Kind);
                return null;
            }

            patches.Add(patch);
        }

        if (patches.Count > MaximumPatches)
        {
            Diagnostics.Report(Rules.LimitExceeded, map!["patch"]!, $"A node has at most {MaximumPatches} patches in a row, but here are {patches.Count}");
            return null;
        }

        return patches.ToImmutable();
    }

    private static ImmutableArray<MappingEntry> Given(MappingSyntax? map) =>
        map is null ? [] : [.. map.Entries.Where(e => !NodeKeys.Contains(e.Name))];

    private bool InputsFit(ScalarSyntax op, OperatorDefinition definition, ImmutableArray<Port> sources, ImmutableArray<TensorShape> shapes)
    {
        if (shapes.Length < definition.MinimumInputs || shapes.Length > definition.MaximumInputs)
        {
            var wanted = definition.MaximumInputs == 1 ? "one input" : (definition.MinimumInputs == definition.MaximumInputs ? "" : $"{definition.MinimumInputs} to ") + $"{definition.MaximumInputs} inputs ('from: [a, b]')";
            Diagnostics.Report(Rules.InputCount, op, $"'{definition.Name}'", wanted, shapes.Length);
            return false;
        }

        for (var i = 0; i < shapes.Length; i++)
        {
            var wrong = (definition.Rank, shapes[i]) switch
            {
                (_, TensorShape.Boxes) => ("maps and vectors", "the regions of a stage"),
                (InputRank.Feature, TensorShape.Vector) => ("a feature map [C, H, W]", "a vector"),
                (InputRank.Vector, TensorShape.Feature) => ("a vector [C] (see 'flatten' and 'globalAvgPool')", "a feature map"),
                _ => default,
            };
            if (wrong.Item1 is not null)
            {
                Diagnostics.Report(Rules.WrongRank, op, $"'{definition.Name}'", wrong.Item1, sources[i].Node?.Name ?? inputs[sources[i].Index].Name, wrong.Item2);
                return false;
            }
        }

        return true;
    }

    // The regions that an operator gives values of, from those of its inputs; false, and a diagnostic, when these do not go together.
    private bool TryFindRegions(
        string nodeName, ScalarSyntax op, OperatorDefinition definition, AttributeSet attributes, ImmutableArray<Port> sources, ImmutableArray<TensorShape> shapes,
        out RegionSet? regions)
    {
        string Name(int input) => sources[input].Node?.Name ?? inputs[sources[input].Index].Name;
        string Of(TensorShape shape) => shape.Regions is { } set ? $"the regions of '{set.Stage}'" : "images";
        regions = null;
        var wrong = default(string);
        switch (definition.RegionUse)
        {
            case RegionUse.None:
                regions = shapes[0].Regions;
                var other = shapes.Select((s, i) => (s, i)).FirstOrDefault(p => p.s.Regions != shapes[0].Regions);
                wrong = other.s is null ? null : $"'{nodeName}' takes '{Name(0)}', which is of {Of(shapes[0])}, and '{Name(other.i)}', which is of {Of(other.s)}";
                break;
            case RegionUse.Pools:
                regions = RegionOperators.IsOfImage(attributes) ? null : Stage?.Set;
                var pooled = shapes.Select((s, i) => (s, i)).FirstOrDefault(p => p.s.Regions is not null);
                wrong = pooled.s is not null ? $"'{nodeName}' pools maps of images, but '{Name(pooled.i)}' is of {Of(pooled.s)}"
                    : RegionOperators.IsOfImage(attributes) || Stage is not null ? null
                    : $"'{nodeName}' pools regions, which only the nodes of a stage have ('detection.stages'), not those of a block; 'regions: image' pools the whole image";
                break;
            default:
                regions = shapes[0].Regions;
                var beyond = shapes.Skip(1).Select((s, i) => (s, i: i + 1)).FirstOrDefault(p => p.s.Regions is not null);
                wrong = regions is null || Stage?.Set != regions ? $"'{nodeName}' takes queries of the regions of its stage first, but '{Name(0)}' is of {Of(shapes[0])}"
                    : beyond.s is not null ? $"'{nodeName}' takes keys and values of images, but '{Name(beyond.i)}' is of {Of(beyond.s)}" : null;
                break;
        }

        if (wrong is null)
        {
            return true;
        }

        Diagnostics.Report(Rules.Regions, op, wrong);
        return false;
    }

    private (NodeBody? Body, ImmutableArray<Output> Outputs) Operate(
        string nodeName, ScalarSyntax op, MappingSyntax? map, OperatorDefinition definition, AttributeSet attributes, ImmutableArray<TensorShape> shapes, RegionSet? regions)
    {
        try
        {
            var use = new OperatorUse(attributes, shapes, context.Domain);
            var tensors = definition.Tensors(use);
            var shape = definition.Shape(use) with { Regions = regions };

            // Counted once here, so that what is too large is told at its node.
            var body = new NodeBody.Operation(definition, use, tensors);
            _ = checked(body.MultiplyAdds(shape, context.Domain.Height.Minimum, context.Domain.Width.Minimum) + tensors.Sum(t => t.Count));
            return (body, [new Output("", shape)]);
        }
        catch (ShapeException e)
        {
            // An attribute is to blame, or else the node as a whole.
            Diagnostics.Report(
                e.Rule, (e.Attribute is { } attribute ? map?[attribute] : null) ?? op, e.Attribute is null ? [$"'{nodeName}': {e.Message}"] : [e.Attribute, e.Value, e.Message]);
        }
        catch (OverflowException)
        {
            Diagnostics.Report(Rules.LimitExceeded, op, $"'{nodeName}' is too large to count");
        }

        return (null, []);
    }
}
