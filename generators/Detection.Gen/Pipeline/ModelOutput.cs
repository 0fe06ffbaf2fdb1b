// What one spec gives: files, problems, and what others need to know of it. Value-equal, so that an unchanged output stops here.
using Detection.Spec;
using Detection.Spec.Diagnostics;

namespace Detection.Gen.Pipeline;

/// <summary>A generated file.</summary>
internal sealed record GeneratedSource(string HintName, string Text);

/// <summary>A model of the assembly, for its catalogue.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="TypeName">Qualified name of its class.</param>
internal sealed record CatalogEntry(string Name, string TypeName);

/// <summary>A spec source that travels with the assembly.</summary>
internal sealed record CarriedSpec(string Path, string Text);

/// <summary>A part with parameters that differ from its defaults: whoever uses it first emits its class.</summary>
/// <param name="ClassName">Its class.</param>
/// <param name="Source">The file.</param>
internal sealed record Variant(string ClassName, GeneratedSource Source);

/// <summary>The result of generating for one spec.</summary>
internal sealed record ModelOutput(
    EquatableArray<GeneratedSource> Sources, EquatableArray<Variant> Variants, EquatableArray<SpecDiagnostic> Diagnostics, CatalogEntry? Entry,
    EquatableArray<CarriedSpec> Carried);
