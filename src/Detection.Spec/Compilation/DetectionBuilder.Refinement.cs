// The first of two steps (RefineDet): heads over maps of their own that move and filter the default boxes before they are classified.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

internal sealed partial class DetectionBuilder
{
    internal static readonly ImmutableArray<string> RefineHeadNames = ["objectness", "boxes"];

    // The section `refine`, or null without one and when it is wrong.
    private (RefinementLayout Layout, MappingSyntax Heads)? Refinement(MappingSyntax section, BoxCoding? coding)
    {
        if (Map(section, "refine") is not { } map)
        {
            return null;
        }

        var values = Resolution.AttributeReader.Read(map, RefinementLayout.Attributes, ["heads"], scope, "'refine'", map, Diagnostics);
        if (coding?.Kind == "cell")
        {
            Diagnostics.Report(Rules.Detector, map, "'refine' moves boxes freely, and a 'cell' coding keeps them in their cells: choose another coding");
        }

        if (map["heads"] is null)
        {
            Diagnostics.Report(Rules.MissingKey, map, "'refine'", "heads");
        }

        if (Map(map, "heads") is not { } heads)
        {
            return null;
        }

        foreach (var missing in RefineHeadNames.Where(h => heads[h] is null))
        {
            Diagnostics.Report(Rules.MissingKey, heads, "'heads' of 'refine'", missing);
        }

        foreach (var entry in heads.Entries.Where(e => !RefineHeadNames.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "'heads' of 'refine'", Diagnostics.DidYouMean(entry.Name, RefineHeadNames));
        }

        return values is null || coding?.Kind == "cell" || RefineHeadNames.Any(h => heads[h] is null)
            ? null
            : (new RefinementLayout(values["filter"].Number, values["cascade"].Flag), heads);
    }

    // A level's objectness and boxes of the first step, over `refineFrom` or the level's own map.
    private (Port Objectness, Port Boxes)? FirstStep(
        MappingEntry entry, MappingSyntax level, int index, MappingSyntax? heads, (ScalarSyntax Name, Port Port) own, int anchors)
    {
        if (heads is null)
        {
            if (level.TryGet("refineFrom", out var needless))
            {
                Diagnostics.Report(Rules.Detector, needless.Key, "'refineFrom' counts for nothing without 'refine' under 'detection'");
            }

            return null;
        }

        var from = own;
        switch (level["refineFrom"])
        {
            case null:
                break;
            case ScalarSyntax name:
                if (graph.Resolve(name) is not { } port)
                {
                    return null;
                }

                if (graph.ShapeOf(port) is not TensorShape.Feature feature)
                {
                    Diagnostics.Report(Rules.WrongRank, name, $"the level '{entry.Name}'", "a feature map [C, H, W]", name.Value, "a vector");
                    return null;
                }

                if (!IsAsLargeAs((TensorShape.Feature)graph.ShapeOf(own.Port), feature, name.Value, entry, name))
                {
                    return null;
                }

                from = (name, port);
                break;
            case var other:
                Diagnostics.Report(Rules.WrongType, other, "refineFrom", "the name of a node", other.Kind);
                return null;
        }

        var objectness = Head("objectness", entry, index, heads, null, from, anchors, (2, "background and object"), "objectness");
        var boxes = Head("boxes", entry, index, heads, null, from, anchors, (4, "4 deltas"), "refineBoxes");
        return objectness is { } o && boxes is { } b ? (o, b) : null;
    }
}
