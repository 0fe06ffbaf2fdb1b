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
internal sealed partial class DetectionBuilder(ModelContext context, GraphBuilder graph, Scope scope, ClassesDeclaration classes, long shorterSide)
{
    internal static readonly ImmutableArray<string> Keys = ["levels", "anchors", "refine", "heads", "coding", "scores", "postprocess", MultiScaleLayout.Key];
    internal static readonly ImmutableArray<string> LevelKeys = ["from", "refineFrom", "anchors", "heads"];
    private const string Objectness = "objectness";
    private static readonly ImmutableArray<string> RequiredHeads = ["scores", "boxes"];
    internal static readonly ImmutableArray<string> HeadNames = [.. RequiredHeads, Objectness];

    internal static readonly AttributeDefinition ScoresDefinition =
        new("scores", AttributeKind.Word, "How logits become scores.") { Words = ["softmax", "sigmoid", "sigmoidBackground"] };

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
        var hasObjectness = (section["heads"] as MappingSyntax)?[Objectness] is not null;
        long? scoresPerBox = scores is null ? null : classes.Count + (scores == "sigmoid" || hasObjectness ? 0 : 1);
        if (hasObjectness && scores == "sigmoidBackground")
        {
            Diagnostics.Report(Rules.Detector, section["scores"]!, "a head 'objectness' tells background from objects: 'scores' is softmax or sigmoid, over the classes alone");
        }

        if (hasObjectness && section["refine"] is MappingSyntax refine)
        {
            Diagnostics.Report(Rules.Detector, refine, "the first of two steps has an objectness of its own: 'refine' does not go with a head 'objectness'");
            return null;
        }

        var coding = BoxCodingReader.Read(Map(section, "coding"), scope, section, Diagnostics);
        var postprocess = AttributeReader.Read(Map(section, "postprocess"), DetectionLayout.PostProcessingAttributes, [], scope, "'postprocess'", section, Diagnostics);
        var common = AttributeReader.Read(Map(section, "anchors"), DetectionLayout.AnchorAttributes, [], scope, "'anchors'", section, Diagnostics);
        if (section["heads"] is null or ScalarSyntax { IsNull: true })
        {
            Diagnostics.Report(Rules.MissingKey, owner, "'detection'", "heads");
        }

        var heads = Map(section, "heads") ?? new MappingSyntax(section.Source, section.Span, []);
        foreach (var missing in RequiredHeads.Where(h => heads[h] is null && section["heads"] is MappingSyntax))
        {
            Diagnostics.Report(Rules.MissingKey, heads, "'heads'", missing);
        }

        var extras = RegressionHeads(heads);
        var refinement = Refinement(section, coding);
        if (refinement is null && section["refine"] is not (null or ScalarSyntax { IsNull: true }))
        {
            // What hangs on the first step cannot be built; the words of the rest can be read.
            foreach (var level in (section["levels"] as MappingSyntax)?.Entries.Select(e => e.Value).OfType<MappingSyntax>() ?? [])
            {
                LevelWords(level, extras);
                LookAtHeads(heads, level["heads"] as MappingSyntax);
            }

            return null;
        }

        if (section["levels"] is not MappingSyntax { Entries.Length: > 0 } levels)
        {
            Diagnostics.Report(Rules.Detector, section["levels"] ?? section, "a one-stage detector needs at least one level: 'levels: { NAME: { from: NODE } }'");
            LookAtHeads(heads, null);
            return null;
        }

        if (common is not null)
        {
            CheckScales(common, section["anchors"] as MappingSyntax, levels);
        }

        var built = ImmutableArray.CreateBuilder<DetectionLevel>();
        for (var i = 0; i < levels.Entries.Length; i++)
        {
            if (Level(levels.Entries[i], i, levels.Entries.Length, heads, extras, refinement?.Heads, common, scoresPerBox) is { } level)
            {
                built.Add(level);
            }
            else
            {
                LookAtHeads(heads, (levels.Entries[i].Value as MappingSyntax)?["heads"] as MappingSyntax);
            }
        }

        if (built.Count != levels.Entries.Length || coding is null || postprocess is null || scores is null || common is null || context.HasNetworkErrors)
        {
            return null;
        }

        return new DetectionLayout(
            built.ToImmutable(), scoresPerBox!.Value, common.Find("clip")?.Flag ?? false, common.Find("offset")?.Number ?? 0.5, coding, scores, postprocess)
        {
            Extras = extras,
            Refinement = refinement?.Layout,
        };
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
            || levels.Entries.Any(l => (l.Value as MappingSyntax)?["anchors"] is MappingSyntax own && (own["scale"] ?? own["size"]) is not null);
        foreach (var key in new[] { "ratios", "octaves", "meanSquare" }.Where(k => common.Has(k) && !hasScale))
        {
            Diagnostics.Report(Rules.Detector, anchors![key]!, $"'{key}' needs a scale: give 'minScale' and 'maxScale', or each level a 'scale'");
        }

        if (common.Has("size") && common.Has("scale"))
        {
            Diagnostics.Report(Rules.Detector, anchors!["size"]!, "'size' and 'scale' say the same: give one of them");
        }
    }

    // The words of a level that hang on nothing else; its anchors, or null when they are wrong.
    private AttributeSet? LevelWords(MappingSyntax level, ImmutableArray<RegressionHead> extras)
    {
        foreach (var key in level.Entries.Where(e => !LevelKeys.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, key.Key, key.Name, "a level", Diagnostics.DidYouMean(key.Name, LevelKeys));
        }

        foreach (var head in Map(level, "heads")?.Entries ?? [])
        {
            if (!HeadNames.Contains(head.Name) && extras.All(e => e.Name != head.Name))
            {
                Diagnostics.Report(Rules.UnknownKey, head.Key, head.Name, "'heads'", Diagnostics.DidYouMean(head.Name, HeadNames.Concat(extras.Select(e => e.Name))));
            }
            else if (head.Value is not MappingSyntax special)
            {
                Diagnostics.Report(Rules.WrongType, head.Value, head.Name, "a map of what differs at this level", head.Value.Kind);
            }
            else if (!HeadNames.Contains(head.Name) && special.Entries.FirstOrDefault(e => IsRegressionKey(e.Name)) is { } same)
            {
                Diagnostics.Report(Rules.UnknownKey, same.Key, same.Name, $"the head '{head.Name}' at one level: it holds for all levels", "");
            }
        }

        return AttributeReader.Read(Map(level, "anchors"), DetectionLayout.LevelAnchorAttributes, [], scope, "a level's 'anchors'", level, Diagnostics);
    }

    private DetectionLevel? Level(MappingEntry entry, int index, int count, MappingSyntax heads, ImmutableArray<RegressionHead> extras, MappingSyntax? refineHeads, AttributeSet? common, long? scoresPerBox)
    {
        if (NamedEntry.Map(entry, "a level", "a map with 'from'", Diagnostics) is not { } level)
        {
            return null;
        }

        var own = LevelWords(level, extras);
        var levelHeads = level["heads"] as MappingSyntax;
        switch (level["from"])
        {
            case null:
                Diagnostics.Report(Rules.MissingKey, entry.Key, $"the level '{entry.Name}'", "from");
                break;
            case not ScalarSyntax:
                Diagnostics.Report(Rules.WrongType, level["from"]!, "from", "the name of a node", level["from"]!.Kind);
                break;
        }

        var from = level["from"] as ScalarSyntax;
        var feature = from is null ? null : graph.Resolve(from);
        if (own is null || common is null || from is null || feature is not { } port)
        {
            return null;
        }

        foreach (var key in new[] { "ratios", "octaves" }.Where(k => own.Has(k) && !AnchorSizes.HasScale(own, common)))
        {
            Diagnostics.Report(Rules.Detector, (level["anchors"] as MappingSyntax)![key]!, $"'{key}' needs a scale: give the level a 'scale', or all levels 'minScale' and 'maxScale'");
            return null;
        }

        if (own.Has("size") && own.Has("scale"))
        {
            Diagnostics.Report(Rules.Detector, (level["anchors"] as MappingSyntax)!["size"]!, "'size' and 'scale' say the same: give one of them");
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
        var presence = heads[Objectness] is null ? null : Head(Objectness, entry, index, heads, levelHeads, (from, port), anchors.Length, (1, "one number"));
        var further = extras.Select(e => Head(e.Name, entry, index, heads, levelHeads, (from, port), anchors.Length, (e.Values, $"{e.Values} values"))).ToArray();
        var first = FirstStep(entry, level, index, refineHeads, (from, port), anchors.Length);
        var step = (own.Find("step") ?? common.Find("step"))?.Number;
        return scores is { } s && boxes is { } b && presence is null == heads[Objectness] is null && further.All(f => f is not null) && (refineHeads is null || first is not null)
            ? new DetectionLevel(entry.Name, port, new(anchors), step, s, b) { Presence = presence, Extras = [.. further.Select(f => f!.Value)], Objectness = first?.Objectness, FirstBoxes = first?.Boxes }
            : null;
    }

    // A level whose heads were not built, because something before them failed: their words are checked all the same.
    private void LookAtHeads(MappingSyntax heads, MappingSyntax? levelHeads)
    {
        foreach (var head in heads.Entries)
        {
            if (head.Value is MappingSyntax map && (HeadNames.Contains(head.Name) || map["values"] is not null))
            {
                map = levelHeads?[head.Name] is MappingSyntax special ? Inheritance.Lay(map, special, "the head", head.Name, isNamed: false, new DiagnosticBag()) : map;
                var node = new MappingSyntax(map.Source, map.Span, [.. map.Entries.Where(e => HeadNames.Contains(head.Name) || !IsRegressionKey(e.Name))]);
                graph.LookAt(head.Key, node, scope.WithUnknown("A"));
            }
        }
    }

    /// <summary>A map under a key, or null; what is none is reported.</summary>
    internal MappingSyntax? Map(MappingSyntax parent, string key)
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
