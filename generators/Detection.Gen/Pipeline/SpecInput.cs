// A spec as the build hands it over: the file with its metadata, before and after parsing.
using Detection.Gen.Emission;
using Detection.Spec.Resolution;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Detection.Gen.Pipeline;

/// <summary>What is generated for a spec in this compilation.</summary>
internal enum Emit
{
    /// <summary>Nothing: others extend it or use it as a part.</summary>
    None,

    /// <summary>Its tests.</summary>
    Tests,

    /// <summary>Its module.</summary>
    Models,
}

/// <summary>A file that the build calls a spec. Equal to another when the file object is the same and so is its metadata.</summary>
/// <param name="File">The file.</param>
/// <param name="Name">Path below its project, for generated text.</param>
/// <param name="Namespace">Namespace of its classes.</param>
/// <param name="Emit">What to generate.</param>
internal sealed record SpecFile(AdditionalText File, string Name, string Namespace, Emit Emit)
{
    private const string Metadata = "build_metadata.AdditionalFiles.";

    /// <summary>The spec that a file is, or null when the build does not say so.</summary>
    public static SpecFile? Of(AdditionalText file, AnalyzerConfigOptions options)
    {
        if (!options.TryGetValue(Metadata + "DetectionSpecEmit", out var emit) || emit.Length == 0)
        {
            return null;
        }

        options.TryGetValue(Metadata + "DetectionSpecNamespace", out var specNamespace);
        options.TryGetValue(Metadata + "DetectionSpecName", out var name);
        return new SpecFile(
            file,
            string.IsNullOrEmpty(name) ? Path.GetFileName(file.Path) : name!.Replace('\\', '/'),
            GeneratedNames.Namespace(string.IsNullOrEmpty(specNamespace) ? DetectionSpecGenerator.FallbackNamespace : specNamespace!),
            emit.ToLowerInvariant() switch { "models" => Emit.Models, "tests" => Emit.Tests, _ => Emit.None });
    }

    /// <summary>Reads and parses the file.</summary>
    public SpecInput Parse(CancellationToken cancellation) =>
        new(ParsedSpec.Parse(new SpecDocument(File.Path, File.GetText(cancellation)?.ToString() ?? "")), Name, Namespace, Emit);
}

/// <summary>A spec with what the build says about it. Value-equal.</summary>
/// <param name="Spec">The parsed spec; its path is the file's, for diagnostics.</param>
/// <param name="Name">Path below its project, for generated text.</param>
/// <param name="Namespace">Namespace of its classes.</param>
/// <param name="Emit">What to generate.</param>
internal sealed record SpecInput(ParsedSpec Spec, string Name, string Namespace, Emit Emit)
{
    /// <summary>The models of the file, one or those of a grid.</summary>
    public IEnumerable<SpecInput> Models() => Spec.Grid is null ? [this] : Spec.Models.Select(model => this with { Spec = model });

    /// <summary>Whether another says the same, whatever its comments and the places of its words.</summary>
    public bool HasContentOf(SpecInput other) =>
        ReferenceEquals(this, other) || (Name == other.Name && Namespace == other.Namespace && Emit == other.Emit && Spec.HasContentOf(other.Spec));
}
