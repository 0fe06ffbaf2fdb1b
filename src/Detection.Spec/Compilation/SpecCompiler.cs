// Compiles a spec: merges what it extends, reads its sections, builds its network, checks its expectations.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Compiles specs.</summary>
public static class SpecCompiler
{
    internal static readonly ImmutableArray<string> TopLevelKeys =
    [
        "spec", "model", "class", "kind", "extends", "summary", "source", "parameters", "input", "preprocess", "classes", "operators", InitializationReader.Key, "blocks", "nodes", "taps",
        "output", "detection", "train", "expect", "variants", "weights",
    ];

    private static readonly ImmutableHashSet<SpecDiagnosticDescriptor> WrongWithAnyBase =
        [Rules.UnknownKey, Rules.WrongType, Rules.OutOfRange, Rules.UnknownValue, Rules.BadName, Rules.ExpressionSyntax, Rules.DuplicateModel];

    /// <summary>Compiles a spec with the default values of its parameters. Never throws: everything wrong is a diagnostic.</summary>
    public static CompilationResult Compile(ParsedSpec spec, SpecLibrary library) =>
        Compile(spec, library, ImmutableDictionary<string, double>.Empty);

    /// <summary>Compiles a spec for given parameters. Never throws: everything wrong is a diagnostic.</summary>
    public static CompilationResult Compile(ParsedSpec spec, SpecLibrary library, ImmutableDictionary<string, double> arguments) =>
        Compile(spec, library, arguments, []);

    /// <summary>Compiles a model as others use it: for given parameters, changed by patches. Never throws: everything wrong is a diagnostic.</summary>
    public static CompilationResult CompileInstance(ParsedSpec spec, SpecLibrary library, ModelInstance instance) =>
        Compile(spec, library, instance.Arguments.ToImmutableDictionary(), instance.Patches, instance.IsMixed);

    private static CompilationResult Compile(
        ParsedSpec spec, SpecLibrary library, ImmutableDictionary<string, double> arguments, ImmutableArray<MappingSyntax> patches, bool isMixed = false)
    {
        if (spec.Grid is not null)
        {
            return CompileGrid(spec, library);
        }

        var diagnostics = new DiagnosticBag();
        CompiledModel? model = null;
        MappingSyntax? merged = null;
        try
        {
            // Behind a hole that nothing fills, everything would look wrong.
            merged = PartBuilder.Patched(Inheritance.Merge(spec, library, diagnostics), spec.ModelName, patches, diagnostics);
            if (HasGridErrors(spec))
            {
                diagnostics = new DiagnosticBag();
            }
            else if (merged is not null && (spec.ModelName.Length > 0 || spec.Root?["spec"] is not null))
            {
                model = Compile(spec, merged, library, arguments, patches, diagnostics, isMixed);
            }
            else if (spec.Root is not null && spec.Extends is not null)
            {
                CheckWithoutBase(spec, library, diagnostics);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            diagnostics.Report(Rules.Internal, spec.Source, default, $"{e.GetType().Name}: {e.Message}");
        }

        var all = new DiagnosticBag();
        foreach (var problem in spec.Diagnostics.Concat(diagnostics.ToImmutable().Where(d => !FollowsFromCut(d, spec))))
        {
            all.Add(problem);
        }

        return new CompilationResult(spec, all.HasErrors ? null : model, Declared(spec, merged ?? spec.Layers.FirstOrDefault()), all.ToImmutable());
    }

    // A file with a grid is no model: it is right when all its models are.
    private static CompilationResult CompileGrid(ParsedSpec file, SpecLibrary library)
    {
        var models = file.Models.Select(m => Compile(m, library)).ToImmutableArray();
        return new CompilationResult(file, null, null, GridDiagnostics.Gather([.. models.Select(m => (m.Spec.ModelName, m.Diagnostics))], models.Length)) { Models = models };
    }

    private static bool HasGridErrors(ParsedSpec spec) =>
        spec.IsBrokenGrid || (spec.File is not null && spec.Diagnostics.Any(d => d.Descriptor == Rules.UnknownAxis));

    // With the base unknown, only what is wrong whatever it holds is told.
    private static void CheckWithoutBase(ParsedSpec spec, SpecLibrary library, DiagnosticBag diagnostics)
    {
        var alone = new DiagnosticBag();
        Compile(spec, spec.Root!, library, ImmutableDictionary<string, double>.Empty, [], alone);
        foreach (var problem in alone.ToImmutable().Where(d => WrongWithAnyBase.Contains(d.Descriptor)))
        {
            diagnostics.Add(problem);
        }
    }

    // Where a syntax error ends the text, what is missing behind it is not a mistake of its own.
    private static bool FollowsFromCut(SpecDiagnostic problem, ParsedSpec spec) =>
        spec.StoppedAt is { } stop
        && (problem.Descriptor == Rules.MissingKey || problem.Descriptor == Rules.Detector
            || (problem.Location.Path == spec.Document.Path && problem.Location.Span.Start >= stop));

    private static CompiledModel? Compile(
        ParsedSpec spec, MappingSyntax root, SpecLibrary library, ImmutableDictionary<string, double> arguments, ImmutableArray<MappingSyntax> patches,
        DiagnosticBag diagnostics, bool isMixed = false)
    {
        var mergeErrors = diagnostics.Errors;
        foreach (var entry in root.Entries.Where(e => !TopLevelKeys.Contains(e.Name)))
        {
            diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "a spec", diagnostics.DidYouMean(entry.Name, TopLevelKeys));
        }

        CheckWords(spec, root, library, diagnostics);
        var input = SectionReader.Input(root, diagnostics);
        var preprocessing = SectionReader.Preprocessing(root, input?.Channels, diagnostics);
        var kind = ModelBuilder.KindOf(root) ?? ModelBuilder.Guess(root) ?? ModelKind.OneStage;
        var training = TrainingReader.Read(root, kind, diagnostics);
        var multiScale = MultiScaleReader.Read(root, kind, input, preprocessing, diagnostics);
        Expectations.CheckWords(root["expect"], diagnostics);
        var anySize = new SizeDomain(1, null, 1);
        var context = new ModelContext(library, diagnostics, (input?.HeightDomain ?? anySize, input?.WidthDomain ?? anySize)) { SectionErrors = diagnostics.Errors - mergeErrors };
        context.TryEnter(spec.ModelName, "model " + spec.ModelName, root);
        var builder = new ModelBuilder(context, root);
        ImmutableArray<TensorShape> shapes = input is null ? default : [new TensorShape.Feature(input.Channels, Extent.Input, Extent.Input)];
        var network = builder.BuildNetwork(spec.ModelName, arguments, shapes, input is null ? 1 : Math.Min(input.Height, input.Width));
        if (network is null || input is null)
        {
            WeightMapReader.Read(root, null, diagnostics);
            return null;
        }

        TensorKeys.RequireUnique(network.Graph, diagnostics);

        if (training is { IsMixed: true } && network.TwoStage is { UsesMachines: true })
        {
            diagnostics.Report(
                Rules.Detector, (root["train"] as MappingSyntax)?["precision"] ?? root,
                "support vector machines are fitted to features in 32-bit floats: 'precision: bf16' does not go with 'scores: svm'");
            return null;
        }

        var instance = network.Instance with { Patches = patches, IsMixed = isMixed };
        var placed = isMixed ? new MixedNetwork(MixedPrecision.PlaceInPart(network.Graph), null, null)
            : training is { IsMixed: true } ? MixedPrecision.Place(network.Graph, network.Detection, network.TwoStage)
            : new MixedNetwork(network.Graph, network.Detection, network.TwoStage);
        var model = new CompiledModel
        {
            Instance = instance,
            ClassName = ClassNames.Of(instance, root["class"] as ScalarSyntax, new DiagnosticBag()),
            Kind = ModelBuilder.KindOf(root)!.Value,
            Summary = (root["summary"] as ScalarSyntax)?.Value ?? "",
            Source = (root["source"] as ScalarSyntax)?.Value ?? "",
            BaseName = spec.Extends?.Value,
            Input = input,
            // A model with a wrong section is not given out, but its figures are checked.
            Preprocessing = preprocessing ?? PreprocessingDeclaration.None,
            Classes = builder.ReadClasses(),
            Graph = placed.Graph,
            Detection = placed.Detection,
            TwoStage = placed.TwoStage,
            MultiScale = multiScale,
            Training = training is not null && root["train"] is MappingSyntax train ? new LayerRuleReader(network.Graph, diagnostics).Read(training, train) : null,
            SpecHash = "",
        };
        model = model with { SpecHash = SpecFingerprint.Of(model) };

        if (Count(model, root, diagnostics) is not { } costs)
        {
            return model;
        }

        model = model with { Costs = costs };

        // The figures hold for the model that the spec describes, not for what others make of its parameters.
        if (model.Instance.IsDefault)
        {
            Expectations.Check(model, root["expect"], diagnostics);
            model = model with { WeightMaps = new(WeightMapReader.Read(root, model.Graph, diagnostics)) };
        }

        return model;
    }

    // What names or describes the model: words, not structure.
    private static void CheckWords(ParsedSpec spec, MappingSyntax root, SpecLibrary library, DiagnosticBag diagnostics)
    {
        foreach (var key in new[] { "class", "extends", "summary", "source" })
        {
            if (root[key] is { } value and not ScalarSyntax { IsNull: false })
            {
                diagnostics.Report(Rules.WrongType, value, key, "text", value.Kind);
            }
        }

        ClassNames.Of(new ModelInstance(spec.ModelName, ImmutableSortedDictionary<string, double>.Empty), root["class"] as ScalarSyntax is { IsNull: false } name ? name : null, diagnostics);
        if (library.Find(spec.ModelName) is { } other && other.Document.Path != spec.Document.Path)
        {
            diagnostics.Report(Rules.DuplicateModel, spec.Name!, spec.ModelName, other.Document.Path);
        }
    }

    // Everything downstream adds these figures up without looking.
    private static ImmutableArray<NodeCost>? Count(CompiledModel model, MappingSyntax root, DiagnosticBag diagnostics)
    {
        try
        {
            var costs = CostModel.Nodes(model.Graph, model.Input.Height, model.Input.Width);
            _ = costs.Sum(c => c.Parameters) + costs.Sum(c => c.Statistics) + costs.Sum(c => c.MultiplyAdds) + costs.Sum(c => checked((c.Shape.Count * c.PerImage * 1024) + ((c.Parameters + c.Statistics) * 8)));
            return costs;
        }
        catch (OverflowException)
        {
            diagnostics.Report(Rules.LimitExceeded, root["model"] ?? root, "The model has more parameters, values or multiply-adds than can be counted");
            return null;
        }
    }

    private static DeclaredModel? Declared(ParsedSpec spec, MappingSyntax? root)
    {
        if (!Names.IsModelName(spec.ModelName) || spec.IsBrokenGrid || root is null || root.Entries.Length < 2)
        {
            return null;
        }

        // A kind that is missing or misspelt is one mistake; what else stands in the spec tells what was meant.
        var kind = ModelBuilder.KindOf(root) ?? ModelBuilder.Guess(root) ?? ModelKind.Classifier;
        var instance = new ModelInstance(spec.ModelName, ImmutableSortedDictionary<string, double>.Empty);
        var taps = (root["taps"] as MappingSyntax)?.Entries.Select(e => e.Name).Where(Names.IsNodeName).ToImmutableArray() ?? [];
        return new DeclaredModel(spec.ModelName, ClassNames.Of(instance, root["class"] as ScalarSyntax, new DiagnosticBag()), kind, new(taps), kind is ModelKind.OneStage or ModelKind.TwoStage && root["train"] is MappingSyntax)
        {
            IsMixed = kind is ModelKind.OneStage or ModelKind.TwoStage && (root["train"] as MappingSyntax)?["precision"] is ScalarSyntax { Value: "bf16" },
            Extras = new([.. ((root["detection"] as MappingSyntax)?["heads"] as MappingSyntax)?.Entries
                .Where(e => !DetectionBuilder.HeadNames.Contains(e.Name) && Names.IsNodeName(e.Name) && e.Value is MappingSyntax).Select(e => e.Name) ?? []]),
        };
    }
}
