// Reads `variants:`: axes, which points are left, and whether every hole and selector names something.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Syntax;

namespace Detection.Spec.Resolution;

/// <summary>Reads grids. What is wrong is said once, whatever the number of points.</summary>
internal sealed class VariantReader
{
    /// <summary>Most models of one document.</summary>
    public const int MaximumPoints = 1000;

    /// <summary>Most YAML nodes of a document times its models.</summary>
    public const long MaximumWork = 2_000_000;

    private const int MaximumAxes = 8;

    // A product this large is not even counted out to see what 'exclude' leaves of it.
    private const long MaximumProduct = 20_000;

    internal static readonly ImmutableArray<string> Keys = ["axes", "only", "exclude"];

    private readonly MappingSyntax root;
    private readonly MappingSyntax variants;
    private readonly DiagnosticBag diagnostics;
    private ImmutableArray<GridAxis> axes = [];

    private VariantReader(MappingSyntax root, MappingSyntax variants, DiagnosticBag diagnostics)
    {
        this.root = root;
        this.variants = variants;
        this.diagnostics = diagnostics;
    }

    /// <summary>The grid of a document; null, with diagnostics, when it has no points.</summary>
    public static VariantGrid? Read(MappingSyntax root, MappingEntry declaration, DiagnosticBag diagnostics)
    {
        if (declaration.Value is not MappingSyntax variants)
        {
            diagnostics.Report(Rules.WrongType, declaration.Value, "variants", "a map with 'axes'", declaration.Value.Kind);
            return null;
        }

        return root["model"] is ScalarSyntax pattern ? new VariantReader(root, variants, diagnostics).Read(declaration, pattern) : null;
    }

    private VariantGrid? Read(MappingEntry declaration, ScalarSyntax pattern)
    {
        foreach (var entry in variants.Entries.Where(e => !Keys.Contains(e.Name)))
        {
            diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "'variants'", diagnostics.DidYouMean(entry.Name, Keys));
        }

        axes = Axes(declaration);
        if (axes.IsEmpty)
        {
            return null;
        }

        CheckHoles(new MappingSyntax(root.Source, root.Span, [.. root.Entries.Where(e => e.Name != "variants")]));
        CheckExpectations(root);
        foreach (var overlay in axes.SelectMany(a => a.Values).Select(v => v.Overlay).OfType<MappingSyntax>())
        {
            CheckHoles(overlay);
            CheckExpectations(overlay);
        }

        var (only, exclude) = (Selectors("only"), Selectors("exclude"));
        var product = axes.Aggregate(1L, (n, a) => Math.Min(n * a.Values.Length, long.MaxValue / 100_000));
        if (product > MaximumProduct)
        {
            diagnostics.Report(Rules.GridSize, declaration.Key, $"The axes span {product} models, more than {MaximumProduct} before 'only' and 'exclude'");
            return null;
        }

        var points = Product().Where(p => only.IsDefault || only.Any(p.Holes.IsAt)).Where(p => exclude.IsDefault || !exclude.Any(p.Holes.IsAt)).ToArray();
        var work = points.Length * (long)Size(root);
        if (points.Length is 0 or > MaximumPoints || work > MaximumWork)
        {
            diagnostics.Report(Rules.GridSize, declaration.Key, points.Length switch
            {
                0 => "No model is left of the grid",
                > MaximumPoints => $"The grid has {points.Length} models; a file spans at most {MaximumPoints}",
                _ => $"The grid has {points.Length} models of {Size(root)} YAML nodes each; a file spans at most {MaximumWork} nodes",
            });
            return null;
        }

        return GridHoles.In(pattern.Value).All(h => axes.Any(a => a.Name == h.Axis)) && Named(pattern, points) ? new VariantGrid(root, axes, points.Select(p => p.Values), holes => Filled(pattern, holes)) : null;
    }

    private static ScalarSyntax Filled(ScalarSyntax pattern, GridHoles holes) =>
        new(pattern.Source, pattern.Span, holes.Fill(pattern.Value, isClass: false), isPlain: true);

    // Every model needs a name of its own. The first that has none says what is wrong with all.
    private bool Named(ScalarSyntax pattern, (ImmutableArray<GridValue> Values, GridHoles Holes)[] points)
    {
        var taken = new Dictionary<string, ImmutableArray<GridValue>>(StringComparer.Ordinal);
        foreach (var (values, holes) in points)
        {
            var name = Filled(pattern, holes).Value;
            if (!Names.IsModelName(name))
            {
                diagnostics.Report(Rules.BadName, pattern, name, "a model", Names.ModelNameRule);
                return false;
            }

            if (taken.TryGetValue(name, out var other))
            {
                var axis = axes[Enumerable.Range(0, axes.Length).First(i => values[i].Name != other[i].Name)].Name;
                diagnostics.Report(Rules.GridNames, pattern, name, Words(other), Words(values), axis);
                return false;
            }

            taken.Add(name, values);
        }

        return true;
    }

    private string Words(ImmutableArray<GridValue> values) => string.Join(", ", values.Select((v, i) => $"{axes[i].Name}: {v.Name}"));

    private ImmutableArray<GridAxis> Axes(MappingEntry declaration)
    {
        switch (variants["axes"])
        {
            case MappingSyntax { Entries.Length: > 0 and <= MaximumAxes } map:
                var read = map.Entries.Select(Axis).ToArray();
                return read.Any(a => a is null) ? [] : [.. read!];
            case MappingSyntax { Entries.Length: > MaximumAxes } map:
                diagnostics.Report(Rules.GridSize, map.Entries[MaximumAxes].Key, $"A grid has at most {MaximumAxes} axes, but here are {map.Entries.Length}");
                return [];
            case null:
                diagnostics.Report(Rules.MissingKey, declaration.Key, "'variants'", "axes");
                return [];
            case var other:
                diagnostics.Report(Rules.WrongType, other, "axes", "a map of axes and their values", other is MappingSyntax ? "an empty map" : other.Kind);
                return [];
        }
    }

    private GridAxis? Axis(MappingEntry entry)
    {
        if (!Names.IsNodeName(entry.Name))
        {
            diagnostics.Report(Rules.BadName, entry.Key, entry.Name, "an axis", Names.NodeNameRule);
            return null;
        }

        if (GridHoles.Others.Contains(entry.Name))
        {
            diagnostics.Report(Rules.NameTaken, entry.Key, entry.Name, "a hole of repetitions and heads");
            return null;
        }

        ImmutableArray<(SyntaxNode At, GridValue? Value)> values;
        switch (entry.Value)
        {
            case MappingSyntax { Entries.Length: > 0 } map:
                values = [.. map.Entries.Select(e => ((SyntaxNode)e.Key, Value(e.Key, e.Value, entry.Name)))];
                break;
            case SequenceSyntax { Items.Length: > 0 } list:
                values = [.. list.Items.Select(i => (i, Value(i, null, entry.Name)))];
                break;
            default:
                diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, "a list of values, or a map of values and what they change", entry.Value is ScalarSyntax ? entry.Value.Kind : "an empty one");
                return null;
        }

        foreach (var repeated in values.Where(v => v.Value is not null).GroupBy(v => v.Value!.Name).Where(g => g.Count() > 1))
        {
            diagnostics.Report(Rules.NameTaken, repeated.Last().At, repeated.Key, $"a value of '{entry.Name}'");
            return null;
        }

        return values.Any(v => v.Value is null) ? null : new GridAxis(entry.Name, [.. values.Select(v => v.Value!)]);
    }

    private GridValue? Value(SyntaxNode name, SyntaxNode? declaration, string axis)
    {
        if (name is not ScalarSyntax { IsNull: false } word)
        {
            diagnostics.Report(Rules.WrongType, name, axis, "a list of values, or a map of values and what they change", name.Kind);
            return null;
        }

        if (!IsValueName(word.Value))
        {
            diagnostics.Report(Rules.BadName, word, word.Value, "a value of an axis", "it must begin with a letter or digit and consist of letters, digits, '-', '_' and '.'");
            return null;
        }

        var none = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);
        switch (declaration)
        {
            case null or ScalarSyntax { IsNull: true }:
                return new GridValue(word.Value, null, none);
            case MappingSyntax map:
                foreach (var entry in map.Entries.Where(e => e.Name is "spec" or "model" or "variants"))
                {
                    diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "a value of an axis, which changes the models of this file", "");
                }

                return new GridValue(
                    word.Value,
                    new MappingSyntax(map.Source, map.Span, [.. map.Entries.Where(e => e.Name is not ("spec" or "model" or "variants" or "texts"))]),
                    Texts(map["texts"], none));
            default:
                diagnostics.Report(Rules.WrongType, declaration, word.Value, "a map that is laid over the spec", declaration.Kind);
                return null;
        }
    }

    private ImmutableSortedDictionary<string, string> Texts(SyntaxNode? declaration, ImmutableSortedDictionary<string, string> none)
    {
        if (declaration is null)
        {
            return none;
        }

        if (declaration is not MappingSyntax map)
        {
            diagnostics.Report(Rules.WrongType, declaration, "texts", "a map of words and what they stand for", declaration.Kind);
            return none;
        }

        var texts = none.ToBuilder();
        foreach (var entry in map.Entries)
        {
            if (!Names.IsNodeName(entry.Name))
            {
                diagnostics.Report(Rules.BadName, entry.Key, entry.Name, "a text", Names.NodeNameRule);
            }
            else if (entry.Value is ScalarSyntax { IsNull: false } text)
            {
                texts[entry.Name] = text.Value;
            }
            else
            {
                diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, "a text", entry.Value.Kind);
            }
        }

        return texts.ToImmutable();
    }

    private static bool IsValueName(string name) =>
        name.Length is > 0 and <= 64 && IsLetterOrDigit(name[0]) && name.All(c => IsLetterOrDigit(c) || c is '-' or '_' or '.');

    private static bool IsLetterOrDigit(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9');

    private ImmutableArray<MappingSyntax> Selectors(string key)
    {
        if (variants[key] is not { } declaration)
        {
            return default;
        }

        var selectors = ImmutableArray.CreateBuilder<MappingSyntax>();
        var areRight = true;
        foreach (var item in declaration is SequenceSyntax list ? list.Items : [declaration])
        {
            if (item is not MappingSyntax { Entries.Length: > 0 } map)
            {
                areRight = false;
                diagnostics.Report(Rules.WrongType, item, key, "a map of axes and values, or a list of such maps", item is MappingSyntax ? "an empty map" : item.Kind);
            }
            else
            {
                areRight &= CheckSelector(map);
                selectors.Add(map);
            }
        }

        // What is wrong was said; that it chooses nothing does not have to be said as well.
        return areRight ? selectors.ToImmutable() : default;
    }

    private bool CheckSelector(MappingSyntax selector)
    {
        var isRight = true;
        foreach (var entry in selector.Entries)
        {
            if (axes.FirstOrDefault(a => a.Name == entry.Name) is not { } axis)
            {
                diagnostics.Report(Rules.UnknownAxis, entry.Key, $"the grid has no axis '{entry.Name}'", diagnostics.DidYouMean(entry.Name, axes.Select(a => a.Name)));
                isRight = false;
                continue;
            }

            foreach (var item in entry.Value is SequenceSyntax list ? list.Items : [entry.Value])
            {
                if (item is not ScalarSyntax value)
                {
                    diagnostics.Report(Rules.WrongType, item, entry.Name, "a value of the axis, or a list of values", item.Kind);
                    isRight = false;
                }
                else if (axis.Values.All(v => v.Name != value.Value))
                {
                    diagnostics.Report(
                        Rules.UnknownAxis, value, $"the axis '{axis.Name}' has no value '{value.Value}'", diagnostics.DidYouMean(value.Value, axis.Values.Select(v => v.Name)));
                    isRight = false;
                }
            }
        }

        return isRight;
    }

    private void CheckExpectations(MappingSyntax layer)
    {
        foreach (var item in layer["expect"] switch { SequenceSyntax list => list.Items, null => [], var one => [one] })
        {
            if (item is not MappingSyntax map || map["for"] is not { } selector)
            {
                continue;
            }

            if (selector is MappingSyntax named)
            {
                CheckSelector(named);
            }
            else
            {
                diagnostics.Report(Rules.WrongType, selector, "for", "a map of axes and values", selector.Kind);
            }
        }
    }

    private void CheckHoles(SyntaxNode node)
    {
        switch (node)
        {
            case ScalarSyntax scalar when scalar.Value.IndexOf('{') >= 0:
                foreach (var hole in GridHoles.In(scalar.Value).Where(h => !GridHoles.Others.Contains(h.Axis)))
                {
                    CheckHole(scalar, hole);
                }

                break;
            case SequenceSyntax list:
                foreach (var item in list.Items)
                {
                    CheckHoles(item);
                }

                break;
            case MappingSyntax map:
                foreach (var entry in map.Entries)
                {
                    CheckHoles(entry.Value);
                }

                break;
        }
    }

    private void CheckHole(ScalarSyntax at, GridHole hole)
    {
        if (axes.FirstOrDefault(a => a.Name == hole.Axis) is not { } axis)
        {
            diagnostics.Report(Rules.UnknownAxis, at, $"the grid has no axis '{hole.Axis}'", diagnostics.DidYouMean(hole.Axis, axes.Select(a => a.Name)));
        }
        else if (hole.Word is { } word && axis.Values.FirstOrDefault(v => !v.Texts.ContainsKey(word)) is { } without)
        {
            diagnostics.Report(
                Rules.UnknownAxis, at, $"the value '{without.Name}' of the axis '{axis.Name}' has no '{word}' among its 'texts'",
                diagnostics.DidYouMean(word, axis.Values.SelectMany(v => v.Texts.Keys).Distinct().OrderBy(t => t, StringComparer.Ordinal)));
        }
    }

    private IEnumerable<(ImmutableArray<GridValue> Values, GridHoles Holes)> Product()
    {
        IEnumerable<ImmutableArray<GridValue>> points = [ImmutableArray<GridValue>.Empty];
        foreach (var axis in axes)
        {
            points = points.SelectMany(p => axis.Values.Select(p.Add)).ToArray();
        }

        return points.Select(p => (p, new GridHoles(axes, p)));
    }

    private static int Size(SyntaxNode node) => node switch
    {
        SequenceSyntax list => 1 + list.Items.Sum(Size),
        MappingSyntax map => 1 + map.Entries.Sum(e => 1 + Size(e.Value)),
        _ => 1,
    };
}
