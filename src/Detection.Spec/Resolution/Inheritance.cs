// `extends`: lays a spec over the one it extends. Maps merge, scalars and lists replace, and everything else
// takes an explicit verb, so that an override that touches nothing is an error and not a silent addition.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Syntax;

namespace Detection.Spec.Resolution;

/// <summary>Merges a spec with its bases.</summary>
public static class Inheritance
{
    // What a model says about itself is not what its variants are.
    private static readonly ImmutableHashSet<string> OwnKeys = ["spec", "model", "extends", "class", "summary", "source", "expect"];

    // Maps whose keys are names that the author gave: a new name there is a typing mistake unless $insert says otherwise.
    private static readonly ImmutableHashSet<string> NamedMaps = ["nodes", "levels", "heads", "taps", "blocks", "operators", "parameters", "stages"];

    /// <summary>The spec's top-level map with all that it inherits, each node still knowing where it was written.</summary>
    /// <returns>The merged map, or null when the spec has no map or a base is missing.</returns>
    public static MappingSyntax? Merge(ParsedSpec spec, SpecLibrary library, DiagnosticBag diagnostics)
    {
        if (spec.Root is null)
        {
            return null;
        }

        var chain = new List<ParsedSpec> { spec };
        var current = spec;
        while (current.Extends is { } extends)
        {
            var names = chain.Select(s => s.ModelName);
            if (chain.Any(s => s.ModelName == extends.Value))
            {
                diagnostics.Report(Rules.Cycle, extends, $"'{extends.Value}'", string.Join(" -> ", names) + " -> " + extends.Value);
                return null;
            }

            if (library.Find(extends.Value) is not { Root: not null } found)
            {
                diagnostics.Report(Rules.UnknownBase, extends, extends.Value, diagnostics.DidYouMean(extends.Value, library.ModelNames));
                return null;
            }

            if (found.Diagnostics.FirstOrDefault(d => d.IsError) is { } problem)
            {
                diagnostics.Report(Rules.PartFailed, extends, extends.Value, problem.ToString());
                return null;
            }

            chain.Add(found);
            current = found;
        }

        var merged = Overlaid(chain[chain.Count - 1].Layers[0], chain[chain.Count - 1], diagnostics);
        for (var i = chain.Count - 2; i >= 0; i--)
        {
            var inherited = new MappingSyntax(
                merged.Source, merged.Span, [.. merged.Entries.Where(e => !OwnKeys.Contains(e.Name))]);
            merged = Overlaid(Lay(inherited, chain[i].Layers[0], "the spec", $"the base model '{chain[i + 1].ModelName}'", isNamed: false, diagnostics), chain[i], diagnostics);
        }

        return merged;
    }

    // A model of a grid lays the overlays of its values on what the grid's models have in common.
    private static MappingSyntax Overlaid(MappingSyntax lowest, ParsedSpec spec, DiagnosticBag diagnostics) =>
        spec.Layers.Skip(1).Aggregate(lowest, (below, over) => Lay(
            below, over, "the spec", $"the grid '{spec.File?.ModelName}'", isNamed: false, diagnostics));

    /// <summary>Lays <paramref name="over"/> on <paramref name="below"/> by the merge rules.</summary>
    /// <param name="below">What is changed.</param>
    /// <param name="over">The changes.</param>
    /// <param name="place">What both are, for messages.</param>
    /// <param name="baseName">What <paramref name="below"/> belongs to, for messages: <c>the base model 'x'</c>.</param>
    /// <param name="isNamed">Whether the keys are names that the author gave, so that a new one takes a verb.</param>
    /// <param name="diagnostics">Receives the problems.</param>
    public static MappingSyntax Lay(MappingSyntax below, MappingSyntax over, string place, string baseName, bool isNamed, DiagnosticBag diagnostics)
    {
        if (over["$replace"] is not null)
        {
            return Replacement(over, diagnostics) ?? below;
        }

        var entries = below.Entries.ToBuilder();
        Remove(entries, over, place, baseName, diagnostics);
        foreach (var entry in over.Entries)
        {
            if (entry.Name.StartsWith("$", StringComparison.Ordinal))
            {
                if (entry.Name is not ("$remove" or "$insert"))
                {
                    diagnostics.Report(
                        Rules.VerbMisused, entry.Key, $"'{entry.Name}' is no merge verb here; there are $replace, $remove and $insert (with $before or $after inside)");
                }

                continue;
            }

            var index = entries.FindIndex(e => e.Name == entry.Name);
            if (index < 0)
            {
                if (isNamed)
                {
                    diagnostics.Report(
                        Rules.OverrideMisses, entry.Key, baseName, entry.Name, "in " + place,
                        diagnostics.DidYouMean(entry.Name, entries.Select(e => e.Name)) + " To add it, use $insert");
                    continue;
                }

                entries.Add(entry);
            }
            else
            {
                entries[index] = new MappingEntry(
                    entry.Key,
                    entry.Name == "patch" && !isNamed
                        ? Patches(entries[index].Value, entry.Value, diagnostics)
                        : Lay(entries[index], entry, place, baseName, isNamed, diagnostics));
            }
        }

        Insert(entries, over, place, baseName, diagnostics);
        return new MappingSyntax(over.Source, over.Span, entries.ToImmutable());
    }

    // A patch changes what the patches below it leave, not their text: they stay in a row.
    private static SyntaxNode Patches(SyntaxNode below, SyntaxNode over, DiagnosticBag diagnostics)
    {
        if (over is MappingSyntax map && map["$replace"] is not null)
        {
            return Replacement(map, diagnostics) ?? below;
        }

        return new SequenceSyntax(over.Source, over.Span, [.. Listed(below), .. Listed(over)]);

        static IEnumerable<SyntaxNode> Listed(SyntaxNode node) => node is SequenceSyntax list ? list.Items : [node];
    }

    private static SyntaxNode Lay(MappingEntry below, MappingEntry over, string place, string baseName, bool isNamed, DiagnosticBag diagnostics) =>
        (below.Value, over.Value) switch
        {
            // What stands under an author's name is a thing with fixed keys, even if the name is `heads`.
            (MappingSyntax a, MappingSyntax b) => Lay(a, b, $"'{over.Name}'", baseName, !isNamed && NamedMaps.Contains(over.Name), diagnostics),

            // A node written as a bare word, `relu1: relu`, has no other attributes to merge with.
            (ScalarSyntax word, MappingSyntax b) when isNamed && place == "'nodes'" && b["$replace"] is null && b["op"] is null =>
                Lay(new MappingSyntax(word.Source, word.Span, [new(new ScalarSyntax(word.Source, word.Span, "op", true), word)]),
                    b, $"'{over.Name}'", baseName, isNamed: false, diagnostics),
            (_, MappingSyntax b) when b["$replace"] is not null => Replacement(b, diagnostics) ?? below.Value,
            _ => over.Value,
        };

    private static MappingSyntax? Replacement(MappingSyntax over, DiagnosticBag diagnostics)
    {
        if (over.Entries.Length == 1 && over["$replace"] is MappingSyntax replacing)
        {
            return replacing;
        }

        diagnostics.Report(
            Rules.VerbMisused, over.Entries.First(e => e.Name == "$replace").Key, "'$replace' stands alone in its map and holds the map that is put in place");
        return null;
    }

    private static void Remove(ImmutableArray<MappingEntry>.Builder entries, MappingSyntax over, string place, string baseName, DiagnosticBag diagnostics)
    {
        if (over["$remove"] is not { } removal)
        {
            return;
        }

        foreach (var item in removal is SequenceSyntax list ? list.Items : [removal])
        {
            if (item is not ScalarSyntax name)
            {
                diagnostics.Report(Rules.VerbMisused, item, "'$remove' holds a name or a list of names");
                continue;
            }

            var index = entries.FindIndex(e => e.Name == name.Value);
            if (index < 0)
            {
                diagnostics.Report(
                    Rules.OverrideMisses, name, baseName, name.Value, $"in {place} to remove", diagnostics.DidYouMean(name.Value, entries.Select(e => e.Name)));
            }
            else
            {
                entries.RemoveAt(index);
            }
        }
    }

    private static void Insert(ImmutableArray<MappingEntry>.Builder entries, MappingSyntax over, string place, string baseName, DiagnosticBag diagnostics)
    {
        if (over["$insert"] is not { } insertion)
        {
            return;
        }

        foreach (var item in insertion is SequenceSyntax list ? list.Items : [insertion])
        {
            if (item is not MappingSyntax map)
            {
                diagnostics.Report(Rules.VerbMisused, item, "'$insert' holds a map of what is added, with '$before' or '$after' to say where, or a list of such maps");
                continue;
            }

            var position = PositionOf(entries, map, place, baseName, diagnostics);
            foreach (var added in map.Entries.Where(e => e.Name is not ("$before" or "$after")))
            {
                if (entries.Any(e => e.Name == added.Name))
                {
                    diagnostics.Report(Rules.NameTaken, added.Key, added.Name, "in " + place);
                    continue;
                }

                entries.Insert(position++, added);
            }
        }
    }

    private static int PositionOf(
        ImmutableArray<MappingEntry>.Builder entries, MappingSyntax insertion, string place, string baseName, DiagnosticBag diagnostics)
    {
        if (insertion.TryGet("$before", out _) && insertion.TryGet("$after", out var second))
        {
            diagnostics.Report(Rules.VerbMisused, second.Key, "'$insert' takes '$before' or '$after', not both");
        }

        foreach (var (verb, offset) in new[] { ("$before", 0), ("$after", 1) })
        {
            if (insertion[verb] is not { } anchor)
            {
                continue;
            }

            var index = anchor is ScalarSyntax name ? entries.FindIndex(e => e.Name == name.Value) : -1;
            if (index >= 0)
            {
                return index + offset;
            }

            var text = (anchor as ScalarSyntax)?.Value ?? anchor.Kind;
            diagnostics.Report(Rules.OverrideMisses, anchor, baseName, text, "in " + place, diagnostics.DidYouMean(text, entries.Select(e => e.Name)));
        }

        return entries.Count;
    }

    private static int FindIndex(this ImmutableArray<MappingEntry>.Builder entries, Func<MappingEntry, bool> match)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (match(entries[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
