// What one spec gives: files, and what others need to know of it. Value-equal, so that an unchanged output stops here.
// Problems travel apart: they speak of places in the text, which move with every comment.
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

/// <summary>A spec whose source travels with the assembly.</summary>
/// <param name="Name">Path below its project.</param>
/// <param name="Path">The file.</param>
internal sealed record CarriedFile(string Name, string Path);

/// <summary>A type that a file declares.</summary>
/// <param name="TypeName">Its qualified name.</param>
/// <param name="Owner">The model that it stands for.</param>
/// <param name="HintName">The file.</param>
/// <param name="Model">The model whose spec makes it.</param>
internal sealed record DeclaredType(string TypeName, string Owner, string HintName, ModelOrigin Model)
{
    /// <summary>What it is: types of one name and one identity are the same type, whoever makes them.</summary>
    public string Identity { get; init; } = Owner;
}

/// <summary>The result of generating for one spec.</summary>
/// <param name="Origin">Which spec.</param>
/// <param name="Sources">Its files.</param>
/// <param name="Variants">Files of parts with parameters that differ from their defaults; others may need the same.</param>
/// <param name="Types">The types in both.</param>
/// <param name="HasProblems">Whether there is anything to report.</param>
/// <param name="Entry">Its place in the catalogue, or null.</param>
/// <param name="Carried">Specs that travel with the assembly because of it.</param>
internal sealed record ModelOutput(
    ModelOrigin Origin, EquatableArray<GeneratedSource> Sources, EquatableArray<GeneratedSource> Variants, EquatableArray<DeclaredType> Types, bool HasProblems,
    CatalogEntry? Entry, EquatableArray<CarriedFile> Carried)
{
    /// <summary>What its tests show, or null where there are none.</summary>
    public TestedModel? Tested { get; init; }
}

/// <summary>A model of a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Model">The model.</param>
internal sealed record ModelOrigin(string Path, string Model);

/// <summary>The problems of one model.</summary>
/// <param name="Origin">Which model.</param>
/// <param name="ModelsOfFile">Number of models of its file.</param>
/// <param name="Diagnostics">Its problems.</param>
internal sealed record ModelProblems(ModelOrigin Origin, int ModelsOfFile, EquatableArray<SpecDiagnostic> Diagnostics);
