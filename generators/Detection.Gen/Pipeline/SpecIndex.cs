// The contents of specs of a compilation, to be found where they stand. Made anew by edits, so it decides nothing: that is SpecMap's.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;

namespace Detection.Gen.Pipeline;

/// <summary>Specs of a compilation: all of them, or those that others refer to. Value-equal.</summary>
internal sealed class SpecIndex : IEquatable<SpecIndex>
{
    private readonly ImmutableArray<SpecInput> specs;
    private readonly Dictionary<ModelOrigin, SpecInput> byOrigin = [];

    private SpecIndex(ImmutableArray<SpecInput> specs)
    {
        this.specs = specs;
        foreach (var spec in specs)
        {
            byOrigin[new ModelOrigin(spec.Spec.Document.Path, spec.Spec.ModelName)] = spec;
        }
    }

    /// <summary>Collects specs.</summary>
    public static SpecIndex Of(ImmutableArray<SpecInput> specs) => new(specs);

    /// <summary>The spec of a model of a file.</summary>
    public SpecInput this[ModelOrigin origin] => byOrigin[origin];

    /// <summary>Where a model is named; no place when nothing names it.</summary>
    public SpecLocation PlaceOf(ModelOrigin origin) => byOrigin.TryGetValue(origin, out var spec) && spec.Spec.Name is { } name
        ? SpecLocation.Of(name)
        : new SpecLocation("", default, default, default);

    /// <inheritdoc/>
    public bool Equals(SpecIndex? other) => other is not null && specs.SequenceEqual(other.specs);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpecIndex);

    /// <inheritdoc/>
    public override int GetHashCode() => specs.Length;
}
