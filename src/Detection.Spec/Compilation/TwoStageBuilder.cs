// The `detection:` section of a two-stage detector: what proposes regions, and the stages that look at each of them.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Builds the layouts of two-stage detectors.</summary>
internal sealed partial class TwoStageBuilder(ModelContext context, GraphBuilder graph, Scope scope, ClassesDeclaration classes, long shorterSide)
{
    internal static readonly ImmutableArray<string> Keys = ["proposals", "stages", "scores", "averageStages", "regionsAtOnce", "postprocess", MultiScaleLayout.Key];
    internal static readonly ImmutableArray<string> StageKeys = ["nodes", "heads", "coding"];
    internal static readonly ImmutableArray<string> StageHeadNames = ["scores", "boxes"];

    internal static readonly AttributeDefinition AverageDefinition = new(
        "averageStages", AttributeKind.Flag, "Whether the scores of a cascade are the mean over the heads of all stages; those of the last otherwise.") { Default = AttributeValue.Of(false) };

    internal static readonly AttributeDefinition ScoresDefinition = new(
        "scores", AttributeKind.Word, "How logits become scores: a softmax with background, sigmoids, or not at all, support vector machines on the features of the last hidden layer scoring in their place.")
    {
        Words = ["softmax", "sigmoid", "sigmoidBackground", "svm"],
    };

    internal static readonly AttributeDefinition AtOnceDefinition =
        new("regionsAtOnce", AttributeKind.Integer, "Regions that go through a stage at once when testing; all when absent.") { Minimum = 1, Maximum = 1_000_000 };

    private readonly DetectionBuilder heads = new(context, graph, scope, classes, shorterSide);

    private DiagnosticBag Diagnostics => context.Diagnostics;

    /// <summary>Builds the layout; null, with diagnostics, when it cannot be built.</summary>
    public TwoStageLayout? Build(SyntaxNode? declaration, SyntaxNode owner)
    {
        if (declaration is null)
        {
            Diagnostics.Report(Rules.MissingKey, owner, "a two-stage detector", "detection");
            return null;
        }

        if (declaration is not MappingSyntax section)
        {
            Diagnostics.Report(Rules.WrongType, declaration, "detection", "a map", declaration.Kind);
            return null;
        }

        foreach (var entry in section.Entries.Where(e => !Keys.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "'detection' of a two-stage detector", Diagnostics.DidYouMean(entry.Name, Keys));
        }

        if (classes.Count == 0)
        {
            Diagnostics.Report(Rules.MissingKey, owner, "a two-stage detector", "classes");
        }

        var scores = section["scores"] is { } word ? AttributeReader.Value(ScoresDefinition, word, scope, Diagnostics)?.Word : "softmax";
        var averages = section["averageStages"] is { } flag ? AttributeReader.Value(AverageDefinition, flag, scope, Diagnostics)?.Flag : false;
        var postprocess = AttributeReader.Read(heads.Map(section, "postprocess"), TwoStageLayout.PostProcessingAttributes, [], scope, "'postprocess'", section, Diagnostics);
        var atOnce = section["regionsAtOnce"] is { } most ? AttributeReader.Value(AtOnceDefinition, most, scope, Diagnostics)?.Integer : null;
        var (proposals, count) = Proposals(section, owner);
        if (section["stages"] is not MappingSyntax { Entries.Length: > 0 } declared)
        {
            Diagnostics.Report(Rules.Detector, section["stages"] ?? owner, "a two-stage detector needs at least one stage: 'stages: { NAME: { nodes: {...}, heads: {...} } }'");
            return null;
        }

        if (scores == "svm" && declared.Entries.Length > 1)
        {
            Diagnostics.Report(Rules.Detector, section["scores"]!, $"'scores: svm' is for one stage; here are {declared.Entries.Length}");
        }

        var stages = ImmutableArray.CreateBuilder<RegionStage>();
        foreach (var entry in declared.Entries)
        {
            if (Stage(entry, count ?? 1, scores is null ? null : classes.Count + (scores == "sigmoid" ? 0 : 1), isLast: entry == declared.Entries[declared.Entries.Length - 1]) is not { } stage)
            {
                continue;
            }

            if (scores != "svm" || declared.Entries.Length > 1)
            {
                stages.Add(stage);
            }
            else if (Machines(section["scores"]!, entry, stage) is { } machines)
            {
                stages.Add(stage with { Machines = machines });
            }
        }

        postprocess = postprocess is null || scores is null ? null : Threshold(section, postprocess, scores);

        return stages.Count == declared.Entries.Length && postprocess is not null && scores is not null && averages is { } average && count is not null && !context.HasNetworkErrors
            ? new TwoStageLayout(proposals, stages.ToImmutable(), scores, average, postprocess) { RegionsAtOnce = atOnce, GivenRegions = proposals is null ? count : null }
            : null;
    }

    // Probabilities have bounds and a threshold where none is given; values of machines have neither.
    private AttributeSet? Threshold(MappingSyntax section, AttributeSet postprocess, string scores)
    {
        const double standard = 0.05;
        if (scores == "svm")
        {
            return postprocess;
        }

        if (postprocess.Find("scoreThreshold") is { } threshold && threshold.Number is < 0 or > 1)
        {
            Diagnostics.Report(Rules.OutOfRange, (section["postprocess"] as MappingSyntax)!["scoreThreshold"]!, "scoreThreshold", threshold.Number, "from 0 to 1; only 'scores: svm' gives other numbers");
            return null;
        }

        return postprocess.Has("scoreThreshold") ? postprocess : postprocess.With("scoreThreshold", AttributeValue.Of(standard));
    }

    // Machines on what the head of scores takes: the last hidden layer.
    private Port? Machines(SyntaxNode at, MappingEntry entry, RegionStage stage)
    {
        if (stage.Scores.Node is not { Inputs.Length: 1 } head || head.Inputs[0] is var features && graph.ShapeOf(features) is not TensorShape.Vector)
        {
            Diagnostics.Report(
                Rules.Detector, at, $"'scores: svm' puts machines on what the head 'scores' of '{entry.Name}' takes, which must be one vector of each region: an operator such as 'linear' behind a hidden layer");
            return null;
        }

        return graph.AddMachines(at as ScalarSyntax ?? entry.Key, features, Math.Max(1, classes.Count));
    }

    private RegionStage? Stage(MappingEntry entry, long count, long? scoresPerRegion, bool isLast)
    {
        if (NamedEntry.Map(entry, "a stage", "a map with 'nodes' and 'heads'", Diagnostics) is not { } stage)
        {
            return null;
        }

        foreach (var key in stage.Entries.Where(e => !StageKeys.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, key.Key, key.Name, "a stage", Diagnostics.DidYouMean(key.Name, StageKeys));
        }

        var coding = Coding(stage, scope);
        var set = new RegionSet(entry.Name, count);
        graph.BeginStage(set);
        if (stage["nodes"] is MappingSyntax { Entries.Length: > 0 } nodes && nodes.Entries[0].Value is var first && (first as MappingSyntax)?["from"] is null)
        {
            Diagnostics.Report(Rules.MissingKey, nodes.Entries[0].Key, $"the first node of the stage '{entry.Name}'", "from");
        }

        graph.AddAll(stage["nodes"], entry.Key, $"the stage '{entry.Name}'");
        if (coding is { Convention: not "continuous" } && graph.Build([]).Nodes.FirstOrDefault(n => n.OperatorName == RegionOperators.Warp && n.Regions == set) is { } warp)
        {
            Diagnostics.Report(Rules.Detector, warp.Syntax, $"'{warp.Name}' takes corners as edges: the stage '{entry.Name}' needs 'coding: {{ convention: continuous }}'");
        }

        if (heads.Map(stage, "heads") is not { } declared)
        {
            Diagnostics.Report(Rules.MissingKey, entry.Key, $"the stage '{entry.Name}'", "heads");
            return null;
        }

        foreach (var unknown in declared.Entries.Where(e => !StageHeadNames.Contains(e.Name)))
        {
            Diagnostics.Report(Rules.UnknownKey, unknown.Key, unknown.Name, "'heads' of a stage", Diagnostics.DidYouMean(unknown.Name, StageHeadNames));
        }

        if (declared["scores"] is null)
        {
            Diagnostics.Report(Rules.MissingKey, declared, "'heads'", "scores");
        }

        if (declared["boxes"] is null && !isLast)
        {
            Diagnostics.Report(Rules.Detector, entry.Key, $"the stage '{entry.Name}' has no head 'boxes', so that the stage behind it has no regions");
        }

        var last = (stage["nodes"] as MappingSyntax)?.Entries.LastOrDefault(e => !e.Name.StartsWith("$", StringComparison.Ordinal))?.Key;
        var scores = Head("scores", declared, last, set);
        var boxes = declared["boxes"] is null ? null : Head("boxes", declared, last, set);
        if (scores is { } s && scoresPerRegion is { } wanted && classes.Count > 0 && graph.ShapeOf(s).Channels != wanted)
        {
            Diagnostics.Report(
                Rules.Detector, declared["scores"]!, $"the head 'scores' of '{entry.Name}' gives {graph.ShapeOf(s).Channels} numbers for a region; {classes.Count} classes"
                + $"{(wanted > classes.Count ? " and background" : "")} need {wanted}");
        }

        long[] layouts = [4, 8, 4L * classes.Count, 4L * (classes.Count + 1)];
        if (boxes is { } b && classes.Count > 0 && !layouts.Contains(graph.ShapeOf(b).Channels))
        {
            Diagnostics.Report(
                Rules.Detector, declared["boxes"]!, string.Format(
                    CultureInfo.InvariantCulture,
                    "the head 'boxes' of '{0}' gives {1} numbers for a region; a box has 4, so there are 4 (one box), 8 (a background's box first), {2} (one for each class) or {3} (background's first)",
                    entry.Name, graph.ShapeOf(b).Channels, layouts[2], layouts[3]));
        }

        return coding is not null && scores is { } found && (boxes is not null || declared["boxes"] is null) ? new RegionStage(set, coding, found, boxes) : null;
    }

    // A head of a stage: a node that gives a vector of each region, from the stage's last node unless it says otherwise.
    private Port? Head(string head, MappingSyntax declared, ScalarSyntax? last, RegionSet set)
    {
        if (!declared.TryGet(head, out var entry))
        {
            return null;
        }

        var map = entry.Value as MappingSyntax;
        if (map is null)
        {
            Diagnostics.Report(Rules.WrongType, entry.Value, head, "a map with 'op'", entry.Value.Kind);
            return null;
        }

        if (map["from"] is null && last is not null)
        {
            map = new MappingSyntax(map.Source, map.Span, map.Entries.Add(new MappingEntry(new ScalarSyntax(last.Source, last.Span, "from", true), last)));
        }

        var result = graph.Add(entry.Key, map, scope, head + "_" + set.Stage);
        if (result.Length != 1)
        {
            if (result.Length > 1)
            {
                Diagnostics.Report(Rules.UnknownTap, entry.Key, head, "several outputs", " A head gives one vector.");
            }

            return null;
        }

        var shape = graph.ShapeOf(result[0]);
        if (shape is not TensorShape.Vector || shape.Regions != set)
        {
            var given = (shape is TensorShape.Vector ? "a vector" : "a feature map") + (shape.Regions is { } other ? $" of each region of '{other.Stage}'" : " of each image");
            Diagnostics.Report(Rules.WrongRank, entry.Key, $"the head '{head}' of the stage '{set.Stage}'", "an operator that gives a vector of each of its regions", head, given);
            return null;
        }

        return result[0];
    }

    private RegionCoding? Coding(MappingSyntax parent, Scope values)
    {
        var map = heads.Map(parent, "coding");
        if (AttributeReader.Read(map, RegionCoding.Attributes, [], values, "'coding'", parent, Diagnostics) is not { } read)
        {
            return null;
        }

        foreach (var key in new[] { "means", "deviations" }.Where(k => read[k].List.Count != 4))
        {
            Diagnostics.Report(Rules.OutOfRange, map![key]!, key, $"a list of {read[key].List.Count} numbers", "four numbers: [x, y, width, height]");
            return null;
        }

        return new RegionCoding(read["convention"].Word, read["means"].List, read["deviations"].List);
    }
}
