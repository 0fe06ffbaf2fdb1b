// The heads of a one-stage detector: each written once and built for every level from the level's map.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

internal sealed partial class DetectionBuilder
{
    // Heads beside scores and boxes: those with `values`.
    private ImmutableArray<RegressionHead> RegressionHeads(MappingSyntax heads)
    {
        var result = ImmutableArray.CreateBuilder<RegressionHead>();
        foreach (var entry in heads.Entries.Where(e => !HeadNames.Contains(e.Name)))
        {
            if (entry.Value is not MappingSyntax map || map["values"] is null)
            {
                var hint = Diagnostics.DidYouMean(entry.Name, HeadNames);
                Diagnostics.Report(
                    Rules.UnknownKey, entry.Key, entry.Name, "'heads'", hint.Length > 0 ? hint : " A further regression head says how many numbers it gives: 'values'.");
            }
            else if (!Names.IsNodeName(entry.Name))
            {
                Diagnostics.Report(Rules.BadName, entry.Key, entry.Name, "a head", Names.NodeNameRule);
            }
            else if (RegressionHead(entry.Name, map) is { } head)
            {
                if (result.FirstOrDefault(h => h.Label == head.Label) is { } other)
                {
                    Diagnostics.Report(Rules.Detector, map["label"] ?? entry.Key, $"the head '{other.Name}' trains on the label '{head.Label}' already");
                }

                result.Add(head);
            }
        }

        return result.ToImmutable();
    }

    private RegressionHead? RegressionHead(string name, MappingSyntax map)
    {
        var own = new MappingSyntax(map.Source, map.Span, [.. map.Entries.Where(e => IsRegressionKey(e.Name))]);
        if (AttributeReader.Read(own, Graphs.RegressionHead.Attributes, [], scope, $"the head '{name}'", map, Diagnostics) is not { } values)
        {
            return null;
        }

        var (coder, count) = (values["coder"].Word, values["values"].Integer);
        ImmutableArray<double> variances = coder switch { "points" => [0.1], "centerSize" => [0.1, 0.2], _ => [] };
        if (values.Find("variances")?.List is { } given)
        {
            if (given.Count != variances.Length)
            {
                var wanted = coder switch { "points" => "one number", "centerSize" => "two numbers: [centre, size]", _ => "left out where 'coder' is none" };
                Diagnostics.Report(Rules.Detector, map["variances"]!, $"'variances' must be {wanted}");
                return null;
            }

            variances = [.. given];
        }

        if (coder == "points" && count % 2 != 0)
        {
            Diagnostics.Report(Rules.OutOfRange, map["values"]!, "values", count, "an even number: points have two coordinates");
            return null;
        }

        if (coder == "centerSize" && count != 4)
        {
            Diagnostics.Report(Rules.OutOfRange, map["values"]!, "values", count, "4: a box has four corners' coordinates");
            return null;
        }

        if (values.Find("mirror")?.List is { } mirror && (coder != "points" || !mirror.OrderBy(i => i).SequenceEqual(Enumerable.Range(0, (int)count / 2).Select(i => (double)i))))
        {
            Diagnostics.Report(
                Rules.Detector, map["mirror"]!,
                coder == "points" ? $"'mirror' must name each of the points 0 to {(count / 2) - 1} once" : "'mirror' is for points: 'coder: points'");
            return null;
        }

        return new RegressionHead(name, count, coder, new(variances), values, values.Find("label")?.Word ?? name);
    }

    private static bool IsRegressionKey(string name) => Graphs.RegressionHead.Attributes.Any(a => a.Name == name);

    private static MappingSyntax WithoutRegression(MappingSyntax map) =>
        new(map.Source, map.Span, [.. map.Entries.Where(e => !IsRegressionKey(e.Name))]);

    /// <summary>Builds a head for a level, or for a stage, whose map is then a vector of each region.</summary>
    internal Port? Head(
        string head, MappingEntry level, int index, MappingSyntax heads, MappingSyntax? levelHeads, (ScalarSyntax Name, Port Port) from, int anchors,
        (long? Count, string Words) perBox, string? nodeName = null)
    {
        if (!heads.TryGet(head, out var declaration))
        {
            return null;
        }

        if (declaration.Value is not MappingSyntax map)
        {
            Diagnostics.Report(Rules.WrongType, declaration.Value, head, "a map with 'op'", declaration.Value.Kind);
            return null;
        }

        if (levelHeads?[head] is MappingSyntax special)
        {
            map = Inheritance.Lay(map, special, $"the head '{head}' of '{level.Name}'", $"the head '{head}'", isNamed: false, Diagnostics);
        }

        if (map["from"] is null)
        {
            map = new MappingSyntax(
                map.Source, map.Span, map.Entries.Add(new MappingEntry(new ScalarSyntax(from.Name.Source, from.Name.Span, "from", true), from.Name)));
        }

        // What makes it a regression head is no attribute of its node.
        map = WithKey(nodeName is not null || HeadNames.Contains(head) ? map : WithoutRegression(map), level.Name, index);
        var result = graph.Add(declaration.Key, map, scope.With("A", anchors), (nodeName ?? head) + "_" + level.Name);
        if (result.Length != 1)
        {
            if (result.Length > 1)
            {
                Diagnostics.Report(Rules.UnknownTap, declaration.Key, head, "several outputs", " A head gives one feature map.");
            }

            return null;
        }

        var channels = graph.ShapeOf(result[0]).Channels;
        if (graph.ShapeOf(result[0]) is not TensorShape.Feature shape)
        {
            Diagnostics.Report(Rules.WrongRank, declaration.Key, $"the head '{head}'", "an operator that gives a feature map [C, H, W]", level.Name, "a vector");
            return null;
        }

        if (perBox.Count is { } count && channels != anchors * count)
        {
            Diagnostics.Report(Rules.HeadChannels, declaration.Key, head, level.Name, channels, anchors * count, perBox.Words, anchors);
            return null;
        }

        return IsAsLargeAs((TensorShape.Feature)graph.ShapeOf(from.Port), shape, head, level, declaration.Key) ? result[0] : null;
    }

    // The default boxes stand in the cells of the level's map; a head must answer for exactly these.
    private bool IsAsLargeAs(TensorShape.Feature feature, TensorShape.Feature shape, string head, MappingEntry level, SyntaxNode at)
    {
        try
        {
            foreach (var (own, other, domain, axis) in new[]
                { (feature.Height, shape.Height, context.Domain.Height, "height"), (feature.Width, shape.Width, context.Domain.Width, "width") })
            {
                if (own.FirstDifference(other, domain) is { } size)
                {
                    Diagnostics.Report(
                        Rules.SpatialMismatch, at, string.Format(
                            CultureInfo.InvariantCulture, "The head '{0}' must keep the size of the level '{1}'; for an input {2} of {3} pixels it has {4} cells where the level has {5}",
                            head, level.Name, axis, size, other.At(size), own.At(size)));
                    return false;
                }
            }

            return true;
        }
        catch (OverflowException)
        {
            Diagnostics.Report(Rules.LimitExceeded, at, $"The sizes of the head '{head}' and the level '{level.Name}' cannot be compared: they repeat too late");
            return false;
        }
    }

    // `key: heads.{index}` gives each level its own place in the state dict.
    private static MappingSyntax WithKey(MappingSyntax map, string level, int index)
    {
        if (!map.TryGet("key", out var key) || key.Value is not ScalarSyntax text)
        {
            return map;
        }

        var value = text.Value.Replace("{index}", index.ToString(CultureInfo.InvariantCulture)).Replace("{level}", level);
        var entry = new MappingEntry(key.Key, new ScalarSyntax(text.Source, text.Span, value, text.IsPlain));
        return new MappingSyntax(map.Source, map.Span, [.. map.Entries.Select(e => e == key ? entry : e)]);
    }
}
