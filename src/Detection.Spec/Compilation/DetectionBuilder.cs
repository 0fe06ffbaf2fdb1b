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
        if (declaration is not MappingSyntax section)
        {
            Diagnostics.Report(Rules.MissingKey, declaration ?? owner, "a one-stage detector", "detection");
            return null;
        }

        foreach (var entry in section.Entries.Where(e => !Keys.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "'detection'", Suggestion.Phrase(entry.Name, Keys));
        }

        if (classes.Count == 0)
        {
            Diagnostics.Report(Rules.MissingKey, owner, "a one-stage detector", "classes");
        }

        var scores = section["scores"] is { } word ? AttributeReader.Value(ScoresDefinition, word, scope, Diagnostics)?.Word : "softmax";
        var scoresPerBox = classes.Count + (scores == "softmax" ? 1 : 0);
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

        if (Map(section, "heads") is not { } heads)
        {
            Diagnostics.Report(Rules.MissingKey, section["heads"] ?? owner, "'detection'", "heads");
            return null;
        }

        foreach (var entry in heads.Entries.Where(e => !HeadNames.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "'heads'", Suggestion.Phrase(entry.Name, HeadNames));
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
            built.ToImmutable(), scoresPerBox, common.Find("clip")?.Flag ?? false, common.Find("offset")?.Number ?? 0.5, coding["variances"].List, scores, postprocess);
    }

    private DetectionLevel? Level(MappingEntry entry, int index, int count, MappingSyntax heads, AttributeSet common, long scoresPerBox)
    {
        if (!Names.IsNodeName(entry.Name) || entry.Value is not MappingSyntax level)
        {
            Diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, "a level with 'from' and, where 'detection.anchors' does not give them, 'anchors'", entry.Value.Kind);
            return null;
        }

        foreach (var key in level.Entries.Where(e => !LevelKeys.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, key.Key, key.Name, "a level", Suggestion.Phrase(key.Name, LevelKeys));
        }

        if (level["from"] is not ScalarSyntax from)
        {
            Diagnostics.Report(Rules.MissingKey, entry.Key, $"the level '{entry.Name}'", "from");
            return null;
        }

        var own = AttributeReader.Read(Map(level, "anchors"), DetectionLayout.AnchorAttributes, [], scope, "'anchors'", level, Diagnostics);
        var feature = graph.Resolve(from);
        if (own is null || feature is not { } port)
        {
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

        var scores = Head("scores", entry, index, heads, level, from, anchors.Length, scoresPerBox, "scores for each of its boxes");
        var boxes = Head("boxes", entry, index, heads, level, from, anchors.Length, 4, "4 deltas for each of its boxes");
        var step = (own.Find("step") ?? common.Find("step"))?.Number;
        return scores is { } s && boxes is { } b ? new DetectionLevel(entry.Name, port, new(anchors), step, s, b) : null;
    }

    private Port? Head(
        string head, MappingEntry level, int index, MappingSyntax heads, MappingSyntax levelMap, ScalarSyntax from, int anchors, long perBox, string needs)
    {
        if (!heads.TryGet(head, out var declaration) || declaration.Value is not MappingSyntax map)
        {
            Diagnostics.Report(Rules.MissingKey, heads, "'heads'", head);
            return null;
        }

        if (Map(levelMap, "heads")?[head] is MappingSyntax special)
        {
            map = Inheritance.Lay(map, special, $"the head '{head}' of '{level.Name}'", head, isNamed: false, Diagnostics);
        }

        if (map["from"] is null)
        {
            map = new MappingSyntax(map.Source, map.Span, map.Entries.Add(new MappingEntry(new ScalarSyntax(from.Source, from.Span, "from", true), from)));
        }

        map = WithKey(map, level.Name, index);
        var name = head + "_" + level.Name;
        graph.Add(declaration.Key, map, scope.With("A", anchors), name);
        if (graph.Last.Length != 1)
        {
            return null;
        }

        var channels = graph.ShapeOf(graph.Last[0]).Channels;
        if (channels != anchors * perBox)
        {
            Diagnostics.Report(
                Rules.HeadChannels, declaration.Key, head, level.Name, channels, $"{perBox} {needs.Replace("4 ", "")} and {anchors} boxes in a cell", anchors * perBox);
            return null;
        }

        return graph.Last[0];
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
