// Lint: what is right and yet says less than its author meant. Only of models that compile, only at places in the spec's own file, and only what holds
// for certain: a lint that may be wrong is switched off, and the others with it.
using System.Collections.Immutable;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;

namespace Detection.Spec.Lint;

/// <summary>Looks at compiled specs for what its author would want to know. All of it are warnings.</summary>
public static class SpecLint
{
    /// <summary>The descriptors of what it may report.</summary>
    public static ImmutableArray<SpecDiagnosticDescriptor> Rules { get; } =
    [
        Diagnostics.Rules.ExpectationWithoutSource, Diagnostics.Rules.AnchorBeyondField, Diagnostics.Rules.UnusedOutput, Diagnostics.Rules.DeadNode,
        Diagnostics.Rules.OverrideWithoutEffect, Diagnostics.Rules.UnusedParameter, Diagnostics.Rules.UnusedBlock, Diagnostics.Rules.RepeatedAnchor,
        Diagnostics.Rules.IdleActivation,
    ];

    /// <summary>What is to say of a compiled spec; nothing of one with errors. Never throws.</summary>
    /// <param name="result">What compiling the spec gave.</param>
    /// <param name="library">The specs it was compiled with.</param>
    public static ImmutableArray<SpecDiagnostic> Run(CompilationResult result, SpecLibrary library)
    {
        var models = result.Models.IsDefaultOrEmpty ? [result] : result.Models;
        if (models.Any(m => m.Model is null))
        {
            return [];
        }

        // Of a file with a grid, what holds for all its models.
        IEnumerable<SpecDiagnostic>? common = null;
        foreach (var model in models)
        {
            var found = Of(model, library);
            common = common is null ? found : common.Intersect(found);
        }

        var all = new DiagnosticBag();
        foreach (var problem in common ?? [])
        {
            all.Add(problem);
        }

        return all.ToImmutable();
    }

    private static ImmutableArray<SpecDiagnostic> Of(CompilationResult result, SpecLibrary library)
    {
        var found = new DiagnosticBag();
        try
        {
            if (Inheritance.Merge(result.Spec, library, new DiagnosticBag()) is { } merged)
            {
                WordLint.Check(result.Spec, merged, library, found);
                NetworkLint.Check(result.Model!, merged, found);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [new SpecDiagnostic(Diagnostics.Rules.Internal, SpecLocation.Of(result.Spec.Source, default), $"{e.GetType().Name}: {e.Message}")];
        }

        return [.. found.ToImmutable().Where(d => d.Location.Path == result.Spec.Document.Path)];
    }
}
