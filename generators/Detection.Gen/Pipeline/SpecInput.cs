// A spec as the build hands it over: the file with its metadata.
using Detection.Spec.Resolution;

namespace Detection.Gen.Pipeline;

/// <summary>What is generated for a spec in this compilation.</summary>
internal enum Emit
{
    /// <summary>Nothing: others extend it or use it as a part.</summary>
    None,

    /// <summary>Its module.</summary>
    Models,

    /// <summary>Its tests.</summary>
    Tests,
}

/// <summary>A spec with what the build says about it. Value-equal.</summary>
/// <param name="Spec">The parsed spec; its path is the file's, for diagnostics.</param>
/// <param name="Name">Path below its project, for generated text.</param>
/// <param name="Namespace">Namespace of its classes.</param>
/// <param name="Emit">What to generate.</param>
internal sealed record SpecInput(ParsedSpec Spec, string Name, string Namespace, Emit Emit);
