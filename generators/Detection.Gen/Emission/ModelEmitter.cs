// From what a model depends on to its generated files. Never throws: a failure of the generator is a diagnostic too.
using System.Collections.Immutable;
using Detection.Gen.Pipeline;
using Detection.Spec;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Gen.Emission;

/// <summary>Generates for one spec.</summary>
internal static class ModelEmitter
{
    /// <summary>Compiles and renders.</summary>
    public static ModelOutput Emit(ModelInput input)
    {
        try
        {
            return EmitUnguarded(input);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var diagnostic = new SpecDiagnostic(Rules.Internal, SpecLocation.Of(input.Own.Spec.Source, default), $"{e.GetType().Name}: {e.Message}");
            return Nothing([diagnostic]);
        }
    }

    private static ModelOutput EmitUnguarded(ModelInput input)
    {
        var library = input.Library();
        var result = SpecCompiler.Compile(input.Own.Spec, library);

        // Whoever owns a spec reports its problems; who only tests it would say them twice.
        var diagnostics = input.Own.Emit == Pipeline.Emit.Models ? result.Diagnostics : [];
        if (input.DuplicateOf.Length > 0)
        {
            return Nothing([.. diagnostics, new SpecDiagnostic(Rules.DuplicateModel, SpecLocation.Of(input.Own.Spec.Name!), input.Own.Spec.ModelName, input.DuplicateOf)]);
        }

        if (input.Own.Emit == Pipeline.Emit.Tests)
        {
            return result.Model is null ? Nothing([]) : Tests(input, result.Model);
        }

        if (result.Model is not { } model)
        {
            return result.Declared is { } declared
                ? Nothing(diagnostics) with { Sources = new([Skeleton(input, declared)]) }
                : Nothing(diagnostics);
        }

        string PartType(ModelInstance instance) => "global::" + (instance.IsDefault
            ? input.NamespaceOf(instance.ModelName)
            : input.DefaultNamespace) + "." + ClassOf(instance, library);

        var plan = ModelPlanner.Plan(model, input.Own.Name, input.Own.Namespace, PartType);
        var variants = Parts(model.Graph).Where(p => !p.IsDefault).Distinct()
            .Select(part => VariantOf(part, input, library, PartType)).ToImmutableArray();
        return new ModelOutput(
            new([new GeneratedSource(Hint(model.Name), Templates.Render("model", plan))]),
            new(variants),
            new(diagnostics),
            new CatalogEntry(model.Name, $"global::{input.Own.Namespace}.{model.ClassName}"),
            new([Carried(input.Own), .. input.Closure.Select(Carried)]));
    }

    private static ModelOutput Tests(ModelInput input, CompiledModel model)
    {
        var plan = TestPlanner.Plan(model, input.Own.Name, input.Own.Namespace, input.DefaultNamespace);
        return Nothing([]) with { Sources = new([new GeneratedSource(model.Name + ".tests.g.cs", Templates.Render("tests", plan))]) };
    }

    // The public surface of a model that does not compile, so that C# which uses it does not add its own errors.
    private static GeneratedSource Skeleton(ModelInput input, DeclaredModel declared) => new(
        Hint(declared.Name),
        Templates.Render("skeleton", new SkeletonPlan(
            input.Own.Name, input.Own.Namespace, declared.ClassName, declared.Kind.ToString(), CSharp.Literal(declared.Name), [.. declared.Taps.Select(Names.Pascal).Distinct()])));

    private static Variant VariantOf(ModelInstance part, ModelInput input, SpecLibrary library, Func<ModelInstance, string> partType)
    {
        var spec = library.Find(part.ModelName)!;
        var compiled = SpecCompiler.Compile(spec, library, part.Arguments.ToImmutableDictionary());
        var model = compiled.Model ?? throw new InvalidOperationException(
            $"{part} compiles as a part, but not by itself: {compiled.Diagnostics.FirstOrDefault()}");
        var specName = input.Closure.First(c => c.Spec.ModelName == part.ModelName).Name;
        var plan = ModelPlanner.Plan(model, specName, input.DefaultNamespace, partType);
        return new Variant(model.ClassName, new GeneratedSource(model.ClassName + ".variant.g.cs", Templates.Render("model", plan)));
    }

    private static string ClassOf(ModelInstance instance, SpecLibrary library)
    {
        var spec = library.Find(instance.ModelName)!;
        var merged = Inheritance.Merge(spec, library, new DiagnosticBag());
        return ClassNames.Of(instance, merged?["class"] as ScalarSyntax, new DiagnosticBag());
    }

    private static IEnumerable<ModelInstance> Parts(Graph graph)
    {
        foreach (var node in graph.Nodes)
        {
            if (node.Body is NodeBody.Model model)
            {
                yield return model.Instance;
            }

            foreach (var part in node.Body switch
            {
                NodeBody.Model inner => Parts(inner.Graph),
                NodeBody.Block block => Parts(block.Graph),
                _ => [],
            })
            {
                yield return part;
            }
        }
    }

    private static CarriedSpec Carried(SpecInput spec) => new(spec.Name, spec.Spec.Root is { } root ? SyntaxPrinter.Print(root) : "");

    private static string Hint(string modelName) => modelName + ".g.cs";

    private static ModelOutput Nothing(ImmutableArray<SpecDiagnostic> diagnostics) =>
        new(EquatableArray<GeneratedSource>.Empty, EquatableArray<Variant>.Empty, new(diagnostics), null, EquatableArray<CarriedSpec>.Empty);
}

/// <summary>The public surface of a model that does not compile.</summary>
internal sealed record SkeletonPlan(string SpecName, string Namespace, string ClassName, string Kind, string ModelName, ImmutableArray<string> Taps);
