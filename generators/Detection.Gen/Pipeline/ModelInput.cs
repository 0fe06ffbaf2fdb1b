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

    /// <summary>A spec of the closure, first, with all that it refers to.</summary>
    public ImmutableArray<SpecInput> ClosureOf(SpecLibrary library, string modelName)
    {
        var own = Own;
        var closure = Closure;
        return [.. library.Closure(library.Find(modelName)!).Select(spec => ReferenceEquals(spec, own.Spec) ? own : closure.First(c => ReferenceEquals(c.Spec, spec)))];
    }

    /// <summary>Compares inputs by what decides the files that are generated: not by the places of words, which only diagnostics speak of.</summary>
    public static IEqualityComparer<ModelInput> ByContent { get; } = new ContentComparer();

    /// <summary>The input of one spec, from all of the compilation.</summary>
    public static ModelInput Of(SpecInput spec, ModelLinks links, SpecIndex all, string defaultNamespace) =>
        new(spec, new([.. links.Closure.Items.Select(origin => all[origin])]), links.OtherNames, links.DuplicateOf, defaultNamespace);

    private sealed class ContentComparer : IEqualityComparer<ModelInput>
    {
        public bool Equals(ModelInput? x, ModelInput? y)
        {
            if (x is null || y is null || ReferenceEquals(x, y))
            {
                return ReferenceEquals(x, y);
            }

            if (x.Closure.Count != y.Closure.Count || x.DuplicateOf != y.DuplicateOf || x.DefaultNamespace != y.DefaultNamespace || !x.Own.HasContentOf(y.Own))
            {
                return false;
            }

            for (var i = 0; i < x.Closure.Count; i++)
            {
                if (!x.Closure[i].HasContentOf(y.Closure[i]))
                {
                    return false;
                }
            }

            return x.OtherNames.Equals(y.OtherNames);
        }

        public int GetHashCode(ModelInput obj) => obj.Own.Spec.GetHashCode();
    }
}
