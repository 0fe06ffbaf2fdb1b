// All specs of a compilation by the names of their models, in an order that does not depend on where the files lie.
using System.Collections.Immutable;
using Detection.Spec;
using Detection.Spec.Resolution;

namespace Detection.Gen.Pipeline;

/// <summary>The specs of a compilation. Value-equal.</summary>
internal sealed class SpecIndex : IEquatable<SpecIndex>
{
    private readonly ImmutableArray<SpecInput> ordered;
    private readonly Dictionary<string, SpecInput> byName = new(StringComparer.Ordinal);

    private SpecIndex(ImmutableArray<SpecInput> ordered)
    {
        this.ordered = ordered;
        foreach (var spec in ordered.Where(s => s.Spec.ModelName.Length > 0 && !byName.ContainsKey(s.Spec.ModelName)))
        {
            byName.Add(spec.Spec.ModelName, spec);
        }

        Library = new SpecLibrary(byName.Values.Select(s => s.Spec));
        Names = new([.. byName.Keys.OrderBy(n => n, StringComparer.Ordinal)]);
    }

    /// <summary>The specs, one for each name.</summary>
    public SpecLibrary Library { get; }

    /// <summary>Names of all models, in order.</summary>
    public EquatableArray<string> Names { get; }

    /// <summary>Collects specs. Of two that declare the same model, one that another project owns comes first; then the order of paths decides.</summary>
    public static SpecIndex Of(ImmutableArray<SpecInput> specs) => new(
    [
        .. specs.OrderBy(s => s.Emit == Emit.Models)
            .ThenBy(s => s.Namespace, StringComparer.Ordinal)
            .ThenBy(s => s.Name, StringComparer.Ordinal)
            .ThenBy(s => s.Spec.Document.Path, StringComparer.Ordinal),
    ]);

    /// <summary>The spec that declares a model, or null.</summary>
    public SpecInput? Find(string modelName) => byName.TryGetValue(modelName, out var spec) ? spec : null;

    /// <inheritdoc/>
    public bool Equals(SpecIndex? other) => other is not null && ordered.SequenceEqual(other.ordered);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpecIndex);

    /// <inheritdoc/>
    public override int GetHashCode() => ordered.Length;
}
