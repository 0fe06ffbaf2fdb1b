// The `detection:` section of a one-stage detector: levels, default boxes, heads, coding, post-processing.
// A head is written once and instantiated for each level, with A, the level's number of default boxes, filled in.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Builds detection layouts.</summary>
internal sealed class DetectionBuilder(ModelContext context, GraphBuilder graph, Scope scope, ClassesDeclaration classes, long shorterSide)
{
    private static readonly ImmutableArray<string> Keys = ["levels", "anchors", "heads", "coding", "scores", "postprocess"];
    private static readonly ImmutableArray<string> LevelKeys = ["from", "anchors", "heads"];
    private static readonly ImmutableArray<string> HeadNames = ["scores", "boxes"];

    private static readonly AttributeDefinition ScoresDefinition =
        new("scores", AttributeKind.Word, "How logits become scores.") { Words = ["softmax", "sigmoid"] };

    private static readonly ImmutableArray<AttributeDefinition> CodingAttributes =
    [
        new("variances", AttributeKind.Numbers, "Factors of the box deltas, [centre, size]; the paper's 0.1 and 0.2 when absent.") { Default = AttributeValue.Of([0.1, 0.2]), Minimum = 1e-9 },
    ];

    private DiagnosticBag Diagnostics => context.Diagnostics;

    /// <summary>Builds the layout; null, with diagnostics, when it cannot be built.</summary>
    public DetectionLayout? Build(SyntaxNode? declaration, SyntaxNode owner)
    {
        if (declaration is null)
        {
            Diagnostics.Report(Rules.MissingKey, owner, "a one-stage detector", "detection");
            return null;
        }

        if (declaration is not MappingSyntax section)
        {
            Diagnostics.Report(Rules.WrongType, declaration, "detection", "a map", declaration.Kind);
            return null;
        }

        foreach (var entry in section.Entries.Where(e => !Keys.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "'detection'", Diagnostics.DidYouMean(entry.Name, Keys));
        }

        if (classes.Count == 0)
        {
            Diagnostics.Report(Rules.MissingKey, owner, "a one-stage detector", "classes");
        }

        var scores = section["scores"] is { } word ? AttributeReader.Value(ScoresDefinition, word, scope, Diagnostics)?.Word : "softmax";
        long? scoresPerBox = scores is null ? null : classes.Count + (scores == "softmax" ? 1 : 0);
        var coding = AttributeReader.Read(Map(section, "coding"), CodingAttributes, [], scope, "'coding'", section, Diagnostics);
        var postprocess = AttributeReader.Read(Map(section, "postprocess"), DetectionLayout.PostProcessingAttributes, [], scope, "'postprocess'", section, Diagnostics);
        var common = AttributeReader.Read(Map(section, "anchors"), DetectionLayout.AnchorAttributes, [], scope, "'anchors'", section, Diagnostics);
        if (coding is not null && coding["variances"].List.Count != 2)
        {
            Diagnostics.Report(Rules.Detector, section["coding"]!, "'variances' must be two numbers: [centre, size]");
        }

        if (section["levels"] is not MappingSyntax { Entries.Length: > 0 } levels)
        {
            Diagnostics.Report(Rules.Detector, section["levels"] ?? section, "a one-stage detector needs at least one level: 'levels: { NAME: { from: NODE } }'");
            return null;
        }

        if (section["heads"] is null or ScalarSyntax { IsNull: true })
        {
            Diagnostics.Report(Rules.MissingKey, owner, "'detection'", "heads");
        }

        if (Map(section, "heads") is not { } heads)
        {
            return null;
        }

        foreach (var missing in HeadNames.Where(h => heads[h] is null))
        {
            Diagnostics.Report(Rules.MissingKey, heads, "'heads'", missing);
        }

        foreach (var entry in heads.Entries.Where(e => !HeadNames.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "'heads'", Diagnostics.DidYouMean(entry.Name, HeadNames));
        }

        if (common is not null)
        {
            CheckScales(common, section["anchors"] as MappingSyntax, levels);
        }

        var built = ImmutableArray.CreateBuilder<DetectionLevel>();
        for (var i = 0; i < levels.Entries.Length; i++)
        {
            if (common is not null && Level(levels.Entries[i], i, levels.Entries.Length, heads, common, scoresPerBox) is { } level)
            {
                built.Add(level);
            }
        }

        if (built.Count != levels.Entries.Length || coding is null || postprocess is null || scores is null || common is null || Diagnostics.HasErrors)
        {
            return null;
        }

        return new DetectionLayout(
            built.ToImmutable(), scoresPerBox!.Value, common.Find("clip")?.Flag ?? false, common.Find("offset")?.Number ?? 0.5, coding["variances"].List, scores, postprocess);
    }

    // Anchor keys that would count for nothing.
    private void CheckScales(AttributeSet common, MappingSyntax? anchors, MappingSyntax levels)
    {
        foreach (var (key, other) in new[] { ("minScale", "maxScale"), ("maxScale", "minScale") })
        {
            if (common.Has(key) && !common.Has(other))
            {
                Diagnostics.Report(Rules.Detector, anchors![key]!, $"'{key}' needs '{other}' beside it");
            }
        }

        var hasScale = AnchorSizes.HasScale(common, common) || common.Has("minScale") || common.Has("maxScale")
            || levels.Entries.Any(l => ((l.Value as MappingSyntax)?["anchors"] as MappingSyntax)?["scale"] is not null);
        if (common.Has("ratios") && !hasScale)
        {
            Diagnostics.Report(Rules.Detector, anchors!["ratios"]!, "'ratios' needs a scale: give 'minScale' and 'maxScale', or each level a 'scale'");
        }
    }

    private DetectionLevel? Level(MappingEntry entry, int index, int count, MappingSyntax heads, AttributeSet common, long? scoresPerBox)
    {
        if (!Names.IsNodeName(entry.Name))
        {
            Diagnostics.Report(Rules.BadName, entry.Key, entry.Name, "a level", Names.NodeNameRule);
            return null;
        }

        if (entry.Value is not MappingSyntax level)
        {
            Diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, "a map with 'from'", entry.Value.Kind);
            return null;
        }

        foreach (var key in level.Entries.Where(e => !LevelKeys.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, key.Key, key.Name, "a level", Diagnostics.DidYouMean(key.Name, LevelKeys));
        }

        var levelHeads = Map(level, "heads");
        foreach (var head in levelHeads?.Entries ?? [])
        {
            if (!HeadNames.Contains(head.Name))
            {
                Diagnostics.Report(Rules.UnknownKey, head.Key, head.Name, "'heads'", Diagnostics.DidYouMean(head.Name, HeadNames));
            }
            else if (head.Value is not MappingSyntax)
            {
                Diagnostics.Report(Rules.WrongType, head.Value, head.Name, "a map of what differs at this level", head.Value.Kind);
            }
        }

        switch (level["from"])
        {
            case null:
                Diagnostics.Report(Rules.MissingKey, entry.Key, $"the level '{entry.Name}'", "from");
                return null;
            case not ScalarSyntax:
                Diagnostics.Report(Rules.WrongType, level["from"]!, "from", "the name of a node", level["from"]!.Kind);
                return null;
        }

        var from = (ScalarSyntax)level["from"]!;
        var own = AttributeReader.Read(Map(level, "anchors"), DetectionLayout.LevelAnchorAttributes, [], scope, "a level's 'anchors'", level, Diagnostics);
        var feature = graph.Resolve(from);
        if (own is null || feature is not { } port)
        {
            return null;
        }

        if (own.Has("ratios") && !AnchorSizes.HasScale(own, common))
        {
            Diagnostics.Report(Rules.Detector, (level["anchors"] as MappingSyntax)!["ratios"]!, "'ratios' needs a scale: give the level a 'scale', or all levels 'minScale' and 'maxScale'");
            return null;
        }

        var anchors = AnchorSizes.Of(own, common, index, count, shorterSide);
        if (anchors.IsEmpty)
        {
            Diagnostics.Report(Rules.Detector, entry.Key, $"the level '{entry.Name}' has no default boxes: give 'sizes', 'boxes', or a 'scale' with 'ratios'");
            return null;
        }

        if (graph.ShapeOf(port) is not TensorShape.Feature)
        {
            Diagnostics.Report(Rules.WrongRank, from, $"the level '{entry.Name}'", "a feature map [C, H, W]", from.Value, "a vector");
            return null;
        }

        var scores = Head("scores", entry, index, heads, levelHeads, (from, port), anchors.Length, (scoresPerBox, $"{scoresPerBox} scores"));
        var boxes = Head("boxes", entry, index, heads, levelHeads, (from, port), anchors.Length, (4, "4 deltas"));
        var step = (own.Find("step") ?? common.Find("step"))?.Number;
        return scores is { } s && boxes is { } b ? new DetectionLevel(entry.Name, port, new(anchors), step, s, b) : null;
    }

    private Port? Head(
        string head, MappingEntry level, int index, MappingSyntax heads, MappingSyntax? levelHeads, (ScalarSyntax Name, Port Port) from, int anchors,
        (long? Count, string Words) perBox)
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
            map = Inheritance.Lay(map, special, $"the head '{head}' of '{level.Name}'", head, isNamed: false, Diagnostics);
        }

        if (map["from"] is null)
        {
            map = new MappingSyntax(
                map.Source, map.Span, map.Entries.Add(new MappingEntry(new ScalarSyntax(from.Name.Source, from.Name.Span, "from", true), from.Name)));
        }

        map = WithKey(map, level.Name, index);
        var result = graph.Add(declaration.Key, map, scope.With("A", anchors), head + "_" + level.Name);
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

    private MappingSyntax? Map(MappingSyntax parent, string key)
    {
        switch (parent[key])
        {
            case null or ScalarSyntax { IsNull: true }:
                return null;
            case MappingSyntax map:
                return map;
            case var other:
                Diagnostics.Report(Rules.WrongType, other, key, "a map", other.Kind);
                return null;
        }
    }
}
