// `detection.proposals`: levels with anchors, heads of objectness and boxes, and which of the boxes become regions; or how many the caller gives.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <content>Builds the proposals.</content>
internal sealed partial class TwoStageBuilder
{
    internal static readonly ImmutableArray<string> ProposalKeys = ["given", "levels", "anchors", "heads", "scores", "coding", "select"];
    internal static readonly ImmutableArray<string> ProposalLevelKeys = ["from", "anchors", "heads"];
    internal static readonly ImmutableArray<string> ProposalHeadNames = ["objectness", "boxes"];

    internal static readonly AttributeDefinition GivenDefinition =
        new("given", AttributeKind.Integer, "Regions of an image that the caller gives; in place of all other keys.") { Minimum = 1, Maximum = 1_000_000 };

    internal static readonly AttributeDefinition ProposalScoresDefinition = new(
        "scores", AttributeKind.Word, "What the channels of objectness are: A of background, then A of objects; pairs of both; or one for each anchor.")
    {
        Default = AttributeValue.OfWord("softmax"), Words = ["softmax", "softmaxPairs", "sigmoid"],
    };

    // What proposes regions, and how many of an image the stages see; no number when that is wrong.
    private (ProposalLayout? Layout, long? Count) Proposals(MappingSyntax section, SyntaxNode owner)
    {
        if (section["proposals"] is null or ScalarSyntax { IsNull: true })
        {
            Diagnostics.Report(Rules.MissingKey, owner, "'detection' of a two-stage detector", "proposals");
            return default;
        }

        if (heads.Map(section, "proposals") is not { } map)
        {
            return default;
        }

        foreach (var entry in map.Entries.Where(e => !ProposalKeys.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "'proposals'", Diagnostics.DidYouMean(entry.Name, ProposalKeys));
        }

        if (map["given"] is { } given)
        {
            foreach (var needless in map.Entries.Where(e => e.Name != "given" && ProposalKeys.Contains(e.Name)))
            {
                Diagnostics.Report(Rules.Detector, needless.Key, $"'{needless.Name}' counts for nothing beside 'given': the caller gives the regions");
            }

            return (null, AttributeReader.Value(GivenDefinition, given, scope, Diagnostics)?.Integer);
        }

        var scores = map["scores"] is { } word ? AttributeReader.Value(ProposalScoresDefinition, word, scope, Diagnostics)?.Word : "softmax";
        var coding = Coding(map, scope);
        var selection = AttributeReader.Read(heads.Map(map, "select"), ProposalLayout.SelectionAttributes, [], scope, "'select'", map, Diagnostics);
        var common = AttributeReader.Read(heads.Map(map, "anchors"), ProposalLayout.AnchorAttributes, [], scope, "'anchors'", map, Diagnostics);
        var declared = heads.Map(map, "heads") ?? new MappingSyntax(map.Source, map.Span, []);
        foreach (var missing in ProposalHeadNames.Where(h => declared[h] is null))
        {
            Diagnostics.Report(Rules.MissingKey, map["heads"] ?? map, map["heads"] is null ? "'proposals'" : "'heads'", map["heads"] is null ? "heads" : missing);
            if (map["heads"] is null)
            {
                break;
            }
        }

        foreach (var entry in declared.Entries.Where(e => !ProposalHeadNames.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "'heads' of 'proposals'", Diagnostics.DidYouMean(entry.Name, ProposalHeadNames));
        }

        if (map["levels"] is not MappingSyntax { Entries.Length: > 0 } levels)
        {
            Diagnostics.Report(Rules.Detector, map["levels"] ?? map, "'proposals' need at least one level: 'levels: { NAME: { from: NODE } }', or 'given: NUMBER' where the caller gives the regions");
            LookAtHeads(declared, null);
            return (null, selection?["keep"].Integer);
        }

        var built = ImmutableArray.CreateBuilder<ProposalLevel>();
        for (var i = 0; i < levels.Entries.Length; i++)
        {
            if (Level(levels.Entries[i], i, declared, common, scores) is { } level)
            {
                built.Add(level);
            }
            else
            {
                LookAtHeads(declared, (levels.Entries[i].Value as MappingSyntax)?["heads"] as MappingSyntax);
            }
        }

        CheckWholeStrides(levels, built);
        var isComplete = built.Count == levels.Entries.Length && coding is not null && selection is not null && scores is not null && common is not null;
        return (isComplete ? new ProposalLayout(built.ToImmutable(), scores!, coding!, selection!) : null, selection?["keep"].Integer);
    }

    private ProposalLevel? Level(MappingEntry entry, int index, MappingSyntax declared, AttributeSet? common, string? scores)
    {
        if (NamedEntry.Map(entry, "a level", "a map with 'from'", Diagnostics) is not { } level)
        {
            return null;
        }

        foreach (var key in level.Entries.Where(e => !ProposalLevelKeys.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, key.Key, key.Name, "a level", Diagnostics.DidYouMean(key.Name, ProposalLevelKeys));
        }

        var levelHeads = heads.Map(level, "heads");
        foreach (var head in levelHeads?.Entries.Where(h => !ProposalHeadNames.Contains(h.Name) || h.Value is not MappingSyntax) ?? [])
        {
            if (ProposalHeadNames.Contains(head.Name))
            {
                Diagnostics.Report(Rules.WrongType, head.Value, head.Name, "a map of what differs at this level", head.Value.Kind);
            }
            else
            {
                Diagnostics.Report(Rules.UnknownKey, head.Key, head.Name, "'heads' of 'proposals'", Diagnostics.DidYouMean(head.Name, ProposalHeadNames));
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

        var own = AttributeReader.Read(heads.Map(level, "anchors"), ProposalLayout.AnchorAttributes, [], scope, "a level's 'anchors'", level, Diagnostics);
        var from = (ScalarSyntax)level["from"]!;
        if (graph.Resolve(from) is not { } port || own is null || common is null)
        {
            return null;
        }

        if (graph.ShapeOf(port) is not TensorShape.Feature { Regions: null })
        {
            Diagnostics.Report(Rules.WrongRank, from, $"the level '{entry.Name}'", "a feature map of images [C, H, W]", from.Value, graph.ShapeOf(port) is TensorShape.Vector ? "a vector" : "of regions");
            return null;
        }

        if (Anchors(entry, own, common) is not { } anchors || Stride(entry, from, port, own, common) is not { } stride)
        {
            return null;
        }

        var perAnchor = scores == "sigmoid" ? 1 : 2;
        var objectness = heads.Head(
            "objectness", entry, index, declared, levelHeads, (from, port), anchors.Length, (scores is null ? null : perAnchor, perAnchor == 1 ? "one number" : "background and object"), "objectness");
        var boxes = heads.Head("boxes", entry, index, declared, levelHeads, (from, port), anchors.Length, (4, "4 deltas"), "proposalBoxes");
        return objectness is { } o && boxes is { } b ? new ProposalLevel(entry.Name, port, new(anchors), stride, (own.Find("wholeStride") ?? common.Find("wholeStride"))?.Flag ?? false, o, b) : null;
    }

    // Heads that were not built, because something before them failed: their words are checked all the same.
    private void LookAtHeads(MappingSyntax declared, MappingSyntax? levelHeads)
    {
        foreach (var head in declared.Entries.Where(e => ProposalHeadNames.Contains(e.Name)))
        {
            if (head.Value is MappingSyntax map)
            {
                map = levelHeads?[head.Name] is MappingSyntax special ? Inheritance.Lay(map, special, "the head", head.Name, isNamed: false, new DiagnosticBag()) : map;
                graph.LookAt(head.Key, map, scope.WithUnknown("A"));
            }
        }
    }

    private ImmutableArray<RegionAnchor>? Anchors(MappingEntry entry, AttributeSet own, AttributeSet common)
    {
        AttributeValue? Find(string name) => own.Find(name) ?? common.Find(name);
        var kind = Find("kind")?.Word;
        if (kind is null)
        {
            Diagnostics.Report(Rules.Detector, entry.Key, $"the anchors of '{entry.Name}' are of no 'kind': caffe, tensorflow or torchvision, which place and round them differently");
            return null;
        }

        if (Find("base") is not null && kind != "caffe")
        {
            Diagnostics.Report(Rules.Detector, entry.Key, $"'base' counts for nothing in anchors of the kind {kind}");
            return null;
        }

        if (Find("sizes")?.List is not { Count: > 0 } sizes)
        {
            Diagnostics.Report(Rules.Detector, entry.Key, $"the level '{entry.Name}' has no anchors: give 'sizes'");
            return null;
        }

        return RegionAnchors.Of(kind, sizes, Find("ratios")?.List ?? new([0.5, 1, 2]), Find("base")?.Integer ?? 16);
    }

    // Strides of whole pixels need the input's side, which a detector takes from its first map.
    private void CheckWholeStrides(MappingSyntax levels, IReadOnlyList<ProposalLevel> built)
    {
        if (built.FirstOrDefault(level => level.DividesInput) is not { } dividing || built[0].Name != levels.Entries[0].Name)
        {
            return;
        }

        var first = built[0].Stride;
        bool Divides(SizeDomain side) => side.Minimum % first == 0 && (side.IsSingle || side.Step % first == 0);
        if (!Divides(context.Domain.Height) || !Divides(context.Domain.Width))
        {
            Diagnostics.Report(
                Rules.Detector, levels.Entries[0].Key,
                FormattableString.Invariant($"'wholeStride' of '{dividing.Name}' takes the input's side from the first level, '{built[0].Name}': every side must be a multiple of its stride, {first} ('multipleOf' of 'input')"));
        }
    }

    private double? Stride(MappingEntry entry, ScalarSyntax from, Port port, AttributeSet own, AttributeSet common)
    {
        if ((own.Find("stride") ?? common.Find("stride"))?.Number is { } given)
        {
            if ((own.Find("wholeStride") ?? common.Find("wholeStride"))?.Flag == true)
            {
                Diagnostics.Report(Rules.Detector, entry.Key, $"'stride' counts for nothing beside 'wholeStride' in the anchors of '{entry.Name}'");
                return null;
            }

            return given;
        }

        var (height, width) = ReceptiveFields.OfPorts(graph.Build([]))[port];
        if (height.Stride == width.Stride)
        {
            return height.Stride;
        }

        Diagnostics.Report(Rules.Detector, entry.Key, FormattableString.Invariant($"the map '{from.Value}' has strides {height.Stride} and {width.Stride} along height and width: anchors need one 'stride'"));
        return null;
    }
}
