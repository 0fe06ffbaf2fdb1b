// The models of an assembly: one attribute names one generated class that lists them, so nothing scans types.
using System.Diagnostics.CodeAnalysis;
using TorchSharp;

namespace Detection.Runtime;

/// <summary>A YAML source that travels inside the assembly, for tools that summarise and compare specs.</summary>
/// <param name="Path">Path relative to the project that owns the spec, with forward slashes.</param>
/// <param name="Text">The YAML text.</param>
public sealed record SpecDocument(string Path, string Text);

/// <summary>A model that an assembly offers.</summary>
/// <param name="Card">What its spec says.</param>
/// <param name="Create">Makes a module with freshly initialised weights; the caller disposes it.</param>
public sealed record ModelEntry(ModelCard Card, Func<torch.nn.Module> Create)
{
    /// <summary>Makes the training loop of the spec; null when the spec has no <c>train:</c> section.</summary>
    public Func<ITrainingRecipe>? CreateTraining { get; init; }
}

/// <summary>All generated models of one assembly.</summary>
public interface IModelCatalog
{
    /// <summary>The models, ordered by name.</summary>
    IReadOnlyList<ModelEntry> Models { get; }

    /// <summary>The YAML sources of the models and of what they extend.</summary>
    IReadOnlyList<SpecDocument> Specs { get; }
}

/// <summary>Names the class that lists an assembly's generated models.</summary>
/// <param name="catalog">A type with a public parameterless constructor that implements <see cref="IModelCatalog"/>.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ModelCatalogAttribute(
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] Type catalog) : Attribute
{
    /// <summary>The catalogue's type.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    public Type Catalog { get; } = catalog;
}
