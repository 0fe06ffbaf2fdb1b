// Plans what is particular to two-stage detectors: the parts of their network that run apart, anchors, stages, and how regions are pooled.
using System.Collections.Immutable;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;

namespace Detection.Gen.Emission;

/// <summary>Plans two-stage detectors.</summary>
internal static class RegionPlanner
{
    /// <summary>The detection part of a model.</summary>
    public static TwoStagePlan Plan(CompiledModel model, TwoStageLayout layout, ModulePlanner planner)
    {
        var parts = TwoStageParts.Of(model.Graph, layout);
        var (statements, results) = planner.Part(model.Graph, parts.Images, ImmutableDictionary<Port, string>.Empty);
        var heads = results.Length - parts.Maps.Length;
        var members = GeneratedNames.MapMembers(parts.Maps.Select(m => m.Name));
        var maps = parts.Maps.Select((m, i) => new MapPlan(members[i], results[heads + i].Expression, results[heads + i].Shape)).ToImmutableArray();
        var outside = parts.Maps.Select((m, i) => (m.Port, Expression: "imageFeatures." + members[i])).ToDictionary(m => m.Port, m => m.Expression);
        var post = layout.PostProcessing;
        return new TwoStagePlan(
            statements,
            layout.Proposals is { } proposals ? Proposals(proposals, results) : null,
            maps,
            [.. layout.Stages.Select((stage, i) => Stage(model.Graph, stage, i, parts.Stages[i], outside, planner))],
            layout.AnchorCount(model.Graph, model.Input.Height, model.Input.Width),
            layout.UsesMachines ? "Softmax" : Names.Pascal(layout.Scores),
            CSharp.Literal(layout.AveragesStages),
            post.Find("scoreThreshold") is { } threshold ? CSharp.Literal(threshold.Number) + "f" : "float.NegativeInfinity",
            CSharp.Literal(post["nmsThreshold"].Number),
            CSharp.Literal(post["maxPerClass"].Integer),
            post.Find("keepPerClass") is { } kept ? CSharp.Literal(kept.Integer) : "",
            CSharp.Literal(post["maxPerImage"].Integer),
            layout.UsesMachines ? planner.Field(model.Graph, layout.Stages[0].Machines!.Value.Node!) : "",
            layout.RegionsAtOnce is { } most ? CSharp.Literal(most) : "",
            post.Find("perImageOnAverage") is { } average ? CSharp.Literal(average.Number) : "");
    }

    /// <summary>How the operators of a part that pool regions do it.</summary>
    /// <param name="whole">The graph that they stand in.</param>
    /// <param name="part">The part of it.</param>
    public static IReadOnlyDictionary<GraphNode, PoolingPlan> Poolings(Graph whole, Graph part)
    {
        var nodes = part.Nodes.Where(n => n.Body is NodeBody.Operation { Operator.RegionUse: RegionUse.Pools }).ToArray();
        if (nodes.Length == 0)
        {
            return ImmutableDictionary<GraphNode, PoolingPlan>.Empty;
        }

        var fields = ReceptiveFields.OfPorts(whole);
        return nodes.ToDictionary(n => n, n => Pooling(n, fields));
    }

    private static PoolingPlan Pooling(GraphNode node, IReadOnlyDictionary<Port, (ReceptiveField Height, ReceptiveField Width)> fields)
    {
        var use = ((NodeBody.Operation)node.Body).Use;
        var attributes = use.Attributes;
        var stride = attributes.Find("stride")?.Number ?? fields[node.Inputs[0]].Height.Stride;
        var crop = attributes.Find("crop");
        return new PoolingPlan(
            CSharp.Literal(attributes["size"].First),
            CSharp.Literal(attributes["size"].Second),
            CSharp.Literal(stride),
            use.Inputs.Length > 1 ? CSharp.Literal((long)Math.Round(Math.Log(stride, 2))) : "",
            crop is null ? "" : CSharp.Literal(crop.First),
            crop is null ? "" : CSharp.Literal(crop.Second),
            RegionOperators.IsOfImage(attributes));
    }

    private static ProposalPlan Proposals(ProposalLayout proposals, ImmutableArray<ResultPlan> results) => new(
        [
            .. proposals.Levels.Select((level, i) => new ProposalLevelPlan(
                CSharp.Literal(level.Name),
                [.. level.Anchors.Select(a => $"{CSharp.Literal(a.X1)}, {CSharp.Literal(a.Y1)}, {CSharp.Literal(a.X2)}, {CSharp.Literal(a.Y2)}")],
                CSharp.Literal(level.Stride),
                level.DividesInput,
                results[2 * i].Expression,
                results[(2 * i) + 1].Expression)),
        ],
        proposals.Scores switch { "softmax" => "SoftmaxBlocks", "softmaxPairs" => "SoftmaxPairs", _ => "Sigmoid" },
        Coder(proposals.Coding),
        CSharp.Literal(proposals.Selection["minimumSize"].Number),
        proposals.Selection.Find("candidates") is { } candidates ? CSharp.Literal(candidates.Integer) : "null",
        proposals.Selection.Find("nmsThreshold") is { } threshold ? CSharp.Literal(threshold.Number) : "null",
        CSharp.Literal(proposals.Selection["keep"].Integer),
        CSharp.Literal(proposals.Selection["clipAnchors"].Flag),
        CSharp.Literal(proposals.Selection["dropSmallFirst"].Flag),
        Names.Pascal(proposals.Selection["order"].Word),
        CSharp.Literal(proposals.Selection["moves"].Flag));

    private static StagePlan Stage(Graph whole, RegionStage stage, int index, Graph part, IReadOnlyDictionary<Port, string> outside, ModulePlanner planner)
    {
        var (statements, results) = planner.Part(whole, part, outside);
        string Given(string name) => results.Where((_, i) => part.Results[i].Name == name).Select(r => r.Expression).FirstOrDefault() ?? "";
        return new StagePlan(
            CSharp.Literal(stage.Name),
            Method(whole, stage),
            planner.Input(whole, index + 1),
            Coder(stage.Coding),
            statements,
            Given("scores"),
            Given("boxes"),
            Given("svm"),
            Given("scoreFeatures"),
            Given("boxFeatures"));
    }

    private static string Method(Graph whole, RegionStage stage)
    {
        var name = "Stage" + Names.Pascal(stage.Name);
        while (whole.Nodes.Any(n => n.Name == name))
        {
            name += "_";
        }

        return name;
    }

    private static RegionCoderPlan Coder(RegionCoding coding) => new(
        Names.Pascal(coding.Convention),
        coding.Means.All(m => m == 0) ? [] : [.. coding.Means.Select(CSharp.Literal)],
        coding.Deviations.All(d => d == 1) ? [] : [.. coding.Deviations.Select(CSharp.Literal)]);
}
