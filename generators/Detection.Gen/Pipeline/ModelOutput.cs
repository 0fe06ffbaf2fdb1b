// What one spec gives: files, problems, and what others need to know of it. Value-equal, so that an unchanged output stops here.
using Detection.Spec;
using Detection.Spec.Diagnostics;

namespace Detection.Gen.Pipeline;

/// <summary>A generated file.</summary>
internal sealed record GeneratedSource(string HintName, string Text);

/// <summary>A model of the assembly, for its catalogue.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="TypeName">Its class, as the root namespace sees it.</param>
/// <param name="IsTrained">Whether there is a training loop for it.</param>
internal sealed record CatalogEntry(string Name, string TypeName, bool IsTrained);

/// <summary>A spec source that travels with the assembly.</summary>
internal sealed record CarriedSpec(string Path, string Text);

/// <summary>A type that a file declares.</summary>
/// <param name="TypeName">Its qualified name.</param>
/// <param name="Owner">The model that it stands for.</param>
/// <param name="HintName">The file.</param>
/// <param name="Location">Where the model is named.</param>
internal sealed record DeclaredType(string TypeName, string Owner, string HintName, SpecLocation Location);

/// <summary>The result of generating for one spec.</summary>
/// <param name="Sources">Its files.</param>
/// <param name="Variants">Files of parts with parameters that differ from their defaults; others may need the same.</param>
/// <param name="Types">The types in both.</param>
/// <param name="Diagnostics">Its problems.</param>
/// <param name="Entry">Its place in the catalogue, or null.</param>
/// <param name="Carried">Specs that travel with the assembly because of it.</param>
internal sealed record ModelOutput(
    EquatableArray<GeneratedSource> Sources, EquatableArray<GeneratedSource> Variants, EquatableArray<DeclaredType> Types,
    EquatableArray<SpecDiagnostic> Diagnostics, CatalogEntry? Entry, EquatableArray<CarriedSpec> Carried);
