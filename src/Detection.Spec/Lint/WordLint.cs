// What the words of a spec tell without its network: figures without a source, overrides that change nothing, parameters and blocks that nothing uses.
using System.Globalization;
using System.Text.RegularExpressions;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Lint;

/// <summary>Lint of a spec's words.</summary>
internal static class WordLint
{
    // Prose and names; an identifier in them is no use of a parameter.
    private static readonly HashSet<string> Prose = ["spec", "model", "class", "kind", "extends", "summary", "source", "expect"];

    private static readonly Regex Identifier = new("[A-Za-z][A-Za-z0-9_]*", RegexOptions.CultureInvariant);

    public static void Check(ParsedSpec spec, MappingSyntax merged, SpecLibrary library, DiagnosticBag found)
    {
        Sources(merged["expect"], found);
        Overrides(spec, library, found);
        Parameters(merged, found);
        Blocks(merged, found);
    }

    private static void Sources(SyntaxNode? expect, DiagnosticBag found)
    {
        foreach (var figures in (expect is SequenceSyntax list ? list.Items : expect is null ? [] : [expect]).OfType<MappingSyntax>().Where(f => f["source"] is null))
        {
            found.Report(Rules.ExpectationWithoutSource, figures.Entries.IsEmpty ? figures : figures.Entries[0].Key);
        }
    }

    // A model of a grid lies over its file; what of it has no effect is the grid's matter.
    private static void Overrides(ParsedSpec spec, SpecLibrary library, DiagnosticBag found)
    {
        if (spec.Root is not null && spec.File is null && spec.Extends is { } extends && library.Find(extends.Value) is { } parent
            && Inheritance.Merge(parent, library, new DiagnosticBag()) is { } below)
        {
            foreach (var entry in spec.Root.Entries.Where(e => !Prose.Contains(e.Name) || e.Name == "kind"))
            {
                Compare(entry, below, extends.Value, entry.Name, found);
            }
        }
    }

    private static void Compare(MappingEntry entry, MappingSyntax below, string baseName, string path, DiagnosticBag found)
    {
        switch (entry.Value, below[entry.Name])
        {
            case (_, null):
                break;
            case (MappingSyntax map, MappingSyntax inherited):
                foreach (var inner in map.Entries.Where(e => !e.Name.StartsWith("$", StringComparison.Ordinal)))
                {
                    Compare(inner, inherited, baseName, path + "." + inner.Name, found);
                }

                break;
            case (var value, var inherited) when AreSame(value, inherited!):
                found.Report(Rules.OverrideWithoutEffect, entry.Key, path, baseName);
                break;
        }
    }

    private static bool AreSame(SyntaxNode a, SyntaxNode b) => (a, b) switch
    {
        (ScalarSyntax x, ScalarSyntax y) => x.IsNull == y.IsNull && (x.Value == y.Value || (NumberOf(x) is { } p && NumberOf(y) is { } q && p == q)),
        (SequenceSyntax x, SequenceSyntax y) => x.Items.Length == y.Items.Length && x.Items.Zip(y.Items, AreSame).All(same => same),
        (MappingSyntax x, MappingSyntax y) => x.Entries.Length == y.Entries.Length && x.Entries.Zip(y.Entries, (p, q) => p.Name == q.Name && AreSame(p.Value, q.Value)).All(same => same),
        _ => false,
    };

    private static double? NumberOf(ScalarSyntax scalar) =>
        scalar.IsPlain && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    // Blocks do not see the model's parameters, nor the model the blocks'.
    private static void Parameters(MappingSyntax root, DiagnosticBag found)
    {
        Unused(root["parameters"] as MappingSyntax, root.Entries.Where(e => !Prose.Contains(e.Name) && e.Name is not ("parameters" or "blocks")).Select(e => e.Value), "the model", found);
        foreach (var block in (root["blocks"] as MappingSyntax)?.Entries ?? [])
        {
            if (block.Value is MappingSyntax map)
            {
                Unused(map["parameters"] as MappingSyntax, map.Entries.Where(e => e.Name is not ("parameters" or "summary")).Select(e => e.Value), $"the block '{block.Name}'", found);
            }
        }
    }

    // Whatever could be an identifier counts as one, so that nothing in use is called unused.
    private static void Unused(MappingSyntax? parameters, IEnumerable<SyntaxNode> users, string owner, DiagnosticBag found)
    {
        if (parameters is null)
        {
            return;
        }

        var used = new HashSet<string>(users.SelectMany(Scalars).SelectMany(Identifiers), StringComparer.Ordinal);
        foreach (var parameter in parameters.Entries)
        {
            if (!used.Contains(parameter.Name) && !parameters.Entries.Any(e => e != parameter && Scalars(e.Value).SelectMany(Identifiers).Contains(parameter.Name)))
            {
                found.Report(Rules.UnusedParameter, parameter.Key, parameter.Name, owner);
            }
        }
    }

    private static void Blocks(MappingSyntax root, DiagnosticBag found)
    {
        if (root["blocks"] is not MappingSyntax blocks)
        {
            return;
        }

        var used = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<SyntaxNode>(root.Entries.Where(e => e.Name is not ("blocks" or "summary" or "source")).Select(e => e.Value));
        while (open.Count > 0)
        {
            foreach (var word in Scalars(open.Pop()))
            {
                if (blocks[word.Value] is { } block && used.Add(word.Value))
                {
                    open.Push(block);
                }
            }
        }

        foreach (var block in blocks.Entries.Where(b => !used.Contains(b.Name)))
        {
            found.Report(Rules.UnusedBlock, block.Key, block.Name);
        }
    }

    private static IEnumerable<string> Identifiers(ScalarSyntax scalar) => Identifier.Matches(scalar.Value).Cast<Match>().Select(m => m.Value);

    private static IEnumerable<ScalarSyntax> Scalars(SyntaxNode node) => node switch
    {
        ScalarSyntax scalar => [scalar],
        SequenceSyntax list => list.Items.SelectMany(Scalars),
        MappingSyntax map => map.Entries.SelectMany(e => Scalars(e.Value)),
        _ => [],
    };
}
