// Reads which layers of a network train differently or not at all: patterns of node paths, resolved against the built network.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Reads <c>train.layers</c> and <c>train.frozen</c>.</summary>
internal sealed class LayerRuleReader
{
    private readonly DiagnosticBag diagnostics;

    // Every node that holds learned values, by its path; and every path above one.
    private readonly ImmutableArray<string> layers;
    private readonly ImmutableArray<string> groups;

    public LayerRuleReader(Graph graph, DiagnosticBag diagnostics)
    {
        this.diagnostics = diagnostics;
        layers = [.. graph.Flatten().Where(n => n.Node.Body is NodeBody.Operation { Tensors.Length: > 0 }).Select(n => n.Path)];
        groups = [.. layers.SelectMany(Above).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The recipe with its layers; null, with diagnostics, when a pattern is wrong.</summary>
    public TrainingRecipe? Read(TrainingRecipe recipe, MappingSyntax section)
    {
        var rules = ImmutableArray.CreateBuilder<LayerRule>();
        var isRight = true;
        switch (section["layers"])
        {
            case null or ScalarSyntax { IsNull: true }:
                break;
            case SequenceSyntax list:
                foreach (var item in list.Items)
                {
                    if (Rule(item) is { } rule)
                    {
                        rules.Add(rule);
                    }
                    else
                    {
                        isRight = false;
                    }
                }

                break;
            case var other:
                diagnostics.Report(Rules.WrongType, other, "layers", "a list of maps with 'nodes'", other.Kind);
                return null;
        }

        var frozen = section["frozen"] is null or ScalarSyntax { IsNull: true } ? [] : Paths(section["frozen"]!, "frozen");
        if (frozen is { Length: > 0 } all && all.Length > 0 && layers.All(l => all.Any(f => IsBelow(l, f))))
        {
            diagnostics.Report(Rules.Detector, section["frozen"]!, "all layers are frozen: nothing would be trained");
            return null;
        }

        return isRight && frozen is { } paths ? recipe with { Layers = rules.ToImmutable(), Frozen = paths } : null;
    }

    private LayerRule? Rule(SyntaxNode item)
    {
        if (item is not MappingSyntax map)
        {
            diagnostics.Report(Rules.WrongType, item, "layers", "a list of maps with 'nodes'", item.Kind);
            return null;
        }

        var keys = AttributeReader.Read(map, TrainingRecipe.LayerAttributes, ["nodes"], Scope.Empty, "an entry of 'layers'", map, diagnostics);
        if (map["nodes"] is not { } nodes)
        {
            diagnostics.Report(Rules.MissingKey, map, "an entry of 'layers'", "nodes");
            return null;
        }

        return Paths(nodes, "nodes") is { } paths && keys is not null ? new LayerRule(paths, keys) : null;
    }

    // The highest paths that the patterns match, in the order of the network.
    private ImmutableArray<string>? Paths(SyntaxNode declaration, string key)
    {
        var items = declaration is SequenceSyntax list ? list.Items : [declaration];
        var found = new HashSet<string>(StringComparer.Ordinal);
        var isRight = true;
        foreach (var item in items)
        {
            if (item is not ScalarSyntax { IsNull: false } pattern)
            {
                diagnostics.Report(Rules.WrongType, item, key, "the path of a node such as backbone.conv1, '*' for anything, or a list of these", item.Kind);
                isRight = false;
                continue;
            }

            var matches = groups.Where(g => Matches(pattern.Value, g)).ToArray();
            if (matches.Length == 0)
            {
                diagnostics.Report(Rules.UnknownNode, pattern, pattern.Value, " with learned values", diagnostics.DidYouMean(pattern.Value, groups));
                isRight = false;
            }

            found.UnionWith(matches);
        }

        return isRight ? [.. groups.Where(g => found.Contains(g) && !Above(g).Any(a => a != g && found.Contains(a)))] : null;
    }

    private static IEnumerable<string> Above(string path)
    {
        for (var dot = path.IndexOf('.'); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            yield return path.Substring(0, dot);
        }

        yield return path;
    }

    private static bool IsBelow(string path, string above) => path == above || path.StartsWith(above + ".", StringComparison.Ordinal);

    // '*' stands for any text. Linear in the text for each star: the first fit of each piece is enough.
    private static bool Matches(string pattern, string path)
    {
        var pieces = pattern.Split('*');
        if (pieces.Length == 1)
        {
            return pattern == path;
        }

        var (first, last) = (pieces[0], pieces[pieces.Length - 1]);
        if (path.Length < first.Length + last.Length || !path.StartsWith(first, StringComparison.Ordinal) || !path.EndsWith(last, StringComparison.Ordinal))
        {
            return false;
        }

        var (at, end) = (first.Length, path.Length - last.Length);
        for (var i = 1; i < pieces.Length - 1; i++)
        {
            var place = path.IndexOf(pieces[i], at, end - at, StringComparison.Ordinal);
            if (place < 0)
            {
                return false;
            }

            at = place + pieces[i].Length;
        }

        return true;
    }
}
