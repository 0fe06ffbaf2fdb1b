// The specs that travel inside the assembly. They lie in a few files, by a hash of their names, so that editing a spec writes a small part of them anew;
// one file for each would cost more, since the compiler goes through all generated files at every key stroke, whether or not they changed.
using System.Collections.Immutable;
using Detection.Spec;
using Detection.Spec.Resolution;

namespace Detection.Gen.Pipeline;

/// <summary>A carried spec and what generated code calls it.</summary>
/// <param name="Name">Path below its project.</param>
/// <param name="Path">The file.</param>
/// <param name="Identifier">The constant with its text.</param>
internal sealed record CarriedSpec(string Name, string Path, string Identifier);

/// <summary>The text of a carried spec.</summary>
/// <param name="Name">Path below its project.</param>
/// <param name="Identifier">The constant with it.</param>
/// <param name="Text">What stands in it.</param>
internal sealed record CarriedText(string Name, string Identifier, string Text);

/// <summary>Carried specs that lie in one file. Value-equal.</summary>
/// <param name="Number">Which file.</param>
/// <param name="Texts">Their texts, in the order of their names.</param>
internal sealed record CarriedShelf(int Number, EquatableArray<CarriedText> Texts)
{
    private const int Shelves = 32;

    /// <summary>Puts each spec where its name says, whatever other specs there are.</summary>
    public static IEnumerable<CarriedShelf> Of(ImmutableArray<CarriedText> texts) => texts
        .GroupBy(t => (int)(Hash(t.Identifier) % Shelves))
        .Select(shelf => new CarriedShelf(shelf.Key, new([.. shelf.OrderBy(t => t.Identifier, StringComparer.Ordinal)])));

    // FNV-1a: the same on every machine and in every process.
    private static uint Hash(string word) => word.Aggregate(2166136261u, (hash, c) => unchecked((hash ^ c) * 16777619u));
}

/// <summary>All carried specs, in the order of their names. Value-equal.</summary>
internal sealed record CarriedSpecs(EquatableArray<CarriedSpec> Specs)
{
    private ImmutableDictionary<string, CarriedSpec>? byPath;

    /// <summary>The carried spec of a file, or null.</summary>
    public CarriedSpec? Find(string path) => (byPath ??= Specs.ToImmutableDictionary(s => s.Path, StringComparer.Ordinal)).TryGetValue(path, out var found) ? found : null;

    /// <inheritdoc/>
    public bool Equals(CarriedSpecs? other) => other is not null && Specs.Equals(other.Specs);

    /// <inheritdoc/>
    public override int GetHashCode() => Specs.Count;

    /// <summary>Gives each file a constant of its own; of two with one name the second gets a number.</summary>
    public static CarriedSpecs Of(ImmutableArray<CarriedFile> files)
    {
        var byPath = new Dictionary<string, CarriedFile>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            byPath[file.Path] = file;
        }

        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var specs = ImmutableArray.CreateBuilder<CarriedSpec>(byPath.Count);
        foreach (var file in byPath.Values.OrderBy(f => f.Name, StringComparer.Ordinal).ThenBy(f => f.Path, StringComparer.Ordinal))
        {
            var word = string.Concat(file.Name.Select(c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') ? c : '_'));
            var identifier = "Spec_" + word;
            for (var i = 2; !taken.Add(identifier); i++)
            {
                identifier = $"Spec_{word}__{i}";
            }

            specs.Add(new CarriedSpec(file.Name, file.Path, identifier));
        }

        return new CarriedSpecs(new EquatableArray<CarriedSpec>(specs.ToImmutable()));
    }
}
