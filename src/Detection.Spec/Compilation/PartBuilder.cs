// Nodes that are graphs of their own: blocks of the spec and other models.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Builds the bodies of nodes that are blocks or models.</summary>
internal sealed class PartBuilder(ModelContext context, MappingSyntax? blocks)
{
    private const string DefaultInput = "input";

    // A module of TorchSharp maps at most six values to one.
    private const int MaximumInputs = 6;

    // What a model says of itself as a whole is not for its uses to change.
    private static readonly ImmutableArray<string> PatchableKeys = ["parameters", InitializationReader.Key, "blocks", "nodes", "taps", "output"];

    /// <summary>Arguments of the node whose weights this one shares, where it gives none itself; null for a node with weights of its own.</summary>
    public ImmutableDictionary<string, double>? Inherited { get; init; }

    /// <summary>What layers begin with where the block around them says nothing itself.</summary>
    public Initialization? Initial { get; init; }

    internal static readonly ImmutableArray<string> BlockKeys = ["parameters", "inputs", InitializationReader.Key, "nodes", "output", "summary"];

    /// <summary>Instantiates a block.</summary>
    /// <param name="op">Where it is used.</param>
    /// <param name="declaration">The block.</param>
    /// <param name="patches">What this use changes of it.</param>
    /// <param name="given">Its arguments.</param>
    /// <param name="scope">What the arguments see.</param>
    /// <param name="shapes">Its inputs.</param>
    /// <param name="at">Where to report what is missing.</param>
    public (NodeBody? Body, ImmutableArray<Output> Outputs) Block(
        ScalarSyntax op, SyntaxNode declaration, ImmutableArray<MappingSyntax> patches, ImmutableArray<MappingEntry> given, Scope scope, ImmutableArray<TensorShape> shapes, SyntaxNode at)
    {
        if (declaration is not MappingSyntax declared)
        {
            context.Diagnostics.Report(Rules.WrongType, declaration, op.Value, "a map with 'nodes'", declaration.Kind);
            return default;
        }

        var owner = $"the block '{op.Value}'";
        var block = patches.Aggregate(declared, (below, patch) => Inheritance.Lay(below, patch, owner, owner, isNamed: false, context.Diagnostics));
        CheckKeys(block);
        var givenValues = BlockArguments(op, block, given, scope, at);
        if (InputNames(block) is not { } inputNames)
        {
            return default;
        }

        if (inputNames.Length != shapes.Length)
        {
            context.Diagnostics.Report(
                Rules.InputCount, op, $"the block '{op.Value}'", inputNames.Length == 1 ? "one input" : $"{inputNames.Length} inputs", shapes.Length);
            return default;
        }

        if (givenValues is not { } arguments)
        {
            return default;
        }

        var inner = Scope.Empty.With("in", shapes[0].Channels);
        var (filled, isComplete) = ParameterReader.Fill(block["parameters"], arguments, inner, $"the block '{op.Value}'", at, context.Diagnostics);
        if (!isComplete || !context.TryEnter(op.Value, declared, op))
        {
            return default;
        }

        try
        {
            ImmutableArray<Output> inputs = [.. inputNames.Select((name, i) => new Output(name, shapes[i]))];
            var builder = new GraphBuilder(context, blocks, inputs, filled) { Initial = InitializationReader.Read(block, filled, Initial, context.Diagnostics) };
            builder.AddAll(block["nodes"], op, $"The block '{op.Value}'");
            if (builder.Result(block["output"]) is not { } port)
            {
                return default;
            }

            var graph = builder.Build([("", port)]);
            var values = filled.Values.Remove("in");
            var names = ParameterReader.Declared(block["parameters"], new DiagnosticBag()).Select(e => e.Name).ToImmutableArray();
            return (new NodeBody.Block(op.Value, values, names, graph) { Given = arguments }, [new Output("", builder.ShapeOf(port))]);
        }
        finally
        {
            context.Leave();
        }
    }

    /// <summary>Checks what is given to a block or model, without building it: its inputs are not known.</summary>
    public void CheckArguments(ScalarSyntax op, ImmutableArray<MappingEntry> given, Scope scope, SyntaxNode at)
    {
        if (blocks?[op.Value] is { } declaration)
        {
            _ = declaration is MappingSyntax block ? BlockArguments(op, block, given, scope, at) : null;
        }
        else if (context.Library.Find(op.Value) is { } spec && Inheritance.Merge(spec, context.Library, new DiagnosticBag()) is { } merged)
        {
            _ = Arguments(given, merged["parameters"], scope, $"the model '{op.Value}'");
        }
    }

    /// <summary>The outputs that a node has by its words, also where it cannot be built; empty when it has one without a name, or nothing is known of it.</summary>
    public ImmutableArray<string> DeclaredOutputs(string op) =>
        blocks?[op] is null && context.FindOperator(op) is null && context.Library.Find(op) is { } spec
            && Inheritance.Merge(spec, context.Library, new DiagnosticBag()) is { } merged && merged["taps"] is MappingSyntax taps
            ? [.. taps.Entries.Select(e => e.Name)]
            : [];

    /// <summary>Checks the words of a block that nothing built, because nothing uses it or what uses it failed.</summary>
    public void CheckUnused(MappingEntry entry)
    {
        if (entry.Value is not MappingSyntax block)
        {
            context.Diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, "a map with 'nodes'", entry.Value.Kind);
            return;
        }

        CheckKeys(block);
        var scope = ParameterReader.WithoutArguments(block["parameters"], Scope.Empty.WithUnknown("in"), context.Diagnostics);
        var builder = GraphBuilder.OverUnknown(context, blocks, InputNames(block) ?? [DefaultInput], scope, InitializationReader.Read(block, scope, Initial, context.Diagnostics));
        builder.AddAll(block["nodes"], entry.Key, $"The block '{entry.Name}'");
        _ = block["output"] is { } output ? builder.Result(output) : null;
    }

    /// <summary>Instantiates another model as a part.</summary>
    /// <param name="op">Where it is used.</param>
    /// <param name="spec">The model.</param>
    /// <param name="patches">What this use changes of it.</param>
    /// <param name="given">Its arguments.</param>
    /// <param name="scope">What the arguments see.</param>
    /// <param name="shapes">Its input.</param>
    /// <param name="at">Where to report what is missing.</param>
    public (NodeBody? Body, ImmutableArray<Output> Outputs) Model(
        ScalarSyntax op, ParsedSpec spec, ImmutableArray<MappingSyntax> patches, ImmutableArray<MappingEntry> given, Scope scope, ImmutableArray<TensorShape> shapes, SyntaxNode at)
    {
        var own = new DiagnosticBag();
        foreach (var problem in spec.Diagnostics)
        {
            own.Add(problem);
        }

        var part = context.ForPart(own);
        var merged = Patched(Inheritance.Merge(spec, context.Library, own), op.Value, patches, context.Diagnostics);
        var arguments = Arguments(given, merged?["parameters"], scope, $"the model '{op.Value}'");
        if (merged is null || arguments is null || !part.TryEnter(op.Value, "model " + op.Value, op))
        {
            return Failed(op, own, patches);
        }

        var model = new ModelBuilder(part, merged).BuildNetwork(
            op.Value, arguments, shapes, Math.Min(context.Domain.Height.Minimum, context.Domain.Width.Minimum));
        if (own.HasErrors || model is null)
        {
            return Failed(op, own, patches);
        }

        var outputs = model.Graph.Results.Select(r => new Output(r.Name, model.Graph.ShapeOf(r.Port))).ToImmutableArray();
        return (new NodeBody.Model(model.Instance with { Patches = patches }, model.Graph), outputs);
    }

    /// <summary>A model as a use of it changes it.</summary>
    public static MappingSyntax? Patched(MappingSyntax? merged, string modelName, ImmutableArray<MappingSyntax> patches, DiagnosticBag diagnostics)
    {
        foreach (var entry in patches.SelectMany(p => p.Entries).Where(e => !PatchableKeys.Contains(e.Name)))
        {
            diagnostics.Report(
                Rules.PatchMisused, entry.Key, $"'{entry.Name}' is no key of a model's patch, which may hold {string.Join(", ", PatchableKeys)}.{diagnostics.DidYouMean(entry.Name, PatchableKeys)}");
        }

        var owner = $"the model '{modelName}'";
        return merged is null ? null : patches.Aggregate(merged, (below, patch) => Inheritance.Lay(
            below, new MappingSyntax(patch.Source, patch.Span, [.. patch.Entries.Where(e => PatchableKeys.Contains(e.Name))]), owner, owner, isNamed: false, diagnostics));
    }

    private (NodeBody? Body, ImmutableArray<Output> Outputs) Failed(ScalarSyntax op, DiagnosticBag own, ImmutableArray<MappingSyntax> patches)
    {
        // What is wrong in a patch stands here, and not in the model.
        var here = own.ToImmutable().Where(d => d.IsError && patches.Any(p => p.Source.Path == d.Location.Path && p.Span.Start <= d.Location.Span.Start && d.Location.Span.Start < p.Span.End)).ToArray();
        foreach (var problem in here)
        {
            context.Diagnostics.Add(problem);
        }

        if (own.HasErrors && here.Length == 0)
        {
            context.Diagnostics.Report(Rules.PartFailed, op, op.Value, own.ToImmutable().First(d => d.IsError).ToString());
        }

        return default;
    }

    private ImmutableArray<string>? InputNames(MappingSyntax block)
    {
        switch (block["inputs"])
        {
            case null:
                return [DefaultInput];
            case SequenceSyntax { Items.IsEmpty: false } list when list.Items.All(i => i is ScalarSyntax name && Names.IsNodeName(name.Value)):
                var names = list.Items.Cast<ScalarSyntax>().ToArray();
                if (names.GroupBy(n => n.Value).FirstOrDefault(g => g.Count() > 1) is { } repeated)
                {
                    context.Diagnostics.Report(Rules.NameTaken, repeated.Last(), repeated.Key, "an input");
                    return null;
                }

                if (names.Length > MaximumInputs)
                {
                    context.Diagnostics.Report(Rules.LimitExceeded, list, $"A block takes at most {MaximumInputs} inputs, but here are {names.Length}");
                    return null;
                }

                return [.. names.Select(n => n.Value)];
            case var other:
                context.Diagnostics.Report(Rules.WrongType, other, "inputs", "a list of at least one name", other is SequenceSyntax ? "another list" : other.Kind);
                return null;
        }
    }

    private void CheckKeys(MappingSyntax block)
    {
        foreach (var entry in block.Entries.Where(e => !BlockKeys.Contains(e.Name)))
        {
            context.Diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "a block", context.Diagnostics.DidYouMean(entry.Name, BlockKeys));
        }
    }

    private ImmutableDictionary<string, double>? BlockArguments(
        ScalarSyntax op, MappingSyntax block, ImmutableArray<MappingEntry> given, Scope scope, SyntaxNode at)
    {
        var owner = $"the block '{op.Value}'";
        if (Inherited is null)
        {
            ParameterReader.RequireGiven(block["parameters"], given, owner, at, context.Diagnostics);
        }

        return Arguments(given, block["parameters"], scope, owner);
    }

    private ImmutableDictionary<string, double>? Arguments(ImmutableArray<MappingEntry> given, SyntaxNode? declaration, Scope scope, string owner)
    {
        var declared = new HashSet<string>(ParameterReader.Declared(declaration, context.Diagnostics).Select(e => e.Name), StringComparer.Ordinal);
        var values = (Inherited ?? ImmutableDictionary<string, double>.Empty).ToBuilder();
        var complete = true;
        foreach (var entry in given)
        {
            if (!declared.Contains(entry.Name))
            {
                context.Diagnostics.Report(Rules.UnknownParameter, entry.Key, entry.Name, owner, context.Diagnostics.DidYouMean(entry.Name, declared));
                _ = entry.Value is ScalarSyntax { IsNull: false } stray ? scope.Evaluate(stray, context.Diagnostics) : null;
                complete = false;
            }
            else if (entry.Value is not ScalarSyntax scalar)
            {
                context.Diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, "a number or an expression", entry.Value.Kind);
                complete = false;
            }
            else if (scope.Evaluate(scalar, context.Diagnostics) is { } value)
            {
                values[entry.Name] = value;
            }
            else
            {
                complete = false;
            }
        }

        return complete ? values.ToImmutable() : null;
    }
}
