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
    private static readonly ImmutableArray<string> Keys =
    [
        "spec", "model", "class", "kind", "extends", "summary", "source", "parameters", "input", "preprocess", "classes", "blocks", "nodes", "taps",
        "output", "detection", "expect",
    ];

    /// <summary>Compiles a spec with the default values of its parameters. Never throws: everything wrong is a diagnostic.</summary>
    public static CompilationResult Compile(ParsedSpec spec, SpecLibrary library) =>
        Compile(spec, library, ImmutableDictionary<string, double>.Empty);

    /// <summary>Compiles a spec for given parameters. Never throws: everything wrong is a diagnostic.</summary>
    public static CompilationResult Compile(ParsedSpec spec, SpecLibrary library, ImmutableDictionary<string, double> arguments)
    {
        var diagnostics = new DiagnosticBag();
        foreach (var problem in spec.Diagnostics)
        {
            diagnostics.Add(problem);
        }

        CompiledModel? model = null;
        MappingSyntax? merged = null;
        try
        {
            merged = Inheritance.Merge(spec, library, diagnostics);
            if (merged is not null && spec.ModelName.Length > 0)
            {
                model = Compile(spec, merged, library, arguments, diagnostics);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            diagnostics.Report(Rules.Internal, spec.Source, default, $"{e.GetType().Name}: {e.Message}");
        }

        return new CompilationResult(spec, diagnostics.HasErrors ? null : model, Declared(spec, merged ?? spec.Root), diagnostics.ToImmutable());
    }

    private static CompiledModel? Compile(
        ParsedSpec spec, MappingSyntax root, SpecLibrary library, ImmutableDictionary<string, double> arguments, DiagnosticBag diagnostics)
    {
        foreach (var entry in root.Entries.Where(e => !Keys.Contains(e.Name)))
        {
            diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "a spec", Suggestion.Phrase(entry.Name, Keys));
        }

        var input = SectionReader.Input(root, diagnostics);
        var preprocessing = SectionReader.Preprocessing(root, input?.Channels, diagnostics);
        if (input is null)
        {
            return null;
        }

        var context = new ModelContext(library, diagnostics, (input.HeightDomain, input.WidthDomain));
        context.TryEnter(spec.ModelName, root);
        var builder = new ModelBuilder(context, root);
        TensorShape shape = new TensorShape.Feature(input.Channels, Extent.Input, Extent.Input);
        var network = builder.BuildNetwork(spec.ModelName, arguments, [shape], Math.Min(input.Height, input.Width));
        if (network is null || preprocessing is null)
        {
            return null;
        }

        var model = new CompiledModel
        {
            Instance = network.Instance,
            ClassName = ClassNames.Of(network.Instance, root["class"] as ScalarSyntax, diagnostics),
            Kind = ModelBuilder.KindOf(root)!.Value,
            Summary = (root["summary"] as ScalarSyntax)?.Value ?? "",
            Source = (root["source"] as ScalarSyntax)?.Value ?? "",
            BaseName = spec.Extends?.Value,
            Input = input,
            Preprocessing = preprocessing,
            Classes = builder.ReadClasses(),
            Graph = network.Graph,
            Detection = network.Detection,
            SpecHash = "",
        };
        model = model with { SpecHash = SpecFingerprint.Of(model) };

        // The figures hold for the model that the spec describes, not for what others make of its parameters.
        if (model.Instance.IsDefault)
        {
            Expectations.Check(model, root["expect"], diagnostics);
        }

        return model;
    }

    private static DeclaredModel? Declared(ParsedSpec spec, MappingSyntax? root)
    {
        if (!Names.IsModelName(spec.ModelName) || root is null || ModelBuilder.KindOf(root) is not { } kind)
        {
            return null;
        }

        var instance = new ModelInstance(spec.ModelName, ImmutableSortedDictionary<string, double>.Empty);
        var taps = (root["taps"] as MappingSyntax)?.Entries.Select(e => e.Name).Where(Names.IsNodeName).ToImmutableArray() ?? [];
        return new DeclaredModel(spec.ModelName, ClassNames.Of(instance, root["class"] as ScalarSyntax, new DiagnosticBag()), kind, new(taps));
    }
}
