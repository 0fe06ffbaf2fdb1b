// How the names of foreign weights become those of a model: a table from its spec's `weights:` section.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>A map from the keys of a foreign state dict to those of a model. Keys are matched by whole words between dots.</summary>
public sealed record WeightMap
{
    /// <summary>Name of the map in the spec.</summary>
    public required string Name { get; init; }

    /// <summary>Where such weights are from; may be empty.</summary>
    public string Source { get; init; } = "";

    /// <summary>Renames: a key that is <c>From</c>, or begins with <c>From</c> and a dot, begins with <c>To</c> instead. An empty text stands for no words. The longest that fits applies.</summary>
    public ImmutableArray<KeyPrefix> Keys { get; init; } = [];

    /// <summary>Foreign keys, whole or their first words, that the model has no use for.</summary>
    public ImmutableArray<string> Drop { get; init; } = [];

    /// <summary>Keys of the model, whole or their first words, that keep the values they were created with, whatever the file holds.</summary>
    public ImmutableArray<string> New { get; init; } = [];

    /// <summary>What becomes of a foreign key: a key of the model, null when it is dropped, or no answer when the map does not speak of it.</summary>
    /// <param name="foreign">The key in the file.</param>
    /// <param name="own">The key in the model; null when the tensor is dropped.</param>
    /// <returns>Whether the map speaks of the key.</returns>
    public bool TryFind(string foreign, out string? own)
    {
        ArgumentNullException.ThrowIfNull(foreign);
        own = null;
        var best = -1;
        foreach (var dropped in Drop)
        {
            if (dropped.Length > best && IsWithin(foreign, dropped))
            {
                best = dropped.Length;
            }
        }
        KeyPrefix? rename = null;
        foreach (var key in Keys)
        {
            if (key.From.Length > best && IsWithin(foreign, key.From))
            {
                (best, rename) = (key.From.Length, key);
            }
        }
        if (rename is not null)
        {
            var rest = foreign[rename.From.Length..].TrimStart('.');
            own = (rename.To, rest) switch
            {
                ("", _) => rest,
                (_, "") => rename.To,
                _ => $"{rename.To}.{rest}",
            };
        }
        return best >= 0;
    }

    /// <summary>Whether a tensor of the model keeps the values it was created with.</summary>
    public bool IsNew(string own) => New.Any(prefix => IsWithin(own, prefix));

    private static bool IsWithin(string key, string prefix) =>
        prefix.Length == 0 || (key.StartsWith(prefix, StringComparison.Ordinal) && (key.Length == prefix.Length || key[prefix.Length] == '.'));
}
