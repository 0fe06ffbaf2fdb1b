// Plans a model's file: its module, the classes of its blocks, its card and the table of its nodes.
using System.Collections.Immutable;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;

namespace Detection.Gen.Emission;

/// <summary>Plans model files.</summary>
internal static class ModelPlanner
{
    /// <summary>Plans the file of a compiled model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="specName">Path of its spec below its project.</param>
    /// <param name="classNamespace">Namespace of its class.</param>
    /// <param name="partType">Class of a model used as a part, as the namespace sees it.</param>
    /// <param name="operatorType">Class of an operator that a spec declares, as the namespace sees it.</param>
    public static ModelPlan Plan(
        CompiledModel model, string specName, string classNamespace, Func<ModelInstance, string> partType, Func<OperatorClass, string> operatorType)
    {
        var nominal = (model.Input.Height, model.Input.Width);
        var classes = BlockClasses.Of(
            model.Graph,
            [
                model.ClassName, .. ModelEmitter.Parts(model.Graph).Select(p => partType(((NodeBody.Model)p.Body).Instance)),
                .. model.Graph.Flatten().Select(n => ((NodeBody.Operation)n.Node.Body).Operator.Class).Where(c => c is not null).Select(c => operatorType(c!)),
            ]);
        var planner = new ModulePlanner(classes, partType, operatorType, nominal);
        var costs = model.CostsAt(nominal.Height, nominal.Width);
        var memory = model.MemoryAt(nominal.Height, nominal.Width);
        var fields = ReceptiveFields.Of(model.Graph);
        var (parameters, multiplyAdds) = (costs.Sum(c => c.Parameters), costs.Sum(c => c.MultiplyAdds));
        var module = planner.Model(model.ClassName, model.Summary.Length > 0 ? model.Summary : $"The model {model.Name}.", model.Graph);
        var taps = TapPlanner.Plan(model, fields, module.Results);
        return new ModelPlan(
            CSharp.Comment(specName),
            classNamespace,
            CSharp.Literal(model.Name),
            model.Kind.ToString(),
            CSharp.Literal(model.Summary),
            CSharp.Documentation(model.Source),
            model.SpecHash,
            module,
            [.. classes.All.AsEnumerable().Reverse().Select(planner.Block)],
            CSharp.Wrapped(model.Classes.Names.Select(CSharp.Literal)),
            CSharp.Literal(model.Input.Channels),
            CSharp.Literal(model.Input.Height),
            CSharp.Literal(model.Input.Width),
            model.Input.IsFixed,
            Names.Pascal(model.Preprocessing.Color),
            Names.Pascal(model.Preprocessing.Interpolation),
            [.. model.Preprocessing.Mean.Select(CSharp.FloatLiteral)],
            [.. model.Preprocessing.Std.Select(CSharp.FloatLiteral)],
            parameters,
            multiplyAdds,
            CSharp.Grouped(parameters),
            CSharp.Grouped(multiplyAdds),
            memory.WeightBytes,
            memory.PeakBytes,
            memory.PeakAt.Length == 0 ? "joining the levels" : CSharp.Documentation(memory.PeakAt),
            Rows(model, costs, fields),
            taps,
            taps.Any(t => !t.Strides.IsEmpty),
            taps.Any(t => !t.Fields.IsEmpty),
            Detection(model, module.Results),
            [.. model.WeightMaps.Select(WeightMap)],
            model.TwoStage is { } twoStage ? RegionPlanner.Plan(model, twoStage, planner) : null,
            model.Preprocessing.ShortSide is { } shortSide ? CSharp.Literal(shortSide) : "",
            model.Preprocessing.LongSide is { } longSide ? CSharp.Literal(longSide) : "",
            model.Preprocessing is { ShortSide: not null, Rounding: not "nearest" } ? Names.Pascal(model.Preprocessing.Rounding) : "",
            model.Preprocessing.ShortSide is not null && Math.Max(model.Input.HeightDomain.Step, model.Input.WidthDomain.Step) is > 1 and var multiple ? CSharp.Literal(multiple) : "")
        {
            Mixed = model.IsMixed ? new MixedPlan(model.Graph.Casts, memory.WeightCastBytes) : null,
            MultiScale = model.MultiScale is { } test ? MultiScale(test) : null,
        };
    }

    private static MultiScalePlan MultiScale(MultiScaleLayout test) => new(
        [
            .. test.Runs.Select(run => new TestScalePlan(
                CSharp.Literal(run.Longer), CSharp.Literal(run.Shorter),
                string.Join(", ", new[] { (Member: "LongestAbove", Value: run.LongestAbove), (Member: "ShortestBelow", Value: run.ShortestBelow) }
                    .Where(limit => limit.Value is not null).Select(limit => $"{limit.Member} = {CSharp.Literal(limit.Value!.Value)}")))),
        ],
        CSharp.Literal(test.Settings["flip"].Flag), Names.Pascal(test.Settings["merge"].Word), CSharp.Literal(test.Settings["groupIou"].Number),
        CSharp.Literal(test.Settings["canonicalSize"].Number));

    private static WeightMapPlan WeightMap(WeightMapDeclaration map) => new(
        CSharp.Literal(map.Name), CSharp.Literal(map.Source), [.. map.Keys.Select(k => new KeyPlan(CSharp.Literal(k.From), CSharp.Literal(k.To)))],
        [.. map.Drop.Select(CSharp.Literal)], [.. map.New.Select(CSharp.Literal)]);

    // One row for each node of the model itself; blocks and parts are summed up.
    private static ImmutableArray<NodeRow> Rows(
        CompiledModel model, ImmutableArray<NodeCost> costs, ImmutableDictionary<string, (ReceptiveField Height, ReceptiveField Width)> fields)
    {
        return
        [
            .. costs.GroupBy(c => c.Path.Split('.')[0]).Select(group =>
            {
                var last = group.Last();
                var (height, _) = fields[last.Path];
                var node = model.Graph.Nodes.First(n => n.Name == group.Key);
                return new NodeRow(
                    group.Key, node.OperatorName, CSharp.Shape(last.Shape, node.Regions is not null), CSharp.Grouped(group.Sum(c => c.Parameters)), CSharp.Grouped(group.Sum(c => c.MultiplyAdds)),
                    last.Shape.Height is null || node.Regions is not null ? "" : CSharp.Number(height.Stride), height.Size is { } size ? CSharp.Number(size) : "all");
            }),
        ];
    }

    private static DetectionPlan? Detection(CompiledModel model, ImmutableArray<ResultPlan> results)
    {
        if (model.Detection is not { } detection)
        {
            return null;
        }

        var post = detection.PostProcessing;
        var own = detection.HasObjectness ? 3 : 2;
        var perLevel = own + detection.Extras.Length + (detection.Refinement is null ? 0 : 2);
        var members = GeneratedNames.OutputMembers(detection.Extras.Select(e => e.Name));
        return new DetectionPlan(
            [
                .. detection.Levels.Select((level, i) => new LevelPlan(
                    CSharp.Literal(level.Name),
                    [.. level.Anchors.Select(a => $"{CSharp.Literal(a.Width)}, {CSharp.Literal(a.Height)}")],
                    level.Step is { } step ? CSharp.Literal(step) : "null",
                    CSharp.Literal(detection.CenterOffset),
                    results[perLevel * i].Expression,
                    results[(perLevel * i) + 1].Expression)),
            ],
            detection.ScoresPerBox,
            detection is { HasObjectness: true, Scores: "softmax" } ? "ClassSoftmax" : Names.Pascal(detection.Scores),
            CSharp.Literal(detection.ClipAnchors),
            Coder(detection.Coding, detection.CenterOffset),
            CSharp.Literal(post["scoreThreshold"].Number),
            CSharp.Literal(post["nmsThreshold"].Number),
            CSharp.Literal(post["maxPerClass"].Integer),
            post.Find("keepPerClass") is { } kept ? CSharp.Literal(kept.Integer) : "",
            CSharp.Literal(post["maxPerImage"].Integer),
            detection.AnchorCount(model.Graph, model.Input.Height, model.Input.Width),
            [
                .. detection.Extras.Select((head, h) => new ExtraPlan(
                    CSharp.Literal(head.Name), members[h], CSharp.Literal(head.Values), new CoderPlan(head.Coder, [.. head.Variances.Select(CSharp.Literal)]),
                    [.. detection.Levels.Select((_, i) => results[(perLevel * i) + own + h].Expression)])),
            ],
            detection.Refinement is { } refinement
                ? new RefinementPlan(
                    CSharp.Literal(refinement.Filter), CSharp.Literal(refinement.Cascade),
                    [.. detection.Levels.Select((_, i) => results[(perLevel * (i + 1)) - 2].Expression)],
                    [.. detection.Levels.Select((_, i) => results[(perLevel * (i + 1)) - 1].Expression)])
                : null)
        {
            Objectness = detection.HasObjectness ? [.. detection.Levels.Select((_, i) => results[(perLevel * i) + 2].Expression)] : [],
        };
    }

    private static CoderPlan Coder(BoxCoding coding, double offset) =>
        new(coding.Kind, coding.Kind == "cell" ? [CSharp.Literal(offset)] : [.. coding.Variances.Select(CSharp.Literal)]);
}
