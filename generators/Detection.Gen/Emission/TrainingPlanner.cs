// Plans the training loop of a detector: the values that its template writes between the lines of the loop.
using System.Collections.Immutable;
using Detection.Spec;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;

namespace Detection.Gen.Emission;

/// <summary>The training loop of a model.</summary>
internal sealed record TrainingPlan(
    string ClassName, string ModelName, string Batch, string Epochs, string Seed, string Patience, string Clip, string Accumulate, string Average,
    OptimizerPlan Optimizer, SchedulePlan Schedule, string Matcher, string Positive, string Negative, string ForceBest, MiningPlan? Mining, LossPlan Loss,
    ImmutableArray<TrainingOption> Augmentation, ImmutableArray<TrainingExtra> Extras, ImmutableArray<LayerRulePlan> Layers, ImmutableArray<string> Frozen,
    bool IsRefined)
{
    /// <summary>What is particular to a two-stage detector; null for others.</summary>
    public RegionTrainingPlan? Regions { get; init; }
}

/// <summary>A property of the augmentation settings.</summary>
internal sealed record TrainingOption(string Name, string Value);

/// <summary>A further regression head in training.</summary>
internal sealed record TrainingExtra(string Label, string Kind, string Values, ImmutableArray<string> Mirror, string Loss, string Beta, string Weight);

/// <summary>The optimiser.</summary>
internal sealed record OptimizerPlan(
    string Kind, string Rate, string Momentum, string Nesterov, string WeightDecay, string DecayNorms, string BiasRate, string Decay, string Beta1, string Beta2,
    string Epsilon);

/// <summary>The learning rate.</summary>
/// <param name="Steps">Arguments of each drop.</param>
/// <param name="Warmup">Arguments of the rise.</param>
/// <param name="Decay">Kind of decay.</param>
/// <param name="Final">Last factor of a cosine.</param>
/// <param name="Exponential">Arguments of an exponential fall, or empty.</param>
internal sealed record SchedulePlan(ImmutableArray<string> Steps, string Warmup, string Decay, string Final, string Exponential);

/// <summary>Which boxes count.</summary>
/// <param name="Kind">Class of the runtime without its last word.</param>
/// <param name="Ratio">Background boxes for each object's box.</param>
/// <param name="Minimum">Background boxes of an image without objects, or empty.</param>
/// <param name="Examples">Boxes of an image at most; empty where only background is chosen.</param>
/// <param name="Overlap">Overlap above which the easier box goes; empty where only background is chosen.</param>
internal sealed record MiningPlan(string Kind, string Ratio, string Minimum, string Examples, string Overlap);

/// <summary>The loss: classes and arguments of its parts.</summary>
internal sealed record LossPlan(string Boxes, string Beta, string Weight, string Scores, string Alpha, string Gamma, string Normalization)
{
    /// <summary>The loss of a head that says how sure the detector is of an object; null without one.</summary>
    public ObjectnessPlan? Objectness { get; init; }
}

/// <summary>The loss of objectness.</summary>
/// <param name="Object">Weight of boxes that learn an object.</param>
/// <param name="NoObject">Weight of boxes that overlap none.</param>
/// <param name="Ignore">Overlap from which a box that learns no object counts for nothing.</param>
/// <param name="Classes">Weight of the classes; empty for 1.</param>
internal sealed record ObjectnessPlan(string Object, string NoObject, string Ignore, string Classes);

/// <summary>What differs for some layers.</summary>
internal sealed record LayerRulePlan(ImmutableArray<string> Layers, string Rate, string WeightDecay);

/// <summary>Plans training loops.</summary>
internal static class TrainingPlanner
{
    /// <summary>The template of a recipe's loop.</summary>
    public static string Template(TrainingRecipe recipe) =>
        recipe.Regions is null ? "training" : recipe.General["regime"].Word == "alternating" ? "alternating-training" : "region-training";

    /// <summary>The plan of a model with a recipe.</summary>
    public static TrainingPlan Plan(CompiledModel model, TrainingRecipe recipe)
    {
        return recipe.Regions is { } regions ? OfRegions(model, recipe, regions) : OfDefaultBoxes(model, recipe);
    }

    // Matching, mining and loss stay empty.
    private static TrainingPlan OfRegions(CompiledModel model, TrainingRecipe recipe, RegionRecipe regions)
    {
        var general = recipe.General;
        return new TrainingPlan(
            model.ClassName,
            CSharp.Documentation(model.Name),
            Text(general["batch"]),
            Text(general["epochs"]),
            Text(general["seed"]),
            general.Find("patience") is { } patience ? Text(patience) : "",
            general.Find("clip") is { } clip ? Text(clip) : "",
            "1",
            general.Find("average") is { } average ? Text(average) : "",
            Optimizer(recipe.Optimizer),
            Schedule(recipe.Schedule),
            "",
            "",
            "",
            "",
            null,
            new LossPlan("", "", "", "", "", "", ""),
            [.. RegionTrainingPlanner.AugmentationOptions(recipe.Augment)],
            [],
            [.. recipe.Layers.Select(Layer)],
            [.. recipe.Frozen.Concat(Fitted(model, recipe)).Distinct().Select(CSharp.Literal)],
            IsRefined: false)
        {
            Regions = RegionTrainingPlanner.Plan(model, regions, recipe.Fitting, general),
        };
    }

    // A head that is fitted in closed form does not learn with the network.
    private static IEnumerable<string> Fitted(CompiledModel model, TrainingRecipe recipe) =>
        recipe.Fitting.Boxes.Values.IsEmpty ? [] : [model.TwoStage!.Stages[model.TwoStage.Stages.Length - 1].Boxes!.Value.Node!.Name];

    private static TrainingPlan OfDefaultBoxes(CompiledModel model, TrainingRecipe recipe)
    {
        var (general, matching, mining, loss) = (recipe.General, recipe.Matching, recipe.Mining, recipe.Loss);
        var isFocal = loss["scores"].Word == "focal";
        return new TrainingPlan(
            model.ClassName,
            CSharp.Documentation(model.Name),
            Text(general["batch"]),
            Text(general["epochs"]),
            Text(general["seed"]),
            general.Find("patience") is { } patience ? Text(patience) : "",
            general.Find("clip") is { } clip ? Text(clip) : "",
            Text(general["accumulate"]),
            general.Find("average") is { } average ? Text(average) : "",
            Optimizer(recipe.Optimizer),
            Schedule(recipe.Schedule),
            Names.Pascal(matching["kind"].Word),
            Text(matching["positive"]),
            Text(matching["negative"]),
            Text(matching["forceBest"]),
            Mining(mining.Find("kind")?.Word ?? (isFocal || model.Detection!.HasObjectness ? "none" : "hardNegative"), mining),
            new LossPlan(
                loss["boxes"].Word switch { "giou" => "GeneralizedIou", var word => Names.Pascal(word) },
                loss["boxes"].Word == "smoothL1" ? Text(loss["beta"]) : "",
                Text(loss["boxWeight"]),
                isFocal ? "focal" : "",
                Text(loss["alpha"]),
                Text(loss["gamma"]),
                loss["normalize"].Word == "positives" ? "" : Names.Pascal(loss["normalize"].Word))
            {
                Objectness = model.Detection!.HasObjectness
                    ? new ObjectnessPlan(
                        loss.Find("objectWeight") is { } ofObjects ? Text(ofObjects) : "5.0", loss.Find("noObjectWeight") is { } ofOthers ? Text(ofOthers) : "1.0", Text(matching["negative"]),
                        loss.Find("classWeight") is { } ofClasses ? Text(ofClasses) : "")
                    : null,
            },
            [.. AugmentationOptions(recipe.Augment)],
            [.. model.Detection!.Extras.Select(Extra)],
            [.. recipe.Layers.Select(Layer)],
            [.. recipe.Frozen.Select(CSharp.Literal)],
            model.Detection!.Refinement is not null);
    }

    private static LayerRulePlan Layer(LayerRule rule) => new(
        [.. rule.Paths.Select(CSharp.Literal)], Text(rule.Keys["rate"]), rule.Keys.Find("weightDecay") is { } decay ? Text(decay) : "");

    private static MiningPlan? Mining(string kind, AttributeSet mining) => kind == "none"
        ? null
        : new MiningPlan(
            Names.Pascal(kind),
            Text(mining["ratio"]),
            mining["minimum"].Integer > 0 ? Text(mining["minimum"]) : "",
            kind == "hardExample" ? Text(mining["examples"]) : "",
            kind == "hardExample" ? Text(mining["overlap"]) : "");

    private static OptimizerPlan Optimizer(AttributeSet optimizer)
    {
        var kind = optimizer["kind"].Word;
        return new OptimizerPlan(
            kind == "rmsprop" && optimizer["epsilonInRoot"].Flag ? "tensorFlowRmsProp" : kind,
            Text(optimizer["rate"]),
            Text(optimizer["momentum"]),
            Text(optimizer["nesterov"]),
            Text(optimizer["weightDecay"]),
            Text(optimizer["decayNorms"]),
            optimizer["biasRate"].Number == 1 ? "" : Text(optimizer["biasRate"]),
            Text(optimizer["decay"]),
            Text(optimizer["beta1"]),
            Text(optimizer["beta2"]),
            optimizer.Find("epsilon") is { } epsilon ? Text(epsilon) : kind == "rmsprop" ? "1E-10" : "1E-08");
    }

    private static SchedulePlan Schedule(AttributeSet schedule)
    {
        var (kind, factor) = (schedule["kind"].Word, Text(schedule["factor"]));
        var shares = schedule.Find("at")?.List ?? (schedule.Has("iterations") ? EquatableArray<double>.Empty : new([0.7]));
        var iterations = schedule.Find("iterations")?.List ?? EquatableArray<double>.Empty;
        var from = schedule["warmupFrom"].Number == 0 ? "" : $", From: {Text(schedule["warmupFrom"])}";
        return new SchedulePlan(
            kind != "step" ? [] : [.. shares.Select(at => $"{CSharp.Literal(at)}, {factor}"), .. iterations.Select(at => $"{CSharp.Literal(at)}, {factor}, ScheduleUnit.Iterations")],
            schedule.Find("warmupIterations") is { } steps ? $"{Text(steps)}{from}, Unit: ScheduleUnit.Iterations" : (schedule.Find("warmup") is { } share ? Text(share) : "0.0") + from,
            kind == "cosine" ? "Cosine" : "None",
            kind == "cosine" && schedule["final"].Number > 0 ? Text(schedule["final"]) : "",
            kind == "exponential" ? $"{factor}, Every: {Text(schedule["every"])}, Staircase: {Text(schedule["staircase"])}" : "");
    }

    private static TrainingExtra Extra(RegressionHead head) => new(
        CSharp.Literal(head.Label),
        head.Coder switch { "points" => "Points", "centerSize" => "Box", _ => "Plain" },
        CSharp.Literal(head.Values),
        [.. head.Loss.Find("mirror")?.List.Select(i => CSharp.Literal((long)i)) ?? []],
        Names.Pascal(head.Loss["loss"].Word),
        head.Loss["loss"].Word == "smoothL1" ? Text(head.Loss["beta"]) : "",
        Text(head.Loss["weight"]));

    private static IEnumerable<TrainingOption> AugmentationOptions(AttributeSet augment)
    {
        yield return new TrainingOption("HorizontalFlip", Text(augment["flip"]));
        if (augment["photometric"].Flag)
        {
            yield return new TrainingOption("Photometric", "new PhotometricDistortion()");
        }

        if (augment["expand"].Number > 0)
        {
            yield return new TrainingOption(
                "Expand", $"new RandomExpand {{ Probability = {Text(augment["expand"])}, MaxRatio = {Text(augment["expandRatio"])} }}");
        }

        if (augment["crop"].Flag)
        {
            yield return new TrainingOption("Crop", "new IouCrop()");
        }

        if (augment["interpolation"].Word == "random")
        {
            yield return new TrainingOption("Interpolation", "new RandomInterpolation()");
        }
    }

    /// <summary>A value as a C# literal.</summary>
    public static string Text(AttributeValue value) => value.Kind switch
    {
        AttributeKind.Integer => CSharp.Literal(value.Integer),
        AttributeKind.Flag => CSharp.Literal(value.Flag),
        AttributeKind.Number => CSharp.Literal(value.Number),
        _ => value.Word,
    };
}
