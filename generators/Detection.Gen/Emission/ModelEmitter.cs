// From what a model depends on to its generated files. Never throws: a failure of the generator is a diagnostic too.
using System.Collections.Immutable;
using Detection.Gen.Pipeline;
using Detection.Spec;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Gen.Emission;

/// <summary>Generates for one spec.</summary>
internal static class ModelEmitter
{
    /// <summary>Compiles and renders.</summary>
    public static ModelOutput Emit(ModelInput input) => Run(input).Output;

    /// <summary>Compiles again, for the problems and where they stand in the text as it is now.</summary>
    public static ModelProblems Diagnose(ModelInput input) => new(Origin(input), input.Own.Spec.File?.Models.Length ?? 1, new(Run(input).Problems));

    private static Generation Run(ModelInput input)
    {
        try
        {
            return input.Own.Emit == Pipeline.Emit.Tests ? Tests(input) : WithOperators(Model(input), input);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Only(input, [new SpecDiagnostic(Rules.Internal, SpecLocation.Of(input.Own.Spec.Source, default), $"{e.GetType().Name}: {e.Message}")]);
        }
    }

    private static Generation Model(ModelInput input)
    {
        var own = input.Own;
        var library = input.Library();
        var result = SpecCompiler.Compile(own.Spec, library);
        if (input.DuplicateOf.Length > 0)
        {
            return Only(input, [.. result.Diagnostics, new SpecDiagnostic(Rules.DuplicateModel, SpecLocation.Of(own.Spec.Name!), own.Spec.ModelName, input.DuplicateOf)]);
        }

        if (result.Model is not { } model)
        {
            return Failed(input, result.Declared, OfOwn(result.Diagnostics, input, library));
        }

        string PartType(ModelInstance instance, string from)
        {
            var where = instance.IsDefault ? input.NamespaceOf(instance.ModelName) : input.DefaultNamespace;
            return (where == from ? "" : $"global::{where}.") + ClassOf(instance, library);
        }

        var variants = new List<(ModelInstance Instance, RenderedVariant Rendered)>();
        foreach (var node in Parts(model.Graph))
        {
            var instance = ((NodeBody.Model)node.Body).Instance;
            if (instance.IsDefault || variants.Any(v => v.Instance.Equals(instance)))
            {
                continue;
            }

            var closure = input.ClosureOf(library, instance.ModelName);
            var reason = "";
            var rendered = RenderedVariants.Of(closure, instance, input.DefaultNamespace, () =>
            {
                var compiled = SpecCompiler.CompileInstance(closure[0].Spec, library, instance);
                if (compiled.Model is not { } part)
                {
                    reason = compiled.Diagnostics.First(d => d.IsError).ToString();
                    return null;
                }

                return new RenderedVariant(part.Name, part.ClassName, new GeneratedSource(
                    $"variants/{part.ClassName}.g.cs",
                    Templates.Render("model", ModelPlanner.Plan(part, closure[0].Name, input.DefaultNamespace, i => PartType(i, input.DefaultNamespace), c => OperatorType(c, input, input.DefaultNamespace)))));
            });
            if (rendered is null)
            {
                return Failed(input, result.Declared, [.. result.Diagnostics, new SpecDiagnostic(Rules.PartFailed, SpecLocation.Of(node.Syntax), instance, reason)]);
            }

            variants.Add((instance, rendered));
        }

        // The training loop stands behind the module, in its file: Roslyn compares the name of every generated file with that of every other one after each edit.
        var text = Templates.Render("model", ModelPlanner.Plan(model, own.Name, own.Namespace, i => PartType(i, own.Namespace), c => OperatorType(c, input, own.Namespace)));
        var source = new GeneratedSource(Hint(model.Name), model.Training is { } recipe ? text + "\n" + Templates.Render(TrainingPlanner.Template(recipe), TrainingPlanner.Plan(model, recipe)) : text);
        return new Generation(
            new ModelOutput(
                Origin(input),
                new([source]),
                new([.. variants.Select(v => v.Rendered.Source)]),
                new(
                [
                    Declared(input, own.Namespace, model.ClassName, source),
                    .. model.Training is null ? [] : new[] { Declared(input, own.Namespace, model.ClassName + "Training", source) },
                    .. variants.Select(v => new DeclaredType(
                        $"{input.DefaultNamespace}.{v.Rendered.ClassName}", v.Rendered.Name, v.Rendered.Source.HintName, Origin(input))),
                ]),
                !result.Diagnostics.IsEmpty,
                new CatalogEntry(model.Name, (own.Namespace == input.DefaultNamespace ? "" : $"global::{own.Namespace}.") + model.ClassName, model.Training is not null),
                new([Carried(own), .. input.Closure.Select(Carried)])),
            result.Diagnostics);
    }

    // The class stands where the spec that declares the operator is emitted.
    private static string OperatorType(OperatorClass declared, ModelInput input, string from)
    {
        var owner = input.Own.Spec.Document.Path == declared.DeclaredIn ? input.Own : input.Closure.First(c => c.Spec.Document.Path == declared.DeclaredIn);
        var (where, name) = declared.In(owner.Namespace);
        return where == from ? name : $"global::{where}.{name}";
    }

    // The generated halves of the classes that compute the spec's own operators, also where the spec has errors: the author's halves need them.
    // Specs that declare one alike share it, as those of a grid do.
    private static Generation WithOperators(Generation generation, ModelInput input)
    {
        var operators = DeclaredOperators.Of(input.Own.Spec, input.Library());
        if (operators.IsEmpty)
        {
            return generation;
        }

        var sources = operators.Select(o => (Operator: o, Source: OperatorPlanner.Render(o, input.Own))).ToArray();
        return generation with
        {
            Output = generation.Output with
            {
                Variants = new([.. generation.Output.Variants, .. sources.Select(s => s.Source.Source)]),
                Types = new(
                [
                    .. generation.Output.Types,
                    .. sources.Select(s => new DeclaredType(
                        s.Source.TypeName, $"{s.Operator.Name} in {input.Own.Name}", s.Source.Source.HintName, Origin(input)) { Identity = s.Source.Source.HintName }),
                ]),
            },
        };
    }

    // Who only tests a spec does not repeat its problems.
    private static Generation Tests(ModelInput input)
    {
        if (input.DuplicateOf.Length > 0 || SpecCompiler.Compile(input.Own.Spec, input.Library()).Model is not { } model)
        {
            return Only(input, []);
        }

        var plan = TestPlanner.Plan(model, CSharp.Comment(input.Own.Name), input.Own.Namespace, input.DefaultNamespace);
        var source = new GeneratedSource($"tests/{model.Name}.g.cs", Templates.Render("tests", plan));
        var generation = With(Only(input, []), source, Declared(input, input.DefaultNamespace, model.ClassName + "GeneratedTests", source));
        var tested = new TestedModel(model.Name, model.StructureHash, model.Costs.Sum(c => c.MultiplyAdds), source.HintName);
        return generation with { Output = generation.Output with { Tested = tested } };
    }

    // The public surface of a model that does not compile, so that C# which uses it does not add its own errors.
    private static Generation Failed(ModelInput input, DeclaredModel? declared, ImmutableArray<SpecDiagnostic> diagnostics)
    {
        if (declared is null)
        {
            return Only(input, diagnostics);
        }

        var plan = new SkeletonPlan(
            CSharp.Comment(input.Own.Name), CSharp.Literal($"The spec {input.Own.Name} did not compile."), input.Own.Namespace, declared.ClassName,
            declared.Kind.ToString(), GeneratedNames.Members(declared.Taps), declared.IsTrained,
            GeneratedNames.OutputMembers(declared.Extras), declared.IsMixed);
        var source = new GeneratedSource(Hint(declared.Name), Templates.Render("skeleton", plan));
        return With(Only(input, diagnostics), source, Declared(input, input.Own.Namespace, declared.ClassName, source));
    }

    // One mistake is one message: what the owner of a base or part reports in this compilation is not said again by all who build on it.
    private static ImmutableArray<SpecDiagnostic> OfOwn(ImmutableArray<SpecDiagnostic> diagnostics, ModelInput input, SpecLibrary library)
    {
        var others = input.Closure.Where(c => c.Emit == Pipeline.Emit.Models).SelectMany(c => SpecCompiler.Compile(c.Spec, library).Diagnostics).ToImmutableHashSet();
        var partsFail = others.Any(d => d.IsError);
        return [.. diagnostics.Where(d => !others.Contains(d) && !(partsFail && d.Descriptor == Rules.PartFailed))];
    }

    private static DeclaredType Declared(ModelInput input, string classNamespace, string className, GeneratedSource source) =>
        new($"{classNamespace}.{className}", input.Own.Spec.ModelName, source.HintName, Origin(input));

    private static string ClassOf(ModelInstance instance, SpecLibrary library)
    {
        var merged = Inheritance.Merge(library.Find(instance.ModelName)!, library, new DiagnosticBag());
        return ClassNames.Of(instance, merged?["class"] as ScalarSyntax, new DiagnosticBag());
    }

    /// <summary>The nodes of a graph and of all inside it that are models.</summary>
    public static IEnumerable<GraphNode> Parts(Graph graph) => graph.Nodes.SelectMany(node => node.Body switch
    {
        NodeBody.Model model => [node, .. Parts(model.Graph)],
        NodeBody.Block block => Parts(block.Graph),
        _ => [],
    });

    private static CarriedFile Carried(SpecInput spec) => new(spec.Name, spec.Spec.Document.Path);

    /// <summary>Which model an input is of.</summary>
    public static ModelOrigin Origin(ModelInput input) => new(input.Own.Spec.Document.Path, input.Own.Spec.ModelName);

    // Models stand at the top, everything else in a folder: no model's name has a slash, so no two files share one.
    private static string Hint(string modelName) => modelName + ".g.cs";

    private static Generation Only(ModelInput input, ImmutableArray<SpecDiagnostic> diagnostics) => new(
        new ModelOutput(
            Origin(input), EquatableArray<GeneratedSource>.Empty, EquatableArray<GeneratedSource>.Empty, EquatableArray<DeclaredType>.Empty, !diagnostics.IsEmpty, null,
            EquatableArray<CarriedFile>.Empty),
        diagnostics);

    private static Generation With(Generation generation, GeneratedSource source, DeclaredType type) =>
        generation with { Output = generation.Output with { Sources = new([source]), Types = new([type]) } };

    private sealed record Generation(ModelOutput Output, ImmutableArray<SpecDiagnostic> Problems);
}

/// <summary>The public surface of a model that does not compile.</summary>
internal sealed record SkeletonPlan(string SpecName, string Failure, string Namespace, string ClassName, string Kind, ImmutableArray<string> Taps, bool IsTrained, ImmutableArray<string> Extras, bool IsMixed);
