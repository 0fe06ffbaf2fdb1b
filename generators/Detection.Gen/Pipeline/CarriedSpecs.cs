// The specs that travel inside the assembly: one file each, so that editing a spec writes its own text anew and not that of all others.
using System.Collections.Immutable;
using Detection.Spec;
using Detection.Spec.Resolution;

namespace Detection.Gen.Pipeline;

/// <summary>A carried spec and what generated code calls it.</summary>
/// <param name="Name">Path below its project.</param>
/// <param name="Path">The file.</param>
/// <param name="Identifier">The constant with its text.</param>
internal sealed record CarriedSpec(string Name, string Path, string Identifier);

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
