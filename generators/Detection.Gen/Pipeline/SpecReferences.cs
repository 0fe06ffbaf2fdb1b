// What specs say of themselves and of each other, without what is in them. Which specs a model depends on follows from this alone,
// so an edit inside a spec decides nothing anew for the others.
using System.Collections.Immutable;
using Detection.Spec;

namespace Detection.Gen.Pipeline;

/// <summary>A spec without its content. Value-equal.</summary>
/// <param name="Origin">Which model of which file.</param>
/// <param name="Name">Path below its project.</param>
/// <param name="Namespace">Namespace of its classes.</param>
/// <param name="Emit">What to generate.</param>
/// <param name="IsBrokenGrid">Whether it was to be a grid, but has no models that others could use.</param>
/// <param name="References">Names of models it may need.</param>
/// <param name="BlockNames">Names of the blocks and operators it declares.</param>
internal sealed record SpecReferences(
    ModelOrigin Origin, string Name, string Namespace, Emit Emit, bool IsBrokenGrid, EquatableArray<string> References, EquatableArray<string> BlockNames)
{
    /// <summary>What a spec says of itself and of others.</summary>
    public static SpecReferences Of(SpecInput spec) => new(
        new ModelOrigin(spec.Spec.Document.Path, spec.Spec.ModelName), spec.Name, spec.Namespace, spec.Emit, spec.Spec.IsBrokenGrid,
        new(spec.Spec.References), new([.. spec.Spec.BlockNames]));
}

/// <summary>Which specs a model depends on. Value-equal.</summary>
/// <param name="Closure">The specs it extends or uses, directly or not, in the order of names.</param>
/// <param name="OtherNames">Names of all models, for "did you mean"; empty unless something it refers to is missing.</param>
/// <param name="DuplicateOf">The file that declares the same model already; empty when there is none.</param>
internal sealed record ModelLinks(EquatableArray<ModelOrigin> Closure, EquatableArray<string> OtherNames, string DuplicateOf);

/// <summary>All specs of a compilation by the names of their models, in an order that does not depend on where the files lie. Value-equal.</summary>
internal sealed class SpecMap : IEquatable<SpecMap>
{
    private readonly ImmutableArray<SpecReferences> ordered;
    private readonly Dictionary<string, SpecReferences> byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> referenced = new(StringComparer.Ordinal);

    private SpecMap(ImmutableArray<SpecReferences> ordered)
    {
        this.ordered = ordered;
        foreach (var spec in ordered.Where(s => s.Origin.Model.Length > 0 && !byName.ContainsKey(s.Origin.Model)))
        {
            byName.Add(spec.Origin.Model, spec);
        }

        referenced.UnionWith(ordered.SelectMany(s => s.References.Items));
        Names = new([.. byName.Keys.OrderBy(n => n, StringComparer.Ordinal)]);
    }

    /// <summary>Names of all models, in order.</summary>
    public EquatableArray<string> Names { get; }

    /// <summary>Whether any spec may need a model.</summary>
    public bool IsReferenced(string modelName) => referenced.Contains(modelName);

    /// <summary>Collects specs. Of two that declare the same model, one that another project owns comes first; then the order of paths decides.</summary>
    public static SpecMap Of(ImmutableArray<SpecReferences> specs) => new(
    [
        .. specs.OrderBy(s => s.Emit == Emit.Models)
            .ThenBy(s => s.Namespace, StringComparer.Ordinal)
            .ThenBy(s => s.Name, StringComparer.Ordinal)
            .ThenBy(s => s.Origin.Path, StringComparer.Ordinal),
    ]);

    /// <summary>What a spec depends on.</summary>
    public ModelLinks LinksOf(SpecReferences spec)
    {
        var found = new SortedDictionary<string, SpecReferences>(StringComparer.Ordinal);
        var open = new Stack<SpecReferences>([spec]);
        while (open.Count > 0)
        {
            foreach (var reference in open.Pop().References.Items)
            {
                if (reference != spec.Origin.Model && !found.ContainsKey(reference) && Find(reference) is { IsBrokenGrid: false } referenced)
                {
                    found.Add(reference, referenced);
                    open.Push(referenced);
                }
            }
        }

        return new ModelLinks(
            new([.. found.Values.Select(f => f.Origin)]),
            Misses(spec, found.Values) ? Names : EquatableArray<string>.Empty,
            Find(spec.Origin.Model) is { } first && first != spec ? first.Name : "");
    }

    private bool Misses(SpecReferences spec, ICollection<SpecReferences> closure)
    {
        foreach (var reference in closure.Prepend(spec).SelectMany(s => s.References.Items))
        {
            if (Find(reference) is null && !spec.BlockNames.Items.Contains(reference) && !closure.Any(c => c.BlockNames.Items.Contains(reference)))
            {
                return true;
            }
        }

        return false;
    }

    private SpecReferences? Find(string modelName) => byName.TryGetValue(modelName, out var spec) ? spec : null;

    /// <inheritdoc/>
    public bool Equals(SpecMap? other) => other is not null && ordered.SequenceEqual(other.ordered);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpecMap);

    /// <inheritdoc/>
    public override int GetHashCode() => ordered.Length;
}
