// `weights:`: how the names of foreign state dicts become those of the model. Checked against the model's tensors, so that a map which
// forgets some of them, or means some that there are not, fails in the build and not after a download.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Tensors below one name become tensors below another.</summary>
/// <param name="From">Key in the foreign state dict, whole or its first words; empty for all.</param>
/// <param name="To">What stands there in the model's; empty for nothing.</param>
public sealed record WeightRename(string From, string To);

/// <summary>A map of foreign weights.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Where such weights are from; may be empty.</param>
/// <param name="Keys">The renames; of those that fit a key the longest applies.</param>
/// <param name="Drop">Foreign keys, whole or their first words, that the model has no use for.</param>
/// <param name="New">Keys of the model, whole or their first words, that keep the values they were created with.</param>
public sealed record WeightMapDeclaration(
    string Name, string Source, EquatableArray<WeightRename> Keys, EquatableArray<string> Drop, EquatableArray<string> New);

/// <summary>Reads weight maps.</summary>
internal sealed class WeightMapReader
{
    private const int MaximumEntries = 1000;

    internal static readonly ImmutableArray<string> MapKeys = ["source", "keys", "drop", "new"];

    // Default where the network failed: words can still be checked, names of tensors cannot.
    private readonly ImmutableArray<string> tensors;
    private readonly HashSet<string> prefixes = new(StringComparer.Ordinal);
    private readonly DiagnosticBag diagnostics;

    private WeightMapReader(Graph? graph, DiagnosticBag diagnostics)
    {
        this.diagnostics = diagnostics;
        if (graph is not null)
        {
            tensors = [.. graph.StoredTensors().Select(t => t.Key)];
            prefixes.UnionWith(tensors.SelectMany(Prefixes));
        }
    }

    /// <summary>Reads the section and checks it against the tensors of the network, unless that failed.</summary>
    public static ImmutableArray<WeightMapDeclaration> Read(MappingSyntax root, Graph? graph, DiagnosticBag diagnostics)
    {
        switch (root["weights"])
        {
            case null:
                return [];
            case MappingSyntax maps:
                var reader = new WeightMapReader(graph, diagnostics);
                return [.. maps.Entries.Select(reader.Map).OfType<WeightMapDeclaration>()];
            case var other:
                diagnostics.Report(Rules.WrongType, other, "weights", "a map of names and weight maps", other.Kind);
                return [];
        }
    }

    private WeightMapDeclaration? Map(MappingEntry entry)
    {
        if (!Resolution.Names.IsModelName(entry.Name))
        {
            diagnostics.Report(Rules.BadName, entry.Key, entry.Name, "a weight map", Resolution.Names.ModelNameRule);
            return null;
        }

        if (entry.Value is not MappingSyntax map)
        {
            diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, "a map with 'keys'", entry.Value.Kind);
            return null;
        }

        foreach (var unknown in map.Entries.Where(e => !MapKeys.Contains(e.Name)))
        {
            diagnostics.Report(Rules.UnknownKey, unknown.Key, unknown.Name, "a weight map", diagnostics.DidYouMean(unknown.Name, MapKeys));
        }

        if (map["source"] is { } source and not ScalarSyntax { IsNull: false })
        {
            diagnostics.Report(Rules.WrongType, source, "source", "text", source.Kind);
        }

        if (Renames(map, entry) is not { } keys || Words(map, "drop") is not { } drop || Words(map, "new") is not { } fresh)
        {
            return null;
        }

        if (keys.Length + drop.Length + fresh.Length > MaximumEntries)
        {
            diagnostics.Report(Rules.LimitExceeded, entry.Key, $"A weight map has at most {MaximumEntries} entries");
            return null;
        }

        if (tensors.IsDefault)
        {
            return null;
        }

        var isRight = true;
        foreach (var (at, own) in keys.Select(k => (k.Value, k.Rename.To)).Concat(fresh.Select(f => (f.At, f.Word))))
        {
            if (!prefixes.Contains(own))
            {
                isRight = false;
                diagnostics.Report(Rules.UnknownTensor, at, own, diagnostics.DidYouMean(own, prefixes.OrderBy(p => p, StringComparer.Ordinal)));
            }
        }

        var declaration = new WeightMapDeclaration(
            entry.Name, (map["source"] as ScalarSyntax)?.Value ?? "", new([.. keys.Select(k => k.Rename)]), new([.. drop.Select(d => d.Word)]), new([.. fresh.Select(f => f.Word)]));
        if (isRight)
        {
            CheckReach(declaration, entry.Key);
        }

        return declaration;
    }

    private ImmutableArray<(SyntaxNode Value, WeightRename Rename)>? Renames(MappingSyntax map, MappingEntry entry)
    {
        switch (map["keys"])
        {
            case null:
                diagnostics.Report(Rules.MissingKey, entry.Key, $"the weight map '{entry.Name}'", "keys");
                return null;
            case MappingSyntax keys:
                var renames = ImmutableArray.CreateBuilder<(SyntaxNode, WeightRename)>();
                var taken = new HashSet<string>(StringComparer.Ordinal);
                foreach (var key in keys.Entries)
                {
                    if (key.Value is not ScalarSyntax { IsNull: false } own)
                    {
                        diagnostics.Report(Rules.WrongType, key.Value, key.Name, "a key of the model, or its first words", key.Value.Kind);
                        return null;
                    }

                    if (!taken.Add(Trimmed(key.Name)))
                    {
                        diagnostics.Report(Rules.NameTaken, key.Key, key.Name, "a key of this map");
                        return null;
                    }

                    renames.Add((own, new WeightRename(Trimmed(key.Name), Trimmed(own.Value))));
                }

                return renames.ToImmutable();
            case var other:
                diagnostics.Report(Rules.WrongType, other, "keys", "a map of foreign keys and keys of the model", other.Kind);
                return null;
        }
    }

    private ImmutableArray<(SyntaxNode At, string Word)>? Words(MappingSyntax map, string key)
    {
        var words = ImmutableArray.CreateBuilder<(SyntaxNode, string)>();
        foreach (var item in map[key] switch { null => [], SequenceSyntax list => list.Items, var one => [one] })
        {
            if (item is not ScalarSyntax { IsNull: false } word)
            {
                diagnostics.Report(Rules.WrongType, item, key, "a key, its first words, or a list of such", item.Kind);
                return null;
            }

            words.Add((item, Trimmed(word.Value)));
        }

        return words.ToImmutable();
    }

    // Every tensor of the model comes from somewhere, and from one place only, unless the map says that it is new.
    private void CheckReach(WeightMapDeclaration map, SyntaxNode at)
    {
        var byTo = map.Keys.ToLookup(k => k.To, StringComparer.Ordinal);
        var from = new HashSet<string>(map.Keys.Select(k => k.From).Concat(map.Drop), StringComparer.Ordinal);
        var drop = new HashSet<string>(map.Drop, StringComparer.Ordinal);
        var fresh = new HashSet<string>(map.New, StringComparer.Ordinal);
        var missed = new List<string>();
        foreach (var tensor in tensors.Where(t => !Prefixes(t).Any(fresh.Contains)))
        {
            var origins = Prefixes(tensor).SelectMany(to => byTo[to]).Select(rename => (rename, Origin: Joined(rename.From, tensor.Substring(rename.To.Length).TrimStart('.'))))
                .Where(o => !drop.Contains(o.rename.From) && Prefixes(o.Origin).First(from.Contains) == o.rename.From).Take(2).ToArray();
            if (origins.Length == 0)
            {
                missed.Add(tensor);
            }
            else if (origins.Length > 1)
            {
                diagnostics.Report(Rules.WeightsTwice, at, tensor, map.Name, origins[0].Origin, origins[1].Origin);
                return;
            }
        }

        if (missed.Count > 0)
        {
            const int most = 3;
            diagnostics.Report(
                Rules.WeightsMissed, at, map.Name, missed.Count, string.Join(", ", missed.Take(most).Select(t => $"'{t}'")) + (missed.Count > most ? ", ..." : ""));
        }
    }

    private static string Joined(string prefix, string rest) => prefix.Length == 0 ? rest : rest.Length == 0 ? prefix : prefix + "." + rest;

    private static string Trimmed(string key) => key.EndsWith(".", StringComparison.Ordinal) ? key.Substring(0, key.Length - 1) : key;

    // A key, and what is left of it without its last words, down to nothing: the longest first.
    private static IEnumerable<string> Prefixes(string key)
    {
        for (var prefix = key; ; prefix = prefix.Substring(0, Math.Max(0, prefix.LastIndexOf('.'))))
        {
            yield return prefix;
            if (prefix.Length == 0)
            {
                yield break;
            }
        }
    }
}
