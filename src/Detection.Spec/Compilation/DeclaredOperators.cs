// The operators that a spec's own text declares, for whoever completes their classes.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Finds declared operators.</summary>
public static class DeclaredOperators
{
    /// <summary>The operators whose classes a spec owns, in the order of their names, also of a spec that does not compile. Never throws.</summary>
    public static ImmutableArray<OperatorDefinition> Of(ParsedSpec spec, SpecLibrary library)
    {
        // Nothing declared, nothing owned: inherited operators belong to the spec that declares them.
        if (spec.Layers.All(l => l["operators"] is null) || Inheritance.Merge(spec, library, new DiagnosticBag()) is not { } merged)
        {
            return [];
        }

        var read = new OperatorReader(new DiagnosticBag(), library, merged["blocks"] as MappingSyntax).Read(merged["operators"]);
        return [.. read.Values.Where(o => o.Class!.ClassName.Length > 0 && o.Class.DeclaredIn == spec.Document.Path)];
    }
}
