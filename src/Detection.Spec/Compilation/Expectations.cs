// `expect:` states what a model must be, with the paper's table as source. A false expectation is a build error.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Checks expectations.</summary>
internal static class Expectations
{
    internal static readonly ImmutableArray<AttributeDefinition> Attributes =
    [
        new("source", AttributeKind.Text, "Where the figures are published."),
        new("at", AttributeKind.Pair, "Input size [height, width] that the figures hold for; the nominal one when absent.") { Minimum = 1, Maximum = 100_000 },
        new("parameters", AttributeKind.Integer, "Learned values."),
        new("statistics", AttributeKind.Integer, "Stored values that are not learned: running means and variances."),
        new("multiplyAdds", AttributeKind.Integer, "Multiply-accumulates for one image."),
        new("anchors", AttributeKind.Integer, "Number of default boxes, or of anchors of a region proposal network."),
    ];

    /// <summary>Checks the section, a map or a list of maps.</summary>
    public static void Check(CompiledModel model, SyntaxNode? declaration, DiagnosticBag diagnostics)
    {
        foreach (var item in declaration is SequenceSyntax list ? list.Items : declaration is null ? [] : [declaration])
        {
            if (item is MappingSyntax map)
            {
                CheckOne(model, map, diagnostics);
            }
            else
            {
                diagnostics.Report(Rules.WrongType, item, "expect", "a map of figures, or a list of such maps", item.Kind);
            }
        }
    }

    /// <summary>Checks the words of the section: all that needs no figures of the model.</summary>
    public static void CheckWords(SyntaxNode? declaration, DiagnosticBag diagnostics)
    {
        foreach (var item in declaration is SequenceSyntax list ? list.Items : declaration is null ? [] : [declaration])
        {
            if (item is not MappingSyntax map)
            {
                diagnostics.Report(Rules.WrongType, item, "expect", "a map of figures, or a list of such maps", item.Kind);
                continue;
            }

            AttributeReader.ReadPartly(map, Attributes, ["shapes"], Scope.Empty, "'expect'", map, diagnostics);
            if (map["shapes"] is { } other and not MappingSyntax)
            {
                diagnostics.Report(Rules.WrongType, other, "shapes", "a map of nodes and shapes, { conv1: [64, 112, 112] }", other.Kind);
            }

            foreach (var entry in (map["shapes"] as MappingSyntax)?.Entries ?? [])
            {
                _ = Sizes(entry, diagnostics);
            }
        }
    }

    /// <summary>Checks the names in the section, for a network that could not be built: the first word of a path is a node or an output.</summary>
    public static void CheckNames(SyntaxNode? declaration, GraphBuilder graph, IEnumerable<string> outputs, DiagnosticBag diagnostics)
    {
        var others = new HashSet<string>(outputs, StringComparer.Ordinal);
        foreach (var entry in (declaration is SequenceSyntax list ? list.Items : declaration is null ? [] : [declaration])
            .SelectMany(item => ((item as MappingSyntax)?["shapes"] as MappingSyntax)?.Entries ?? []))
        {
            var name = entry.Name.Split('.')[0];
            if (!graph.Knows(name) && !others.Contains(name))
            {
                diagnostics.Report(Rules.UnknownNode, entry.Key, entry.Name, "", diagnostics.DidYouMean(entry.Name, graph.KnownNames.Concat(others)));
            }
        }
    }

    private static void CheckOne(CompiledModel model, MappingSyntax map, DiagnosticBag diagnostics)
    {
        var (values, _) = AttributeReader.ReadPartly(map, Attributes, ["shapes"], Scope.Empty, "'expect'", map, diagnostics);
        var shapes = new Lazy<IReadOnlyDictionary<string, NamedValue>>(() => Dataflow.Of(model.Graph).Values);
        foreach (var unknown in (map["shapes"] as MappingSyntax)?.Entries.Where(e => !shapes.Value.ContainsKey(e.Name)) ?? [])
        {
            diagnostics.Report(Rules.UnknownNode, unknown.Key, unknown.Name, "", diagnostics.DidYouMean(unknown.Name, shapes.Value.Keys));
        }

        if (map["at"] is not null && !values.Has("at"))
        {
            return;
        }

        var (height, width) = values.Find("at") is { } at ? (at.First, at.Second) : (model.Input.Height, model.Input.Width);
        foreach (var (size, domain, axis) in new[] { (height, model.Input.HeightDomain, "height"), (width, model.Input.WidthDomain, "width") })
        {
            if (!domain.Contains(size))
            {
                diagnostics.Report(Rules.OutOfRange, map["at"]!, "at", string.Format(CultureInfo.InvariantCulture, "{0} in {1}", size, axis), domain);
                return;
            }
        }

        ImmutableArray<NodeCost> costs;
        try
        {
            costs = model.CostsAt(height, width);
            _ = costs.Sum(c => c.MultiplyAdds) + costs.Sum(c => c.Shape.Count);
        }
        catch (OverflowException)
        {
            diagnostics.Report(Rules.LimitExceeded, map["at"] ?? map, "At this input size the model has more multiply-adds than can be counted");
            return;
        }

        var source = values.Find("source") is { } text ? $" ({text.Word})" : "";
        CheckFigure("parameters", costs.Sum(c => c.Parameters));
        CheckFigure("statistics", costs.Sum(c => c.Statistics));
        CheckFigure("multiplyAdds", costs.Sum(c => c.MultiplyAdds));
        if (model.AnchorCountAt(height, width) is { } boxes)
        {
            CheckFigure("anchors", boxes);
        }
        else if (map.TryGet("anchors", out var anchors))
        {
            diagnostics.Report(Rules.UnknownKey, anchors.Key, "anchors", "'expect' in a model without 'detection'", "");
        }

        if (map["shapes"] is { } other and not MappingSyntax)
        {
            diagnostics.Report(Rules.WrongType, other, "shapes", "a map of nodes and shapes, { conv1: [64, 112, 112] }", other.Kind);
        }

        foreach (var entry in (map["shapes"] as MappingSyntax)?.Entries ?? [])
        {
            CheckShape(shapes.Value, entry, (height, width), source, diagnostics);
        }

        void CheckFigure(string name, long actual)
        {
            if (values.Find(name) is { } expected && expected.Integer != actual)
            {
                diagnostics.Report(Rules.ExpectationFailed, map[name]!, name, expected.Integer, actual, source);
            }
        }
    }

    private static void CheckShape(
        IReadOnlyDictionary<string, NamedValue> shapes, MappingEntry entry, (long Height, long Width) at, string source, DiagnosticBag diagnostics)
    {
        if (!shapes.TryGetValue(entry.Name, out var value))
        {
            return;
        }

        if (Sizes(entry, diagnostics) is not { } sizes)
        {
            return;
        }

        var expected = string.Join("x", sizes.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
        var actual = value.Shape.At(at.Height, at.Width).ToString();
        if (expected != actual)
        {
            diagnostics.Report(
                Rules.ExpectationFailed, entry.Value, string.Format(CultureInfo.InvariantCulture, "{0} at an input of {1}x{2}", entry.Name, at.Height, at.Width), expected, actual, source);
        }
    }

    private static EquatableArray<double>? Sizes(MappingEntry entry, DiagnosticBag diagnostics)
    {
        if (entry.Value is not SequenceSyntax { Items.Length: 1 or 3 } list || !list.Items.All(i => i is ScalarSyntax))
        {
            diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, "a shape, [C, H, W] or [C]", entry.Value.Kind);
            return null;
        }

        return AttributeReader.Value(new AttributeDefinition(entry.Name, AttributeKind.Numbers, "") { Minimum = 1 }, list, Scope.Empty, diagnostics)?.List;
    }
}
