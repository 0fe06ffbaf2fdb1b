// Everything the output of one spec depends on, and nothing else: editing another spec leaves it equal, and it is not compiled again.
using System.Collections.Immutable;
using Detection.Spec;
using Detection.Spec.Resolution;

namespace Detection.Gen.Pipeline;

/// <summary>A spec with the closure of what it refers to. Value-equal.</summary>
/// <param name="Own">The spec.</param>
/// <param name="Closure">The specs it extends or uses, directly or not, in the order of names.</param>
/// <param name="OtherNames">Names of all models, for "did you mean"; empty unless something it refers to is missing.</param>
/// <param name="DuplicateOf">The file that declares the same model already; empty when there is none.</param>
/// <param name="DefaultNamespace">Namespace of variants that this compilation emits.</param>
internal sealed record ModelInput(
    SpecInput Own, EquatableArray<SpecInput> Closure, EquatableArray<string> OtherNames, string DuplicateOf, string DefaultNamespace)
{
    /// <summary>The specs that compiling sees.</summary>
    public SpecLibrary Library() => new([Own.Spec, .. Closure.Select(c => c.Spec)]) { OtherNames = OtherNames.Items };

    /// <summary>Namespace of the class of a model with default parameters.</summary>
    public string NamespaceOf(string modelName) =>
        Own.Spec.ModelName == modelName ? Own.Namespace : Closure.FirstOrDefault(c => c.Spec.ModelName == modelName)?.Namespace ?? DefaultNamespace;

    /// <summary>The inputs of all specs that something is emitted for.</summary>
    public static ImmutableArray<ModelInput> Of(ImmutableArray<SpecInput> specs, string defaultNamespace)
    {
        var ordered = specs.OrderBy(s => s.Spec.Document.Path, StringComparer.Ordinal).ToArray();
        var byName = new Dictionary<string, SpecInput>(StringComparer.Ordinal);
        foreach (var spec in ordered.Where(s => s.Spec.ModelName.Length > 0 && !byName.ContainsKey(s.Spec.ModelName)))
        {
            byName.Add(spec.Spec.ModelName, spec);
        }

        var library = new SpecLibrary(ordered.Select(s => s.Spec));
        var names = new Lazy<EquatableArray<string>>(() => new([.. byName.Keys.OrderBy(n => n, StringComparer.Ordinal)]));
        var result = ImmutableArray.CreateBuilder<ModelInput>();
        foreach (var spec in ordered.Where(s => s.Emit != Emit.None))
        {
            var closure = library.Closure(spec.Spec);
            var blocks = closure.SelectMany(c => c.BlockNames).ToImmutableHashSet();
            var missing = closure.SelectMany(c => c.References).Any(r => !byName.ContainsKey(r) && !blocks.Contains(r));
            var duplicate = byName.TryGetValue(spec.Spec.ModelName, out var first) && !ReferenceEquals(first, spec) ? first.Name : "";
            result.Add(new ModelInput(
                spec, new([.. closure.Skip(1).Select(c => byName[c.ModelName])]), missing ? names.Value : EquatableArray<string>.Empty, duplicate, defaultNamespace));
        }

        return result.ToImmutable();
    }
}
