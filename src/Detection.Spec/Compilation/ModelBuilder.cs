// Builds the network of a merged spec for given parameters and inputs: the part of compilation that a model
// has in common with a model used inside another.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>A network with the instance it belongs to.</summary>
internal sealed record BuiltNetwork(ModelInstance Instance, Graph Graph, DetectionLayout? Detection, TwoStageLayout? TwoStage);

/// <summary>Builds networks.</summary>
internal sealed class ModelBuilder(ModelContext context, MappingSyntax root)
{
    internal static readonly ImmutableArray<string> KindWords = ["backbone", "classifier", "oneStage", "twoStage"];
    private static readonly AttributeDefinition KindDefinition = new("kind", AttributeKind.Word, "What the model is.") { Words = KindWords };

    /// <summary>What the spec says the model is, or null.</summary>
    public static ModelKind? KindOf(MappingSyntax root) => root["kind"] is ScalarSyntax kind && KindWords.IndexOf(kind.Value) is >= 0 and var index
        ? (ModelKind)index
        : null;

    /// <summary>What a spec without a right <c>kind</c> was meant to be, as far as the rest of it tells.</summary>
    public static ModelKind? Guess(MappingSyntax root) =>
        root["detection"] is MappingSyntax detection && (detection["stages"] ?? detection["proposals"]) is not null ? ModelKind.TwoStage
        : root["detection"] is not null ? ModelKind.OneStage : root["taps"] is not null ? ModelKind.Backbone : null;

    /// <summary>Reads the kind, reporting what is wrong with it.</summary>
    public ModelKind? ReadKind()
    {
        if (root["kind"] is { } kind)
        {
            return AttributeReader.Value(KindDefinition, kind, Scope.Empty, context.Diagnostics) is { } word ? (ModelKind)KindWords.IndexOf(word.Word) : null;
        }

        context.Diagnostics.Report(Rules.MissingKey, Anchor("model"), "the spec", "kind");
        return null;
    }

    /// <summary>The classes of the spec; one anonymous class when it names none.</summary>
    public ClassesDeclaration ReadClasses()
    {
        var definition = new AttributeDefinition("classes", AttributeKind.Integer, "") { Minimum = 1, Maximum = 1_000_000 };
        switch (root["classes"])
        {
            case null:
                return new(0, EquatableArray<string>.Empty);
            case SequenceSyntax list:
                var names = list.Items.OfType<ScalarSyntax>().Select(s => s.Value).ToImmutableArray();
                foreach (var item in list.Items.Where(i => i is not ScalarSyntax { IsNull: false }))
                {
                    context.Diagnostics.Report(Rules.WrongType, item, "classes", "the names of the classes, or their number", item.Kind);
                }

                foreach (var repeated in list.Items.OfType<ScalarSyntax>().GroupBy(s => s.Value).Where(g => g.Count() > 1))
                {
                    context.Diagnostics.Report(Rules.NameTaken, repeated.Last(), repeated.Key, "a class");
                }

                return new(names.Length, new(names));
            case var number:
                return new((int)(AttributeReader.Value(definition, number, Scope.Empty, context.Diagnostics)?.Integer ?? 1), EquatableArray<string>.Empty);
        }
    }

    /// <summary>Builds the network, or reports why it cannot be built.</summary>
    /// <param name="modelName">Name of the model.</param>
    /// <param name="arguments">Values of its parameters that do not take their defaults.</param>
    /// <param name="inputs">Shapes of its inputs; default when they are unknown, for a build that only finds mistakes.</param>
    /// <param name="shorterSide">Shorter side of the nominal input in pixels, which scales of default boxes are shares of.</param>
    public BuiltNetwork? BuildNetwork(
        string modelName, ImmutableDictionary<string, double> arguments, ImmutableArray<TensorShape> inputs, long shorterSide)
    {
        var kind = ReadKind();
        var classes = ReadClasses();
        var outer = classes.Count > 0 ? Scope.Empty.With("classes", classes.Count) : Scope.Empty;
        var (scope, isComplete) = ParameterReader.Fill(root["parameters"], arguments, outer, $"the model '{modelName}'", Anchor("model"), context.Diagnostics);
        foreach (var unknown in arguments.Keys.Where(a => (root["parameters"] as MappingSyntax)?[a] is null).OrderBy(a => a, StringComparer.Ordinal))
        {
            var declared = (root["parameters"] as MappingSyntax)?.Entries.Select(e => e.Name) ?? [];
            context.Diagnostics.Report(
                Rules.UnknownParameter, Anchor("model"), unknown, $"the model '{modelName}'", context.Diagnostics.DidYouMean(unknown, declared));
        }

        if (!inputs.IsDefault && (inputs.Length != 1 || inputs[0] is not TensorShape.Feature))
        {
            var given = inputs.Length == 1 ? "a vector" : $"{inputs.Length} inputs";
            context.Diagnostics.Report(Rules.InputCount, Anchor("model"), $"The model '{modelName}'", "one feature map", given);
            return null;
        }

        var blocks = root["blocks"] as MappingSyntax;
        context.Operators = new OperatorReader(context.Diagnostics, context.Library, blocks).Read(root["operators"]);
        CheckBlocks(blocks);
        var initial = InitializationReader.Read(root, scope, null, context.Diagnostics);
        var builder = inputs.IsDefault || !isComplete
            ? GraphBuilder.OverUnknown(context, blocks, ["input"], scope, initial)
            : new GraphBuilder(context, blocks, [new Output("input", inputs[0])], scope) { Initial = initial };
        builder.AddAll(root["nodes"], Anchor("model"), "the spec");
        var detection = default(DetectionLayout);
        var twoStage = default(TwoStageLayout);
        ImmutableArray<(string, Port)> results = [];
        switch (kind ?? Guess(root))
        {
            case ModelKind.Backbone:
                results = Taps(builder);
                break;
            case ModelKind.Classifier:
                results = Scores(builder, classes);
                break;
            case ModelKind.OneStage:
                detection = new DetectionBuilder(context, builder, scope, classes, shorterSide).Build(root["detection"], Anchor("model"));
                results = detection is null
                    ? []
                    : [.. detection.Results];
                break;
            case ModelKind.TwoStage:
                twoStage = new TwoStageBuilder(context, builder, scope, classes, shorterSide).Build(root["detection"], Anchor("model"));
                results = twoStage is null ? [] : [.. twoStage.Results];
                break;
        }

        foreach (var block in blocks?.Entries ?? [])
        {
            if (!context.WasEntered(block.Value))
            {
                new PartBuilder(context, blocks).CheckUnused(block);
            }
            else if (block.Value is MappingSyntax { } used)
            {
                // Defaults that no use took, because all gave values or failed.
                ParameterReader.WithoutArguments(used["parameters"], Scope.Empty.WithUnknown("in"), context.Diagnostics);
            }
        }

        if (results.IsEmpty || context.HasNetworkErrors)
        {
            // The figures in `expect` cannot be checked, its names can.
            var section = root["detection"] as MappingSyntax;
            var levels = section?["levels"] as MappingSyntax;
            var proposals = (section?["proposals"] as MappingSyntax)?["levels"] as MappingSyntax;
            var stages = section?["stages"] as MappingSyntax;
            Expectations.CheckNames(
                root["expect"], builder,
                [
                    .. (root["taps"] as MappingSyntax)?.Entries.Select(e => e.Name) ?? [],
                    .. levels?.Entries.SelectMany(l => new[] { "scores_" + l.Name, "boxes_" + l.Name }) ?? [],
                    .. proposals?.Entries.SelectMany(l => new[] { "objectness_" + l.Name, "proposalBoxes_" + l.Name }) ?? [],
                    .. stages?.Entries.SelectMany(s => new[] { "scores_" + s.Name, "boxes_" + s.Name }) ?? [],
                ],
                context.Diagnostics);
            return null;
        }

        return new BuiltNetwork(new ModelInstance(modelName, Differing(arguments, outer)), builder.Build(results), detection, twoStage);
    }

    // Arguments that equal their defaults make no new structure.
    private ImmutableSortedDictionary<string, double> Differing(ImmutableDictionary<string, double> arguments, Scope outer)
    {
        var (defaults, isComplete) = ParameterReader.Fill(root["parameters"], ImmutableDictionary<string, double>.Empty, outer, "", root, new DiagnosticBag());
        return arguments
            .Where(a => !isComplete || !defaults.Values.TryGetValue(a.Key, out var standard) || standard != a.Value)
            .ToImmutableSortedDictionary(a => a.Key, a => a.Value, StringComparer.Ordinal);
    }

    private void CheckBlocks(MappingSyntax? blocks)
    {
        if (root["blocks"] is { } declaration && blocks is null && declaration is not ScalarSyntax { IsNull: true })
        {
            context.Diagnostics.Report(Rules.WrongType, declaration, "blocks", "a map of named blocks", declaration.Kind);
        }

        foreach (var entry in blocks?.Entries ?? [])
        {
            if (!Names.IsNodeName(entry.Name))
            {
                context.Diagnostics.Report(Rules.BadName, entry.Key, entry.Name, "a block", Names.NodeNameRule);
            }
            else if (OperatorCatalog.Find(entry.Name) is not null)
            {
                context.Diagnostics.Report(Rules.NameTaken, entry.Key, entry.Name, "an operator");
            }
        }
    }

    private ImmutableArray<(string Name, Port Port)> Taps(GraphBuilder builder)
    {
        if (root["taps"] is { } other and not MappingSyntax)
        {
            context.Diagnostics.Report(Rules.WrongType, other, "taps", "a map of output names and nodes", other.Kind);
            return [];
        }

        if (root["taps"] is not MappingSyntax { Entries.Length: > 0 } taps)
        {
            context.Diagnostics.Report(Rules.MissingKey, Anchor("taps", "model"), "a backbone", "taps");
            return [];
        }

        var results = ImmutableArray.CreateBuilder<(string, Port)>();
        foreach (var entry in taps.Entries)
        {
            if (!Names.IsNodeName(entry.Name))
            {
                context.Diagnostics.Report(Rules.BadName, entry.Key, entry.Name, "an output", Names.NodeNameRule);
            }
            else if (entry.Value is not ScalarSyntax reference)
            {
                context.Diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, "the name of a node", entry.Value.Kind);
            }
            else if (builder.Resolve(reference) is { } port)
            {
                if (builder.ShapeOf(port) is TensorShape.Feature)
                {
                    results.Add((entry.Name, port));
                }
                else
                {
                    context.Diagnostics.Report(Rules.WrongRank, reference, $"the output '{entry.Name}' of a backbone", "a feature map [C, H, W]", reference.Value, "a vector");
                }
            }
        }

        return results.ToImmutable();
    }

    private ImmutableArray<(string Name, Port Port)> Scores(GraphBuilder builder, ClassesDeclaration classes)
    {
        if (builder.Result(root["output"]) is not { } scores)
        {
            return [];
        }

        var shape = builder.ShapeOf(scores);
        if (classes.Count == 0)
        {
            context.Diagnostics.Report(Rules.MissingKey, Anchor("model"), "a classifier", "classes");
        }
        else if (shape is not TensorShape.Vector || shape.Channels != classes.Count)
        {
            context.Diagnostics.Report(
                Rules.Channels, scores.Node?.Syntax ?? root, $"the output of a classifier of {classes.Count} classes must be a vector of {classes.Count} scores; here is "
                + (shape is TensorShape.Vector ? $"a vector of {shape.Channels}" : "a feature map"));
        }

        return [("", scores)];
    }

    // A short place to report something that is missing: the value of a key, not the whole file.
    private SyntaxNode Anchor(params string[] keys) => keys.Select(k => root[k]).FirstOrDefault(n => n is not null) ?? root;
}
